"""Maps of a table: correspondence analyses, single and multiple, and principal components.

The three are one computation. A table of gaps to what is expected, a weight for each row and for
each column, and the axes along which the weighted gaps are the largest. The decomposition is
the full one of LAPACK: an approximate one is wrong from the third digit on.

References
----------
L. Lebart, A. Morineau and M. Piron, « Statistique exploratoire multidimensionnelle », Dunod, 1995.
M. Greenacre, « Correspondence analysis in practice », 2nd edition, Chapman and Hall, 2007.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from dts_research.analysis.complete import listed, numbers, texts
from dts_research.errors import MaterialError

Method = Literal["ca", "mca", "pca"]
# Under this share of the first singular value, an axis holds rounding errors only.
NOTHING = 1e-7
# Two coordinates this close are the same: the name settles which one gives the sign.
TIED = 1e-9


@dataclass(frozen=True)
class Points:
    """Points on the axes, one row each, in the order of the caller; columns are axes, from 1.

    Parameters
    ----------
    coordinates
        Principal coordinates.
    cos2
        Quality of the representation on each axis, from 0 to 1.
    """

    coordinates: pd.DataFrame
    cos2: pd.DataFrame


@dataclass(frozen=True)
class Active(Points):
    """Points that make the axes.

    Parameters
    ----------
    contributions
        What each point gives to each axis; an axis sums to 100.
    weights
        Weight of each point.
    inertia
        Weight times squared distance to the centre: the sum is that of the eigenvalues.
    """

    contributions: pd.DataFrame
    weights: pd.Series
    inertia: pd.Series


@dataclass(frozen=True)
class Axes:
    """Axes of a table, all of them.

    Parameters
    ----------
    method
        Simple correspondences, multiple correspondences or principal components.
    eigenvalues
        One row per axis: columns eigenvalue, percent, cumulated.
    rows, columns
        Points of the table. The columns of multiple correspondences are (variable, category).
    means, deviations
        Of the columns, with principal components only.
    """

    method: Method
    eigenvalues: pd.DataFrame
    rows: Active
    columns: Active
    means: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))
    deviations: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))

    @property
    def scales(self) -> np.ndarray:
        """Spread of the rows along each axis: the singular values."""
        return np.sqrt(self.eigenvalues["eigenvalue"].to_numpy())


def correspondence(table: pd.DataFrame) -> Axes:
    """Correspondence analysis of a table of counts, such as territories by kinds of structure.

    Parameters
    ----------
    table
        Counts or other quantities that can be added up; names of rows and columns are unique.

    Raises
    ------
    MaterialError
        When a number is missing or negative, when a row or a column sums to zero, or when all
        rows have the same profile; rows and columns are named.
    """
    counts = numbers(table)
    negative = (counts < 0).any(axis=1)
    if negative.any():
        raise MaterialError(
            f"Des effectifs négatifs à : {listed(list(table.index[negative]))}.",
            "Une analyse des correspondances compare des effectifs ; corriger ces lignes.",
        )
    for kind, names, sums in (
        ("lignes", table.index, counts.sum(axis=1)), ("colonnes", table.columns, counts.sum(axis=0))
    ):  # fmt: skip
        if (sums == 0).any():
            raise MaterialError(
                f"Ces {kind} ne comptent que des zéros : {listed(list(names[sums == 0]))}.",
                "Les retirer et le dire : sans effectif, il n'y a pas de profil à comparer.",
            )
    shares = counts / counts.sum()
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    gaps = shares / np.outer(rows, columns) - 1
    return _axes("ca", pd.DataFrame(gaps, table.index, table.columns), rows, columns)


def multiple(answers: pd.DataFrame) -> Axes:
    """Multiple correspondence analysis of answers, one row per respondent.

    Parameters
    ----------
    answers
        One column per question. Silence is a choice of the caller: an answer of its own
        (« Non renseigné »), or a row left out.

    Raises
    ------
    MaterialError
        When an answer is missing, or when nobody differs.
    """
    table = indicators(texts(answers))
    found = correspondence(table)
    return Axes("mca", found.eigenvalues, found.rows, found.columns)


def principal(values: pd.DataFrame) -> Axes:
    """Principal components of standardised quantities: each column weighs the same.

    Raises
    ------
    MaterialError
        When a number is missing (nothing is imputed) or when a column never changes, by name.
    """
    table = numbers(values)
    means, deviations = table.mean(axis=0), table.std(axis=0)
    still = deviations <= 1e-12 * np.maximum(np.abs(table).max(axis=0), 1e-300)
    if still.any():
        raise MaterialError(
            f"Ces colonnes ont partout la même valeur : {listed(list(values.columns[still]))}.",
            "Les retirer : elles ne distinguent aucune ligne d'une autre.",
        )
    gaps = pd.DataFrame((table - means) / deviations, values.index, values.columns)
    weights = np.full(len(values), 1 / len(values))
    found = _axes("pca", gaps, weights, np.ones(len(values.columns)))
    names = values.columns
    return Axes(
        "pca", found.eigenvalues, found.rows, found.columns,
        pd.Series(means, names), pd.Series(deviations, names),
    )  # fmt: skip


def indicators(answers: pd.DataFrame) -> pd.DataFrame:
    """One column of zeros and ones per (variable, category)."""
    pairs = [(name, word) for name in answers for word in answers[name].cat.categories]
    columns = [(answers[name] == word).to_numpy(dtype=float) for name, word in pairs]
    names = pd.MultiIndex.from_tuples(pairs, names=["variable", "category"])
    return pd.DataFrame(np.column_stack(columns), answers.index, names)


def poles(axes: Axes, axis: int, *, most: int = 3) -> tuple[list[object], list[object]]:
    """Columns that give an axis its sense: the strongest contributions on each side.

    Returns
    -------
    tuple of two lists
        Names on the negative side, then on the positive side.
    """
    given = axes.columns.contributions[axis]
    side = axes.columns.coordinates[axis]
    kept = [given[side < 0].nlargest(most), given[side > 0].nlargest(most)]
    return list(kept[0].index), list(kept[1].index)


def _axes(method: Method, gaps: pd.DataFrame, rows: np.ndarray, columns: np.ndarray) -> Axes:
    """Decompose weighted gaps."""
    table = gaps.to_numpy()
    weighted = np.sqrt(rows)[:, None] * table * np.sqrt(columns)
    left, scales, right = np.linalg.svd(weighted, full_matrices=False)
    if scales[0] < 1e-10:
        raise MaterialError(
            "Toutes les lignes ont le même profil : il n'y a pas d'axe qui les distingue.",
            "Choisir d'autres colonnes.",
        )
    kept = scales > NOTHING * scales[0]
    left, scales, right = left[:, kept], scales[kept], right.T[:, kept]
    along = right * scales / np.sqrt(columns)[:, None]
    signs = _signs(along, gaps.columns)
    along, across = along * signs, left * scales / np.sqrt(rows)[:, None] * signs
    return Axes(
        method,
        _eigenvalues(scales**2),
        _active(across, rows, (table**2 * columns).sum(axis=1), gaps.index),
        _active(along, columns, (table**2 * rows[:, None]).sum(axis=0), gaps.columns),
    )


def _signs(coordinates: np.ndarray, names: pd.Index) -> np.ndarray:
    """Make the largest coordinate of the columns positive; the name settles ties."""
    size = np.abs(coordinates)
    order = sorted(range(len(names)), key=lambda i: str(names[i]))
    tied = size[order] >= (1 - TIED) * size.max(axis=0)
    chosen = np.asarray(order)[tied.argmax(axis=0)]
    return np.where(coordinates[chosen, range(coordinates.shape[1])] < 0, -1.0, 1.0)


def _eigenvalues(values: np.ndarray) -> pd.DataFrame:
    percent = 100 * values / values.sum()
    columns = {"eigenvalue": values, "percent": percent, "cumulated": percent.cumsum()}
    return pd.DataFrame(columns, index=pd.RangeIndex(1, len(values) + 1, name="axis"))


def _active(
    coordinates: np.ndarray, weights: np.ndarray, distances: np.ndarray, names: pd.Index
) -> Active:
    """Points that make the axes, from their coordinates and squared distances to the centre."""
    placed = points(coordinates, distances, names)
    given = weights[:, None] * coordinates**2
    shares = pd.DataFrame(100 * given / given.sum(axis=0), names, placed.cos2.columns)
    inertia = pd.Series(weights * distances, names)
    return Active(placed.coordinates, placed.cos2, shares, pd.Series(weights, names), inertia)


def points(coordinates: np.ndarray, distances: np.ndarray, names: pd.Index) -> Points:
    """Give coordinates and cos2; a point at the centre is well seen nowhere."""
    axes = pd.RangeIndex(1, coordinates.shape[1] + 1, name="axis")
    far = np.where(distances > 1e-24, distances, np.inf)[:, None]
    shown = pd.DataFrame(coordinates, names, axes)
    return Points(shown, pd.DataFrame(coordinates**2 / far, names, axes))
