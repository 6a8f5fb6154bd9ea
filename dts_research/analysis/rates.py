"""A share when there are enough cases to give one, the bare count when there are not."""

from __future__ import annotations

from dataclasses import dataclass

from dts_research.analysis.intervals import FEWEST, Share, wilson


@dataclass(frozen=True)
class Rate:
    """A count out of a total, and the share it makes when there are enough cases.

    Parameters
    ----------
    count, n
        Cases that have the trait, out of how many.
    share
        Share and its interval; None with too few cases, where no percentage is to be given.
    """

    count: int
    n: int
    share: Share | None

    @property
    def words(self) -> str:
        """The count as it is said: « 3 sur 7 »."""
        return f"{self.count} sur {self.n}"

    @property
    def reading(self) -> str:
        """French sentence that says why there is no percentage; nothing when there is one."""
        if self.share is not None:
            return ""
        if not self.n:
            return "Aucun cas : pas de pourcentage."
        return f"Effectif trop faible pour un pourcentage : {self.words}."


def rate(count: int, n: int, *, fewest: int = FEWEST, level: float = 0.95) -> Rate:
    """Give a share with its interval, or the bare count with few cases.

    Parameters
    ----------
    count, n
        Cases that have the trait, out of how many.
    fewest
        Cases from which a share is given; may be raised, never lowered under `FEWEST`.
    level
        Level of the interval of Wilson.

    Raises
    ------
    ValueError
        When the count is not between 0 and the total.
    """
    share = wilson(count, n, level=level)
    return Rate(count, n, share if n >= max(fewest, FEWEST) else None)
