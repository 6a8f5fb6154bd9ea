"""Pictures of a document put in files, each with the place it may take on a page."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from dts_research.display.drawings import safe_drawing
from dts_research.display.fragments import with_prefix
from dts_research.reports.signs import only

Block = dict[str, Any]
Files = dict[str, bytes]
# Width of a page in pixels of a screen and in points: a picture made elsewhere is not enlarged.
PIXELS, POINTS = 640.0, 480.0
# Size told of the letters of a drawing without words.
UNLETTERED = 12.0


def chart(block: Block, pictures: Files) -> Block:
    """A figure of ours: its drawing in a file, its source and how to read it."""
    svg = only(safe_drawing(block["svg"], prefix="f", font=True))
    kept = {key: value for key, value in block.items() if key not in {"svg", "wide", "data"}}
    return {**kept, **under(block), **_placed(svg.encode(), "svg", pictures, svg_size(svg))}


def image(block: Block, pictures: Files) -> Block:
    """A picture made elsewhere; its title stands in where it is not described."""
    alt = block.get("alt") or block.get("title") or "Image sans description"
    kept = {"kind": "chart", "title": block.get("title", ""), "alt": alt, "level": block["level"]}
    kept |= {"id": block["id"], "number": block["number"], "undescribed": not block.get("alt")}
    if block["mime"] == "image/svg+xml":
        svg = only(safe_drawing(block["data"], prefix="f", font=True))
        size, natural = svg_size(svg), svg_size(svg)[0] / POINTS
        placed = _placed(svg.encode(), "svg", pictures, size)
    else:
        size, natural = block["pixels"], block["pixels"][0] / PIXELS
        placed = _placed(base64.b64decode(block["data"]), block["mime"][6:], pictures, size)
    return kept | placed | {"share": min(placed["share"], natural)}


def _placed(content: bytes, suffix: str, pictures: Files, size: tuple[float, float]) -> Block:
    """Put a picture in a file and say how wide it may be so as to stay on one page."""
    if not content:
        return {"file": "", "share": 1.0, "ratio": 0.5}
    name = f"figure-{len(pictures) + 1}.{suffix}"
    pictures[name] = content
    ratio = size[1] / size[0]
    return {"file": name, "share": min(1.0, 1.12 / ratio), "ratio": ratio}


def svg_size(svg: str) -> tuple[float, float]:
    """Width and height of a drawing, in points of the page."""
    box = re.search(r'viewBox="([-\d.eE ,]+)"', svg)
    sides = [float(n) for n in re.split(r"[ ,]+", box.group(1).strip())] if box else []
    fit = len(sides) == 4 and sides[2] > 0 and sides[3] > 0
    return (sides[2], sides[3]) if fit else (480.0, 300.0)


def lettering(svg: str, room: tuple[float, float]) -> float:
    """Size in points of the smallest words of a drawing made as large as a room allows."""
    box = re.search(r'viewBox="[\d.]+ [\d.]+ ([\d.]+) ([\d.]+)"', svg)
    sizes = [float(size) for size in re.findall(r"font[^;\"]*?([\d.]+)px", svg)]
    if not box or not sizes:
        return UNLETTERED
    return min(sizes) * min(side / float(own) for side, own in zip(room, box.groups()))


def under(block: Mapping[str, Any]) -> Block:
    """Source and how to read, each with its word before."""
    return {
        "source": with_prefix("Source", block.get("source")),
        "reading": with_prefix("Lecture", block.get("reading")),
    }
