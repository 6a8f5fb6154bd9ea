"""Rows of marks: one row per category, one mark per record, the network as a pale band behind.

Small numbers are shown as what they are, one mark each, so that they can be counted; larger ones
become bars from zero. Categories keep the order they were given in. The first row says in full
what its marks are; a key over the rows tells the band and the marks set apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dts_research.display import style
from dts_research.display.canvas import LEADING, Canvas, canvas, key_line, text_width
from dts_research.display.lettering import wrap

LABEL = 10.0
NOTE = 8.5
MARK = 9.0
PITCH = 12.0
SMALLEST = 5.5


@dataclass(frozen=True)
class Row:
    """One category.

    Parameters
    ----------
    label
        Its name.
    count
        How many marks.
    value, note
        Direct label after the marks (in ink), and a second line under it (in grey).
    beside
        What the network's distribution would give; None for no comparison.
    special
        How many of the marks are set apart by shape, in the same ink, at the end of the row.
    hollow
        How many of the marks are empty, at the end of the row.
    shape
        Shape of the marks that are set apart.
    """

    label: str
    count: int
    value: str
    note: str = ""
    beside: float | None = None
    special: int = 0
    hollow: int = 0
    shape: str = "diamond"


@dataclass(frozen=True)
class Scale:
    """Where the marks start, and how far apart they are."""

    left: float
    pitch: float
    dots: bool

    def x(self, count: float) -> float:
        """Right end of `count` marks."""
        return self.left + self.pitch * count


def height_of(row: Row, label_room: float) -> float:
    """Height that a row needs."""
    lines = len(wrap(row.label, label_room, LABEL))
    return max(lines * LABEL * LEADING + 8, 27 if row.note else 20)


def scale_for(rows: Sequence[Row], *, left: float, room: float) -> Scale:
    """Choose marks when they can be told apart, else bars."""
    most = max([row.count for row in rows] + [row.beside or 0 for row in rows] + [1])
    pitch = min(PITCH, room / most)
    return Scale(left, pitch, pitch >= SMALLEST)


def draw_row(sheet: Canvas, row: Row, scale: Scale, *, top: float, high: float) -> None:
    """Draw the band, the marks and the direct labels of one row."""
    middle = top + high / 2
    if row.beside is not None:
        sheet.bar(scale.left, middle - 6.5, scale.pitch * row.beside, 13, color=style.PALE)
    if scale.dots:
        _dots(sheet, row, scale, middle)
    else:
        _bar(sheet, row, scale, middle)
    end = scale.x(max(row.count, row.beside or 0)) + 7
    if row.note:
        sheet.text(end, middle - 1.5, row.value, size=LABEL, bold=True)
        sheet.text(end, middle + 9, row.note, size=NOTE, color=style.GREY)
    else:
        sheet.text(end, middle + 3.5, row.value, size=LABEL, bold=True)


def _dots(sheet: Canvas, row: Row, scale: Scale, middle: float) -> None:
    xs = [scale.left + scale.pitch * (i + 0.5) for i in range(row.count)]
    size = min(MARK, scale.pitch - 1.2)
    plain = row.count - row.special - row.hollow
    sheet.marks(xs[:plain], [middle] * plain, size=size, color=style.HERE)
    apart = xs[plain : plain + row.special]
    sheet.marks(
        apart, [middle] * len(apart), size=size * 0.72, shape=row.shape, color=style.PAPER,
        edge=style.HERE, thick=1.5,
    )  # fmt: skip
    empty = xs[plain + row.special :]
    sheet.marks(empty, [middle] * len(empty), size=size, color=style.PAPER, edge=style.GREY)


def _bar(sheet: Canvas, row: Row, scale: Scale, middle: float) -> None:
    start = scale.left
    parts = (
        (row.count - row.special - row.hollow, style.HERE, "none"),
        (row.special, style.PAPER, style.HERE),
        (row.hollow, style.PAPER, style.GREY),
    )
    for count, color, edge in parts:
        if count:
            sheet.bar(start, middle - 4, scale.pitch * count, 8, color=color, edge=edge)
            start += scale.pitch * count


def drawing(
    rows: Sequence[Row],
    *,
    label_room: float = 172,
    keys: Sequence[tuple[str, str]] = (),
) -> str:
    """Draw rows of marks on a full-width sheet.

    Parameters
    ----------
    rows
        Categories, in the order in which they are drawn.
    label_room
        Width kept for the names.
    keys
        Marks whose meaning the rows do not tell, and their words.
    """
    values = max([text_width(row.value, LABEL, bold=True) for row in rows] + [0])
    notes = max([text_width(row.note, NOTE) for row in rows] + [0])
    left = min(label_room, max(text_width(row.label) for row in rows)) + 12
    scale = scale_for(rows, left=left, room=style.FULL - left - max(values, notes) - 12)
    heights = [height_of(row, label_room) for row in rows]
    head = 20.0 if keys else 2.0
    with canvas(head + sum(heights) + 2) as sheet:
        key_line(sheet, left, 8, keys)
        top = head
        for row, high in zip(rows, heights):
            names = wrap(row.label, label_room, LABEL)
            sheet.lines(left - 8, top + high / 2, names, size=LABEL, align="right")
            draw_row(sheet, row, scale, top=top, high=high)
            top += high
        sheet.line([left, left], [head, top], color=style.EDGE)
        return sheet.svg()
