"""A territory beside others, indicator by indicator: where they are, never who comes first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from dts_research.analysis.together import FEWEST, Standing, standing
from dts_research.display import door, style
from dts_research.display.blocks import Block
from dts_research.display.canvas import Canvas, canvas
from dts_research.display.captions import Caption, frame, nothing
from dts_research.display.compared import amount, one_of
from dts_research.display.lettering import wrap
from dts_research.display.pictures import Picture, chart
from dts_research.display.style import agree, french_number, heard, many
from dts_research.workbook.comparing import Comparison

NAME = "profil"
LEFT, LONG, HIGH = 172.0, 190.0, 33.0
LABEL, SMALL = 9.5, 8.5


@dataclass(frozen=True)
class _Line:
    """One indicator: its words, and the territory beside the others."""

    indicator: str
    label: str
    unit: str
    period: str
    here: Standing

    def told(self, value: float) -> str:
        """Value with its unit."""
        return amount(value, self.unit)


def profile(comparison: Comparison) -> Block:
    """Each indicator on a line of its own: the others' middle half, and the territory's point."""
    lines = _lines(comparison)
    shown = [line for line in lines if not math.isnan(line.here.value)]
    if not shown:
        name = door.words(comparison.material.territory.label)
        text = f"Aucune valeur n'est connue pour {name} à la période demandée."
        return nothing(NAME, "Aucun profil à montrer", text)
    message = _message(shown)
    told = heard((f"{line.label} ({line.period})", line.told(line.here.value)) for line in shown)
    caption = Caption(
        message,
        f"Valeur du territoire et moitié centrale du groupe ({comparison.group})",
        f"Une ligne par indicateur, chacune à sa propre échelle. {message}. {told}.",
        _reading(comparison, lines, shown),
        "indicateurs du classeur",
        period=_periods(shown),
    )
    return chart(comparison.material, NAME, caption, picture=Picture(_drawn(shown)),
                 data=_data(comparison, lines))  # fmt: skip


def _lines(comparison: Comparison) -> list[_Line]:
    together = comparison.together
    return [
        _Line(code, door.words(comparison.label(code)), comparison.unit(code),
              together.periods[code], standing(together.values[code], comparison.here))
        for code in together.values
    ]  # fmt: skip


def _message(shown: Sequence[_Line]) -> str:
    placed = [line for line in shown if line.here.where]
    inside = sum(line.here.where == "inside" for line in placed)
    if not placed:
        return f"{many(len(shown), 'valeur')}, sans assez de territoires pour un groupe"
    verb = agree(inside, "est", "sont")
    return (
        f"{inside} {agree(inside, 'valeur')} sur {len(placed)} {verb} dans la moitié centrale "
        "du groupe"
    )


def _reading(comparison: Comparison, lines: Sequence[_Line], shown: Sequence[_Line]) -> str:
    first = next((line for line in shown if line.here.where), None)
    words = "Chaque ligne a sa propre échelle, du plus bas au plus haut du groupe. "
    if first:
        words += (
            f"« {first.label} » : {first.told(first.here.value)} ici ; la moitié des autres va de "
            f"{first.told(first.here.low)} à {first.told(first.here.high)} (bande pâle). "
        )
    words += "Être hors de la bande n'est ni bien ni mal : c'est une question à poser. "
    left = len(lines) - len(shown)
    if left:
        words += f"{many(left, 'indicateur')} sans valeur ici : voir les données. "
    few = [line for line in shown if line.here.n < FEWEST]
    if few:
        words += f"Sous {FEWEST} territoires connus, aucune bande n'est dessinée. "
    return words.strip()


def _periods(shown: Sequence[_Line]) -> str:
    years = sorted({line.period[:4] for line in shown})
    return years[0] if len(years) == 1 else f"{years[0]}–{years[-1]}"


def _data(comparison: Comparison, lines: Sequence[_Line]) -> pd.DataFrame:
    together, here = comparison.together, comparison.here
    return frame({
        "Indicateur": [line.label for line in lines],
        "Période": [line.period or "—" for line in lines],
        "Unité": [line.unit or "—" for line in lines],
        "Ici": [one_of(line.here.value, str(together.states.loc[here, line.indicator]))
                for line in lines],
        "Premier quartile": [one_of(line.here.low, "not_applicable") for line in lines],
        "Médiane": [one_of(line.here.middle, "not_applicable") for line in lines],
        "Troisième quartile": [one_of(line.here.high, "not_applicable") for line in lines],
        "Territoires connus": [line.here.n for line in lines],
    })  # fmt: skip


def _drawn(shown: Sequence[_Line]) -> str:
    with canvas(18 + HIGH * len(shown)) as sheet:
        for rank, line in enumerate(shown):
            _one(sheet, line, 14 + HIGH * (rank + 0.5), first=not rank)
        return sheet.svg(NAME)


def _one(sheet: Canvas, line: _Line, y: float, *, first: bool) -> None:
    """The group as a thin line and a pale band, its middle as a stroke, the territory as a dot."""
    here = line.here
    words = wrap(f"{line.label}, {line.period}", LEFT - 10, LABEL, most=2)
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
    sheet.text(end, y - 1, line.told(here.value), bold=True, size=LABEL)
    if not math.isnan(here.middle):
        name = "médiane du groupe (trait)" if first else "médiane"
        middle = f"{name} : {french_number(here.middle, decimals=1)}"
        sheet.text(end, y + 10, middle, size=SMALL, color=style.GREY)
