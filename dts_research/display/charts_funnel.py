"""Funnel: each territory beside what chance alone gives to territories of its size."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from dts_research.analysis.dispersion import widened
from dts_research.analysis.funnel import LEVELS, column, funnel_of_ratios
from dts_research.analysis.funnel_limits import poisson_limits
from dts_research.analysis.shrinkage import marshall
from dts_research.display import door, style
from dts_research.display.blocks import Block
from dts_research.display.canvas import Canvas, canvas
from dts_research.display.captions import Caption, frame, nothing
from dts_research.display.compared import TOTALS, of_period, one_of, produced, together_of
from dts_research.display.funnel_said import Rates, message, per, reading
from dts_research.display.pictures import Picture, chart
from dts_research.display.style import french_number, listing
from dts_research.workbook.comparing import Comparison

NAME = "entonnoir"
PER = 1000
LEFT, TOP, WIDE, HIGH = 44.0, 26.0, 330.0, 210.0
STEPS = 60
SMALL = 8.5
# What the curves of each level hold, and how far under their end it is written.
NAMED = {LEVELS[0]: ("95 territoires sur 100", 4), LEVELS[1]: ("998 sur 1 000", -3)}


def funnel(comparison: Comparison, *, count: str, base: str) -> Block:
    """Territories by their size and a rate per thousand, with the limits that chance puts.

    Parameters
    ----------
    count, base
        Identifiers of the indicator that counts, and of the one it is set over.
    """
    together = together_of(comparison)
    if refused := _unfit(comparison, count, base):
        return nothing(NAME, "Aucun entonnoir à montrer", refused)
    top = together.values[count]
    under, of_base = of_period(comparison, base, together.periods[count])
    both = top.notna() & under.notna() & (under > 0)
    if both.sum() < 2 or not (0 < top[both].sum() <= under[both].sum()) or (top[both] < 0).any():
        text = (
            f"« {door.words(comparison.label(count))} » ne se rapporte pas à « "
            f"{door.words(comparison.label(base))} » : il faut deux territoires au moins, et un "
            "nombre plus petit que ce à quoi on le rapporte."
        )
        return nothing(NAME, "Aucun entonnoir à montrer", text)
    rates = _rates(comparison, count, base, top.where(both), under.where(both))
    told = message(comparison, rates)
    mine = [] if rates.here is None else [rates.value(float(rates.here["value"]))]
    said = "".join(f" Ici : {per(value)}." for value in mine)
    caption = Caption(
        told,
        rates.label,
        f"Nuage de points dans un entonnoir de limites. {told}.{said} Ensemble du groupe : "
        f"{per(rates.rate)}.",
        reading(comparison, rates),
        produced(comparison, (count, base)),
        period=" et ".join(dict.fromkeys(filter(None, (together.periods[count], of_base)))),
        place=comparison.group[:1].upper() + comparison.group[1:],
    )
    return chart(comparison.material, NAME, caption, picture=Picture(_drawn(comparison, rates)),
                 data=_data(comparison, rates))  # fmt: skip


def _unfit(comparison: Comparison, count: str, base: str) -> str:
    """Say why two indicators make no funnel, "" where they do."""
    known = together_of(comparison).values
    if not count or not base:
        return "Pour un entonnoir, dire ce que l'on compte (count) et à quoi on le rapporte (base)."
    missing = [code for code in (count, base) if code not in known]
    if missing:
        return f"La comparaison ne contient pas : {listing(missing)}."
    wrong = [code for code in (count, base) if comparison.unit(code) not in (*TOTALS, "")]
    told = listing([f"« {door.words(comparison.label(code))} »" for code in wrong])
    return f"Un entonnoir rapporte un nombre à un autre ; ne compte rien : {told}." if wrong else ""


def _rates(
    comparison: Comparison, count: str, base: str, top: pd.Series, under: pd.Series
) -> Rates:
    rate = float(top.sum() / under.sum())
    found = funnel_of_ratios(list(top.index), top, under * rate)
    unit = comparison.unit(base)
    label = unit if unit in TOTALS else comparison.label(base)
    per = f"{comparison.label(count)} pour 1 000 {label[:1].lower()}{label[1:]}"
    mine = found.table[found.table["unit"] == comparison.here]
    known = None if mine.empty or math.isnan(mine.iloc[0]["value"]) else mine.iloc[0]
    return Rates(found, PER * rate, per, known, unit if unit in TOTALS else "")


def _data(comparison: Comparison, rates: Rates) -> pd.DataFrame:
    """Every territory in alphabetical order, with what its number is made of."""
    table = rates.found.table

    def limit(name: str, level: float) -> list[str]:
        return [one_of(rates.value(v), "not_given") for v in table[column(name, level)]]

    return frame({
        "Territoire": [door.words(comparison.names[unit]) for unit in table["unit"]],
        "Nombre": [one_of(v, "not_given") for v in table["count"]],
        "Attendu au taux du groupe": [one_of(v, "not_given") for v in table["base"]],
        "Pour 1 000": [one_of(rates.value(v), "not_given") for v in table["value"]],
        "Limite basse (95 territoires sur 100)": limit("low", LEVELS[0]),
        "Limite haute (95 territoires sur 100)": limit("high", LEVELS[0]),
        "Limite basse (998 sur 1 000)": limit("low", LEVELS[1]),
        "Limite haute (998 sur 1 000)": limit("high", LEVELS[1]),
        "Pour 1 000, ramené vers le groupe": [one_of(PER * v, "not_given") for v in _near(rates)],
    })  # fmt: skip


def _near(rates: Rates) -> list[float]:
    """Each rate drawn towards that of the group, the more so as the territory is small."""
    table = rates.found.table
    bases = PER * table["base"] / rates.rate
    fits = table["count"].fillna(0) <= bases.fillna(0)
    counts, bases = table["count"].where(fits), bases.where(fits)
    return list(marshall(list(table["unit"]), counts, bases).table["shrunk"])


def _curves(rates: Rates, bases: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    if rates.found.widened:
        spread = rates.found.dispersion
        low, high = widened(bases, 1.0, spread.tau2, scale=spread.scale, level=level)
    else:
        low, high = poisson_limits(bases, reference=1.0, level=level)
    return np.maximum(low, 0) * rates.rate, high * rates.rate


def _drawn(comparison: Comparison, rates: Rates) -> str:
    table = rates.found.table.dropna(subset=["value"])
    sizes, values = table["base"].to_numpy(float), table["value"].to_numpy(float) * rates.rate
    bases = np.geomspace(max(sizes.min(), 1e-9), sizes.max(), STEPS)
    curves = {level: _curves(rates, bases, level) for level in LEVELS}
    roof = 1.08 * max(values.max(), min(curves[LEVELS[1]][1].max(), 2.2 * values.max()))
    first, last = math.log(bases[0]), math.log(bases[-1] * 1.001)

    def x(size: float) -> float:
        return LEFT + 8 + (WIDE - 16) * (math.log(size) - first) / (last - first)

    def y(value: float) -> float:
        return TOP + HIGH * (1 - min(value, roof) / roof)

    with canvas(TOP + HIGH + 34) as sheet:
        _axes(sheet, rates, y, roof)
        _chance(sheet, rates, bases, (x, y))
        for level, ends in curves.items():
            for end in ends:
                _limit(sheet, [(x(b), y(v)) for b, v in zip(bases, end) if v <= roof], level)
            words, down = (
                ("95 territoires sur 100", 4) if level == LEVELS[0] else ("998 sur 1 000", -3)
            )
            height = y(float(ends[1][-1])) + down
            sheet.text(LEFT + WIDE + 6, height, words, size=SMALL, color=style.GREY)
        others = table["unit"] != comparison.here
        sheet.marks([x(s) for s in sizes[others]], [y(v) for v in values[others]], size=6,
                    color=style.EDGE)  # fmt: skip
        _here(sheet, comparison, rates, (x, y))
        return sheet.svg()


def _limit(sheet: Canvas, points: Sequence[tuple[float, float]], level: float) -> None:
    if len(points) > 1:
        xs, ys = zip(*points)
        sheet.line(xs, ys, color=style.GREY, thick=1.0, dashed=level == LEVELS[0])


def _chance(
    sheet: Canvas, rates: Rates, bases: np.ndarray,
    scales: tuple[Callable[[float], float], Callable[[float], float]],
) -> None:  # fmt: skip
    """Shade what chance alone would give, where the limits hold more than it."""
    if not rates.found.widened:
        return
    low, high = poisson_limits(bases, reference=1.0, level=LEVELS[0])
    x, y = scales
    ends = [(x(b), y(v * rates.rate)) for b, v in zip(bases, high)]
    ends += [(x(b), y(v * rates.rate)) for b, v in zip(bases[::-1], low[::-1])]
    sheet.polygons([np.array(ends)], color=style.PALE, edge="none")
    sheet.text(LEFT + WIDE + 6, y(rates.rate) + 13, "(pâle : hasard seul)", size=SMALL,
               color=style.GREY)  # fmt: skip


def _axes(sheet: Canvas, rates: Rates, y: Callable[[float], float], roof: float) -> None:
    sheet.text(0, 11, "Pour 1 000", size=SMALL, color=style.GREY)
    step = 10 ** math.floor(math.log10(roof))
    step = next(s for s in (step / 5, step / 2, step, 2 * step) if roof / s <= 6)
    for i in range(int(roof / step) + 1):
        value = i * step
        sheet.line([LEFT, LEFT + WIDE], [y(value)] * 2, color=style.PALE)
        sheet.text(LEFT - 6, y(value) + 3, french_number(value, decimals=1), size=SMALL,
                   color=style.GREY, align="right")  # fmt: skip
    sheet.line([LEFT, LEFT + WIDE], [y(rates.rate)] * 2, color=style.INK)
    group = f"groupe : {french_number(rates.rate, decimals=1)}"
    sheet.text(LEFT + WIDE + 6, y(rates.rate) + 3, group, size=SMALL, color=style.INK)
    foot, sizes = TOP + HIGH + 20, PER * rates.found.table["base"].dropna() / rates.rate
    least, most = (french_number(v) for v in (sizes.min(), sizes.max()))
    sheet.text(LEFT, foot, f"{least} {rates.over}", size=SMALL, color=style.GREY)
    end = LEFT + WIDE
    sheet.text(end, foot, f"{most} {rates.over}", size=SMALL, color=style.GREY, align="right")


def _here(
    sheet: Canvas, comparison: Comparison, rates: Rates,
    scales: tuple[Callable[[float], float], Callable[[float], float]],
) -> None:  # fmt: skip
    if rates.here is None:
        return
    x, y = scales[0](float(rates.here["base"])), scales[1](rates.value(float(rates.here["value"])))
    name = door.words(comparison.material.territory.label)
    sheet.tag(x, y, name, side="left" if x > LEFT + WIDE / 2 else "right")
    sheet.marks([x], [y], size=10)
