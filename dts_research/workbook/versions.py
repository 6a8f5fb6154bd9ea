"""What a record was before: its versions, and what each changed, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dts_research.schema import Schema
from dts_research.store import Store
from dts_research.workbook.agreed import AgreedReader
from dts_research.workbook.tracing import as_said, find_record, shown_values

SOURCE = ("file", "sheet", "row", "received_at", "import_id")


def versions(store: Store, record_id: str) -> list[dict[str, Any]]:
    """Give the versions of a record, oldest first, each with what it changed.

    Raises
    ------
    RequestError
        When no record has this id.
    ProtectionError
        When the record was taken back.
    """
    return [
        one for table, key in find_record(store, record_id) for one in _versions(store, table, key)
    ]


def _versions(store: Store, table: str, key: str) -> list[dict[str, Any]]:
    schema = store.catalogue.tables[table]
    now = store.record(table, key)
    hidden = _hidden(schema, now, shown_values(store, table, key))
    current = next(version for t, version, _ in store.standing(key) if t == table)
    past = {one["version"]: one["record"] for one in store.former_versions(table, key)}
    states = _masked(store, {**past, current: now})
    found: list[dict[str, Any]] = []
    before: Mapping[str, Any] | None = None
    for version, record in states.items():
        told = (store.tellings(table, key, version) or [{}])[0]
        source = {name: told[name] for name in SOURCE if name in told}
        changes = [] if before is None else _changes(schema, before, record, hidden)
        found.append(
            {"record": key, "table": table, "version": version, **source, "changes": changes}
        )
        before = record
    return found


def _hidden(schema: Schema, now: Mapping[str, Any], shown: Mapping[str, Any]) -> set[str]:
    """Fields that may not be shown; where one is hidden, so are all those that hold words."""
    hidden = {name for name, value in now.items() if shown.get(name) != value}
    words = {f.name for f in schema.fields if f.type == "string" and not f.codelist}
    return hidden | (words - {schema.key}) if hidden else hidden


def _masked(store: Store, states: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    """Former words without the names that may not be said any more."""
    frame = pd.DataFrame(list(states.values()), dtype=object)
    shown = AgreedReader(store).masked(frame)
    plain = shown.astype(object).where(shown.notna(), None).to_dict("records")
    return {version: dict(record) for version, record in zip(states, plain)}


def _changes(
    schema: Schema, before: Mapping[str, Any], after: Mapping[str, Any], hidden: set[str]
) -> list[dict[str, Any]]:
    told = []
    for field in schema.fields:
        name, withheld = field.name, field.name in hidden
        if before.get(name) == after.get(name):
            continue
        old, new = (None if withheld else as_said(field, r.get(name)) for r in (before, after))
        told.append({"column": name, "title": field.title, "before": old, "after": new,
                     "withheld": withheld})  # fmt: skip
    return told
