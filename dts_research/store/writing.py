"""Write typed rows in bulk: new records, new versions, where each of them comes from."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from dts_research.schema import Schema
from dts_research.store import clock
from dts_research.store.registers import former
from dts_research.store.rows import json_texts, places_of, plain_columns, raw_texts
from dts_research.store.tables import (
    columns_of,
    digest_of_record,
    forget,
    marks,
    short_names,
    sql_name,
)

BATCH = 5_000
Place = tuple[str, int]


@dataclass(frozen=True)
class Written:
    """What one table received: the ids of its new, changed and unchanged records.

    Parameters
    ----------
    new, changed
        Id -> sheet and row of the source that gave it. A changed record kept its former
        version.
    back
        Those of the changed records that say again what a former version said.
    same
        How many rows said only what was known.
    """

    new: dict[str, Place] = field(default_factory=dict)
    changed: dict[str, Place] = field(default_factory=dict)
    back: frozenset[str] = frozenset()
    same: int = 0

    @property
    def rows(self) -> frozenset[Place]:
        """Sheets and rows of the source on which something new stands."""
        return frozenset((*self.new.values(), *self.changed.values()))


@dataclass
class _Batch:
    """Rows of one table with distinct ids, as plain values."""

    keys: list[str]
    places: list[Place]
    digests: list[str]
    values: list[tuple[Any, ...]]
    texts: list[tuple[str, str, str, str]]
    raws: list[str]


class Writer:
    """Writes the rows of one table of one import.

    Parameters
    ----------
    db
        The store, inside a transaction.
    schema
        The table.
    import_id
        The import the rows belong to.
    """

    def __init__(self, db: sqlite3.Connection, schema: Schema, import_id: int) -> None:
        self._db = db
        self._schema = schema
        self._import = import_id
        self._now = clock.now()

    def write(self, frame: pd.DataFrame, raw: pd.DataFrame | None) -> Written:
        """Keep typed rows, a batch at a time."""
        if raw is not None and not raw.index.equals(frame.index):
            raw = raw.loc[frame.index]
        parts = [self._put(batch) for batch in self._batches(frame, raw)]
        new: dict[str, Place] = {}
        changed: dict[str, Place] = {}
        for part in parts:
            new |= part.new
            changed |= part.changed
        back = frozenset().union(*(part.back for part in parts))
        return Written(new, changed, back, sum(part.same for part in parts))

    def _batches(self, frame: pd.DataFrame, raw: pd.DataFrame | None) -> Iterator[_Batch]:
        keys = [str(key) for key in frame[self._schema.key]]
        start, seen = 0, set[str]()
        for place, key in enumerate(keys):
            if key in seen or place - start == BATCH:
                yield self._batch(frame.iloc[start:place], raw, start)
                start, seen = place, set()
            seen.add(key)
        if start < len(keys):
            yield self._batch(frame.iloc[start:], raw, start)

    def _batch(self, part: pd.DataFrame, raw: pd.DataFrame | None, start: int) -> _Batch:
        schema = self._schema
        columns = plain_columns(part, schema)
        nothing = [None] * len(part)
        texts = json_texts(columns, sorted(columns))
        long = [f.name for f in schema.fields if f.long and f.name in columns]
        keys = [str(key) for key in columns[schema.key]]
        written = raw.iloc[start : start + len(part)] if raw is not None else None
        return _Batch(
            keys=keys,
            places=places_of(part),
            digests=[digest_of_record(text) for text in texts],
            values=list(zip(*(columns.get(name, nothing) for name in short_names(schema)))),
            texts=list(_texts(schema.name, keys, {name: columns[name] for name in long})),
            raws=raw_texts(written, columns, len(part)),
        )

    def _put(self, batch: _Batch) -> Written:
        there = self._there(batch.keys)
        new = {k: place for k, place in zip(batch.keys, batch.places) if k not in there}
        changed = {
            k: place
            for k, place, digest in zip(batch.keys, batch.places, batch.digests)
            if k in there and there[k][2] != digest
        }
        said = dict(zip(batch.keys, batch.digests))
        back = self._said_before(changed, said)
        self._retire(changed, there)
        last = self._last_versions(list(new))
        versions = {
            k: there[k][1] + (k in changed) if k in there else 1 + last.get(k, 0)
            for k in batch.keys
        }
        self._insert(batch, {*new, *changed}, there, versions)
        self._db.executemany(
            "INSERT OR REPLACE INTO provenance VALUES(?,?,?,?,?,?,?)",
            [(self._schema.name, k, self._import, *place, versions[k], raw)
             for k, place, raw in zip(batch.keys, batch.places, batch.raws)],
        )  # fmt: skip
        return Written(new, changed, back, len(batch.keys) - len(new) - len(changed))

    def _there(self, keys: Sequence[str]) -> dict[str, tuple[str, int, str, int]]:
        query = (
            "SELECT id, territory, version, digest, import_id FROM records "
            "WHERE tbl=? AND id IN (SELECT value FROM json_each(?))"
        )
        found = self._db.execute(query, (self._schema.name, json.dumps(list(keys))))
        return {key: (territory, *rest) for key, territory, *rest in found}

    def _last_versions(self, keys: Sequence[str]) -> dict[str, int]:
        """Last versions of records that were retired, and come again."""
        query = """SELECT id, max(version) FROM history
            WHERE tbl=? AND id IN (SELECT value FROM json_each(?)) GROUP BY id"""
        return dict(self._db.execute(query, (self._schema.name, json.dumps(keys))).fetchall())

    def _said_before(self, changed: Mapping[str, Place], said: Mapping[str, str]) -> frozenset[str]:
        query = (
            "SELECT id, digest FROM history WHERE tbl=? AND id IN (SELECT value FROM json_each(?))"
        )
        found = self._db.execute(query, (self._schema.name, json.dumps(list(changed))))
        return frozenset(key for key, digest in found if said[key] == digest)

    def _retire(
        self, changed: Mapping[str, Place], there: Mapping[str, tuple[str, int, str, int]]
    ) -> None:
        """Move the present version of some records to the history."""
        name = self._schema.name
        old = former(self._db, self._schema, list(changed))
        lines = []
        for key, record in old.items():
            territory, version, digest, import_id = there[key]
            text = json.dumps(record, ensure_ascii=False, sort_keys=True)
            lines.append((name, key, version, self._now, text, import_id, digest, territory))
        self._db.executemany(f"INSERT INTO history VALUES({marks(8)})", lines)
        remove(self._db, name, [(there[key][0], key) for key in old])

    def _insert(
        self,
        batch: _Batch,
        wanted: set[str],
        there: Mapping[str, tuple[str, int, str, int]],
        versions: Mapping[str, int],
    ) -> None:
        name = self._schema.name
        places = {k: there[k][0] if k in there else "" for k in wanted}
        kept = [
            (k, d, v) for k, d, v in zip(batch.keys, batch.digests, batch.values) if k in wanted
        ]
        self._db.executemany(
            "INSERT OR REPLACE INTO records VALUES(?,?,?,?,?,?)",
            [(name, k, places[k], versions[k], self._import, d) for k, d, _ in kept],
        )
        insert_rows(self._db, self._schema, [(places[k], k, d, *v) for k, d, v in kept])
        self._db.executemany(
            "INSERT OR REPLACE INTO texts VALUES(?,?,?,?)",
            (text for text in batch.texts if text[1] in wanted),
        )


def _texts(
    table: str, keys: Sequence[str], long: Mapping[str, Sequence[str | None]]
) -> Iterator[tuple[str, str, str, str]]:
    """Long texts that are there, record by record, in the order SQLite writes fastest."""
    names = sorted(long)
    for key, *texts in zip(keys, *(long[name] for name in names)):
        for name, text in zip(names, texts):
            if text is not None:
                yield table, key, name, text


def insert_rows(db: sqlite3.Connection, schema: Schema, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows into the clustered table: territory, id, digest, then the short fields."""
    names = columns_of(["territory", "id", "digest", *short_names(schema)])
    count = len(short_names(schema)) + 3
    forget(db, schema.name, {row[0] for row in rows})
    db.executemany(
        f"INSERT INTO {sql_name(schema.name)}({names}) VALUES({marks(count)})",
        sorted_by_place(rows),
    )


def sorted_by_place(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Put rows in the order of the clustering key, which SQLite writes fastest."""
    return sorted(rows, key=lambda row: row[:2])


def remove(db: sqlite3.Connection, table: str, places: Sequence[tuple[str, str]]) -> None:
    """Take records out of the clustered table and their long texts with them."""
    forget(db, table, {territory for territory, _ in places})
    db.executemany(f"DELETE FROM {sql_name(table)} WHERE territory=? AND id=?", places)
    db.executemany("DELETE FROM texts WHERE tbl=? AND id=?", [(table, key) for _, key in places])
