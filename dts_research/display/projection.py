"""From longitudes and latitudes to points of a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from shapely import (
    area,
    clip_by_rect,
    get_coordinates,
    get_parts,
    get_type_id,
    linearrings,
    make_valid,
    polygons,
    simplify,
    union_all,
)

from dts_research.display import style

HEIGHT = 400.0
MARGIN = 0.09
# What the eye cannot tell apart at this size, in points.
DETAIL = 0.4
# Points of the smallest ring, its first one told again at its end.
LEAST = 4
POLYGON = 3  # as shapely numbers what is one
Rings = Sequence[np.ndarray]


@dataclass(frozen=True)
class Projection:
    """Degrees to points: plate carrée, shrunk at the middle latitude."""

    west: float
    north: float
    east_scale: float
    north_scale: float
    width: float
    height: float
    detail: float = DETAIL

    def points(self, ring: np.ndarray) -> np.ndarray:
        """Place a ring of longitudes and latitudes on the sheet."""
        x = (ring[:, 0] - self.west) * self.east_scale
        y = (self.north - ring[:, 1]) * self.north_scale
        return np.column_stack([x, y])

    def clipped(self, rings: Rings) -> list[np.ndarray]:
        """Place rings, cut to the sheet."""
        return [ring for parts in self.clipped_each([rings]) for ring in parts]

    def clipped_each(self, groups: Sequence[Rings]) -> list[list[np.ndarray]]:
        """Place the rings of several outlines at once, cut to the sheet."""
        kept: list[list[np.ndarray]] = [[] for _ in groups]
        told = [(at, r) for at, rings in enumerate(groups) for r in rings if len(r) >= LEAST]
        if not told:
            return kept
        points = self.points(np.concatenate([ring for _, ring in told]))
        which = np.repeat(np.arange(len(told)), [len(ring) for _, ring in told])
        shapes = simplify(polygons(linearrings(points, indices=which)), self.detail)
        beyond = (points < 0).any(axis=1) | (points > (self.width, self.height)).any(axis=1)
        cut = np.unique(which[beyond])
        frame = (-1, -1, self.width + 1, self.height + 1)
        shapes[cut] = clip_by_rect(make_valid(shapes[cut]), *frame)
        parts, whose = get_parts(shapes, return_index=True)
        large = (get_type_id(parts) == POLYGON) & (area(parts) > self.detail**2 * 4)
        for part, at in zip(parts[large], whose[large]):
            kept[told[at][0]].append(get_coordinates(part.exterior))
        return kept


def projection(
    rings: Rings, *, width: float = style.FULL, height: float = HEIGHT, margin: float = MARGIN
) -> Projection:
    """Fit outlines into a sheet, as tall as they need up to `height`."""
    every = np.concatenate(list(rings))
    (west, south), (east, north) = every.min(axis=0), every.max(axis=0)
    shrink = float(np.cos(np.radians((south + north) / 2)))
    wide, tall = (east - west) * shrink, north - south
    scale = min(width / wide, height / tall) * (1 - 2 * margin)
    sheet = min(height, tall * scale / (1 - 2 * margin))
    left = (width / scale - wide) / 2 / shrink
    above = (sheet / scale - tall) / 2
    return Projection(
        float(west - left), float(north + above), scale * shrink, scale, width, float(sheet)
    )


def joined(outlines: Mapping[str, Rings]) -> list[np.ndarray]:
    """Outline of communes put together, finer than that of their département."""
    parts = [ring for rings in outlines.values() for ring in rings]
    if not parts:
        return []
    which = np.repeat(np.arange(len(parts)), [len(ring) for ring in parts])
    shapes = polygons(linearrings(np.concatenate(parts), indices=which))
    whole = get_parts(union_all(make_valid(shapes)))
    return [get_coordinates(p.exterior) for p in whole if p.geom_type == "Polygon"]
