"""Work once per distinct text of a column, then set the results where the texts stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Distinct:
    """The distinct cells of a column, a missing one included, and where each stands.

    Parameters
    ----------
    texts
        Each text once, in order of appearance; index 0, 1, 2…
    codes
        For each row, the place of its text in `texts`.
    index
        Row numbers.
    """

    texts: pd.Series
    codes: np.ndarray
    index: pd.Index

    def spread(self, values: pd.Series) -> pd.Series:
        """Give each row the value found for its text."""
        return pd.Series(values.array.take(self.codes), index=self.index)

    def everywhere(self, found: pd.DataFrame) -> pd.DataFrame:
        """Repeat rows that speak of a text (column ``row``) for each row where it stands."""
        spoken = np.flatnonzero(np.isin(self.codes, found["row"]))
        places = pd.DataFrame({"row": self.codes[spoken], "place": self.index[spoken]})
        told = places.merge(found, on="row", how="left")
        return told.assign(row=told["place"])[list(found.columns)]


def distinct(text: pd.Series) -> Distinct:
    """Find the distinct cells of a column of text."""
    codes, texts = pd.factorize(text.astype("str"), use_na_sentinel=False)
    return Distinct(pd.Series(texts, dtype="str"), codes, text.index)


def column_of(cells: Sequence[object], index: pd.Index) -> pd.Series:
    """Cells as a column of text (through an array: a sequence costs twice as much)."""
    column = np.empty(len(cells), dtype=object)
    column[:] = cells
    return pd.Series(column, index=index, dtype="str")


def trimmed(text: pd.Series) -> pd.Series:
    """Give the cells of a column without their outer blanks; blank ones are missing.

    The column itself is given back when it needs nothing, as most do.
    """
    cells = text.tolist()
    bare = [t.strip() or np.nan if isinstance(t, str) else t for t in cells]
    return text.astype("str") if bare == cells else column_of(bare, text.index)


def by_distinct(text: pd.Series, function: Callable[[str], Any]) -> pd.Series:
    """Apply a function once per distinct text; blanks stay missing."""
    values = {t: function(t) for t in text.dropna().unique()}
    return text.astype(object).map(values)
