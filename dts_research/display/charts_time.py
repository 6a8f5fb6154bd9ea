"""Chart of time: experiences and their turning points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from dts_research.display import door, style, time_axis
from dts_research.display.blocks import Block
from dts_research.display.canvas import Canvas, canvas, key_line
from dts_research.display.captions import Caption, frame, no_sheet, nothing, unsaid
from dts_research.display.lettering import wrap
from dts_research.display.pictures import Picture, chart
from dts_research.display.style import french_date, listing, many
from dts_research.display.time_axis import Axis
from dts_research.workbook.material import Material

SMALL = 9.0
LABELS = 208.0
# Beyond this many, one line per experience can no longer be read.
LINES = 40
# More than this make a figure too tall for a screen.
TALL = 16


@dataclass(frozen=True)
class Span:
    """One experience in time."""

    title: str
    start: date
    end: date | None
    stage: str
    turns: tuple[date, ...]


def timeline(material: Material) -> Block:
    """Experiences from their first to their last day, with their turning points."""
    name = "experiences-dans-le-temps"
    experiences, steps = door.rows(material, "experiences"), door.rows(material, "experience_steps")
    spans = spans_of(experiences, steps)
    if not spans:
        undated = "Aucune fiche ne porte de date de début."
        text = no_sheet(material) if experiences.empty else undated
        return nothing(name, "Rien à situer dans le temps", text)
    turns = sum(len(span.turns) for span in spans)
    message = _timeline_message(spans, turns, material.today)
    stops = sum(span.stage == "arretee" for span in spans)
    caption = Caption(
        message,
        "Du début à la fin de chaque expérience",
        f"Frise des expériences, par date de début. {message}. "
        f"{_stops(stops)}.",
        _timeline_reading(spans)
        + unsaid(len(experiences) - len(spans), len(experiences), "n'a pas de date de début",
                 "n'ont pas de date de début"),
    )  # fmt: skip
    if len(spans) > LINES:
        picture, data = Picture(_per_year(spans)), _year_data(spans)
    else:
        picture, data = _lined(spans, material.today), _span_data(spans)
    picture = replace(picture, case="one" if len(spans) == 1 else "")
    return chart(material, name, caption, picture=picture, data=data)


def _timeline_message(spans: Sequence[Span], turns: int, today: date) -> str:
    ways = many(turns, "tournant")
    if len(spans) == 1:
        return f"La seule expérience datée compte {ways} entre {_years(spans, today)}"
    return f"{many(len(spans), 'expérience')} et {ways} entre {_years(spans, today)}"


def _stops(count: int) -> str:
    if not count:
        return "Aucune ne s'arrête avant le terme"
    return f"{many(count, 'expérience s’arrête', 'expériences s’arrêtent')} avant le terme"


def _timeline_reading(spans: Sequence[Span]) -> str:
    if len(spans) > LINES:
        return "Chaque colonne compte les expériences par l'année de leur début."
    return "Une flèche dit que l'expérience continue. L'ordre est celui des débuts."


def _span_data(spans: Sequence[Span]) -> pd.DataFrame:
    return frame(
        {"Expérience": [door.title(s.title) for s in spans], "Début": [s.start for s in spans],
         "Fin": [french_date(s.end) if s.end else "continue" for s in spans],
         "Tournants": [listing([french_date(d) for d in s.turns]) or "aucun" for s in spans]}
    )  # fmt: skip


def _year_data(spans: Sequence[Span]) -> pd.DataFrame:
    begun = [span.start.year for span in spans]
    turned = [day.year for span in spans for day in span.turns]
    years = range(min(begun), max([*begun, *turned]) + 1)
    return frame(
        {"Année": [str(year) for year in years], "Débuts": [begun.count(y) for y in years],
         "Tournants": [turned.count(y) for y in years]}
    )  # fmt: skip


def _years(spans: Sequence[Span], today: date) -> str:
    last = max(span.end or today for span in spans).year
    first = min(span.start for span in spans).year
    return f"{first} et {last}"


def spans_of(experiences: pd.DataFrame, steps: pd.DataFrame) -> list[Span]:
    """Dated experiences, by date of start, with the days of their turning points."""
    turning = steps[steps["turning_point"].eq(True).fillna(False).astype(bool)]
    days: dict[str, list[date]] = {}
    for key, day in zip(turning["experience_id"], turning["date"]):
        if isinstance(day, date):
            days.setdefault(key, []).append(day)
    spans = [
        Span(
            title=str(r.title),
            start=r.started_on,
            end=r.ended_on if isinstance(r.ended_on, date) else None,
            stage=r.stage if isinstance(r.stage, str) else "",
            turns=tuple(sorted(days.get(r.experience_id, []))),
        )
        for r in experiences.itertuples()
        if isinstance(r.started_on, date)
    ]
    return sorted(spans, key=lambda span: (span.start, span.title))


KEYS = (("line", "durée"), ("accent", "tournant"), ("cross", "arrêt avant le terme"))


@dataclass(frozen=True)
class _Rows:
    """Experiences one under the other: where they stand, and how long their names may be."""

    spans: Sequence[Span]
    axis: Axis
    left: float
    labels: float
    most: int = 3
    size: float = SMALL

    def names(self) -> list[list[str]]:
        """Names, broken into lines."""
        rooms = self.labels - self.left - 6
        return [wrap(door.title(s.title), rooms, self.size, most=self.most) for s in self.spans]

    def heights(self) -> list[float]:
        """Height of each row."""
        return [max(14.5, self.size * 1.23 * len(lines) + 3.5) for lines in self.names()]


def _lined(spans: Sequence[Span], today: date) -> Picture:
    """One line per experience; many in two halves, with the names shortened on a screen."""
    days = [day for s in spans for day in (s.start, s.end, *s.turns)] + [today]

    def rows(some: Sequence[Span], left: float, labels: float, right: float, **how: Any) -> _Rows:
        axis = time_axis.spanning(days, today=today, left=left + labels + 8, right=right - 14)
        assert axis is not None
        return _Rows(some, axis, left, left + labels, **how)

    if len(spans) <= TALL:
        return Picture(_lines([rows(spans, 0, LABELS, style.FULL)]))
    half, middle = (len(spans) + 1) // 2, style.WIDE / 2
    first, last = spans[:half], spans[half:]
    page, wide = (
        [rows(first, 0, 156, middle, **how), rows(last, middle, 156, style.WIDE, **how)]
        for how in ({"most": 3, "size": style.LETTERS}, {"most": 1, "size": style.LETTERS})
    )
    return Picture(_lines(page, width=style.WIDE), wide=_lines(wide, width=style.WIDE))


def _lines(parts: Sequence[_Rows], width: float = style.FULL) -> str:
    tall = max(sum(part.heights()) for part in parts)
    least = style.LETTERS if width == style.WIDE else 0.0
    with canvas(42 + tall, width=width, least=least) as sheet:
        key_line(sheet, parts[0].labels + 8, 7, KEYS)
        for part in parts:
            bottom = 40 + sum(part.heights())
            time_axis.draw(sheet, part.axis, top=32, bottom=bottom)
            top = 36.0
            for span, lines, high in zip(part.spans, part.names(), part.heights()):
                sheet.lines(part.labels, top + high / 2, lines, size=SMALL, align="right")
                draw_span(sheet, span, part.axis, top + high / 2)
                top += high
        return sheet.svg()


def draw_span(sheet: Canvas, span: Span, axis: Axis, y: float) -> None:
    """Draw an experience: how long it lasts, its turning points, and its stop before the end."""
    start, end = axis.x(span.start), axis.x(span.end or axis.last)
    sheet.line([axis.left, start], [y, y], color=style.PALE, thick=0.6)
    going = span.end is None and span.stage not in ("arretee", "terminee")
    sheet.line([start, max(end, start + 2)], [y, y], color=style.HERE, thick=4)
    if going:
        sheet.line([end - 4, end + 2, end - 4], [y - 4.5, y, y + 4.5], color=style.HERE, thick=1.4)
    if span.stage == "arretee":
        # Beside a turning point that would hide it, a thin line keeps it tied to its bar.
        at = end + (7 if any(abs(axis.x(day) - end) < 7 for day in span.turns) else 3)
        sheet.line([end, at], [y, y], color=style.HERE, thick=1.4)
        sheet.marks([at], [y], shape="cross", size=6, color=style.INK, edge=style.INK, thick=2)
    xs = [axis.x(day) for day in span.turns]
    sheet.marks(xs, [y] * len(xs), shape="diamond", size=6, color=style.ACCENT, edge=style.INK)


def _per_year(spans: Sequence[Span]) -> str:
    """Many experiences: how many begin each year, as columns."""
    years = list(range(min(s.start.year for s in spans), max(s.start.year for s in spans) + 1))
    counts = [sum(s.start.year == year for s in spans) for year in years]
    wide, high = style.FULL / len(years), 130.0
    with canvas(high + 40) as sheet:
        sheet.text(0, 10, "Expériences commencées dans l'année", size=SMALL, color=style.GREY)
        for i, (year, count) in enumerate(zip(years, counts)):
            tall = high * 0.82 * count / max(counts)
            sheet.bar(wide * i + wide * 0.15, high + 18 - tall, wide * 0.7, tall)
            middle = wide * (i + 0.5)
            if wide >= 18:
                top = high + 14 - tall
                sheet.text(middle, top, str(count), size=SMALL, bold=True, align="center")
            if wide >= 24 or year % 5 == 0:
                sheet.text(middle, high + 32, str(year), size=SMALL, align="center")
        sheet.line([0, style.FULL], [high + 18, high + 18], color=style.EDGE)
        return sheet.svg()
