"""Between typed frames and SQL rows: plain values in, typed arrays out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

import numpy as np
import pandas as pd

from dts_research.schema import Field, Schema

_DTYPES = {"integer": "Int64", "number": "Float64", "boolean": "boolean"}
_NULL = "null"


def plain_columns(frame: pd.DataFrame, schema: Schema) -> dict[str, list[Any]]:
    """Typed columns as lists of plain values, absent values as None."""
    return {name: _plain_column(frame[name]) for name in schema.names if name in frame.columns}


def _plain_column(column: pd.Series) -> list[Any]:
    values = column.astype(object).where(column.notna(), None).tolist()
    kind = next((type(value) for value in values if value is not None), None)
    if kind in (str, bool, int, float):
        return values
    return [None if value is None else _plain(value) for value in values]


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
    encoded = [map(_encoder(columns[name]), columns[name]) for name in names]
    return (form % row for row in zip(*encoded))


def _encoder(values: Sequence[Any]) -> Callable[[Any], str]:
    if all(value is None or type(value) is str for value in values):
        return lambda value: _NULL if value is None else encode_basestring(value)
    return lambda value: json.dumps(value, ensure_ascii=False)


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
    cells: list[dict[str, str | None]] = [{} for _ in range(count)]
    for name in raw.columns if raw is not None else ():
        texts = _plain_column(raw[name]) if raw is not None else []
        values = columns.get(name, [None] * count)
        for place, (text, value) in enumerate(zip(texts, values, strict=True)):
            if text != value and (name not in columns or text != _written(value)):
                cells[place][name] = text
    return [json.dumps(cell, ensure_ascii=False) if cell else "{}" for cell in cells]


def _written(value: Any) -> str | None:
    """A value as it is written when nothing had to be read into it."""
    if value is None or isinstance(value, str):
        return value
    return None if isinstance(value, bool) else str(value)


def typed(values: Sequence[Any], field: Field) -> Any:
    """Plain values of one column as the typed array of its field."""
    if field.is_list:
        return _objects(_lists(values), len(values))
    if field.type == "date":
        return _objects(map(_day, values), len(values))
    if field.type == "boolean":
        values = [None if v is None else bool(v) for v in values]
    return pd.array(list(values), dtype=_DTYPES.get(field.type, "str"))


@lru_cache(maxsize=20_000)
def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _objects(values: Iterable[Any], count: int) -> np.ndarray:
    return np.fromiter(values, dtype=object, count=count)


def _lists(values: Sequence[str | None]) -> Iterator[tuple[str, ...]]:
    known = {value: tuple(value.split("|")) if value else () for value in set(values)}
    return (known[value] for value in values)
