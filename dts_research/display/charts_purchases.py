"""Hours bought directly, without a published contract, year by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dts_research.analysis import evidence
from dts_research.display import door, style
from dts_research.display.blocks import Block
from dts_research.display.canvas import canvas
from dts_research.display.captions import Caption, frame, none_of, nothing
from dts_research.display.pictures import Picture, chart
from dts_research.display.style import (
    NOT_GIVEN,
    NOT_PUBLISHED,
    SECRET,
    agree,
    french_number,
    heard,
    many,
)
from dts_research.protect.disclosure import Policy
from dts_research.workbook.material import Material

COLUMN = 120.0


def purchases(material: Material) -> Block:
    """Hours bought directly each year; a year that rests on too few structures is « Secret »."""
    name = "achats-directs-par-annee"
    rows = door.rows(material, "direct_purchases")
    sums = evidence.bought_by_year(rows)
    if not sums:
        text = "Aucun achat direct déclaré par les structures n'est connu pour ce territoire."
        if door.withheld(material, "direct_purchases"):
            text = none_of(material, "direct_purchases", "achats directs", text)
            title = "Les achats directs ne sont pas diffusés à ce public"
            return nothing(name, title, text, mark=NOT_PUBLISHED)
        return nothing(name, "Aucun achat direct n'est connu", text)
    bars = _bars(sums, material.policy)
    years = [bar.year for bar in bars]
    message = _purchases_message({b.year: b.hours for b in bars if b.hours is not None})
    told = heard((b.year, f"{b.shown}{'' if b.hours is None else ' heures'}") for b in bars)
    caption = Caption(
        message,
        "Heures de mise à disposition achetées sans marché publié",
        f"Colonnes, une par année. {message}. {told}.",
        "Heures déclarées par les structures. Une année s'affiche quand trois structures au moins "
        "y contribuent et qu'aucune ne dépasse 85 % du total ; le détail par acheteur n'est pas "
        "diffusé. Quand le nombre de structures déclarantes change, une partie de l'évolution "
        f"vient de là.{_kept(material)}",
        "achats déclarés par les structures",
        period=f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0]),
    )
    data = frame({"Année": [str(y) for y in years], "Heures": [b.shown for b in bars],
                  "Structures déclarantes": [b.makers for b in bars]})  # fmt: skip
    return chart(material, name, caption, picture=Picture(_columns(bars)), data=data)


def _kept(material: Material) -> str:
    """Say that some purchases may not be read by this audience."""
    count = door.withheld(material, "direct_purchases")
    also = agree(count, "autre achat n'est pas diffusé", "autres achats ne sont pas diffusés")
    return f" {french_number(count)} {also} à ce public." if count else ""


@dataclass(frozen=True)
class Bar:
    """Hours of one year: None when hidden or not given, and what is written instead."""

    year: int
    hours: float | None
    shown: str
    makers: int


def _bars(sums: Sequence[evidence.Sum], policy: Policy) -> list[Bar]:
    """One bar per year, the years without any purchase declared included."""
    known = {one.year: one.hours_by_structure for one in sums}
    bars = []
    for year in range(sums[0].year, sums[-1].year + 1):
        parts = known.get(year, ())
        shown = door.magnitude(parts, policy)
        hours = None if shown in (SECRET, NOT_GIVEN) else sum(parts)
        bars.append(Bar(year, hours, shown, sum(1 for part in parts if part)))
    return bars


def _purchases_message(values: dict[int, float]) -> str:
    """First and last year, and those in between when they are the highest or the lowest."""
    if len(values) > 1:
        ends = {min(values), max(values)}
        told = sorted(ends | {f(values, key=lambda y: values[y]) for f in (min, max)})
        parts = [f"{french_number(values[year])} en {year}" for year in told]
        if len(told) > 2:
            return f"Heures achetées : {', '.join(parts)}"
        return f"Les heures achetées passent de {' à '.join(parts)}"
    if values:
        year = next(iter(values))
        return f"Les collectivités achètent {french_number(values[year])} heures en {year}"
    return "Trop peu de structures déclarent leurs achats pour montrer un total"


def _columns(bars: Sequence[Bar]) -> str:
    most = max([bar.hours or 0 for bar in bars] + [1])
    wide = min(COLUMN, style.FULL / len(bars))
    high = 120.0 if any(bar.hours is not None for bar in bars) else 34.0
    base = high + 22
    with canvas(base + 36) as sheet:
        for i, bar in enumerate(bars):
            left, middle = wide * i, wide * (i + 0.5)
            tall = 34.0 if bar.hours is None else high * bar.hours / most
            color, edge = (style.HERE, "none") if bar.hours is not None else (
                style.PAPER, style.GREY)  # fmt: skip
            sheet.bar(left + wide * 0.25, base - tall, wide * 0.5, tall, color=color, edge=edge)
            words = bar.shown if bar.hours is None else f"{bar.shown} h"
            sheet.text(middle, base - tall - 5, words, bold=True, align="center")
            sheet.text(middle, base + 14, str(bar.year), align="center")
            told = many(bar.makers, "structure")
            sheet.text(middle, base + 27, told, size=8.5, color=style.GREY, align="center")
        sheet.line([0, wide * len(bars)], [base, base], color=style.EDGE)
        return sheet.svg()
