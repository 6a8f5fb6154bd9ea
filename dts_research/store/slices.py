"""What a report read: re-executable reads, each with the digest of its answer.

A slice says what was asked (kind, table, columns, keys) in a few words. The query behind a kind
gives lines by key, so that the same one answers for some keys while a notebook runs, and for all
of them at once when a batch asks which reports are out of date (see `present`).
"""

from __future__ import annotations

import base64
import hashlib
import json
import marshal
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from dts_research.schema import catalogue
from dts_research.schema.catalogue import plain
from dts_research.store import clock
from dts_research.store.tables import IMPORT, columns_of, picked, sql_name, where
from dts_research.store.then import held_lines, versions_of

# Kinds of reads that are no query by key.
FILE, THEN, EVERYTHING = "file", "then", "everything"
ROWS = "rows"
# Consents that speak of some records, however these are spelt there.
AGREED = "agreed"
CONSENTS = (AGREED, "agreed_on")
# Version of marshal's format that depends on values only, not on which objects hold them.
PLAIN = 2
# More keys than this are noted as the whole: what is noted may be wider than what was read.
MANY = 3_000
SHORT = 12
Lines = Mapping[str, Sequence[str]]
_SHORTLY = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Slice:
    """One read of the store, or of a file beside it.

    Parameters
    ----------
    kind
        ``rows``, ``imports``, ``provenance``… (see `_queries`), ``then`` for the store as it
        stood at a moment, ``file`` for a file of the workbook, ``everything`` for a read that
        has no narrower name.
    of
        What was asked: the table, the column whose values are the keys, the columns read (all
        where none is named); of a file, its name.
    keys
        Values asked for, in order; None for all.
    digest
        Digest of the answer.
    count
        How many rows answered.
    """

    kind: str
    of: tuple[str, ...] = ()
    keys: tuple[str, ...] | None = None
    digest: str = field(default="", compare=False)
    count: int = field(default=0, compare=False)

    @property
    def table(self) -> str:
        """The table that was read, "" for what is none."""
        return next((name for name in self.of[:1] if name in catalogue().tables), "")

    def to_line(self) -> str:
        """Write the slice as one line of JSON."""
        return _SHORTLY.encode([self.kind, self.of, self.keys, self.digest, self.count])

    @classmethod
    def from_line(cls, line: str) -> Slice:
        """Read one line.

        Raises
        ------
        ValueError
            When it is not one of ours.
        """
        kind, of, keys, digest, count = json.loads(line)
        return cls(kind, tuple(of), keys if keys is None else tuple(keys), digest, count)


def pack(lines: Iterable[str]) -> str:
    """Give noted lines in short, each once; "" when there is none, or when one is not whole."""
    try:
        found = sorted({*lines})
        slices = tuple(map(Slice.from_line, found))
    except (ValueError, TypeError):
        return ""
    packed = base64.b64encode(zlib.compress("\n".join(found).encode(), 9)).decode()
    _UNPACKED[packed] = slices
    return packed if found else ""


_UNPACKED: dict[str, tuple[Slice, ...]] = {}


def _unpacked(text: str) -> tuple[Slice, ...]:
    if text not in _UNPACKED:
        lines = zlib.decompress(base64.b64decode(text)).decode().split("\n")
        _UNPACKED[text] = tuple(map(Slice.from_line, lines))
    return _UNPACKED[text]


def unpack(text: str) -> tuple[Slice, ...]:
    """Give the slices of a manifest line; none when it has none, or when they are spoilt."""
    try:
        return _unpacked(text) if text else ()
    except (ValueError, TypeError, zlib.error):
        return ()


def summed(lines: Lines, keys: Collection[str] | None) -> tuple[str, int]:
    """Digest of the lines of some keys, whatever the order they came in, and how many."""
    asked = sorted(lines if keys is None else {*keys} & lines.keys())
    told = [f"{key}\x1f{line}\n" for key in asked for line in sorted(lines[key])]
    return hashlib.sha256("".join(told).encode()).hexdigest()[:SHORT], len(told)


def wanted(asked: Slice) -> Collection[str] | None:
    """Keys of a slice as its query spells them."""
    if asked.keys is None or asked.kind != AGREED:
        return asked.keys
    return {plain(key) for key in asked.keys}


