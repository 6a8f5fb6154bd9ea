"""Acronyms and words of a report: those that its tables use, and no other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from dts_research.analysis.portrait import labels
from dts_research.display import blocks, door, tables_passages, tables_reflection
from dts_research.display.blocks import Block
from dts_research.display.captions import nothing
from dts_research.display.charts_authorities import threads_of
from dts_research.display.depth import full
from dts_research.display.fields import Labelled
from dts_research.display.several import Blocks
from dts_research.display.tables_decisions import follow_up
from dts_research.display.tables_experiences import partners, sheets, structures
from dts_research.display.tables_hypotheses import hypotheses
from dts_research.display.tables_questions import discussion
from dts_research.display.tables_threads import threads
from dts_research.schema.catalogue import plain
from dts_research.workbook.material import Material

ACRONYMS = {
    "AAH": "Allocation aux adultes handicapés",
    "ASE": "Aide sociale à l'enfance",
    "ASP": "Agence de services et de paiement",
    "ATSEM": "Agent territorial spécialisé des écoles maternelles",
    "BTP": "Bâtiment et travaux publics",
    "CAF": "Caisse d'allocations familiales",
    "CA": "Conseil d'administration",
    "CAP": "Certificat d'aptitude professionnelle",
    "CCAS": "Centre communal d'action sociale",
    "CDD": "Contrat à durée déterminée",
    "CDDI": "Contrat à durée déterminée d'insertion",
    "CDI": "Contrat à durée indéterminée",
    "CDIAE": "Conseil départemental de l'insertion par l'activité économique",
    "CIAS": "Centre intercommunal d'action sociale",
    "CLPE": "Comité local pour l'emploi",
    "COORACE": "Réseau national d'entreprises d'utilité sociale et territoriale",
    "CRESS": "Chambre régionale de l'économie sociale et solidaire",
    "DDETS": "Direction départementale de l'emploi, du travail et des solidarités",
    "DREETS": "Direction régionale de l'économie, de l'emploi, du travail et des solidarités",
    "DTS": "Développeurs de territoires solidaires",
    "EPCI": "Établissement public de coopération intercommunale",
    "ESS": "Économie sociale et solidaire",
    "ETP": "Équivalent temps plein",
    "FLE": "Français langue étrangère",
    "FSE": "Fonds social européen",
    "IAE": "Insertion par l'activité économique",
    "MSA": "Mutualité sociale agricole",
    "OPCO": "Opérateur de compétences",
    "PLIE": "Plan local pour l'insertion et l'emploi",
    "PTCE": "Pôle territorial de coopération économique",
    "QPV": "Quartier prioritaire de la politique de la ville",
    "RSA": "Revenu de solidarité active",
    "RTES": "Réseau des territoires pour l'économie solidaire",
    "SCIC": "Société coopérative d'intérêt collectif",
    "SIAE": "Structure de l'insertion par l'activité économique",
    "SPASER": "Schéma de promotion des achats publics socialement et écologiquement responsables",
    "TOS": "Techniciens, ouvriers et agents de service des collèges et lycées",
}
# What the words of a report mean, and how they are met in it.
WORDS = {
    "Clause sociale": ("Condition d'un marché public en faveur de l'insertion ; une intention, "
                       "pas des heures faites", r"clauses? (?:sociale|d'insertion)"),
    "Événement daté": ("Échange ou acte dont le jour est connu, qu'il vienne de la collectivité ou "
                       "de nous, avec sa pièce quand elle existe",
                       r"(?:événements?|actes?) datés?"),
    "Lot réservé": ("Part d'un marché ouverte aux seules structures d'insertion ou de handicap",
                    r"lots? (?:\w+ ){0,4}(?:est )?réservés?"),
    "Repère": ("Ce que le groupe tient pour acquis, avec ses nuances", r"repères?\b"),
    "Sourcing": ("Échange d'un acheteur avec les fournisseurs possibles, avant d'acheter",
                 r"sourcing"),
    "Tournant": ("Étape après laquelle l'expérience n'était plus la même", r"tournants?\b"),
}  # fmt: skip
SHOWN: tuple[Callable[[Material], Block | Blocks], ...] = (
    follow_up, tables_passages.what_worked, tables_passages.what_resisted,
    tables_passages.surprises, tables_passages.open_questions, tables_passages.voices, threads,
    tables_reflection.contributions, hypotheses, tables_reflection.references,
    discussion,
)  # fmt: skip


def glossary(material: Material) -> Block:
    """Acronyms and words that the report uses, in alphabetical order."""
    text = _said(material)
    kinds = {code: label for code, label in labels("structure_kinds").items() if code.isupper()}
    known = kinds | ACRONYMS
    met = set(re.findall(r"\b[A-Z]{2,}\b", text)) - NO_ACRONYM
    entries = [(acronym, means) for acronym, means in known.items() if acronym in met]
    entries += [(word, means) for word, (means, how) in WORDS.items()
                if re.search(how, text, re.IGNORECASE)]  # fmt: skip
    if not entries:
        text = "Les mots de ce rapport sont ceux de tous les jours."
        return nothing("sigles-et-mots", "Aucun sigle à expliquer", text)
    entries.sort(key=lambda entry: plain(entry[0]))
    items = [Labelled(label=label, text=f"{means}.") for label, means in entries]
    return blocks.glossary(id="sigles-et-mots", title="Ce que veulent dire les sigles", items=items)


NO_ACRONYM = frozenset({"REGIE", "AUTRE"})


def _said(material: Material) -> str:
    """Every text that the tables of this reader show, and the kinds that the figures name."""
    more: tuple[Callable[[Material], Block | Blocks], ...] = (structures, partners, sheets)
    made = [make(material) for make in (*SHOWN, *(more if full(material) else ()))]
    flat = [block for one in made for block in (one if isinstance(one, Blocks) else (one,))]
    texts = [json.dumps(block.as_json(), ensure_ascii=False) for block in flat]
    actors = labels("actor_types")
    texts += [actors.get(kind, "") for kind in set(door.rows(material, "actors")["type"].dropna())]
    texts += [label for t in threads_of(material) for label in t.events["label"]]
    texts += [door.words(text) for text in door.rows(material, "experiences")["title"]]
    texts += [door.words(t) for t in door.rows(material, "memberships")["denominator_source"]]
    return "\n".join(texts)
