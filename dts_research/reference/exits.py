"""Exits from work-integration structures (card C05), as they are received: by kind and by part.

Twenty-five counts that say one thing together: a comparison reads them as a whole and never one
by one, for an exit is not counted by the same rule in every kind of structure.
"""

from __future__ import annotations

from dts_research.intake.context import Card

KINDS = ("AI", "ACI", "EI", "ETTI", "EITI")
# Part of the exits -> word of its identifier, its name, and what it holds.
PARTS = {
    "durable": ("durable", "Sorties en emploi durable",
                "CDI, CDD ou intérim de plus de 6 mois, fonction publique, création d'entreprise."),
    "transition": ("transition", "Sorties en emploi de transition",
                   "CDD ou intérim de moins de 6 mois, contrat aidé chez un employeur de droit "
                   "commun."),
    "positive": ("positive", "Sorties positives",
                 "Formation préqualifiante ou qualifiante, embauche dans une autre structure "
                 "d'insertion."),
    "other": ("autre", "Autres sorties", "Toutes les autres sorties constatées."),
    "withdrawn": ("retrait", "Retraits des sorties constatées",
                  "Sorties que la source ôte du total."),
}  # fmt: skip


def exit_id(kind: str, part: str) -> str:
    """Identifier of a count of exits: « sorties_aci_durable »."""
    return f"sorties_{kind.lower()}_{PARTS[part][0]}"


EXITS = {exit_id(kind, part): (kind, part) for kind in KINDS for part in PARTS}
EXIT_CARDS = tuple(
    Card(
        code, f"{PARTS[part][1]}, {kind}", "personnes", "ASP, extranet IAE 2.0", PARTS[part][2],
        numerator="Salariés en parcours sortis dans l'année", titles=(code,),
        guard="Une sortie n'est pas comptée selon la même règle dans tous les types de structures",
    )
    for code, (kind, part) in EXITS.items()
)  # fmt: skip
