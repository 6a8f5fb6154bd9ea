"""Outlines of communes, EPCI, départements and régions, and how they are kept in a file.

Every outline is drawn on one grid of `STEP` degrees (55 m north-south, about 40 m east-west), so
that neighbours keep the same border point for point. A file holds the differences between
successive grid points, one byte plane after the other, which compresses well.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import shapely

STEP = 0.0005
DATA = Path(__file__).parent / "data"
LEVELS = ("commune", "epci", "departement", "region", "departement_drom_beside")


@dataclass(frozen=True, eq=False)
class Outlines:
    """Codes and their multipolygons, in the same order."""

    codes: np.ndarray
    shapes: np.ndarray

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each code stands."""
        return {code: at for at, code in enumerate(self.codes.tolist())}


def _pack(values: np.ndarray) -> np.ndarray:
    """Turn integers into the byte planes of their zigzag differences."""
    steps = np.diff(values.astype(np.int32), prepend=np.int32(0)).astype(np.int32)
    zigzag = ((steps << 1) ^ (steps >> 31)).astype("<u4")
    return zigzag.view(np.uint8).reshape(-1, 4).T.copy()


def _unpack(planes: np.ndarray) -> np.ndarray:
    """Undo `_pack`."""
    zigzag = np.ascontiguousarray(planes.T).view("<u4").ravel()
    steps = (zigzag >> 1).astype(np.int64) ^ -(zigzag & 1).astype(np.int64)
    return np.cumsum(steps)


def save_outlines(path: Path, codes: list[str], shapes: np.ndarray) -> None:
    """Write outlines already drawn on the grid to one compressed file."""
    multi = [s if s.geom_type == "MultiPolygon" else shapely.MultiPolygon([s]) for s in shapes]
    _, points, offsets = shapely.to_ragged_array(np.array(multi, dtype=object))
    grid = np.rint(points / STEP).astype(np.int32)
    arrays: dict[str, Any] = {"codes": np.array(codes, dtype="U9")}
    arrays |= {"x": _pack(grid[:, 0]), "y": _pack(grid[:, 1])}
    arrays |= {name: _pack(o) for name, o in zip(("rings", "polygons", "shapes"), offsets)}
    np.savez_compressed(path, **arrays)


@cache
def load_outlines(level: str) -> Outlines:
    """Read the outlines of one level, once.

    Parameters
    ----------
    level
        One of `LEVELS`.
    """
    with np.load(DATA / f"outlines_{level}.npz", allow_pickle=False) as kept:
        grid = np.column_stack([_unpack(kept["x"]), _unpack(kept["y"])])
        offsets = tuple(_unpack(kept[name]) for name in ("rings", "polygons", "shapes"))
        codes = kept["codes"]
    kind = shapely.GeometryType.MULTIPOLYGON
    return Outlines(codes, shapely.from_ragged_array(kind, grid * STEP, offsets))


def rings(shape: shapely.Geometry) -> list[np.ndarray]:
    """Give every ring of an outline, holes included, as an array of longitudes and latitudes."""
    polygons = shapely.get_parts(shape)
    lines = [r for p in polygons for r in (p.exterior, *p.interiors)]
    return [shapely.get_coordinates(line) for line in lines]
