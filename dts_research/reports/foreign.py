"""Outputs made by other programs: what a document can keep of them, and a note for the rest.

Of a foreign HTML, only its tables and its text are kept.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import product
from typing import Any

Bundle = Mapping[str, Any]
Block = dict[str, Any]
_SIGNATURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_NUMBER = re.compile(r"[-+−]?\d+(?:[.,]\d+)?(?:e[-+]?\d+)?(?:\s?[%€])?|NaN|nan|<NA>|None|")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SILENT = {"script", "style", "template", "noscript", "head", "iframe", "object", "svg", "math"}
LONG_TEXT = 6000


def joined(value: Any) -> str:
    """Text of a bundle's entry, which notebooks may store as lines."""
    return "".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value or "")


def clean(text: str) -> str:
    """Text without terminal colours and control characters."""
    return _ANSI.sub("", text)


def monospace(text: str) -> list[Block]:
    """Printed text, in a fixed width."""
    shown = clean(text).rstrip()
    if len(shown) > LONG_TEXT:
        shown = shown[:LONG_TEXT] + "\n[… suite coupée : voir le notebook]"
    return [{"kind": "code", "text": shown}] if shown else []


def interactive(bundle: Bundle, *, reason: str = "") -> Block:
    """Note in place of what only works in the notebook."""
    html, text = joined(bundle.get("text/html")), joined(bundle.get("text/plain"))
    kept = text_of_html(html) if html else ""
    kept = kept or ("" if re.fullmatch(r"\s*<[^>]*>\s*", text) else clean(text))
    return {"kind": "interactive", "text": kept[:LONG_TEXT], "reason": reason}


def picture(bundle: Bundle, *, alt: str = "", title: str = "") -> Block | None:
    """Figure made of a bitmap, if it is one."""
    for mime, signature in _SIGNATURES.items():
        try:
            content = base64.b64decode(joined(bundle.get(mime)), validate=False)
        except (binascii.Error, ValueError):
            continue
        if content.startswith(signature):
            data = base64.b64encode(content).decode()
            return {"kind": "image", "mime": mime, "data": data, "alt": alt, "title": title}
    return None


def text_of_html(html: str) -> str:
    """Words of a foreign HTML, one line for each block of it."""
    reader = _Reader()
    reader.read(html)
    return reader.outside()


def tables_of_html(html: str, *, title: str = "") -> list[Block]:
    """Tables of a foreign HTML, and the words around them."""
    reader = _Reader()
    reader.read(html)
    found = [_table(grid, title) for grid in reader.tables if grid.rows]
    words = reader.outside()
    if found and words:
        found[-1]["note"] = words
    return found


@dataclass
class _Grid:
    """Cells of one table: text, header or not, columns and rows spanned."""

    caption: str = ""
    head: int = 0
    rows: list[list[tuple[str, bool, int, int]]] = field(default_factory=list)


class _Reader(HTMLParser):
    """Keeps the tables and the words of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Grid] = []
        self.words: list[str] = []
        self.silent: list[str] = []
        self.depth = 0
        self.into: list[str] | None = None
        self.spans = (False, 1, 1)
        self.in_head = False

    def read(self, html: str) -> None:
        """Read a page to its end, closing what it leaves open."""
        self.feed(html)
        self.close()
        self._end_cell()

    def outside(self) -> str:
        """Words outside tables."""
        lines = (" ".join(line.split()) for line in "".join(self.words).split("\n"))
        return "\n".join(line for line in lines if line)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent.append(tag)
        elif tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.tables.append(_Grid())
        elif self.depth == 1:
            self._start_in_table(tag, dict(attrs))
        elif tag in {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4"}:
            (self.words if self.into is None else self.into).append("\n")

    def _start_in_table(self, tag: str, attrs: dict[str, str | None]) -> None:
        table = self.tables[-1]
        if tag == "tr":
            self._end_cell()
            table.rows.append([])
        elif tag == "thead":
            self.in_head = True
        elif tag in {"td", "th", "caption"}:
            self._end_cell()
            self.into = []
            spans = (_span(attrs.get("colspan")), _span(attrs.get("rowspan")))
            self.spans = (tag == "th", *spans)
            self.caption = tag == "caption"
        elif self.into is not None:
            self.into.append(" ")

    caption = False

    def handle_endtag(self, tag: str) -> None:
        if self.silent:
            if tag == self.silent[-1]:
                self.silent.pop()
        elif tag == "table":
            if self.depth == 1:
                self._end_cell()
            self.depth = max(0, self.depth - 1)
        elif self.depth == 1 and tag in {"td", "th", "caption", "tr"}:
            self._end_cell()
        elif tag == "thead" and self.tables:
            self.in_head = False
            self.tables[-1].head = len(self.tables[-1].rows)

    def handle_data(self, data: str) -> None:
        if not self.silent:
            (self.words if self.into is None else self.into).append(data)

    def _end_cell(self) -> None:
        if self.into is None:
            return
        text, self.into = " ".join("".join(self.into).split()), None
        table = self.tables[-1]
        if self.caption:
            table.caption = text
            return
        if not table.rows:
            table.rows.append([])
        table.rows[-1].append((text, *self.spans))


def _span(value: str | None) -> int:
    return min(int(value), 1000) if value and value.isdigit() and int(value) else 1


def _squares(grid: _Grid) -> list[dict[int, tuple[str, bool]]]:
    """Cells at their places, spanned ones repeated."""
    rows: list[dict[int, tuple[str, bool]]] = [{} for _ in grid.rows]
    for y, row in enumerate(grid.rows):
        x = 0
        for text, is_head, width, height in row:
            while x in rows[y]:
                x += 1
            for down, right in product(range(min(height, len(rows) - y)), range(width)):
                rows[y + down].setdefault(x + right, (text, is_head))
            x += width
    return rows


def _table(grid: _Grid, title: str) -> Block:
    rows = _squares(grid)
    width = max((max(row, default=-1) + 1 for row in rows), default=0)
    texts = [[row.get(x, ("", False))[0] for x in range(width)] for row in rows]
    head = grid.head or int(bool(rows and rows[0]) and all(h for _, h in rows[0].values()))
    labels = [" · ".join(_distinct(texts[y][x] for y in range(head))) for x in range(width)]
    body = texts[head:]
    if (
        width > 1
        and not labels[0]
        and [row[0] for row in body] == [str(i) for i in range(len(body))]
    ):
        labels, body = labels[1:], [row[1:] for row in body]
    columns = [
        {"label": label, "align": "right" if x and _numeric(body, x) else "left"}
        for x, label in enumerate(labels)
    ]
    body = [[_comma(cell) for cell in row] for row in body]
    return {"kind": "table", "title": grid.caption or title, "columns": columns, "rows": body}


def _distinct(texts: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))


def _numeric(rows: list[list[str]], x: int) -> bool:
    return bool(rows) and all(_NUMBER.fullmatch(row[x]) for row in rows)


def _comma(cell: str) -> str:
    return cell.replace(".", ",") if re.fullmatch(r"[-+−]?\d+\.\d+", cell) else cell
