"""Tables of a foreign HTML: heads merged in one line, spans undone, notes taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple

Block = dict[str, Any]
_NUMBER = re.compile(r"[-+−]?\d+(?:[.,]\d+)?(?:e[-+]?\d+)?(?:\s?[%€])?|NaN|nan|<NA>|None|")

_CODE = re.compile(r"[-+−]?0\d")
# Letters that pandas shows of a text, by default, its three points included.
WIDTH = 50


class Cell(NamedTuple):
    """One cell of a foreign table, as it was written."""

    text: str
    head: bool
    wide: int
    high: int


@dataclass
class Grid:
    """Rows of a foreign table as they are read: those of its head, its body, its foot."""

    caption: str = ""
    part: str = "tbody"
    next: tuple[str, int, int] = ("td", 1, 1)
    flattened: bool = False
    rows: list[tuple[str, list[Cell]]] = field(default_factory=list)

    def open_row(self) -> None:
        """Begin a row."""
        self.rows.append((self.part, []))

    def add(self, text: str) -> None:
        """Write the cell that was opened last."""
        name, wide, high = self.next
        if name == "caption":
            self.caption = text
            return
        if not self.rows:
            self.open_row()
        self.rows[-1][1].append(Cell(text, name == "th", wide, high))


def span(value: str | None) -> int:
    """Columns or rows a cell covers."""
    return min(int(value), 1000) if value and value.isdigit() and int(value) else 1


def table_of(grid: Grid, title: str) -> list[Block]:
    """Give the table block of a grid, none where it has no cell."""
    rows = [(part, cells) for part, cells in grid.rows if cells]
    placed = _squares([cells for _, cells in rows])
    width = max((max(row, default=-1) + 1 for row in placed), default=0)
    if not width:
        return []
    heads: list[list[str]] = []
    body: list[list[str]] = []
    above, under = [grid.caption or title], [""]
    for (part, cells), row in zip(rows, placed):
        texts = [row.get(x, "") for x in range(width)]
        alone = width > 1 and len(cells) == 1 and cells[0].wide >= width
        is_head = part == "thead" or (not body and not heads and all(c.head for c in cells))
        if alone and part != "tbody":
            (above if part == "thead" else under).append(cells[0].text)
        elif is_head and (not heads or any(c.head for c in cells)):
            heads.append(texts)
        elif not is_head:
            body.append([cells[0].text, *[""] * (width - 1)] if alone else texts)
    return [_table(heads, body, above, under) | ({"flattened": True} if _flat(grid) else {})]


def _flat(grid: Grid) -> bool:
    """Whether cells of the body were merged across columns, or held a table."""
    width = max((sum(c.wide for c in cells) for _, cells in grid.rows), default=0)
    merged = any(
        1 < cell.wide < width or (cell.high > 1 and not cell.head)
        for part, cells in grid.rows
        for cell in cells
        if part == "tbody" and not all(c.head for c in cells)
    )
    return grid.flattened or merged


def _squares(rows: list[list[Cell]]) -> list[dict[int, str]]:
    """Texts at their places, those of spanned cells repeated."""
    placed: list[dict[int, str]] = [{} for _ in rows]
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while x in placed[y]:
                x += 1
            for down, right in product(range(min(cell.high, len(rows) - y)), range(cell.wide)):
                placed[y + down].setdefault(x + right, cell.text)
            x += cell.wide
    return placed


def _table(
    heads: list[list[str]], body: list[list[str]], above: list[str], under: list[str]
) -> Block:
    width = len((heads or body or [[""]])[0])
    labels = [" · ".join(_distinct(row[x] for row in heads)) for x in range(width)]
    counted = [row[0] for row in body] == [str(number) for number in range(len(body))]
    if width > 1 and not labels[0] and counted and body:
        labels, body = labels[1:], [row[1:] for row in body]
    columns = [
        {"label": label, "align": "right" if x and _numeric(body, x) else "left"}
        for x, label in enumerate(labels)
    ]
    title, *rest = [text for text in above if text] or [""]
    made: Block = {"kind": "table", "title": title, "columns": columns, "foreign": True}
    counted_in = [_numeric(body, x) for x in range(len(columns))]
    made["rows"] = [
        [_comma(cell) if number else cell for cell, number in zip(row, counted_in)] for row in body
    ]
    made |= {"cut": True} if any(map(_cut, (cell for row in body for cell in row))) else {}
    made |= {"subtitle": " ".join(rest)} if rest else {}
    return made | ({"note": "\n".join(filter(None, under))} if any(under) else {})


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))


def _numeric(rows: list[list[str]], x: int) -> bool:
    """Whether a column holds numbers: « 01.10 » is a code, and so are the others beside it."""
    cells = [row[x] for row in rows]
    return bool(cells) and all(map(_NUMBER.fullmatch, cells)) and not any(map(_CODE.match, cells))


def _cut(cell: str) -> bool:
    """Whether pandas cut a text to the width it gives to a column."""
    return cell.endswith("...") and len(cell) == WIDTH


def _comma(cell: str) -> str:
    return cell.replace(".", ",") if re.fullmatch(r"[-+−]?\d+\.\d+", cell) else cell
