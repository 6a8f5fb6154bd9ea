"""The SQL tables of the store: their definition, and how an older store is brought up to date."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from dts_research.schema import Catalogue, Schema

VERSION = 3
_SQL_TYPES = {"integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}
REGISTERS = """
CREATE TABLE IF NOT EXISTS imports(import_id INTEGER PRIMARY KEY, received_at TEXT NOT NULL,
  file TEXT NOT NULL, sha256 TEXT NOT NULL, mapping TEXT NOT NULL, counts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS undone(import_id INTEGER PRIMARY KEY, received_at TEXT NOT NULL,
  file TEXT NOT NULL, sha256 TEXT NOT NULL, mapping TEXT NOT NULL, counts TEXT NOT NULL,
  undone_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS contexts(import_id INTEGER PRIMARY KEY, context TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS codebooks(noted_at TEXT PRIMARY KEY, content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS unfiled(import_id INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS source_rows(digest TEXT PRIMARY KEY, import_id INTEGER NOT NULL)
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS records(tbl TEXT, id TEXT, territory TEXT NOT NULL, version INTEGER
  NOT NULL, import_id INTEGER NOT NULL, digest TEXT NOT NULL, PRIMARY KEY(tbl, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS texts(tbl TEXT, id TEXT, field TEXT, text TEXT NOT NULL,
  PRIMARY KEY(tbl, id, field)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS history(tbl TEXT, id TEXT, version INTEGER, replaced_at TEXT NOT NULL,
  record TEXT NOT NULL, import_id INTEGER, digest TEXT, territory TEXT,
  PRIMARY KEY(tbl, id, version)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS provenance(tbl TEXT, id TEXT, import_id INTEGER, sheet TEXT,
  row INTEGER, version INTEGER NOT NULL, raw TEXT NOT NULL,
  PRIMARY KEY(tbl, id, import_id, sheet, row)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS readings(import_id INTEGER, sheet TEXT, mapping TEXT NOT NULL,
  PRIMARY KEY(import_id, sheet)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS remarks(import_id INTEGER, sheet TEXT, row INTEGER, tbl TEXT,
  field TEXT, rule TEXT, said TEXT NOT NULL, PRIMARY KEY(import_id, sheet, row, tbl, field, rule))
  WITHOUT ROWID;
"""
# What an import says, in the order of its columns.
IMPORT = ("import_id", "received_at", "file", "sha256", "mapping", "counts")
# Columnar images of large slices: see `images`.
IMAGES = """
CREATE TABLE IF NOT EXISTS images(tbl TEXT, territory TEXT, field TEXT, vals TEXT NOT NULL,
  codes BLOB NOT NULL, PRIMARY KEY(tbl, territory, field));
"""
# What says where things stand; the images repeat it, `undone` and `contexts` only remember.
STATE = ("imports", "source_rows", "records", "texts", "history", "provenance", "readings",
         "remarks")  # fmt: skip


def sql_name(table: str) -> str:
    """Name of the SQL table of a schema table."""
    return f"t_{table}"


def columns_of(names: Sequence[str]) -> str:
    """List of column names for a query."""
    return ", ".join(f'"{name}"' for name in names)


def marks(count: int) -> str:
    """Give as many places for values as there are."""
    return ",".join("?" * count)


def short_names(schema: Schema) -> list[str]:
    """Fields kept in the clustered table (the long texts stand apart)."""
    return [field.name for field in schema.fields if not field.long]


def ensure_table(db: sqlite3.Connection, schema: Schema) -> None:
    """Make the SQL table of a schema, or add the columns it lacks."""
    fields = [f for f in schema.fields if not f.long]
    typed = ", ".join(f'"{f.name}" {_SQL_TYPES.get(f.type, "TEXT")}' for f in fields)
    db.execute(
        f"CREATE TABLE IF NOT EXISTS {sql_name(schema.name)}(territory TEXT, id TEXT, digest TEXT, "
        f"{typed}, PRIMARY KEY(territory, id)) WITHOUT ROWID"
    )
    there = _columns(db, sql_name(schema.name))
    for f in fields:
        if f.name not in there:
            kind = _SQL_TYPES.get(f.type, "TEXT")
            db.execute(f'ALTER TABLE {sql_name(schema.name)} ADD COLUMN "{f.name}" {kind}')


def where(
    table: str,
    territory: str | Sequence[str] | None,
    ids: Collection[str] | None,
    among: tuple[str, Collection[str]] | None = None,
) -> tuple[str, list[str], str]:
    """Give what picks territories, some ids, values of a column, or everything.

    The condition, its values, and how its rows are ordered.
    """
    if territory is not None and not isinstance(territory, str) and ids is None and among is None:
        places = " JOIN (SELECT key AS rank, value AS place FROM json_each(?)) ON territory=place"
        return places, [json.dumps([*territory])], "ORDER BY rank, id"
    clauses, values = [], []
    if among is not None:
        clauses.append(f'CAST("{among[0]}" AS TEXT) IN (SELECT value FROM json_each(?))')
        values.append(json.dumps(sorted({str(value) for value in among[1]})))
    if territory is not None:
        clauses.append("territory IN (SELECT value FROM json_each(?))")
        values.append(json.dumps([territory] if isinstance(territory, str) else [*territory]))
    if ids is not None:
        clauses.append(
            "(territory, id) IN (SELECT territory, id FROM records "
            "WHERE tbl=? AND id IN (SELECT value FROM json_each(?)))"
        )
        values += [table, json.dumps(sorted(set(ids)))]
    said = f" WHERE {' AND '.join(clauses)}" if clauses else ""
    return said, values, "ORDER BY territory, id"


def picked(
    db: sqlite3.Connection, table: str, names: Sequence[str], condition: tuple[str, list[str], str]
) -> list[tuple[Any, ...]]:
    """Read short columns of the rows that a condition picks (see `where`)."""
    among, asked, order = condition
    query = f"SELECT {columns_of(names)} FROM {sql_name(table)}{among} {order}"
    return db.execute(query, asked).fetchall()


def forget(db: sqlite3.Connection, table: str, territories: Iterable[str]) -> None:
    """Drop the images of territories where something was written."""
    places = [(table, territory) for territory in territories]
    db.executemany("DELETE FROM images WHERE tbl=? AND territory=?", places)


def digest_of_record(text: str) -> str:
    """Digest of a record from its JSON text, keys in alphabetical order."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def outdated(db: sqlite3.Connection) -> bool:
    """Tell whether a store was made by an older version."""
    return int(db.execute("PRAGMA user_version").fetchone()[0]) < VERSION


def upgrade(db: sqlite3.Connection, catalogue: Catalogue) -> None:
    """Give an older store the columns it lacks: what each former version was, and from where."""
    there = _columns(db, "history")
    for name, kind in (("import_id", "INTEGER"), ("digest", "TEXT"), ("territory", "TEXT")):
        if name not in there:
            db.execute(f"ALTER TABLE history ADD COLUMN {name} {kind}")
    db.execute(
        "UPDATE history SET import_id=(SELECT min(p.import_id) FROM provenance p WHERE "
        "p.tbl=history.tbl AND p.id=history.id AND p.version=history.version) "
        "WHERE import_id IS NULL"
    )
    db.execute(
        "UPDATE history SET territory=(SELECT r.territory FROM records r WHERE "
        "r.tbl=history.tbl AND r.id=history.id) WHERE territory IS NULL"
    )
    lacking = "SELECT tbl, id, version, record FROM history WHERE digest IS NULL"
    digests = [
        (_digest_again(catalogue.tables[table], json.loads(record)), table, key, version)
        for table, key, version, record in db.execute(lacking).fetchall()
        if table in catalogue.tables
    ]
    db.executemany("UPDATE history SET digest=? WHERE tbl=? AND id=? AND version=?", digests)
    db.execute(f"PRAGMA user_version={VERSION}")


def _digest_again(schema: Schema, record: dict[str, Any]) -> str:
    """Digest that a former version had: history keeps its truth values as numbers."""
    for field in schema.fields:
        if field.type == "boolean" and record.get(field.name) is not None:
            record[field.name] = bool(record[field.name])
    whole = {name: record.get(name) for name in schema.names}
    return digest_of_record(json.dumps(whole, ensure_ascii=False, sort_keys=True))


def _columns(db: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
