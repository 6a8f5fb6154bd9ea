"""Where labels go on a map so that they neither touch each other nor hide a mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from shapely import MultiLineString, intersects, linestrings, prepare
from shapely import box as boxes

Box = tuple[float, float, float, float]
Segment = tuple[tuple[float, float], tuple[float, float]]
# Choices that touch their mark; further ones need a line.
NEAR = 8
# What crossing a border costs, in choices; how many times the labels left out go first.
CROSSING, TRIES = 24, 8
# Labels that a map looks for a place for in all, tries included; points that a line is told by.
SOUGHT, POINTS = 320, 12
# How much of the words stands before their place.
LEFT, MIDDLE, RIGHT = 0.0, 0.5, 1.0
ALIGNS = {LEFT: "left", MIDDLE: "center", RIGHT: "right"}


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


@dataclass(frozen=True)
class _Ways:
    """Places for a label that neither hide a mark nor leave the sheet, the best first.

    Parameters
    ----------
    starts
        Where the words start on their baseline, and their share that is before: x, y, share.
    boxes
        Left, top, right and foot of the words.
    leads
        Ends of the line to the mark; nowhere without one.
    """

    words: str
    starts: np.ndarray
    boxes: np.ndarray
    leads: np.ndarray

    @cached_property
    def along(self) -> np.ndarray:
        """Points along the lines to the mark."""
        return _points(self.leads)

    def __getitem__(self, at: int) -> Placed:
        """Give the label at one of the places."""
        x, y, before = map(float, self.starts[at])
        lead = None
        if not np.isnan(self.leads[at]).any():
            start, end = self.leads[at].tolist()
            lead = (tuple(start), tuple(end))
        return Placed(self.words, x, y, ALIGNS[before], lead)

    def first(self, taken: Sequence[Box], leads: Sequence[np.ndarray]) -> int | None:
        """The first that crosses no label at its place, nor the line of one."""
        others = np.array(taken).reshape(-1, 4)
        shut = _touching(self.boxes, others) | _within(self.along, others).any(axis=1)
        shut |= _within(np.array(leads).reshape(-1, POINTS, 2), self.boxes).any(axis=0)
        return None if shut.all() else int(np.argmin(shut))


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
    ways = {spot: _ways(spot, spots, sheet) for spot in spots}
    order = list(spots)
    best, most = list[Placed](), -1.0
    for _ in range(max(1, min(TRIES, SOUGHT // max(1, len(spots)))) if far else 1):
        placed = _attempt(order, ways)
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

    def holds(self, found: np.ndarray) -> np.ndarray:
        """Tell the boxes that stay on the sheet."""
        inside = (found[:, 2] <= self.width - 2) & (found[:, 3] <= self.height - 2)
        return np.asarray((found[:, 0] >= 2) & (found[:, 1] >= 2) & inside)


def _attempt(order: Sequence[Spot], ways: Mapping[Spot, _Ways]) -> dict[Spot, Placed]:
    """Place labels one after the other, each at the best place left."""
    found: dict[Spot, Placed] = {}
    taken: list[Box] = []
    leads: list[np.ndarray] = []
    for spot in order:
        at = ways[spot].first(taken, leads)
        if at is not None:
            found[spot] = ways[spot][at]
            taken.append(tuple(ways[spot].boxes[at]))
            leads += [ways[spot].along[at]] if found[spot].lead else []
    return found


def _ways(spot: Spot, spots: Sequence[Spot], sheet: _Sheet) -> _Ways:
    """Places on the sheet, the best first: near, off the borders, near all the same, far."""
    starts = _choices(spot, sheet.size)
    boxes = _boxes(starts, spot.wide, sheet.size)
    ranks = np.arange(len(starts))
    leads = np.where((ranks >= NEAR)[:, None, None], _leads(spot, boxes), np.nan)
    led = ~np.isnan(leads[:, 0, 0])
    marks = np.array([(o.x, o.y, o.radius) for o in spots if o is not spot and o.radius > 0])
    open_ = ~_touching(boxes, np.array(sheet.marks).reshape(-1, 4)) & sheet.holds(boxes)
    open_ &= (~led | sheet.far) & ~_over(leads, marks.reshape(-1, 3))
    kept = np.flatnonzero(open_)
    costs = kept + CROSSING * _crossings(boxes[kept], leads[kept], sheet.border)
    best = kept[np.lexsort((np.arange(len(kept)), costs))]
    return _Ways(spot.words, starts[best], boxes[best], leads[best])


def _crossings(around: np.ndarray, leads: np.ndarray, border: MultiLineString) -> np.ndarray:
    """How many times each label crosses the border, with its box and with its line."""
    if border.is_empty or not len(around):
        return np.zeros(len(around), dtype=int)
    over = intersects(border, boxes(*around.T)).astype(int)
    led = ~np.isnan(leads[:, 0, 0])
    over[led] += intersects(border, linestrings(leads[led]))
    return np.asarray(over)


def _around(spot: Spot) -> Box:
    r = spot.radius
    return (spot.x - r, spot.y - r, spot.x + r, spot.y + r)


def _choices(spot: Spot, size: float) -> np.ndarray:
    """Right, left, above, below, the four corners, then a little further up or down."""
    gap, third, x, y = spot.radius + 3, size * 0.34, spot.x, spot.y
    corner = spot.radius * 0.7 + 2
    up, down = y - corner, y + corner + size * 0.7
    found = [
        (x + gap, y + third, LEFT), (x - gap, y + third, RIGHT),
        (x, y - gap, MIDDLE), (x, y + gap + size * 0.75, MIDDLE),
        (x + corner, up, LEFT), (x + corner, down, LEFT),
        (x - corner, up, RIGHT), (x - corner, down, RIGHT),
    ]  # fmt: skip
    found += [
        (x + side * spot.wide / 3, y + shift, MIDDLE)
        for shift in (-gap, gap + size * 0.75, -gap - size, gap + size * 1.75)
        for side in (0.8, -0.8, 0)
    ]
    if spot.radius > 0:
        found += [
            (x + side * (gap + size), y + third + turn * size, LEFT if side > 0 else RIGHT)
            for turn in (-1, 1, -2, 2, -3, 3, -4, 4)
            for side in (1, -1, 2, -2, 3, -3)
        ]
    return np.array(found)


def _leads(spot: Spot, boxes: np.ndarray) -> np.ndarray:
    """Lines from the edge of a mark to the nearest point of each box; nowhere when it touches."""
    x = np.minimum(np.maximum(spot.x, boxes[:, 0]), boxes[:, 2])
    y = np.minimum(np.maximum(spot.y, boxes[:, 1]), boxes[:, 3])
    far = np.hypot(x - spot.x, y - spot.y)
    away = (far > spot.radius + 3.5) if spot.radius > 0 else np.zeros(len(far), dtype=bool)
    share = spot.radius / np.where(away, far, np.nan)
    edges = np.column_stack([spot.x + (x - spot.x) * share, spot.y + (y - spot.y) * share])
    ends = np.where(away[:, None], np.column_stack([x, y]), np.nan)
    return np.stack([edges, ends], axis=1)


def _boxes(starts: np.ndarray, wide: float, size: float) -> np.ndarray:
    left = starts[:, 2] * wide
    x, y = starts[:, 0] - left, starts[:, 1]
    return np.column_stack([x, y - size * 0.78, x + wide, y + size * 0.24])


def _touching(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Whether each box touches one of the others."""
    a, b = boxes[:, None, :], others[None, :, :]
    beside = (a[..., 0] < b[..., 2]) & (b[..., 0] < a[..., 2])
    found: np.ndarray = beside & (a[..., 1] < b[..., 3]) & (b[..., 1] < a[..., 3])
    return np.asarray(found.any(axis=1))


def _over(lines: np.ndarray, marks: np.ndarray) -> np.ndarray:
    """Tell the lines that run over a mark, told by its centre and radius."""
    along = lines[:, 1] - lines[:, 0]
    toward = marks[None, :, :2] - lines[:, None, 0]
    with np.errstate(invalid="ignore"):
        shares = np.clip((toward * along[:, None]).sum(2) / (along**2).sum(1)[:, None], 0, 1)
    far = np.linalg.norm(shares[..., None] * along[:, None] - toward, axis=2)
    return np.asarray((far < marks[:, 2]).any(axis=1))


def _points(lines: np.ndarray) -> np.ndarray:
    """Points along each line."""
    start, end = lines[:, None, 0], lines[:, None, 1]
    return np.asarray(start + (end - start) * np.arange(POINTS)[:, None] / POINTS)


def _within(lines: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Whether each line, told by its points, runs under each box."""
    x, y = lines[:, None, :, 0], lines[:, None, :, 1]
    left, top, right, foot = (boxes[None, :, None, k] for k in range(4))
    return np.asarray(((left < x) & (x < right) & (top < y) & (y < foot)).any(axis=2))
