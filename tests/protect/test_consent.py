"""Consents: what stands on a day, what a withdrawal takes away, names masked in texts."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from dts_research.protect.consent import TAKEN_BACK, agreements
from dts_research.protect.unnamed import MASKED, Unnamed

DAY = date(2026, 1, 1)


def consents(*rows):
    names = ["record_table", "record_id", "level", "given_on", "withdrawn_on"]
    return pd.DataFrame(rows, columns=names)


def given(level, on=2024, until=None):
    ended = date(until, 6, 1) if until else None
    return ("quotes", "Q-1", level, date(on, 5, 1) if on else None, ended)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], None),
        ([given("quote")], "quote"),
        ([given("quote", until=2025)], TAKEN_BACK),
        ([given("quote", on=None, until=2025)], TAKEN_BACK),
        ([given("quote", until=2027)], "quote"),
        ([given("quote", until=2024), given("quote", on=2025)], "quote"),
        ([given("quote", until=2025), given("quote", on=2023)], TAKEN_BACK),
        ([given("quote", until=2025), given("structure_name", on=2023)], TAKEN_BACK),
        ([given("structure_name", until=2025), given("quote")], "quote"),
        ([given("quote", until=2025), given("aggregate")], "aggregate"),
        ([given("quote"), given("aggregate", on=2023)], "aggregate"),
        ([given("a level unknown")], "a level unknown"),
    ],
)
def test_the_narrowest_consent_that_stands_is_the_one(rows, expected):
    assert agreements(consents(*rows), DAY).level("quotes", "Q-1") == expected


def test_a_withdrawal_counts_from_its_own_day():
    table = consents(given("quote", until=2025))
    assert agreements(table, date(2025, 5, 31)).level("quotes", "Q-1") == "quote"
    assert agreements(table, date(2025, 6, 1)).level("quotes", "Q-1") == TAKEN_BACK


@pytest.mark.parametrize("table", ["quotes", "Quotes ", "Paroles", "une table inconnue"])
def test_a_table_is_understood_by_its_name_its_title_or_not_at_all(table):
    rows = consents((table, " q-1", "quote", None, DAY))
    assert agreements(rows, DAY).level("quotes", "Q-1") == TAKEN_BACK


def test_a_record_taken_back_is_gone_and_one_to_count_has_no_words():
    frame = pd.DataFrame(
        {
            "contribution_id": ["C-1", "C-2", "C-3"],
            "type": ["surprise"] * 3,
            "text": ["un", "deux", "trois"],
            "supports": [4, 5, 6],
            "diffusion": ["public"] * 3,
        }
    )
    rows = consents(
        ("contributions", "C-1", "quote", None, DAY),
        ("contributions", "C-2", "aggregate", None, None),
    )
    shown = agreements(rows, DAY).shown(frame, "contributions")
    assert shown["contribution_id"].tolist() == ["C-2", "C-3"]
    assert shown["text"].isna().tolist() == [True, False]
    assert shown["supports"].tolist() == [5, 6]
    assert shown["diffusion"].tolist() == ["private", "public"]


def test_a_quote_holds_to_the_narrower_of_its_two_consents():
    frame = pd.DataFrame(
        {
            "quote_id": ["Q-1", "Q-2", "Q-3", "Q-4"],
            "text": list("abcd"),
            "consent": ["structure_name", "aggregate", "quote", None],
            "diffusion": ["public"] * 4,
        }
    )
    shown = agreements(consents(given("quote")), DAY).shown(frame, "quotes")
    assert shown["consent"].tolist() == ["quote", "aggregate", "quote", "analysis"]
    assert shown["text"].isna().tolist() == [False, True, False, True]


def test_a_structure_that_may_not_be_named_keeps_its_kind_only():
    frame = pd.DataFrame(
        {
            "structure_id": ["S-1", "S-2", "S-3"],
            "label": ["Un", "Deux", "Trois"],
            "kind": ["AI", "EI", "ACI"],
            "siret": ["1", "2", "3"],
        }
    )
    rows = consents(
        ("structures", "S-1", "structure_name", None, DAY),
        ("structures", "S-2", "structure_name", None, None),
    )
    shown = agreements(rows, DAY).shown(frame, "structures")
    assert shown["label"].tolist() == ["Structure non nommée (AI)", "Deux", "Trois"]
    assert shown["siret"].isna().tolist() == [True, False, False]
    assert shown["kind"].tolist() == ["AI", "EI", "ACI"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Coup de Main", "la directrice du Coup de Main, hier", f"la directrice du {MASKED}, hier"),
        ("Coup de Main", "COUP DE  MAIN a dit", f"{MASKED} a dit"),
        ("Coup de Main", "des coups de mains", "des coups de mains"),
        ("L'Élan Mâconnais", "avec l’Elan mâconnais", f"avec {MASKED}"),
        ("Les Jardins du Canal", "venus aux Jardins du Canal", f"venus aux {MASKED}"),
        ("Envie", "Envie a envie d'avancer", f"{MASKED} a envie d'avancer"),
        ("A+ (Emploi)", "chez A+ (Emploi).", f"chez {MASKED}."),
        ("Coup de Main", "Coup de main", "Structure non nommée (AI)"),
    ],
)
def test_a_name_is_masked_as_people_write_it(name, text, expected):
    assert Unnamed({name: "Structure non nommée (AI)"}).text(text) == expected


def test_texts_of_a_frame_are_masked_and_nothing_else_changes():
    frame = pd.DataFrame(
        {"n": [1, 2], "text": ["chez Mon Nom", None], "parts": [["Mon Nom", "b"], []]}
    )
    masked = Unnamed({"Mon Nom": "Structure non nommée"}).masked(frame)
    assert masked["n"].tolist() == [1, 2]
    assert masked["text"].iloc[0] == f"chez {MASKED}" and pd.isna(masked["text"].iloc[1])
    assert masked["parts"].tolist() == [["Structure non nommée", "b"], []]
    assert Unnamed({}).masked(frame) is frame
