"""Reading a drawing back: where its words stand, whether they touch or leave the sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass

from defusedxml.ElementTree import fromstring

from dts_research.display import lettering

SPACE = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Word:
    """One line of a drawing and the box it takes."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    def touches(self, other: Word) -> bool:
        return (
            self.left < other.right and other.left < self.right
            and self.top < other.bottom and other.top < self.bottom
        )  # fmt: skip


def size(svg: str) -> tuple[float, float]:
    box = fromstring(svg).get("viewBox") or ""
    return float(box.split()[2]), float(box.split()[3])


def words(svg: str) -> list[Word]:
    found = []
    for element in fromstring(svg).iter(f"{SPACE}text"):
        style = element.get("style") or ""
        points = float(re.search(r"font-size: ([\d.]+)px", style).group(1))  # type: ignore[union-attr]
        bold = "font-weight: 600" in style
        wide = lettering.width(element.text or "", points, bold=bold) / lettering.ROOM
        anchor = re.search(r"text-anchor: (\w+)", style)
        place = anchor.group(1) if anchor else "start"
        shift = {"start": 0.0, "middle": wide / 2, "end": wide}[place]
        left, base = float(element.get("x") or 0) - shift, float(element.get("y") or 0)
        box = (left, left + wide, base - points * 0.7, base + points * 0.2)
        found.append(Word(element.text or "", *box))
    return found


def outside(svg: str) -> list[str]:
    """Words that leave the sheet."""
    wide, high = size(svg)
    return [
        w.text for w in words(svg)
        if w.left < -1 or w.right > wide + 1 or w.top < -1 or w.bottom > high + 1
    ]  # fmt: skip


def overlapping(svg: str) -> list[tuple[str, str]]:
    """Pairs of words that touch."""
    every = words(svg)
    return [(a.text, b.text) for i, a in enumerate(every) for b in every[i + 1 :] if a.touches(b)]
