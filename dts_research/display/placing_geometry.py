"""Geometry of labels around marks: where words may start, what they touch, what lines run over.

Lengths are in points; boxes are left, top, right and foot; marks are a centre and a radius.
"""

from __future__ import annotations

import numpy as np

# How much of the words stands before their place.
LEFT, MIDDLE, RIGHT = 0.0, 0.5, 1.0
# Points that a line is told by.
POINTS = 12


def around(marks: np.ndarray) -> np.ndarray:
    """Boxes of marks."""
    centre, radius = marks[:, :2], marks[:, 2:]
    return np.hstack([centre - radius, centre + radius])


def _steps() -> np.ndarray:
    """Right, left, above, below, the four corners, then a little further up or down; then far.

    Each as gaps, corners, widths and letters to the right, then gaps, corners and letters down,
    then the share of the words that is before.
    """
    third, foot = 0.34, 0.75
    found: list[tuple[float, ...]] = [
        (1, 0, 0, 0, 0, 0, third, LEFT), (-1, 0, 0, 0, 0, 0, third, RIGHT),
        (0, 0, 0, 0, -1, 0, 0, MIDDLE), (0, 0, 0, 0, 1, 0, foot, MIDDLE),
        (0, 1, 0, 0, 0, -1, 0, LEFT), (0, 1, 0, 0, 0, 1, 0.7, LEFT),
        (0, -1, 0, 0, 0, -1, 0, RIGHT), (0, -1, 0, 0, 0, 1, 0.7, RIGHT),
    ]  # fmt: skip
    found += [
        (0, 0, side / 3, 0, gaps, 0, letters, MIDDLE)
        for gaps, letters in ((-1, 0), (1, foot), (-1, -1), (1, 1 + foot))
        for side in (0.8, -0.8, 0)
    ]
    found += [
        (side, 0, 0, side, 0, 0, third + turn, LEFT if side > 0 else RIGHT)
        for turn in (-1, 1, -2, 2, -3, 3, -4, 4)
        for side in (1, -1, 2, -2, 3, -3)
    ]
    return np.array(found, dtype=float)


STEPS = _steps()
# Steps that what is no mark, the name of a neighbour, may take: the others are far.
FREE = 20


def starts_of(steps: np.ndarray, marks: np.ndarray, wide: np.ndarray, size: float) -> np.ndarray:
    """Where words start, and their share that is before, from steps around each mark."""
    gap, corner = marks[:, 2] + 3, marks[:, 2] * 0.7 + 2
    letters = np.full(len(marks), size)
    right = (steps[:, :4] * np.column_stack([gap, corner, wide, letters])).sum(axis=1)
    down = (steps[:, 4:7] * np.column_stack([gap, corner, letters])).sum(axis=1)
    return np.column_stack([marks[:, 0] + right, marks[:, 1] + down, steps[:, 7]])


def leads_of(marks: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Line from the edge of each mark to the nearest point of its box; nowhere when it touches."""
    centre, radius = marks[:, :2], marks[:, 2]
    ends = np.minimum(np.maximum(centre, boxes[:, :2]), boxes[:, 2:])
    far = np.hypot(*(ends - centre).T)
    away = (far > radius + 3.5) & (radius > 0)
    share = radius / np.where(away, far, np.nan)
    edges = centre + (ends - centre) * share[:, None]
    return np.stack([edges, np.where(away[:, None], ends, np.nan)], axis=1)


def boxes_of(starts: np.ndarray, wide: np.ndarray, size: float) -> np.ndarray:
    """Boxes of words, from where they start."""
    left = starts[:, 2] * wide
    x, y = starts[:, 0] - left, starts[:, 1]
    return np.column_stack([x, y - size * 0.78, x + wide, y + size * 0.24])


def touching(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Whether each box touches one of the others."""
    a, b = boxes[:, None, :], others[None, :, :]
    beside = (a[..., 0] < b[..., 2]) & (b[..., 0] < a[..., 2])
    found: np.ndarray = beside & (a[..., 1] < b[..., 3]) & (b[..., 1] < a[..., 3])
    return np.asarray(found.any(axis=1))


def over(lines: np.ndarray, own: np.ndarray, marks: np.ndarray) -> np.ndarray:
    """Tell the lines that run over another mark than their own, told by its place among all."""
    found = np.zeros(len(lines), dtype=bool)
    led = np.flatnonzero(~np.isnan(lines[:, 0, 0]))
    drawn = np.flatnonzero(marks[:, 2] > 0)
    marks = marks[drawn]
    along = lines[led, 1] - lines[led, 0]
    toward = marks[None, :, :2] - lines[led, None, 0]
    shares = np.clip((toward * along[:, None]).sum(2) / (along**2).sum(1)[:, None], 0, 1)
    far = np.linalg.norm(shares[..., None] * along[:, None] - toward, axis=2)
    other = drawn[None] != own[led, None]
    found[led] = ((far < marks[:, 2]) & other).any(axis=1)
    return found


def points_along(lines: np.ndarray) -> np.ndarray:
    """Points along each line."""
    start, end = lines[:, None, 0], lines[:, None, 1]
    return np.asarray(start + (end - start) * np.arange(POINTS)[:, None] / POINTS)


def within(lines: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Whether each line, told by its points, runs under each box."""
    x, y = lines[:, None, :, 0], lines[:, None, :, 1]
    left, top, right, foot = (boxes[None, :, None, k] for k in range(4))
    return np.asarray(((left < x) & (x < right) & (top < y) & (y < foot)).any(axis=2))
