"""From a point to the commune it falls in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import shapely

from dts_research.reference.outlines import load_outlines

NEAR_KM = 3.0
KM_PER_DEGREE = 111.2

# Collectivities without outlines: west, south, east, north.
BOXES = {
    "975": (-56.52, 46.70, -56.08, 47.20),
    "977": (-62.96, 17.86, -62.78, 17.98),
    "978": (-63.16, 18.062, -62.96, 18.13),
    "986": (-178.30, -14.45, -175.95, -13.10),
    "987": (-155.00, -28.00, -134.40, -7.50),
    "988": (158.00, -23.00, 168.30, -17.80),
}
BOX_NOTE = "Collectivité sans contours : le point est situé dans un rectangle qui l'entoure."
NEAR_NOTE = "Le point tombe hors des contours, à moins de 3 km du département retenu."
SWAPPED_NOTE = (
    "Ce point est hors de France, mais y serait si latitude et longitude étaient échangées : "
    "à vérifier."
)
IMPOSSIBLE_NOTE = "Ces coordonnées n'existent pas : elles ne sont pas retenues."
ORIGIN_NOTE = "Les coordonnées 0, 0 tiennent lieu de valeur absente : elles ne sont pas retenues."
COLUMNS = ("commune_code", "departement_code", "epci_code", "region_code", "evidence", "note")


@cache
def _tree() -> shapely.STRtree:
    return shapely.STRtree(load_outlines("commune").shapes)


def _numbers(values: Iterable[Any]) -> np.ndarray:
    series = pd.Series(values if hasattr(values, "__len__") else list(values))
    return pd.to_numeric(series, errors="coerce").astype("Float64").to_numpy(float, na_value=np.nan)


def _inside(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Position of the commune outline that holds each point, -1 where none does."""
    found = np.full(len(lon), -1)
    points, shapes = _tree().query(shapely.points(lon, lat), predicate="intersects")
    found[points[::-1]] = shapes[::-1]
    return found


def _nearest(lon: float, lat: float) -> int:
    """Position of the commune outline less than 3 km away, -1 when there is none."""
    point = shapely.Point(lon, lat)
    high = NEAR_KM / KM_PER_DEGREE
    wide = high / max(np.cos(np.radians(lat)), 0.01)
    near = _tree().query(shapely.box(lon - wide, lat - high, lon + wide, lat + high))
    if not len(near):
        return -1
    shapes = load_outlines("commune").shapes[near]
    squeeze = np.array([np.cos(np.radians(lat)), 1.0]) * KM_PER_DEGREE
    flat = shapely.transform(shapes, lambda xy: (xy - [lon, lat]) * squeeze)
    distances = shapely.distance(flat, shapely.transform(point, lambda xy: xy * 0.0))
    return int(near[distances.argmin()]) if distances.min() <= NEAR_KM else -1


def _boxed(lon: float, lat: float) -> str | None:
    for code, (west, south, east, north) in BOXES.items():
        if west <= lon <= east and south <= lat <= north:
            return code
    return None


def _outside(lon: float, lat: float, departement_of: Mapping[str, str]) -> dict[str, str]:
    """Say where a point is that no commune outline holds."""
    boxed = _boxed(lon, lat)
    if boxed:
        return {"departement_code": boxed, "evidence": "coordinates", "note": BOX_NOTE}
    near = _nearest(lon, lat)
    if near >= 0:
        departement = departement_of[str(load_outlines("commune").codes[near])]
        return {"departement_code": departement, "evidence": "coordinates_near", "note": NEAR_NOTE}
    swapped = abs(lon) <= 90 and _inside(np.array([lat]), np.array([lon]))[0] >= 0
    return {"evidence": "abroad"} | ({"note": SWAPPED_NOTE} if swapped else {})


def locate(
    lat: Iterable[float], lon: Iterable[float], departement_of: Mapping[str, str]
) -> pd.DataFrame:
    """Find the commune and département of points; EPCI and région are left to fill in.

    Parameters
    ----------
    lat, lon
        Decimal degrees, of the same length.
    departement_of
        Département of each commune.
    """
    index = lat.index if isinstance(lat, pd.Series) else None
    north, east = _numbers(lat), _numbers(lon)
    size = len(north)
    columns = {name: np.full(size, None, dtype=object) for name in COLUMNS}
    given = ~np.isnan(north) & ~np.isnan(east)
    real = given & (np.abs(north) <= 90) & (np.abs(east) <= 180)
    origin = real & (north == 0) & (east == 0)
    real &= ~origin
    columns["evidence"][:] = "none"
    columns["note"][given & ~real] = IMPOSSIBLE_NOTE
    columns["note"][origin] = ORIGIN_NOTE
    rows = np.flatnonzero(real)
    found = _inside(east[rows], north[rows])
    inside, codes = rows[found >= 0], load_outlines("commune").codes[found[found >= 0]]
    columns["commune_code"][inside] = codes.astype(object)
    columns["departement_code"][inside] = [departement_of[code] for code in codes.tolist()]
    columns["evidence"][inside] = "coordinates"
    for row in rows[found < 0]:
        for name, value in _outside(east[row], north[row], departement_of).items():
            columns[name][row] = value
    return pd.DataFrame(columns, index=index).astype("str")
