"""How varied answers are, for as many answers as one wants, and how much of it was heard."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from dts_research.analysis.intervals import Numbers


@dataclass(frozen=True)
class Hill:
    """Effective numbers of kinds: all (q0), those met often (q1), those that dominate (q2)."""

    q0: float
    q1: float
    q2: float


NOTHING = Hill(math.nan, math.nan, math.nan)


def hill(counts: ArrayLike) -> Hill:
    """Hill numbers of what was observed.

    Parameters
    ----------
    counts
        How many times each kind was met, shape (kinds,); null counts do not matter.

    Returns
    -------
    Hill
        Richness, exponential of Shannon's entropy, inverse of Simpson's concentration; missing
        when nothing was met.

    References
    ----------
    M. O. Hill, « Diversity and evenness: a unifying notation and its consequences », Ecology 54,
    1973, 427-432.
    """
    x = met(counts)
    if not x.size:
        return NOTHING
    share = x / x.sum()
    entropy = -(share * np.log(share)).sum()
    return Hill(float(x.size), float(np.exp(entropy)), float(1 / (share**2).sum()))


def coverage(counts: ArrayLike, size: float | None = None) -> float:
    """Part of all that could be met which is of kinds met in so many answers.

    Parameters
    ----------
    counts
        How many times each kind was met, shape (kinds,).
    size
        Number of answers, by default those given; fewer are drawn from them, more foreseen.

    References
    ----------
    A. Chao and L. Jost, « Coverage-based rarefaction and extrapolation », Ecology 93, 2012,
    2533-2547, equations 4 and 12 and their unbiased form for fewer answers.
    """
    x = met(counts)
    n = x.sum()
    if not n:
        return math.nan
    m = n if size is None else size
    return _between(lambda whole: _covered(x, n, whole), m) if m < n else _covered(x, n, m)


def diversity(counts: ArrayLike, size: float) -> Hill:
    """Hill numbers for so many answers: rarefied when fewer than given, extrapolated when more.

    Parameters
    ----------
    counts
        How many times each kind was met, shape (kinds,).
    size
        Number of answers; between two whole numbers, the line between them.

    References
    ----------
    A. Chao et al., « Rarefaction and extrapolation with Hill numbers », Ecological Monographs
    84, 2014, 45-67. A. Chao, Y. T. Wang and L. Jost, « Entropy and the species accumulation
    curve », Methods in Ecology and Evolution 4, 2013, 1091-1100, for the entropy foreseen.
    """
    x = met(counts)
    n = x.sum()
    if not n or size < 1:
        return NOTHING
    q2 = _between(lambda m: _simpson(x, n, m), size) if size < n else _simpson(x, n, size)
    if size <= n:
        q0 = _between(lambda m: _richness(x, n, m), size)
        return Hill(q0, _between(lambda m: _shannon(x, n, m), size), q2)
    seen, fewer = hill(x), (_richness(x, n, n - 1), _shannon(x, n, n - 1))
    q0 = _beyond(seen.q0, fewer[0], seen.q0 + _unmet(x, n), size - n)
    return Hill(q0, _beyond(seen.q1, fewer[1], _shannon_foreseen(x, n), size - n), q2)


def met(counts: ArrayLike) -> Numbers:
    """Keep the kinds that were met."""
    x = np.asarray(counts, float)
    if np.any(x < 0):
        raise ValueError("a count is negative")
    return x[x > 0]


def _between(at: Callable[[float], float], size: float) -> float:
    """Value of a function of whole numbers on the line between two of them."""
    low = math.floor(size)
    part = size - low
    return at(low) + part * (at(low + 1) - at(low)) if part else at(low)


def _covered(x: Numbers, n: float, m: float) -> float:
    if m < n:
        return 1 - float((x / n * _missed(x, n, m, n - 1)).sum())
    once, again = rare(x)
    return float(1 - once / n * again ** (m - n + 1)) if once else 1.0


def _missed(x: Numbers, n: float, m: float, total: float) -> Numbers:
    """Chance that m answers drawn from ``total`` are all among the n - x others."""
    left = np.maximum(n - x, m)
    chance = special.gammaln(left + 1) - special.gammaln(left - m + 1)
    chance -= special.gammaln(total + 1) - special.gammaln(total - m + 1)
    return np.where(n - x >= m, np.exp(chance), 0.0)


def _richness(x: Numbers, n: float, m: float) -> float:
    return float((1 - _missed(x, n, m, n)).sum()) if m < n else float(x.size)


def _shannon(x: Numbers, n: float, m: float) -> float:
    """Exponential of the entropy expected in m answers out of n: hypergeometric counts."""
    if m >= n:
        return hill(x).q1
    if m < 1:
        return math.nan
    entropy = 0.0
    for value, kinds in zip(*np.unique(x, return_counts=True)):
        k = np.arange(max(1.0, m - (n - value)), min(value, m) + 1)
        ways = _choose(value, k) + _choose(n - value, m - k) - _choose(n, m)
        entropy -= kinds * float((np.exp(ways) * k / m * np.log(k / m)).sum())
    return math.exp(entropy)


def _choose(n: float, k: Numbers | float) -> Numbers:
    return special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)


def _simpson(x: Numbers, n: float, m: float) -> float:
    """Inverse concentration in m answers, fewer or more than n: the same formula holds."""
    alike = float((x * (x - 1)).sum() / (n * (n - 1))) if n > 1 else 1.0
    return 1 / (1 / m + (1 - 1 / m) * alike)


def rare(x: Numbers) -> tuple[float, float]:
    """Count kinds met once; say what each further answer leaves of what is not covered."""
    n, once, twice = x.sum(), float((x == 1).sum()), float((x == 2).sum())
    if twice:
        return once, (n - 1) * once / ((n - 1) * once + 2 * twice)
    pairs = (n - 1) * (once - 1)
    return once, pairs / (pairs + 2) if once > 1 else 0.0


def _unmet(x: Numbers, n: float) -> float:
    """Kinds never met, at least: the estimate of Chao."""
    once, twice = float((x == 1).sum()), float((x == 2).sum())
    pairs = once**2 / (2 * twice) if twice else once * (once - 1) / 2
    return (n - 1) / n * pairs


def _shannon_foreseen(x: Numbers, n: float) -> float:
    """Exponential of the entropy that endless answers would have."""
    several = x[x <= n - 1]
    told = (several / n * (special.digamma(n) - special.digamma(several))).sum()
    once, again = rare(x)
    if not 0 < again < 1:
        return float(np.exp(told))
    return float(np.exp(told + once / n * _tail(again, n)))


def _tail(again: float, n: float) -> float:
    """Σ again^(r - n + 1) / r from r = n: as a logarithm less its beginning, or term by term.

    Term by term when the two would agree to many digits.
    """
    terms = 40 / (1 - again)
    if terms <= 20 * n:
        j = np.arange(terms)
        return float((again ** (j + 1) / (n + j)).sum())
    r = np.arange(1, n)
    return float(again ** (1 - n) * (-math.log1p(-again) - (again**r / r).sum()))


def _beyond(seen: float, fewer: float, foreseen: float, more: float) -> float:
    """Go from what is seen towards what is foreseen, as fast as the last answer did."""
    if not foreseen > seen or not seen > fewer:
        return seen
    pace = (seen - fewer) / (foreseen - fewer)
    return seen + (foreseen - seen) * (1 - (1 - pace) ** more)
