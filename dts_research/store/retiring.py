"""Retire records that a file told of its cells, once it tells the same cells under other ids."""

from __future__ import annotations

import json
import sqlite3

from dts_research.schema import Schema
from dts_research.store import clock
from dts_research.store.registers import former
from dts_research.store.tables import marks
from dts_research.store.writing import remove

RETIRED = 0  # the version under which an import says that it retired a record
_STANDING = """SELECT r.id, p.sheet, p.row, r.territory, r.version, r.digest, r.import_id
    FROM records r JOIN provenance p USING(tbl, id, version) JOIN imports i
    ON i.import_id=p.import_id WHERE r.tbl=? AND i.sha256=? AND p.import_id<>?
    AND NOT EXISTS (SELECT 1 FROM provenance q JOIN imports j USING(import_id)
      WHERE q.tbl=r.tbl AND q.id=r.id AND (j.sha256<>i.sha256 OR q.import_id=?))"""


def retire(db: sqlite3.Connection, schema: Schema, import_id: int, sha256: str) -> list[str]:
    """Move to the history what former imports of the same bytes, and no other file, told of the
    rows that an import tells now under other ids; give their ids."""
    name = schema.name
    mine = "SELECT DISTINCT sheet, row FROM provenance WHERE tbl=? AND import_id=?"
    places = set(db.execute(mine, (name, import_id)).fetchall())
    found = db.execute(_STANDING, (name, sha256, import_id, import_id)).fetchall()
    gone = {row[0]: row for row in found if row[1:3] in places}
    records = former(db, schema, list(gone))
    now = clock.now()
    for key, record in records.items():
        _, sheet, row, territory, version, digest, number = gone[key]
        text = json.dumps(record, ensure_ascii=False, sort_keys=True)
        line = (name, key, version, now, text, number, digest, territory)
        db.execute(f"INSERT INTO history VALUES({marks(8)})", line)
        told = (name, key, import_id, sheet, row, RETIRED, "{}")
        db.execute("INSERT OR REPLACE INTO provenance VALUES(?,?,?,?,?,?,?)", told)
    remove(db, name, [(gone[key][3], key) for key in records])
    db.executemany("DELETE FROM records WHERE tbl=? AND id=?", [(name, key) for key in records])
    return list(records)
