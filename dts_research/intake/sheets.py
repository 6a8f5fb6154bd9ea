"""What a reader gives: text cells with their addresses in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

# A spreadsheet holds no more characters in a cell: what we give back is cut there.
CELL_LIMIT = 32_767
Row = tuple[str | None, ...]
# Merged cells: top, left, bottom, right, from 1.
Merged = tuple[int, int, int, int]


@dataclass(frozen=True)
class Grid:
    """All the cells of one sheet as they stand in the file, before any header is found.

    Parameters
    ----------
    name
        Name of the sheet; empty for formats that have only one.
    rows
        Text cells, row by row; the first one is row 1 of the file.
    notes
        French sentences on how the sheet was read.
    merged
        Merged cells: top, left, bottom, right, from 1.
    unsolved
        Rows that hold a formula without a result: they count as read even if nothing else does.
    lines
        Lines of the file where the rows stand, when the source itself tells its records apart;
        0 for titles that are on no line. Empty when the rows follow each other from line 1.
    """

    name: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    merged: tuple[Merged, ...] = ()
    unsolved: frozenset[int] = frozenset()
    lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """One sheet with its header found.

    Parameters
    ----------
    file
        Name of the file, without its folder.
    name
        Name of the sheet; empty for formats that have only one. Tables that stand under another
        in the same sheet have its name and their rank.
    header_row
        Row of the header in the file (first row = 1), the last one when it has several.
    columns
        Names of the columns, made unique.
    cells
        Text cells; index = row numbers of the file. Blank rows are not there.
    notes
        French sentences: what was skipped, renamed, doubtful.
    set_aside
        Row number -> French reason, for rows that the file itself says not to read, or that
        cannot be cut into the columns of the header.
    table
        The table that it feeds, where its source says so.
    made
        Columns that are not in the file: reception adds them.
    """

    file: str
    name: str
    header_row: int
    columns: tuple[str, ...]
    cells: pd.DataFrame
    notes: tuple[str, ...] = ()
    set_aside: Mapping[int, str] = field(default_factory=dict)
    table: str = ""
    made: tuple[str, ...] = ()


# Columns that we add to the rows we give back; they are not read again.
WHY = "Ce qui ne va pas"
RETURNED = ("Ligne d'origine", WHY)
