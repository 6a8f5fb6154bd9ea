"""Note what is read of an open store, while a notebook runs, for a report to know what it rests on.

Reading is noted where the environment variable of `workspace.READS` names a file; nobody else
pays for it. A read that has no name of its own is noted as a read of everything.
"""

from __future__ import annotations

import functools
import os
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from dts_research.store.slices import EVERYTHING, Lines, Slice, fold, taken
from dts_research.workspace import READS, note_read

Read = TypeVar("Read", bound=type)


class Note(Protocol):
    """Takes note of a read."""

    def __call__(self, kind: str, *of: str, keys: Collection[str] | None = None) -> None:
        """Note a read (see `slices.Slice`)."""


class Noting:
    """Notes its reads, each with the digest of its answer.

    Parameters
    ----------
    db
        The open file.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.noting = False
        self._known: set[Slice] = set()
        self._told: dict[str, Lines] = {}

    @property
    def connection(self) -> sqlite3.Connection:
        """The open file, for who asks the same questions again."""
        return self._db

    def watch(self, readonly: bool) -> None:
        """Note the reads of who only reads, where they are asked for: all are of one moment."""
        if readonly and os.environ.get(READS):
            self.noting = True
            self._db.execute("BEGIN")
            fold(self._db)

    def note(
        self, kind: str, *of: str, keys: Collection[str] | None = None,
        rows: Sequence[Any] | None = None,
    ) -> None:  # fmt: skip
        """Note a read (see `slices.Slice`, and `slices.taken` for `rows`)."""
        if self.noting and (keys is None or len(keys)):  # to ask of nobody reads nothing
            wanted = None if keys is None else tuple(sorted({str(key) for key in keys}))
            asked = Slice(kind, of, wanted)
            if asked not in self._known:  # all is read at one moment: the answer is the same
                self._known.add(asked)
                note_read(taken(self._db, asked, rows=rows, told=self._told).to_line())

    @contextmanager
    def unnoted(self) -> Iterator[None]:
        """Read without noting: whoever asks for it notes something narrower instead."""
        before, self.noting = self.noting, False
        try:
            yield
        finally:
            self.noting = before


def noted(*, but: Collection[str]) -> Callable[[Read], Read]:
    """Have every public method of a class, but some, noted as a read of everything."""

    def wrap(cls: Read) -> Read:
        for name, read in list(vars(cls).items()):
            if callable(read) and not name.startswith("_") and name not in but:
                setattr(cls, name, _whole(read))
        return cls

    return wrap


def _whole(read: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(read)
    def reading(self: Noting, *args: Any, **more: Any) -> Any:
        self.note(EVERYTHING)
        return read(self, *args, **more)

    return reading
