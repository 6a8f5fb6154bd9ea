"""Where labels go on a map so that they neither touch each other nor hide a mark."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from shapely import MultiLineString, intersects, linestrings, prepare
from shapely import box as boxes

Box = tuple[float, float, float, float]
Segment = tuple[tuple[float, float], tuple[float, float]]
# Choices that touch their mark; further ones need a line.
NEAR = 8
# What crossing a border costs, in choices; how many times the labels left out go first.
CROSSING, TRIES = 24, 8


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


Ways = list[tuple[Placed, Box]]


def place(
    spots: Sequence[Spot], *, width: float, height: float, size: float,
    borders: Sequence[np.ndarray] = (), far: bool = True,
) -> list[Placed]:  # fmt: skip
    """Find a place for each label; one that fits nowhere is left out.

    Parameters
    ----------
    spots
        Marks, the ones that matter most first.
    width, height
        Sheet, in points.
    size
        Size of the letters.
    borders
        Lines that labels do not cross where they can do without.
    far
        Whether a label may stand away from its mark, tied to it by a line.
    """
    marks, border = [_around(spot) for spot in spots], MultiLineString(list(borders))
    sheet = _Sheet(width, height, size, marks, border, far)
    prepare(sheet.border)
    ways = {spot: _ways(spot, sheet) for spot in spots}
    order = list(spots)
    best, most = list[Placed](), -1.0
    for _ in range(TRIES if far else 1):
        placed = _attempt(order, ways, sheet)
        if (told := sum(spot.radius**2 for spot in placed)) > most:
            best, most = [placed[spot] for spot in spots if spot in placed], told
        left = [spot for spot in order if spot not in placed]
        if not any(spot.radius for spot in left):
            break
        order = left + [spot for spot in order if spot in placed]
    return best


@dataclass(frozen=True)
class _Sheet:
    """Where labels go: its size, the boxes of its marks, the lines to keep clear."""

    width: float
    height: float
    size: float
    marks: list[Box]
    border: MultiLineString
    far: bool

    def holds(self, found: Box) -> bool:
        """Tell a box that stays on the sheet."""
        inside = found[2] <= self.width - 2 and found[3] <= self.height - 2
        return found[0] >= 2 and found[1] >= 2 and inside


def _attempt(order: Sequence[Spot], ways: Mapping[Spot, Ways], sheet: _Sheet) -> dict[Spot, Placed]:
    """Place labels one after the other, each at the best place left."""
    found: dict[Spot, Placed] = {}
    taken: list[Box] = []
    for spot in order:
        for label, around in ways[spot]:
            lead = label.lead
            if any(_touch(around, other) for other in (*sheet.marks, *taken)):
                continue
            if any(p.lead and _under(p.lead, around) for p in found.values()):
                continue
            if lead and (
                any(_crosses(lead, other) for other in ways if other is not spot)
                or any(_under(lead, other) for other in taken)
            ):
                continue
            taken.append(around)
            found[spot] = label
            break
    return found


def _ways(spot: Spot, sheet: _Sheet) -> Ways:
    """Places on the sheet, the best first: near, off the borders, near all the same, far."""
    ways = []
    for i, label in enumerate(_choices(spot, sheet.size)):
        around = _box(label, spot.wide, sheet.size)
        lead = _lead(spot, around) if i >= NEAR else None
        if sheet.holds(around) and (sheet.far or not lead):
            ways.append((i, replace(label, lead=lead), around))
    crossed = _crossings([(around, label.lead) for _, label, around in ways], sheet.border)
    costs = [way[0] + CROSSING * times for way, times in zip(ways, crossed)]
    return [ways[at][1:] for at in sorted(range(len(ways)), key=lambda at: (costs[at], at))]


def _crossings(
    labels: Sequence[tuple[Box, Segment | None]], border: MultiLineString
) -> Sequence[int]:
    """How many times each label crosses the border, with its box and with its line."""
    if not labels or border.is_empty:
        return [0] * len(labels)
    over = intersects(border, boxes(*np.array([around for around, _ in labels]).T)).astype(int)
    led = [at for at, (_, lead) in enumerate(labels) if lead]
    if led:
        over[led] += intersects(border, linestrings([labels[at][1] for at in led]))
    return [int(times) for times in over]


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
            for turn in (-1, 1, -2, 2, -3, 3, -4, 4)
            for side in (1, -1, 2, -2, 3, -3)
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
