"""What is laid on a map without having made it: rows, columns, categories, quantities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dts_research.analysis.complete import listed, refuse_holes, texts
from dts_research.analysis.factorial import Axes, Points, indicators, points
from dts_research.errors import MaterialError


@dataclass(frozen=True)
class Categories(Points):
    """Categories on the axes; rows are (variable, category).

    Parameters
    ----------
    v_tests
        Distance of each category to the centre in standard deviations of chance: beyond 2, the
        rows that share it are not spread along the axis like any others.
    eta2
        One row per variable: share of the spread along each axis that it tells apart.
    counts
        Rows in each category.
    """

    v_tests: pd.DataFrame
    eta2: pd.DataFrame
    counts: pd.Series


def more_rows(axes: Axes, table: pd.DataFrame) -> Points:
    """Lay other rows on a map: counts, quantities or answers, as in the table that made it.

    Raises
    ------
    MaterialError
        When a column or an answer is unknown, missing, or when a row counts only zeros.
    """
    given = _as_table(axes, table)
    columns = axes.columns
    if axes.method == "pca":
        gaps = (given - axes.means.to_numpy()) / axes.deviations.to_numpy()
    else:
        gaps = _profiles(given, table.index) / columns.weights.to_numpy() - 1
    weights = columns.weights.to_numpy()
    placed = gaps * weights @ columns.coordinates.to_numpy() / axes.scales
    return points(placed, (gaps**2 * weights).sum(axis=1), table.index)


def more_columns(axes: Axes, table: pd.DataFrame) -> Points:
    """Lay other columns of counts on a map of correspondences, one row per row of the map."""
    given = _numbers(_in_order(table, axes.rows.weights.index, "ligne"))
    weights = axes.rows.weights.to_numpy()
    gaps = _profiles(given.T, table.columns).T / weights[:, None] - 1
    placed = (gaps * weights[:, None]).T @ axes.rows.coordinates.to_numpy() / axes.scales
    return points(placed, (gaps**2 * weights[:, None]).sum(axis=0), table.columns)


def correlations(axes: Axes, values: pd.DataFrame) -> pd.DataFrame:
    """Correlate quantities with the axes: one row per quantity."""
    given = _numbers(_in_order(values, axes.rows.weights.index, "ligne"))
    weights = axes.rows.weights.to_numpy()
    gaps = given - weights @ given
    spread = np.sqrt(weights @ gaps**2)
    far = np.where(spread > 0, spread, np.nan)[:, None]
    found = (gaps * weights[:, None]).T @ axes.rows.coordinates.to_numpy() / axes.scales / far
    return pd.DataFrame(found, values.columns, axes.rows.coordinates.columns)


def categories(axes: Axes, answers: pd.DataFrame) -> Categories:
    """Lay categories on a map of answers or of quantities; those that made it too.

    Parameters
    ----------
    axes
        Multiple correspondences or principal components: rows weigh the same.
    answers
        One row per row of the map, one column per variable.

    References
    ----------
    L. Lebart, A. Morineau and M. Piron, « Statistique exploratoire multidimensionnelle », Dunod,
    1995, section 1.4 (valeurs-tests).
    """
    if axes.method == "ca":
        raise ValueError("a table of counts has no categories of rows: describe classes instead")
    table = indicators(texts(_in_order(answers, axes.rows.weights.index, "ligne")))
    ones, n = table.to_numpy(), len(table)
    counts = ones.sum(axis=0)
    means = ones.T @ axes.rows.coordinates.to_numpy() / counts[:, None]
    standard = means / axes.scales
    with np.errstate(divide="ignore"):
        beyond = np.sqrt(counts * (n - 1) / (n - counts))[:, None]
    shown = points(means, (means**2).sum(axis=1), table.columns)
    if axes.method == "mca":
        shown = points(standard, n / counts - 1, table.columns)
    names, columns = table.columns, shown.coordinates.columns
    told = pd.DataFrame(counts[:, None] / n * standard**2, names, columns)
    eta2 = told.groupby(level="variable", sort=False).sum()
    v_tests = pd.DataFrame(standard * np.where(np.isfinite(beyond), beyond, 0.0), names, columns)
    return Categories(shown.coordinates, shown.cos2, v_tests, eta2, pd.Series(counts, names))


def _as_table(axes: Axes, table: pd.DataFrame) -> np.ndarray:
    """Columns of the map, in its order, as numbers."""
    names = axes.columns.weights.index
    if axes.method != "mca":
        return _numbers(_in_order(table.T, names, "colonne").T)
    variables = names.get_level_values("variable").unique()
    asked = _in_order(table.T, variables, "colonne").T.astype(object)
    refuse_holes(asked, "une réponse")
    words = asked.astype(str)
    for name in variables:
        known = set(names[names.get_level_values("variable") == name].get_level_values("category"))
        new = sorted(set(words[name]) - {str(word) for word in known})
        if new:
            raise MaterialError(
                f"« {name} » a des réponses absentes de la carte : {listed(list(new))}.",
                "Les ajouter aux lignes qui font la carte, ou les retirer.",
            )
    return np.column_stack([words[name] == str(word) for name, word in names]).astype(float)


def _numbers(table: pd.DataFrame) -> np.ndarray:
    found = table.apply(pd.to_numeric, errors="coerce")
    refuse_holes(found, "un nombre")
    return found.to_numpy(dtype=float)


def _in_order(table: pd.DataFrame, names: pd.Index, kind: str) -> pd.DataFrame:
    """Rows of a table in the order of the map; those that are not there are named."""
    lost = [name for name in names if name not in table.index]
    if lost:
        raise MaterialError(
            f"Il manque des {kind}s de la carte : {listed(lost)}.",
            f"Donner les mêmes {kind}s que pour la carte.",
        )
    return table.loc[names]


def _profiles(table: np.ndarray, names: pd.Index) -> np.ndarray:
    """Shares of each row."""
    sums = table.sum(axis=1)
    if (sums <= 0).any():
        raise MaterialError(
            f"Rien à compter pour : {listed(list(names[sums <= 0]))}.",
            "Les retirer et le dire : sans effectif, il n'y a pas de profil à comparer.",
        )
    return table / sums[:, None]
