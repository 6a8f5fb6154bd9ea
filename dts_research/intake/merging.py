"""Several rows, one record: blanks are completed, disagreements are told, the first is kept."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from dts_research.schema.catalogue import Schema


def complete(text: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Fill the blank required cells of a repeated record from its other rows."""
    required = [f.name for f in schema.fields if f.required and f.name in text]
    groups = text.groupby(schema.key, sort=False)
    filled = {name: text[name].fillna(groups[name].transform("first")) for name in required}
    return text.assign(**filled)


def merge(typed: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Put the rows of each record together; it stands on its first row."""
    if not typed[schema.key].duplicated().any():
        return typed
    lists = [f.name for f in schema.fields if f.is_list]
    open_lists = {name: typed[name].map(lambda v: v or None) for name in lists}
    groups = typed.assign(**open_lists).groupby(schema.key, sort=False, dropna=False)
    merged = groups.first().reset_index()
    merged.index = typed.index[~typed[schema.key].duplicated()]
    for name in lists:
        merged[name] = merged[name].map(lambda v: v if isinstance(v, tuple) else ())
    for name in (f.name for f in schema.fields if f.type == "date"):
        merged[name] = merged[name].astype(object).where(merged[name].notna(), None)
    return merged[list(typed.columns)]


def disagreements(
    typed: pd.DataFrame, merged: pd.DataFrame, schema: Schema, *, kept_elsewhere: Collection[str]
) -> pd.DataFrame:
    """Cells of the rows merged that say something else than what was kept.

    Fields in `kept_elsewhere` also feed a table where each value has its own row.

    Returns
    -------
    pandas.DataFrame
        Columns row, column, title, value, kept.
    """
    again = typed[typed[schema.key].duplicated(keep=False)]
    kept = merged.set_index(schema.key)
    parts = []
    for field in schema.fields:
        if again.empty or field.name == schema.key or field.name in kept_elsewhere:
            continue
        mine = again[field.name].map(_shown)
        theirs = again[schema.key].map(kept[field.name]).map(_shown)
        differ = (mine != "") & (mine != theirs)
        parts.append(
            pd.DataFrame(
                {
                    "row": again.index[differ], "column": field.name, "title": field.title,
                    "value": mine[differ].tolist(), "kept": theirs[differ].tolist(),
                }
            )
        )  # fmt: skip
    empty = pd.DataFrame(columns=["row", "column", "title", "value", "kept"])
    return pd.concat(parts, ignore_index=True) if parts else empty


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return "|".join(value)
    return "" if value is None or pd.isna(value) else str(value)
