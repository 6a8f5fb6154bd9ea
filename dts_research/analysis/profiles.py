"""Profiles: axes of a table and classes on them, made by one recipe that can be made again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from dts_research.analysis.clusters import Classes, cluster
from dts_research.analysis.factorial import Axes, Method, correspondence, multiple, principal
from dts_research.errors import MaterialError, RequestError

MAKE: dict[Method, Callable[[pd.DataFrame], Axes]] = {
    "ca": correspondence,
    "mca": multiple,
    "pca": principal,
}

# Under ten rows, or with mostly empty cells, a map shows chance.
FEWEST, EMPTIEST = 10, 0.5


@dataclass(frozen=True)
class Recipe:
    """How profiles are made.

    Parameters
    ----------
    method
        ``ca`` for counts, ``mca`` for answers, ``pca`` for quantities.
    axes
        Axes kept to make classes; all of them when there are fewer.
    k
        Number of classes; 0 takes the one that the tree suggests.
    """

    method: Method
    axes: int = 5
    k: int = 0


@dataclass(frozen=True)
class Profiles:
    """Axes and classes of one table, and the recipe with the number of classes made."""

    axes: Axes
    classes: Classes
    recipe: Recipe

    @property
    def places(self) -> pd.DataFrame:
        """Coordinates of the rows on the axes kept."""
        return self.axes.rows.coordinates.iloc[:, : self.recipe.axes]


def profile(table: pd.DataFrame, recipe: Recipe) -> Profiles:
    """Make axes and classes, where there is enough to make some.

    Raises
    ------
    MaterialError
        When there are under ten rows, when counts are mostly zeros, when the table has a hole
        or makes no axis; rows and columns are named.
    RequestError
        When the recipe cannot be followed.
    """
    if len(table) < FEWEST:
        raise MaterialError(
            f"Des profils se lisent à partir de {FEWEST} lignes ; reçu {len(table)}.",
            "Lire ces lignes une à une, ou en ajouter.",
        )
    if recipe.method == "ca" and (table == 0).to_numpy().mean() > EMPTIEST:
        raise MaterialError(
            "Plus de la moitié des cases de ce tableau sont des zéros : la carte ne montrerait "
            "que des absences.",
            "Regrouper des colonnes, ou prendre une période plus longue.",
        )
    return made_from(table, recipe)


def made_from(table: pd.DataFrame, recipe: Recipe) -> Profiles:
    """Make axes and classes of any table, however small: that of a draw, for instance."""
    if recipe.axes < 1:
        raise RequestError(
            f"Nombre d'axes attendu : 1 ou plus ; reçu {recipe.axes}.", "Donner par exemple 5."
        )
    axes = MAKE[recipe.method](table)
    kept = min(recipe.axes, len(axes.eigenvalues))
    # Rows of counts weigh by their counts; respondents and territories weigh the same.
    weights = axes.rows.weights if recipe.method == "ca" else None
    classes = cluster(axes.rows.coordinates.iloc[:, :kept], weights=weights, k=recipe.k)
    return Profiles(axes, classes, Recipe(recipe.method, kept, len(classes.sizes)))
