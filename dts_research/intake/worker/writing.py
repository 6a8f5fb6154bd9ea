"""The form in which the child gives cells: text with marks between them.

A part is a JSON object, then its rows. Parts, rows and cells are parted by code points that
Unicode keeps out of every text: the reader only has to split, which costs a tenth of reading JSON.
In a cell that holds one all the same it becomes U+FFFD, the sign of a lost character.
"""

import json
from collections.abc import Iterable
from typing import Any, BinaryIO

CELL, ROW, PART = "\uffff", "\ufffe", "\ufdd0"
_LOST = str.maketrans(dict.fromkeys((CELL, ROW, PART), "\ufffd"))
MOST_TEXT = 256 << 20
MOST_CELL = 1_000_000
BUFFERED = 1 << 20


class Refused(Exception):
    """The file is not read; `reason` is a word that the parent turns into a sentence."""

    def __init__(self, reason: str, **details: Any) -> None:
        super().__init__(reason)
        self.reason, self.details = reason, details


class Writer:
    """Write parts and their rows, and stop before there is too much."""

    def __init__(self, out: BinaryIO) -> None:
        self.out, self.held, self.written = out, 0, 0
        self.pending: list[str] = []

    def head(self, said: dict[str, Any]) -> None:
        """Begin a part."""
        self._add(PART + json.dumps(said))

    def rows(self, rows: Iterable[list[str]]) -> None:
        """Write rows; a cell without text is an empty one."""
        for row in rows:
            line = CELL.join(row)
            if len(line) > MOST_CELL:
                self._refuse_long(row)
            if line.count(CELL) >= len(row) or ROW in line or PART in line:
                line = CELL.join(cell.translate(_LOST) for cell in row)
            self._add(ROW + line)

    def refuse(self, reason: str, **details: Any) -> None:
        """End on a refusal, which is worth more than what was held back."""
        self.out.write((PART + json.dumps({"refused": reason, **details})).encode())
        self.out.flush()

    def close(self) -> None:
        """Write what is left."""
        self._flush()
        self.out.flush()

    def _refuse_long(self, row: list[str]) -> None:
        longest = max(map(len, row))
        if longest > MOST_CELL:
            raise Refused("cell", length=longest)

    def _add(self, text: str) -> None:
        self.pending.append(text)
        self.held += len(text)
        if self.held > BUFFERED:
            self._flush()

    def _flush(self) -> None:
        content = "".join(self.pending).encode("utf-8", "replace")
        self.written += len(content)
        self.pending, self.held = [], 0
        if self.written > MOST_TEXT:
            raise Refused("text")
        self.out.write(content)