def taken(
    db: sqlite3.Connection, asked: Slice, *, rows: Sequence[Any] | None = None,
    told: dict[str, Lines] | None = None,
) -> Slice:  # fmt: skip
    """Answer a slice alone, with a query that asks for its keys only (see `fold`).

    Parameters
    ----------
    rows
        The answer, where it was read already: columns of every row of a table.
    told
        What is small and asked for often is read whole, and kept here: consents.
    """
    if rows is not None:
        return Slice(asked.kind, asked.of, None, *of_rows(rows))
    if asked.keys is not None and len(asked.keys) > MANY:
        asked = replace(asked, keys=None)
    keys = wanted(asked)
    if asked.kind == EVERYTHING:
        return Slice(EVERYTHING, (), None, stamp(db))
    if asked.kind == ROWS and keys is None:
        return Slice(ROWS, asked.of, None, *every_row(db, asked.of))
    if asked.kind in CONSENTS and told is not None:
        if asked.kind not in told:
            told[asked.kind] = lines_of(db, asked.kind, ())
        found = told[asked.kind]
    elif asked.kind == THEN:
        found = held_lines(versions_of(db, asked.of[1], asked.of[2]), asked.of[0], keys)
    else:
        found = lines_of(db, asked.kind, asked.of, keys)
    return Slice(asked.kind, asked.of, asked.keys, *summed(found, keys))


def every_row(db: sqlite3.Connection, of: Sequence[str]) -> tuple[str, int]:
    """Digest of every row of a table, and how many: there is no key to put them by."""
    table, _, *columns = of
    if columns:
        return of_rows(picked(db, table, columns, where(table, None, None)))  # as `load` does
    query, values = _rows(*of)
    told = db.execute(f"SELECT line FROM ({query} ORDER BY territory, id)", values)
    return of_rows(told.fetchall())


def of_rows(rows: Sequence[Any]) -> tuple[str, int]:
    """Digest of rows in their order, and how many."""
    return hashlib.sha256(marshal.dumps(list(rows), PLAIN)).hexdigest()[:SHORT], len(rows)


def stamp(db: sqlite3.Connection) -> str:
    """Digest of where everything stands: the same one means that no read answers otherwise.

    It says each version of each record, each import and what was taken back, and how many
    origins are noted; it says no text, for the versions tell when one changes.
    """
    total = hashlib.sha256()
    for query in _STAMPS:
        total.update("\n".join(row for (row,) in db.execute(query)).encode())
    return total.hexdigest()


_STAMPS = (
    "SELECT json_array(tbl, id, territory, version, import_id, digest) FROM records",
    "SELECT json_array(tbl, id, version, replaced_at, import_id) FROM history",
    f"SELECT json_array({columns_of(IMPORT)}) FROM imports",
    "SELECT json_array(import_id, undone_at) FROM undone",
    "SELECT noted_at FROM codebooks",
    "SELECT json_array((SELECT count(*) FROM provenance), (SELECT count(*) FROM remarks))",
    "SELECT id FROM t_consents WHERE withdrawn_on<=today()",
)


def lines_of(
    db: sqlite3.Connection, kind: str, of: Sequence[str], keys: Collection[str] | None = None
) -> dict[str, list[str]]:
    """Give the lines that a query tells of some keys, or of every key."""
    query, values = _query(kind, of)
    if keys is not None:
        query = f"SELECT * FROM ({query}) WHERE key IN (SELECT value FROM json_each(?))"
        values = (*values, json.dumps(sorted(keys)))
    found: dict[str, list[str]] = {}
    for key, *row in db.execute(query, values):
        whole = len(row) == 1 and isinstance(row[0], str)
        found.setdefault(str(key), []).append(row[0] if whole else repr(row))
    return found


def fold(db: sqlite3.Connection) -> None:
    """Teach a connection the functions that the queries call."""
    db.create_function("folded", 1, lambda text: plain(str(text)), deterministic=True)
    db.create_function("about", 1, about, deterministic=True)
    db.create_function("today", 0, lambda: clock.today().isoformat())


