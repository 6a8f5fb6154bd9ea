"""Elements of drawings, written short: places in tenths of a point, each style said once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import NamedTuple

import numpy as np

from dts_research.display.paths import number, outline

UNIT = 10
# Thin oblique lines, in place of a flat colour.
_HATCH = (
    '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse">'
    '<path d="M0 0H5V5H0z" style="fill: {paper}"/>'
    '<path d="M-1 1L1 -1M0 5L5 0M4 6L6 4" style="stroke: {line}; stroke-width: 0.8"/>'
    "</pattern></defs>"
)


class Element(NamedTuple):
    """A part of a drawing: what stands before its style, the style, what stands after."""

    head: str
    style: str
    foot: str = "/>"


def said(styles: Mapping[str, object]) -> str:
    """Write a style; what is empty is not said, nor a line as thick as lines are."""
    kept = {name: value for name, value in styles.items() if value not in ("", None)}
    if kept.get("stroke") == "none":
        kept = {name: value for name, value in kept.items() if not name.startswith("stroke")}
    if kept.get("stroke-width") == 1:
        del kept["stroke-width"]
    return "; ".join(
        f"{name}: {value:g}" if isinstance(value, (int, float)) else f"{name}: {value}"
        for name, value in kept.items()
    )


def circle(x: float, y: float, radius: float, style: str) -> Element:
    """A disc."""
    return Element(f'<circle cx="{_at(x)}" cy="{_at(y)}" r="{_at(radius)}"', style)


def path(points: Sequence[np.ndarray], style: str, *, closed: bool = True) -> Element:
    """Lines through points, shape (n, 2), one after the other."""
    parts = (part for one in points for part in _known(one, closed))
    told = "".join(outline(part, UNIT, closed=closed) for part in parts)
    return Element(f'<path d="{told}"', style)


def _known(points: np.ndarray, closed: bool) -> list[np.ndarray]:
    """Leave out what is nowhere: an open line has a gap there."""
    points = np.asarray(points, dtype=float)
    there = np.isfinite(points).all(axis=1)
    if there.all():
        return [points] if len(points) else []
    if closed:
        return _known(points[there], closed)
    runs = np.split(np.arange(len(points)), np.flatnonzero(np.diff(there)) + 1)
    return [points[run] for run in runs if there[run[0]]]


def line_of_text(x: float, y: float, words: str, style: str) -> Element:
    """One line on its baseline."""
    place = f' x="{_at(x)}" y="{_at(y)}">{escape(words, quote=False)}</text>'
    return Element("<text", style, place)


def _at(value: float) -> str:
    return number(round(value * UNIT), UNIT)


def drawing(
    elements: Iterable[Element], width: float, height: float, *, family: Sequence[str]
) -> str:
    """Write a whole drawing, in points; shapes that follow each other say their style once."""
    lines = []
    for style, run in groupby(elements, lambda one: one.style if one.foot == "/>" else None):
        shapes = list(run)
        if style is None or len(shapes) == 1:
            lines += [f'{one.head} style="{one.style}"{one.foot}' for one in shapes]
        else:
            inner = "".join(one.head + one.foot for one in shapes)
            lines.append(f'<g style="{style}">{inner}</g>')
    body = "\n".join(lines)
    return (
        f'<svg font-family="{", ".join(family)}" width="{_at(width)}pt" height="{_at(height)}pt" '
        f'viewBox="0 0 {_at(width)} {_at(height)}" xmlns="http://www.w3.org/2000/svg" '
        f'version="1.1">\n{body}\n</svg>'
    )


def hatched(svg: str, color: str, *, paper: str, line: str) -> str:
    """Replace one flat colour by thin oblique lines.

    Parameters
    ----------
    color
        The colour that stands for them in the drawing.
    paper, line
        Colours under and of the lines.
    """
    if color not in svg:
        return svg
    start = svg.index(">") + 1
    pattern = _HATCH.format(paper=paper, line=line)
    return svg[:start] + pattern + svg[start:].replace(f"fill: {color}", "fill: url(#hatch)")
