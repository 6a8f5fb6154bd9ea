"""Funnel: each unit beside what chance alone gives to units of its size, in the order given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from dts_research.analysis.dispersion import Dispersion, Trim, dispersion, widened
from dts_research.analysis.funnel_limits import binomial_limits, poisson_limits
from dts_research.analysis.intervals import Bounds, Numbers

LEVELS = (0.95, 0.998)
WITHIN, ABOVE, BELOW, UNKNOWN = "within", "above", "below", ""


@dataclass(frozen=True)
class Funnel:
    """Units, their values, the limits that chance puts, and on which side of them they stand.

    Parameters
    ----------
    table
        One row per unit in the order given: unit, count, base (cases, or expected events),
        value (share or ratio; missing without any case) and, for each level, its limits and
        the position of the unit: « within », « above », « below », or nothing when the value is
        missing. No position is better than another.
    reference
        Share or ratio around which the limits stand.
    levels
        Parts of the units that chance alone would leave between the limits.
    dispersion
        Spread beyond chance; its ``why_not`` says when the limits are left as chance puts them.
    widened
        The limits hold this spread too; else they are the exact ones.
    n
        Units that have a value.
    """

    table: pd.DataFrame
    reference: float
    levels: tuple[float, ...]
    dispersion: Dispersion
    widened: bool
    n: int

    def limits(self, level: float) -> pd.DataFrame:
        """Columns unit, low, high and position of one level, in the order given."""
        names = [column(name, level) for name in ("low", "high", "position")]
        return self.table[["unit", *names]].set_axis(["unit", "low", "high", "position"], axis=1)


def column(name: str, level: float) -> str:
    """Name of a column for a level: « low_95 », « position_99.8 »."""
    return f"{name}_{100 * level:g}"


def funnel_of_shares(
    units: Sequence[str], counts: ArrayLike, totals: ArrayLike, *,
    reference: float | None = None, levels: Sequence[float] = LEVELS,
    trim: Trim = "winsorise", widen: bool = True,
) -> Funnel:  # fmt: skip
    """Set shares beside the exact binomial limits of their size.

    Parameters
    ----------
    units
        Names, in the order in which they are to be shown; never sorted here.
    counts, totals
        Cases that have the trait, out of how many: shape (units,), whole numbers or missing.
    reference
        Share around which the limits stand; by default that of the units together.
    levels
        Parts of the units that chance alone would leave between the limits.
    trim
        What is done of the most distant tenth on each side before the spread is measured.
    widen
        Widen the limits by the spread beyond chance, when there is some.

    Raises
    ------
    ValueError
        When a count is not between 0 and its total.

    References
    ----------
    D. J. Spiegelhalter, Statistics in Medicine 24, 2005, 1185-1202. His interpolated limit lies
    under the last count that chance readily gives: a unit is said above only if, besides, a
    count as high has at most the probability that the level leaves on that side.
    """
    count, total = _known(counts, totals)
    if np.any(count > total):
        raise ValueError("a count exceeds its total")
    share = _pooled(count, total) if reference is None else reference
    exact = {level: binomial_limits(total, share, level=level) for level in levels}
    spread = dispersion(_over(count, total), total, share, scale="arcsine", trim=trim)
    left = np.maximum(total - count, 0)
    as_high = np.where(count > 0, special.betainc(np.maximum(count, 0.5), left + 1, share), 1.0)
    as_low = np.where(left > 0, special.betainc(np.maximum(left, 0.5), count + 1, 1 - share), 1.0)
    return _funnel(units, (count, total), share, exact, spread, (as_low, as_high), widen=widen)


def funnel_of_ratios(
    units: Sequence[str], observed: ArrayLike, expected: ArrayLike, *,
    reference: float = 1.0, levels: Sequence[float] = LEVELS,
    trim: Trim = "winsorise", scale: Literal["sqrt", "log"] = "sqrt", widen: bool = True,
) -> Funnel:  # fmt: skip
    """Set ratios of observed to expected events beside the exact Poisson limits of their size.

    Parameters, order and reference are those of `funnel_of_shares`; ``scale`` is that on which
    the spread beyond chance is measured.
    """
    count, base = _known(observed, expected)
    spread = dispersion(_over(count, base), base, reference, scale=scale, trim=trim)
    mean = base * reference
    as_high = np.where(count > 0, special.gammainc(np.maximum(count, 0.5), mean), 1.0)
    as_low = special.gammaincc(count + 1, mean)
    exact = {level: poisson_limits(base, reference=reference, level=level) for level in levels}
    return _funnel(units, (count, base), reference, exact, spread, (as_low, as_high), widen=widen)


def _known(counts: ArrayLike, bases: ArrayLike) -> tuple[Numbers, Numbers]:
    count, base = np.asarray(counts, float), np.asarray(bases, float)
    if np.any(count < 0) or np.any(base < 0):
        raise ValueError("a count is negative")
    return count, base


def _pooled(count: Numbers, total: Numbers) -> float:
    both = np.isfinite(count) & np.isfinite(total)
    cases = total[both].sum()
    return float(count[both].sum() / cases) if cases else float("nan")


def _over(count: Numbers, base: Numbers) -> Numbers:
    return np.where(base > 0, count / np.where(base > 0, base, 1.0), np.nan)


def _funnel(
    units: Sequence[str], data: tuple[Numbers, Numbers], reference: float,
    exact: dict[float, Bounds], spread: Dispersion, tails: Bounds, *, widen: bool,
) -> Funnel:  # fmt: skip
    count, base = data
    value, wide = _over(count, base), widen and spread.applies
    table = pd.DataFrame({"unit": list(units), "count": count, "base": base, "value": value})
    top = 1.0 if spread.scale == "arcsine" else np.inf
    for level, limits in exact.items():
        low, high = (np.clip(limit, 0.0, top) for limit in limits)
        unlikely = tuple(tail <= (1 - level) / 2 for tail in tails)
        if wide:
            low, high = widened(base, reference, spread.tau2, scale=spread.scale, level=level)
            unlikely = (np.isfinite(value), np.isfinite(value))
        table[column("low", level)], table[column("high", level)] = low, high
        below, above = (value < low) & unlikely[0], (value > high) & unlikely[1]
        sides = [~np.isfinite(value), below, above]
        table[column("position", level)] = np.select(sides, [UNKNOWN, BELOW, ABOVE], WITHIN)
    known = int(np.isfinite(value).sum())
    return Funnel(table, reference, tuple(exact), spread, wide, known)
