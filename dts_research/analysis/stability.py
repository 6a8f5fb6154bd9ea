"""How far axes and classes hold when the rows are drawn again.

References
----------
C. Hennig, « Cluster-wise assessment of cluster stability », Computational Statistics and Data
Analysis 52, 2007, 258-271: each class is set beside the class that is most like it in each draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dts_research.analysis.complete import numbers
from dts_research.analysis.factorial import Axes
from dts_research.analysis.profiles import Profiles, Recipe, made_from
from dts_research.errors import MaterialError, RequestError

# An axis is found again when the angle is under 37 degrees; a class, when it keeps half its rows.
SAME_AXIS, SAME_CLASS = 0.8, 0.5


@dataclass(frozen=True)
class Stability:
    """What became of each class and of each axis when rows were drawn again.

    Parameters
    ----------
    classes
        One row per class: likeness (mean over the draws of the Jaccard index of the class with
        the one most like it, from 0 to 1), found (draws in which it passes one half).
    axes
        One row per axis kept: likeness (mean absolute cosine with the axis most like it), found
        (draws in which it passes 0.8).
    runs
        Draws that made a map.
    failed
        Draws that made none: too few different rows.
    reading
        French sentences to print with the figures.
    """

    classes: pd.DataFrame
    axes: pd.DataFrame
    runs: int
    failed: int
    seed: int
    reading: str


def stability(
    table: pd.DataFrame, made: Profiles, *, runs: int = 100, seed: int, share: float = 0.0
) -> Stability:
    """Make the profiles again on rows drawn at random.

    Parameters
    ----------
    table
        The table that made the profiles.
    made
        The profiles; as many axes and classes are made in each draw.
    runs
        Number of draws.
    seed
        The same seed gives the same draws.
    share
        Rows kept in each draw, from 0 to 1, each once; 0 draws as many rows as there are, with
        replacement (bootstrap).

    Raises
    ------
    RequestError
        When there is nothing to draw.
    """
    if runs < 1 or not 0 <= share < 1:
        raise RequestError(
            f"Au moins 1 tirage et une part entre 0 et 1 sont attendus ; reçu {runs} et {share}.",
            "Donner par exemple 100 tirages.",
        )
    if made.recipe.method != "mca":
        table = pd.DataFrame(numbers(table), table.index, table.columns)
    chance, n = np.random.default_rng(seed), len(table)
    pairs = []
    for _ in range(runs):
        drawn = np.sort(chance.choice(n, round(share * n) or n, replace=share == 0))
        again = _again(table.iloc[drawn], made.recipe)
        if again is not None:
            pairs.append((_classes_found(made, again, drawn), _axes_found(made, again)))
    of_classes, of_axes = zip(*pairs) if pairs else ((), ())
    classes = _summary(of_classes, made.classes.centres.index, SAME_CLASS)
    axes = _summary(of_axes, made.places.columns, SAME_AXIS)
    reading = _reading(classes, axes, (len(pairs), runs), share)
    return Stability(classes, axes, len(pairs), runs - len(pairs), seed, reading)


def _again(drawn: pd.DataFrame, recipe: Recipe) -> Profiles | None:
    """Profiles of rows drawn, without the columns that no longer tell them apart."""
    rows = drawn.reset_index(drop=True)
    if recipe.method == "ca":
        rows = rows.loc[:, rows.sum() > 0]
    elif recipe.method == "pca":
        rows = rows.loc[:, np.ptp(rows.to_numpy(), axis=0) > 0]
    try:
        return made_from(rows, replace(recipe, k=min(recipe.k, len(rows))))
    except MaterialError:
        return None


def _classes_found(made: Profiles, again: Profiles, drawn: np.ndarray) -> np.ndarray:
    """Jaccard index of each class with the one most like it, among the rows drawn."""
    kept, first = np.unique(drawn, return_index=True)
    before, after = made.classes.labels.to_numpy()[kept], again.classes.labels.to_numpy()[first]
    ours = np.stack([before == letter for letter in made.classes.centres.index]).astype(float)
    theirs = np.stack([after == letter for letter in again.classes.centres.index]).astype(float)
    both = ours @ theirs.T
    either = ours.sum(axis=1)[:, None] + theirs.sum(axis=1) - both
    best = np.divide(both, either, where=either > 0, out=np.zeros_like(both)).max(axis=1)
    # A class of which no row was drawn has nothing to be found by.
    return np.where(ours.any(axis=1), best, np.nan)


def _axes_found(made: Profiles, again: Profiles) -> np.ndarray:
    """Absolute cosine of each axis with the one most like it; both by their columns."""
    ours = _directions(made.axes, made.recipe.axes)
    theirs = _directions(again.axes, again.recipe.axes).reindex(ours.index, fill_value=0.0)
    return np.abs(ours.to_numpy().T @ theirs.to_numpy()).max(axis=1)


def _directions(axes: Axes, kept: int) -> pd.DataFrame:
    """Unit vectors of the axes, in the space of the columns."""
    weights = np.sqrt(axes.columns.weights.to_numpy())[:, None]
    return (axes.columns.coordinates * weights / axes.scales).iloc[:, :kept]


def _summary(runs: Sequence[np.ndarray], names: pd.Index, least: float) -> pd.DataFrame:
    likeness = np.array(runs).reshape(len(runs), len(names))
    seen = ~np.isnan(likeness)
    total = np.nansum(likeness, axis=0)
    mean = np.divide(total, seen.sum(axis=0), where=seen.any(axis=0), out=total * np.nan)
    found = (np.where(seen, likeness, 0.0) > least).sum(axis=0)
    return pd.DataFrame({"likeness": mean, "found": found}, index=names)


def _reading(classes: pd.DataFrame, axes: pd.DataFrame, runs: tuple[int, int], share: float) -> str:
    """Say in French what was done and what held."""
    made, asked = runs
    if not made:
        return "Aucun tirage n'a donné de carte : il y a trop peu de lignes différentes."
    how = f"en gardant {round(100 * share)} lignes sur 100" if share else "avec remise"
    found = ", ".join(f"la classe {name} {count} fois" for name, count in classes["found"].items())
    kept = ", ".join(f"l'axe {name} {count} fois" for name, count in axes["found"].items())
    without = f" ({asked - made} autres n'ont pas donné de carte)" if asked > made + 1 else ""
    if asked == made + 1:
        without = " (un autre n'a pas donné de carte)"
    return (
        f"Sur {made} tirage{'s' if made > 1 else ''} des lignes {how}{without}, on retrouve "
        f"{found} (plus de la moitié des lignes en commun), et {kept} (à peu près la même "
        "direction). Ce qui se retrouve rarement tient à quelques lignes : à ne pas nommer "
        "trop vite."
    )
