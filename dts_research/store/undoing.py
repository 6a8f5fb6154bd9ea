"""Take an import back: every record stands again as it stood before."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dts_research.schema import Catalogue, Schema
from dts_research.store import clock
from dts_research.store.tables import columns_of, forget, marks, short_names, sql_name

Place = tuple[str, str]
REGISTERED = ("provenance", "source_rows", "readings", "remarks", "contexts", "unfiled", "imports")


@dataclass(frozen=True)
class Undone:
    """What taking an import back did.

    Parameters
    ----------
    import_id, file
        The import.
    removed
        Records that no other import told, by table and id: they are gone.
    restored
        Records that stand again as a former import told them.
    """

    import_id: int
    file: str
    removed: tuple[Place, ...]
    restored: tuple[Place, ...]


def said_day(moment: str) -> str:
    """Say the day of a moment kept in UTC as the calendar on the wall did: 27/11/2026."""
    return clock.day_of(moment).strftime("%d/%m/%Y")


def told_since(db: sqlite3.Connection, import_id: int) -> list[tuple[int, str, str, int]]:
    """Later imports that told some of the same records: number, file, date, how many."""
    query = """SELECT later.import_id, i.file, i.received_at, count(DISTINCT later.tbl || later.id)
        FROM provenance mine JOIN provenance later
          ON later.tbl=mine.tbl AND later.id=mine.id AND later.import_id > mine.import_id
        JOIN imports i ON i.import_id=later.import_id
        WHERE mine.import_id=? GROUP BY later.import_id ORDER BY later.import_id DESC"""
    return db.execute(query, (import_id,)).fetchall()


def take_back(db: sqlite3.Connection, catalogue: Catalogue, import_id: int) -> Undone:
    """Undo an import that no later one touched, inside a transaction."""
    file = db.execute("SELECT file FROM imports WHERE import_id=?", (import_id,)).fetchone()[0]
    query = "SELECT tbl, id, territory, version FROM records WHERE import_id=? ORDER BY 1, 2"
    removed: list[Place] = []
    restored: list[Place] = []
    for table, key, territory, _ in db.execute(query, (import_id,)).fetchall():
        schema = catalogue.tables[table]
        _erase(db, table, key, territory)
        former = _former(db, table, key, import_id)
        if former is None:
            db.execute("DELETE FROM records WHERE tbl=? AND id=?", (table, key))
            removed.append((table, key))
        else:
            _stand_again(db, schema, key, former)
            restored.append((table, key))
        db.execute(
            "DELETE FROM history WHERE tbl=? AND id=? AND (import_id=? OR version>=?)",
            (table, key, import_id, former[0] if former else 0),
        )
    restored += _unretired(db, catalogue, import_id)
    _forget(db, import_id)
    return Undone(import_id, file, tuple(removed), tuple(restored))


def _unretired(db: sqlite3.Connection, catalogue: Catalogue, import_id: int) -> list[Place]:
    """Records that the import had retired: they stand again."""
    query = "SELECT DISTINCT tbl, id FROM provenance WHERE import_id=? AND version=0 ORDER BY 1, 2"
    found: list[Place] = db.execute(query, (import_id,)).fetchall()
    for table, key in found:
        former = _former(db, table, key, import_id)
        if former is not None:
            _stand_again(db, catalogue.tables[table], key, former)
            place = (table, key, former[0])
            db.execute("DELETE FROM history WHERE tbl=? AND id=? AND version>=?", place)
    return found


def _former(
    db: sqlite3.Connection, table: str, key: str, import_id: int
) -> tuple[int, str, int, str, str] | None:
    """Last version that another import told: version, record, import, digest, territory."""
    query = """SELECT version, record, import_id, digest, territory FROM history
        WHERE tbl=? AND id=? AND import_id IS NOT ? ORDER BY version DESC LIMIT 1"""
    found: tuple[int, str, int, str, str] | None = db.execute(
        query, (table, key, import_id)
    ).fetchone()
    return found


def _erase(db: sqlite3.Connection, table: str, key: str, territory: str) -> None:
    forget(db, table, [territory])
    db.execute(f"DELETE FROM {sql_name(table)} WHERE territory=? AND id=?", (territory, key))
    db.execute("DELETE FROM texts WHERE tbl=? AND id=?", (table, key))


def _stand_again(
    db: sqlite3.Connection, schema: Schema, key: str, former: tuple[int, str, int, str, str]
) -> None:
    version, text, import_id, digest, territory = former
    record: dict[str, Any] = json.loads(text)
    names = short_names(schema)
    forget(db, schema.name, [territory])
    listed = columns_of(["territory", "id", "digest", *names])
    values: Sequence[Any] = [territory, key, digest, *(record.get(name) for name in names)]
    db.execute(
        f"INSERT INTO {sql_name(schema.name)}({listed}) VALUES({marks(len(values))})", values
    )
    texts = [(schema.name, key, f.name, record[f.name]) for f in schema.fields
             if f.long and record.get(f.name) is not None]  # fmt: skip
    db.executemany("INSERT INTO texts VALUES(?,?,?,?)", texts)
    db.execute(
        "INSERT OR REPLACE INTO records VALUES(?,?,?,?,?,?)",
        (schema.name, key, territory, version, import_id, digest),
    )


def _forget(db: sqlite3.Connection, import_id: int) -> None:
    """Take the import out of the registers; what it was stays told among the undone ones."""
    now = clock.now()
    db.execute("INSERT INTO undone SELECT *, ? FROM imports WHERE import_id=?", (now, import_id))
    for register in REGISTERED:
        db.execute(f"DELETE FROM {register} WHERE import_id=?", (import_id,))
