"""Filtering, without a browser nor a widget."""

from __future__ import annotations

import pandas as pd
import pytest

from dts_research.explore.filters import (
    BLANK,
    Filters,
    choices,
    count_sentence,
    matching,
    narrowed,
    years,
)
from dts_research.workbook import Workbook


def sheets() -> pd.DataFrame:
    rows = [
        ("F-1", ("M1", "M2"), ("mobilite",), "en_cours", "Le délai de paiement.", ("juridique",)),
        ("F-2", ("M3",), (), "arretee", None, ("economique",)),
        ("F-3", (), ("mobilite", "langue"), None, "Les DÉLAIS, encore.", ()),
    ]
    names = ["experience_id", "missions", "themes", "stage", "what_resisted", "obstacles"]
    return pd.DataFrame(rows, columns=names)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["F-1", "F-2", "F-3"]),
        (Filters(mission="M2"), ["F-1"]),
        (Filters(theme="mobilite"), ["F-1", "F-3"]),
        (Filters(stage="arretee"), ["F-2"]),
        (Filters(stage=BLANK), ["F-3"]),
        (Filters(mission=BLANK), ["F-3"]),
        (Filters(resisted="delai"), ["F-1", "F-3"]),
        (Filters(resisted="délai  Juridique"), ["F-1"]),
        (Filters(resisted="économique"), ["F-2"]),
        (Filters(resisted="(délai["), []),
        (Filters(mission="M1", theme="langue"), []),
    ],
)
def test_each_filter_keeps_what_it_says(filters: Filters, expected: list[str]) -> None:
    assert list(matching(sheets(), filters)["experience_id"]) == expected


def test_no_experience_is_no_error() -> None:
    nothing = sheets().iloc[0:0]
    assert matching(nothing, Filters(mission="M1", resisted="délai")).empty
    assert choices(nothing, "mission") == []


def test_only_values_met_are_offered_and_blanks_last() -> None:
    assert choices(sheets(), "theme") == [
        ("Levée de freins : mobilité", "mobilite"),
        ("Levée de freins : langue", "langue"),
        ("Non renseigné", BLANK),
    ]


@pytest.mark.parametrize(
    ("shown", "total", "sentence"),
    [
        (12, 69, "12 expériences sur 69"),
        (1, 69, "1 expérience sur 69"),
        (0, 69, "Aucune expérience sur 69 ne répond à ces filtres"),
        (0, 0, "Aucune expérience dans ce classeur"),
    ],
)
def test_the_count_is_a_sentence(shown: int, total: int, sentence: str) -> None:
    assert count_sentence(shown, total) == sentence


def test_filters_in_force_are_said_in_french() -> None:
    filters = Filters(territory="71", mission="M1", period="2021-2023", resisted="délai")
    assert filters.in_words("Saône-et-Loire") == {
        "Territoire": "Saône-et-Loire",
        "Mission": "Création d'activités",
        "Période": "2021–2023",
        "Ce qui a résisté": "« délai »",
    }
    assert Filters(resisted="  ").as_dict() == {}


def test_every_frame_of_a_narrowed_material_follows(demo: Workbook) -> None:
    everyone = demo.network()
    material = narrowed(everyone, Filters(mission="M2", stage="arretee"), everyone=everyone)
    ids = set(material.experiences["experience_id"])
    assert ids and len(ids) < len(everyone.experiences)
    for table in ("experience_places", "experience_steps", "experience_actors", "quotes"):
        assert set(material.frames[table]["experience_id"]) <= ids
    assert set(material.others["experience_id"]) == ids
    assert len(everyone.experiences) > len(ids), "the material given is left as it was"


def test_the_period_keeps_what_touches_it(demo: Workbook) -> None:
    everyone = demo.network()
    span = years(everyone.experiences)
    assert span == tuple(range(span[0], span[-1] + 1))
    first = narrowed(everyone, Filters(period=str(span[0])), everyone=everyone)
    assert 0 < len(first.experiences) < len(everyone.experiences)
    assert first.period == str(span[0])


def test_beside_a_territory_stand_others_that_answer_the_same_filters(demo: Workbook) -> None:
    everyone = demo.network()
    material = narrowed(demo.territory("71"), Filters(mission="M3"), everyone=everyone)
    own = set(material.experiences["experience_id"])
    beside = set(material.others["experience_id"]) - own
    assert own and beside
    held = everyone.experiences.set_index("experience_id")["missions"]
    assert all("M3" in held[i] for i in beside)
