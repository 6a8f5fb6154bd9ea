"""Find what the store keeps: slices, former versions, where a row comes from, snapshots."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dts_research.schema import Schema
from dts_research.store.noting import noted
from dts_research.store.registers import IMPORT, Registers
from dts_research.store.slices import asked_by
from dts_research.store.tables import columns_of, short_names, sql_name, where

if TYPE_CHECKING:
    import pandas as pd

    from dts_research.store.former import Former


@noted(but=("load", "provenance", "as_of", "imports"))
class Reader(Registers):
    """Answers from an open store, as frames.

    Frames come when they are asked for: a store opens without pandas.
    """

    def load(
        self,
        table: str,
        *,
        territory: str | None = None,
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
            Only the rows filed under this territory.
        ids
            Only these records.
        among
            Only the rows where a short field has one of some values.
        columns
            Only these fields (long ones included when `texts`).
        texts
            Fetch the long texts too.
        """
        from dts_research.store import images

        schema = self.catalogue.tables[table]
        wanted = [n for n in short_names(schema) if columns is None or n in columns]
        names = list(dict.fromkeys([schema.key, *wanted]))
        by, keys = asked_by(territory, ids, among)
        short = columns is not None and not (
            texts and {*columns} & {f.name for f in schema.fields if f.long}
        )
        self.note("rows", table, by, *(names if short else ()), keys=keys)
        frame = None
        if territory is not None and ids is None and among is None:
            frame = images.read(self._db, schema, territory, names)
        if frame is None:
            frame = self._rows(schema, names, where(table, territory, ids, among))
        if not texts:
            return frame[wanted]
        return self._with_texts(frame, schema, wanted, columns)

    def _rows(
        self, schema: Schema, names: Sequence[str], condition: tuple[str, list[str]]
    ) -> pd.DataFrame:
        import pandas as pd

        from dts_research.store.rows import typed

        query = (
            f"SELECT {columns_of(names)} FROM {sql_name(schema.name)}{condition[0]} "
            "ORDER BY territory, id"
        )
        rows = self._db.execute(query, condition[1]).fetchall()
        data = zip(*rows) if rows else [()] * len(names)
        columns = {name: typed(values, schema.field(name)) for name, values in zip(names, data)}
        return pd.DataFrame(columns)

    def _with_texts(
        self, frame: pd.DataFrame, schema: Schema, wanted: list[str], columns: Sequence[str] | None
    ) -> pd.DataFrame:
        import pandas as pd

        keys = [str(key) for key in frame[schema.key]]
        frame = frame[wanted].copy()
        names = [f.name for f in schema.fields if f.long and (columns is None or f.name in columns)]
        found: dict[tuple[str, str], str] = {}
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500] if names else []
            marks = ",".join("?" * len(part))
            query = f"SELECT id, field, text FROM texts WHERE tbl=? AND id IN ({marks})"
            found |= {(i, f): t for i, f, t in self._db.execute(query, (schema.name, *part))}
        for name in names:
            values = [found.get((key, name)) for key in keys]
            frame[name] = pd.Series(values, index=frame.index, dtype="str")
        return frame[[n for n in schema.names if n in frame.columns]]

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
