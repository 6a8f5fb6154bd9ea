"""Portraits: counts that stay readable, blanks kept, nothing ordered by value."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from dts_research.analysis import portrait
from dts_research.analysis.result import NOT_GIVEN, counted
from dts_research.schema.catalogue import catalogue


def sheets(**columns: list) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in columns.items()})


def counts(result) -> dict[str, int]:
    return dict(zip(result.table["code"], result.table["count"]))


def test_an_experience_with_two_missions_counts_in_both_and_this_is_said() -> None:
    result = portrait.by_mission(sheets(missions=[("M1", "M3"), ("M1",), ()]))
    assert counts(result) == {"M1": 2, "M2": 0, "M3": 1, NOT_GIVEN: 1}
    assert (result.n, result.missing, result.several) == (3, 1, 1)
    assert "compte dans chacune" in result.reading


def test_a_code_written_twice_counts_once() -> None:
    assert counts(portrait.by_mission(sheets(missions=[("M1", "M1")])))["M1"] == 1


def test_blanks_are_a_category_of_their_own() -> None:
    result = portrait.by_stage(sheets(stage=["en_cours", None, pd.NA, ""]))
    assert counts(result)[NOT_GIVEN] == 3
    assert result.table["label"].iloc[-1] == "Non renseigné"


def test_categories_follow_the_code_list_and_not_their_counts() -> None:
    codes = list(catalogue().codelists["themes"].labels)
    many = sheets(themes=[(codes[-1],)] * 9 + [(codes[3],)] * 2)
    assert list(portrait.by_theme(many).table["code"]) == codes


def test_an_unknown_code_is_kept_after_the_known_ones() -> None:
    table = counted(["a", "z"], {"a": "A"}).table
    assert list(table["label"]) == ["A", "z"]


def test_years_without_experience_are_zeros() -> None:
    begun = [date(2019, 5, 1), date(2021, 1, 1), None]
    assert counts(portrait.by_year(sheets(started_on=begun))) == {
        "2019": 1, "2020": 0, "2021": 1, NOT_GIVEN: 1,
    }  # fmt: skip


def test_the_kind_is_that_of_the_structure_that_carries() -> None:
    known = pd.DataFrame({"structure_id": ["S1", "S1"], "kind": ["AI", "AI"]})
    found = counts(portrait.by_structure_kind(sheets(structure_id=["S1", "S9", None]), known))
    assert found["AI"] == 1
    assert found[NOT_GIVEN] == 2


def test_obstacles_and_levers_face_each_other() -> None:
    levers = [("humain",), ("humain",), ()]
    rows = sheets(obstacles=[("humain", "politique"), (), ()], levers=levers)
    result = portrait.obstacles_and_levers(rows)
    human = result.table.set_index("code").loc["humain"]
    assert (human["obstacles"], human["levers"], human["both"]) == (1, 2, 1)
    assert result.missing == 1


def test_stages_by_mission_keep_their_zeros() -> None:
    result = portrait.missions_by_stage(sheets(missions=[("M1", "M2")], stage=["arretee"]))
    stages, missions = catalogue().codelists["stages"], catalogue().codelists["missions"]
    assert len(result.table) == len(stages.labels) * len(missions.labels)
    assert result.table["count"].sum() == 2


def test_a_territory_is_set_beside_the_network_in_the_order_of_the_list() -> None:
    here = portrait.by_mission(sheets(missions=[("M3",), ()]))
    all_of_them = portrait.by_mission(sheets(missions=[("M3",), ("M1",), ("M1",)]))
    pairs = portrait.against(here, all_of_them)
    assert list(pairs["code"]) == ["M1", "M2", "M3", NOT_GIVEN]
    assert list(pairs["everywhere"]) == [2, 0, 1, 0]


ANSWERED = ["Rien à signaler.", "rien à signaler", "Néant", "RAS", "Non", "0", "aucune", "Aucun",
            "pas de problème", "Rien de particulier", "Aucune difficulté particulière"]  # fmt: skip
BLANK = ["", None, "…", "x", "À compléter", "TODO", "\u200b", "n/a"]
TOLD = ["Non, la mairie a refusé.", "Rien ne va plus.", "Aucun élu n'est venu.", "idem"]


@pytest.mark.parametrize("text", [*ANSWERED, *BLANK])
def test_nothing_to_report_is_recognised(text: str | None) -> None:
    assert portrait.says_nothing(text)
    assert portrait.unanswered(text) is (text in BLANK)


@pytest.mark.parametrize("text", TOLD)
def test_a_sentence_is_not_nothing(text: str) -> None:
    assert not portrait.says_nothing(text)


def test_nothing_to_report_is_not_a_blank() -> None:
    rows = sheets(surprises=["Rien à signaler.", None, "Un barnum offert"])
    result = portrait.said(rows, "surprises")
    assert dict(zip(result.table["state"], result.table["count"])) == {
        "told": 1, "nothing": 1, "blank": 1,
    }  # fmt: skip


def test_no_sheet_at_all() -> None:
    result = portrait.by_mission(sheets(missions=[]))
    assert (result.n, result.missing, result.reading) == (0, 0, "")
