"""Rows whose id is another row's, or that have none."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from dts_research.intake.capture_known import Register
from dts_research.schema.catalogue import Schema
from dts_research.schema.checks import taken_twice
from dts_research.schema.sentences import Said, exists, id_given, taken

ID_GIVEN = "id_given"
_ANY = "|".join(re.escape(said("\0")[0]).replace("\0", ".+") for said in (taken, exists))


@dataclass(frozen=True)
class Received:
    """What was received before.

    Parameters
    ----------
    ids
        Table -> ids of its records.
    rows
        Gives, of some digests, those of rows received before.
    register
        What the capture sheet of a session is read beside.
    """

    ids: Mapping[str, Collection[str]] = field(default_factory=dict)
    rows: Callable[[Collection[str]], Collection[str]] = lambda _: ()
    register: Register = field(default_factory=Register)


def still_taken(
    issues: pd.DataFrame,
    keys: pd.Series,
    schema: Schema,
    *,
    why: pd.Series,
    known: Collection[str],
    before: pd.Series,
) -> pd.DataFrame:
    """Refuse again the rows that were refused for their id and still bear it, or another's.

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
    before
        True for the rows that were received as they are: their new id is their own (same index).
    """
    said = {row: _said(key, text) for row, key, text in zip(keys.index, keys, why)}
    words = pd.Series([said[row][0] for row in keys.index], index=keys.index, dtype=object)
    other = words == [exists(str(key))[0] for key in keys]
    same = words.ne("") & ~other
    again = same & keys.isin([*known, *keys[~same].dropna()])
    again |= other & keys.isin(list(known)) & ~before
    if not again.any():
        return issues
    key = schema.field(schema.key)
    one = {
        "row": keys.index[again], "column": key.name, "title": key.title,
        "value": keys[again].tolist(), "rule": "unique", "severity": "error",
        "message": words[again].tolist(),
        "fix": [said[row][1] for row in keys.index[again]],
    }  # fmt: skip
    others = issues[issues["rule"] != "unique"]
    return pd.concat([others, taken_twice(keys[~again], key), pd.DataFrame(one)], ignore_index=True)


def ids_given(keys: pd.Series, written: pd.Series, schema: Schema) -> pd.DataFrame:
    """Tell which ids were given to the rows that have none (columns as `checks.check`'s issues).

    Parameters
    ----------
    keys, written
        Ids of the rows, and what was written for them; index = row numbers.
    schema
        The table.
    """
    own, given = schema.field(schema.key), keys[written.isna() & keys.notna()]
    said = [id_given(own, key) for key in given]
    issues = {
        "row": given.index, "column": own.name, "title": own.title, "value": "",
        "rule": ID_GIVEN, "severity": "to_confirm",
        "message": [message for message, _ in said], "fix": [fix for _, fix in said],
    }  # fmt: skip
    return pd.DataFrame(issues)


def _said(key: object, why: object) -> Said:
    """Why a row refused for its id is so with the one that it bears; blank for any other row."""
    if not isinstance(key, str) or not isinstance(why, str):
        return "", ""
    return _taken(key, why) or (exists(key) if re.search(_ANY, why) else ("", ""))


def _taken(key: str, why: str) -> Said | None:
    """Sentence by which a row was refused for this very id."""
    said, fix = taken(key)
    found = re.search(re.escape(said) + r"\d+", why)
    return (found[0], fix) if found else None
