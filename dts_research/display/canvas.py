"""A sheet of known size to draw on, in points from the top left corner.

Everything a chart draws goes through it, so that no label is ever cut: texts are one line each,
set on their baseline, and what is far too long has been wrapped before (see `lettering`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from dts_research.display import elements, lettering, style
from dts_research.display.elements import Element, said
from dts_research.display.typography import french

_SQUARE = np.array([(-1, 1), (1, 1), (1, -1), (-1, -1)]) / 2
_PLUS = [(-1, 3), (1, 3), (1, 1), (3, 1), (3, -1), (1, -1), (1, -3), (-1, -3), (-1, -1), (-3, -1),
         (-3, 1), (-1, 1)]  # fmt: skip
# Outlines of marks as wide as one; a dot has none. A cross is two lines.
SHAPES: dict[str, list[np.ndarray]] = {
    "dot": [],
    "square": [_SQUARE],
    "diamond": [np.array([(0, 1), (1, 0), (0, -1), (-1, 0)]) * 0.5**0.5],
    "up": [np.array([(0, -0.5), (-0.5, 0.5), (0.5, 0.5)])],
    "down": [np.array([(0, 0.5), (0.5, -0.5), (-0.5, -0.5)])],
    "star": [np.array(_PLUS) / 6],
    "cross": [_SQUARE[[3, 1]], _SQUARE[[0, 2]]],
}
ANCHORS = {"left": "", "center": "middle", "right": "end"}
LEADING = 1.25


@dataclass(frozen=True)
class Canvas:
    """A sheet of `width` x `height` points; x grows to the right, y downwards."""

    width: float
    height: float
    least: float = 0.0
    elements: list[Element] = field(default_factory=list)

    def size(self, asked: float) -> float:
        """Size of letters, no smaller than those of the sheet."""
        return max(asked, self.least)

    def text(
        self, x: float, y: float, words: str, *, size: float = 10, color: str = style.INK,
        bold: bool = False, align: str = "left", italic: bool = False,
    ) -> None:  # fmt: skip
        """Write one line on its baseline."""
        if not math.isfinite(x + y):
            return
        edged = style.EDGED.get(color)
        told: dict[str, object] = {
            "font-style": "italic" if italic else "", "font-weight": 600 if bold else "",
            "font-size": f"{self.size(size):g}px", "text-anchor": ANCHORS[align],
            "fill": (edged or color).lower(),
        }  # fmt: skip
        if edged:
            told |= {"stroke": style.PAPER, "stroke-width": 2.6, "paint-order": "stroke"}
        self.elements.append(elements.line_of_text(x, y, french(words), said(told)))

    def tag(
        self, x: float, y: float, words: str, *, size: float = 9.5, side: str = "right"
    ) -> None:
        """Name a mark in the middle of others: what is under the name is put out.

        Parameters
        ----------
        side
            Where the name stands: ``right``, ``left``, or ``over`` the mark.
        """
        wide = text_width(words, self.size(size), bold=True) + 4
        start = {"left": x - 8 - wide, "over": x - wide / 2}.get(side, x + 8)
        self.bar(start, y - size * 0.62, wide, size * 1.25, color=style.PAPER)
        self.text(start + 2, y + size * 0.35, words, size=size, bold=True)

    def lines(
        self, x: float, middle: float, words: Sequence[str], *, size: float = 10,
        color: str = style.INK, bold: bool = False, align: str = "left",
    ) -> None:  # fmt: skip
        """Write several lines, centred on a height."""
        size = self.size(size)
        step = size * LEADING
        first = middle - step * (len(words) - 1) / 2 + size * 0.35
        for i, line in enumerate(words):
            self.text(x, first + i * step, line, size=size, color=color, bold=bold, align=align)

    def line(
        self, xs: Sequence[float], ys: Sequence[float], *, color: str = style.LINE,
        thick: float = 0.8, dashed: bool = False,
    ) -> None:  # fmt: skip
        """Draw a broken line."""
        dashes = f"{3 * thick:g},{2.4 * thick:g}" if dashed else ""
        told = {"fill": "none", "stroke-dasharray": dashes, **_edged(color, thick)}
        points = np.column_stack([xs, ys])
        self.elements.append(elements.path([points], said(told), closed=False))

    def bar(
        self, x: float, y: float, wide: float, high: float, *, color: str = style.HERE,
        edge: str = "none", thick: float = 0.8,
    ) -> None:  # fmt: skip
        """Draw a rectangle from its top left corner."""
        corners = np.array([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)])
        told = {"fill": color.lower(), **_edged(edge, thick), "stroke-linejoin": "miter"}
        self.elements.append(elements.path([corners], said(told)))

    def marks(
        self, xs: Sequence[float], ys: Sequence[float], *, size: float | Sequence[float] = 7,
        shape: str = "dot", color: str = style.HERE, edge: str = style.PAPER, thick: float = 0.8,
    ) -> None:  # fmt: skip
        """Draw marks of one shape; `size` is their width in points, one for all or one each."""
        told = said({"fill": color.lower(), **_edged(edge, thick)})
        outlines = SHAPES[shape]
        for x, y, wide in zip(xs, ys, np.broadcast_to(size, (len(xs),)), strict=True):
            if not math.isfinite(x + y + wide):
                continue  # it stands nowhere
            if outlines:
                moved = [one * wide + (x, y) for one in outlines]
                one = elements.path(moved, told, closed=shape != "cross")
            else:
                one = elements.circle(x, y, wide / 2, told)
            self.elements.append(one)

    def polygons(
        self, rings: Sequence[np.ndarray], *, color: str | Sequence[str] = "none",
        edge: str = style.EDGE, thick: float = 0.6,
    ) -> None:  # fmt: skip
        """Draw closed outlines; `color` is one for all or one each."""
        colors = [color] * len(rings) if isinstance(color, str) else color
        for ring, filled in zip(rings, colors, strict=True):
            told = said({"fill": filled.lower(), **_edged(edge, thick)})
            self.elements.append(elements.path([ring], told))

    def svg(self) -> str:
        """Write everything that was drawn, in the order of the calls."""
        whole = elements.drawing(self.elements, self.width, self.height, family=style.FAMILY)
        return elements.hatched(whole, style.HATCHED, paper=style.PAPER, line=style.EDGE)


def _edged(color: str, thick: float) -> dict[str, object]:
    return {"stroke": color.lower(), "stroke-width": thick}


@contextmanager
def canvas(height: float, *, width: float = style.FULL, least: float = 0.0) -> Iterator[Canvas]:
    """Open a sheet of known size; `least` is that of its smallest letters."""
    yield Canvas(width, height, least)


def text_width(words: str, size: float = 10, *, bold: bool = False) -> float:
    """Width of a line once set in French typography."""
    return lettering.width(french(words), size, bold=bold)


KEYS = {
    "dot": ("dot", style.HERE, style.PAPER),
    "hollow": ("dot", style.PAPER, style.GREY),
    "square": ("square", style.HERE, style.PAPER),
    "up": ("up", style.HERE, style.PAPER),
    "star": ("star", style.HERE, style.PAPER),
    "apart": ("diamond", style.PAPER, style.HERE),
    "accent": ("diamond", style.ACCENT, style.INK),
    "down": ("down", style.PAPER, style.HERE),
    "cross": ("cross", style.INK, style.INK),
}


def edge_of(kind: str) -> float:
    """Thickness of the edge of a mark: what is empty and blue has a strong one."""
    return 1.5 if KEYS[kind][1:] == (style.PAPER, style.HERE) else 0.8


def key_line(
    sheet: Canvas, x: float, y: float, keys: Sequence[tuple[str, str]], *, size: float = 9.0
) -> float:
    """Write on one line what each kind of mark stands for.

    Parameters
    ----------
    x, y
        Left end and middle of the line.
    keys
        Kind of mark (``dot``, ``hollow``, ``accent``, ``band``, ``line``, ``dashed``...) and words.
    size
        Size of the letters.

    Returns
    -------
    float
        Where the line ends.
    """
    for kind, words in keys:
        if kind == "band":
            sheet.bar(x, y - 4, 14, 8, color=style.PALE)
        elif kind in ("line", "dashed"):
            dashed = kind == "dashed"
            color = style.EDGE if dashed else style.HERE
            sheet.line([x, x + 14], [y, y], color=color, thick=1.6, dashed=dashed)
        else:
            shape, color, edge = KEYS[kind]
            wide = sheet.size(size) * (0.62 if kind == "apart" else 0.85)
            thick = edge_of(kind)
            sheet.marks([x + 4], [y], shape=shape, color=color, edge=edge, size=wide, thick=thick)
        start = x + (18 if kind in ("band", "line", "dashed") else 12)
        sheet.text(start, y + 3, words, size=size, color=style.GREY)
        x = start + text_width(words, sheet.size(size)) + 14
    return x
