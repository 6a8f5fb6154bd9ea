"""Find what the store keeps: slices, former versions, where a row comes from, snapshots."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dts_research.schema import Schema, catalogue
from dts_research.store.noting import noted
from dts_research.store.registers import Registers
from dts_research.store.slices import asked_by
from dts_research.store.tables import IMPORT, columns_of, picked, short_names, where

if TYPE_CHECKING:
    import pandas as pd

    from dts_research.store.former import Former


@cache
def _empty(table: str, names: tuple[str, ...]) -> pd.DataFrame:
    """Give columns without rows: most slices of most tables."""
    import pandas as pd

    from dts_research.store.rows import typed

    schema = catalogue().tables[table]
    return pd.DataFrame({name: typed((), schema.field(name)) for name in names})


def _typed(schema: Schema, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    from dts_research.store.rows import typed

    data = zip(*rows) if rows else [()] * len(names)
    return {name: typed(values, schema.field(name)) for name, values in zip(names, data)}


@noted(but=("load", "provenance", "as_of", "imports"))
class Reader(Registers):
    """Answers from an open store, as frames.

    Frames come when they are asked for: a store opens without pandas.
    """

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
        """Read typed rows, ordered by territory and id, and note the slice that was read.

        Parameters
        ----------
        table
            Name of a schema table.
        territory
            Only the rows filed under this territory, or under these, in their order.
        ids
            Only these records.
        among
            Only the rows where a short field has one of some values.
        columns
            Only these fields (long ones included when `texts`).
        texts
            Fetch the long texts too.
        """
        import pandas as pd

        schema = self.catalogue.tables[table]
        wanted = [
            f.name for f in schema.fields
            if (texts or not f.long) and (columns is None or f.name in columns)
        ]  # fmt: skip
        names = [n for n in short_names(schema) if n == schema.key or n in wanted]
        by, keys = asked_by(territory, ids, among)
        long = {*wanted} - {*names}
        whole = columns is None or bool(long)
        said = ("rows", table, by, *(() if whole else names))
        if by == "territory" and keys is not None:
            self.note(*said, keys=keys)
            arrays = self._filed(schema, names, [*dict.fromkeys(keys)])
        else:
            rows = picked(self._db, table, names, where(table, territory, ids, among))
            self.note(*said, keys=keys, rows=rows if keys is None and not whole else None)
            arrays = _typed(schema, names, rows)
        if not len(arrays[schema.key]):
            return _empty(schema.name, tuple(wanted)).copy(deep=False)
        arrays |= self._texts(schema, list(arrays[schema.key]), long)
        return pd.DataFrame({name: arrays[name] for name in wanted}, copy=False)

    def _filed(self, schema: Schema, names: Sequence[str], places: list[str]) -> dict[str, Any]:
        """Typed arrays of what is filed under some territories, from their images where drawn."""
        import pandas as pd

        from dts_research.store import images

        drawn = {*places} & images.drawn(self._db, schema, names)
        if not drawn:
            return self._rows(schema, names, where(schema.name, places, None))
        parts = (
            images.read(self._db, schema, place, names) if place in drawn
            else self._rows(schema, names, where(schema.name, [place], None))
            for place in places
        )  # fmt: skip
        frames = [pd.DataFrame(part, copy=False) for part in parts]
        whole = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
        return {name: whole[name].array for name in names}

    def _rows(
        self, schema: Schema, names: Sequence[str], condition: tuple[str, list[str], str]
    ) -> dict[str, Any]:
        """Typed arrays of short columns, by name."""
        return _typed(schema, names, picked(self._db, schema.name, names, condition))

    def _texts(self, schema: Schema, keys: list[str], names: Collection[str]) -> dict[str, Any]:
        """Arrays of long texts, in the order of some records."""
        from dts_research.store.rows import typed

        found: dict[tuple[str, str], str] = {}
        if names:
            query = """SELECT id, field, text FROM texts
                WHERE tbl=? AND id IN (SELECT value FROM json_each(?))"""
            told = self._db.execute(query, (schema.name, json.dumps(keys)))
            found = {(key, name): text for key, name, text in told}
        return {
            name: typed([found.get((key, name)) for key in keys], schema.field(name))
            for name in names
        }

    def history(self, table: str, record_id: str) -> pd.DataFrame:
        """Former versions of a record: version, replaced_at, and its fields as they were."""
        import pandas as pd

        told = self.former_versions(table, record_id)
        names = ("version", "replaced_at")
        return pd.DataFrame([{**{n: one[n] for n in names}, **one["record"]} for one in told])

    def provenance(
        self, table: str, record_id: str | None = None, *, ids: Collection[str] | None = None
    ) -> pd.DataFrame:
        """Where records come from: id, file, sha256, sheet, row, received_at, version, raw."""
        import pandas as pd

        keys = ids if record_id is None else (record_id,)
        self.note("provenance", table, keys=keys)
        listed = None if keys is None else json.dumps(sorted(keys))
        query = """SELECT p.id, i.file, i.sha256, p.sheet, p.row, i.received_at, p.version, p.raw
            FROM provenance p JOIN imports i USING(import_id)
            WHERE p.tbl=? AND (?2 IS NULL OR p.id IN (SELECT value FROM json_each(?2)))
            ORDER BY p.id, i.import_id, p.row"""
        names = ["id", "file", "sha256", "sheet", "row", "received_at", "version", "raw"]
        return pd.DataFrame(self._db.execute(query, (table, listed)).fetchall(), columns=names)

    def as_of(self, moment: str) -> Former:
        """Give what the store would have answered at a moment (see `clock`)."""
        from dts_research.store.former import Former

        return Former(self._db, self.catalogue, moment, self.note)

    def imports(self, numbers: Collection[int] | None = None) -> pd.DataFrame:
        """Imports, oldest first: import_id, received_at, file, sha256, mapping, counts.

        Those of some numbers, where they are given.
        """
        import pandas as pd

        self.note("imports", keys=None if numbers is None else [*map(str, numbers)])
        listed = None if numbers is None else json.dumps(sorted(numbers))
        query = f"""SELECT {columns_of(IMPORT)} FROM imports
            WHERE ?1 IS NULL OR import_id IN (SELECT value FROM json_each(?1)) ORDER BY 1"""
        rows = self._db.execute(query, (listed,)).fetchall()
        return pd.DataFrame(rows, columns=list(IMPORT))

    def snapshot(self, path: Path) -> str:
        """Write an immutable copy of the store and return its SHA-256."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._db.execute("VACUUM INTO ?", (str(path),))
        return hashlib.sha256(path.read_bytes()).hexdigest()
