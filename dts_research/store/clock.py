"""The one clock of the store: what is written at a moment says it in UTC, to the second.

A day is one of the calendar on the wall in Paris, wherever the program runs: the same report says
the same day on every machine.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WALL = ZoneInfo("Europe/Paris")


def now() -> str:
    """Give the present moment."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def today() -> date:
    """Give the day on the wall's calendar."""
    return datetime.now(WALL).date()


def end_of(day: date) -> str:
    """Give the moment when a day ends on the wall's clock: what is before was known that day."""
    midnight = datetime.combine(day + timedelta(days=1), time(), WALL)
    return midnight.astimezone(UTC).isoformat(timespec="seconds")


def day_of(moment: str) -> date:
    """Give the day of a moment as the calendar on the wall told it."""
    return datetime.fromisoformat(moment).astimezone(WALL).date()
