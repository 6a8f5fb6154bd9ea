"""Widths of the columns of a table: as few lines as can be, and no word or number cut."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from dts_research.display.lettering import width

# Signs that a line of a table holds, in 9 points: upright A4, then on its side.
LINE, WIDE_LINE = 104, 160
# Size of the letters, and usual width of a sign of that size, in points.
SIZE, SIGN = 9, 4.63
GUTTER = 3
LONG_WORD = 28
STUB = 60
STEP = 2
SHORT = 16
SAMPLE = 60
POWER = 4


def columns(block: Mapping[str, Any], *, line: int = LINE) -> dict[str, Any]:
    """Widths of the columns, and whether they fit.

    Parameters
    ----------
    block
        Table: ``columns`` and ``rows``.
    line
        Signs that one line of the page holds.

    Returns
    -------
    dict
        ``widths``, shares of the page, or 0 for a column as wide as its texts; ``share``, part
        of the page the table fills, since a few short columns spread wide are hard to follow;
        ``stub``, whether the first column names its row; ``tight``, whether words must be cut.
    """
    heads = [str(column.get("label", "")) for column in block["columns"]]
    cells = [[str(row[x]) for row in block["rows"]] for x in range(len(heads))]
    numbers = [column.get("align") == "right" for column in block["columns"]]
    least = [_least(*one) for one in zip(heads, cells, numbers)]
    most = [max([low, *map(len, texts)]) for low, texts in zip(least, cells)]
    room = line - GUTTER * len(heads)
    whole = [top if top <= SHORT else low for low, top in zip(least, most)]
    least = whole if sum(whole) <= room * 0.8 else least
    fit = {"stub": max(map(len, cells[0]), default=0) <= STUB, "tight": sum(least) > room}
    if sum(most) <= room:
        share = max(0.5, (sum(most) + GUTTER * len(most)) / line)
        unbroken = sum(max(len(head), top) + GUTTER for head, top in zip(heads, most))
        if unbroken <= line * share:
            return {**fit, "widths": [1, *[0] * (len(most) - 1)], "share": share}
        broken = [max(top, -(-len(head) // 2) + 2) for head, top in zip(heads, most)]
        most = broken if sum(broken) <= room else most  # heads on two lines, where there is room
        share = max(share, (sum(most) + GUTTER * len(most)) / line)
        return {**fit, "widths": [top + GUTTER for top in most], "share": share}
    widths = _shared(cells, least, most, room)
    return {**fit, "widths": [signs + GUTTER for signs in widths], "share": 1.0}


def _least(head: str, texts: list[str], number: bool) -> int:
    """Signs of the longest word; a number stays whole, a head takes two lines."""
    words = [head, *texts] if not number else [head]
    word = _longest({word for text in words for word in text.split()})
    number_width = max(map(len, texts), default=1) if number else 1
    two_lines = min(len(head), -(-len(head) // 2) + 2)
    return max(min(word, LONG_WORD), min(number_width, LONG_WORD), min(two_lines, 14))


def _longest(words: set[str]) -> int:
    """Signs of usual width that the widest word takes: « commune » takes more than its seven."""
    most = max(map(len, words), default=1)
    near = (word for word in words if len(word) > most - 3)
    return max((math.ceil(width(word, SIZE) / SIGN) for word in near), default=1)


def _shared(cells: list[list[str]], least: list[int], most: list[int], room: int) -> list[int]:
    """Give the room left, little by little, to the column that shortens the rows most."""
    widths = list(least)
    step = max(1, -(-len(cells[0]) // SAMPLE))
    lengths = [[len(text) for text in texts[::step]] for texts in cells]
    heights = [[_part(length, signs) for length in one] for one, signs in zip(lengths, widths)]
    while sum(widths) + STEP <= room:
        open_ = [x for x, signs in enumerate(widths) if signs < most[x]]
        if not open_:
            break
        rows = [sum(parts) for parts in zip(*heights)]
        wider = {x: [_part(n, widths[x] + STEP) for n in lengths[x]] for x in open_}
        found = {x: _height(rows, heights[x], wider[x]) for x in open_}
        best = min(found, key=found.__getitem__)
        widths[best] += STEP
        heights[best] = wider[best]
    return widths


def _part(length: int, width: int) -> float:
    """Lines that a cell takes, so raised that the longest of a row counts most."""
    return float((length / width) ** POWER)


def _height(rows: list[float], before: list[float], after: list[float]) -> float:
    """Height of all rows in lines, once one column is a little wider."""
    return float(sum((r - b + a) ** (1 / POWER) for r, b, a in zip(rows, before, after)))
