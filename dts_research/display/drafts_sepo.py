"""Successes, failures, potentials, obstacles: the words of the sheets, for the group to move."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from dts_research.analysis import passages as study
from dts_research.analysis.passages import Answers
from dts_research.analysis.portrait import labels
from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.captions import source
from dts_research.display.draft_words import (
    BEHIND,
    chosen_passages,
    field_title,
    none_here,
    others,
    sheets_of,
    shown,
    silence,
)
from dts_research.display.fields import BoardCell, BoardRow, Data
from dts_research.display.style import heard, listing, many
from dts_research.workbook.material import Material

NAME = "sepo"
# Passages of a quarter, and of what is still to be placed: the rest of the page is for the group.
FEW, FEW_TO_PLACE = 3, 2


@dataclass(frozen=True)
class _Part:
    """One quarter of the matrix: its name, and what is asked where the sheets say nothing."""

    key: str
    head: str
    asked: str
    start: int
    codes: str = ""


PARTS = (
    _Part("successes", "Succès", "Qu'est-ce qui a réussi ici, que les fiches ne disent pas ?", 0),
    _Part("failures", "Échecs", "Qu'est-ce qui n'a pas réussi, et qui peut le raconter ?", 25),
    _Part("potentials", "Potentialités", "Sur quoi pourrait-on s'appuyer demain ?", 50, "levers"),
    _Part("obstacles", "Obstacles", "Qu'est-ce qui pourrait nous arrêter ?", 75, "obstacles"),
)  # fmt: skip
TO_PLACE = _Part("to_place", "À placer ensemble", "Qu'est-ce qui manque et ne va nulle part ?", 10)
ROWS = (("Hier : ce qui s'est passé", PARTS[:2]), ("Demain : ce qui pourrait se passer", PARTS[2:]))


def sepo(material: Material, sheets: Collection[str] = ()) -> Block:
    """SEPO matrix drawn from the sheets, cells without material being questions.

    Parameters
    ----------
    sheets
        Identifiers of the sheets of the session; all by default.
    """
    rows = sheets_of(material, sheets)
    if rows.empty:
        return none_here(material, NAME, "Pas de fiche dont tirer un brouillon de matrice SEPO")
    found = study.sepo(rows)
    counts = {part.head: len(found[part.key].passages) for part in (*PARTS, TO_PLACE)}
    board = [_row(material, rows, found, *row) for row in ROWS] + [_to_place(material, found)]
    left = sum(counts.values()) - sum(len(c["passages"]) for row in board for c in row["cells"])
    title = f"Succès, échecs, potentialités, obstacles : ce que disent {many(len(rows), 'fiche')}"
    return blocks.board(
        id=NAME, title=title if len(rows) > 1 else f"{title.split(' : ')[0]} : ce que dit la fiche",
        subtitle="Chaque passage est dans la case où la question de la fiche l'envoie",
        alt=f"Tableau de quatre cases et d'une cinquième à répartir. {heard(counts.items())}.",
        columns=["Ce qui a porté, ce qui porte", "Ce qui a pesé, ce qui pèse"],
        rows=board, room=True, left_out=_left_out(material, left), limits=LIMITS, reading=READING,
        source=source(material), data=_data(found),
    )  # fmt: skip


LIMITS = (
    "qu'un succès en soit un pour tout le monde, ni qu'un échec soit celui de quelqu'un. Le nombre "
    "de passages dit ce qui a été écrit, pas ce qui pèse."
)
READING = (
    "« Ce qui a marché » va aux succès, « ce qui a résisté » aux échecs ; « conditions de "
    "transfert » et « ce qu'on referait autrement » aux potentialités, « questions ouvertes » aux "
    "obstacles. "
    "Déplacer, barrer, ajouter : c'est fait pour."
)


def _row(
    material: Material, rows: pd.DataFrame, found: dict[str, Answers], label: str,
    parts: tuple[_Part, ...],
) -> BoardRow:  # fmt: skip
    cells = []
    for part in parts:
        cell = _cell(material, found[part.key], part)
        noted = _noted(rows, part.codes)
        cells.append(cell | {"note": " ".join(filter(None, (noted, cell.get("note"))))})
    return BoardRow(label=label, cells=cells)  # type: ignore[typeddict-item]


def _to_place(material: Material, found: dict[str, Answers]) -> BoardRow:
    """What may be a success or a failure, split over the two columns by the question answered."""
    told = found[TO_PLACE.key]
    cells = []
    for name in study.SEPO[TO_PLACE.key]:
        kept = tuple(p for p in told.passages if p.field == name)
        cells.append(_cell(material, Answers(kept, 0, 0), TO_PLACE) | {"head": field_title(name)})
    return BoardRow(label=TO_PLACE.head, cells=cells)  # type: ignore[typeddict-item]


def _cell(material: Material, told: Answers, part: _Part) -> BoardCell:
    start = len(told.passages) * part.start // 100
    few = FEW_TO_PLACE if part is TO_PLACE else FEW
    kept = chosen_passages(material, told.passages, few, start=start)
    cell = BoardCell(head=part.head, passages=[shown(passage) for passage in kept])
    if not kept:
        cell["question"] = part.asked
    note = " ".join(
        filter(None, (others(len(told.passages) - len(kept)), silence(told.nothing, told.blank)))
    )
    return cell | {"note": note} if note else cell


def _noted(rows: pd.DataFrame, column: str) -> str:
    """Types of obstacles or levers that the sheets note, in the order of the list."""
    if not column:
        return ""
    counts = study.noted(rows, column)
    names = [f"{label.lower()} ({counts[code]})" for code, label in labels("obstacle_types").items()
             if code in counts]  # fmt: skip
    what = {"levers": "Leviers", "obstacles": "Freins"}[column]
    return f"{what} notés, avec le nombre de fiches : {listing(names)}." if names else ""


def _left_out(material: Material, left: int) -> str:
    kept = door.withheld(material, "experiences")
    parts = ["le résumé, le contexte, le besoin et les moyens, qui restent dans les fiches"]
    if left:
        parts.append(f"faute de place, {many(left, 'passage')}, {BEHIND}")
    if kept:
        parts.append(f"{many(kept, 'fiche')} que ce public ne lit pas")
    return " ; ".join(parts) + "."


def _data(found: dict[str, Answers]) -> Data:
    """Every passage in full, so that none is lost on the way to the board."""
    heads = {part.key: part.head for part in (*PARTS, TO_PLACE)}
    rows = [
        [heads[key], door.words(p.text), field_title(p.field), door.title(p.title), p.sheet]
        for key, answers in found.items()
        for p in answers.passages
    ]
    columns = ["Case", "Passage", "Champ", "Expérience", "Fiche"]
    caption = "Tous les passages de la matrice SEPO, en entier"
    return Data(caption=caption, columns=columns, rows=rows)
