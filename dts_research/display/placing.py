"""Where labels go on a map so that they neither touch each other nor hide a mark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from shapely import MultiLineString, intersects, linestrings, prepare
from shapely import box as boxes

from dts_research.display.placing_geometry import (
    FREE,
    LEFT,
    MIDDLE,
    RIGHT,
    STEPS,
    around,
    boxes_of,
    leads_of,
    over,
    points_along,
    starts_of,
    touching,
    within,
)

Segment = tuple[tuple[float, float], tuple[float, float]]
# Choices that touch their mark; further ones need a line.
NEAR = 8
# What crossing a border costs, in choices; how many times the labels left out go first.
CROSSING, TRIES = 24, 8
# Labels that a map looks for a place for in all, tries included.
SOUGHT = 320
# Labels whose places are looked for together.
TOGETHER = 32
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
    def led(self) -> list[bool]:
        """Whether each place is tied to its mark by a line."""
        told: list[bool] = (~np.isnan(self.leads[:, 0, 0])).tolist()
        return told

    def along(self, at: int) -> np.ndarray:
        """Points along the line to the mark, at one of the places."""
        return points_along(self.leads[at : at + 1])

    def __getitem__(self, at: int) -> Placed:
        """Give the label at one of the places."""
        x, y, before = map(float, self.starts[at])
        lead = None
        if not np.isnan(self.leads[at]).any():
            start, end = self.leads[at].tolist()
            lead = (tuple(start), tuple(end))
        return Placed(self.words, x, y, ALIGNS[before], lead)

    def first(self, taken: np.ndarray, leads: Sequence[np.ndarray]) -> int | None:
        """The first that crosses no label at its place, nor the line of one."""
        clear = np.flatnonzero(~touching(self.boxes, taken))
        if leads and len(clear):
            clear = clear[~within(np.concatenate(leads), self.boxes[clear]).any(axis=0)]
        for at in clear.tolist():
            if not self.led[at] or not within(self.along(at), taken).any():
                return int(at)
        return None


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
    marks = np.array([(spot.x, spot.y, spot.radius) for spot in spots]).reshape(-1, 3)
    sheet = _Sheet(width, height, size, marks, MultiLineString(list(borders)), far)
    prepare(sheet.border)
    order, places = list(range(len(spots))), _Places(spots, sheet)
    best, most = dict[int, tuple[_Ways, int]](), -1.0
    for _ in range(max(1, min(TRIES, SOUGHT // max(1, len(spots)))) if far else 1):
        placed = _attempt(order, places)
        if (told := sum(spots[one].radius ** 2 for one in placed)) > most:
            best, most = placed, told
        left = [one for one in order if one not in placed and places.some(one)]
        if not any(spots[one].radius for one in left):
            break
        order = left + [one for one in order if one in placed]
    return [ways[at] for _, (ways, at) in sorted(best.items())]


@dataclass(frozen=True)
class _Sheet:
    """Where labels go: its size, its marks (centre and radius), the lines to keep clear."""

    width: float
    height: float
    size: float
    marks: np.ndarray
    border: MultiLineString
    far: bool

    def holds(self, found: np.ndarray) -> np.ndarray:
        """Tell the boxes that stay on the sheet."""
        inside = (found[:, 2] <= self.width - 2) & (found[:, 3] <= self.height - 2)
        return np.asarray((found[:, 0] >= 2) & (found[:, 1] >= 2) & inside)


class _Places:
    """Where each label may go, by its rank: near, off the borders, then everywhere if needed."""

    def __init__(self, spots: Sequence[Spot], sheet: _Sheet) -> None:
        self._spots, self._sheet = spots, sheet
        self._near: dict[int, _Ways] = {}
        self._every: dict[int, _Ways] = {}
        for at in range(0, len(spots), TOGETHER):
            self._near |= _ways(spots, sheet, FREE, at)

    def some(self, one: int) -> bool:
        """Tell whether a label has a place, were it alone: without one, nothing is to be tried."""
        return any(len(ways.boxes) for ways in self.of(one))

    def of(self, one: int) -> Iterator[_Ways]:
        """Give what is best, then all."""
        yield self._near[one]
        if one not in self._every:
            self._every |= _ways(self._spots, self._sheet, len(STEPS), one - one % TOGETHER)
        yield self._every[one]


def _attempt(order: Sequence[int], places: _Places) -> dict[int, tuple[_Ways, int]]:
    """Place labels one after the other, each at the best place left."""
    found: dict[int, tuple[_Ways, int]] = {}
    taken = np.empty((len(order), 4))
    leads: list[np.ndarray] = []
    for one in order:
        for ways in places.of(one):
            at = ways.first(taken[: len(found)], leads)
            if at is not None:
                taken[len(found)] = ways.boxes[at]
                found[one] = (ways, at)
                leads += [ways.along(at)] if ways.led[at] else []
                break
    return found


def _ways(every: Sequence[Spot], sheet: _Sheet, steps: int, at: int) -> dict[int, _Ways]:
    """Places on the sheet, the best first: near, off the borders, near all the same, far.

    Of some labels from one on; of the first steps only, none that all would not give first.
    """
    spots = every[at : at + TOGETHER]
    lengths = [steps if spot.radius > 0 else FREE for spot in spots]
    whose = np.repeat(np.arange(len(spots)), lengths)
    ranks = np.concatenate([np.arange(length) for length in lengths])
    marks = np.array([(spot.x, spot.y, spot.radius) for spot in spots])[whose]
    wide = np.array([spot.wide for spot in spots])[whose]
    starts = starts_of(STEPS[ranks], marks, wide, sheet.size)
    boxes = boxes_of(starts, wide, sheet.size)
    leads = np.where((ranks >= NEAR)[:, None, None], leads_of(marks, boxes), np.nan)
    led = ~np.isnan(leads[:, 0, 0])
    kept = np.flatnonzero(sheet.holds(boxes) & (sheet.far | ~led))
    kept = kept[~touching(boxes[kept], around(sheet.marks))]
    kept = kept[~over(leads[kept], at + whose[kept], sheet.marks)]
    costs = ranks[kept] + CROSSING * _crossings(boxes[kept], leads[kept], sheet.border)
    if steps < len(STEPS):
        sure = costs < steps
        kept, costs = kept[sure], costs[sure]
    best = kept[np.lexsort((ranks[kept], costs, whose[kept]))]
    ends = np.searchsorted(whose[best], np.arange(1, len(spots)))
    split = zip(spots, np.split(best, ends))
    return {
        rank: _Ways(spot.words, starts[one], boxes[one], leads[one])
        for rank, (spot, one) in enumerate(split, at)
    }


def _crossings(around: np.ndarray, leads: np.ndarray, border: MultiLineString) -> np.ndarray:
    """How many times each label crosses the border, with its box and with its line."""
    if border.is_empty or not len(around):
        return np.zeros(len(around), dtype=int)
    over = intersects(border, boxes(*around.T)).astype(int)
    led = ~np.isnan(leads[:, 0, 0])
    over[led] += intersects(border, linestrings(leads[led]))
    return np.asarray(over)
