"""From the outlines of former communes to the outlines shipped; used by `build` only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from shapely.affinity import affine_transform

from dts_research.reference.outlines import STEP, save_outlines

EPCI_DETAIL = 0.004
DEPARTEMENT_DETAIL = 0.012
MIDDLE_LATITUDE = 46.5

# Where each overseas département is drawn beside the mainland: longitude and latitude of the
# centre, and enlargement.
BESIDE = {
    "971": (-6.6, 48.6, 1.5),
    "972": (-6.6, 47.2, 2.0),
    "973": (-6.6, 45.4, 0.45),
    "974": (-6.6, 43.6, 1.6),
    "976": (-6.6, 42.2, 2.4),
}


def commune_outlines(pieces: pd.DataFrame, communes: pd.DataFrame) -> pd.Series:
    """Outline of every commune of the vintage, as the union of the former communes it holds.

    A commune re-established since takes the outline it had as a commune déléguée, and the commune
    it left loses it.
    """
    whole = pieces[pieces["type"] == "COM"].set_index("code")["geometry"]
    delegated = pieces[pieces["type"] != "COM"].drop_duplicates("code").set_index("code")
    now = {old: row.code for row in communes.itertuples() for old in row.old_codes.split()}
    now |= {code: code for code in communes["code"]}
    known = communes.loc[communes["zone"] != "com", "code"]
    returned = delegated.loc[known[~known.isin(whole.index)], "geometry"]
    whole = whole.copy()
    for shape in returned:
        parent = whole.index[shapely.contains_properly(whole, shape.representative_point())][0]
        whole[parent] = shapely.difference(whole[parent], shape, grid_size=1e-9)
    every = pd.concat([whole, returned])
    return every.groupby(every.index.map(now)).agg(lambda g: shapely.union_all(g.to_numpy()))


def on_grid(shapes: np.ndarray) -> np.ndarray:
    """Draw outlines on the grid; a point shared by neighbours stays shared."""
    rounded = shapely.transform(shapes, lambda xy: np.rint(xy / STEP) * STEP)
    broken = ~shapely.is_valid(rounded)
    rounded[broken] = shapely.set_precision(shapes[broken], STEP)
    return rounded


def dissolve(shapes: np.ndarray, keys: pd.Series) -> pd.Series:
    """Union of the outlines that share a key; outlines without a key are left out."""
    frame = pd.Series(shapes).groupby(keys.to_numpy())
    return frame.agg(lambda g: shapely.union_all(g.to_numpy(), grid_size=STEP))


def borders_between(shapes: pd.Series) -> dict[str, list[str]]:
    """Which outlines share a stretch of border."""
    values = shapes.to_numpy()
    pairs = shapely.STRtree(values).query(values, predicate="intersects").T
    found: dict[str, list[str]] = {code: [] for code in shapes.index}
    for a, b in pairs:
        shared = shapely.intersection(values[a], values[b], grid_size=STEP)
        if a != b and shapely.length(shared) > STEP:
            found[shapes.index[a]].append(shapes.index[b])
    return {code: sorted(others) for code, others in found.items()}


def beside(shapes: pd.Series) -> pd.Series:
    """Bring the overseas départements beside the mainland, each in its true shape."""
    moved = shapes.copy()
    for code, (x, y, scale) in BESIDE.items():
        west, south, east, north = shapes[code].bounds
        middle = np.radians((south + north) / 2)
        wide = scale * np.cos(middle) / np.cos(np.radians(MIDDLE_LATITUDE))
        shift = [x - wide * (west + east) / 2, y - scale * (south + north) / 2]
        moved[code] = affine_transform(shapes[code], [wide, 0, 0, scale, *shift])
    return moved


def simplify(shapes: pd.Series, detail: float) -> pd.Series:
    """Draw a coverage with fewer points, neighbours keeping their shared borders."""
    drawn = shapely.coverage_simplify(shapes.to_numpy(), detail)
    return pd.Series(on_grid(drawn), index=shapes.index)


def write_outlines(shapes: pd.Series, communes: pd.DataFrame, folder: Path) -> dict[str, list[str]]:
    """Write one file per level; return the départements that share a border."""
    rows = communes.set_index("code").loc[shapes.index]
    drawn = on_grid(shapes.to_numpy())
    epcis = dissolve(drawn, rows["epci"].where(rows["epci"] != "", rows.index.to_series()))
    departements = dissolve(drawn, rows["departement"])
    borders = borders_between(departements)
    epcis = simplify(epcis, EPCI_DETAIL)
    departements = simplify(departements, DEPARTEMENT_DETAIL)
    region_of = rows.drop_duplicates("departement").set_index("departement")["region"]
    levels = {
        "commune": pd.Series(drawn, index=shapes.index),
        "epci": epcis[epcis.index.str.len() == 9],
        "departement": departements,
        "region": dissolve(departements.to_numpy(), region_of[departements.index]),
        "departement_drom_beside": pd.Series(
            on_grid(beside(departements).to_numpy()), index=departements.index
        ),
    }
    for level, kept in levels.items():
        save_outlines(folder / f"outlines_{level}.npz", list(kept.index), kept.to_numpy())
    return borders
