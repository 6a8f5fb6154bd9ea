"""The store as it stood at a moment: each record in the version that held then.

A version holds from the reception of the file that told it until another one takes its place,
or until it is retired. An import taken back was never received.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dts_research.schema import Catalogue
from dts_research.schema.catalogue import plain
from dts_research.store import codebooks
from dts_research.store.noting import Note
from dts_research.store.registers import former
from dts_research.store.slices import THEN, asked_by
from dts_research.store.tables import sql_name

if TYPE_CHECKING:
    import pandas as pd

_STANDING = """SELECT r.id, r.territory FROM records r JOIN imports i USING(import_id)
    WHERE r.tbl=?1 AND i.received_at<=?2 {among}"""
_REPLACED = """SELECT h.id, h.territory, h.record, h.replaced_at FROM history h
    JOIN imports i USING(import_id)
    WHERE h.tbl=?1 AND i.received_at<=?2 {among} ORDER BY h.version"""
_ASKED = "(SELECT value FROM json_each(?2))"


class Former:
    """Answers as an open store would have answered at a moment.

    Parameters
    ----------
    db
        The open file.
    catalogue
        The schema, as it is now: a former record is read with the columns of today.
    moment
        Until when receptions count, as `clock` writes moments.
    note
        Told what is read: see `noting.Noting.note`.
    """

    def __init__(
        self, db: sqlite3.Connection, catalogue: Catalogue, moment: str, note: Note
    ) -> None:
        self._db, self.catalogue, self.moment, self._note = db, catalogue, moment, note
        self._tables: dict[tuple[str, str, Any], tuple[pd.DataFrame, list[str]]] = {}

    @cached_property
    def received(self) -> bool:
        """Whether anything had been received at that moment."""
        self._note("received_by", self.moment)
        query = "SELECT EXISTS(SELECT 1 FROM imports WHERE received_at<=?)"
        return bool(self._db.execute(query, (self.moment,)).fetchone()[0])

    @cached_property
    def codebook(self) -> codebooks.Codebook | None:
        """Columns and codes that held then; None where nobody noted them yet."""
        self._note("codebook", self.moment)
        return codebooks.held(self._db, self.moment)

    def ids_among(self, table: str, ids: Collection[str]) -> frozenset[str]:
        """Those of some ids that a table held, wherever they were filed."""
        self._note(THEN, self.moment, table, "id", keys=ids)
        frame, _ = self._held(table, "id", ids)
        return frozenset(map(str, frame[self.catalogue.tables[table].key]))

    def spelled(self, table: str, folded: Collection[str]) -> frozenset[str]:
        """Ids that a table held which are some ids, whatever their case and their accents."""
        self._note(THEN, self.moment, table, "folded", keys=folded)
        query = "SELECT id FROM records WHERE tbl=?1 UNION SELECT id FROM history WHERE tbl=?1"
        alike = [key for (key,) in self._db.execute(query, (table,)) if plain(key) in folded]
        frame, _ = self._held(table, "id", alike)
        return frozenset(map(str, frame[self.catalogue.tables[table].key]))

    def load(
        self,
        table: str,
        *,
        territory: str | Sequence[str] | None = None,
        ids: Collection[str] | None = None,
        among: tuple[str, Collection[str]] | None = None,
        columns: Sequence[str] | None = None,
        texts: bool = True,
    ) -> pd.DataFrame:
        """Read typed rows as `Store.load` does, as they stood then."""
        by, keys = asked_by(territory, ids, among)
        self._note(THEN, self.moment, table, by, keys=keys)
        frame, homes = self._held(table, by, keys)
        schema = self.catalogue.tables[table]
        places = [territory] if isinstance(territory, str) else territory
        kept = [places is None or home in places for home in homes]
        if ids is not None:
            wanted = {*ids}
            kept = [k and key in wanted for k, key in zip(kept, frame[schema.key])]
        if among is not None:
            values = {str(value) for value in among[1]}
            kept = [k and str(value) in values for k, value in zip(kept, frame[among[0]])]
        names = [f.name for f in schema.fields if (texts or not f.long)]
        names = [name for name in names if columns is None or name in columns]
        found = frame.loc[kept, names]
        if places is not None and len(places) > 1:
            rank = [places.index(home) for home, one in zip(homes, kept) if one]
            found = found.iloc[sorted(range(len(rank)), key=rank.__getitem__)]
        return found.reset_index(drop=True)

    def _held(
        self, table: str, by: str, keys: Collection[str] | None
    ) -> tuple[pd.DataFrame, list[str]]:
        """Rows that may be asked for, and where each was filed; the same question once."""
        asked = (table, by, None if keys is None else frozenset(keys))
        if asked not in self._tables:
            self._tables[asked] = self._read(table, self._candidates(table, by, keys))
        return self._tables[asked]

    def _candidates(
        self, table: str, by: str, keys: Collection[str] | None
    ) -> Collection[str] | None:
        """Ids of the records a version of which, whichever it is, is asked for; None for all."""
        if keys is None or by == "id":
            return keys
        listed = json.dumps(sorted(str(key) for key in keys))
        now, then = f"r.territory IN {_ASKED}", f"territory IN {_ASKED}"
        if by != "territory":
            now = f'CAST(t."{by}" AS TEXT) IN {_ASKED}'
            then = f"CAST(json_extract(record, '$.{by}') AS TEXT) IN {_ASKED}"
        query = f"""SELECT r.id FROM records r JOIN {sql_name(table)} t USING(territory, id)
            WHERE r.tbl=?1 AND {now} UNION SELECT id FROM history WHERE tbl=?1 AND {then}"""
        return [key for (key,) in self._db.execute(query, (table, listed))]

    def _read(
        self, table: str, candidates: Collection[str] | None
    ) -> tuple[pd.DataFrame, list[str]]:
        """Rows of a table, ordered as the store orders them, and where each was filed."""
        import pandas as pd

        from dts_research.store.rows import typed

        schema = self.catalogue.tables[table]
        homes = dict(self._asked(_STANDING, "r", table, candidates))
        records = former(self._db, schema, list(homes))
        for key, (home, record) in self._replaced(table, candidates, homes).items():
            homes[key], records[key] = home, record
        order = sorted(records, key=lambda key: (homes[key], key))
        columns = {
            field.name: typed([records[key].get(field.name) for key in order], field)
            for field in schema.fields
        }
        return pd.DataFrame(columns), [homes[key] for key in order]

    def _replaced(
        self, table: str, candidates: Collection[str] | None, standing: Collection[str]
    ) -> dict[str, tuple[str, dict[str, Any]]]:
        """Versions that held then and do not any more: the last one received, if not retired."""
        found: dict[str, tuple[str, dict[str, Any], str]] = {}
        for key, home, record, until in self._asked(_REPLACED, "h", table, candidates):
            if key not in standing:
                found[key] = (home, json.loads(record), until)
        held = {k: one for k, one in found.items() if one[2] > self.moment}
        return {key: (home, record) for key, (home, record, _) in held.items()}

    def _asked(
        self, query: str, of: str, table: str, candidates: Collection[str] | None
    ) -> list[tuple[Any, ...]]:
        among = "" if candidates is None else f"AND {of}.id IN (SELECT value FROM json_each(?3))"
        listed = () if candidates is None else (json.dumps(sorted(map(str, candidates))),)
        return self._db.execute(query.format(among=among), (table, self.moment, *listed)).fetchall()
