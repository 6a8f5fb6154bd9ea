"""Tables without a hole: what may be drawn as a map, and what has to be left aside and said."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dts_research.errors import MaterialError

SHOWN = 5


@dataclass(frozen=True)
class Complete:
    """Rows that have everything, in the order in which they came.

    Parameters
    ----------
    table
        Rows without a hole.
    aside
        Rows left out, in their order, with the columns that are missing.
    """

    table: pd.DataFrame
    aside: Mapping[Hashable, tuple[str, ...]]


def holes(table: pd.DataFrame) -> dict[Hashable, tuple[str, ...]]:
    """Find the rows that lack something, and the columns where they do."""
    gone = table.isna().to_numpy()
    names = np.array([str(name) for name in table.columns], dtype=object)
    rows = np.flatnonzero(gone.any(axis=1))
    return {table.index[row]: tuple(names[gone[row]]) for row in rows}


def complete(table: pd.DataFrame) -> Complete:
    """Set aside the rows that lack something, so that they can be named."""
    lacking = table.isna().any(axis=1).to_numpy()
    return Complete(table.loc[~lacking], holes(table))


def numbers(table: pd.DataFrame, *, columns: int = 2) -> np.ndarray:
    """Give the numbers of a table that has no hole, two rows and so many columns at least.

    Raises
    ------
    MaterialError
        When a number is missing, with the names of the rows and of the columns.
    """
    _refuse_unnamed(table, columns=columns)
    found = table.apply(pd.to_numeric, errors="coerce").replace([np.inf, -np.inf], np.nan)
    refuse_holes(found, "un nombre")
    return found.to_numpy(dtype=float)


def texts(answers: pd.DataFrame) -> pd.DataFrame:
    """Give the answers of a table that has no hole, as categories in a stable order.

    Raises
    ------
    MaterialError
        When an answer is missing, with the names of the rows and of the columns.
    """
    _refuse_unnamed(answers, columns=1)
    refuse_holes(answers, "une réponse")
    return pd.DataFrame({name: _categories(answers[name]) for name in answers.columns})


def _categories(column: pd.Series) -> pd.Series:
    """Categories in the order they were given, else in alphabetical order."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.remove_unused_categories()
    words = column.astype(str).astype(object)
    return words.astype(pd.CategoricalDtype(sorted(set(words))))


def refuse_holes(table: pd.DataFrame, what: str) -> None:
    """Refuse a table with holes, by name."""
    found = holes(table)
    if not found:
        return
    named = [f"{row} ({', '.join(columns)})" for row, columns in list(found.items())[:SHOWN]]
    rest = len(found) - len(named)
    more = f" ; et {rest} autre{'s' if rest > 1 else ''} ligne{'s' if rest > 1 else ''}"
    raise MaterialError(
        f"Il manque {what} à : {' ; '.join(named)}{more if rest else ''}.",
        "Retirer ces lignes ou ces colonnes et le dire : une case vide ne se remplace pas.",
    )


def listed(names: list[Hashable]) -> str:
    """Write names one after the other, the first few only."""
    rest = len(names) - SHOWN
    more = f" et {rest} de plus" if rest > 0 else ""
    return ", ".join(f"« {name} »" for name in names[:SHOWN]) + more


def _refuse_unnamed(table: pd.DataFrame, *, columns: int) -> None:
    """Refuse a table too small to compare anything, or whose names do not tell rows apart."""
    if len(table) < 2 or len(table.columns) < columns:
        raise MaterialError(
            f"Il faut au moins 2 lignes et {columns} colonne{'s' if columns > 1 else ''} pour "
            f"comparer ; reçu {len(table)} et {len(table.columns)}.",
            "Ajouter des lignes ou des colonnes.",
        )
    for kind, names in (("ligne", table.index), ("colonne", table.columns)):
        twins = list(dict.fromkeys(names[names.duplicated()]))
        if twins:
            raise MaterialError(
                f"Un même nom désigne plusieurs {kind}s : {listed(twins)}.",
                f"Donner à chaque {kind} un nom à elle, par exemple un code.",
            )
