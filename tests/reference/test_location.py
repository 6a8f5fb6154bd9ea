from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from dts_research.reference import Geography

POINTS = [
    (43.2965, 5.3698, "13055", "13", "93"),  # Marseille, Vieux-Port
    (48.8566, 2.3522, "75056", "75", "11"),  # Paris, Hôtel de Ville
    (45.7640, 4.8357, "69123", "69", "84"),  # Lyon
    (46.2047, 5.2257, "01053", "01", "84"),  # Bourg-en-Bresse
    (41.9192, 8.7386, "2A004", "2A", "94"),  # Ajaccio
    (42.6970, 9.4500, "2B033", "2B", "94"),  # Bastia
    (16.2411, -61.5331, "97120", "971", "01"),  # Pointe-à-Pitre
    (-20.8823, 55.4504, "97411", "974", "04"),  # Saint-Denis
    (-12.7806, 45.2278, "97611", "976", "06"),  # Mamoudzou
    (45.1368, 2.9745, "15141", "15", "84"),  # Neussargues-Moissac
    (45.1015, 2.9465, "15031", "15", "84"),  # Celles, re-established
    (48.0590, -2.6150, "22241", "22", "53"),  # Plumieux, commune nouvelle
]


@pytest.mark.parametrize(("lat", "lon", "commune", "departement", "region"), POINTS)
def test_real_points(
    france: Geography, lat: float, lon: float, commune: str, departement: str, region: str
) -> None:
    row = france.locate([lat], [lon]).iloc[0]
    assert (row["departement_code"], row["region_code"]) == (departement, region)
    assert row["commune_code"] == commune
    assert row["evidence"] == "coordinates"
    epcis = france.communes.set_index("code")["epci"]
    assert row["epci_code"] == epcis[commune]


def test_just_outside(france: Geography) -> None:
    row = france.locate([43.2500], [5.3400]).iloc[0]  # at sea, off Marseille
    assert row["evidence"] == "coordinates_near"
    assert row["departement_code"] == "13"
    assert row["region_code"] == "93"
    assert pd.isna(row["commune_code"])


@pytest.mark.parametrize(("lat", "lon"), [(40.4168, -3.7038), (43.0, 5.0), (36.8, 10.2)])
def test_abroad(france: Geography, lat: float, lon: float) -> None:
    row = france.locate([lat], [lon]).iloc[0]
    assert row["evidence"] == "abroad"
    assert pd.isna(row["departement_code"])


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(None, 2.0), (48.0, None), (np.nan, np.nan), (95.0, 2.0), (48.0, 200.0), (0, 0)],
)
def test_missing_or_impossible(france: Geography, lat, lon) -> None:
    row = france.locate([lat], [lon]).iloc[0]
    assert row["evidence"] == "none"
    assert pd.isna(row["departement_code"])


def test_swapped_is_told_never_repaired(france: Geography) -> None:
    row = france.locate([2.3522], [48.8566]).iloc[0]
    assert row["evidence"] == "abroad"
    assert "échangées" in row["note"]


def test_collectivity_without_outlines(france: Geography) -> None:
    row = france.locate([-22.27], [166.45]).iloc[0]  # Nouméa
    assert (row["departement_code"], row["evidence"]) == ("988", "coordinates")
    assert pd.isna(row["commune_code"])


def test_index_is_kept_and_nothing_is_fine(france: Geography) -> None:
    lat = pd.Series([48.8566, pd.NA], index=[12, 7], dtype="Float64")
    lon = pd.Series([2.3522, 2.0], index=[12, 7], dtype="Float64")
    found = france.locate(lat, lon)
    assert list(found.index) == [12, 7]
    assert found["departement_code"].tolist()[0] == "75"
    assert france.locate([], []).empty


def test_three_hundred_points_are_quick(france: Geography) -> None:
    some = np.random.default_rng(7)
    lat, lon = some.uniform(42, 51, 300), some.uniform(-5, 8, 300)
    start = time.perf_counter()
    france.locate(lat, lon)
    assert time.perf_counter() - start < 1.0
