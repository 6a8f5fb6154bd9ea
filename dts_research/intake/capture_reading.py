"""Find the rows of a capture sheet in the cells of a file, wherever they stand; say what is left.

Titles may be misspelt, cut short, moved or missing; several sheets may follow each other in one.
Every cell that says something is taken, or told with its address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from xlsxwriter.utility import xl_col_to_name

from dts_research.intake.sheets import RETURNED, Grid
from dts_research.schema.capture import SHEETS, CaptureSheet, Column
from dts_research.schema.catalogue import nearest_name, plain

SESSION = "Séance"
NEAR_TITLE, NEAR_NAME, SHORTEST = 0.8, 0.75, 4
SEARCHED = 30
GIVEN_BACK = "lignes refusees"
# Titles that only a capture sheet has: one of them is enough to recognise it.
SIGNS = (
    "Statut aujourd'hui", "Ce que ça ne dit pas", "Accord ou désaccord",
    "Motif, ou ce qu'elle devient",
)  # fmt: skip
_RETURNED = frozenset(map(plain, RETURNED))
Address = tuple[int, int]


@dataclass(frozen=True)
class Line:
    """One row: its number in the file, and its cells by title of the capture sheet."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Block:
    """Rows under one header.

    Parameters
    ----------
    told
        The sheet that they are rows of.
    name
        Name of the tab where they stand.
    lines
        The rows that say something, in order.
    letters
        Title of the capture sheet -> letter of its column in the file.
    written
        Title of the capture sheet -> title as it is written in the file.
    """

    told: CaptureSheet
    name: str
    lines: tuple[Line, ...]
    letters: Mapping[str, str]
    written: Mapping[str, str]


@dataclass
class Read:
    """What a grid holds: blocks of rows, and the cells that are in none."""

    blocks: list[Block] = field(default_factory=list)
    outside: dict[Address, str] = field(default_factory=dict)


def sheet_named(name: str) -> CaptureSheet | None:
    """Return the capture sheet that a tab is named after, typing mistakes included."""
    wanted = plain(name).removeprefix(GIVEN_BACK).strip()
    titles = {plain(sheet.title): sheet for sheet in SHEETS}
    near = nearest_name(wanted, titles, NEAR_NAME) if wanted else None
    return titles[near] if near else None


def bears_sign(grid: Grid) -> bool:
    """Tell whether a row of titles, near the top, has one that only a capture sheet has."""
    signs = set(map(plain, SIGNS))
    for row in grid.rows[:SEARCHED]:
        cells = [plain(cell) for cell in row if cell]
        if any(cell in signs or nearest_name(cell, signs, NEAR_TITLE) for cell in cells):
            told, places = _best(row, sheet_named(grid.name))
            if told is not None and 2 * len(places) >= len(cells):
                return True
    return False


def read_grid(grid: Grid) -> Read:
    """Cut a grid into blocks of rows under their headers."""
    named = sheet_named(grid.name)
    headers = list(_headers(grid, named))
    found = Read()
    first = headers[0][0] if headers else len(grid.rows)
    printed = _printed(named)
    for number, row in enumerate(grid.rows[:first], start=1):
        found.outside |= _said(number, row, printed)
    ends = [start for start, *_ in headers[1:]] + [len(grid.rows)]
    for (start, told, places), end in zip(headers, ends):
        found.blocks.append(_block(grid, told, places, range(start, end), found.outside))
    return found


def _headers(
    grid: Grid, named: CaptureSheet | None
) -> Iterator[tuple[int, CaptureSheet, dict[str, int]]]:
    """Rows of titles: their place, the sheet they are of, and title -> column."""
    there = False
    for place, row in enumerate(grid.rows):
        filled = [cell for cell in row if cell and plain(cell) not in _RETURNED]
        told, places = _best(row, named)
        if told is not None and len(places) > 1 and 2 * len(places) >= len(filled):
            there = True
            yield place, told, places
    if not there and named is not None:
        found = ((p, _titles(row, named)) for p, row in enumerate(grid.rows))
        yield from ((place, named, places) for place, places in list(found)[:9] if places)


