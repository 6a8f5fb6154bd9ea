"""Words that every comparison shares: values with their unit, and why one is missing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache

import pandas as pd

from dts_research.analysis.together import Together, side_by_side
from dts_research.display import door, style
from dts_research.display.style import absence, french_number, many
from dts_research.protect.observed import PEOPLE
from dts_research.workbook.comparing import Comparison


@lru_cache(maxsize=4)
def together_of(comparison: Comparison) -> Together:
    """Values side by side, rows in alphabetical order of the names."""
    codes = list(comparison.indicators["indicator_id"])
    return side_by_side(
        comparison.observations, list(comparison.names), codes, period=comparison.period
    )


def amount(value: float, unit: str) -> str:
    """Write a value with its unit: « 12,5 % », « 20 300 euros par an »."""
    one = unit.removesuffix("s") if unit in TOTALS and abs(value) < 2 else unit
    return f"{french_number(value, decimals=_decimals(value))} {one}".rstrip()


def _decimals(value: float) -> int:
    """Decimals that tell a value: 1 234 ; 12,3 ; 0,36 ; 0,004."""
    size = abs(value)
    if not size or size >= 1:
        return 0 if size >= 1000 else 1
    return min(6, 1 - math.floor(math.log10(size)))


# Sources named under a figure; the register of indicators holds the others.
SOURCES = 4
NO_PERIOD = "période non dite"


def of_period(comparison: Comparison, code: str, period: str) -> tuple[pd.Series, str]:
    """Values of an indicator for the year of another one; for its own period where there is none.

    Returns
    -------
    tuple
        Values by territory; the period that they are about.
    """
    if period:
        same = side_by_side(
            comparison.observations, list(comparison.names), [code], period=period[:4]
        )
        if same.periods[code]:
            return same.values[code], same.periods[code]
    together = together_of(comparison)
    return together.values[code], together.periods[code]


# What counts people or things: it tells how large a place is, not what it is like.
TOTALS = frozenset({*PEOPLE, "équivalents temps plein", "structures"})


def like(comparison: Comparison) -> list[str]:
    """Indicators by which contexts resemble one another: totals, which tell size, are left out."""
    codes = list(comparison.indicators["indicator_id"])
    kept = [code for code in codes if comparison.unit(code) not in TOTALS]
    return kept if len(kept) > 1 else codes


def periods_told(comparison: Comparison, codes: Iterable[str]) -> str:
    """Span of years that some indicators are about: « 2013–2021 »."""
    periods = together_of(comparison).periods
    years = sorted({periods[code][:4] for code in codes if periods[code]})
    return "–".join(dict.fromkeys((years[0], years[-1]))) if years else NO_PERIOD


def lower(comparison: Comparison, code: str) -> str:
    """Name of an indicator inside a sentence."""
    words = door.words(comparison.label(code))
    return words[:1].lower() + words[1:]


def produced(comparison: Comparison, codes: Iterable[str]) -> str:
    """Who produced some indicators: « INSEE, … ; Dares, ASP », as their register says."""
    told = list(dict.fromkeys(filter(None, map(comparison.source, codes))))
    if not told:
        return "indicateurs du classeur"
    left = len(told) - SOURCES
    more = [many(left, "autre")] if left > 0 else []
    return " ; ".join([*told[:SOURCES], *more])


def one_of(value: float, state: str) -> str:
    """Write a value, or the mark of its absence: never a blank, never a zero for nothing."""
    if not pd.isna(value):
        if value == 0 and state == "zero":
            return style.ZERO
        return french_number(value, decimals=_decimals(value))
    return absence(state)
