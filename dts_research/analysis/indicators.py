"""Indicators by place: one period, totals or ratios, and classes to draw them with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

KNOWN = ("published", "zero")


@dataclass(frozen=True)
class ByPlace:
    """Values of one indicator over one period.

    Parameters
    ----------
    table
        One row per place that has an observation: columns place, value (missing when there is
        none to show), state (of the observation, or of its denominator), vintage.
    ratio
        Whether the values are ratios; else they are totals.
    reference
        Ratio of the places together, or their total; missing where sums mean nothing.
    """

    table: pd.DataFrame
    period: str
    ratio: bool
    reference: float

    @property
    def values(self) -> pd.Series:
        """Values that are known, by place."""
        kept = self.table.dropna(subset=["value"])
        return kept.set_index("place")["value"].astype(float)


def by_place(
    observations: pd.DataFrame, *, indicator: str, over: str = "", share: bool = False,
    period: str = "",
) -> ByPlace:  # fmt: skip
    """Give an indicator by place, divided by another one or by its own denominator.

    Parameters
    ----------
    observations
        Rows of the table of observations.
    indicator, over
        Identifier of the indicator, and of the one it is set over: the ratio is then « for 100 ».
    share
        The values are shares already.
    period
        One period; by default the last one for which something is known.
    """
    top = observations[observations["indicator_id"] == indicator]
    under = observations[observations["indicator_id"] == over]
    bottom = {(r.territory_id, r.period): (_value(r), r.state) for r in under.itertuples()}
    rows = [_row(r, bottom) for r in top.itertuples()]
    table = pd.DataFrame(rows, columns=["place", "period", "top", "bottom", "state", "vintage"])
    ratio = bool(over) or share or bool(table["bottom"].notna().any())
    scaled = 100 * table["top"] / table["bottom"]
    table["value"] = table["top"] if share or not ratio else scaled
    known = table[table["value"].notna()]
    chosen = period or str(max(known["period"], default=""))
    here = table[table["period"] == chosen].reset_index(drop=True)
    kept = here[here["value"].notna()]
    sums = kept[["top", "bottom"]].sum()
    if not ratio:
        reference = float(sums["top"])
    else:
        reference = 100 * sums["top"] / sums["bottom"] if sums["bottom"] > 0 else math.nan
    columns = ["place", "value", "state", "vintage"]
    return ByPlace(here[columns], chosen, ratio, float(reference))


def _row(row: Any, bottom: dict[tuple[str, str], tuple[float, str]]) -> tuple[object, ...]:
    """Place, period, value, what it is set over, state, vintage."""
    top, state = _value(row), str(row.state)
    under, told = bottom.get((row.territory_id, row.period), (math.nan, "not_given"))
    if not pd.isna(row.denominator):
        under = float(row.denominator)
    elif bottom and state in KNOWN and math.isnan(under):
        state = told
    if under == 0:
        under, state = math.nan, "not_applicable"
    return row.territory_id, row.period, top, under, state, row.vintage


def _value(row: Any) -> float:
    """Number of an observation, missing unless it is published."""
    if row.state == "zero":
        return 0.0
    number = row.value if pd.isna(row.numerator) else row.numerator
    return float(number) if row.state == "published" and not pd.isna(number) else math.nan


def class_bounds(values: Sequence[float], *, most: int = 5) -> list[float]:
    """Bounds of classes that hold about as many places each, rounded so that they can be read.

    Parameters
    ----------
    values
        Values to share out.
    most
        Most classes; fewer with few values (five of them take fifteen).

    Returns
    -------
    list of float
        Growing bounds, one more than there are classes.
    """
    count = len(values)
    classes = min(most, 5 if count >= 15 else 4 if count >= 8 else 3, max(1, count))
    unit = 1.0 if max(values) >= 100 else 0.1
    low, high = math.floor(min(values) / unit), math.ceil(max(values) / unit)
    inner = [round(float(np.quantile(values, i / classes)) / unit) for i in range(1, classes)]
    bounds = sorted({low, *inner, high if high > low else low + 1})
    return [round(bound * unit, 1) for bound in bounds]