def _best(
    row: Iterable[str | None], named: CaptureSheet | None
) -> tuple[CaptureSheet | None, dict[str, int]]:
    """The sheet that most titles of a row are of, the one the tab is named after before others."""
    cells = tuple(row)
    order = ([named] if named else []) + [sheet for sheet in SHEETS if sheet is not named]
    tried = [(sheet, _titles(cells, sheet)) for sheet in order]
    told, places = max(tried, key=lambda pair: len(pair[1]) + _answers(*pair))
    return (told, places) if _answers(told, places) else (None, {})


def _answers(told: CaptureSheet, places: Mapping[str, int]) -> int:
    """How many of the titles found are those of cells to fill in."""
    return sum(column.title in places for column in told.typed)


def _titles(row: Iterable[str | None], sheet: CaptureSheet) -> dict[str, int]:
    """Titles of a capture sheet that a row bears: title -> its column."""
    columns = {**{plain(c.title): c.title for c in sheet.columns}, plain(SESSION): SESSION}
    cells = {place: plain(cell) for place, cell in enumerate(row) if cell and cell.strip()}
    found: dict[str, int] = {}
    for read in (_same, _cut_short, _near):
        for place, text in cells.items():
            title = read(text, columns, sheet)
            if title and title not in found and place not in found.values():
                found[title] = place
    return {} if set(found) <= {SESSION} else found


def _same(text: str, columns: Mapping[str, str], sheet: CaptureSheet) -> str | None:
    return columns.get(text)


def _cut_short(text: str, columns: Mapping[str, str], sheet: CaptureSheet) -> str | None:
    """A title cut short, those that are typed first: « Statut », « Porteur », « Motif »."""
    typed = {plain(c.title) for c in sheet.typed}
    near = sorted((t for t in columns if t.startswith(text)), key=lambda t: t not in typed)
    return columns[near[0]] if near and len(text) >= SHORTEST else None


def _near(text: str, columns: Mapping[str, str], sheet: CaptureSheet) -> str | None:
    near = nearest_name(text, columns, NEAR_TITLE)
    return columns[near] if near else None


def _block(
    grid: Grid,
    told: CaptureSheet,
    places: Mapping[str, int],
    rows: range,
    outside: dict[Address, str],
) -> Block:
    """Rows under a header; what stands under no title of ours is noted as outside."""
    titles = {place: title for title, place in places.items()}
    header, lines = grid.rows[rows.start], []
    for place in rows[1:]:
        row, number = grid.rows[place], place + 1
        cells = {titles[i]: cell.strip() for i, cell in enumerate(row)
                 if i in titles and cell and cell.strip()}  # fmt: skip
        given_back = {i for i, cell in enumerate(header) if plain(cell or "") in _RETURNED}
        rest = {(number, i): cell.strip() for i, cell in enumerate(row)
                if i not in titles and i not in given_back and cell and cell.strip()}  # fmt: skip
        outside |= rest if set(map(plain, rest.values())) - _printed(told) else {}
        if cells:
            lines.append(Line(number, cells))
    letters = {title: xl_col_to_name(place) for title, place in places.items()}
    written = {title: (header[place] or "").strip() for title, place in places.items()}
    return Block(told, grid.name, tuple(lines), letters, written)


def _printed(told: CaptureSheet | None) -> frozenset[str]:
    """What our sheet prints above its header."""
    return frozenset() if told is None else frozenset((plain(told.title), plain(told.asks)))


def _said(number: int, row: Iterable[str | None], printed: frozenset[str]) -> dict[Address, str]:
    return {
        (number, place): cell.strip()
        for place, cell in enumerate(row)
        if cell and cell.strip() and plain(cell) not in printed
    }


def typed_in(line: Line, told: CaptureSheet) -> tuple[Column, ...]:
    """Columns that somebody filled on a row."""
    return tuple(c for c in told.typed if line.cells.get(c.title))
