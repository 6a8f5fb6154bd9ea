"""Events observed beside those that a reference would give to the same mix of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from dts_research.analysis.intervals import poisson


@dataclass(frozen=True)
class Standardised:
    """Observed and expected events of each unit, in the order given.

    Parameters
    ----------
    table
        One row per unit: unit, observed, expected (under the rates of the reference), ratio
        (observed over expected; 1 is as the reference) and its exact limits low and high; all
        missing when a stratum of the unit is unknown, ratio and limits when nothing is expected.
    rates
        Rate of the reference in each stratum, in the order given.
    n
        Units that have a ratio.
    """

    table: pd.DataFrame
    rates: tuple[float, ...]
    n: int


def indirect(
    units: Sequence[str], observed: ArrayLike, people: ArrayLike, *,
    rates: ArrayLike | None = None, level: float = 0.95,
) -> Standardised:  # fmt: skip
    """Standardise indirectly: apply the rates of a reference to the mix of each unit.

    Parameters
    ----------
    units
        Names, in the order in which they are to be shown.
    observed
        Events, shape (units, strata), or (units,) when ``rates`` are given.
    people
        People, or cases, in the strata of each unit: shape (units, strata).
    rates
        Rate of the reference in each stratum; by default that of the units together.
    level
        Level of the exact Poisson limits of the ratio.

    Raises
    ------
    ValueError
        When the rates are to be drawn from events that are not given by stratum, or when a count
        is negative.

    References
    ----------
    N. E. Breslow and N. E. Day, « Statistical methods in cancer research », volume II, IARC,
    1987, chapter 2: limits χ²(tail, 2 O) / 2 E and χ²(1 - tail, 2 (O + 1)) / 2 E.
    """
    events, mix = np.asarray(observed, float), np.asarray(people, float)
    if rates is None and events.shape != mix.shape:
        raise ValueError("without the rates of a reference, events are needed by stratum")
    known = np.asarray(_rates(events, mix) if rates is None else rates, float)
    total = events if events.ndim == 1 else events.sum(axis=1)
    # A stratum where nobody is adds nothing, even when its rate is unknown.
    expected = np.where(mix == 0, 0.0, mix * known).sum(axis=1)
    low, high = poisson(np.where(np.isfinite(expected), total, np.nan), level=level)
    over = np.where(expected > 0, expected, np.nan)
    columns = {"unit": list(units), "observed": total, "expected": expected}
    columns |= {"ratio": total / over, "low": low / over, "high": high / over}
    table = pd.DataFrame(columns)
    return Standardised(table, tuple(map(float, known)), int(table["ratio"].notna().sum()))


def _rates(events: np.ndarray, mix: np.ndarray) -> np.ndarray:
    """Rate of the units together in each stratum, those that miss it left out of it."""
    both = np.isfinite(events) & np.isfinite(mix)
    people = np.where(both, mix, 0.0).sum(axis=0)
    return np.where(both, events, 0.0).sum(axis=0) / np.where(people > 0, people, np.nan)
