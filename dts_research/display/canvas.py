"""A sheet of known size to draw on, in points from the top left corner.

Everything a chart draws goes through it, so that no label is ever cut: texts are one line each,
set on their baseline, and what is far too long has been wrapped before (see `lettering`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, IdentityTransform, Transform

from dts_research.display import lettering, style
from dts_research.display.typography import french

SHAPES = {
    "dot": "o", "square": "s", "diamond": "D", "up": "^", "down": "v", "star": "P", "cross": "x",
}  # fmt: skip
LEADING = 1.25


@lru_cache(maxsize=64)
def _font(size: float, bold: bool, italic: bool) -> FontProperties:
    return FontProperties(
        family=list(style.FAMILY), size=size, weight=600 if bold else 400,
        style="italic" if italic else "normal",
    )  # fmt: skip


class _Line(Text):
    """One line of text on its baseline: it needs no layout, which is most of what text costs."""

    def draw(self, renderer: Any) -> None:
        x, y = self.get_transform().transform(self.get_unitless_position())
        gc = renderer.new_gc()
        gc.set_foreground(self.get_color())
        _, height = renderer.get_canvas_width_height()
        renderer.draw_text(gc, x, height - y, self.get_text(), self.get_fontproperties(), 0,
                           ismath=False, mtext=self)  # fmt: skip
        gc.restore()


@dataclass(frozen=True)
class Canvas:
    """A sheet of `width` x `height` points; x grows to the right, y downwards."""

    figure: Figure
    points: Transform
    width: float
    height: float
    least: float = 0.0

    def size(self, asked: float) -> float:
        """Size of letters, no smaller than those of the sheet."""
        return max(asked, self.least)

    def text(
        self, x: float, y: float, words: str, *, size: float = 10, color: str = style.INK,
        bold: bool = False, align: str = "left", italic: bool = False,
    ) -> None:  # fmt: skip
        """Write one line on its baseline."""
        font = _font(self.size(size), bold, italic)
        self._place(
            _Line(
                x, y, french(words), fontproperties=font, color=color, ha=align, va="baseline",
                transform=self.points, transform_rotates_text=False,
            )
        )  # fmt: skip

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
        dashes: Any = (0, (3, 2.4)) if dashed else "-"
        self._place(
            Line2D(
                xs, ys, color=color, linewidth=thick, linestyle=dashes, solid_capstyle="butt",
                transform=self.points,
            )
        )  # fmt: skip

    def bar(
        self, x: float, y: float, wide: float, high: float, *, color: str = style.HERE,
        edge: str = "none", thick: float = 0.8,
    ) -> None:  # fmt: skip
        """Draw a rectangle from its top left corner."""
        self._place(
            Rectangle(
                (x, y), wide, high, facecolor=color, edgecolor=edge, linewidth=thick,
                transform=self.points,
            )
        )  # fmt: skip

    def marks(
        self, xs: Sequence[float], ys: Sequence[float], *, size: float | Sequence[float] = 7,
        shape: str = "dot", color: str = style.HERE, edge: str = style.PAPER, thick: float = 0.8,
    ) -> None:  # fmt: skip
        """Draw marks of one shape; `size` is their width in points, one for all or one each."""
        if not len(xs):
            return
        marker = MarkerStyle(SHAPES[shape])
        path = marker.get_path().transformed(marker.get_transform())
        areas = np.broadcast_to(np.asarray(size, dtype=float) ** 2, (len(xs),))
        kept = PathCollection(
            [path], sizes=areas, facecolors=color, edgecolors=edge, linewidths=thick,
            offsets=np.column_stack([xs, ys]), offset_transform=self.points,
        )  # fmt: skip
        kept.set_transform(IdentityTransform())
        self._place(kept)

    def polygons(
        self, rings: Sequence[np.ndarray], *, color: str | Sequence[str] = "none",
        edge: str = style.EDGE, thick: float = 0.6,
    ) -> None:  # fmt: skip
        """Draw closed outlines; `color` is one for all or one each."""
        drawn = PolyCollection(rings, facecolors=color, edgecolors=edge, linewidths=thick)
        drawn.set_transform(self.points)
        self._place(drawn)

    def _place(self, artist: Artist) -> None:
        """Add to the figure, in the order of the calls and never clipped."""
        artist.set_clip_on(False)
        artist.set_zorder(len(self.figure.artists) / 1000)
        self.figure.add_artist(artist)

    def svg(self, salt: str) -> str:
        """Draw everything, once."""
        return style.svg_of(self.figure, salt=salt)


@contextmanager
def canvas(height: float, *, width: float = style.FULL, least: float = 0.0) -> Iterator[Canvas]:
    """Open a sheet of known size; `least` is that of its smallest letters."""
    with style.figure(height, width=width) as drawn:
        points = Affine2D().scale(1, -1).translate(0, height)  # from the top, as one writes
        yield Canvas(drawn, points, width, height, least)


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
