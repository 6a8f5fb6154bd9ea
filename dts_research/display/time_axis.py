"""An axis of time: from days to points, with a few ticks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dts_research.display import style
from dts_research.display.canvas import Canvas


@dataclass(frozen=True)
class Axis:
    """Time from `first` to `last`, drawn from `left` to `right` points."""

    first: date
    last: date
    left: float
    right: float

    def x(self, day: date) -> float:
        """Place of a day."""
        span = max(1, (self.last - self.first).days)
        share = min(1.0, max(0.0, (day - self.first).days / span))
        return self.left + share * (self.right - self.left)

    def ticks(self) -> list[tuple[float, str]]:
        """Places and names of the years, as many as can be read."""
        years = range(self.first.year, self.last.year + 1)
        room = (self.right - self.left) / max(1, len(years))
        step = 1 if room >= 28 else 2 if room >= 15 else 5 if room >= 7 else 10
        days = [(date(year, 1, 1), str(year)) for year in years if year % step == 0 or step == 1]
        return [(self.x(day), name) for day, name in days if self.first <= day <= self.last]


def spanning(days: Iterable[date | None], *, today: date, left: float, right: float) -> Axis | None:
    """Make an axis from the year of the first day to the end of the last, or to today."""
    known = [day for day in days if isinstance(day, date)]
    if not known:
        return None
    last = max(max(known), min(today, date(max(known).year, 12, 31)))
    return Axis(date(min(known).year, 1, 1), last, left, right)


def draw(sheet: Canvas, axis: Axis, *, top: float, bottom: float) -> None:
    """Draw the years as thin lines with their names on top."""
    for x, name in axis.ticks():
        sheet.line([x, x], [top, bottom], color=style.PALE)
        sheet.text(x + 2, top - 3, name, size=8.5, color=style.GREY)


def years(days: Iterable[date | None]) -> str:
    """Span of years that some days cover: « 2021–2026 »."""
    known = sorted({day.year for day in days if isinstance(day, date)})
    if not known:
        return ""
    return str(known[0]) if len(known) == 1 else f"{known[0]}–{known[-1]}"
