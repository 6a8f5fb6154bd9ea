"""Where chance alone would put most units, by how many cases each has: exact limits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from dts_research.analysis.intervals import Bounds, Numbers

Distribution = Callable[[Numbers], Numbers]


def binomial_limits(totals: ArrayLike, share: float, *, level: float = 0.95) -> Bounds:
    """Exact limits of a share around a reference, interpolated between whole counts.

    Parameters
    ----------
    totals
        Cases of each unit, shape (units,); each distinct total is computed once.
    share
        Reference, from 0 to 1.
    level
        Part of the units that chance alone would leave between the limits.

    Returns
    -------
    low, high : numpy.ndarray
        Shape (units,); on few cases the formula gives limits under 0, which the funnel cuts.
        Missing without any case.

    Raises
    ------
    ValueError
        When the reference is not a share.

    References
    ----------
    D. J. Spiegelhalter, « Funnel plots for comparing institutional performance », Statistics in
    Medicine 24, 2005, 1185-1202, appendix A.1: r is the quantile q of the binomial,
    a = (F(r) - q) / (F(r) - F(r - 1)), the limit is (r - a) / n.
    """
    if share < 0 or share > 1:
        raise ValueError(f"{share:g} is not a share")

    def limits(n: Numbers) -> list[Numbers]:
        mean, spread = n * share, np.sqrt(n * share * (1 - share))

        def cdf(r: Numbers) -> Numbers:
            inside = special.betainc(np.maximum(n - r, 0.5), np.maximum(r, 0) + 1, 1 - share)
            return np.where(r < 0, 0.0, np.where(r >= n, 1.0, inside))

        starts = [np.clip(_guess(mean, spread, 1 - 2 * share, q), 0, n) for q in _tails(level)]
        return [_interpolated(cdf, q, start) / n for q, start in zip(_tails(level), starts)]

    return _by_distinct(totals, limits)


def poisson_limits(expected: ArrayLike, *, reference: float = 1.0, level: float = 0.95) -> Bounds:
    """Exact limits of a ratio of observed to expected events, interpolated likewise.

    Parameters
    ----------
    expected
        Events expected in each unit, shape (units,).
    reference
        Ratio around which the limits stand.
    level
        Part of the units that chance alone would leave between the limits.

    Returns
    -------
    low, high : numpy.ndarray
        Shape (units,), as ratios; may be under 0 when few events are expected.
    """

    def limits(e: Numbers) -> list[Numbers]:
        mean = e * reference

        def cdf(r: Numbers) -> Numbers:
            return np.where(r < 0, 0.0, special.gammaincc(np.maximum(r, 0) + 1, mean))

        starts = [np.maximum(_guess(mean, np.sqrt(mean), 1.0, q), 0) for q in _tails(level)]
        return [_interpolated(cdf, q, start) / e for q, start in zip(_tails(level), starts)]

    return _by_distinct(expected, limits)


def _tails(level: float) -> tuple[float, float]:
    return (1 - level) / 2, (1 + level) / 2


def _guess(mean: Numbers, spread: Numbers, bend: float, q: float) -> Numbers:
    """Quantile near the true one: the normal one, corrected for skewness (bend over spread)."""
    z = special.ndtri(q)
    return np.ceil(mean + spread * z + bend * (z * z - 1) / 6)


def _interpolated(cdf: Distribution, q: float, start: Numbers) -> Numbers:
    """Walk to the smallest count whose distribution function reaches q, then go between."""
    r = start
    while np.any(short := cdf(r) < q):
        r = r + short
    while np.any(far := cdf(r - 1) >= q):
        r = r - far
    at, before = cdf(r), cdf(r - 1)
    return r - (at - q) / (at - before)


def _by_distinct(sizes: ArrayLike, limits: Callable[[Numbers], list[Numbers]]) -> Bounds:
    given = np.asarray(sizes, float)
    known = np.isfinite(given) & (given > 0)
    low, high = np.full(given.shape, np.nan), np.full(given.shape, np.nan)
    if known.any():
        distinct, place = np.unique(given[known], return_inverse=True)
        found = limits(distinct)
        low[known], high[known] = found[0][place], found[1][place]
    return low, high
