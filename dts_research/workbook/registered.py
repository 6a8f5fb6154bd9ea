"""Records as plain texts, for what is read beside them."""

from __future__ import annotations

from collections.abc import Mapping

from dts_research.intake.capture_known import Record, Register
from dts_research.store import Store
from dts_research.store.rows import plain_columns


def register_of(store: Store, session: Mapping[str, str]) -> Register:
    """Give the records of a store as a capture sheet is read beside them."""

    def records(table: str) -> dict[str, Record]:
        schema = store.catalogue.tables[table]
        columns = plain_columns(store.load(table), schema)
        rows = zip(*columns.values())
        texts = (
            {name: str(value) for name, value in zip(columns, row) if value is not None}
            for row in rows
        )
        return {one[schema.key]: one for one in texts}

    def former(table: str, key: str) -> tuple[Record, ...]:
        versions = (one["record"] for one in store.former_versions(table, key))
        return tuple({k: str(v) for k, v in one.items() if v is not None} for one in versions)

    return Register(records, session, former)
