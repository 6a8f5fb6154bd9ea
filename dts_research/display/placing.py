"""Where labels go on a map so that they neither touch each other nor hide a mark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

Box = tuple[float, float, float, float]
Segment = tuple[tuple[float, float], tuple[float, float]]
# Choices that touch their mark; further ones need a line.
NEAR = 8


@dataclass(frozen=True)
class Spot:
    """A mark on the map and the words it asks for."""

    x: float
    y: float
    radius: float
    words: str
    wide: float


@dataclass(frozen=True)
class Placed:
    """A label at its place: baseline start and alignment; `lead` ties a far one to its mark."""

    words: str
    x: float
    y: float
    align: str
    lead: Segment | None = None


def place(spots: Sequence[Spot], *, width: float, height: float, size: float) -> list[Placed]:
    """Find a place for each label; one that fits nowhere is left out.

    Parameters
    ----------
    spots
        Marks, the ones that matter most first.
    width, height
        Sheet, in points.
    size
        Size of the letters.
    """
    taken: list[Box] = [_around(spot) for spot in spots]
    labels = []
    for spot in spots:
        for i, label in enumerate(_choices(spot, size)):
            box = _box(label, spot.wide, size)
            inside = box[0] >= 2 and box[1] >= 2 and box[2] <= width - 2 and box[3] <= height - 2
            lead = _lead(spot, box) if i >= NEAR else None
            free = inside and not any(_touch(box, other) for other in taken)
            over = lead and (
                any(_crosses(lead, other) for other in spots if other is not spot)
                or any(_under(lead, other) for other in taken[len(spots) :])
            )
            if free and not over:
                taken.append(box)
                labels.append(replace(label, lead=lead))
                break
    return labels


def _around(spot: Spot) -> Box:
    r = spot.radius
    return (spot.x - r, spot.y - r, spot.x + r, spot.y + r)


def _choices(spot: Spot, size: float) -> list[Placed]:
    """Right, left, above, below, the four corners, then a little further up or down."""
    gap, third = spot.radius + 3, size * 0.34
    corner = spot.radius * 0.7 + 2
    return [
        Placed(spot.words, spot.x + gap, spot.y + third, "left"),
        Placed(spot.words, spot.x - gap, spot.y + third, "right"),
        Placed(spot.words, spot.x, spot.y - gap, "center"),
        Placed(spot.words, spot.x, spot.y + gap + size * 0.75, "center"),
        Placed(spot.words, spot.x + corner, spot.y - corner, "left"),
        Placed(spot.words, spot.x + corner, spot.y + corner + size * 0.7, "left"),
        Placed(spot.words, spot.x - corner, spot.y - corner, "right"),
        Placed(spot.words, spot.x - corner, spot.y + corner + size * 0.7, "right"),
        *(
            Placed(spot.words, spot.x + side * spot.wide / 3, spot.y + shift, "center")
            for shift in (-gap, gap + size * 0.75, -gap - size, gap + size * 1.75)
            for side in (0.8, -0.8, 0)
        ),
        *(
            Placed(spot.words, spot.x + side * (gap + size), spot.y + third + turn * size,
                   "left" if side > 0 else "right")
            for turn in (-1, 1, -2, 2, -3, 3)
            for side in (1, -1, 2, -2)
            if spot.radius > 0
        ),
    ]  # fmt: skip


def _lead(spot: Spot, box: Box) -> Segment | None:
    """Line from the edge of a mark to the nearest point of its label."""
    x = min(max(spot.x, box[0]), box[2])
    y = min(max(spot.y, box[1]), box[3])
    far = math.hypot(x - spot.x, y - spot.y)
    if spot.radius <= 0 or far <= spot.radius + 3.5:
        return None
    share = spot.radius / far
    edge = (spot.x + (x - spot.x) * share, spot.y + (y - spot.y) * share)
    return edge, (x, y)


def _box(label: Placed, wide: float, size: float) -> Box:
    left = {"left": 0.0, "center": wide / 2, "right": wide}[label.align]
    return (label.x - left, label.y - size * 0.78, label.x - left + wide, label.y + size * 0.24)


def _touch(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _crosses(segment: Segment, spot: Spot) -> bool:
    """Tell a line that runs over a mark."""
    (ax, ay), (bx, by) = segment
    long = (bx - ax) ** 2 + (by - ay) ** 2
    share = ((spot.x - ax) * (bx - ax) + (spot.y - ay) * (by - ay)) / long if long else 0.0
    share = min(1.0, max(0.0, share))
    far = math.hypot(ax + share * (bx - ax) - spot.x, ay + share * (by - ay) - spot.y)
    return spot.radius > 0 and far < spot.radius


def _under(segment: Segment, box: Box) -> bool:
    """Tell a line that runs under a label."""
    (ax, ay), (bx, by) = segment
    points = [(ax + (bx - ax) * k / 12, ay + (by - ay) * k / 12) for k in range(12)]
    return any(box[0] < x < box[2] and box[1] < y < box[3] for x, y in points)
