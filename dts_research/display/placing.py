"""Where labels go on a map so that they neither touch each other nor hide a mark."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
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
# Labels that a map looks for a place for in all, tries included; points that a line is told by.
SOUGHT, POINTS = 320, 12


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


_Way = tuple[int, Placed, Box]


@dataclass(frozen=True)
class _Ways:
    """Places for a label that neither hide a mark nor leave the sheet, the best first."""

    labels: list[Placed]
    boxes: np.ndarray
    leads: np.ndarray

    def first(self, taken: Sequence[Box], leads: Sequence[np.ndarray]) -> int | None:
        """The first that crosses no label at its place, nor the line of one."""
        others = np.array(taken).reshape(-1, 4)
        shut = _touching(self.boxes, others) | _within(self.leads, others).any(axis=1)
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

    def holds(self, found: Box) -> bool:
        """Tell a box that stays on the sheet."""
        inside = found[2] <= self.width - 2 and found[3] <= self.height - 2
        return found[0] >= 2 and found[1] >= 2 and inside


def _attempt(order: Sequence[Spot], ways: Mapping[Spot, _Ways]) -> dict[Spot, Placed]:
    """Place labels one after the other, each at the best place left."""
    found: dict[Spot, Placed] = {}
    taken: list[Box] = []
    leads: list[np.ndarray] = []
    for spot in order:
        at = ways[spot].first(taken, leads)
        if at is not None:
            found[spot] = ways[spot].labels[at]
            taken.append(tuple(ways[spot].boxes[at]))
            leads += [ways[spot].leads[at]] if found[spot].lead else []
    return found


def _ways(spot: Spot, spots: Sequence[Spot], sheet: _Sheet) -> _Ways:
    """Places on the sheet, the best first: near, off the borders, near all the same, far."""
    ways = []
    for i, label, around in _open(spot, sheet):
        lead = _lead(spot, around) if i >= NEAR else None
        if sheet.far or not lead:
            ways.append((i, replace(label, lead=lead) if lead else label, around))
    marks = np.array([(o.x, o.y, o.radius) for o in spots if o is not spot and o.radius > 0])
    hides = _over([way[1].lead for way in ways], marks.reshape(-1, 3))
    ways = [way for way, hidden in zip(ways, hides) if not hidden]
    crossed = _crossings([(around, label.lead) for _, label, around in ways], sheet.border)
    costs = [way[0] + CROSSING * times for way, times in zip(ways, crossed)]
    best = [ways[at] for at in sorted(range(len(ways)), key=lambda at: (costs[at], at))]
    leads = np.array([_points(label.lead) for _, label, _ in best]).reshape(-1, POINTS, 2)
    return _Ways([way[1] for way in best], np.array([way[2] for way in best]).reshape(-1, 4), leads)


def _open(spot: Spot, sheet: _Sheet) -> Iterator[_Way]:
    """Choices that stay on the sheet and hide no mark, with their rank and box."""
    choices = _choices(spot, sheet.size)
    boxes = [_box(label, spot.wide, sheet.size) for label in choices]
    hides = _touching(np.array(boxes).reshape(-1, 4), np.array(sheet.marks).reshape(-1, 4))
    for i, label in enumerate(choices):
        if not hides[i] and sheet.holds(boxes[i]):
            yield i, label, boxes[i]


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


def _touching(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Whether each box touches one of the others."""
    a, b = boxes[:, None, :], others[None, :, :]
    beside = (a[..., 0] < b[..., 2]) & (b[..., 0] < a[..., 2])
    found: np.ndarray = beside & (a[..., 1] < b[..., 3]) & (b[..., 1] < a[..., 3])
    return np.asarray(found.any(axis=1))


def _over(segments: Sequence[Segment | None], marks: np.ndarray) -> np.ndarray:
    """Tell the lines that run over a mark, told by its centre and radius."""
    nowhere = ((np.nan, np.nan), (np.nan, np.nan))
    lines = np.array([segment or nowhere for segment in segments]).reshape(-1, 2, 2)
    along = lines[:, 1] - lines[:, 0]
    toward = marks[None, :, :2] - lines[:, None, 0]
    with np.errstate(invalid="ignore"):
        shares = np.clip((toward * along[:, None]).sum(2) / (along**2).sum(1)[:, None], 0, 1)
    far = np.linalg.norm(shares[..., None] * along[:, None] - toward, axis=2)
    return np.asarray((far < marks[:, 2]).any(axis=1))


def _points(segment: Segment | None) -> np.ndarray:
    """Points along a line; nowhere without one."""
    if segment is None:
        return np.full((POINTS, 2), np.nan)
    start, end = np.array(segment)
    return start + (end - start) * np.arange(POINTS)[:, None] / POINTS


def _within(lines: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Whether each line, told by its points, runs under each box."""
    x, y = lines[:, None, :, 0], lines[:, None, :, 1]
    left, top, right, foot = (boxes[None, :, None, k] for k in range(4))
    return np.asarray(((left < x) & (x < right) & (top < y) & (y < foot)).any(axis=2))
