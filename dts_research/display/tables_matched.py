"""What similar territories tried, beside each difference: questions to ask, not gaps to close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dts_research.analysis.result import listed
from dts_research.display import door
from dts_research.display.beside import SHORT, Line
from dts_research.display.blocks import Block
from dts_research.display.captions import nothing
from dts_research.display.charts_profile import lines_of
from dts_research.display.compared import TOTALS, produced
from dts_research.display.depth import more
from dts_research.display.grids import grid
from dts_research.display.style import french_number, listing, many
from dts_research.display.tables_near import near_of
from dts_research.reference.indicators import BY_ID
from dts_research.schema.catalogue import plain
from dts_research.workbook.comparing import Comparison

ASKED, TRIED = "questions-croisees", "experiences-proches"
SHEETS = 12
# Sheets named beside one difference; part of the territories taken as near where the nearest
# few tell nothing.
NAMED, WIDER = 3, 4
# Decimals tried until the values are told apart, the first for thousands only.
DIGITS, THOUSAND = (0, 1, 2, 3, 4), 1000
UNKNOWN = "Qu'y a-t-il à comprendre ensemble : contexte, définition, collecte, pratique ?"
UNLINKED = "Aucun thème de fiche n'est rattaché à cet indicateur."
NO_SHEET = "Aucune fiche d'un contexte proche n'en parle."
NOT_GAPS = (
    "Une différence n'est pas un retard à combler : c'est une valeur hors de la moitié centrale du "
    "groupe, dans l'ordre du profil. Les fiches sont rattachées par leurs thèmes, non par leurs "
    "effets : aucune ne dit pourquoi la valeur diffère."
)


@dataclass(frozen=True)
class _Around:
    """Sheets of territories in similar contexts, by title.

    Parameters
    ----------
    homes
        Département -> the territory compared that holds it.
    told
        Where the sheets were looked for; why there are none, where there are none.
    sought
        Whether sheets were looked for at all.
    """

    sheets: pd.DataFrame
    homes: Mapping[str, str]
    told: str
    sought: bool = True

    def place(self, comparison: Comparison, departement: str) -> str:
        """Name of the territory where a sheet was told."""
        return door.words(comparison.names[self.homes[departement]])


def matched(comparison: Comparison, *, k: int = 5) -> Block:
    """One question for each difference with the group, and the sheets that bear on it."""
    lines = [line for line in lines_of(comparison) if line.unit not in TOTALS]
    apart = [line for line in lines if line.here.where in ("over", "under")]
    if not apart:
        known = any(line.here.where for line in lines)
        return nothing(ASKED, "Aucune différence à discuter", _no_difference(known=known))
    around = _around(comparison, k)
    return grid(
        comparison.material, ASKED,
        f"{many(len(apart), 'différence')} avec le groupe, en questions",
        {
            "Différence": [_difference(line) for line in apart],
            "À se demander ensemble": [_asked(comparison, around, line) for line in apart],
        },
        note=f"{NOT_GAPS} {around.told}",
        produced=f"fiches d'expérience ; {produced(comparison, [one.indicator for one in apart])}",
    )  # fmt: skip


def _no_difference(*, known: bool) -> str:
    if known:
        return (
            "Toutes les valeurs connues ici sont dans la moitié centrale du groupe. Cela ne dit "
            "pas qu'il n'y a rien à comprendre."
        )
    return (
        "Il faut un indicateur qui ne dise pas seulement la taille, un taux ou une part, connu ici "
        "et chez cinq autres territoires au moins."
    )


def _difference(line: Line) -> str:
    """Value here and middle half of the others, with decimals enough to tell them apart."""
    here = line.here
    near = here.high if here.where == "over" else here.low
    enough = DIGITS if abs(here.value) >= THOUSAND else DIGITS[1:]
    digits = next((d for d in enough if round(here.value, d) != round(near, d)), DIGITS[-1])
    told, low, high = (french_number(v, decimals=digits)
                       for v in (here.value, here.low, here.high))  # fmt: skip
    long, unit = ("", line.unit) if len(line.unit) <= SHORT else (f" ({line.unit})", "")
    return (
        f"{line.label}{long} : {f'{told} {unit}'.strip()} ici ; moitié des autres : {low} à "
        f"{f'{high} {unit}'.strip()}"
    )


def _asked(comparison: Comparison, around: _Around, line: Line) -> str:
    """The question that goes with an indicator, and where others told something of it."""
    card = BY_ID.get(line.indicator)
    question = card.question if card and card.question else UNKNOWN
    themes = set(card.themes) if card else set()
    if not around.sought:
        return question
    if not themes:
        return f"{question} {UNLINKED}"
    sheets = around.sheets
    mine = sheets[[bool(themes & set(listed(cell))) for cell in sheets["themes"]]]
    if mine.empty:
        return f"{question} {NO_SHEET}"
    told = [
        f"« {door.title(r.title)} » ({around.place(comparison, r.departement_code)}, "
        f"{r.experience_id})"
        for r in mine.head(NAMED).itertuples()
    ]
    left = len(mine) - len(told)
    rest = [many(left, "autre fiche", "autres fiches")] if left else []
    return f"{question} À lire : {listing([*told, *rest])}."


def _around(comparison: Comparison, k: int) -> _Around:
    """Sheets of the nearest territories, else of the nearest quarter of those compared."""
    sheets = door.everywhere(comparison.material)
    none = sheets.iloc[:0]
    found = near_of(comparison, k)
    if found is None:
        text = "Sans territoire proche, aucune fiche n'est mise en regard."
        return _Around(none, {}, text, sought=False)
    if comparison.material.territory.level not in ("departement", "region"):
        text = "Les fiches se rapprochent par département ou par région seulement."
        return _Around(none, {}, text, sought=False)
    inside = {one.id: one.departements for one in comparison.territories}
    for reach in dict.fromkeys((k, max(k, found.n // WIDER))):
        wider = near_of(comparison, reach) or found
        near = list(wider.of(comparison.here)["neighbour"])
        homes = {departement: code for code in near for departement in inside[code]}
        told = sheets[sheets["departement_code"].isin(homes)]
        told = told.sort_values("title", key=lambda column: column.map(lambda t: plain(str(t))))
        where = f"Fiches cherchées dans les {len(near)} territoires au contexte le plus proche"
        if len(told):
            return _Around(told, homes, f"{where}, sur {found.n} comparés.")
    return _Around(none, {}, f"{where}, sur {found.n} comparés : aucun n'en raconte encore.")


def tried(comparison: Comparison, *, k: int = 5) -> Block:
    """Every sheet told in similar territories, each with a question."""
    around = _around(comparison, k)
    if around.sheets.empty:
        return nothing(TRIED, "Aucune expérience à mettre en regard", around.told)
    shown = around.sheets.head(SHEETS)
    left = more(comparison.material, len(around.sheets) - len(shown), "fiche")
    return grid(
        comparison.material, TRIED,
        f"{many(len(around.sheets), 'expérience')} de territoires au contexte proche",
        {
            "Expérience": [door.title(title) for title in shown["title"]],
            "Territoire": [around.place(comparison, code) for code in shown["departement_code"]],
            "À se demander ensemble": [_question(r) for r in shown.itertuples()],
            "Fiche": list(shown["experience_id"]),
        },
        note="Ce ne sont ni des modèles ni des retards : d'autres, dans un contexte voisin, ont "
        f"essayé autre chose. Par ordre alphabétique des titres. {around.told} {left}".strip(),
    )  # fmt: skip


def _question(sheet: object) -> str:
    """Ask what a sheet suggests, from how far it went."""
    stage = getattr(sheet, "stage", None)
    if stage == "arretee":
        return "Qu'est-ce qui l'a arrêtée, et le rencontrerions-nous ici ?"
    if listed(getattr(sheet, "obstacles", None)):
        return "Ce qui a résisté là-bas résisterait-il ici ?"
    return "Qu'est-ce qui, ici, le rendrait possible ou inutile ?"
