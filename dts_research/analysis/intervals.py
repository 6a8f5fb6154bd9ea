"""Intervals of a share or of a count observed on few cases."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

# Under this many cases an interval is too wide to be drawn: the count says it all.
FEWEST = 10
Numbers = NDArray[np.float64]
Bounds = tuple[Numbers, Numbers]


@dataclass(frozen=True)
class Share:
    """A count out of a total, the share it makes and the interval around it, from 0 to 1."""

    count: int
    n: int
    share: float
    low: float
    high: float


def wilson(count: int, n: int, *, level: float = 0.95) -> Share:
    """Score interval of Wilson, without continuity correction: the one shown by default.

    Parameters
    ----------
    count, n
        Cases that have the trait, out of how many.
    level
        Confidence level.

    Returns
    -------
    Share
        With no case at all, nothing is known: the interval is the whole range.

    Raises
    ------
    ValueError
        When the count is not between 0 and the total.

    References
    ----------
    E. B. Wilson, « Probable inference, the law of succession, and statistical inference »,
    Journal of the American Statistical Association 22, 1927, 209-212.
    L. D. Brown, T. T. Cai and A. DasGupta, « Interval estimation for a binomial proportion »,
    Statistical Science 16, 2001, 101-133: recommended for small totals.
    """
    return _share(count, n, "wilson", level)


def jeffreys(count: int, n: int, *, level: float = 0.95) -> Share:
    """Interval of Jeffreys: quantiles of Beta(count + 1/2, n - count + 1/2).

    Its low end is pinned at 0 when no case has the trait, its high end at 1 when all have it.
    Parameters, result, errors and reference (Brown, Cai and DasGupta) are those of `wilson`.
    """
    return _share(count, n, "jeffreys", level)


def exact(count: int, n: int, *, level: float = 0.95) -> Share:
    """Exact interval: never less often right than its level says, hence wide on few cases.

    Parameters, result and errors are those of `wilson`.

    References
    ----------
    C. J. Clopper and E. S. Pearson, « The use of confidence or fiducial limits illustrated in the
    case of the binomial », Biometrika 26, 1934, 404-413.
    """
    return _share(count, n, "exact", level)


def _share(count: int, n: int, method: str, level: float) -> Share:
    low, high = bounds([count], [n], method=method, level=level)
    return Share(count, n, count / n if n else math.nan, float(low[0]), float(high[0]))


def bounds(
    counts: ArrayLike, totals: ArrayLike, *, method: str = "wilson", level: float = 0.95
) -> Bounds:
    """Give the interval of many shares at once.

    Parameters
    ----------
    counts, totals
        Cases that have the trait, out of how many, shape (units,); a missing number gives
        missing ends.
    method
        « wilson », « jeffreys » or « exact ».
    level
        Confidence level.

    Returns
    -------
    low, high : numpy.ndarray
        Shape (units,), from 0 to 1; 0 and 1 where the total is 0.

    Raises
    ------
    ValueError
        When a count is not between 0 and its total.
    """
    count, total = np.asarray(counts, float), np.asarray(totals, float)
    wrong = np.flatnonzero((count < 0) | (count > total))
    if wrong.size:
        raise ValueError(f"{count[wrong[0]]:g} of {total[wrong[0]]:g} is not a share")
    with np.errstate(invalid="ignore", divide="ignore"):
        low, high = _METHODS[method](count, total, level)
    known = np.isfinite(count) & np.isfinite(total)
    low = np.where(count == 0, 0.0, np.clip(low, 0, 1))
    high = np.where(count == total, 1.0, np.clip(high, 0, 1))
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def _wilson(count: Numbers, total: Numbers, level: float) -> Bounds:
    z = special.ndtri(0.5 + level / 2)
    share = count / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    inner = share * (1 - share) / total + z * z / (4 * total * total)
    half = z / (1 + z * z / total) * np.sqrt(inner)
    return middle - half, middle + half


def _jeffreys(count: Numbers, total: Numbers, level: float) -> Bounds:
    a, b, tail = count + 0.5, total - count + 0.5, (1 - level) / 2
    return special.betaincinv(a, b, tail), special.betainccinv(a, b, tail)


def _exact(count: Numbers, total: Numbers, level: float) -> Bounds:
    left, tail = total - count, (1 - level) / 2
    low = special.betaincinv(count, left + 1, tail)
    return low, special.betainccinv(count + 1, left, tail)


_METHODS: dict[str, Callable[[Numbers, Numbers, float], Bounds]] = {
    "wilson": _wilson,
    "jeffreys": _jeffreys,
    "exact": _exact,
}


def poisson(counts: ArrayLike, *, level: float = 0.95) -> Bounds:
    """Exact limits of the mean of a Poisson count.

    Parameters
    ----------
    counts
        Events counted, shape (units,); missing numbers give missing limits.
    level
        Confidence level.

    Returns
    -------
    low, high : numpy.ndarray
        Shape (units,), in events; the low limit of no event is 0.

    Raises
    ------
    ValueError
        When a count is negative.

    References
    ----------
    F. Garwood, « Fiducial limits for the Poisson distribution », Biometrika 28, 1936, 437-442:
    half the χ² of 2 count and 2 (count + 1) degrees of freedom.
    """
    count, tail = np.asarray(counts, float), (1 - level) / 2
    if np.any(count < 0):
        raise ValueError(f"{np.nanmin(count):g} is not a count")
    low = special.gammaincinv(np.where(count == 0, 1, count), tail)
    return np.where(count == 0, 0.0, low), special.gammainccinv(count + 1, tail)
