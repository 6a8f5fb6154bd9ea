"""Cut the rows of a sheet into its tables, when several stand one under the other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from dts_research.intake.sheets import Merged, Row
from dts_research.intake.titles import (
    DEEPEST,
    has_text,
    header_row,
    is_value,
    mostly_known,
    texts_of,
)

Rows = dict[int, Row]
WIDE = 3
ALIKE = 0.8


def cut(filled: Rows, merged: Iterable[Merged], known: Collection[str]) -> list[Rows]:
    """Give the rows of each table, its titles included; most sheets hold one.

    A table begins after a blank row, with titles that are known, or that repeat those of the
    table before under a new caption, or that stand over numbers. Where nothing tells, the rows
    stay in the table before.
    """
    if not _broken(filled):
        return [filled]
    main = header_row(filled, merged, known)
    tables: list[Rows] = [{}]
    pending: Rows = {}
    header: Row = ()
    for group in _groups(filled):
        if all(len(texts_of(row)) == 1 for row in group.values()):
            pending |= group
            continue
        start = _start(group, known, header)
        captioned = bool(pending) or next(iter(group)) != start
        if header and start and (captioned or not _alike(group[start], header)):
            tables.append({})
        if main in group and not header:
            header = filled[main]
        elif start and (header or _sure(group[start], known)):
            header = group[start]
        tables[-1] |= pending | group
        pending = {}
    tables[-1] |= pending
    return tables


def _broken(filled: Rows) -> bool:
    """Tell whether a blank row stands between two others."""
    return bool(filled) and max(filled) - min(filled) + 1 > len(filled)


def _groups(filled: Rows) -> Iterator[Rows]:
    """Rows that follow each other without a blank one."""
    group: Rows = {}
    for number, row in filled.items():
        if group and number - 1 not in group:
            yield group
            group = {}
        group[number] = row
    yield group


def _alike(row: Row, header: Row) -> bool:
    """Tell the header repeated, up to a mark of a note here and there."""
    pairs = [(a, b) for a, b in zip(row, header) if has_text(a) or has_text(b)]
    return sum(a == b for a, b in pairs) >= ALIKE * max(2, len(pairs))


def _sure(row: Row, known: Collection[str]) -> bool:
    return mostly_known(row, known) or len(texts_of(row)) >= WIDE


def _start(group: Rows, known: Collection[str], header: Row) -> int | None:
    """Row of the titles, when the group begins like a table."""
    rows = list(group.items())
    again = (n for n, row in rows[:DEEPEST] if _alike(row, header))
    first = next(i for i, (_, row) in enumerate(rows) if len(texts_of(row)) > 1)
    number, row = rows[first]
    below = [line for _, line in rows[first + 1 :]]
    titled = below and (mostly_known(row, known) or _over_numbers(row, below, header))
    return next(again, number if titled else None)


def _over_numbers(row: Row, below: list[Row], header: Row) -> bool:
    """Tell distinct words that name every column of what follows, numbers among it.

    A row that leaves the first column of the table before blank lacks a cell: it is no title.
    """
    first = next((i for i, cell in enumerate(header) if has_text(cell)), None)
    if first is not None and not (first < len(row) and has_text(row[first])):
        return False
    texts = [text.casefold() for text in texts_of(row)]
    if any(map(is_value, texts)) or len(set(texts)) < len(texts):
        return False
    titled = {i for i, cell in enumerate(row) if has_text(cell)}
    used = {i for line in below for i, cell in enumerate(line) if has_text(cell)}
    return used <= titled and any(_numbers(below, i) for i in titled)


def _numbers(below: list[Row], place: int) -> bool:
    cells = [line[place] for line in below if place < len(line) and has_text(line[place])]
    return bool(cells) and all(is_value(cell) for cell in cells if cell)
