"""What a report read, asked again now: which of its slices answer otherwise, in plain words."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dts_research.schema import catalogue
from dts_research.store.slices import (
    CONSENTS,
    EVERYTHING,
    FILE,
    ROWS,
    THEN,
    Lines,
    Slice,
    every_row,
    fold,
    lines_of,
    stamp,
    summed,
    wanted,
)
from dts_research.store.sqlite import Store
from dts_research.store.then import Versions, held_lines, versions_of
from dts_research.workspace import file_state

FILES = ("imports", "read_as", "behind", "provenance", "tellers", "received")


@dataclass(frozen=True)
class Present:
    """The material as it is now; holds paths only, so that it goes from process to process.

    Parameters
    ----------
    store
        The store.
    data
        Folder of the workbook, where the files read beside the store are.
    """

    store: Path
    data: Path

    @contextmanager
    def opened(self) -> Iterator[Now]:
        """Answer from one moment of the store, each question once."""
        if not self.store.is_file():
            yield Now(None, self.data)
            return
        with closing(Store(self.store, readonly=True)) as store:
            yield Now(store.connection, self.data)

    def stamp(self) -> str:
        """Digest of all that a report could read: the store and the files beside it."""
        files = sorted((*self.data.glob("*.toml"), *self.data.glob("*/*.jsonl")))
        told = [(path.relative_to(self.data).as_posix(), file_state(path)[0]) for path in files]
        with self.opened() as now:
            return hashlib.sha256(repr((now.stamp, told)).encode()).hexdigest()


class Now:
    """Slices asked again, grouped by the query that answers them.

    Parameters
    ----------
    db
        The open store; None where there is none.
    data
        Folder of the workbook.
    """

    def __init__(self, db: sqlite3.Connection | None, data: Path) -> None:
        self._db, self._data = db, data
        self._lines: dict[tuple[str, ...], Lines] = {}
        self._versions: dict[tuple[str, ...], Versions] = {}
        self._known: dict[Slice, Slice] = {}
        if db is not None:
            fold(db)

    @cached_property
    def stamp(self) -> str:
        """Digest of the whole store; "" where there is none."""
        return "" if self._db is None else stamp(self._db)

    def changed(self, slices: Sequence[Slice]) -> list[Slice]:
        """Give the slices, as they were read, that answer otherwise now."""
        return [one for one in slices if self.again(one).digest != one.digest]

    def again(self, asked: Slice) -> Slice:
        """Answer a slice as the store and the files stand now."""
        if asked not in self._known:
            told = self._answer(asked)
            self._known[asked] = Slice(asked.kind, asked.of, asked.keys, *told)
        return self._known[asked]

    def _answer(self, asked: Slice) -> tuple[str, int]:
        if asked.kind == FILE:
            return file_state(self._data / asked.of[0])
        if self._db is None:
            return "", 0
        if asked.kind == EVERYTHING:
            return self.stamp, 0
        if asked.kind == ROWS and asked.keys is None:
            return every_row(self._db, asked.of)
        return summed(self._found(asked, self._db), wanted(asked))

    def _found(self, asked: Slice, db: sqlite3.Connection) -> Lines:
        if asked.kind == THEN:
            moment, *of = asked.of
            if (known := tuple(of)) not in self._versions:
                self._versions[known] = versions_of(db, of[0], of[1])
            return held_lines(self._versions[known], moment, asked.keys)
        if (known := (asked.kind, *asked.of)) not in self._lines:
            self._lines[known] = lines_of(db, asked.kind, asked.of)
        return self._lines[known]

    def why(self, slices: Sequence[Slice], since: str) -> str:
        """Say in French what changed among the slices of a report, "" when nothing did.

        Parameters
        ----------
        since
            When the report was made, UTC: rows received later are the ones that are counted.
        """
        changed = self.changed(slices)
        if not changed:
            return ""
        tables = [one.table for one in changed if one.kind == ROWS]
        said = [self._rows_said(t, changed, since) for t in dict.fromkeys(filter(None, tables))]
        said += [f"le fichier « {one.of[0]} »" for one in changed if one.kind == FILE]
        if any(one.kind in CONSENTS for one in changed) and "consents" not in tables:
            said.append("les accords donnés ou retirés")
        if not said:
            said = ["les fichiers reçus"] if changed[0].kind in FILES else ["les données"]
        return f"ce qu'il lit a changé : {', '.join(said)}"

    def _rows_said(self, table: str, changed: Sequence[Slice], since: str) -> str:
        """« Décisions (1 ligne nouvelle) »."""
        title = catalogue().tables[table].title
        mine = [one for one in changed if one.kind == ROWS and one.table == table]
        later = self._received_after(table, since)
        here = {key: new for key, new in later.items() if any(self._holds(s, key) for s in mine)}
        new, other = sum(here.values()), len(here) - sum(here.values())
        gone = max(s.count - self.again(s).count for s in mine)
        parts = [_lines_said(other, "changée"), _lines_said(new, "nouvelle")]
        parts += [_lines_said(gone, "retirée")] if gone > 0 else []
        told = ", ".join(filter(None, parts))
        return f"{title} ({told})" if told else title

    def _received_after(self, table: str, since: str) -> dict[str, bool]:
        """Records told after a moment, and whether that was for the first time."""
        if self._db is None:
            return {}
        query = """SELECT r.id, r.version=1 FROM records r JOIN imports i USING(import_id)
            WHERE r.tbl=? AND i.received_at>?"""
        return {key: bool(first) for key, first in self._db.execute(query, (table, since))}

    def _holds(self, asked: Slice, record: str) -> bool:
        """Whether a record is among the rows of a slice as they stand."""
        if self._db is None or asked.keys is None:
            return True
        by = asked.of[1]
        if by == "id":
            return record in asked.keys
        if by == "folded":
            return False
        query = f'SELECT CAST("{by}" AS TEXT) FROM t_{asked.table} WHERE (territory, id) IN '
        query += "(SELECT territory, id FROM records WHERE tbl=? AND id=?)"
        row = self._db.execute(query, (asked.table, record)).fetchone()
        return bool(row) and row[0] in asked.keys


def _lines_said(count: int, what: str) -> str:
    return f"{count} ligne{'s' * (count > 1)} {what}{'s' * (count > 1)}" if count > 0 else ""
