"""A few records out of many, spread over what they differ by: no order of merit, no chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence


def spread(traits: Sequence[Sequence[Hashable]], most: int, *, start: int = 0) -> list[int]:
    """Choose records so that each trait is met about as often as the others.

    Parameters
    ----------
    traits
        For each record, in a stable order, what it bears: missions, stage, place.
    most
        Most records kept.
    start
        Record from which ties are settled, so that two choices do not show the same ones.

    Returns
    -------
    list of int
        Positions of the records kept, in their own order.
    """
    count = len(traits)
    left = [(start + i) % count for i in range(count)]
    seen: Counter[Hashable] = Counter()
    kept: list[int] = []
    while left and len(kept) < most:
        chosen = min(left, key=lambda i: _familiar(traits[i], seen))
        left.remove(chosen)
        kept.append(chosen)
        seen.update(traits[chosen])
    return sorted(kept)


def _familiar(traits: Sequence[Hashable], seen: Counter[Hashable]) -> float:
    """How often, on average, the traits of a record were met already."""
    return sum(seen[trait] for trait in traits) / len(traits) if traits else 0.0
