"""Rows whose id is another row's, or that have none."""

from __future__ import annotations

import re
from collections.abc import Collection

import pandas as pd

from dts_research.schema.catalogue import Schema
from dts_research.schema.checks import taken_twice
from dts_research.schema.sentences import id_given, taken

ID_GIVEN = "id_given"


def still_taken(
    issues: pd.DataFrame, keys: pd.Series, schema: Schema, *, why: pd.Series, known: Collection[str]
) -> pd.DataFrame:
    """Refuse again, in the same words, the rows that were refused for their id and still bear it.

    A row whose reason was blanked by the person is taken for a new version of the record.

    Parameters
    ----------
    issues, keys
        Issues and ids of the rows of one table, as checked; index = row numbers.
    schema
        The table.
    why
        What was said of each row when it was given back (same index).
    known
        Ids of the records received before. An id that nobody has any more is free.
    """
    said = {row: _said(key, text) for row, key, text in zip(keys.index, keys, why)}
    told = pd.Series([said[row] != "" for row in keys.index], index=keys.index, dtype=bool)
    again = told & keys.isin([*known, *keys[~told].dropna()])
    if not again.any():
        return issues
    field = schema.field(schema.key)
    one = {
        "row": keys.index[again], "column": field.name, "title": field.title,
        "value": keys[again].tolist(), "rule": "unique", "severity": "error",
        "message": [said[row] for row in keys.index[again]], "fix": taken("")[1],
    }  # fmt: skip
    others = issues[issues["rule"] != "unique"]
    return pd.concat(
        [others, taken_twice(keys[~again], field), pd.DataFrame(one)], ignore_index=True
    )


def ids_given(keys: pd.Series, written: pd.Series, schema: Schema) -> pd.DataFrame:
    """Tell which ids were given to the rows that have none (columns as `checks.check`'s issues).

    Parameters
    ----------
    keys, written
        Ids of the rows, and what was written for them; index = row numbers.
    schema
        The table.
    """
    field, given = schema.field(schema.key), keys[written.isna() & keys.notna()]
    said = [id_given(field, key) for key in given]
    issues = {
        "row": given.index, "column": field.name, "title": field.title, "value": "",
        "rule": ID_GIVEN, "severity": "to_confirm",
        "message": [message for message, _ in said], "fix": [fix for _, fix in said],
    }  # fmt: skip
    return pd.DataFrame(issues)


def _said(key: object, why: object) -> str:
    """Sentence by which a row was refused for the id that it bears, or nothing."""
    if not isinstance(key, str) or not isinstance(why, str):
        return ""
    found = re.search(re.escape(taken(key)[0]) + r"\d+", why)
    return found[0] if found else ""
