"""A territory drawn beside others: the group's middle half as a pale band, the territory a dot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dts_research.analysis.together import Standing
from dts_research.display import style
from dts_research.display.canvas import Canvas, canvas, text_width
from dts_research.display.compared import amount
from dts_research.display.lettering import wrap
from dts_research.display.style import french_number

LEFT, LONG, HIGH = 172.0, 190.0, 33.0
LABEL, SMALL = 9.5, 8.5
# On a screen, lines stand in columns: how many, their most lines, and the part that is drawn.
COLUMNS, ROWS, GAP, STRIP = (2, 3), 7, 20.0, 0.54
# A longer unit is told with the label, on a page and on a screen.
SHORT, SHORTEST = 12, 4


@dataclass(frozen=True)
class Line:
    """One measure: its words, and the territory beside the others.

    Parameters
    ----------
    indicator
        Identifier of what is measured.
    period
        What its values are about; told after the label.
    """

    indicator: str
    label: str
    unit: str
    period: str
    here: Standing

    def told(self, value: float) -> str:
        """Value with its unit."""
        return amount(value, self.unit)


def drawn(lines: Sequence[Line]) -> str:
    """Draw lines under one another, each at its own scale."""
    with canvas(18 + HIGH * len(lines)) as sheet:
        for rank, line in enumerate(lines):
            y = 14 + HIGH * (rank + 0.5)
            words = wrap(_named(line), LEFT - 10, LABEL, most=2)
            sheet.lines(LEFT - 9, y, words, size=LABEL, align="right")
            _strip(sheet, line, (LEFT, y), LONG)
            _told(sheet, line, (LEFT + LONG + 12, y), first=not rank)
        return sheet.svg()


def for_screen(lines: Sequence[Line]) -> str:
    """Draw lines in columns, each under its label; "" where they are too many for a screen."""
    columns = next((n for n in COLUMNS if len(lines) <= n * ROWS), 0)
    if not columns or len(lines) <= ROWS // 2:
        return ""
    rows = -(-len(lines) // columns)
    wide, high = (style.WIDE + GAP) / columns, style.TALLEST / ROWS
    with canvas(high * rows, width=style.WIDE, least=style.LETTERS) as sheet:
        for rank, line in enumerate(lines):
            left, top = wide * (rank // rows), high * (rank % rows)
            _cell(sheet, line, (left, top), wide - GAP)
        return sheet.svg()


def _cell(sheet: Canvas, line: Line, corner: tuple[float, float], wide: float) -> None:
    """A line under its label, its value beside it, and the median of the others where it fits."""
    (left, top), long = corner, wide * STRIP
    words = wrap(_named(line, SHORTEST), wide, style.LETTERS, most=2)
    sheet.lines(left, top + 13, words, size=style.LETTERS)
    _strip(sheet, line, (left + 5, top + 35), long - 10)
    told = amount(line.here.value, line.unit if len(line.unit) <= SHORTEST else "")
    sheet.text(left + long + 4, top + 38.5, told, bold=True)
    middle = f"(médiane {french_number(line.here.middle, decimals=1)})"
    start = left + long + 4 + text_width(f"{told} ", bold=True)
    fits = start + text_width(middle) <= left + wide
    if fits and not math.isnan(line.here.middle):
        sheet.text(start, top + 38.5, middle, color=style.GREY)


def _named(line: Line, short: int = SHORT) -> str:
    unit = line.unit if len(line.unit) > short else ""
    return ", ".join(filter(None, (line.label, unit, line.period)))


def _strip(sheet: Canvas, line: Line, start: tuple[float, float], long: float) -> None:
    """The group as a thin line and a pale band, its middle as a stroke, the territory as a dot."""
    here, (left, y) = line.here, start
    ends = [v for v in (here.least, here.most, here.value) if not math.isnan(v)]
    low, wide = min(ends), (max(ends) - min(ends)) or 1.0

    def x(value: float) -> float:
        return left + long * (value - low) / wide

    if not math.isnan(here.least):
        sheet.line([x(here.least), x(here.most)], [y, y], color=style.EDGE)
    if not math.isnan(here.low):
        sheet.bar(x(here.low), y - 5, max(1.0, x(here.high) - x(here.low)), 10, color=style.PALE)
        sheet.line([x(here.middle)] * 2, [y - 7, y + 7], color=style.INK, thick=1.2)
    sheet.marks([x(here.value)], [y], size=9)


def _told(sheet: Canvas, line: Line, start: tuple[float, float], *, first: bool) -> None:
    """Value of the territory, and under it the median of the others."""
    here, (x, y) = line.here, start
    told = line.told(here.value) if len(line.unit) <= SHORT else amount(here.value, "")
    sheet.text(x, y - 1, told, bold=True, size=LABEL)
    if not math.isnan(here.middle):
        name = "médiane (trait)" if first else "médiane"
        middle = f"{name} : {french_number(here.middle, decimals=1)}"
        sheet.text(x, y + 10, middle, size=SMALL, color=style.GREY)
