"""Charts of what authorities took into account: dated threads, and hours bought directly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from dts_research.analysis import evidence
from dts_research.analysis.evidence import Thread
from dts_research.display import door, style, time_axis
from dts_research.display.blocks import Block
from dts_research.display.canvas import KEYS, Canvas, canvas, key_line, text_width
from dts_research.display.captions import Caption, frame, none_of, nothing
from dts_research.display.lettering import wrap
from dts_research.display.pictures import Picture, chart
from dts_research.display.style import (
    NOT_GIVEN,
    SECRET,
    agree,
    french_date,
    french_number,
    listing,
    many,
)
from dts_research.display.time_axis import Axis
from dts_research.protect.disclosure import Policy
from dts_research.workbook.material import Material

SMALL = 9.0
COLUMN = 120.0
LEFT, BESIDE = 162.0, 96.0
# More threads than the first make a figure too tall for a screen; than the second, for any type.
TALL, LINES = 11, 18
# More than this that left no trace are named together.
GATHERED = 4
# Families of events, one shape each: they describe, they are not rungs.
FAMILIES = {
    "contact": "hollow", "request": "hollow", "sourcing": "hollow",
    "specification_changed": "square", "clause": "square", "reserved_lot": "square",
    "order_under_40k": "square", "spaser": "square",
    "training_aid": "up", "grant": "up",
    "installed_practice": "star", "step_back": "down",
}  # fmt: skip
WORDS = (
    ("hollow", "contact, demande, sourcing"), ("square", "achat, clause, règle"),
    ("up", "aide"), ("star", "pratique installée"), ("down", "recul"),
)  # fmt: skip


def threads_of(material: Material) -> tuple[Thread, ...]:
    """Threads of the authorities of a territory, in alphabetical order."""
    found = evidence.threads(
        door.rows(material, "authority_events"),
        door.rows(material, "actors"),
        door.rows(material, "direct_purchases"),
        today=material.today,
    )
    return tuple(replace(thread, who=door.words(thread.who)) for thread in found)


def authority_thread(material: Material) -> Block:
    """Dated events of each authority, steps back and silences included."""
    name, found = "fil-des-collectivites", threads_of(material)
    if not any(len(thread.events) for thread in found):
        text = "Aucun événement daté n'est noté pour les collectivités de ce territoire."
        text = none_of(material, "authority_events", "événements", text)
        return nothing(name, "Rien n'est su de ce que les collectivités ont pris en compte", text)
    unknown = sum(thread.unknown for thread in found)
    back = sum(thread.steps_back > 0 for thread in found)
    message = _thread_message(len(found), back, unknown)
    events = sum(len(thread.events) for thread in found)
    bare = sum(thread.undocumented for thread in found)
    caption = Caption(
        message,
        "Événements datés de chaque collectivité ou acheteur",
        f"Frise avec une ligne par collectivité, par ordre alphabétique. {message}. "
        f"{many(events, 'événement')}, dont {bare} sans pièce.",
        "Chaque forme est une famille d'événements ; les formes décrivent, elles ne se comparent "
        f"pas.{_on_word(bare)} "
        "Un fil vide veut dire que rien n'est connu, pas que rien n'a eu lieu.",
        "registre des collectivités",
        period=time_axis.years(d for t in found for d in t.events["date"]),
    )
    wide = TALL < len(found) - len(_bare(found)) <= LINES
    picture = Picture(
        _strips(found, name, material.today),
        wide=_strips(found, name, material.today, width=style.WIDE) if wide else "",
    )
    return chart(material, name, caption, picture=picture, data=_thread_data(found))


def _on_word(count: int) -> str:
    rest = many(count, "événement repose", "événements reposent")
    return f" {rest} sur une parole, sans pièce." if count else ""


def _thread_data(found: Sequence[Thread]) -> pd.DataFrame:
    told = [
        [f"{label} ({french_date(day, short=True)})"
         for label, day in zip(t.events["label"], t.events["date"])]
        for t in found
    ]  # fmt: skip
    return frame(
        {"Collectivité": [t.who for t in found],
         "Événements": [listing(events) or "aucun connu" for events in told],
         "Sans pièce": [t.undocumented for t in found],
         "Dernier événement": [_silence(t) for t in found]}
    )  # fmt: skip


def _thread_message(total: int, back: int, unknown: int) -> str:
    parts = []
    if back:
        parts.append(f"{back} {agree(back, 'a reculé', 'ont reculé')}")
    if unknown:
        verb = agree(unknown, "n'a laissé aucune trace", "n'ont laissé aucune trace")
        parts.append(f"{unknown} {verb}")
    if not parts:
        return f"{many(total, 'collectivité a', 'collectivités ont')} au moins un événement daté"
    return f"Sur {many(total, 'collectivité suivie', 'collectivités suivies')}, {listing(parts)}"


def _silence(thread: Thread) -> str:
    if thread.silent_months is None:
        return "aucun événement connu"
    if thread.silent:
        return f"rien depuis {thread.silent_months} mois"
    return f"il y a {thread.silent_months} mois" if thread.silent_months else "ce mois-ci"


def _strips(found: Sequence[Thread], salt: str, today: date, *, width: float = style.FULL) -> str:
    """One line per authority; the names of many that left no trace are gathered under them."""
    gathered = _bare(found)
    drawn = [thread for thread in found if thread not in gathered]
    days = [day for thread in found for day in thread.events["date"]]
    left = LEFT + (width - style.FULL) / 2
    axis = time_axis.spanning([*days, today], today=today, left=left, right=width - BESIDE)
    assert axis is not None
    least, apart = (style.LETTERS, 17.0) if width == style.WIDE else (0.0, 20.0)
    names = [wrap(thread.who, left - 14, max(SMALL, least)) for thread in drawn]
    heights = [max(apart, 11.5 * len(lines) + 6) for lines in names]
    below = wrap(_gathered(gathered), width - 8, SMALL) if gathered else []
    with canvas(46 + sum(heights) + 12 * len(below), width=width, least=least) as sheet:
        _key(sheet, drawn)
        time_axis.draw(sheet, axis, top=36, bottom=40 + sum(heights))
        top, middles = 40.0, []
        for thread, lines, high in zip(drawn, names, heights):
            middles.append(top + high / 2)
            sheet.lines(left - 8, middles[-1], lines, size=SMALL, align="right")
            _strip(sheet, thread, axis, middles[-1])
            top += high
            sheet.line([0, width], [top, top], color=style.PALE, thick=0.5)
        _marks(sheet, drawn, axis, middles)
        for i, line in enumerate(below):
            sheet.text(4, top + 14 + 12 * i, line, size=SMALL, color=style.GREY)
        return sheet.svg(salt)


def _bare(found: Sequence[Thread]) -> list[Thread]:
    """Threads that left no trace, when they are too many to have a line each."""
    bare = [thread for thread in found if thread.unknown]
    return bare if len(bare) > GATHERED else []


def _gathered(bare: Sequence[Thread]) -> str:
    return f"Aucun événement daté connu : {listing([thread.who for thread in bare])}."


def _key(sheet: Canvas, found: Sequence[Thread]) -> None:
    """Name the families of events that are there."""
    there = {FAMILIES.get(kind, "hollow") for thread in found for kind in thread.events["type"]}
    key_line(sheet, 4, 7, [(kind, words) for kind, words in WORDS if kind in there])


def _strip(sheet: Canvas, thread: Thread, axis: Axis, y: float) -> None:
    left, right = axis.left, axis.right
    if thread.events.empty:
        bought = "achats déclarés, aucun événement daté"
        words = "aucun événement daté connu" if thread.unknown else bought
        sheet.line([left, right], [y, y], color=style.EDGE, dashed=True)
        middle = (left + right) / 2
        half = text_width(words, sheet.size(SMALL)) / 2 + 4
        sheet.bar(middle - half, y - 7, 2 * half, 14, color=style.PAPER)
        ink = style.GREY
        sheet.text(middle, y + 3.2, words, size=SMALL, color=ink, align="center", italic=True)
        return
    xs = [axis.x(day) for day in thread.events["date"]]
    sheet.line([xs[0], xs[-1]], [y, y], color=style.EDGE, thick=1)
    if thread.silent:
        sheet.line([xs[-1], right], [y, y], color=style.EDGE, dashed=True)
    sheet.text(right + 8, y + 3.2, _silence(thread), size=8.5, color=style.GREY)


def _marks(sheet: Canvas, found: Sequence[Thread], axis: Axis, middles: Sequence[float]) -> None:
    """Draw all the events of one family at once."""
    places: dict[str, list[tuple[float, float]]] = {}
    for thread, y in zip(found, middles):
        for day, kind in zip(thread.events["date"], thread.events["type"]):
            places.setdefault(FAMILIES.get(kind, "hollow"), []).append((axis.x(day), y))
    for family, points in places.items():
        shape, color, edge = KEYS[family]
        xs, ys = zip(*points)
        sheet.marks(xs, ys, shape=shape, color=color, edge=edge, size=8)


def purchases(material: Material) -> Block:
    """Hours bought directly each year; a year that rests on too few structures is « Secret »."""
    name = "achats-directs-par-annee"
    rows = door.rows(material, "direct_purchases")
    sums = evidence.bought_by_year(rows)
    if not sums:
        text = "Aucun achat direct déclaré par les structures n'est connu pour ce territoire."
        text = none_of(material, "direct_purchases", "achats directs", text)
        return nothing(name, "Aucun achat direct n'est connu", text)
    bars = _bars(sums, material.policy)
    years = [bar.year for bar in bars]
    message = _purchases_message({b.year: b.hours for b in bars if b.hours is not None})
    told = listing([f"{b.year}, {b.shown}{'' if b.hours is None else ' heures'}" for b in bars])
    caption = Caption(
        message,
        "Heures de mise à disposition achetées sans marché publié",
        f"Colonnes, une par année. {message}. {told}.",
        "Heures déclarées par les structures. Une année s'affiche quand trois structures au moins "
        "y contribuent et qu'aucune ne dépasse 85 % du total ; les heures de chaque acheteur "
        "restent entre elles et lui. Quand le nombre de structures déclarantes change, une partie "
        "de l'évolution vient de là.",
        "achats déclarés par les structures",
        period=f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0]),
    )
    data = frame({"Année": [str(y) for y in years], "Heures": [b.shown for b in bars],
                  "Structures déclarantes": [b.makers for b in bars]})  # fmt: skip
    return chart(material, name, caption, picture=Picture(_columns(bars, name)), data=data)


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
    if len(values) > 1:
        first, last = min(values), max(values)
        return (
            f"Les heures achetées passent de {french_number(values[first])} en {first} "
            f"à {french_number(values[last])} en {last}"
        )
    if values:
        year = next(iter(values))
        return f"Les collectivités achètent {french_number(values[year])} heures en {year}"
    return "Trop peu de structures déclarent leurs achats pour montrer un total"


def _columns(bars: Sequence[Bar], salt: str) -> str:
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
        return sheet.svg(salt)
