"""Territories beside one another: every number from the file, no order by value, no rank."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dts_research.display import comparisons
from dts_research.display.compared import together_of
from dts_research.schema.catalogue import plain
from dts_research.workbook.comparing import Comparison, compare

drawn = SimpleNamespace(**run_path(str(Path(__file__).with_name("drawn.py"))))
CODES = ["01", "21", "25", "39", "58", "70", "71", "89", "90"]
FORBIDDEN = re.compile(
    r"\b(?:classements?|palmarès|top|podium|meilleure?s?|pires?|bons? élèves?|rang|"
    r"mauvais élèves?|retardataires?|champions?|scores?|benchmark)\b"
)


def rows(indicator: str, period: str, *values: Any, denominator: Any = pd.NA) -> list[dict]:
    return [
        {"observation_id": f"{indicator}:{code}:{period}", "indicator_id": indicator,
         "territory_id": code, "period": period, "value": value, "diffusion": "public",
         "state": "not_published" if value is None else "zero" if value == 0 else "published"}
        for code, value in zip(CODES, values)
    ]  # fmt: skip


OBSERVATIONS = [
    *rows("pauvrete", "2013", 10.6, 11, 12, 11.4, 15.1, 12.5, 12.9, 14.8, 13.9),
    *rows("pauvrete", "2014", 10.8, 11.2, 12.1, 11.3, 15.4, 12.9, 13.1, 15.0, None),
    *rows("emploi", "2013", 69.2, 67.1, 66, 67.8, 62.1, 64.8, 64.5, 63.9, 60),
    *rows("iae", "2021", 1164, 1200, 1300, 640, 900, 700, 1578, 800, 0),
    *rows("demandeurs_emploi", "2021", 40000, 30000, 38000, 12000, 16000, 12000, 30000, 22000,
          9000),
    *rows("rsa", "2021", 6800, 9000, 8000, 4000, 5200, 4300, 17000, 7400, 3900),
    *rows("population", "2021", 663202, 534124, 544701, 259199, 203300, 234910, 549188, 335553,
          140120),
]  # fmt: skip
INDICATORS = [
    {"indicator_id": "pauvrete", "label": "Taux de pauvreté", "unit": "%",
     "comparability": "Pas avant 2012."},
    {"indicator_id": "emploi", "label": "Taux d'emploi", "unit": "%"},
    {"indicator_id": "iae", "label": "Bénéficiaires de l'IAE", "unit": "personnes"},
    {"indicator_id": "demandeurs_emploi", "label": "Demandeurs d'emploi", "unit": "personnes",
     "comparability": "Rupture en 2025 : inscription d'office."},
    {"indicator_id": "rsa", "label": "Foyers allocataires du RSA", "unit": "foyers"},
    {"indicator_id": "population", "label": "Population", "unit": "habitants"},
]  # fmt: skip


@pytest.fixture(scope="module")
def book(new_book: Any, demo_inbox: list) -> Any:
    sheets = [path for path in demo_inbox if path.stem in ("experiences", "experience_places")]
    return new_book(
        "comparaison", sheets, observations=pd.DataFrame(OBSERVATIONS),
        indicators=pd.DataFrame(INDICATORS),
    )  # fmt: skip


@pytest.fixture(scope="module")
def together(book: Any) -> Comparison:
    return book.comparison("71")


def changed(together: Comparison, place: str, indicator: str, value: float) -> Comparison:
    """The same comparison, with one value changed."""
    rows = together.observations.copy()
    spot = (rows["territory_id"] == place) & (rows["indicator_id"] == indicator)
    rows.loc[spot, "value"] = value
    rows.loc[spot, "state"] = "published"
    return Comparison(together.material, together.territories, together.indicators, rows,
                      together.group)  # fmt: skip


def blocks_of(together: Comparison) -> list[Any]:
    return [
        comparisons.trajectory(together), comparisons.profile(together),
        comparisons.funnel(together, count="iae", base="population"),
        comparisons.equipment_rates(together, count="iae"), comparisons.neighbours(together),
        comparisons.matched(together), comparisons.tried(together),
        comparisons.limits(together), comparisons.values(together),
        comparisons.cover(together),
    ]  # fmt: skip


def test_territories_stand_by_name_the_reader_s_first_in_the_table(together: Comparison) -> None:
    names = list(together.names.values())
    assert names == sorted(names, key=plain)
    shown = [row[0] for row in comparisons.values(together).data["rows"]]
    assert shown[0] == "Saône-et-Loire"
    assert shown[1:] == sorted(shown[1:], key=plain)


def test_each_value_is_that_of_the_file_or_says_why_there_is_none(together: Comparison) -> None:
    block = comparisons.values(together).data
    heads = [column["label"] for column in block["columns"]]
    assert "Taux de pauvreté (2013)" in heads
    found = {row[0]: dict(zip(heads, row)) for row in block["rows"]}
    assert found["Ain"]["Taux de pauvreté (2013)"] == "10,6"
    assert found["Ain"]["Population (2021)"] == "663\u202f202"
    assert found["Territoire de Belfort"]["Bénéficiaires de l'IAE (2021)"] == "Zéro constaté"
    late = {row[0]: row[heads.index("Taux de pauvreté (2013)")] for row in comparisons.values(
        Comparison(together.material, together.territories, together.indicators,
                   together.observations, together.group, "2014")).data["rows"]}  # fmt: skip
    assert late["Territoire de Belfort"] == "Non publié"


def test_the_group_is_told_by_its_middle_half(together: Comparison) -> None:
    data = comparisons.profile(together).data["data"]
    row = dict(zip(data["columns"], next(r for r in data["rows"] if r[0] == "Taux d'emploi")))
    others = pd.Series([69.2, 67.1, 66, 67.8, 62.1, 64.8, 63.9, 60])
    told = [f"{others.quantile(part):.1f}".replace(".", ",") for part in (0.25, 0.5, 0.75)]
    assert [row["Premier quartile"], row["Médiane"], row["Troisième quartile"]] == told
    assert (row["Ici"], row["Territoires connus"]) == ("64,5", "8")


def test_the_funnel_says_in_plain_words_where_the_territory_stands(together: Comparison) -> None:
    block = comparisons.funnel(together, count="iae", base="population").data
    assert block["title"].startswith("Saône-et-Loire s'écarte du groupe plus que par le hasard")
    assert "à comprendre ensemble" in block["reading"].lower()
    total = 1164 + 1200 + 1300 + 640 + 900 + 700 + 1578 + 800
    people = 663202 + 534124 + 544701 + 259199 + 203300 + 234910 + 549188 + 335553 + 140120
    assert f"groupe : {1000 * total / people:.1f} pour 1 000".replace(".", ",") in block["alt"]
    near = [float(row[8].replace(",", ".")) for row in block["data"]["rows"]]
    own = [row[3] for row in block["data"]["rows"]]
    small = own.index("0") if "0" in own else own.index("Zéro constaté")
    assert 0 < near[small] < 1000 * total / people
    row = next(row for row in block["data"]["rows"] if row[0] == "Saône-et-Loire")
    assert row[3] == f"{1000 * 1578 / 549188:.1f}".replace(".", ",")


def test_the_funnel_says_what_its_curves_are_a_hundred_of(together: Comparison) -> None:
    block = comparisons.funnel(together, count="iae", base="population").data
    assert block["reading"].startswith(
        "Chaque point est un territoire, les plus petits à gauche ; le trait du milieu est "
        "l'ensemble du groupe : 2,4 pour 1 000. Un petit territoire varie beaucoup par le seul "
        "hasard, un grand très peu : d'où la forme d'entonnoir. Si le hasard jouait seul, 95 "
        "territoires sur 100 seraient entre les courbes tiretées, 998 sur 1 000 entre les pleines."
    )
    assert (
        "Saône-et-Loire : 2,9 pour 1 000 ; à sa taille, les courbes tiretées vont de "
        in (block["reading"])
    )
    told = [w.text for w in drawn.words(block["svg"])]
    assert "groupe : 2,4" in [text.replace("\u00a0", " ") for text in told]
    said = json.dumps([block, comparisons.method(together).data], ensure_ascii=False)
    assert not re.search("élargi|rapproché", said)


def test_the_same_offer_is_set_over_the_three_and_the_absent_one_is_said(
    together: Comparison,
) -> None:
    block = comparisons.equipment_rates(together, count="iae").data
    assert block["title"] == "La lecture s'inverse selon le dénominateur"
    assert block["reading"].startswith(
        "Au-dessus de l'ensemble du groupe pour les demandeurs d'emploi, au-dessous pour les "
        "foyers allocataires du RSA."
    )
    found = {row[0]: row[1] for row in block["data"]["rows"]}
    assert found["Pour 1 000 demandeurs d'emploi"] == "52,6"
    assert found["Pour 1 000 foyers allocataires du RSA"] == "92,8"
    assert "Aucun tableau reçu ne dit : actifs." in block["reading"]
    assert len(found) == 2, "« Taux d'emploi » is no denominator"


def test_a_series_is_cut_where_its_indicator_says_so(together: Comparison) -> None:
    assert together.breaks("demandeurs_emploi") == ("2025",)
    assert together.breaks("pauvrete") == ()


def test_a_territory_is_set_beside_itself_first(together: Comparison) -> None:
    block = comparisons.trajectory(together).data
    assert block["title"].startswith("1 indicateur se suit dans le temps")
    assert "Taux de pauvreté : 12,9 en 2013, 13,1 % en 2014" in block["alt"]


def test_neighbours_come_with_what_was_compared_and_how_firm_they_are(
    together: Comparison,
) -> None:
    block = comparisons.neighbours(together, k=3).data
    names = [row[0] for row in block["rows"]]
    assert len(names) == 3
    assert names == sorted(names, key=plain)
    assert all(re.fullmatch(r"\d fois sur 2", row[1])
               for row in block["rows"])  # fmt: skip
    assert "Comparés sur : taux d'emploi et taux de pauvreté." in block["note"]


def told_in(together: Comparison, name: str, **cells: Any) -> Comparison:
    """The same comparison, where every sheet is told in one territory; known identifiers."""
    code = next(code for code, label in together.names.items() if label == name)
    sheets = together.material.others.assign(departement_code=code, **cells)
    known = {"pauvrete": "taux_pauvrete", "emploi": "taux_emploi"}
    return replace(
        together, material=replace(together.material, others=sheets),
        observations=together.observations.replace({"indicator_id": known}),
        indicators=together.indicators.replace({"indicator_id": known}),
    )  # fmt: skip


def test_experiences_of_similar_territories_are_questions(together: Comparison) -> None:
    near = comparisons.neighbours(together, k=4).data["rows"][0][0]
    block = comparisons.tried(told_in(together, near), k=4).data
    assert len(block["rows"]) == 12
    asked = {row[2] for row in block["rows"]}
    assert asked == {
        "Qu'est-ce qui l'a arrêtée, et le rencontrerions-nous ici ?",
        "Ce qui a résisté là-bas résisterait-il ici ?",
        "Qu'est-ce qui, ici, le rendrait possible ou inutile ?",
    }
    titles = [row[0] for row in block["rows"]]
    assert titles == sorted(titles, key=plain)
    assert {row[1] for row in block["rows"]} == {near}


def test_each_difference_is_a_question_with_the_sheets_on_its_subject(
    together: Comparison,
) -> None:
    apart = changed(together, "71", "pauvrete", 20)
    near = comparisons.neighbours(apart, k=4).data["rows"][0][0]
    about = apart.material.others
    (first, second) = about["experience_id"].iloc[:2]
    themes = [("logement",) if one == first else ("plaidoyer",) for one in about["experience_id"]]
    here = told_in(
        apart, near, diffusion="public", themes=pd.Series(themes, index=about.index, dtype=object)
    )
    block = comparisons.matched(here, k=4).data
    title = about["title"].iloc[0]
    assert block["title"] == "1 différence avec le groupe, en questions"
    (row,) = block["rows"]
    assert row[0] == "Taux de pauvreté : 20 % ici ; moitié des autres : 11,3 à 14,1 %"
    assert row[1] == (
        "Qui sont ici les personnes qui vivent avec peu, et lesquelles ne rencontrons-nous pas ? "
        f"À lire : « {title} » ({near}, {first})."
    )
    assert second not in row[1]
    assert block["note"].startswith("Une différence n'est pas un retard à combler")


def test_a_difference_that_nothing_bears_on_says_so(together: Comparison) -> None:
    here = changed(together, "71", "pauvrete", 20)
    (row,) = comparisons.matched(here, k=4).data["rows"]
    assert row[1] == (
        "Qu'y a-t-il à comprendre ensemble : contexte, définition, collecte, pratique ? "
        "Aucun thème de fiche n'est rattaché à cet indicateur."
    )
    known = told_in(here, "Saône-et-Loire")
    block = comparisons.matched(known, k=4).data
    assert block["rows"][0][1].endswith("Aucune fiche d'un contexte proche n'en parle.")
    assert block["note"].endswith(
        "Fiches cherchées dans les 4 territoires au contexte le plus proche, sur 9 comparés : "
        "aucun n'en raconte encore."
    )
    epci = replace(here.material, territory=replace(here.material.territory, level="epci"))
    block = comparisons.matched(replace(here, material=epci), k=4).data
    assert block["rows"][0][1] == (
        "Qu'y a-t-il à comprendre ensemble : contexte, définition, collecte, pratique ?"
    )
    assert "Les fiches se rapprochent par département ou par région seulement." in block["note"]
    assert comparisons.matched(together, k=4).data["text"] == (
        "Toutes les valeurs connues ici sont dans la moitié centrale du groupe. Cela ne dit pas "
        "qu'il n'y a rien à comprendre."
    )


@pytest.mark.parametrize(("level", "count"), [("territory", 0), (None, 0), ("network", 12)])
def test_a_sheet_kept_for_another_territory_is_not_told_here(
    together: Comparison, level: str | None, count: int
) -> None:
    near = comparisons.neighbours(together, k=4).data["rows"][0][0]
    kept = told_in(together, near, diffusion=level)
    own = set(kept.material.experiences["experience_id"])
    others = kept.material.others
    others = others[~others["experience_id"].isin(own)]
    kept = replace(kept, material=replace(kept.material, others=others))
    assert len(comparisons.tried(kept, k=4).data.get("rows", [])) == count


def test_among_too_few_territories_none_is_near(together: Comparison) -> None:
    assert comparisons.neighbours(together, k=5).kind == "absence"


def test_nothing_ranks_nor_scores(together: Comparison) -> None:
    for block in blocks_of(together):
        said = json.dumps(block.as_json(), ensure_ascii=False).lower()
        assert not FORBIDDEN.search(said), (block.data.get("id"), FORBIDDEN.search(said))


@settings(max_examples=12, deadline=None)
@given(
    place=st.sampled_from(CODES), indicator=st.sampled_from(["pauvrete", "emploi", "iae"]),
    value=st.floats(0.1, 5000),
)  # fmt: skip
def test_one_value_changed_never_moves_a_territory(
    together: Comparison, place: str, indicator: str, value: float
) -> None:
    other = changed(together, place, indicator, value)
    for make in (
        comparisons.values,
        lambda c: comparisons.funnel(c, count="iae", base="population"),
    ):
        before, after = (make(one).data for one in (together, other))
        lines = [[row[0] for row in (b.get("data") or b)["rows"]] for b in (before, after)]
        assert lines[0] == lines[1]
    near = [row[0] for row in comparisons.neighbours(other, k=3).data["rows"]]
    assert near == sorted(near, key=plain)
    assert list(together_of(other).values.index) == list(together.names)


def test_a_region_stands_for_its_territories(book: Any) -> None:
    near = book.comparison("71", among=["R27"])
    assert set(near.names) == set(CODES) - {"01"}
    with pytest.raises(Exception, match=r"« pauvretee » est inconnu.*Vouliez-vous dire"):
        book.comparison("71", indicators=["pauvretee"])
    with pytest.raises(Exception, match="porte sur une année"):
        book.comparison("71", period="2013-2014")


def test_what_the_audience_may_not_read_is_not_compared(book: Any) -> None:
    material = book.territory("71", audience="public")
    assert len(compare(book, material).observations) == len(OBSERVATIONS)


def test_an_open_territory_is_compared_as_it_is(book: Any, together: Comparison) -> None:
    material = book.territory("71")
    again = book.comparison(material)
    assert again.material is material
    pd.testing.assert_frame_equal(together_of(again).values, together_of(together).values)


def test_an_empty_workbook_says_so(empty_book: Any) -> None:
    nothing = empty_book.comparison("71")
    for block in blocks_of(nothing)[:7]:
        assert block.kind == "absence", block.data
    assert comparisons.values(nothing).kind == "absence"


def test_classes_have_one_name_everywhere(demo_book: Any) -> None:
    demo = demo_book.comparison("71")
    block = comparisons.dendrogram(demo).data
    assert re.search(r"la classe « ronds » \d+ fois", block["reading"])
    assert not re.search(r"classe [A-Z]\b", block["reading"] + block["alt"])
    assert comparisons.classes(demo).data["rows"][0][0].startswith("ronds")
