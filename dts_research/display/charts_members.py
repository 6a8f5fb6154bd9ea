"""Chart of the members of a collective over those that could join."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date

import pandas as pd

from dts_research.analysis import membership
from dts_research.display import door, style, time_axis
from dts_research.display.blocks import Block
from dts_research.display.canvas import Canvas, canvas
from dts_research.display.captions import Caption, frame, nothing
from dts_research.display.pictures import Picture, chart
from dts_research.display.style import french_date, heard, many
from dts_research.workbook.material import Material

SMALL = 9.0


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
    told = heard((french_date(r.date, short=True), r.members) for r in found[0].table.itertuples())
    alt = f"Courbe en escalier des membres du collectif. {message}. Membres – {told}."
    sources = sorted({door.words(s) for one in found for s in one.table["source"] if s})
    caption = Caption(
        message,
        "Structures membres et structures éligibles",
        alt,
        found[0].reading + f" Sources citées : {' ; '.join(sources[:6])}.",
        "registre des adhésions",
        period=time_axis.years([*(d for one in found for d in one.table["date"]), material.today]),
    )
    svg = _steps(found, material.today)
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


def _steps(found: Sequence[membership.Coverage], today: date) -> str:
    high, head = 130.0, 38.0 if len(found) > 1 else 20.0
    with canvas((high + head + 6) * len(found)) as sheet:
        for i, one in enumerate(found):
            top = (high + head + 6) * i
            if len(found) > 1:
                sheet.text(0, top + 11, door.words(one.collective), bold=True)
            _staircase(sheet, one, today, top=top + head, high=high)
        return sheet.svg()


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
