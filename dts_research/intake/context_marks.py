"""What a cell without a number means, and which zeros are none: the marks of absence kept apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from dts_research.schema import casts
from dts_research.schema.catalogue import plain

PUBLISHED, ZERO, UNCOVERED = "published", "zero", "not_applicable"
UNCOVERED_SENTENCE = (
    "Un 0 avant la première valeur d'un territoire veut dire que la source ne le couvre pas encore"
)
FEWEST_ZEROS = 3
# As INSEE, ministries and observatories write them; the first line is proposed in any case.
USUAL: Mapping[str, str] = {
    "": "not_given", "nd": "not_published", "s": "secret", "so": "not_applicable",
    **dict.fromkeys(("secret", "c", "ss", "secret stat", "secret statistique"), "secret"),
    **dict.fromkeys(("confidentiel", "donnee confidentielle"), "secret"),
    **dict.fromkeys(("n.d.", "n.d", "nc", "n.c.", "np", "...", "…"), "not_published"),
    **dict.fromkeys(("non disponible", "non publie", "non communique"), "not_published"),
    **dict.fromkeys(("s.o.", "s.o", "sans objet", "///", "//", "non concerne"), "not_applicable"),
    **dict.fromkeys(("nr", "n.r.", "na", "n/a", "#n/a", "nan", "null", "-", "—"), "not_given"),
    **dict.fromkeys(("non renseigne", "?", ".", ":"), "not_given"),
}  # fmt: skip
_ALWAYS = ("", "nd", "s", "secret", "so")


def marks_of(texts: Iterable[str]) -> dict[str, str]:
    """Marks of absence to propose: the commonest, then the others that are met."""
    met = {plain(text) for text in texts}
    return {text: state for text, state in USUAL.items() if text in _ALWAYS or text in met}


def number_of(text: str) -> float | None:
    """Read a number: « 1,5 % » is 1.5, its sign tells the unit."""
    return casts.to_number(text.removesuffix("%").strip())


def is_mark(text: str) -> bool:
    """Tell a usual mark of absence."""
    return plain(text) in USUAL


def is_value(text: str) -> bool:
    """Tell a number, or a usual mark of absence."""
    return number_of(text) is not None or is_mark(text)


def states_of(texts: pd.Series, absences: Mapping[str, str]) -> pd.Series:
    """State of each cell (stripped texts); missing where it is neither number nor known mark."""
    found: dict[str, str | None] = {}
    for text in texts.unique():
        number = number_of(text)
        told = absences.get(plain(text)) or absences.get(text)
        found[text] = told or (None if number is None else PUBLISHED if number else ZERO)
    return texts.map(found)


def before_first(rows: pd.DataFrame) -> pd.Series:
    """Tell the zeros that come before the first value of their territory.

    Parameters
    ----------
    rows
        Columns indicator_id, territory_id, period, state; one row per value.

    Returns
    -------
    pandas.Series
        True for those zeros; a territory that has no other value keeps its zeros.
    """
    order = rows.sort_values("period", kind="stable")
    groups = [order["indicator_id"], order["territory_id"]]
    positive = order["state"].eq(PUBLISHED)
    started = positive.groupby(groups).cummax()
    ever = positive.groupby(groups).transform("any")
    return (order["state"].eq(ZERO) & ever & ~started).reindex(rows.index)


def comes_late(rows: pd.DataFrame) -> set[str]:
    """Indicators all of whose zeros come before a first value, several times in a row."""
    early = before_first(rows)
    found = set()
    for name, mine in rows.groupby("indicator_id"):
        zeros = mine["state"].eq(ZERO)
        runs = early[mine.index].groupby(mine["territory_id"]).sum()
        enough = (runs[runs > 0] >= FEWEST_ZEROS).all() and runs.sum() > 0
        if enough and bool((early[mine.index] == zeros).all()):
            found.add(str(name))
    return found
