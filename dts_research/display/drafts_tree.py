"""Problem tree to fill in: what the sheets say resisted, by type; the rest is for the group."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from dts_research.analysis import passages as study
from dts_research.analysis.passages import Passage
from dts_research.analysis.portrait import labels
from dts_research.analysis.result import listed
from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.captions import nothing, source
from dts_research.display.draft_words import (
    BEHIND,
    chosen_passages,
    field_title,
    none_here,
    others,
    sheets_of,
    shown,
)
from dts_research.display.fields import BoardCell, BoardRow, Data
from dts_research.display.style import many
from dts_research.workbook.material import Material

NAME = "arbre-a-problemes"
FEW = 2
LIMITS = (
    "qu'un frein est la cause de ce qui suit : la fiche note un type de frein et raconte ce qui a "
    "résisté, elle ne les relie pas. C'est au groupe de tirer les traits."
)


def tree(material: Material, sheets: Collection[str] = ()) -> Block:
    """Problem tree: one row per type of obstacle that a sheet notes, two columns left to fill.

    Parameters
    ----------
    sheets
        Identifiers of the sheets of the session; all by default.
    """
    rows = sheets_of(material, sheets)
    if rows.empty:
        return none_here(material, NAME, "Pas de fiche dont tirer un arbre à problèmes")
    told = {code: _told(rows, code) for code in study.noted(rows, "obstacles")}
    if not told:
        text = "Aucune fiche ne note de type de frein : partir de ce qui a résisté, à voix haute."
        return nothing(NAME, "Rien encore à accrocher à un arbre à problèmes", text)
    names = {code: label for code, label in labels("obstacle_types").items() if code in told}
    board = [_row(material, label, told[code]) for code, label in names.items()]
    return blocks.board(
        id=NAME, title=f"{many(len(board), 'type de frein', 'types de freins')}, et l'arbre à "
        "dessiner autour", subtitle="Des racines aux branches, de gauche à droite",
        alt=f"Tableau de {many(len(board), 'ligne')}, une par type de frein, et de trois colonnes, "
        "dont deux à remplir.",
        columns=["Ce qui freine, d'après les fiches", "Le problème, dans vos mots",
                 "Ce qu'il entraîne, et pour qui"],
        rows=board, room=True, limits=LIMITS, source=source(material), data=_data(names, told),
        left_out=f"ce qui a résisté sans type de frein noté ; faute de place, les autres passages, "
        f"{BEHIND}.",
    )  # fmt: skip


def _told(rows: pd.DataFrame, code: str) -> tuple[Passage, ...]:
    """What resisted, in the sheets that note a type of obstacle."""
    kept = rows[[code in listed(cell) for cell in rows["obstacles"]]]
    return study.answers(kept, ("what_resisted",)).passages


def _row(material: Material, label: str, told: tuple[Passage, ...]) -> BoardRow:
    kept = chosen_passages(material, told, FEW, start=0)
    first = BoardCell(passages=[shown(passage) for passage in kept])
    if not kept:
        first["question"] = "Le frein est noté, rien n'est raconté : qui peut le dire ?"
    if left := others(len(told) - len(kept)):
        first["note"] = left
    asked = ("Quel problème, au juste ?", "Qu'est-ce que cela change, et pour qui ?")
    blank = [BoardCell(passages=[], question=question) for question in asked]
    return BoardRow(label=label, cells=[first, *blank])


def _data(names: dict[str, str], told: dict[str, tuple[Passage, ...]]) -> Data:
    rows = [
        [label, door.words(p.text), field_title(p.field), door.title(p.title), p.sheet]
        for code, label in names.items()
        for p in told[code]
    ]
    columns = ["Type de frein", "Passage", "Champ", "Expérience", "Fiche"]
    return Data(caption="Ce qui a résisté, par type de frein noté", columns=columns, rows=rows)
