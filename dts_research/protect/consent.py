"""Consent: what a person agreed to, from analysis only to being quoted."""

from __future__ import annotations

import pandas as pd

QUOTABLE = frozenset({"quote", "structure_name"})


def quotable(quotes: pd.DataFrame) -> pd.DataFrame:
    """Keep the quotes whose speakers agreed to be quoted.

    Parameters
    ----------
    quotes
        Rows of the ``quotes`` table; a row without a known consent level is left out.
    """
    return quotes[quotes["consent"].isin(QUOTABLE)]


def withheld(quotes: pd.DataFrame) -> int:
    """How many quotes are kept for analysis and never shown."""
    return len(quotes) - len(quotable(quotes))
