"""Intervals of a share observed on few cases."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

# Under this many cases an interval is too wide to be drawn: the count says it all.
FEWEST = 10


@dataclass(frozen=True)
class Share:
    """A count out of a total, the share it makes and the interval around it, from 0 to 1."""

    count: int
    n: int
    share: float
    low: float
    high: float


def wilson(count: int, n: int, *, level: float = 0.95) -> Share:
    """Score interval of Wilson, without continuity correction.

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
    if not 0 <= count <= n:
        raise ValueError(f"{count} of {n} is not a share")
    if n == 0:
        return Share(0, 0, math.nan, 0.0, 1.0)
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = count / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if count == 0 else max(0.0, middle - half)
    high = 1.0 if count == n else min(1.0, middle + half)
    return Share(count, n, share, low, high)
