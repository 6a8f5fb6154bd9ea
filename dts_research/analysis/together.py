"""Territories side by side: one value per territory and indicator, in the order given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

NOT_GIVEN = "not_given"
# Beyond it, a number is a mistake that would drown all the others.
HUGE = 1e15
# No period at all, where a blank one means a period that is not said.
NONE = "-"


@dataclass(frozen=True)
class Together:
    """Values of several indicators for several territories.

    Parameters
    ----------
    values
        One row per territory, in the order given; one column per indicator, missing where
        nothing is known.
    states
        Same shape: state of each observation, ``not_given`` where there is none.
    periods
        Indicator -> period that its values are about, "" where it is not said.
    """

    values: pd.DataFrame
    states: pd.DataFrame
    periods: dict[str, str]

    def known(self, indicator: str) -> pd.Series:
        """Values that are known of one indicator, in the order of the territories."""
        return self.values[indicator].dropna()


def side_by_side(
    observations: pd.DataFrame,
    territories: Sequence[str],
    indicators: Sequence[str],
    *,
    period: str = "",
) -> Together:
    """Put territories side by side, each indicator over one period, the same for all of them.

    Parameters
    ----------
    observations
        Rows of the table of observations.
    territories, indicators
        Identifiers, in the order in which they are to be shown.
    period
        Year wanted; for each indicator, its last period within that year. By default, the last
        period for which the largest number of these territories is known.

    Returns
    -------
    Together
        Rows and columns in the order given, whatever the values.
    """
    wanted = observations[
        observations["territory_id"].isin(list(territories))
        & observations["indicator_id"].isin(list(indicators))
    ]
    periods_of = wanted["period"].fillna("").astype(str)
    rows = [(r.indicator_id, r.territory_id, period, value_of(r), str(r.state))
            for r, period in zip(wanted.itertuples(), periods_of)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["indicator", "territory", "period", "value", "state"])
    table["value"] = table["value"].where(table["value"].abs() < HUGE)
    values = pd.DataFrame(math.nan, index=list(territories), columns=list(indicators))
    states = pd.DataFrame(NOT_GIVEN, index=list(territories), columns=list(indicators))
    periods = {}
    for indicator in indicators:
        mine = table[table["indicator"] == indicator]
        chosen = _chosen(mine, period)
        periods[indicator] = chosen if chosen != NONE else ""
        here = mine[mine["period"] == chosen].drop_duplicates("territory", keep="last")
        here = here.set_index("territory")
        values.loc[here.index, indicator] = here["value"]
        states.loc[here.index, indicator] = here["state"]
    return Together(values, states, periods)


def value_of(row: Any) -> float:
    """Number of an observation: as published, else its numerator over its denominator."""
    if row.state == "zero":
        return 0.0
    if row.state != "published":
        return math.nan
    if not pd.isna(row.value):
        return float(row.value)
    known = not pd.isna(row.numerator) and not pd.isna(row.denominator) and row.denominator
    return float(row.numerator) / float(row.denominator) if known else math.nan


def _chosen(mine: pd.DataFrame, year: str) -> str:
    """Period that says most, the last one at equal number."""
    known = mine[mine["value"].notna()]
    if year:  # a year of which nothing is known still says why
        within, told = (part[part["period"].str.startswith(year)] for part in (known, mine))
        return str(max(within["period"], default="") or max(told["period"], default=NONE))
    counts: dict[str, int] = known.groupby("period")["territory"].nunique().to_dict()
    if not counts:
        return str(max(mine["period"], default=NONE))
    return max(counts, key=lambda one: (counts[one], one))


@dataclass(frozen=True)
class Standing:
    """One territory beside a group, for one indicator; no place in an order is given.

    Parameters
    ----------
    value
        Value of the territory; missing when it is not known.
    low, middle, high
        First quartile, median and third quartile of the group, the territory left out; missing
        under `FEWEST` territories known.
    least, most
        Extremes of the group.
    n
        Territories of the group whose value is known.
    """

    value: float
    low: float
    middle: float
    high: float
    least: float
    most: float
    n: int

    @property
    def where(self) -> str:
        """« inside », « over » or « under » the middle half of the group, or nothing."""
        if math.isnan(self.value) or math.isnan(self.low):
            return ""
        if self.low <= self.value <= self.high:
            return "inside"
        return "over" if self.value > self.high else "under"


FEWEST = 5


def standing(values: pd.Series, here: Any) -> Standing:
    """Set a territory beside the others by the middle half of their values.

    Parameters
    ----------
    values
        Value of each territory, by identifier; missing values allowed.
    here
        Identifier of the territory.

    References
    ----------
    R. J. Hyndman and Y. Fan, « Sample quantiles in statistical packages », The American
    Statistician 50, 1996, 361-365: definition 7, linear between observations.
    """
    others = values.drop(index=here, errors="ignore").dropna().astype(float)
    value = float(values.get(here, math.nan))
    if len(others) < FEWEST:
        least, most = (float(others.min()), float(others.max())) if len(others) else (math.nan,) * 2
        return Standing(value, math.nan, math.nan, math.nan, least, most, len(others))
    low, middle, high = (float(others.quantile(part)) for part in (0.25, 0.5, 0.75))
    return Standing(value, low, middle, high, float(others.min()), float(others.max()), len(others))
