"""Columnar images of large slices, so that a territory with thousands of rows opens at once.

An image is one row per column: the distinct values as JSON, then one number per record that
points at them. It repeats what the clustered table says and may be dropped at any time; every
write under a territory drops its images in the same transaction, so none is ever out of date.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

import numpy as np

from dts_research.schema import Schema
from dts_research.store.rows import typed
from dts_research.store.tables import columns_of, marks, short_names, sql_name

LARGE = 500


def refresh(db: sqlite3.Connection, schema: Schema) -> None:
    """Draw the images that lack, for territories with at least `LARGE` rows."""
    query = (
        f"SELECT territory FROM {sql_name(schema.name)} GROUP BY territory "
        "HAVING count(*) >= ? EXCEPT SELECT territory FROM images WHERE tbl=?"
    )
    for (territory,) in db.execute(query, (LARGE, schema.name)).fetchall():
        _draw(db, schema, territory)


def _draw(db: sqlite3.Connection, schema: Schema, territory: str) -> None:
    names = short_names(schema)
    query = f"SELECT {columns_of(names)} FROM {sql_name(schema.name)} WHERE territory=?"
    columns = zip(*db.execute(query, (territory,)).fetchall())
    drawn = []
    for name, values in zip(names, columns):
        distinct = {value: code for code, value in enumerate(dict.fromkeys(values))}
        codes = np.fromiter((distinct[v] for v in values), dtype="<u4", count=len(values))
        drawn.append((name, json.dumps(list(distinct), ensure_ascii=False), codes.tobytes()))
    db.executemany(
        "INSERT OR REPLACE INTO images VALUES(?,?,?,?,?)",
        [(schema.name, territory, *row) for row in drawn],
    )


def drawn(db: sqlite3.Connection, schema: Schema, names: Sequence[str]) -> set[str]:
    """Territories that have an image of some columns of a table."""
    query = f"""SELECT territory FROM images WHERE tbl=? AND field IN ({marks(len(names))})
        GROUP BY territory HAVING count(*)=?"""
    told = db.execute(query, (schema.name, *names, len(names)))
    return {territory for (territory,) in told}


def read(
    db: sqlite3.Connection, schema: Schema, territory: str, names: Sequence[str]
) -> dict[str, Any]:
    """Give the typed columns of a slice that has an image (see `drawn`)."""
    query = f"""SELECT field, vals, codes FROM images
        WHERE tbl=? AND territory=? AND field IN ({marks(len(names))})"""
    found = {f: rest for f, *rest in db.execute(query, (schema.name, territory, *names))}
    return {name: _column(schema, name, *found[name]) for name in names}


def _column(schema: Schema, name: str, values: str, codes: bytes) -> Any:
    distinct = typed(json.loads(values), schema.field(name))
    return distinct.take(np.frombuffer(codes, dtype="<u4").astype(np.intp))
