"""What the store's registers say, as plain values: imports, versions, where a record comes from."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Sequence
from itertools import islice
from typing import Any

from dts_research.schema import Catalogue, Schema, catalogue
from dts_research.store.narrow import Narrow
from dts_research.store.noting import noted
from dts_research.store.tables import IMPORT, STATE, columns_of, outdated, short_names, sql_name

PART = 5_000
_CURRENT = """SELECT p.sheet, p.row, p.raw, i.import_id, i.file, i.sha256, i.received_at, i.mapping
    FROM provenance p JOIN imports i USING(import_id)
    WHERE p.tbl=? AND p.id=? AND p.version=? ORDER BY i.import_id, p.row"""

# A doubt holds until its record is told again as a whole, its cell is answered, or the same
# sentence is confirmed. An answer tells its own cell only.
_DOUBTS = """SELECT p.tbl, p.id, m.field, m.rule, m.said, i.file, p.sheet, p.row
    FROM remarks m JOIN provenance p USING(import_id, sheet, row, tbl)
    JOIN imports i USING(import_id)
    WHERE m.rule<>'repair' AND m.rule NOT LIKE 'answered%' AND m.rule NOT LIKE 'confirmed%'
    AND NOT EXISTS (
      SELECT 1 FROM provenance q WHERE q.tbl=p.tbl AND q.id=p.id AND q.import_id>p.import_id
      AND NOT EXISTS (SELECT 1 FROM remarks a WHERE a.import_id=q.import_id AND a.sheet=q.sheet
        AND a.row=q.row AND a.tbl=q.tbl
        AND (a.rule LIKE 'answered%' OR a.rule LIKE 'confirmed%')))
    AND NOT EXISTS (
      SELECT 1 FROM provenance q JOIN remarks a USING(import_id, sheet, row, tbl)
      WHERE q.tbl=p.tbl AND q.id=p.id AND a.field=m.field AND (
        (a.rule LIKE 'answered%' AND q.import_id>p.import_id AND instr(a.said, m.said)=1)
        OR (a.rule LIKE 'confirmed%' AND a.said=m.said)))
    ORDER BY p.tbl, p.id, m.field, m.rule"""


@noted(but=("unfiled",))
class Registers(Narrow):
    """Answers from an open store that need no frame.

    Parameters
    ----------
    db
        The open file.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        super().__init__(db)
        self.catalogue: Catalogue = catalogue()

    def known_rows(self) -> frozenset[str]:
        """Digests of all source rows received so far."""
        return frozenset(r[0] for r in self._db.execute("SELECT digest FROM source_rows"))

    def received_before(self, digests: Collection[str]) -> frozenset[str]:
        """Those of some source rows that were received before."""
        query = "SELECT digest FROM source_rows WHERE digest IN (SELECT value FROM json_each(?))"
        return frozenset(r[0] for r in self._db.execute(query, (json.dumps(list(digests)),)))

    def count(self, table: str) -> int:
        """How many records a table holds."""
        return int(self._db.execute(f"SELECT count(*) FROM {sql_name(table)}").fetchone()[0])

    def import_rows(self) -> list[dict[str, Any]]:
        """All imports, oldest first, those taken back included, with their counts."""
        names = columns_of(IMPORT)
        query = f"SELECT {names}, NULL AS undone_at FROM imports UNION ALL "
        query += f"SELECT {names}, undone_at FROM undone ORDER BY 1"
        return [
            {**dict(zip(IMPORT[:-1], row)), **json.loads(row[5]), "undone_at": row[6]}
            for row in self._db.execute(query)
        ]

    def standing(self, record_id: str) -> list[tuple[str, int, int]]:
        """Tables where an id stands, with its version and the import that told it."""
        query = "SELECT tbl, version, import_id FROM records WHERE tbl=? AND id=?"
        tables = self.catalogue.tables
        return [row for t in tables for row in self._db.execute(query, (t, record_id))]

    def ids(self) -> list[str]:
        """Every id of every table, once."""
        return [row[0] for row in self._db.execute("SELECT DISTINCT id FROM records")]

    def ids_by_table(self) -> dict[str, set[str]]:
        """Ids of the records of each table."""
        found: dict[str, set[str]] = {}
        for table, key in self._db.execute("SELECT tbl, id FROM records"):
            found.setdefault(table, set()).add(key)
        return found

    def values(self) -> dict[str, float]:
        """Values of the observations kept, by id."""
        query = "SELECT id, value FROM t_observations WHERE value IS NOT NULL"
        return dict(self._db.execute(query).fetchall())

    def former_versions(self, table: str, record_id: str) -> list[dict[str, Any]]:
        """Former versions, oldest first: version, replaced_at, import_id, record."""
        query = """SELECT version, replaced_at, import_id, record FROM history
            WHERE tbl=? AND id=? ORDER BY version"""
        return [
            {"version": v, "replaced_at": at, "import_id": number, "record": json.loads(text)}
            for v, at, number, text in self._db.execute(query, (table, record_id))
        ]

    def tellings(self, table: str, record_id: str, version: int) -> list[dict[str, Any]]:
        """Rows of files that told a version of a record, the first one first."""
        names = ("sheet", "row", "raw", "import_id", "file", "sha256", "received_at", "mapping")
        found = self._db.execute(_CURRENT, (table, record_id, version)).fetchall()
        return [{**dict(zip(names, row)), "raw": json.loads(row[2])} for row in found]

    def record(self, table: str, record_id: str) -> dict[str, Any]:
        """Give the plain values of a record as it stands."""
        return former(self._db, self.catalogue.tables[table], [record_id])[record_id]

    def told(self, table: str, ids: Collection[str]) -> dict[str, list[dict[str, Any]]]:
        """Every version of some records, oldest first: version, record, and the rows of files
        that told it (import_id, file, mapping, received_at, sheet, row)."""
        schema, listed = self.catalogue.tables[table], json.dumps(sorted(set(ids)))
        among = "id IN (SELECT value FROM json_each(?))"
        query = f"SELECT id, version, record FROM history WHERE tbl=? AND {among}"
        states = {
            (i, v): json.loads(text) for i, v, text in self._db.execute(query, (table, listed))
        }
        query = f"SELECT id, version FROM records WHERE tbl=? AND {among}"
        now = former(self._db, schema, json.loads(listed))
        states |= {(i, v): now[i] for i, v in self._db.execute(query, (table, listed))}
        names = ("import_id", "file", "mapping", "received_at", "sheet", "row")
        query = f"""SELECT p.id, p.version, i.import_id, i.file, i.mapping, i.received_at, p.sheet,
            p.row FROM provenance p JOIN imports i USING(import_id)
            WHERE p.tbl=? AND p.{among} ORDER BY i.import_id, p.row"""
        rows: dict[tuple[str, int], list[dict[str, Any]]] = {}
        for key, version, *row in self._db.execute(query, (table, listed)):
            rows.setdefault((key, version), []).append(dict(zip(names, row)))
        found: dict[str, list[dict[str, Any]]] = {}
        for key, version in sorted(states):
            one = {"version": version, "record": states[key, version]}
            found.setdefault(key, []).append({**one, "rows": rows.get((key, version), [])})
        return found

    def remarks(self, import_id: int, table: str, row: int) -> list[tuple[str, str, str, str]]:
        """What was repaired or set aside in a source row: sheet, field, rule, sentence."""
        query = "SELECT sheet, field, rule, said FROM remarks WHERE import_id=? AND tbl=? AND row=?"
        return self._db.execute(query, (import_id, table, row)).fetchall()

    def doubts(self) -> list[dict[str, Any]]:
        """What is still to be confirmed of the records as they stand: see `_DOUBTS`."""
        names = ("table", "record", "field", "rule", "said", "file", "sheet", "row")
        return [dict(zip(names, row)) for row in self._db.execute(_DOUBTS)]

    def confirmed(self) -> frozenset[tuple[str, str, str]]:
        """Doubts that somebody confirmed: table, record, sentence."""
        query = """SELECT p.tbl, p.id, a.said FROM remarks a
            JOIN provenance p USING(import_id, sheet, row, tbl) WHERE a.rule LIKE 'confirmed%'"""
        return frozenset(self._db.execute(query).fetchall())

    def noted(self, ids: Collection[str]) -> list[dict[str, Any]]:
        """All that was ever doubted or answered of the records that have these ids."""
        names = ("table", "record", "field", "rule", "said", "sheet", "row")
        query = """SELECT p.tbl, p.id, m.field, m.rule, m.said, p.sheet, p.row FROM remarks m
            JOIN provenance p USING(import_id, sheet, row, tbl)
            WHERE m.rule<>'repair' AND p.id IN (SELECT value FROM json_each(?))"""
        found = self._db.execute(query, (json.dumps(list(ids)),))
        return [dict(zip(names, row)) for row in found]

    def import_of(self, sha256: str) -> int | None:
        """Last import of these bytes, or None."""
        query = "SELECT max(import_id) FROM imports WHERE sha256=?"
        row: tuple[int | None] = self._db.execute(query, (sha256,)).fetchone()
        return row[0]

    def unfiled(self) -> bool:
        """Tell whether a reception stopped before its records were filed by territory."""
        query = "SELECT EXISTS(SELECT 1 FROM unfiled)"
        return not outdated(self._db) and bool(self._db.execute(query).fetchone()[0])

    def withdrawals(self, day: str) -> list[tuple[str, str]]:
        """Consents taken back on a day or before: their id and digest."""
        query = """SELECT id, digest FROM t_consents
            WHERE withdrawn_on IS NOT NULL AND withdrawn_on <= ? ORDER BY id"""
        return self._db.execute(query, (day,)).fetchall()

    def complete_import(self, sha256: str, context: str) -> tuple[int, str, int] | None:
        """Last import of these bytes that kept every row: number, date, rows read.

        None when what it depends on has changed since.
        """
        query = """SELECT import_id, received_at, counts FROM imports JOIN contexts USING(import_id)
            WHERE sha256=? AND context=? ORDER BY import_id DESC LIMIT 1"""
        row = self._db.execute(query, (sha256, context)).fetchone()
        counts = json.loads(row[2]) if row else {}
        if row is None or counts.get("quarantined", 0) + counts.get("withdrawn", 0):
            return None
        return int(row[0]), str(row[1]), int(counts["read"])

    def overtaken(self, import_id: int) -> list[tuple[str, str, str]]:
        """Records that an import told and that stand otherwise now: table, id, sha256 of the file
        that tells them."""
        query = """SELECT DISTINCT p.tbl, p.id, i.sha256
            FROM provenance p JOIN records r USING(tbl, id)
            JOIN imports i ON i.import_id=r.import_id
            WHERE p.import_id=? AND p.version<>r.version"""
        return self._db.execute(query, (import_id,)).fetchall()

    def received_as(self, file: str, sha256: str) -> bool:
        """Tell whether these bytes were received under this name."""
        query = "SELECT EXISTS(SELECT 1 FROM imports WHERE file=? AND sha256=?)"
        return bool(self._db.execute(query, (file, sha256)).fetchone()[0])

    def digest(self) -> str:
        """Digest of everything the store holds: the same material gives the same digest."""
        total = hashlib.sha256()
        query = "SELECT tbl, id, territory, digest FROM records ORDER BY tbl, id"
        for row in self._db.execute(query):
            total.update("\x1f".join(row).encode())
        return total.hexdigest()

    def state(self) -> str:
        """Digest of records, texts, versions, origins and imports: all that an undo gives back."""
        total = hashlib.sha256()
        for table in (*STATE, *map(sql_name, self.catalogue.tables)):
            rows = self._db.execute(f"SELECT * FROM {table}")
            lines = sorted(json.dumps(row, ensure_ascii=False) for row in rows)
            total.update("\n".join([table, *lines]).encode())
        return total.hexdigest()


def former(
    db: sqlite3.Connection, schema: Schema, keys: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Give records as they stand, long texts included, by id."""
    names = short_names(schema)
    found: dict[str, dict[str, Any]] = {}
    remaining = iter(keys)
    while part := list(islice(remaining, PART)):
        listed = json.dumps(part)
        query = (
            f"SELECT id, {columns_of(names)} FROM {sql_name(schema.name)} WHERE (territory, id) IN "
            "(SELECT territory, id FROM records WHERE tbl=? AND id IN "
            "(SELECT value FROM json_each(?)))"
        )
        for key, *values in db.execute(query, (schema.name, listed)):
            found[key] = dict(zip(names, values))
        texts = (
            "SELECT id, field, text FROM texts WHERE tbl=? AND id IN "
            "(SELECT value FROM json_each(?))"
        )
        for key, name, text in db.execute(texts, (schema.name, listed)):
            found[key][name] = text
    return found
