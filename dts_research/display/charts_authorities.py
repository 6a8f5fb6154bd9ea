"""Charts of what authorities took into account: dated threads, and hours bought directly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import pandas as pd

from dts_research.analysis import evidence
from dts_research.analysis.evidence import Thread
from dts_research.display import door, style, time_axis
from dts_research.display.blocks import Block
from dts_research.display.canvas import KEYS, LEADING, Canvas, canvas, edge_of, key_line, text_width
from dts_research.display.captions import Caption, frame, none_of, nothing
from dts_research.display.lettering import wrap
from dts_research.display.pictures import Picture, chart
from dts_research.display.style import (
    NOT_PUBLISHED,
    agree,
    french_date,
    listing,
    many,
)
from dts_research.display.time_axis import Axis
from dts_research.workbook.material import Material

SMALL = 9.0
# Letters of the drawing that takes half a page.
NARROW = 8.0
LEFT, BESIDE = 162.0, 84.0
EMPTY = "Un fil vide veut dire que rien n'est connu, pas que rien n'a eu lieu."
NOT_ALL = (
    "D'autres événements ou achats ne sont pas diffusés à ce public : ce qui n'est pas montré ici "
    "ne dit rien d'une collectivité."
)
# More threads than the first make a figure too tall for a screen; than the second, for any type.
TALL, LINES = 11, 18
# Most lines of a narrow drawing, beside the map on the single page.
SHORT = 8
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


@lru_cache(maxsize=8)
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
    kept = door.withheld(material, "authority_events")
    kept += door.withheld(material, "direct_purchases")
    if not any(len(thread.events) for thread in found):
        return _no_event(material, name)
    # Beside events that this audience may not read, an empty thread says nothing.
    found = tuple(t for t in found if len(t.events)) if kept else found
    events = sum(len(thread.events) for thread in found)
    bare = sum(thread.undocumented for thread in found)
    message = _thread_message(found, kept)
    limits = NOT_ALL if kept else EMPTY
    caption = Caption(
        message,
        "Événements datés de chaque collectivité ou acheteur",
        f"Frise avec une ligne par collectivité, par ordre alphabétique. {message}. "
        f"{many(events, 'événement')}, dont {bare} sans pièce.",
        "Chaque forme est une famille d'événements ; les formes décrivent, elles ne se comparent "
        f"pas.{_on_word(bare)} {limits}",
        "registre des collectivités",
        period=time_axis.years(d for t in found for d in t.events["date"]),
    )
    picture = replace(_picture(found, material), case="part" if kept else "")
    data = _thread_data(found, "montré" if kept else "connu")
    return chart(material, name, caption, picture=picture, data=data)


def _no_event(material: Material, name: str) -> Block:
    """Nothing to draw: nothing is known, or nothing that this audience may read."""
    if door.withheld(material, "authority_events"):
        text = none_of(material, "authority_events", "événements", "")
        title = "Les événements des collectivités ne sont pas diffusés à ce public"
        return nothing(name, title, text, mark=NOT_PUBLISHED)
    text = "Aucun événement daté n'est noté pour les collectivités de ce territoire."
    return nothing(name, "Rien n'est su de ce que les collectivités ont pris en compte", text)


def _picture(found: Sequence[Thread], material: Material) -> Picture:
    """A narrow drawing for the single page, else one for a page and one for a screen."""
    last = door.withheld(material, "authority_events") > 0
    page = _Sheet(material.today, shown=last)
    if material.reader == "élu" and len(found) <= SHORT:
        small = replace(page, width=style.HALF, left=104, letters=NARROW, beside=8)
        return Picture(_strips(found, small), half=True)
    wide = TALL < len(found) - len(_bare(found)) <= LINES
    left = LEFT + (style.WIDE - style.FULL) / 2
    screen = replace(page, width=style.WIDE, left=left, least=style.LETTERS, apart=17.0)
    return Picture(_strips(found, page), wide=_strips(found, screen) if wide else "")


def _on_word(count: int) -> str:
    rest = many(count, "événement repose", "événements reposent")
    return f" {rest} sur une parole, sans pièce." if count else ""


def _thread_data(found: Sequence[Thread], known: str) -> pd.DataFrame:
    """One row per event, so that they can be counted and sorted; one for who has none."""
    none = [(f"aucun {known}", "aucun", "sans objet")]
    told = [
        (thread.who, *event)
        for thread in found
        for event in ([_facts(e) for e in thread.events.itertuples()] or none)
    ]
    heads = ("Collectivité", "Date", "Événement", "Pièce")
    return frame(dict(zip(heads, zip(*told), strict=True)))


def _facts(event: Any) -> tuple[str, str, str]:
    piece = door.words(event.document, missing="sans pièce")
    return french_date(event.date, short=True), event.label, piece


def _thread_message(found: Sequence[Thread], kept: int) -> str:
    back = sum(thread.steps_back > 0 for thread in found)
    empty = sum(thread.events.empty for thread in found)
    if kept:
        there = many(len(found), "collectivité a", "collectivités ont")
        return f"{there} des événements datés diffusés à ce public"
    parts = []
    if back:
        parts.append(f"{back} {agree(back, 'a reculé', 'ont reculé')}")
    if empty:
        parts.append(f"{empty} {agree(empty, 'est', 'sont')} sans événement daté")
    if not parts:
        return (
            f"{many(len(found), 'collectivité a', 'collectivités ont')} au moins un événement daté"
        )
    followed = many(len(found), "collectivité suivie", "collectivités et acheteurs suivis")
    return f"Sur {followed}, {listing(parts)}"


def _last(thread: Thread) -> str:
    """Month of the last event known."""
    days = [day for day in thread.events["date"] if isinstance(day, date)]
    return french_date(max(days), short=True) if days else "aucun connu"


@dataclass(frozen=True)
class _Sheet:
    """How wide the drawing is, what it keeps for names and for the last event, its letters."""

    today: date
    width: float = style.FULL
    left: float = LEFT
    beside: float = BESIDE
    letters: float = SMALL
    least: float = 0.0
    apart: float = 20.0
    shown: bool = False

    @property
    def head(self) -> str:
        """What stands over the months of the last events."""
        return f"dernier événement {'montré' if self.shown else 'connu'}"


# A thread, its name broken into lines, the height it needs.
_Row = tuple[Thread, list[str], float]


def _strips(found: Sequence[Thread], page: _Sheet) -> str:
    """One line per authority; the names of many that left no trace are gathered under them."""
    gathered = _bare(found)
    drawn = [thread for thread in found if thread not in gathered]
    days = [day for thread in found for day in thread.events["date"]]
    right = page.width - page.beside
    axis = time_axis.spanning([*days, page.today], today=page.today, left=page.left, right=right)
    assert axis is not None
    size = max(page.letters, page.least)
    names = [wrap(thread.who, page.left - 14, size) for thread in drawn]
    step = size * LEADING
    heights = [max(page.apart, step * len(lines) + 6) for lines in names]
    below = wrap(_gathered(gathered), page.width - 8, size) if gathered else []
    keys = _keys(drawn, page)
    first = 14.0 * len(keys) + 26
    with canvas(
        first + 6 + sum(heights) + 12 * len(below), width=page.width, least=page.least
    ) as sheet:
        for i, row in enumerate(keys):
            key_line(sheet, 2, 7 + 14 * i, row, size=page.letters)
        if page.width > style.HALF:
            _heads(sheet, page, top=first - 4)
        time_axis.draw(sheet, axis, top=first - 4, bottom=first + sum(heights))
        _rows(sheet, page, axis, first, list(zip(drawn, names, heights)))
        for i, line in enumerate(below):
            y = first + sum(heights) + 14 + 12 * i
            sheet.text(4, y, line, size=page.letters, color=style.GREY)
        return sheet.svg()


def _rows(
    sheet: Canvas, page: _Sheet, axis: Axis, top: float, rows: Sequence[_Row]
) -> None:  # fmt: skip
    """Names and events, one authority under the other."""
    middles = []
    for thread, lines, high in rows:
        middles.append(top + high / 2)
        sheet.lines(page.left - 8, middles[-1], lines, size=page.letters, align="right")
        _strip(sheet, thread, axis, y=middles[-1], size=page.letters)
        top += high
        sheet.line([0, page.width], [top, top], color=style.PALE, thick=0.5)
    _marks(sheet, [thread for thread, _, _ in rows], axis, middles)


def _heads(sheet: Canvas, page: _Sheet, *, top: float) -> None:
    """Name the column of the last events."""
    x = page.width - page.beside + 8
    lines = wrap(page.head, page.beside - 8, sheet.size(page.letters))
    for i, line in enumerate(lines):
        y = top - 3 - (len(lines) - 1 - i) * 10
        sheet.text(x, y, line, size=page.letters, color=style.GREY)


def _bare(found: Sequence[Thread]) -> list[Thread]:
    """Threads that left no trace, when they are too many to have a line each."""
    bare = [thread for thread in found if thread.unknown]
    return bare if len(bare) > GATHERED else []


def _gathered(bare: Sequence[Thread]) -> str:
    """Sentence under the drawing."""
    return f"Aucun événement daté connu : {listing([thread.who for thread in bare])}."


def _keys(found: Sequence[Thread], page: _Sheet) -> list[list[tuple[str, str]]]:
    """Families of events that are there, on as many lines as they need."""
    there = {FAMILIES.get(kind, "hollow") for thread in found for kind in thread.events["type"]}
    rows: list[list[tuple[str, str]]] = [[]]
    room = page.width
    for kind, words in (pair for pair in WORDS if pair[0] in there):
        wide = text_width(words, max(page.letters, page.least)) + 28
        if rows[-1] and wide > room:
            rows, room = [*rows, []], page.width
        rows[-1].append((kind, words))
        room -= wide
    return rows


def _strip(sheet: Canvas, thread: Thread, axis: Axis, *, y: float, size: float) -> None:
    left, right = axis.left, axis.right
    if thread.events.empty:
        bought = "seuls des achats sont connus"
        words = "aucun événement daté connu" if thread.unknown else bought
        sheet.line([left, right], [y, y], color=style.EDGE, dashed=True)
        middle = (left + right) / 2
        half = text_width(words, sheet.size(size)) / 2 + 4
        sheet.bar(middle - half, y - 6, 2 * half, 12, color=style.PAPER)
        ink = style.GREY
        sheet.text(middle, y + 3.2, words, size=size, color=ink, align="center", italic=True)
        return
    xs = [axis.x(day) for day in thread.events["date"]]
    sheet.line([xs[0], xs[-1]], [y, y], color=style.EDGE, thick=1)
    if sheet.width > style.HALF:
        sheet.text(right + 8, y + 3.2, _last(thread), size=size, color=style.GREY)


def _marks(sheet: Canvas, found: Sequence[Thread], axis: Axis, middles: Sequence[float]) -> None:
    """Draw all the events of one family at once."""
    places: dict[str, list[tuple[float, float]]] = {}
    for thread, y in zip(found, middles):
        for day, kind in zip(thread.events["date"], thread.events["type"]):
            places.setdefault(FAMILIES.get(kind, "hollow"), []).append((axis.x(day), y))
    for family, points in places.items():
        shape, color, edge = KEYS[family]
        xs, ys = zip(*points)
        size = 8 if sheet.width > style.HALF else 7
        thick = edge_of(family)
        sheet.marks(xs, ys, shape=shape, color=color, edge=edge, size=size, thick=thick)
