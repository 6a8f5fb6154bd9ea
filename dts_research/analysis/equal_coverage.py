"""Units compared where the same part of their variety has been heard."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from numpy.typing import ArrayLike

from dts_research.analysis.diversity import coverage, diversity, met, rare
from dts_research.analysis.intervals import FEWEST, Numbers

# Under this coverage, what was not heard weighs too much in what is compared.
COVERAGE_WANTED = 0.8
# Beyond this many times the answers given, extrapolation is a guess.
FURTHEST = 2


@dataclass(frozen=True)
class EqualCoverage:
    """Diversity of each unit at one coverage, in the order given.

    Parameters
    ----------
    table
        One row per unit: unit, n (answers), coverage (reached by them), size (answers at which
        it is compared), how, q0, q1, q2. How: « rarefied », « observed », « extrapolated », or
        why there is nothing: « beyond » (the coverage asked for takes more than twice the
        answers given), « few » (fewer than ten answers).
    level
        Coverage at which units are compared; missing when none can be.
    thin
        Units whose own answers cover less than the coverage wanted, in the order given.
    """

    table: pd.DataFrame
    level: float
    thin: tuple[str, ...]

    @property
    def enough(self) -> bool:
        """The coverage of the comparison reaches the one wanted."""
        return self.level >= COVERAGE_WANTED


def at_equal_coverage(
    units: Sequence[str], counts: Sequence[ArrayLike], *, level: float | None = None
) -> EqualCoverage:
    """Compare units at equal coverage rather than at equal numbers of answers.

    Parameters
    ----------
    units
        Names, in the order in which they are to be shown.
    counts
        For each unit, how many times each kind was met.
    level
        Coverage; by default the highest that every unit reaches within twice its answers.

    References
    ----------
    A. Chao and L. Jost, Ecology 93, 2012, 2533-2547; the default is that of iNEXT.
    """
    kinds = [met(row) for row in counts]
    enough = [x for x in kinds if x.sum() >= FEWEST]
    if level is None:
        level = min((coverage(x, FURTHEST * x.sum()) for x in enough), default=math.nan)
    rows = [(unit, x.sum(), coverage(x), *_at(x, level)) for unit, x in zip(units, kinds)]
    names = ["unit", "n", "coverage", "size", "how", "q0", "q1", "q2"]
    table = pd.DataFrame(rows, columns=names)
    thin = table["unit"][(table["coverage"] < COVERAGE_WANTED) & (table["n"] >= FEWEST)]
    return EqualCoverage(table, level, tuple(thin))


def _at(x: Numbers, level: float) -> tuple[float, str, float, float, float]:
    n, why_not = x.sum(), ""
    size = size_at(x, level) if n >= FEWEST else math.nan
    if n < FEWEST:
        why_not = "few"
    elif math.isnan(size):
        why_not = "beyond"
    if why_not:
        return math.nan, why_not, math.nan, math.nan, math.nan
    how = "observed" if size == n else "rarefied" if size < n else "extrapolated"
    found = diversity(x, size)
    return size, how, found.q0, found.q1, found.q2


def size_at(counts: ArrayLike, level: float) -> float:
    """Number of answers at which a coverage is reached; missing beyond twice those given."""
    x = met(counts)
    n, here = x.sum(), coverage(x)
    if level > coverage(x, FURTHEST * n) + 1e-12 or not n:
        return math.nan
    if level >= here - 1e-12:
        once, again = rare(x)
        if level <= here + 1e-12 or not 0 < again < 1:
            return float(n)
        more = (math.log(n / once) + math.log(1 - level)) / math.log(again) - 1
        return float(min(n + more, FURTHEST * n))
    low, high = 0, int(n)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if coverage(x, middle) <= level else (low, middle)
    floor, ceiling = (coverage(x, m) if m else 0.0 for m in (low, high))
    return max(1.0, low + (level - floor) / (ceiling - floor))
