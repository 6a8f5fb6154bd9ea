"""Find where the titles of a table stand, on one row or several, and name its columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dts_research.intake.sheets import Merged, Row
from dts_research.schema.catalogue import plain

SEARCHED = 30
KNOWN_SHARE = 0.6
DEEPEST = 5
LEVEL = " › "
_VALUE = re.compile(
    r"(?=\D*\d)[-+]?[\d\s.,/:%€-]+|\d{4}-\d\d-\d\d.*|vrai|faux|n\.?[rdcas]\.?|n/a|null|[-–—?/.]+",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(19|20)\d\d(\.0)?\*?")
_MARK = re.compile(r"[\W\d_]*")


@dataclass(frozen=True)
class Titles:
    """The rows of a table's header.

    Parameters
    ----------
    first, last
        First and last rows of the header.
    names
        One name per column, blank where there is none.
    composed
        Names made of several levels, for the reader to know.
    """

    first: int
    last: int
    names: tuple[str, ...]
    composed: tuple[str, ...] = ()


def has_text(cell: str | None) -> bool:
    """Tell a cell that holds something."""
    return cell is not None and cell.strip() != ""


def texts_of(row: Iterable[str | None]) -> list[str]:
    """Cells that hold something, without the blanks around."""
    return [cell.strip() for cell in row if cell is not None and has_text(cell)]


def is_value(text: str) -> bool:
    """Tell a number, a date, a truth value or a mark of what is missing from a title."""
    return _VALUE.fullmatch(text.strip()) is not None


def is_year(text: str) -> bool:
    """Tell a year, which may well be the title of a column."""
    return _YEAR.fullmatch(text.strip()) is not None


def mostly_known(row: Row, known: Collection[str]) -> bool:
    """Tell a row most of whose cells are names of columns that we know."""
    texts = [plain(text) for text in texts_of(row)]
    return len(texts) > 1 and sum(t in known for t in texts) >= KNOWN_SHARE * len(texts)


def header_row(filled: Mapping[int, Row], merged: Iterable[Merged], known: Collection[str]) -> int:
    """Find the first row whose cells are mostly known names, else the first one shaped like one.

    A merged cell counts in every place that it covers, but alone it is a caption.
    """
    candidates = list(filled.items())[:SEARCHED]
    for number, row in candidates:
        if mostly_known(row, known):
            return number
    widest = max(len(texts_of(row)) for _, row in candidates)
    spans = [m for m in merged if m[0] <= candidates[-1][0]]
    for number, _ in candidates:
        texts = texts_of(_spread(filled, spans, number))
        named = any(not is_value(text) for text in texts)
        distinct = len(set(texts)) >= min(2, widest)
        if named and distinct and len(texts) >= max(min(2, widest), 0.6 * widest):
            return number
    return candidates[0][0]


def find_titles(
    filled: Mapping[int, Row], merged: Iterable[Merged], known: Collection[str]
) -> Titles:
    """Find the header, grown over the rows that its merged cells tie together."""
    spans = [m for m in merged if m[0] in filled and has_text(_cell(filled, m[0], m[1]))]
    first = last = header_row(filled, spans, known)
    for _ in range(DEEPEST):
        grown = _grown(filled, spans, first, last)
        if grown == (first, last) or grown[1] - grown[0] >= DEEPEST:
            break
        first, last = grown
    return _named(filled, spans, (first, last), known)


def _grown(
    filled: Mapping[int, Row], spans: list[Merged], first: int, last: int
) -> tuple[int, int]:
    """One step of growth: tall cells, groups above, titles under groups."""
    for top, _, bottom, _ in spans:
        if top <= last and bottom >= first and bottom > top:
            first, last = min(first, top), max(last, bottom)
    last = max(n for n in filled if n <= last)
    wide = [m for m in spans if m[3] > m[1]]
    above = max((n for n in filled if n < first), default=0)
    if any(
        m[2] in range(above, first) and _groups(filled, m, range(first, last + 1)) for m in wide
    ):
        first = above
    groups = [m for m in wide if m[2] == last]
    if groups and _under(filled, groups, last):
        last += 1
    return first, last


def _groups(filled: Mapping[int, Row], span: Merged, band: range) -> bool:
    """Tell a merged cell that stands over several titles, but not over all of them."""
    rows = [filled[n] for n in band if n in filled]
    places = {i for row in rows for i, cell in enumerate(row, start=1) if has_text(cell)}
    covered = {i for i in places if span[1] <= i <= span[3]}
    return 2 <= len(covered) < len(places)


def _under(filled: Mapping[int, Row], groups: list[Merged], last: int) -> bool:
    """Tell whether the row under grouped titles holds titles too, and not the first record."""
    row, header = filled.get(last + 1, ()), filled[last]
    texts = texts_of(row)
    if not texts or any(is_value(t) and not is_year(t) for t in texts):
        return False
    inside = {i for _, left, _, right in groups for i in range(left, right + 1)}
    if sum(has_text(_cell(filled, last + 1, i)) for i in inside) < 2:
        return False
    alone = [i for i, cell in enumerate(header, start=1) if has_text(cell) and i not in inside]
    if alone and not any(has_text(_cell(filled, last + 1, i)) for i in alone):
        return True
    said = [tuple(row[left - 1 : right]) for _, left, _, right in groups]
    if len(said) > 1 and any(times > 1 for times in Counter(said).values()):
        return True
    return _names_numbers(row, filled.get(last + 2, ()))


def _names_numbers(row: Row, below: Row) -> bool:
    """Tell a row of years or words from the numbers that stand under it."""
    numbers = [(a, b) for a, b in zip(row, below) if a and b and is_value(b)]
    return any(not is_value(a) or not is_year(b) for a, b in numbers)


def _cell(filled: Mapping[int, Row], number: int, column: int) -> str | None:
    row = filled.get(number, ())
    return row[column - 1] if column <= len(row) else None


def _named(
    filled: Mapping[int, Row], spans: list[Merged], rows: tuple[int, int], known: Collection[str]
) -> Titles:
    first, last = rows
    levels = [_spread(filled, spans, n) for n in range(first, last + 1) if n in filled]
    width = max(map(len, levels))
    columns = [_parts([level[i] for level in levels if i < len(level)]) for i in range(width)]
    ends = Counter(plain(parts[-1]) for parts in columns if parts)
    names, composed = [], []
    for parts in columns:
        end = parts[-1] if parts else ""
        sure = plain(end) in known and ends[plain(end)] == 1
        if len(parts) > 1 and (not sure or is_value(end) or _MARK.fullmatch(end)):
            end = LEVEL.join(parts)
            composed.append(end)
        names.append(end)
    return Titles(first, last, tuple(names), tuple(composed))


def _spread(filled: Mapping[int, Row], spans: list[Merged], number: int) -> list[str]:
    """Texts of a row of titles, each merged cell said over all that it covers."""
    row = [" ".join(cell.split()) if cell else "" for cell in filled[number]]
    for top, left, bottom, right in spans:
        if top <= number <= bottom:
            text = " ".join((_cell(filled, top, left) or "").split())
            for i in range(left - 1, min(right, len(row))):
                row[i] = text
    return row


def _parts(levels: Sequence[str]) -> list[str]:
    """Levels of one title, from the widest; a level said twice is one."""
    kept: list[str] = []
    for level in levels:
        if level and level not in kept:
            kept.append(level)
    return kept
