"""What every study hands out: a table, how many rows stand behind it, and how to read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

NOT_GIVEN = ""


@dataclass(frozen=True)
class Result:
    """A table and what is needed to read it.

    Parameters
    ----------
    table
        One row per category, in the order of the code list, never by value.
    n
        How many records were looked at.
    missing
        How many of them say nothing about the question.
    reading
        French sentence on how to read the table.
    several
        How many records stand in more than one category.
    """

    table: pd.DataFrame
    n: int
    missing: int
    reading: str
    several: int = 0


def listed(value: Any) -> tuple[str, ...]:
    """Give the codes of a cell, whether it holds a list, one code or nothing."""
    if isinstance(value, (tuple, list, frozenset)):
        return tuple(str(v) for v in value)
    if value is None or (not isinstance(value, str) and pd.isna(value)) or value == "":
        return ()
    return (str(value),)


def counted(cells: Iterable[Any], labels: Mapping[str, str]) -> Result:
    """Count records by code; a record with two codes counts in both.

    Parameters
    ----------
    cells
        One cell per record: a code, a list of codes, or nothing.
    labels
        Code -> French label, in the order of the code list; unknown codes come after, as met.

    Returns
    -------
    Result
        ``table`` has columns code, label, count; the last row is « Non renseigné » (empty code)
        when something is missing.
    """
    codes = [listed(cell) for cell in cells]
    counts = {code: 0 for code in labels}
    for record in codes:
        for code in dict.fromkeys(record):
            counts[code] = counts.get(code, 0) + 1
    missing = sum(1 for record in codes if not record)
    rows = [(code, labels.get(code, code), count) for code, count in counts.items()]
    if missing:
        rows.append((NOT_GIVEN, "Non renseigné", missing))
    several = sum(1 for record in codes if len(set(record)) > 1)
    return Result(
        table=pd.DataFrame(rows, columns=["code", "label", "count"]),
        n=len(codes),
        missing=missing,
        reading=SEVERAL if several else "",
        several=several,
    )


SEVERAL = (
    "Une expérience qui relève de plusieurs catégories compte dans chacune : "
    "la somme dépasse donc le nombre d'expériences."
)
