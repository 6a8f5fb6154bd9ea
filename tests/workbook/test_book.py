"""Opening a territory: its slice, its circle of readers, its period, its neighbours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from dts_research.errors import ProtectionError, RequestError
from dts_research.schema import catalogue
from dts_research.workbook.material import within, years_of


@pytest.fixture(scope="module")
def deep(demo_book):
    return demo_book.territory("71")


def test_a_territory_holds_its_own_experiences_only(demo_book, deep) -> None:
    (places,) = demo_book.frames("experience_places")
    there = set(places[places["departement_code"] == "71"]["experience_id"])
    assert set(deep.experiences["experience_id"]) <= there
    assert set(deep.places["departement_code"]) == {"71"}
    for table in ("steps", "experience_actors", "quotes"):
        assert set(getattr(deep, table)["experience_id"]) <= set(deep.experiences["experience_id"])


@pytest.mark.parametrize("code", ["01", "09", "13", "2A", "971"])
def test_codes_survive_the_round_trip(demo_book, code: str) -> None:
    material = demo_book.territory(code)
    assert (material.territory.id, material.territory.departements) == (code, (code,))
    assert len(material.experiences) >= 1


def test_the_integer_13_is_understood_and_1_is_refused(demo_book) -> None:
    assert demo_book.territory(13).territory.id == "13"
    with pytest.raises(RequestError, match="01"):
        demo_book.territory(1)


def test_a_territory_is_found_by_its_name(demo_book) -> None:
    for name in ("Saône-et-Loire", "saone et loire", "SAÔNE-ET-LOIRE"):
        assert demo_book.territory(name).territory.id == "71"
    with pytest.raises(RequestError):
        demo_book.territory("Atlantide")


def test_a_free_perimeter_is_smaller_than_its_departement(demo_book, deep) -> None:
    perimeters = demo_book.perimeters()
    assert len(perimeters) >= 4
    for perimeter in perimeters:
        inside = demo_book.territory(perimeter.id)
        assert inside.territory.communes == perimeter.communes
        ids = set(inside.experiences["experience_id"])
        assert ids < set(deep.experiences["experience_id"])
    union = [set(demo_book.territory(p.id).experiences["experience_id"]) for p in perimeters]
    assert sum(map(len, union)) > len(set.union(*union)), "perimeters overlap"


def test_a_perimeter_that_cannot_be_formed_stops_nothing_and_is_told(new_book) -> None:
    named = [("P-1", "Val de Rien"), ("P-2", "Pays d'Autun"), ("P-3", "Pays perdu"),
             ("P-0", "Pays d'Autun"), ("P-4", "71")]  # fmt: skip
    level = "perimetre_libre"
    territories = pd.DataFrame(
        [{"territory_id": key, "label": label, "level": level} for key, label in named]
    )
    members = pd.DataFrame(
        [{"territory_id": "P-2", "commune_code": "71014"},
         {"territory_id": "P-3", "commune_code": "99999"}]
    )  # fmt: skip
    book = new_book("perimetres", territories=territories, territory_communes=members)
    assert [one.id for one in book.perimeters()] == ["P-2"]
    assert book.resolve("pays d'autun").communes == {"71014"}
    told = [error.message for error in book.unformed().values()]
    assert told[1] == (
        "Le périmètre « Val de Rien » ne peut pas être formé : il ne contient aucune commune."
    )
    assert book.resolve("71").level == "departement"  # a sound place of the same name
    with pytest.raises(RequestError, match="aucune commune"):
        book.resolve("Val de Rien")


def test_the_wider_the_circle_the_less_it_sees(demo_book) -> None:
    seen = [
        set(demo_book.territory("71", audience=a).experiences["experience_id"])
        for a in ("territory", "network", "public")
    ]
    assert seen[0] > seen[1] > seen[2]
    for audience in ("territory", "network", "public"):
        material = demo_book.territory("71", audience=audience)
        for name, frame in material.frames.items():
            if "diffusion" in frame and name not in ("territories", "territory_communes"):
                assert "private" not in set(frame["diffusion"]), name
        assert material.withheld["experiences"] > 0


@pytest.mark.parametrize("audience", ["network", "public"])
def test_nothing_passes_the_door_of_its_circle(demo_book, audience: str) -> None:
    """Every table of a slice holds to its diffusion level, not the sheets alone."""
    circles = ["private", "territory", "network", "public"]
    material = demo_book.territory("71", audience=audience)
    wrong = {
        name: sorted(set(frame["diffusion"].dropna()) - set(circles[circles.index(audience) :]))
        for name, frame in material.frames.items()
        if "diffusion" in frame
    }
    assert not {name: levels for name, levels in wrong.items() if levels}


def test_the_network_holds_everything_that_may_circulate(demo_book) -> None:
    material = demo_book.network()
    assert material.whole_network
    assert set(material.experiences["diffusion"].dropna()) <= {"network", "public"}
    assert material.places["departement_code"].nunique() == 12


def test_a_period_keeps_what_touches_it(demo_book) -> None:
    all_years = demo_book.territory("71").experiences
    some = demo_book.territory("71", period="2022").experiences
    assert 0 < len(some) < len(all_years)
    ended = some["ended_on"].dropna()
    assert (some["started_on"].dropna().map(lambda d: d.year) <= 2022).all()
    assert (ended.map(lambda d: d.year) >= 2022).all()


def test_a_cycle_keeps_its_sheets(demo_book) -> None:
    found = demo_book.territory("71", cycle="C2").experiences
    assert set(found["cycle_id"]) == {"C2"}


def test_floors_and_unknown_values_are_refused(demo_book) -> None:
    with pytest.raises(ProtectionError):
        demo_book.territory("71", min_count=4)
    for wrong in ({"audience": "tous"}, {"reader": "maire"}, {"period": "hier"}):
        with pytest.raises(RequestError):
            demo_book.territory("71", **wrong)
    with pytest.raises(RequestError, match="inconnue"):
        demo_book.frames("rien")


def test_the_material_cannot_be_changed_and_says_where_it_comes_from(deep) -> None:
    assert deep.fictional
    assert not deep.sources.empty
    assert set(deep.provenance["id"]) <= set(deep.places["place_id"])
    assert {"file", "row", "raw"} <= set(deep.provenance.columns)
    with pytest.raises(AttributeError):
        deep.reader = "élu"
    with pytest.raises(AttributeError):
        _ = deep.nothing_of_the_kind
    assert replace(deep, reader="élu").reader == "élu"


def test_actors_that_are_named_are_there(deep) -> None:
    known = set(deep.actors["actor_id"])
    for table in ("experience_actors", "authority_events", "direct_purchases"):
        assert set(getattr(deep, table)["actor_id"].dropna()) <= known, table


def test_every_table_is_there_even_on_an_empty_workbook(empty_book) -> None:
    material = empty_book.territory("71")
    for name, frame in material.frames.items():
        table = {"places_elsewhere": "experience_places"}.get(name, name)
        table = table.removesuffix("_everywhere")
        assert set(catalogue().tables[table].names) <= set(frame.columns), name
    assert material.experiences.empty


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("", None), ("2021", (2021, 2021)), ("2021-2023", (2021, 2023)),
        ("2023 – 2021", (2021, 2023)), (2024, (2024, 2024)),
    ],
)  # fmt: skip
def test_periods(text, years) -> None:
    assert years_of(text) == years


@pytest.mark.parametrize("text", ["21", "2021-2022-2023", "hier", "2021/2022", "-"])
def test_periods_that_cannot_be_read(text: str) -> None:
    with pytest.raises(RequestError, match="2024"):
        years_of(text)


def test_an_experience_without_dates_is_kept_only_without_a_period() -> None:
    day = date(2026, 11, 22)
    frame = pd.DataFrame(
        {
            "experience_id": ["a", "b", "c", "d"],
            "cycle_id": ["C1", "C1", "C2", None],
            "started_on": [date(2020, 1, 1), None, date(2026, 1, 1), None],
            "ended_on": [date(2021, 1, 1), None, None, date(2022, 6, 1)],
        },
        dtype=object,
    )
    assert within(frame, "", "", day)["experience_id"].tolist() == ["a", "b", "c", "d"]
    assert within(frame, "2021-2022", "", day)["experience_id"].tolist() == ["a", "d"]
    assert within(frame, "2026", "", day)["experience_id"].tolist() == ["c"]
    assert within(frame, "2020", "C1", day)["experience_id"].tolist() == ["a"]


def test_what_is_noted_of_an_authority_next_door_is_known_here_too(demo_book, deep) -> None:
    near = demo_book.territory("P-VAL-DE-SAONE")
    every = deep.authority_events
    named = set(near.actors["actor_id"])
    assert set(every[every["actor_id"].isin(named)]["event_id"]) <= set(
        near.authority_events["event_id"]
    )
    assert (near.authority_events["territory_id"] == "P-BASSIN-MINIER").any()
    kept = demo_book.territory("71", audience="public").withheld["authority_events"]
    assert kept == len(every)


def test_a_cycle_that_nothing_names_is_refused(demo_book) -> None:
    with pytest.raises(RequestError, match=r"« ZZ » est inconnu\. Cycles connus : C1, C2"):
        demo_book.territory("71", cycle="ZZ")
    assert len(demo_book.territory("71", cycle="C1").experiences) > 0


def test_a_place_that_does_not_say_goes_as_far_as_its_sheet(new_book) -> None:
    book = new_book(
        "diffusion",
        experiences=pd.DataFrame([
            {"experience_id": "F1", "title": "Publique", "diffusion": "public"},
            {"experience_id": "F2", "title": "Entre nous", "diffusion": "territory"},
        ]),
        experience_places=pd.DataFrame([
            {"place_id": "L1", "experience_id": "F1", "stated_departement": "13"},
            {"place_id": "L2", "experience_id": "F2", "stated_departement": "13"},
        ]),
    )  # fmt: skip
    shown = book.territory("13", audience="public")
    assert list(shown.experiences["experience_id"]) == ["F1"]
    assert list(shown.places["place_id"]) == ["L1"]


def test_a_territory_with_a_decision_only_has_something_to_tell(new_book) -> None:
    book = new_book(
        "decision",
        decisions=pd.DataFrame([
            {"decision_id": "D1", "statement": "Se revoir", "territory_id": "12", "status": "to_do"}
        ]),
    )  # fmt: skip
    assert [territory.id for territory in book.territories()] == ["12"]
