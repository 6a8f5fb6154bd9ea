"""Shares of small units drawn towards what the units have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import optimize, special

from dts_research.analysis.intervals import Numbers


@dataclass(frozen=True)
class Shrunk:
    """Shares as observed and as drawn towards the others, in the order given.

    Parameters
    ----------
    table
        One row per unit: unit, count, base (cases), value (share observed), shrunk (share drawn
        towards the others), weight (part of the unit's own cases in it, from 0 to 1), low and
        high (missing when the method gives no interval); all missing without any case.
    mean
        Share towards which units are drawn.
    between
        What units differ by beyond chance: alpha and beta of the Beta distribution of their
        shares, or the variance of Marshall.
    why_not
        « no_excess » when chance alone explains the differences: every unit is then drawn the
        whole way, and no interval is given.
    """

    table: pd.DataFrame
    mean: float
    between: tuple[float, ...]
    why_not: str = ""


def beta_binomial(
    units: Sequence[str], counts: ArrayLike, totals: ArrayLike, *, level: float = 0.95
) -> Shrunk:
    """Draw shares towards a Beta distribution fitted to all units by maximum likelihood.

    Parameters
    ----------
    units
        Names, in the order in which they are to be shown.
    counts, totals
        Cases that have the trait, out of how many; shape (units,), missing numbers allowed.
    level
        Part of the posterior distribution that the interval holds, as much left on each side.

    Returns
    -------
    Shrunk
        Posterior mean (x + alpha) / (n + alpha + beta) and its Beta interval.

    Raises
    ------
    ValueError
        When a count is not between 0 and its total.

    References
    ----------
    D. A. Griffiths, « Maximum likelihood estimation for the beta-binomial distribution »,
    Biometrics 29, 1973, 637-648. R. E. Tarone, « Testing the goodness of fit of the binomial
    distribution », Biometrika 66, 1979, 585-590: the sign of his score says whether there is
    anything beyond chance to fit.
    """
    count, total, known = _cases(counts, totals)
    x, n = count[known], total[known]
    mean = float(x.sum() / n.sum()) if n.sum() else np.nan
    if not _excess(x, n, mean) > 0:
        flat = np.where(known, mean, np.nan)
        return _shrunk(units, (count, total), flat, flat * 0, mean=mean, why_not="no_excess")
    alpha, beta = _fitted(x, n, mean)
    size = np.where(known, total, np.nan)
    a, b, tail = alpha + count, beta + size - count, (1 - level) / 2
    ends = special.betaincinv(a, b, tail), special.betainccinv(a, b, tail)
    weight = size / (size + alpha + beta)
    return _shrunk(
        units, (count, total), a / (a + b), weight,
        mean=alpha / (alpha + beta), between=(alpha, beta), ends=ends,
    )  # fmt: skip


def marshall(units: Sequence[str], counts: ArrayLike, totals: ArrayLike) -> Shrunk:
    """Draw shares towards their mean by moments, without a distribution and without interval.

    Parameters and errors are those of `beta_binomial`.

    References
    ----------
    R. J. Marshall, « Mapping disease and mortality rates using empirical Bayes estimators »,
    Applied Statistics 40, 1991, 283-294: A = max(0, s² - m / mean n), weight A / (A + m / n).
    """
    count, total, known = _cases(counts, totals)
    x, n = count[known], total[known]
    if not n.size:
        return _shrunk(units, (count, total), total * np.nan, total * np.nan, mean=np.nan)
    mean = float(x.sum() / n.sum())
    spread = (n * (x / n - mean) ** 2).sum() / n.sum()
    between = max(0.0, float(spread - mean / n.mean()))
    size = np.where(known, total, np.nan)
    weight = between / (between + mean / size) if between else size * 0
    shrunk = mean + weight * (count / size - mean)
    why_not = "" if between else "no_excess"
    return _shrunk(
        units, (count, total), shrunk, weight, mean=mean, between=(between,), why_not=why_not
    )


def _cases(counts: ArrayLike, totals: ArrayLike) -> tuple[Numbers, Numbers, np.ndarray]:
    count, total = np.asarray(counts, float), np.asarray(totals, float)
    if np.any(count < 0) or np.any(count > total):
        raise ValueError("a count is not between 0 and its total")
    return count, total, np.isfinite(count) & np.isfinite(total) & (total > 0)


def _shrunk(
    units: Sequence[str], data: tuple[Numbers, Numbers], shrunk: Numbers, weight: Numbers, *,
    mean: float, between: tuple[float, ...] = (), ends: tuple[Numbers, ...] = (),
    why_not: str = "",
) -> Shrunk:  # fmt: skip
    count, base = data
    value = np.where(base > 0, count / np.where(base > 0, base, 1.0), np.nan)
    low, high = ends or (value * np.nan, value * np.nan)
    columns = {"unit": list(units), "count": count, "base": base, "value": value}
    columns |= {"shrunk": shrunk, "weight": weight, "low": low, "high": high}
    return Shrunk(pd.DataFrame(columns), mean, between, why_not)


def _excess(x: Numbers, n: Numbers, mean: float) -> float:
    """Slope of the likelihood at no spread: positive when units differ beyond chance."""
    if not 0 < mean < 1:
        return 0.0
    y = n - x
    return float((x * (x - 1) / mean + y * (y - 1) / (1 - mean) - n * (n - 1)).sum())


def _fitted(x: Numbers, n: Numbers, mean: float) -> tuple[float, float]:
    """Alpha and beta of highest likelihood, looked for as logarithms so that they stay positive."""
    found = optimize.minimize(
        _lost, np.log([10 * mean, 10 * (1 - mean)]), args=(x, n), jac=_slopes, hess=_bends,
        method="trust-exact", options={"gtol": 1e-10},
    )  # fmt: skip
    alpha, beta = np.exp(found.x)
    return float(alpha), float(beta)


def _lost(logs: Numbers, x: Numbers, n: Numbers) -> float:
    """Log-likelihood with its sign changed, but for what does not depend on alpha and beta."""
    a, b = np.exp(logs)
    return -float((special.betaln(x + a, n - x + b) - special.betaln(a, b)).sum())


def _slopes(logs: Numbers, x: Numbers, n: Numbers) -> Numbers:
    a, b = np.exp(logs)
    both = special.digamma(a + b) - special.digamma(n + a + b)
    of_a = special.digamma(x + a) - special.digamma(a) + both
    of_b = special.digamma(n - x + b) - special.digamma(b) + both
    return -np.array([a * of_a.sum(), b * of_b.sum()])


def _bends(logs: Numbers, x: Numbers, n: Numbers) -> Numbers:
    a, b = np.exp(logs)
    both = (_trigamma(a + b) - _trigamma(n + a + b)).sum()
    of_a = (_trigamma(x + a) - _trigamma(a)).sum() + both
    of_b = (_trigamma(n - x + b) - _trigamma(b)).sum() + both
    own = np.array([[a * a * of_a, a * b * both], [a * b * both, b * b * of_b]])
    return np.diag(_slopes(logs, x, n)) - own


def _trigamma(values: Numbers) -> Numbers:
    return special.polygamma(1, values)
