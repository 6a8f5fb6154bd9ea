"""How things look and how they are said: palette, French numbers and dates, marks of absence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal

# Ink first, one accent, greys that follow the page in dark mode (see `drawings`).
INK = "#1b1b1b"
BLUE = "#12436D"
ORANGE = "#F46A25"
GREY = "#5c6066"
EDGE = "#868b92"
LINE = "#c9cdd2"
PALE = "#dfe2e6"
PAPER = "#ffffff"
# On maps, whose colours never change: land, and the border of the reader's territory, which
# stands out of it on a photocopy too.
SEA, LAND, HOST, PERIMETER = "#eef0f2", "#e3e6e9", "#f4f5f6", "#d3dce6"
BORDER = "#c4490c"
# Classes of a ratio, one hue from pale to dark; what a photocopy gives keeps their order.
SCALE = ("#cbdaea", "#9dbbd9", "#6a93bf", "#3a6a9c", "#12436D")
# Stands for thin oblique lines: no data.
HATCHED = "#fdfdfe"
# Inks with a white edge, for words written over a map.
EDGED = {"#1b1b1c": INK, "#5c6067": GREY}
INK_EDGED, GREY_EDGED = EDGED
# The reader's territory, and what a figure asks to look at.
HERE = BLUE
ACCENT = ORANGE

# Five ways for a value not to be there; they never stand for one another.
SECRET = "Secret"
NOT_PUBLISHED = "Non publié"
NOT_GIVEN = "Non renseigné"
ZERO = "Zéro constaté"
NOT_APPLICABLE = "Sans objet"
MARKS = {
    "secret": SECRET,
    "not_published": NOT_PUBLISHED,
    "not_given": NOT_GIVEN,
    "zero": ZERO,
    "not_applicable": NOT_APPLICABLE,
}

FULL = 480.0
HALF = 236.0
# A screen or a wall: what is too tall for them is drawn again, no taller than this and with no
# letters under this size, so that they can be read from the back of a room.
WIDE, TALLEST, LETTERS = 600.0, 322.0, 10.0
FAMILY = ("DTS Sans", "Source Sans 3", "Source Sans Pro", "Arial", "DejaVu Sans", "sans-serif")
_VOWELS = "aeiouyàâäéèêëîïôöùûüœæh"
_ASPIRATED = ("haut", "haute", "hauts", "hautes", "handicap", "hors", "huit", "haies", "hausse")


@lru_cache(maxsize=4096)
def french_number(value: float | None, *, decimals: int = 0) -> str:
    """Write a number the French way: « 1 234,5 », with narrow no-break spaces.

    Parameters
    ----------
    value
        Number; None gives « Non renseigné ».
    decimals
        Most decimals shown.
    """
    if value is None or value != value:
        return NOT_GIVEN
    pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
    return str(format_decimal(round(float(value), decimals), format=pattern, locale="fr"))


@lru_cache(maxsize=4096)
def french_date(day: date | None, *, short: bool = False) -> str:
    """Write a day in full: « 1er janvier 2026 »; `short` leaves the day out."""
    if not isinstance(day, date):
        return NOT_GIVEN
    month = str(format_date(day, "MMMM y", locale="fr"))
    return month if short else f"{'1er' if day.day == 1 else day.day} {month}"


def month_name(month: int) -> str:
    """Name of a month, 1 is « janvier »."""
    return str(format_date(date(2026, month, 1), "MMMM", locale="fr"))


def agree(number: float, singular: str, plural: str = "") -> str:
    """Choose singular or plural: zero and one are singular in French."""
    return singular if abs(number) < 2 else (plural or f"{singular}s")


def many(number: float, singular: str, plural: str = "") -> str:
    """Write a number and the noun that agrees with it: « 1 expérience », « 2 expériences »."""
    return f"{french_number(number)} {agree(number, singular, plural)}"


def elide(word: str, following: str) -> str:
    """Elide a small word before a vowel or a silent h: « de » + « aide » gives « d'aide »."""
    first = following.lstrip("« ").lower()
    silent = first[:1] in _VOWELS and re.split(r"[ -]", first)[0] not in _ASPIRATED
    return f"{word[:-1]}'{following}" if silent else f"{word} {following}"


def listing(items: list[str], *, last: str = "et") -> str:
    """Join items in a sentence: « a, b et c »."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def heard(values: Iterable[tuple[object, object]]) -> str:
    """Say values so that each is heard with its own label: « Autun : 3 ; Branges : 2 »."""
    return " ; ".join(f"{label} : {value}" for label, value in values)


def mark(state: str | None) -> str:
    """Mark of absence that stands for an observation state; empty for a published value."""
    return MARKS.get(state or "not_given", "")


def absence(state: str) -> str:
    """Mark of a value that is not there: a state that promises one is « Non renseigné » then."""
    return mark(state if state not in ("published", "zero") else "not_given")
