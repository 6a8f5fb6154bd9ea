from __future__ import annotations

import io
import time

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dts_research.errors import RequestError
from dts_research.reference import Geography, geography
from dts_research.reference.outlines import load_outlines

GEO = geography()
CODES = sorted({*GEO.communes["code"], *GEO.epcis["siren"], *GEO.departements["code"]})


def test_vintage_and_sizes(france: Geography) -> None:
    assert france.vintage == 2026
    sizes = [len(f) for f in (france.communes, france.epcis, france.departements, france.regions)]
    assert sizes == [34969, 1255, 109, 26]
    assert str(france.communes["population"].dtype) == "Int64"
    assert france.communes["code"].is_unique
    assert france.communes["code"].str.fullmatch(r"(\d{2}|2[AB])\d{3}").all()


def test_same_communes_as_the_other_copy(france: Geography, real_data) -> None:
    other = pd.read_csv(
        real_data / "geography" / "communes_plat.csv", dtype=str, keep_default_na=False
    ).set_index("code")
    ours = france.communes.set_index("code").fillna({"epci": ""})
    assert set(ours.index) == set(other.index)
    for column in ("departement", "region", "epci"):
        assert (ours[column] == other.loc[ours.index, column]).all()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(CODES), min_size=1, max_size=300))
def test_every_code_survives_a_csv(codes: list[str]) -> None:
    text = pd.DataFrame({"code": codes}).to_csv(index=False)
    back = pd.read_csv(io.StringIO(text), dtype="str")["code"]
    assert list(back) == codes
    assert [GEO.resolve(code).code for code in back[:3]] == codes[:3]


def test_every_departement_and_region_resolves_to_itself(france: Geography) -> None:
    for code, name in france.departement_names.items():
        assert france.resolve(code).code == code
        assert france.resolve(name).code == code
        assert france.resolve(name).level == "departement"
    for code in france.region_names:
        assert france.resolve(f"R{code}").level == "region"
        assert france.resolve(f"R{code}").id == f"R{code}"


@pytest.mark.parametrize(
    ("wanted", "id"),
    [
        ("13", "13"),
        (13, "13"),
        ("013", "13"),
        ("Bouches-du-Rhône", "13"),
        ("bouches du rhone", "13"),
        (" BOUCHES DU RHONE ", "13"),
        ("2A", "2A"),
        ("2a", "2A"),
        ("02A", "2A"),
        ("02B", "2B"),
        ("02", "02"),
        ("59L", "59"),
        ("28D", "28"),
        ("971", "971"),
        (971, "971"),
        ("987", "987"),
        ("Corse-du-Sud", "2A"),
        ("13055", "13055"),
        (13055, "13055"),
        ("13201", "13055"),
        ("75101", "75056"),
        ("200054807", "200054807"),
        ("R93", "R93"),
        ("r93", "R93"),
        ("Île-de-France", "R11"),
        ("ile de france", "R11"),
        ("Marseille", "13055"),
        ("Chartres", "28085"),
        ("Métropole du Grand Paris", "200054781"),
    ],
)
def test_resolve(france: Geography, wanted: str | int, id: str) -> None:
    assert france.resolve(wanted).id == id


@pytest.mark.parametrize("wanted", [*range(1, 10), *map(str, range(1, 10)), 1001])
def test_a_lost_zero_is_refused_with_the_way_to_write_it(france: Geography, wanted) -> None:
    with pytest.raises(RequestError, match=f'Écrivez "0{wanted}"'):
        france.resolve(wanted)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (20, '"2A" ou "2B"'),
        ("20", '"2A" ou "2B"'),
        ("Bouche du Rone", "Bouches-du-Rhône"),
        ("Marsaille", "Marseille"),
        ("Saint-Denis", "93066"),
        ("28700", "code postal"),
        ("99", "Aucun territoire"),
        ("", "Aucun territoire"),
        ("R99", "Aucun territoire"),
    ],
)
def test_what_cannot_be_resolved(france: Geography, wanted, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        france.resolve(wanted)


def test_territories_hold_their_communes(france: Geography) -> None:
    paca = france.resolve("R93")
    assert paca.departements == ("04", "05", "06", "13", "83", "84")
    metropole = france.resolve("200054807")
    assert metropole.departements == ("13", "83", "84")
    assert metropole.communes < paca.communes
    assert france.resolve("75").communes == {"75056"}


def test_free_perimeter(france: Geography) -> None:
    valley = france.perimeter("P-VALLEE", "La vallée", ["13055", "13201", "01001", "14011"])
    assert valley.level == "perimetre_libre"
    assert valley.communes == {"13055", "01001", "14581"}
    assert valley.departements == ("01", "13", "14")
    with pytest.raises(RequestError, match="99999"):
        france.perimeter("P", "Faux", ["99999"])
    with pytest.raises(RequestError, match="aucune commune"):
        france.perimeter("P", "Vide", [])


def test_neighbours(france: Geography) -> None:
    assert france.neighbours("75") == ["92", "93", "94"]
    assert france.neighbours("13") == ["30", "83", "84"]
    assert france.neighbours("2A") == ["2B"]
    assert france.neighbours("971") == []
    for code in france.departement_names:
        assert all(code in france.neighbours(other) for other in france.neighbours(code))


def test_every_commune_of_the_mainland_and_drom_has_an_outline(france: Geography) -> None:
    drawn = load_outlines("commune")
    expected = france.communes.loc[france.communes["zone"] != "com", "code"]
    assert set(drawn.codes) == set(expected)
    assert shapely.is_valid(drawn.shapes).all()
    assert not shapely.is_empty(drawn.shapes).any()
    overlap = shapely.area(drawn.shapes).sum() - shapely.union_all(drawn.shapes).area
    assert overlap < 1e-4


def test_map_levels(france: Geography) -> None:
    assert len(france.outlines("epci")) == 1255
    assert len(france.outlines("departement")) == 101
    assert len(france.outlines("region")) == 18
    assert set(france.outlines("commune", ["13055", "98818"])) == {"13055"}
    for ring in france.outlines("departement", ["75"])["75"]:
        assert ring.shape[1] == 2
        assert (ring[0] == ring[-1]).all()
    with pytest.raises(RequestError, match="niveau « canton »"):
        france.outlines("canton")


def test_drom_are_drawn_beside_the_mainland(france: Geography) -> None:
    beside = france.outlines("departement_drom_beside")
    true = france.outlines("departement")
    points = np.concatenate([ring for rings in beside.values() for ring in rings])
    assert points.min(axis=0).tolist() > [-9, 40]
    assert points.max(axis=0).tolist() < [10, 52]
    assert all((a == b).all() for a, b in zip(beside["29"], true["29"]))
    shapes = load_outlines("departement_drom_beside")
    drom = [s for c, s in zip(shapes.codes, shapes.shapes) if len(c) == 3]
    rest = shapely.union_all([s for c, s in zip(shapes.codes, shapes.shapes) if len(c) < 3])
    assert not shapely.intersects(drom, rest).any()
    assert not any(a.intersects(b) for i, a in enumerate(drom) for b in drom[:i])


def test_reading_is_quick() -> None:
    geography.cache_clear()
    start = time.perf_counter()
    geography()
    assert time.perf_counter() - start < 1.0  # 0.1 s alone, more when the machine is busy
