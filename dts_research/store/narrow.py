"""Answers that a report rests upon, each noted as the few records it speaks of."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from dts_research.schema.catalogue import plain
from dts_research.store.noting import Noting
from dts_research.store.slices import EVERYTHING
from dts_research.store.tables import columns_of, sql_name


class Narrow(Noting):
    """Reads of an open store that say of which records they are."""

    def received(self) -> bool:
        """Whether something was received that was not taken back."""
        self.note("received")
        return bool(self._db.execute("SELECT EXISTS(SELECT 1 FROM imports)").fetchone()[0])

    def ids_among(self, table: str, ids: Collection[str]) -> frozenset[str]:
        """Those of some ids that a table holds, wherever they are filed."""
        self.note("ids", table, keys=ids)
        query = "SELECT id FROM records WHERE tbl=? AND id IN (SELECT value FROM json_each(?))"
        found = self._db.execute(query, (table, json.dumps(sorted(ids))))
        return frozenset(key for (key,) in found)

    def spelled(self, table: str, folded: Collection[str]) -> frozenset[str]:
        """Ids of a table that are some ids, whatever their case and their accents."""
        self.note("rows", table, "folded", keys=folded)
        found = self._db.execute("SELECT id FROM records WHERE tbl=?", (table,))
        return frozenset(key for (key,) in found if plain(key) in folded)

    def read_as(
        self, files: Collection[str], moment: str
    ) -> dict[str, dict[bool, dict[str, dict[str, Any]]]]:
        """How the columns of files were last read, until a moment (False) and after it (True).

        By file, then by sheet; imports taken back are left out.
        """
        self.note("read_as", moment, keys=files)
        query = """SELECT i.file, i.received_at>?1, r.sheet, r.mapping FROM imports i
            JOIN readings r USING(import_id) WHERE i.import_id IN (
              SELECT max(import_id) FROM imports GROUP BY file, received_at>?1)
            AND i.file IN (SELECT value FROM json_each(?2))"""
        found: dict[str, dict[bool, dict[str, dict[str, Any]]]] = {}
        for file, late, sheet, text in self._db.execute(query, (moment, json.dumps([*files]))):
            found.setdefault(file, {}).setdefault(bool(late), {})[sheet] = json.loads(text)
        return found

    def told_versions(
        self, table: str, ids: Collection[str], names: Sequence[str]
    ) -> list[dict[str, Any]]:
        """Every version of some records, oldest first: id, version, and who told it.

        Then received_at, mapping (how its file was read) and the short fields asked for.
        """
        self.note("told", table, *names, keys=ids)
        past = ", ".join(f"json_extract(h.record, '$.{name}')" for name in names)
        query = f"""SELECT h.id, h.version, i.received_at, i.mapping, {past} FROM history h
            JOIN imports i USING(import_id)
            WHERE h.tbl=?1 AND h.id IN (SELECT value FROM json_each(?2))
            UNION ALL SELECT r.id, r.version, i.received_at, i.mapping, {columns_of(names)}
            FROM records r JOIN {sql_name(table)} t USING(territory, id)
            JOIN imports i ON i.import_id=r.import_id
            WHERE r.tbl=?1 AND r.id IN (SELECT value FROM json_each(?2)) ORDER BY 1, 2"""
        found = self._db.execute(query, (table, json.dumps(sorted(ids))))
        told = ("id", "version", "received_at", "mapping", *names)
        return [dict(zip(told, row)) for row in found]

    def tellers(self, table: str, ids: Collection[str]) -> dict[str, tuple[str, str]]:
        """File and moment of reception of the version that stands of some records."""
        self.note("tellers", table, keys=ids)
        query = """SELECT r.id, i.file, i.received_at FROM records r JOIN imports i USING(import_id)
            WHERE r.tbl=? AND r.id IN (SELECT value FROM json_each(?))"""
        found = self._db.execute(query, (table, json.dumps(sorted(ids))))
        return {key: (file, received) for key, file, received in found}

    def readings(self, import_id: int) -> dict[str, dict[str, Any]]:
        """Sheet -> how its columns were read in an import; empty when it was not noted."""
        self.note(EVERYTHING)
        query = "SELECT sheet, mapping FROM readings WHERE import_id=?"
        return {name: json.loads(text) for name, text in self._db.execute(query, (import_id,))}

    def imports_behind(self, table: str, ids: Collection[str]) -> dict[int, int]:
        """Import -> how many of some records it was the first to tell as they stand."""
        self.note("behind", table, keys=ids)
        query = """SELECT import_id, count(*) FROM records
            WHERE tbl=? AND id IN (SELECT value FROM json_each(?)) GROUP BY 1"""
        return dict(self._db.execute(query, (table, json.dumps(list(ids)))).fetchall())
