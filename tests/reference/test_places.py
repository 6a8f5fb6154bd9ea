from __future__ import annotations

import pandas as pd
import pytest

from dts_research.reference import Geography, settle
from dts_research.reference.places import tally
from dts_research.reference.spelling import at, key
from dts_research.schema.catalogue import catalogue

PARIS = {"latitude": 48.830245, "longitude": 2.3646353}


def one(france: Geography, **row: object) -> pd.Series:
    return settle(pd.DataFrame([row]), france).iloc[0]


@pytest.mark.parametrize(
    ("row", "commune", "departement", "evidence"),
    [
        (PARIS, "75056", "75", "coordinates"),
        ({"stated_commune_code": "1004"}, "01004", "01", "commune_code"),
        ({"stated_commune_code": "75111"}, "75056", "75", "commune_code"),
        ({"stated_commune_code": "14011"}, "14581", "14", "commune_code"),
        ({"commune_code": "13055"}, "13055", "13", "commune_code"),
        ({"stated_label": "Chartres"}, "28085", "28", "label"),
        ({"stated_label": "MARSEILLE CEDEX 01"}, "13055", "13", "label"),
        ({"stated_label": "Paris 11e"}, "75056", "75", "label"),
        ({"stated_label": "St-Denis", "stated_departement": "93"}, "93066", "93", "label"),
        ({"stated_label": "Saint-Denis", "stated_postal_code": "97400"}, "97411", "974", "label"),
        ({"stated_label": "Saint-Denis"}, None, None, "none"),
        ({"stated_postal_code": "28700"}, None, "28", "postal_code"),
        ({"stated_postal_code": "28700.0"}, None, "28", "postal_code"),
        ({"stated_postal_code": "1000"}, None, "01", "postal_code"),
        ({"stated_postal_code": "13001"}, "13055", "13", "postal_code"),
        ({"stated_postal_code": "75116"}, "75056", "75", "postal_code"),
        ({"stated_postal_code": "20000"}, "2A004", "2A", "postal_code"),
        ({"stated_postal_code": "92057"}, None, "92", "postal_code"),
        ({"stated_postal_code": "99999"}, None, None, "none"),
        ({"stated_departement": "28"}, None, "28", "departement_code"),
        ({"stated_departement": "28D"}, None, "28", "departement_code"),
        ({"stated_departement": "013"}, None, "13", "departement_code"),
        ({"stated_departement": "02A"}, None, "2A", "departement_code"),
        ({"stated_departement": "59L"}, None, "59", "departement_code"),
        ({"stated_departement": "1"}, None, "01", "departement_code"),
        ({"stated_departement": "20"}, None, None, "none"),
        ({"stated_departement": "Eure-et-Loir"}, None, "28", "label"),
        ({"stated_departement": "NR"}, None, None, "none"),
        ({"territory_id": "P-VALLEE"}, None, None, "perimeter"),
        ({"latitude": 40.4, "longitude": -3.7}, None, None, "abroad"),
        (
            {"latitude": 99, "longitude": 2, "stated_departement": "28"},
            None,
            "28",
            "departement_code",
        ),
    ],
)
def test_evidence(france: Geography, row: dict, commune, departement, evidence: str) -> None:
    found = one(france, **row)
    got = [None if pd.isna(found[c]) else found[c] for c in ("commune_code", "departement_code")]
    assert (*got, found["evidence"]) == (commune, departement, evidence)
    assert not found["contradiction"]


@pytest.mark.parametrize(
    "text", ["24R", "24", "R24", "Centre-Val de Loire", "centre val de loire "]
)
def test_a_region_alone(france: Geography, text: str) -> None:
    found = one(france, stated_region=text)
    assert found["region_code"] == "24"
    assert pd.isna(found["departement_code"])


