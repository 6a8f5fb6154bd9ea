"""Between typed frames and SQL rows: plain values in, typed arrays out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

import numpy as np
import pandas as pd

from dts_research.schema import Field, Schema

_TEXT = pd.StringDtype(na_value=np.nan)
_DTYPES = {
    "integer": pd.Int64Dtype(), "number": pd.Float64Dtype(), "boolean": pd.BooleanDtype(),
}  # fmt: skip
_PLAIN = {str, bool, int, float, type(None)}


def places_of(frame: pd.DataFrame) -> list[tuple[str, int]]:
    """Sheet and row of the source that each row comes from."""
    if frame.index.nlevels > 1:
        return [(str(sheet), int(row)) for sheet, row in frame.index]
    sheet = str(frame.attrs.get("sheet", ""))
    return [(sheet, int(row)) for row in frame.index]


def plain_columns(frame: pd.DataFrame, schema: Schema) -> dict[str, list[Any]]:
    """Typed columns as lists of plain values, absent values as None."""
    return {name: _plain_column(frame[name]) for name in schema.names if name in frame.columns}


def _plain_column(column: pd.Series) -> list[Any]:
    values = column.astype(object).where(column.notna(), None).tolist()
    kinds = set(map(type, values))
    if kinds <= _PLAIN:
        return values
    if list in kinds:
        values = [tuple(value) if isinstance(value, list) else value for value in values]
    known = {value: _plain(value) for value in set(values) if value is not None}
    return [known.get(value) for value in values]


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return "|".join(value) or None
    if isinstance(value, date):
        return value.isoformat()[:10]
    return value.item() if hasattr(value, "item") else value


def json_texts(columns: dict[str, list[Any]], names: Sequence[str]) -> Iterator[str]:
    """Write each row as JSON, as ``json.dumps(row, ensure_ascii=False)`` does, column by column."""
    pieces = ", ".join(encode_basestring(name).replace("%", "%%") + ": %s" for name in names)
    form = "{" + pieces + "}"
    return (form % row for row in zip(*(_encoded(columns[name]) for name in names)))


def _encoded(values: Sequence[Any]) -> list[str]:
    kinds = set(map(type, values))
    if kinds == {str}:
        return list(map(encode_basestring, values))
    if kinds <= {str, type(None)}:
        return ["null" if value is None else encode_basestring(value) for value in values]
    return [json.dumps(value) for value in values]


def raw_texts(raw: pd.DataFrame | None, columns: dict[str, list[Any]], count: int) -> list[str]:
    """Raw text of each row as JSON: the cells that do not say just what the value says.

    Parameters
    ----------
    raw
        Text as written (n rows), columns named as fields.
    columns
        The typed values of the same rows.
    count
        How many rows there are.
    """
    cells: list[list[str]] = [[] for _ in range(count)]
    for name in raw.columns if raw is not None else ():
        texts = _plain_column(raw[name]) if raw is not None else []
        values = columns.get(name, [None] * count)
        if texts == values and name in columns:
            continue
        head = encode_basestring(name) + ": "
        for cell, text, value in zip(cells, texts, values, strict=True):
            if text != value and (name not in columns or text != _written(value)):
                cell.append(head + ("null" if text is None else encode_basestring(text)))
    return ["{" + ", ".join(cell) + "}" for cell in cells]


def _written(value: Any) -> str | None:
    """A value as it is written when nothing had to be read into it."""
    kind = type(value)
    return value if kind is str else str(value) if kind is int or kind is float else None


def typed(values: Sequence[Any], field: Field) -> Any:
    """Plain values of one column as the typed array of its field."""
    if field.is_list:
        return _objects(_lists(values), len(values))
    if field.type == "date":
        return _objects(map(_day, values), len(values))
    if field.type == "boolean":
        values = [None if v is None else bool(v) for v in values]
    return pd.array(list(values), dtype=_DTYPES.get(field.type, _TEXT))


@lru_cache(maxsize=20_000)
def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _objects(values: Iterable[Any], count: int) -> np.ndarray:
    return np.fromiter(values, dtype=object, count=count)


def _lists(values: Sequence[str | None]) -> Iterator[tuple[str, ...]]:
    known = {value: tuple(value.split("|")) if value else () for value in set(values)}
    return (known[value] for value in values)
