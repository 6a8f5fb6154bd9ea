"""Days as they are written in a room: « fin mars », « 31/03/27 », « 15 mars »."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from dts_research.schema.casts import MONTHS, to_date
from dts_research.schema.catalogue import plain

_SHORT = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})(?:[/.\- ](\d{2}))?")
_WORDS = re.compile(r"(?:(?:d'ici|avant|pour|vers|le|la|courant|au plus tard)\s+)*"
                    r"(?:(\d{1,2})(?:er)?\s+|(?:fin|mi|debut)(?:\s+|-))?([a-z]+)\.?"
                    r"(?:\s+(\d{4}|\d{2}))?")  # fmt: skip


def day_of(text: str, since: date | None) -> date | None:
    """Read a day that is to come; a month alone is its last day, a missing year the next one.

    Parameters
    ----------
    text
        As written, without outer blanks.
    since
        Day of the session: what has no year comes after it. Without it such a day is not read.

    Returns
    -------
    datetime.date or None
        None when the text says no day.
    """
    if found := to_date(text):
        return found
    if match := _SHORT.fullmatch(text):
        day, month, year = match.groups()
        return _next(int(month), int(day), _whole(year), since)
    match = _WORDS.fullmatch(plain(text))
    if match and match[2] in MONTHS:
        return _next(MONTHS[match[2]], int(match[1] or 0), _whole(match[3]), since)
    return None


def _whole(year: str | None) -> int | None:
    return None if year is None else int(year) + (2000 if len(year) == 2 else 0)


def _next(month: int, day: int, year: int | None, since: date | None) -> date | None:
    """The day of that year, else the first one from the session on; day 0 is the last."""
    if year is None and since is None:
        return None
    years = [year] if year is not None else [since.year, since.year + 1] if since else []
    for one in years:
        found = _day(one, month, day)
        if found and (year is not None or since is None or found >= since):
            return found
    return None


def _day(year: int, month: int, day: int) -> date | None:
    if not 1 <= month <= 12 or not 2000 <= year <= 2199:
        return None
    last = monthrange(year, month)[1]
    return date(year, month, day or last) if day <= last else None
