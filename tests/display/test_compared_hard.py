"""Comparisons of hard material: what may not be read, and what cannot be computed."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from dts_research.analysis.trajectory import of_values
from dts_research.display import comparisons
from dts_research.display.charts_trajectory import stretches
from dts_research.display.compared import amount
from dts_research.workbook.comparing import Comparison

CODES = ["01", "21", "25", "39", "42", "43", "58", "63", "69", "70", "71", "89", "90"]


def rows(indicator: str, *values: Any, diffusion: str | None = "public", period: str = "2021"):
    return [
        {"observation_id": f"{indicator}:{code}:{period}", "indicator_id": indicator,
         "territory_id": code, "period": period, "value": value, "diffusion": diffusion,
         "state": "not_published" if value is None else "zero" if value == 0 else "published"}
        for code, value in zip(CODES, values)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def compared(new_book: Any):
    """Compare 71 on the given rows; units are those of the names, « % » by default."""
    made: dict[str, Any] = {}

    def make(*parts: list, units: dict[str, str] | None = None, **how: Any) -> Comparison:
        observations = [row for part in parts for row in part]
        names = list(dict.fromkeys(row["indicator_id"] for row in observations))
        indicators = [
            {"indicator_id": name, "label": name, "unit": (units or {}).get(name, "%")}
            for name in names
        ]
        key = f"dur{len(made)}"
        made[key] = new_book(
            key, observations=pd.DataFrame(observations), indicators=pd.DataFrame(indicators)
        )
        return made[key].comparison("71", **how)

    return make


def told(comparison: Comparison) -> dict[str, list[str]]:
    return {row[0]: row[1:] for row in comparisons.values(comparison).data["rows"]}


def test_a_value_without_diffusion_does_not_leave_its_territory(compared: Any) -> None:
    values = told(compared(rows("taux", *range(10, 23), diffusion=None)))
    assert values["Saône-et-Loire"] == ["20"]
    assert {cell for name, (cell,) in values.items() if name != "Saône-et-Loire"} == {"Non publié"}
    network = told(compared(rows("taux", *range(10, 23), diffusion="network")))
    assert network["Ain"] == ["10"]
    public = told(compared(rows("taux", *range(10, 23), diffusion="network"), audience="public"))
    assert {cell for (cell,) in public.values()} == {"Non publié"}


def test_few_people_are_secret_and_many_are_not(compared: Any) -> None:
    values = told(compared(rows("suivis", 4, *range(10, 22)), units={"suivis": "personnes"}))
    assert values["Ain"] == ["Secret"]
    assert values["Côte-d'Or"] == ["10"]


@pytest.mark.parametrize("hard", ["collinear", "constant", "huge", "one"])
def test_what_makes_no_map_says_so(compared: Any, hard: str) -> None:
    line = [10 + n for n in range(13)]
    second = {"collinear": [2 * v for v in line], "constant": [5] * 13,
              "huge": [1e307 * v for v in line], "one": [None] * 13}[hard]  # fmt: skip
    comparison = compared(rows("a", *line), rows("b", *second))
    for make in (comparisons.factor_map, comparisons.dendrogram, comparisons.classes):
        assert make(comparison).kind == "absence"
    assert comparisons.neighbours(comparison).kind in ("absence", "table")
    assert comparisons.profile(comparison).kind == "chart"


@pytest.mark.parametrize(
    ("count", "said"),
    [("zeros", "ne se rapporte pas"), ("large", "ne se rapporte pas"), ("taux", "ne compte rien"),
     ("", "dire ce que l'on compte"), ("inconnu", "ne contient pas : inconnu")],
)  # fmt: skip
def test_a_funnel_is_made_of_counts_only(compared: Any, count: str, said: str) -> None:
    people = {"unites": "habitants", "zeros": "personnes", "large": "personnes"}
    comparison = compared(
        rows("unites", *[1000] * 13), rows("zeros", *[0] * 13), rows("large", *[9000] * 13),
        rows("taux", *range(13)), units=people,
    )  # fmt: skip
    block = comparisons.funnel(comparison, count=count, base="unites")
    assert block.kind == "absence"
    assert said in block.data["text"]


def test_a_year_of_which_nothing_is_known_says_why(compared: Any) -> None:
    comparison = compared(
        rows("taux", *[None] * 13), rows("taux", *range(13), period="2020"), period="2021"
    )
    assert told(comparison)["Saône-et-Loire"] == ["Non publié"]


def test_a_line_does_not_cross_what_is_missing(compared: Any) -> None:
    parts = [rows("taux", *[value] * 13, period=period) for period, value in
             (("2018", 10), ("2019", 11), ("2020", None), ("2021", 14), ("2022", 15))]  # fmt: skip
    block = comparisons.trajectory(compared(*parts)).data
    found = {row[1]: row[2] for row in block["data"]["rows"]}
    assert found["2020"] == "Non publié"
    path = of_values(["2018", "2019", "2020", "2021", "2022"], [10, 11, math.nan, 14, 15])
    drawn = [list(part["period"]) for part in stretches(path.table)]
    assert drawn == [["2018", "2019"], ["2021", "2022"]]
    cut = of_values(["2018", "2019", "2020"], [1, 2, 3], breaks=["2020"])
    assert [list(part["period"]) for part in stretches(cut.table)] == [["2018", "2019"], ["2020"]]


def test_small_numbers_are_not_nothing() -> None:
    assert [amount(v, "") for v in (0.03, 0.0042, 0.36, 12.34, 1234.5)] == [
        "0,03", "0,0042", "0,36", "12,3", "1\u202f234"]  # fmt: skip
    assert amount(1, "personnes") == "1 personne"


def test_where_territories_differ_more_than_by_chance_the_page_says_how_much(
    compared: Any,
) -> None:
    people = {"aidees": "personnes", "unites": "habitants"}
    counts = [200, 900, 300, 1200, 400, 250, 1100, 600, 1000, 350, 500, 800, 700]
    comparison = compared(
        rows("aidees", *counts), rows("unites", *[100_000 + 10 * n for n in range(13)]),
        units=people,
    )  # fmt: skip
    reading = comparisons.funnel(comparison, count="aidees", base="unites").data["reading"]
    assert (
        "La bande pâle montre ce que le hasard ferait seul : 12 territoires sur 13 n'y sont pas, "
        "ils diffèrent donc pour d'autres raisons. Les courbes laissent la place à ces "
        "différences : parmi des territoires qui varient comme ceux-ci, 95 territoires sur 100 "
        "seraient entre les courbes tiretées, 998 sur 1 000 entre les pleines. Être dedans ne dit "
        "pas qu'il n'y a rien à comprendre ; être dehors invite à chercher pourquoi."
    ) in reading


def test_a_size_is_no_difference_to_discuss(compared: Any) -> None:
    comparison = compared(rows("suivis", *range(10, 23)), units={"suivis": "personnes"})
    assert comparisons.profile(comparison).kind == "chart"
    block = comparisons.matched(comparison)
    assert block.data["text"] == (
        "Il faut un indicateur qui ne dise pas seulement la taille, un taux ou une part, connu ici "
        "et chez cinq autres territoires au moins."
    )
