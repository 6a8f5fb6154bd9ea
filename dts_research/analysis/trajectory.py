"""A territory beside itself: its values through time, cut where the series breaks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dts_research.analysis.intervals import FEWEST, bounds

KNOWN, FEW, MISSING = "known", "few", "missing"


@dataclass(frozen=True)
class Change:
    """From the first to the last known value of one stretch without a break.

    Parameters
    ----------
    first, last
        Periods.
    difference
        Last value less the first, in the unit of the values.
    low, high
        Interval of the difference; missing when the values are no shares of known counts.
    stretch
        Number of the stretch, from 0.
    """

    first: str
    last: str
    difference: float
    low: float
    high: float
    stretch: int


@dataclass(frozen=True)
class Trajectory:
    """Values of one territory by period.

    Parameters
    ----------
    table
        One row per period: period, value, low, high, count, n, state (« known », « few » under
        ten cases, « missing »), stretch (number of the stretch without a break, from 0).
    breaks
        Periods from which values are no longer comparable with those before.
    changes
        One per stretch that has two known values at least, in the order of time.
    """

    table: pd.DataFrame
    breaks: tuple[str, ...]
    changes: tuple[Change, ...]

    @property
    def latest(self) -> Change | None:
        """Change of the last stretch: nothing is said across a break."""
        last = int(self.table["stretch"].max()) if len(self.table) else 0
        return next((change for change in self.changes if change.stretch == last), None)


def of_shares(
    periods: Sequence[str], counts: ArrayLike, totals: ArrayLike, *,
    breaks: Sequence[str] = (), level: float = 0.95,
) -> Trajectory:  # fmt: skip
    """Follow a share whose counts are known, with intervals of Wilson and of Newcombe.

    Parameters
    ----------
    periods
        Names that grow in the order of time: « 2021 », « 2021-03 ».
    counts, totals
        Cases that have the trait, out of how many, shape (periods,); missing numbers allowed.
        The cases of one period are taken as other people than those of the next.
    breaks
        Periods from which the source, the definition or the perimeter is another one.
    level
        Level of the intervals.

    Raises
    ------
    ValueError
        When periods do not grow, or a count is not between 0 and its total.

    References
    ----------
    R. G. Newcombe, « Interval estimation for the difference between independent proportions »,
    Statistics in Medicine 17, 1998, 873-890, method 10.
    """
    count, total = np.asarray(counts, float), np.asarray(totals, float)
    low, high = bounds(count, total, level=level)
    enough = np.isfinite(count) & (total >= FEWEST)
    few = np.isfinite(count) & np.isfinite(total) & ~enough
    value = np.where(enough, count / np.where(enough, total, 1), np.nan)
    ends = (np.where(enough, end, np.nan) for end in (low, high))
    state = np.select([enough, few], [KNOWN, FEW], MISSING)
    return _followed(periods, (value, *ends, count, total), state, breaks)


def of_values(
    periods: Sequence[str], values: ArrayLike, *, breaks: Sequence[str] = ()
) -> Trajectory:
    """Follow values of which the counts are not known: without intervals.

    Parameters, order and errors are those of `of_shares`.
    """
    value = np.asarray(values, float)
    nothing = np.full(value.shape, np.nan)
    state = np.where(np.isfinite(value), KNOWN, MISSING)
    return _followed(periods, (value, *[nothing] * 4), state, breaks)


def _followed(
    periods: Sequence[str], columns: tuple[np.ndarray, ...], state: np.ndarray,
    breaks: Sequence[str],
) -> Trajectory:  # fmt: skip
    if any(one >= two for one, two in pairwise(periods)):
        raise ValueError("periods are to grow in the order of time")
    names = ("value", "low", "high", "count", "n")
    table = pd.DataFrame({"period": list(periods), **dict(zip(names, columns)), "state": state})
    cuts = sorted({cut for cut in breaks if periods and periods[0] < cut <= periods[-1]})
    table["stretch"] = np.array([sum(p >= cut for cut in cuts) for p in periods], int)
    stretches = (part for _, part in table.groupby("stretch", sort=True))
    changes = (_change(part[part["state"] == KNOWN]) for part in stretches)
    return Trajectory(table, tuple(cuts), tuple(change for change in changes if change))


def _change(known: pd.DataFrame) -> Change | None:
    if len(known) < 2:
        return None
    one, two = known.iloc[0], known.iloc[-1]
    difference = float(two["value"] - one["value"])
    below = math.hypot(two["value"] - two["low"], one["high"] - one["value"])
    above = math.hypot(two["high"] - two["value"], one["value"] - one["low"])
    ends = difference - below, difference + above
    return Change(one["period"], two["period"], difference, *ends, stretch=int(one["stretch"]))
