"""Territories in similar contexts, and whether they stay so when one variable is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dts_research.analysis.intervals import Numbers

# Distances, in standard deviations squared, that agree so far are equal.
DIGITS = 9
# Distances held at once: bounds the memory, not the number of territories.
AT_ONCE = 40_000


@dataclass(frozen=True)
class Neighbours:
    """The nearest territories of each, in the order given and never by distance.

    Parameters
    ----------
    table
        One row per pair: unit, neighbour, stability (share of the comparisons with one variable
        left out in which it remains among the nearest; missing with a single variable). Both
        units and neighbours stand in the order given; no distance is handed out.
    variables
        What was compared, in the order asked for; the list is to be printed.
    flat
        Those of them which are the same everywhere, and so tell nobody apart.
    set_aside
        Territories compared to none, because they lack a variable: unit, lacking (names).
    k
        Neighbours of each.
    n
        Territories compared.
    """

    table: pd.DataFrame
    variables: tuple[str, ...]
    flat: tuple[str, ...]
    set_aside: pd.DataFrame
    k: int
    n: int

    def of(self, unit: str) -> pd.DataFrame:
        """Give the neighbours of one unit and their stability, in the order given."""
        mine = self.table[self.table["unit"] == unit]
        return mine[["neighbour", "stability"]].reset_index(drop=True)


def nearest(values: pd.DataFrame, variables: Sequence[str], *, k: int = 5) -> Neighbours:
    """Find the territories nearest to each by variables brought to the same scale.

    Each variable is centred and divided by its standard deviation over the territories compared;
    the distance is Euclidean. A territory that lacks one variable is compared to none: on fewer
    variables its distances would be shorter for no reason. At equal distance, the first given is
    taken.

    Parameters
    ----------
    values
        One row per territory, its name as index, in the order in which they are to be shown
        (alphabetical, geographic); one column per variable.
    variables
        Columns to compare.
    k
        How many neighbours; fewer when there are not so many others.

    Raises
    ------
    ValueError
        When a name comes twice, no variable is given or ``k`` is under one.

    References
    ----------
    Insee, « Proximités entre départements » : a few nearest ones on printed variables, whose
    order depends on the variables and is to be read with caution.
    """
    if not values.index.is_unique or not variables or k < 1:
        raise ValueError("names must differ, with at least one variable and one neighbour")
    grid = values[list(variables)].to_numpy(float)
    grid = np.where(np.isfinite(grid), grid, np.nan)
    lacking = np.isnan(grid)
    complete = ~lacking.any(axis=1)
    units = values.index[complete]
    scaled, flat = _scaled(grid[complete])
    k = max(0, min(k, len(units) - 1))
    one, other, stability = _pairs(scaled, k)
    table = pd.DataFrame({"unit": units[one], "neighbour": units[other], "stability": stability})
    names = np.array(variables, object)
    aside = [(unit, tuple(names[row])) for unit, row in zip(values.index, lacking) if row.any()]
    set_aside = pd.DataFrame(aside, columns=["unit", "lacking"])
    return Neighbours(table, tuple(variables), tuple(names[flat]), set_aside, k, len(units))


def _scaled(grid: Numbers) -> tuple[Numbers, np.ndarray]:
    """Z-scores of the variables that vary, and which do not."""
    if not len(grid):
        return grid, np.zeros(grid.shape[1], bool)
    spread = grid.std(axis=0)
    flat = np.ptp(grid, axis=0) == 0
    return (grid - grid.mean(axis=0))[:, ~flat] / spread[~flat], flat


def _pairs(scaled: Numbers, k: int) -> tuple[np.ndarray, np.ndarray, Numbers]:
    """Positions of the units, of their neighbours, and the stability of each pair."""
    count = len(scaled)
    step = max(1, AT_ONCE // max(1, count))
    blocks = [_block(scaled, start, min(start + step, count), k) for start in range(0, count, step)]
    if not k or not blocks:
        return np.array([], int), np.array([], int), np.array([])
    one, other, kept = (np.concatenate(column) for column in zip(*blocks))
    runs = scaled.shape[1]
    return one, other, kept / runs if runs > 1 else np.full(len(kept), np.nan)


def _block(scaled: Numbers, start: int, stop: int, k: int) -> tuple[np.ndarray, ...]:
    parts = [(column[start:stop, None] - column[None, :]) ** 2 for column in scaled.T]
    total = np.zeros((stop - start, len(scaled))) + sum(parts)
    total[np.arange(stop - start), np.arange(start, stop)] = np.inf
    near = _among_nearest(total, k)
    kept = np.zeros(total.shape, int)
    for part in parts:
        kept += _among_nearest(total - part, k)
    one, other = np.nonzero(near)
    return one + start, other, kept[one, other]


def _among_nearest(distances: Numbers, k: int) -> np.ndarray:
    """Which columns are the k nearest of each row, the first given at equal distance."""
    if not k:
        return np.zeros(distances.shape, bool)
    rounded = np.round(distances, DIGITS)
    last = np.partition(rounded, k - 1, axis=1)[:, k - 1 : k]
    inside, level = rounded < last, rounded == last
    room = k - np.count_nonzero(inside, axis=1, keepdims=True)
    tied = (np.count_nonzero(level, axis=1, keepdims=True) > room)[:, 0]
    level[tied] &= np.cumsum(level[tied], axis=1) <= room[tied]
    return inside | level
