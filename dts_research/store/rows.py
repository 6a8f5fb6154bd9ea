"""Between typed frames and SQL rows: names, types and the registers' definition."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from dts_research.schema import Field, Schema

_SQL_TYPES = {"integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}
_DTYPES = {"integer": "Int64", "number": "Float64", "boolean": "boolean"}
REGISTERS = """
CREATE TABLE IF NOT EXISTS imports(import_id INTEGER PRIMARY KEY, received_at TEXT NOT NULL,
  file TEXT NOT NULL, sha256 TEXT NOT NULL, mapping TEXT NOT NULL, counts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS source_rows(digest TEXT PRIMARY KEY, import_id INTEGER NOT NULL)
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS records(tbl TEXT, id TEXT, territory TEXT NOT NULL, version INTEGER
  NOT NULL, import_id INTEGER NOT NULL, digest TEXT NOT NULL, PRIMARY KEY(tbl, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS texts(tbl TEXT, id TEXT, field TEXT, text TEXT NOT NULL,
  PRIMARY KEY(tbl, id, field)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS history(tbl TEXT, id TEXT, version INTEGER, replaced_at TEXT NOT NULL,
  record TEXT NOT NULL, PRIMARY KEY(tbl, id, version)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS provenance(tbl TEXT, id TEXT, import_id INTEGER, sheet TEXT,
  row INTEGER, version INTEGER NOT NULL, raw TEXT NOT NULL,
  PRIMARY KEY(tbl, id, import_id, sheet, row)) WITHOUT ROWID;
"""


def sql_name(table: str) -> str:
    """Name of the SQL table of a schema table."""
    return f"t_{table}"


def columns_of(names: Sequence[str]) -> str:
    """List of column names for a query."""
    return ", ".join(f'"{name}"' for name in names)


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
    there = {row[1] for row in db.execute(f"PRAGMA table_info({sql_name(schema.name)})")}
    for f in fields:
        if f.name not in there:
            kind = _SQL_TYPES.get(f.type, "TEXT")
            db.execute(f'ALTER TABLE {sql_name(schema.name)} ADD COLUMN "{f.name}" {kind}')


def where(table: str, territory: str | None, ids: Collection[str] | None) -> tuple[str, list[str]]:
    """Condition and values that pick a territory, some ids, or everything."""
    clauses, values = [], []
    if territory is not None:
        clauses.append("territory=?")
        values.append(territory)
    if ids is not None:
        clauses.append(
            "(territory, id) IN (SELECT territory, id FROM records "
            "WHERE tbl=? AND id IN (SELECT value FROM json_each(?)))"
        )
        values += [table, json.dumps(sorted(set(ids)))]
    return (f" WHERE {' AND '.join(clauses)}" if clauses else ""), values


def plain_rows(frame: pd.DataFrame, schema: Schema) -> list[dict[str, Any]]:
    """Typed rows as dictionaries of plain values, absent values as None."""
    columns = {n: [_plain(v) for v in frame[n]] for n in schema.names if n in frame.columns}
    return [dict(zip(columns, values)) for values in zip(*columns.values())]


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return "|".join(value) or None
    if value is None or value is pd.NaT or pd.isna(value):
        return None
    if isinstance(value, date):
        return value.isoformat()[:10]
    return value.item() if hasattr(value, "item") else value


def raw_rows(raw: pd.DataFrame | None) -> dict[Any, str]:
    """Raw text of each row as JSON, by row number."""
    if raw is None:
        return {}
    records = zip(raw.index, raw.astype(object).where(raw.notna(), None).to_dict("records"))
    return {number: json.dumps(record, ensure_ascii=False) for number, record in records}


def typed(values: Sequence[Any], field: Field) -> Any:
    """Plain values of one column as the typed array of its field."""
    if field.is_list:
        return _objects(_lists(values), len(values))
    if field.type == "date":
        return _objects(map(_day, values), len(values))
    if field.type == "boolean":
        values = [None if v is None else bool(v) for v in values]
    return pd.array(list(values), dtype=_DTYPES.get(field.type, "str"))


@lru_cache(maxsize=20_000)
def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _objects(values: Iterable[Any], count: int) -> np.ndarray:
    return np.fromiter(values, dtype=object, count=count)


def _lists(values: Sequence[str | None]) -> Iterator[tuple[str, ...]]:
    known = {value: tuple(value.split("|")) if value else () for value in set(values)}
    return (known[value] for value in values)
