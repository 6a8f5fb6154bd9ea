"""A territory drawn beside others: the group's middle half as a pale band, the territory a dot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dts_research.analysis.together import Standing
from dts_research.display import style
from dts_research.display.canvas import Canvas, canvas
from dts_research.display.compared import amount
from dts_research.display.lettering import wrap
from dts_research.display.style import french_number

LEFT, LONG, HIGH = 172.0, 190.0, 33.0
LABEL, SMALL = 9.5, 8.5
# A longer unit is told with the label.
SHORT = 12


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


def drawn(lines: Sequence[Line], salt: str) -> str:
    """Draw lines under one another, each at its own scale."""
    with canvas(18 + HIGH * len(lines)) as sheet:
        for rank, line in enumerate(lines):
            _one(sheet, line, 14 + HIGH * (rank + 0.5), first=not rank)
        return sheet.svg(salt)


def _named(line: Line) -> str:
    unit = line.unit if len(line.unit) > SHORT else ""
    return ", ".join(filter(None, (line.label, unit, line.period)))


def _one(sheet: Canvas, line: Line, y: float, *, first: bool) -> None:
    """The group as a thin line and a pale band, its middle as a stroke, the territory as a dot."""
    here = line.here
    words = wrap(_named(line), LEFT - 10, LABEL, most=2)
    sheet.lines(LEFT - 9, y, words, size=LABEL, align="right")
    ends = [v for v in (here.least, here.most, here.value) if not math.isnan(v)]
    low, wide = min(ends), (max(ends) - min(ends)) or 1.0

    def x(value: float) -> float:
        return LEFT + LONG * (value - low) / wide

    if not math.isnan(here.least):
        sheet.line([x(here.least), x(here.most)], [y, y], color=style.EDGE)
    if not math.isnan(here.low):
        sheet.bar(x(here.low), y - 5, max(1.0, x(here.high) - x(here.low)), 10, color=style.PALE)
        sheet.line([x(here.middle)] * 2, [y - 7, y + 7], color=style.INK, thick=1.2)
    sheet.marks([x(here.value)], [y], size=9)
    end = LEFT + LONG + 12
    short = len(line.unit) <= SHORT
    told = line.told(here.value) if short else amount(here.value, "")
    sheet.text(end, y - 1, told, bold=True, size=LABEL)
    if not math.isnan(here.middle):
        name = "médiane (trait)" if first else "médiane"
        middle = f"{name} : {french_number(here.middle, decimals=1)}"
        sheet.text(end, y + 10, middle, size=SMALL, color=style.GREY)
