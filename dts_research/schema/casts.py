"""From a text cell to a typed value: dates, numbers, booleans, lists, codes.

Each function takes one text without outer blanks and returns the value, or None when the text
does not say one. They are called once per distinct text, never once per cell.
"""

from __future__ import annotations

import math
import re
from datetime import date, timedelta

from dts_research.schema.catalogue import Codelist, plain

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan", "fevrier fevr fev", "mars", "avril avr", "mai", "juin",
            "juillet juil", "aout", "septembre sept", "octobre oct", "novembre nov",
            "decembre dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_HOUR = r"(?:[T ]\d{1,2}[:h]\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}}){_HOUR}", re.ASCII)
_FRENCH = re.compile(rf"(\d{{1,2}})[/.\-](\d{{1,2}})[/.\-](\d{{4}}){_HOUR}", re.ASCII)
_WORDS = re.compile(r"(?:[a-z]+ )?(\d{1,2})(?:er)? ([a-z]+)\.? (\d{4})")
_SERIAL = re.compile(r"([2-7]\d{4})(?:\.\d+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}([ \u00a0\u2009\u202f’'])\d{3}(?:\1\d{3})*(?:[.,]\d+)?")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
# One thousand here, one there: « 1.000 », « 12,000 ».
_TWO_WAYS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_BOOLEANS = {
    **dict.fromkeys(("oui", "vrai", "true", "1", "yes", "o", "x", "1.0"), True),
    **dict.fromkeys(("non", "faux", "false", "0", "no", "n", "0.0"), False),
}
FIRST_YEAR, LAST_YEAR = 1800, 2199
FIRST_LIKELY, LAST_LIKELY = 1990, 2100


def to_date(text: str) -> date | None:
    """Read a date: ISO, dd/mm/yyyy, an Excel serial, a date and time with a zone, or in words.

    A time of day and its zone are left aside: the day is the one written.
    """
    if match := _ISO.fullmatch(text):
        return _day(*match.groups())
    if match := _FRENCH.fullmatch(text):
        return _day(*match.groups()[::-1])
    if match := _SERIAL.fullmatch(text):
        return date(1899, 12, 30) + timedelta(days=int(match[1]))
    match = _WORDS.fullmatch(plain(text))
    if match and match[2] in MONTHS:
        return _day(match[3], str(MONTHS[match[2]]), match[1])
    return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _numbers(text: str) -> tuple[int, int] | None:
    """First and second numbers of a date written with both before its year."""
    match = _FRENCH.fullmatch(text)
    return (int(match[1]), int(match[2])) if match else None


def month_first(text: str) -> bool:
    """Tell whether a date can only be read as month, day, year (``03/25/2024``)."""
    numbers = _numbers(text)
    return numbers is not None and 1 <= numbers[0] <= 12 < numbers[1] <= 31


def day_first(text: str) -> bool:
    """Tell whether a date can only be read as day, month, year (``25/03/2024``)."""
    numbers = _numbers(text)
    return numbers is not None and 1 <= numbers[1] <= 12 < numbers[0] <= 31


def either_first(text: str) -> bool:
    """Tell whether a date can be read in both ways, as two days."""
    numbers = _numbers(text)
    return numbers is not None and max(numbers) <= 12 and numbers[0] != numbers[1]


def is_serial_date(text: str) -> bool:
    """Tell whether a date is written as the number of days that spreadsheets keep."""
    return _SERIAL.fullmatch(text) is not None


def is_odd_day(day: date) -> bool:
    """Tell a day that a bare number can hardly mean here: 25000 would be in 1968."""
    return not FIRST_LIKELY <= day.year <= LAST_LIKELY


def to_number(text: str) -> float | None:
    """Read a number: decimal comma, thousands apart by blanks, an amount in euros."""
    if text[:1].isalpha():
        return None
    bare = text.replace("€", "").replace("−", "-").strip()
    if _GROUPED.fullmatch(bare):
        bare = re.sub(r"[\s’']", "", bare)
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+,\d+", bare):
        bare = bare.replace(".", "")
    elif re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+\.\d+", bare):
        bare = bare.replace(",", "")
    bare = bare.replace(",", ".", 1)
    number = float(bare) if _NUMBER.fullmatch(bare) else None
    return number if number is not None and math.isfinite(number) else None


def to_integer(text: str) -> int | None:
    """Read a whole number; ``14.0`` is one, ``14,5`` is not, nor ``1.000``: one or a thousand?"""
    number = None if _TWO_WAYS.fullmatch(text.replace("€", "").strip()) else to_number(text)
    if number is None or abs(number) >= 2**53 or number != int(number):
        return None
    return int(number)


def to_boolean(text: str) -> bool | None:
    """Read yes or no: oui, non, vrai, faux, 1, 0."""
    return _BOOLEANS.get(plain(text))


def split_list(text: str, codelist: Codelist | None) -> tuple[str, ...]:
    """Cut a cell that holds several values, at ``|``, ``;``, line breaks, else at commas.

    A label of the code list that itself holds a comma is kept whole.
    """
    for mark in ("|", ";", "\n"):
        if mark in text:
            return _tidy(text.split(mark))
    if codelist is None:
        return _tidy(text.split(","))
    return _longest_labels(text, codelist)


def _longest_labels(text: str, codelist: Codelist) -> tuple[str, ...]:
    """Cut at commas, or at blanks, so that each piece is the longest known label."""
    if codelist.code_of(text) is not None:
        return (text,)
    for mark in (",", " "):
        found, known = _pieces(text, mark, codelist)
        if (found and known) or (mark == "," and len(found) > 1):
            return _tidy(found)
    return (text,)


def _pieces(text: str, mark: str, codelist: Codelist) -> tuple[list[str], bool]:
    """Cut a text at a mark; tell whether all the pieces are known.

    No join is longer than the longest label, and words are given up at the first unknown one:
    a page pasted in a cell costs its length, not its square.
    """
    pieces = [piece for piece in text.split(mark) if piece or mark == ","]
    blank = None if mark == " " else mark
    longest = max((len(label.split(blank)) for label in codelist.labels.values()), default=1)
    found, place, all_known = [], 0, True
    while place < len(pieces) and (all_known or mark == ","):
        sizes = range(min(longest, len(pieces) - place), 0, -1)
        joins = {n: mark.join(pieces[place : place + n]) for n in sizes}
        size = next((n for n, join in joins.items() if codelist.code_of(join.strip())), 0)
        found.append(joins[size or 1])
        all_known &= size > 0
        place += size or 1
    return found, all_known


def _tidy(pieces: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(piece.strip() for piece in pieces if piece.strip()))