def _query(kind: str, of: Sequence[str]) -> tuple[str, tuple[Any, ...]]:
    """Query that gives, for a kind of read, the key of each line first."""
    if kind == ROWS:
        return _rows(*of)
    if kind == "told":
        return _told(*of)
    return _QUERIES[kind], tuple(of)


_QUERIES = {
    "ids": "SELECT id AS key FROM records WHERE tbl=?",
    "imports": "SELECT CAST(import_id AS TEXT) AS key, received_at, file, sha256, mapping, counts"
    " FROM imports",
    # The last reading of each file, until a moment and after it: not which import made it.
    "read_as": "SELECT i.file AS key, i.received_at>?1, r.sheet, r.mapping FROM imports i"
    " JOIN readings r USING(import_id) WHERE i.import_id IN"
    " (SELECT max(import_id) FROM imports GROUP BY file, received_at>?1) ORDER BY 1, 2, 3",
    "received": "SELECT '' AS key, EXISTS(SELECT 1 FROM imports)",
    "received_by": "SELECT '' AS key, EXISTS(SELECT 1 FROM imports WHERE received_at<=?)",
    "codebook": "SELECT '' AS key, (SELECT content FROM codebooks WHERE noted_at<=?"
    " ORDER BY noted_at DESC LIMIT 1)",
    "provenance": "SELECT p.id AS key, i.file, i.sha256, p.sheet, p.row, i.received_at, p.version,"
    " p.raw FROM provenance p JOIN imports i USING(import_id) WHERE p.tbl=?",
    "behind": "SELECT id AS key, import_id FROM records WHERE tbl=?",
    "tellers": "SELECT r.id AS key, i.file, i.received_at FROM records r JOIN imports i"
    " USING(import_id) WHERE r.tbl=?",
    # A withdrawal counts from its day on: the line changes on that day, nothing being received.
    AGREED: "SELECT folded(record_id) AS key, record_table, level, given_on, withdrawn_on,"
    " withdrawn_on<=today() FROM t_consents",
    "agreed_on": "SELECT about(record_table) AS key, record_id, level, given_on, withdrawn_on,"
    " withdrawn_on<=today() FROM t_consents",
}


def _rows(table: str, by: str, *columns: str) -> tuple[str, tuple[Any, ...]]:
    if by in ("id", "folded") and not columns:
        key = "id" if by == "id" else "folded(id)"
        line = "json_array(territory, id, digest)"
        return f"SELECT {key} AS key, {line} AS line FROM records WHERE tbl=?", (table,)
    key = f'CAST("{by}" AS TEXT)' if by not in ("id", "territory") else by
    said = ", ".join([_whole(table, name) for name in columns] or ["digest"])
    line = f"json_array(territory, id, {said})"
    return f"SELECT {key} AS key, {line} AS line FROM {sql_name(table)}", ()


def _whole(table: str, name: str) -> str:
    """A column as JSON keeps it: a decimal number with all its digits."""
    decimal = catalogue().tables[table].field(name).type == "number"
    return f'quote("{name}")' if decimal else f'"{name}"'


def _told(table: str, *names: str) -> tuple[str, tuple[Any, ...]]:
    past = "".join(f", json_extract(h.record, '$.{name}')" for name in names)
    query = f"""SELECT h.id AS key, h.version, i.received_at, i.mapping{past} FROM history h
        JOIN imports i USING(import_id) WHERE h.tbl=?
        UNION ALL SELECT r.id, r.version, i.received_at, i.mapping, {columns_of(names)}
        FROM records r JOIN {sql_name(table)} t USING(territory, id)
        JOIN imports i ON i.import_id=r.import_id WHERE r.tbl=?"""
    return query, (table, table)


@cache
def about(text: str) -> str:
    """Table that a consent speaks of, "" where no schema knows it."""
    known = {plain(w): n for n, t in catalogue().tables.items() for w in (n, t.title)}
    return known.get(plain(str(text)), "")


def asked_by(
    territory: str | Sequence[str] | None,
    ids: Collection[str] | None,
    among: tuple[str, Collection[str]] | None,
) -> tuple[str, Collection[str] | None]:
    """Give what rows are asked by, and the values: that which says most."""
    if ids is not None:
        return "id", ids
    if among is not None:
        return among
    return "territory", (territory,) if isinstance(territory, str) else territory
