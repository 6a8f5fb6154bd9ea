"""Drawings that weigh little: what nobody sees or refers to is left out, the rest said once."""

from __future__ import annotations

import re
from itertools import groupby

from dts_research.display.paths import relative

_SHAPE = re.compile(r'<(?:path|circle|use)\b[^>]*?( style="[^"]*")/>')
_PATH = re.compile(r'<path d="([^"]*)"')
_TOKEN = re.compile(r"[MLCz]|-?\d+(?:\.\d+)?(?:e-?\d+)?")
_HATCH = (
    '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse">'
    '<path d="M0 0H5V5H0z" style="fill: {paper}"/>'
    '<path d="M-1 1L1 -1M0 5L5 0M4 6L6 4" style="stroke: {line}; stroke-width: 0.8"/>'
    "</pattern></defs>"
)


def lean(svg: str) -> str:
    """Leave out prologue, comments, metadata and names nobody refers to; shorten the rest.

    Parameters
    ----------
    svg
        Drawing as matplotlib writes it.
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.S)
    used = set(re.findall(r'(?:href="|url\()#([\w-]+)', svg))
    svg = re.sub(r' id="([\w-]+)"', lambda m: m.group() if m.group(1) in used else "", svg)
    svg = re.sub(r" font-family: [^;\"]*;", "", svg)
    svg = re.sub(r' transform="rotate\(-?0 [^"]*\)"| text-anchor: start;', "", svg)
    svg = re.sub(r"<defs>\s*</defs>|<g>\s*</g>|<g/>", "", svg)
    if "<g " not in svg:
        svg = re.sub(r"</?g>", "", svg)
    svg = _PATH.sub(lambda m: _shorter(m.group(1)), svg)
    svg = re.sub(r"(\d+\.\d)\d+", r"\1", svg)
    return _grouped(re.sub(r"\n\s*", "\n", svg).strip())


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


def _shorter(path: str) -> str:
    """Write a path in tenths of a point, from one place to the next; a round one as a circle."""
    tokens = [t.upper() if t.isalpha() else _tenths(t) for t in _TOKEN.findall(path)]
    letters = "".join(t for t in tokens if isinstance(t, str))
    if letters == "MCCCCCCCCZ":
        numbers = [t / 10 for t in tokens if not isinstance(t, str)]
        if numbers[24] == numbers[0]:
            x, low, top = numbers[0], numbers[1], numbers[25]
            return f'<circle cx="{x:g}" cy="{(low + top) / 2:g}" r="{abs(low - top) / 2:g}"'
    return f'<path d="{relative(tokens, 10)}"'


def _tenths(number: str) -> int:
    return round(float(f"{float(number):.1f}") * 10)


def _grouped(svg: str) -> str:
    """Say once the style of shapes that follow each other."""
    lines = svg.split("\n")

    def style(line: str) -> str:
        found = _SHAPE.fullmatch(line)
        return found.group(1) if found else ""

    kept: list[str] = []
    for common, run in groupby(lines, style):
        shapes = list(run)
        if common and len(shapes) > 1:
            kept.append(f"<g{common}>{''.join(s.replace(common, '') for s in shapes)}</g>")
        else:
            kept += shapes
    return "\n".join(kept)
