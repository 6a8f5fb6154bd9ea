"""Where labels go on a map so that they neither touch each other nor hide a mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Box = tuple[float, float, float, float]


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
    """A label at its place: baseline start and alignment."""

    words: str
    x: float
    y: float
    align: str


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
        for label in _choices(spot, size):
            box = _box(label, spot.wide, size)
            inside = box[0] >= 2 and box[1] >= 2 and box[2] <= width - 2 and box[3] <= height - 2
            if inside and not any(_touch(box, other) for other in taken):
                taken.append(box)
                labels.append(label)
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
    ]


def _box(label: Placed, wide: float, size: float) -> Box:
    left = {"left": 0.0, "center": wide / 2, "right": wide}[label.align]
    return (label.x - left, label.y - size * 0.78, label.x - left + wide, label.y + size * 0.24)


def _touch(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
