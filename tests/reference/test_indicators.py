"""Context indicators known: each says its unit and its source, and only reads."""

from __future__ import annotations

import pandas as pd
import pytest

from dts_research.reference.equipment import equipement_actifs, equipement_rsa
from dts_research.reference.geography import geography
from dts_research.reference.indicators import INDICATORS, population
from dts_research.schema import catalogue

OBSERVATIONS = pd.DataFrame(
    [
        ("iae_beneficiaires_moy", "01", "2021", 1164.2, "published"),
        ("iae_beneficiaires_moy", "02", "2021", None, "secret"),
        ("actifs_15_64", "01", "2021", 310000.0, "published"),
        ("actifs_15_64", "02", "2021", 230000.0, "published"),
        ("population", "01", "2021", 663202.0, "published"),
    ],
    columns=["indicator_id", "territory_id", "period", "value", "state"],
)


@pytest.mark.parametrize("one", INDICATORS, ids=lambda one: one.__name__)
def test_each_indicator_says_what_it_is(one: object) -> None:
    card = one.card  # type: ignore[attr-defined]
    for text in (card.label, card.unit, card.source, card.definition, card.numerator, card.guard):
        assert text.strip()
    assert card.id == one.__name__  # type: ignore[attr-defined]
    assert card.definition.endswith(".")


@pytest.mark.parametrize("one", INDICATORS, ids=lambda one: one.__name__)
def test_reading_changes_nothing_and_holds_no_other_indicator(one: object) -> None:
    before = OBSERVATIONS.copy(deep=True)
    found = one(OBSERVATIONS)  # type: ignore[operator]
    assert {"territory_id", "period", "state"} <= set(found.columns)
    pd.testing.assert_frame_equal(OBSERVATIONS, before)


def test_what_links_an_indicator_to_sheets_is_in_the_list_of_themes() -> None:
    known = set(catalogue().codelists["themes"].labels)
    cards = [one.card for one in INDICATORS]  # type: ignore[attr-defined]
    assert {theme for card in cards for theme in card.themes} <= known
    assert all(card.question.endswith(" ?") for card in cards if card.themes or card.question)
    assert sum(bool(card.themes) for card in cards) >= 12


def test_identifiers_are_told_apart() -> None:
    ids = [one.card.id for one in INDICATORS]  # type: ignore[attr-defined]
    assert len(set(ids)) == len(ids)


def test_population_received_wins_over_the_one_shipped() -> None:
    found = population(OBSERVATIONS).set_index("territory_id")
    assert (found.loc["01", "value"], found.loc["01", "period"]) == (663202.0, "2021")
    shipped = geography().departements.set_index("code")["population"]
    assert found.loc["13", "value"] == shipped["13"]
    assert found.loc["976", "period"] == "2017"
    assert {"R84", "13055", geography().epcis["siren"].iloc[0]} <= set(found.index)


def test_equipment_gives_both_numbers_and_says_what_is_absent() -> None:
    over = equipement_actifs(OBSERVATIONS).set_index("territory_id")
    assert over.loc["01", ["numerator", "denominator", "state"]].tolist() == [
        1164.2, 310000.0, "published",
    ]  # fmt: skip
    assert over.loc["02", "state"] == "secret"
    assert equipement_rsa(OBSERVATIONS)["state"].tolist() == ["not_given", "secret"]
