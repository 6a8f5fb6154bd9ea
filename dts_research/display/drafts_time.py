"""Draft timeline: experiences, turning points, sessions, decisions and facts on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from dts_research.analysis import chronicle as study
from dts_research.analysis.chronicle import KINDS, Moment
from dts_research.display import blocks, door, style, time_axis
from dts_research.display.blocks import Block
from dts_research.display.canvas import KEYS, Canvas, canvas, edge_of
from dts_research.display.captions import Caption, frame, nothing
from dts_research.display.charts_time import Span, draw_span, spans_of
from dts_research.display.lettering import cut
from dts_research.display.markup_boards import DRAFT
from dts_research.display.pictures import Picture, chart
from dts_research.display.several import Blocks
from dts_research.display.style import french_date, heard, many
from dts_research.display.time_axis import Axis
from dts_research.workbook.material import Material

NAME = "frise"
LANES = {
    "session": ("Séances", "square"), "decision": ("Décisions", "up"),
    "fact": ("Faits des collectivités", "hollow"), "turn": ("Tournants", "accent"),
}  # fmt: skip
LABELS, LANE, ROW = 150.0, 17.0, 14.0
# Experiences beyond which they can no longer be named one by one, and beyond which a screen
# takes two columns.
NAMED, SCREEN = 44, 14
LIMITS = (
    " Ce brouillon laisse de côté ce que personne n'a daté. Il ne permet pas de dire que ce qui "
    "suit vient de ce qui précède, ni qu'il ne s'est rien passé là où rien n'est noté."
)


def timeline(material: Material) -> Blocks:
    """Everything dated on one axis, then what has no date, for the group to place."""
    experiences = door.rows(material, "experiences")
    found = study.moments(
        experiences,
        *(door.rows(material, name)
          for name in ("experience_steps", "sessions", "decisions", "authority_events")),
    )  # fmt: skip
    spans = spans_of(experiences, door.rows(material, "experience_steps"))
    dated = [moment for moment in found if moment.day]
    if not (spans or dated):
        text = "Aucune date n'est notée : la frise est à faire ensemble, de mémoire."
        return Blocks((nothing(NAME, "Rien encore à poser sur une frise", text),))
    drawn = _chart(material, spans, dated)
    undated = [moment for moment in found if not moment.day]
    return Blocks((drawn, _undated(undated)) if undated else (drawn,))


def _chart(material: Material, spans: Sequence[Span], dated: Sequence[Moment]) -> Block:
    counts = {name: sum(m.kind == kind for m in dated) for kind, (name, _) in LANES.items()}
    shown = {"Expériences": len(spans)} | counts
    days = [*[m.day for m in dated], *[s.start for s in spans]]
    message = f"De {_years(days)} : expériences, séances, décisions et faits sur une seule frise"
    caption = Caption(
        message,
        f"{DRAFT} · ce qui est daté",
        "Frise : une ligne par sorte de fait, puis une barre par expérience. "
        f"{heard(shown.items())}.",
        _reading(spans) + LIMITS,
        "fiches d'expérience, séances, décisions et faits des collectivités",
        period=time_axis.years(days),
    )
    picture = Picture(
        _drawing(spans, dated, material.today),
        wide=_drawing(spans, dated, material.today, wide=True),
    )
    return chart(material, NAME, caption, picture=picture, data=_data(material, spans, dated))


def _years(days: Sequence[date | None]) -> str:
    known = sorted(day.year for day in days if day)
    return f"{known[0]} à {known[-1]}"


def _reading(spans: Sequence[Span]) -> str:
    if len(spans) > NAMED:
        return "Les expériences sont trop nombreuses pour une barre chacune : voir leurs tournants."
    return (
        "Une barre va du début à la fin d'une expérience ; un losange est un tournant, une flèche "
        "dit qu'elle continue, une croix qu'elle s'est arrêtée avant le terme."
    )


@dataclass(frozen=True)
class _Part:
    """Some experiences one under the other, and where they stand."""

    spans: Sequence[Span]
    axis: Axis
    left: float
    row: float


def _drawing(
    spans: Sequence[Span], dated: Sequence[Moment], today: date, *, wide: bool = False
) -> str:
    """Lanes of marks on top, then a named bar for each experience, where there is room."""
    bars = spans if len(spans) <= NAMED else ()
    width, labels = (style.WIDE, 130.0) if wide else (style.FULL, LABELS)
    days = [d for s in bars for d in (s.start, s.end, *s.turns)] + [m.day for m in dated] + [today]
    lanes = [kind for kind in LANES if kind != "turn" or not bars]

    def part(some: Sequence[Span], left: float, right: float, row: float) -> _Part:
        axis = time_axis.spanning(days, today=today, left=left + labels + 8, right=right - 12)
        assert axis is not None
        return _Part(some, axis, left + labels, row)

    top, row = 24 + LANE * len(lanes), ROW
    below = [part(bars, 0, width, row)] if bars else []
    if wide and len(bars) > SCREEN:
        half = (len(bars) + 1) // 2
        row = max(style.LETTERS + 1.4, min(ROW, (style.TALLEST - top - 30) / half))
        below = [part(bars[:half], 0, width / 2, row), part(bars[half:], width / 2, width, row)]
    most = max((len(one.spans) for one in below), default=0)
    bottom = top + (26 + row * most if bars else 0)
    with canvas(bottom + 4, width=width, least=style.LETTERS if wide else 0.0) as sheet:
        _lanes(sheet, dated, lanes, part((), 0, width, 0), bottom if len(below) == 1 else top)
        for one in below:
            _bars(sheet, one, top, axis=len(below) > 1)
        return sheet.svg()


def _lanes(
    sheet: Canvas, dated: Sequence[Moment], lanes: Sequence[str], part: _Part, bottom: float
) -> None:
    time_axis.draw(sheet, part.axis, top=16, bottom=bottom)
    for rank, kind in enumerate(lanes):
        name, look = LANES[kind]
        shape, color, edge = KEYS[look]
        y = 22 + LANE * (rank + 0.5)
        xs = [part.axis.x(m.day) for m in dated if m.kind == kind and m.day]
        sheet.text(part.left, y + 3, name, size=9, bold=True, align="right")
        sheet.line([part.axis.left, part.axis.right], [y, y], color=style.PALE, thick=0.6)
        if not xs:
            sheet.text(part.axis.left + 4, y + 3, "rien de noté", size=9, color=style.GREY)
        sheet.marks(xs, [y] * len(xs), shape=shape, color=color, edge=edge, size=7.5,
                    thick=edge_of(look))  # fmt: skip


def _bars(sheet: Canvas, part: _Part, top: float, *, axis: bool) -> None:
    """Bars of some experiences, each with its title; an axis of their own when asked for."""
    y = top + 22
    if axis:
        time_axis.draw(sheet, part.axis, top=y - 4, bottom=y + part.row * len(part.spans))
    sheet.text(part.left, y - 7, "Expériences", size=9, bold=True, align="right")
    for span in part.spans:
        y += part.row
        title = cut(door.title(span.title), LABELS - 22, sheet.size(9))
        sheet.text(part.left, y - part.row / 2 + 3, title, size=9, align="right")
        draw_span(sheet, span, part.axis, y - part.row / 2)


def _data(material: Material, spans: Sequence[Span], dated: Sequence[Moment]) -> pd.DataFrame:
    """Everything on the axis, day after day, experiences by their first day."""
    names = door.names(material)
    rows = door.rows(material, "experiences")
    names |= {i: door.title(t) for i, t in zip(rows["experience_id"], rows["title"])}
    lines = [(m.day, KINDS[m.kind], door.words(m.what), names.get(m.who, "—")) for m in dated]
    for span in spans:
        end = f"jusqu'au {french_date(span.end)}" if span.end else "sans fin notée"
        lines.append((span.start, "Début d'une expérience", end, door.title(span.title)))
    lines.sort(key=lambda line: (line[0] or date.max, line[1]))
    heads = ("Date", "Nature", "Ce qui s'est passé", "De qui ou de quoi")
    return frame({head: [line[x] for line in lines] for x, head in enumerate(heads)})


def _undated(undated: Sequence[Moment]) -> Block:
    """What nobody dated, listed in full."""
    heads = KINDS | {"experience": "Expérience"}
    items = [f"{heads[m.kind]} : {door.words(m.what, length=200)}" for m in undated]
    have = style.agree(len(items), "n'a pas de date", "n'ont pas de date")
    return blocks.callout(
        id=f"{NAME}-sans-date", tone="inconnu",
        title=f"{many(len(items), 'chose')} {have} : qui se souvient, et où les poser ?",
        items=items,
    )  # fmt: skip
