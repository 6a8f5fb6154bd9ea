"""The collective moment that a report looks back to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from dts_research.errors import RequestError
from dts_research.reference.geography import Territory


@dataclass(frozen=True)
class Meeting:
    """A day from which one looks back, and the session held that day, if one was.

    Parameters
    ----------
    session_id, label
        Empty when the day was chosen and no session was held then.
    """

    day: date
    session_id: str = ""
    label: str = ""


def asked_day(text: str) -> date | None:
    """Read the day asked for: « 2026-06-04 » or « 04/06/2026 »; none for an empty text.

    Raises
    ------
    RequestError
        When the text is not a day.
    """
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})/(\d{1,2})/(\d{4})", text.strip())
    try:
        if found and found.group(1):
            return date(*(int(found.group(n)) for n in (1, 2, 3)))
        if found:
            return date(*(int(found.group(n)) for n in (6, 5, 4)))
    except ValueError:
        pass
    if not text.strip():
        return None
    raise RequestError(f"Date « {text} » illisible.", "Écrire par exemple : 2026-06-04.")


def last_meeting(
    sessions: pd.DataFrame, territory: Territory, *, before: date, since: date | None = None
) -> Meeting | None:
    """Find the last session held before a day.

    A territory looks back to its own last session; without any, to one held inside it, else to
    the last one of its region or of the network. The network looks back to its own.

    Parameters
    ----------
    sessions
        Rows of the ``sessions`` table that the territory reads.
    before
        Day of the report; a session of that very day is still to come.
    since
        A day chosen instead.
    """
    dated = [row for row in sessions.itertuples() if isinstance(row.date, date)]
    if since is not None:
        held = [row for row in dated if row.date == since]
        return _meeting(held[-1]) if held else Meeting(since)
    past = sorted((row for row in dated if row.date < before), key=lambda row: row.date)
    circles = _circles(past, territory)
    return next((_meeting(rows[-1]) for rows in circles if rows), None)


def _circles(rows: list[Any], territory: Territory) -> Iterator[list[Any]]:
    """Sessions of the territory itself, then those held inside it, then any other, by date."""
    if territory.level == "reseau":
        yield [row for row in rows if row.level == "national"]
    else:
        yield [row for row in rows if row.territory_id == territory.id]
        yield [row for row in rows if row.level == "local"]
    yield rows


def _meeting(row: Any) -> Meeting:
    return Meeting(row.date, str(row.session_id), str(row.label))
