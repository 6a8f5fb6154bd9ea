"""Charts of time: experiences and their turning points, members of a collective."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from dts_research.analysis import membership
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
    know = many(len(spans), "expérience connaît", "expériences connaissent")
    message = f"{know} {many(turns, 'tournant')} entre {_years(spans, material.today)}"
    stops = sum(span.stage == "arretee" for span in spans)
    caption = Caption(
        message,
        "Du début à la fin de chaque expérience",
        f"Frise des expériences, par date de début. {message}. "
        f"{many(stops, 'expérience s’arrête', 'expériences s’arrêtent')} avant le terme.",
        _timeline_reading(spans)
        + unsaid(len(experiences) - len(spans), len(experiences), "n'a pas de date de début",
                 "n'ont pas de date de début"),
    )  # fmt: skip
    if len(spans) > LINES:
        svg, data = _per_year(spans, name), _year_data(spans)
    else:
        svg, data = _lines(spans, name, material.today), _span_data(spans)
    return chart(material, name, caption, picture=Picture(svg), data=data)


def _timeline_reading(spans: Sequence[Span]) -> str:
    if len(spans) > LINES:
        return "Chaque colonne compte les expériences par l'année de leur début."
    return "Une flèche dit que l'expérience continue. L'ordre est celui des débuts."


def _span_data(spans: Sequence[Span]) -> pd.DataFrame:
    return frame(
        {"Expérience": [door.words(s.title) for s in spans], "Début": [s.start for s in spans],
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


def _lines(spans: Sequence[Span], salt: str, today: date) -> str:
    names = [wrap(door.words(span.title), LABELS - 6, SMALL, most=3) for span in spans]
    heights = [max(14.5, 11.0 * len(lines) + 3.5) for lines in names]
    days = [d for s in spans for d in (s.start, s.end, *s.turns)]
    axis = time_axis.spanning([*days, today], today=today, left=LABELS + 8, right=style.FULL - 14)
    assert axis is not None
    with canvas(42 + sum(heights)) as sheet:
        keys = [("line", "durée"), ("accent", "tournant"), ("cross", "arrêt avant le terme")]
        key_line(sheet, LABELS + 8, 7, keys)
        time_axis.draw(sheet, axis, top=32, bottom=40 + sum(heights))
        top = 36.0
        for span, lines, high in zip(spans, names, heights):
            sheet.lines(LABELS, top + high / 2, lines, size=SMALL, align="right")
            _span(sheet, span, axis, top + high / 2)
            top += high
        return sheet.svg(salt)


def _span(sheet: Canvas, span: Span, axis: Axis, y: float) -> None:
    start, end = axis.x(span.start), axis.x(span.end or axis.last)
    going = span.end is None and span.stage not in ("arretee", "terminee")
    sheet.line([start, max(end, start + 2)], [y, y], color=style.HERE, thick=4)
    if going:
        sheet.line([end - 4, end + 2, end - 4], [y - 4.5, y, y + 4.5], color=style.HERE, thick=1.4)
    if span.stage == "arretee":
        sheet.marks([end + 8], [y], shape="cross", size=6, color=style.INK, edge=style.INK, thick=2)
    xs = [axis.x(day) for day in span.turns]
    sheet.marks(xs, [y] * len(xs), shape="diamond", size=6, color=style.ACCENT, edge=style.INK)


def _per_year(spans: Sequence[Span], salt: str) -> str:
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
        return sheet.svg(salt)


def members(material: Material) -> Block:
    """Members of the collective over the structures that could join, through time."""
    name = "membres-du-collectif"
    found = membership.coverage(
        door.rows(material, "memberships"), door.rows(material, "structures"),
        door.rows(material, "structure_kinds"), today=material.today,
    )  # fmt: skip
    found = tuple(one for one in found if len(one.table))
    if not found:
        text = "Aucune adhésion datée n'est connue pour ce territoire."
        return nothing(name, "Aucun collectif n'est connu", text)
    message = _members_message(found)
    told = [f"{french_date(r.date, short=True)}, {r.members}" for r in found[0].table.itertuples()]
    alt = f"Courbe en escalier des membres du collectif. {message}. Membres : {listing(told)}."
    sources = sorted({door.words(s) for one in found for s in one.table["source"] if s})
    caption = Caption(
        message,
        "Structures membres et structures éligibles",
        alt,
        found[0].reading + f" Sources citées : {' ; '.join(sources[:6])}.",
        "registre des adhésions",
        period=time_axis.years(d for one in found for d in one.table["date"]),
    )
    svg = _steps(found, name, material.today)
    return chart(material, name, caption, picture=Picture(svg), data=_members_data(found))


def _members_data(found: Sequence[membership.Coverage]) -> pd.DataFrame:
    """One row per change, whatever the collective."""
    every = pd.concat([one.table.assign(collective=one.collective) for one in found])
    return frame(
        {"Date": every["date"], "Collectif": [door.words(c) for c in every["collective"]],
         "Membres": every["members"], "Éligibles": every["eligible"],
         "Source": [door.words(text) for text in every["source"]]}
    )  # fmt: skip


def _members_message(found: Sequence[membership.Coverage]) -> str:
    if len(found) > 1:
        now = sum(int(one.table["members"].iloc[-1]) for one in found)
        return f"{len(found)} collectifs réunissent {many(now, 'structure')}"
    first, last = found[0].table.iloc[0], found[0].table.iloc[-1]
    if len(found[0].table) == 1:
        return f"Le collectif réunit {_over(last.members, last.eligible)}"
    span = f"entre {first.date.year} et {last.date.year}"
    if first.eligible == last.eligible:
        over = _over(last.members, last.eligible)
        return f"Le collectif passe de {first.members} à {over} {span}"
    return f"Le collectif passe de {_over(first.members, first.eligible)} à {last.members} sur " + (
        f"{int(last.eligible)} {span}" if last.eligible == last.eligible else f"? {span}"
    )


def _over(count: int, eligible: float | None) -> str:
    if eligible is None or eligible != eligible:
        return f"{many(count, 'membre')}, éligibles non renseignés"
    return f"{many(count, 'membre')} sur {int(eligible)}"


def _steps(found: Sequence[membership.Coverage], salt: str, today: date) -> str:
    high, head = 130.0, 38.0 if len(found) > 1 else 20.0
    with canvas((high + head + 6) * len(found)) as sheet:
        for i, one in enumerate(found):
            top = (high + head + 6) * i
            if len(found) > 1:
                sheet.text(0, top + 11, door.words(one.collective), bold=True)
            _staircase(sheet, one, today, top=top + head, high=high)
        return sheet.svg(salt)


def _staircase(
    sheet: Canvas, one: membership.Coverage, today: date, *, top: float, high: float
) -> None:
    table = one.table
    right = style.FULL - 96
    axis = time_axis.spanning([*table["date"], today], today=today, left=6, right=right)
    assert axis is not None
    known = [int(e) for e in table["eligible"] if e is not None and e == e]
    scale = (high - 14) / max([*table["members"], *known, 1])
    base = top + high
    time_axis.draw(sheet, axis, top=top, bottom=base)
    xs = [axis.x(day) for day in table["date"]] + [axis.x(axis.last)]
    for values, color, dashed in ((table["eligible"], style.GREY, True),
                                  (table["members"], style.HERE, False)):  # fmt: skip
        _stairs(sheet, xs, [base - v * scale if v == v else base for v in values], color, dashed)
    sheet.line([6, right], [base, base], color=style.EDGE)
    for x, count, most in zip(xs, table["members"], table["eligible"]):
        y = base - count * scale
        crowded = most == most and 0 < (most - count) * scale < 18
        sheet.marks([x], [y], size=6)
        side, align = (4.0, "left") if crowded or x < 16 else (-4.0, "right")
        below = 13 if crowded else -6
        sheet.text(x + side, y + below, str(count), size=SMALL, bold=True, align=align)
    last = int(table["members"].iloc[-1])
    _ends(sheet, right + 7, base, scale, (last, known[-1] if known else None, one.observers))


def _stairs(
    sheet: Canvas, xs: Sequence[float], ys: Sequence[float], color: str, dashed: bool
) -> None:
    line_x = [x for pair in itertools.pairwise(xs) for x in pair]
    line_y = [y for y in ys for _ in range(2)]
    sheet.line(line_x, line_y, color=color, thick=1.2 if dashed else 2.2, dashed=dashed)


def _ends(
    sheet: Canvas, x: float, base: float, scale: float, ends: tuple[int, int | None, int]
) -> None:
    """Name the two lines at their right end, one under the other when they are close."""
    last, eligible, observers = ends
    y = base - last * scale + 4
    if eligible is not None:
        above = base - eligible * scale + 3
        y = max(y, above + 14)
        sheet.text(x, above, f"{eligible} éligibles", size=SMALL, color=style.GREY)
    sheet.text(x, y, many(last, "membre"), bold=True)
    if observers:
        words = f"+ {many(observers, 'observatrice')}"
        sheet.text(x, y + 13, words, size=SMALL, color=style.GREY)
