"""Experiences crossed with the criteria of the group: passages, and questions where none is."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from dts_research.analysis import passages as study
from dts_research.analysis.passages import Crossing
from dts_research.analysis.portrait import labels
from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.captions import nothing, source
from dts_research.display.depth import FULL, full
from dts_research.display.draft_words import (
    BEHIND,
    field_title,
    none_here,
    place_of,
    quoted,
    sheets_of,
    shown,
    some,
)
from dts_research.display.fields import BoardCell, BoardRow, Data
from dts_research.display.grids import carriers
from dts_research.display.several import Blocks
from dts_research.display.style import listing, many
from dts_research.workbook.criteria import Criterion
from dts_research.workbook.material import Material

NAME = "analyse-croisee"
TITLE = "Pas de fiche à croiser avec des critères"
# Rows of one board, and columns beside the one that names them.
ROWS, COLUMNS = 12, 6
EXCERPT = 120
LIMITS = (
    "qu'une expérience vaudrait mieux qu'une autre, ni qu'une case vide soit un manque : la fiche "
    "n'en parle pas, voilà tout."
)
READING = (
    "Une case montre un passage que le groupe a codé, sinon un champ de la fiche, sinon une phrase "
    "où paraît l'un des mots du critère, qui peut parler d'autre chose. Les critères se changent "
    "dans « data/criteria.toml »."
)


def matrix(material: Material, sheets: Collection[str] = ()) -> Blocks:
    """Cross-analysis of experiences and criteria, split so that each part can be read.

    Parameters
    ----------
    sheets
        Identifiers of the sheets of the session; by default a dozen, all in the full version.
    """
    rows = sheets_of(material, sheets)
    if rows.empty:
        return Blocks((none_here(material, NAME, TITLE),))
    if not material.criteria:
        text = "Le fichier « data/criteria.toml » ne contient aucun critère."
        return Blocks((nothing(NAME, "Aucun critère à croiser avec les fiches", text),))
    every = len(rows)
    if not (sheets or full(material)):
        rows = some(rows, ROWS)
    criteria = material.criteria
    crossing = study.crossed(rows, door.rows(material, "codings"), criteria)
    parts = [
        (rows.iloc[ys], ys, xs)
        for ys in _shares(len(rows), ROWS)
        for xs in _shares(len(criteria), COLUMNS)
    ]
    made = [
        _board(material, part, [line[xs] for line in crossing[ys]], criteria[xs],
               (number, len(parts), every - len(rows)))
        for number, (part, ys, xs) in enumerate(parts, start=1)
    ]  # fmt: skip
    return Blocks(tuple(made))


def _shares(count: int, most: int) -> list[slice]:
    """Cut a number of rows or columns in parts of about as many, none above the most."""
    step = -(-count // -(-count // most))
    return [slice(start, start + step) for start in range(0, count, step)]


def _board(
    material: Material, rows: pd.DataFrame, crossing: Sequence[Sequence[Crossing]],
    criteria: Sequence[Criterion], counts: tuple[int, int, int],
) -> Block:  # fmt: skip
    number, parts, left = counts
    told = sum(bool(cell.passages) for line in crossing for cell in line)
    cells = len(rows) * len(criteria)
    part = f" ({number} sur {parts})" if parts > 1 else ""
    title = f"{many(len(rows), 'expérience')} devant {many(len(criteria), 'critère')}{part}"
    return blocks.board(
        id=NAME if number == 1 else f"{NAME}-{number}", title=title,
        subtitle="Une ligne par expérience, par ordre alphabétique ; une colonne par critère",
        alt=f"Tableau de {many(len(rows), 'ligne')} et {many(len(criteria), 'colonne')} : "
        f"{listing([c.label for c in criteria])}. {many(told, 'case porte', 'cases portent')} un "
        f"passage, {many(cells - told, 'pose', 'posent')} une question.",
        columns=[criterion.label for criterion in criteria],
        rows=_rows(material, rows, crossing, criteria),
        left_out=_left_out(material, left), limits=LIMITS, reading=READING,
        source=source(material), data=_data(rows, crossing, criteria),
    )  # fmt: skip


def _rows(
    material: Material, rows: pd.DataFrame, crossing: Sequence[Sequence[Crossing]],
    criteria: Sequence[Criterion],
) -> list[BoardRow]:  # fmt: skip
    who = carriers(material)
    return [
        BoardRow(
            label=door.title(r.title),
            origin=who[r.experience_id],
            leads_to=place_of(r.experience_id),
            cells=[_cell(cell, criterion) for cell, criterion in zip(line, criteria)],
        )
        for r, line in zip(rows.itertuples(), crossing)
    ]


def _cell(cell: Crossing, criterion: Criterion) -> BoardCell:
    """The first passage, and how many others there are; else what is asked."""
    if not cell.passages:
        return BoardCell(passages=[], question=_asked(cell, criterion))
    first, *rest = cell.passages
    passage = shown(first, length=EXCERPT)
    passage["origin"] = field_title(first.field) + (", passage codé" if first.coded else "")
    told = BoardCell(passages=[passage])
    if rest:
        told["note"] = f"Et {many(len(rest), 'autre passage', 'autres passages')}."
    return told


def _asked(cell: Crossing, criterion: Criterion) -> str:
    about = criterion.label[:1].lower() + criterion.label[1:]
    if cell.nothing:
        return f"« Rien à signaler » sur {about} : rien, vraiment, ou rien qui se dise ?"
    if cell.codes:
        return (
            f"La fiche note {listing([_code(code) for code in cell.codes])} : où en parle-t-elle ?"
        )
    return f"Rien sur {about} dans cette fiche : est-ce sans objet, ou non raconté ?"


def _code(code: str) -> str:
    """A code that a sheet bears, said with what it is a code of."""
    column, name = code.split(":", 1)
    what, codelist = {
        "themes": ("le thème", "themes"), "missions": ("la mission", "missions"),
        "obstacles": ("le frein", "obstacle_types"), "levers": ("le levier", "obstacle_types"),
    }[column]  # fmt: skip
    label = labels(codelist).get(name, name)
    return f"{what} « {label.lower() if codelist == 'obstacle_types' else label} »"


def _left_out(material: Material, left: int) -> str:
    parts = [
        "ce qui ne répond à aucun critère",
        f"les autres passages d'une case, {BEHIND}",
    ]
    if left:
        parts.append(
            f"{many(left, 'autre fiche', 'autres fiches')}, dans la {FULL} ; celles d'ici sont "
            "réparties entre missions, étapes et structures, sans choix de mérite"
        )
    if kept := door.withheld(material, "experiences"):
        parts.append(f"{many(kept, 'fiche')} que ce public ne lit pas")
    return " ; ".join(parts) + "."


def _data(
    rows: pd.DataFrame, crossing: Sequence[Sequence[Crossing]], criteria: Sequence[Criterion]
) -> Data:
    """The whole matrix: every passage in full, every question."""
    lines = [
        [
            door.title(r.title), r.experience_id,
            *(_whole(cell, criterion) for cell, criterion in zip(line, criteria)),
        ]
        for r, line in zip(rows.itertuples(), crossing)
    ]  # fmt: skip
    columns = ["Expérience", "Fiche", *(criterion.label for criterion in criteria)]
    return Data(caption="Analyse croisée, passages en entier", columns=columns, rows=lines)


def _whole(cell: Crossing, criterion: Criterion) -> str:
    told = [
        f"« {quoted(door.words(p.text))} » ({field_title(p.field)}{', codé' if p.coded else ''})"
        for p in cell.passages
    ]
    return "\n".join(told) or _asked(cell, criterion)
