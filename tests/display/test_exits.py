"""Exits, kind by kind: what is counted alike, what is refused, what few people hide."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from dts_research.display import comparisons
from dts_research.reference.exits import PARTS, exit_id
from dts_research.reference.indicators import BY_ID
from dts_research.workbook.comparing import Comparison

CODES = ["01", "21", "25", "39", "58", "70", "71", "89"]
REFUSED = (
    "Pas de taux de sortie commun : une sortie n'est pas comptée selon la même règle partout (AI, "
    "plus de 150 heures travaillées en tout ; ACI, plus de 3 mois en tout et au moins une heure "
    "l'année de la sortie)."
)


def counts(kind: str, *values: int, places: list[str] = CODES) -> list[dict[str, Any]]:
    """Durable, transition, positive, other and withdrawn exits of a kind, the same everywhere."""
    return [
        {"observation_id": f"{code}:{kind}:{part}", "indicator_id": exit_id(kind, part),
         "territory_id": code, "period": "2024", "value": value, "diffusion": "public",
         "state": "zero" if not value else "published"}
        for code in places for part, value in zip(PARTS, values)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def compared(new_book: Any) -> Any:
    made: list[Any] = []

    def make(*parts: list[dict[str, Any]]) -> Comparison:
        observations = pd.DataFrame([row for part in parts for row in part])
        indicators = pd.DataFrame(
            [{"indicator_id": code, "label": BY_ID[code].label, "unit": BY_ID[code].unit}
             for code in observations["indicator_id"].unique()]
        )  # fmt: skip
        made.append(new_book(f"sorties{len(made)}", observations=observations,
                             indicators=indicators))  # fmt: skip
        return made[-1].comparison("71")

    return make


def rows(comparison: Comparison) -> dict[str, list[str]]:
    return {row[0]: row[1:] for row in comparisons.exits(comparison).data["rows"]}


def test_each_kind_has_its_rule_and_its_three_parts_and_no_rate_is_common(compared: Any) -> None:
    comparison = compared(counts("ACI", 20, 12, 10, 38, 6), counts("AI", 30, 20, 5, 45, 0))
    block = comparisons.exits(comparison).data
    assert block["title"] == "Sorties en 2024, type par type, sans taux commun"
    found = rows(comparison)
    assert list(found) == ["AI", "ACI"]
    assert found["ACI"] == [
        "80", "42 sur 80, soit 52 % (de 42 à 63)", "20 sur 80, soit 25 % (de 17 à 35)",
        "12 sur 80, soit 15 % (de 9 à 24)", "10 sur 80, soit 12 % (de 7 à 22)",
    ]  # fmt: skip
    assert block["note"].startswith(REFUSED)
    assert "les trois ne se valent pas" in block["note"]
    assert comparison.indicators.empty, "exits are no indicators of a profile"


def test_kinds_counted_alike_are_not_refused(compared: Any) -> None:
    comparison = compared(counts("AI", 30, 20, 5, 45, 0), counts("ETTI", 30, 20, 5, 45, 0))
    note = comparisons.exits(comparison).data["note"]
    assert note.startswith(
        "Une sortie est comptée ainsi : plus de 150 heures travaillées en tout. À types égaux : "
    )


def test_few_exits_give_no_percentage_and_few_people_are_secret(compared: Any) -> None:
    comparison = compared(
        counts("ACI", 7, 0, 0, 0, 0), counts("EI", 20, 3, 10, 12, 0), counts("AI", 9, 9, 9, 9)
    )
    found = rows(comparison)
    assert found["ACI"] == ["7", "7 sur 7", "7 sur 7", "0 sur 7", "0 sur 7"]
    assert found["EI"] == ["Secret"] * 5
    assert found["AI"][0] == "36", "withdrawn exits may be unknown"
    lacking = compared(counts("ACI", 20, 12, 10))
    assert rows(lacking)["ACI"] == ["Non renseigné"] * 5


def test_at_equal_kinds_the_group_says_how_many_were_expected(compared: Any) -> None:
    others = [code for code in CODES if code != "71"]
    comparison = compared(
        counts("ACI", 20, 10, 10, 40, 0, places=others), counts("AI", 30, 20, 10, 40, 0),
        counts("ACI", 25, 15, 10, 30, 0, places=["71"]),
    )  # fmt: skip
    # ACI: 330 dynamic of 640 together, AI: 60 of 100: 80 x 330 / 640 + 60 = 101.25 here.
    assert (
        "À types égaux : 110 sorties dynamiques ici, 101 si chaque type avait le taux des 8 "
        "territoires ensemble. Le hasard laisse ce rapport entre 0,89 et 1,31 ; 1 voudrait dire : "
        "autant."
    ) in comparisons.exits(comparison).data["note"]


def test_without_exits_the_columns_to_send_are_named(empty_book: Any) -> None:
    block = comparisons.exits(empty_book.comparison("71"))
    assert block.kind == "absence"
    assert "« sorties_aci_durable », « sorties_ai_transition »" in block.data["text"]
