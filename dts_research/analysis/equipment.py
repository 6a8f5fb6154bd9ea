"""Equipment of territories under three denominators, side by side: the reading may flip."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

# Job-seekers, active population, recipients of the minimum income: the three that are shown.
DENOMINATORS = ("job_seekers", "active_population", "minimum_income")
PER = 1000


@dataclass(frozen=True)
class Equipment:
    """Rates per 1 000 under each denominator, in the order given.

    Parameters
    ----------
    table
        One row per unit: unit, numerator, and one column per denominator (missing when it or
        the numerator is missing or null for the unit).
    reference
        For each denominator given, the rate of the units together.
    absent
        Denominators of the three that were not given at all: to be said.
    lacking
        For each denominator given, the units which have no rate under it, in the order given.
    """

    table: pd.DataFrame
    reference: dict[str, float]
    absent: tuple[str, ...]
    lacking: dict[str, tuple[str, ...]]

    @property
    def given(self) -> tuple[str, ...]:
        """Denominators that can be shown, in their own order."""
        return tuple(self.reference)


@dataclass(frozen=True)
class Flip:
    """A unit beside another, or beside all of them, under each denominator.

    Parameters
    ----------
    unit, other
        Who is compared with whom; no ``other`` for the units together.
    higher, lower
        Denominators under which the first has the higher, or the lower, rate.
    unknown
        Denominators, absent ones included, under which nothing can be said.
    """

    unit: str
    other: str
    higher: tuple[str, ...]
    lower: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def flips(self) -> bool:
        """The reading changes with the denominator."""
        return bool(self.higher and self.lower)


def equipment(
    units: Sequence[str], numerator: ArrayLike, denominators: Mapping[str, ArrayLike | None]
) -> Equipment:
    """Divide a numerator by each denominator.

    Parameters
    ----------
    units
        Names, in the order in which they are to be shown.
    numerator
        Jobs, people or full-time equivalents in work integration, shape (units,).
    denominators
        By name (those of `DENOMINATORS`): people, shape (units,), or None when there is none.

    Raises
    ------
    ValueError
        When a denominator is not one of the three.
    """
    strange = sorted(set(denominators) - set(DENOMINATORS))
    if strange:
        raise ValueError(f"not a denominator of equipment: {', '.join(strange)}")
    top = np.asarray(numerator, float)
    table = pd.DataFrame({"unit": list(units), "numerator": top})
    reference, lacking = {}, {}
    for name in DENOMINATORS:
        people = _people(denominators.get(name))
        if people is None:
            continue
        both = np.isfinite(top) & np.isfinite(people) & (people > 0)
        table[name] = PER * np.where(both, top, np.nan) / np.where(both, people, 1)
        total = people[both].sum()
        reference[name] = float(PER * top[both].sum() / total) if total else math.nan
        lacking[name] = tuple(table["unit"][~both])
    absent = tuple(name for name in DENOMINATORS if name not in reference)
    return Equipment(table, reference, absent, lacking)


def _people(given: ArrayLike | None) -> np.ndarray | None:
    """A denominator that holds something, else nothing."""
    if given is None:
        return None
    people = np.asarray(given, float)
    return people if np.any(people[np.isfinite(people)] > 0) else None


def flip(found: Equipment, unit: str, other: str = "") -> Flip:
    """Say under which denominators a unit has the higher rate, and under which the lower.

    Parameters
    ----------
    found
        Rates under each denominator.
    unit, other
        Names of units; without the second, the rate of the units together.

    Raises
    ------
    ValueError
        When a unit is not among those compared.
    """
    rates = found.table.drop_duplicates("unit").set_index("unit")
    strange = [name for name in (unit, other) if name and name not in rates.index]
    if strange:
        raise ValueError(f"not among the units compared: {', '.join(strange)}")
    signs = {}
    for name in found.given:
        one = float(rates[name][unit])
        two = float(rates[name][other]) if other else found.reference[name]
        signs[name] = _sign(one, two)
    unknown = (name for name in DENOMINATORS if math.isnan(signs.get(name, math.nan)))
    higher = tuple(name for name, sign in signs.items() if sign > 0)
    lower = tuple(name for name, sign in signs.items() if sign < 0)
    return Flip(unit, other, higher, lower, tuple(unknown))


def _sign(one: float, two: float) -> float:
    if math.isnan(one) or math.isnan(two):
        return math.nan
    return 0.0 if math.isclose(one, two, rel_tol=1e-9) else math.copysign(1, one - two)


def flips(found: Equipment, units: Sequence[str] = ()) -> tuple[Flip, ...]:
    """Pairs whose reading changes with the denominator, in the order given.

    Parameters
    ----------
    found
        Rates under each denominator.
    units
        Units among which pairs are looked for; by default all of them.
    """
    names = list(units) or list(found.table["unit"])
    pairs = (flip(found, one, two) for one, two in combinations(names, 2))
    return tuple(pair for pair in pairs if pair.flips)