@pytest.mark.parametrize(
    ("row", "note"),
    [
        (
            {**PARIS, "stated_departement": "28", "stated_postal_code": "28700"},
            "Le fichier dit Eure-et-Loir (28) ; les coordonnées sont à Paris (75).",
        ),
        (
            {"latitude": 48.01, "longitude": 0.2, "stated_region": "Bretagne"},
            "Le fichier dit région Bretagne ; les coordonnées sont au Mans (72).",
        ),
        (
            {"latitude": 40.4, "longitude": -3.7, "stated_departement": "75"},
            "Le fichier dit Paris (75) ; les coordonnées sont à l'étranger.",
        ),
        (
            {"stated_commune_code": "28085", "stated_label": "Dreux"},
            "Le fichier dit Dreux ; le code commune désigne Chartres (28).",
        ),
        (
            {"stated_departement": "13 - Rhône"},
            "Le fichier dit à la fois le code 13 (Bouches-du-Rhône) et le nom Rhône (69).",
        ),
        (
            {"stated_postal_code": "28000", "stated_departement": "75"},
            "Le fichier dit Paris (75) ; le code postal désigne Chartres (28).",
        ),
    ],
)
def test_contradictions_are_told_in_one_sentence(france: Geography, row: dict, note: str) -> None:
    found = one(france, **row)
    assert found["contradiction"]
    assert found["contradiction_note"] == note


@pytest.mark.parametrize(
    "row",
    [
        {**PARIS, "stated_departement": "Paris", "stated_region": "Ile-de-France"},
        {**PARIS, "stated_postal_code": "75013", "stated_label": "Paris 13e"},
        {"stated_departement": "28 - Eure-et-Loir", "stated_region": "24R"},
        {"stated_commune_code": "75113", "stated_label": "PARIS", "stated_postal_code": "75013"},
    ],
)
def test_agreement_is_not_a_contradiction(france: Geography, row: dict) -> None:
    found = one(france, **row)
    assert not found["contradiction"]
    assert pd.isna(found["contradiction_note"])


def test_swapped_coordinates_are_told(france: Geography) -> None:
    found = one(france, latitude=2.3522, longitude=48.8566)
    assert found["evidence"] == "abroad"
    assert not found["contradiction"]
    assert "échangées" in found["contradiction_note"]


def test_what_was_stated_is_kept_and_settling_twice_changes_nothing(france: Geography) -> None:
    rows = [{"stated_label": "Chartres"}, {"stated_postal_code": "28700"}, PARIS, {}]
    places = pd.DataFrame(rows, index=[4, 9, 2, 1])
    once = settle(places, france)
    assert list(once.index) == [4, 9, 2, 1]
    pd.testing.assert_frame_equal(once[places.columns], places)
    pd.testing.assert_frame_equal(settle(once, france), once)


def test_no_place_at_all(france: Geography) -> None:
    empty = pd.DataFrame({"latitude": [], "longitude": [], "stated_label": []})
    assert settle(empty, france).empty


def test_every_evidence_is_in_the_code_list(france: Geography) -> None:
    allowed = set(catalogue().codelists["place_evidence"].labels)
    seen = settle(pd.DataFrame([PARIS, {"stated_label": "Dreux"}, {}]), france)["evidence"]
    assert set(seen) <= allowed


def test_the_real_file(france: Geography, real_data) -> None:
    path = real_data / "experiences" / "BDD FFE - TEST - V0.csv"
    raw = pd.read_csv(path, dtype=str).rename(columns=str.strip)
    places = pd.DataFrame(
        {
            "latitude": pd.to_numeric(raw["lat"], errors="coerce"),
            "longitude": pd.to_numeric(raw["long"], errors="coerce"),
            "stated_departement": raw["Département_code"],
            "stated_postal_code": raw["Code postal"],
            "stated_region": raw["Région"],
        }
    )
    settled = settle(places, france)
    assert tally(settled)["places"].to_dict() == {
        "coordinates": 276,
        "abroad": 18,
        "postal_code": 9,
    }
    by_departement = settled["departement_code"].value_counts()
    assert by_departement[["75", "69", "59", "93", "92"]].tolist() == [73, 18, 13, 11, 10]
    # Most stated addresses are those of the project's seat, not of the place: 104 of the 141
    # rows that state a département beside coordinates contradict them.
    stated = places["stated_departement"].notna() & places["latitude"].notna()
    assert (stated.sum(), settled["contradiction"].sum()) == (141, 104)
    notes = settled.loc[settled["contradiction"], "contradiction_note"]
    assert notes.iloc[0] == "Le fichier dit Eure-et-Loir (28) ; les coordonnées sont à Paris (75)."


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Paris", "à Paris"),
        ("Le Mans", "au Mans"),
        ("Les Lilas", "aux Lilas"),
        ("La Rochelle", "à La Rochelle"),
    ],
)
def test_at(name: str, said: str) -> None:
    assert at(name) == said


def test_key_joins_spellings() -> None:
    assert key("Saint-Étienne") == key("ST ETIENNE")
    assert key("L’Haÿ-les-Roses") == key("l'hay les roses")
