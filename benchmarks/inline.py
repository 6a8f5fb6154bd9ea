"""The sheets of our charts as matplotlib draws them, shown as its inline backend shows a figure."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import matplotlib
import numpy as np
from IPython.display import Image, display
from matplotlib.artist import Artist
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, IdentityTransform

from dts_research.display import canvas, style
from dts_research.display.typography import french

DPI = 100  # of a figure, unless one says otherwise
NOTHING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
MARKERS = {
    "dot": "o", "square": "s", "diamond": "D", "up": "^", "down": "v", "star": "P", "cross": "x",
}  # fmt: skip


class InlineCanvas(canvas.Canvas):
    """A sheet that matplotlib draws: the same marks and words, at the same places."""

    @cached_property
    def figure(self) -> Figure:
        """A figure of the size of the sheet."""
        return Figure(figsize=(self.width / 72, self.height / 72), dpi=DPI)

    @cached_property
    def points(self) -> Any:
        """From points, from the top left corner."""
        up = Affine2D().scale(1, -1).translate(0, self.height).scale(1 / 72)
        return up + self.figure.dpi_scale_trans

    def _add(self, artist: Artist, transform: Any = None) -> None:
        artist.set_transform(self.points if transform is None else transform)
        artist.set_clip_on(False)
        artist.set_zorder(len(self.figure.artists) / 1000)
        self.figure.add_artist(artist)

    def text(
        self, x: float, y: float, words: str, *, size: float = 10, color: str = style.INK,
        bold: bool = False, align: str = "left", italic: bool = False,
    ) -> None:  # fmt: skip
        """Write one line on its baseline."""
        self._add(
            Text(
                x, y, french(words), fontsize=self.size(size), color=color, ha=align,
                va="baseline", weight="bold" if bold else "normal", parse_math=False,
                fontstyle="italic" if italic else "normal",
            )
        )  # fmt: skip

    def line(
        self, xs: Sequence[float], ys: Sequence[float], *, color: str = style.LINE,
        thick: float = 0.8, dashed: bool = False,
    ) -> None:  # fmt: skip
        """Draw a broken line."""
        dashes: Any = (0, (3, 2.4)) if dashed else "-"
        self._add(Line2D(xs, ys, color=color, linewidth=thick, linestyle=dashes))

    def bar(
        self, x: float, y: float, wide: float, high: float, *, color: str = style.HERE,
        edge: str = "none", thick: float = 0.8,
    ) -> None:  # fmt: skip
        """Draw a rectangle from its top left corner."""
        self._add(Rectangle((x, y), wide, high, fc=color, ec=edge, linewidth=thick))

    def marks(
        self, xs: Sequence[float], ys: Sequence[float], *, size: float | Sequence[float] = 7,
        shape: str = "dot", color: str = style.HERE, edge: str = style.PAPER, thick: float = 0.8,
    ) -> None:  # fmt: skip
        """Draw marks of one shape."""
        if not len(xs):
            return
        marker = MarkerStyle(MARKERS[shape])
        path = marker.get_path().transformed(marker.get_transform())
        areas = np.broadcast_to(np.asarray(size, dtype=float) ** 2, (len(xs),))
        kept = PathCollection(
            [path], sizes=areas, facecolors=color, edgecolors=edge, linewidths=thick,
            offsets=np.column_stack([xs, ys]), offset_transform=self.points,
        )  # fmt: skip
        self._add(kept, IdentityTransform())

    def polygons(
        self, rings: Sequence[np.ndarray], *, color: str | Sequence[str] = "none",
        edge: str = style.EDGE, thick: float = 0.6,
    ) -> None:  # fmt: skip
        """Draw closed outlines."""
        self._add(PolyCollection(rings, facecolors=color, edgecolors=edge, linewidths=thick))

    def svg(self) -> str:
        """Show the figure, once; the second drawing, for a screen, is ours alone."""
        if self.width < style.WIDE:
            out = io.BytesIO()
            with matplotlib.rc_context({"font.family": ["DejaVu Sans"]}):
                self.figure.savefig(out, format="png", bbox_inches="tight", dpi=DPI)
            display(Image(out.getvalue()))
        return NOTHING


def as_inline() -> None:
    """Draw the figures of this process as the inline backend does."""
    canvas.Canvas = InlineCanvas  # type: ignore[misc]
