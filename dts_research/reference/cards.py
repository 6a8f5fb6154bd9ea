"""What an indicator is: its card, and how its rows are read from the table of observations.

A function is an indicator: its name is the identifier, its docstring the definition in French
that people read, and it reads rows, no more. Rates are not divided here: an analysis does it,
with the interval that goes with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from dts_research.intake.context import Card

READ = ("territory_id", "period", "value", "state", "vintage", "source")
Indicator = Callable[[pd.DataFrame], pd.DataFrame]


def indicator(
    *, label: str, unit: str, source: str, titles: tuple[str, ...] = (), **more: Any
) -> Callable[[Indicator], Indicator]:
    """Say what a function that reads an indicator is about.

    Parameters
    ----------
    label, unit, source
        In French, as reports write them.
    titles
        Patterns of the titles of columns that hold it, folded, without their year.
    more
        vintage, numerator, denominator, guard (what the values do not allow one to say), themes
        (of the experience sheets on its subject), question (asked where its value is unlike
        that of others).
    """

    def known(function: Indicator) -> Indicator:
        name, definition = function.__name__, " ".join((function.__doc__ or "").split())
        card = Card(name, label, unit, source, definition, titles=(name, *titles), **more)
        function.card = card  # type: ignore[attr-defined]
        return function

    return known


def rows(observations: pd.DataFrame, indicator_id: str) -> pd.DataFrame:
    """Give the rows of one indicator: territory_id, period, value, state, vintage, source."""
    mine = observations[observations["indicator_id"] == indicator_id]
    return mine.reindex(columns=list(READ)).reset_index(drop=True)


def set_over(observations: pd.DataFrame, top: str, bottom: str) -> pd.DataFrame:
    """Set one indicator over another, place by place and period by period, undivided.

    Returns
    -------
    pandas.DataFrame
        territory_id, period, numerator, denominator, state: that of the denominator where the
        numerator is known and the denominator is not, else that of the numerator.
    """
    keys = ["territory_id", "period"]
    over, under = (rows(observations, name)[[*keys, "value", "state"]] for name in (top, bottom))
    both = over.merge(under, on=keys, how="left", suffixes=("", "_under"))
    known = both["state"].isin(("published", "zero"))
    lacking = known & both["value_under"].isna()
    state = both["state"].where(~lacking, both["state_under"].fillna("not_given"))
    return both[keys].assign(numerator=both["value"], denominator=both["value_under"], state=state)
