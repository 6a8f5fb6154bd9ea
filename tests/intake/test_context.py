"""Sheets of indicators by territory: recognised, described, refused; the marks kept apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dts_research.errors import MaterialError
from dts_research.intake.context import Country, Description
from dts_research.intake.context_draft import recognise
from dts_research.intake.context_marks import USUAL, before_first, states_of
from dts_research.intake.context_titles import card_of, period_of, split_title
from dts_research.intake.readers import read_table
from dts_research.intake.reception import Reception, receive
from dts_research.intake.taken_ids import Received
from dts_research.reference.geography import geography
from dts_research.workbook.country import country_of

Rows = list[list[object]]
DEPARTEMENTS = [("01", "Ain"), ("02", "Aisne"), ("2A", "Corse-du-Sud"), ("976", "Mayotte")]


@pytest.fixture(scope="module")
def country() -> Country:
    return country_of(geography())


@pytest.fixture
def taken(
    tmp_path: Path, country: Country, write_csv: Callable[..., Path]
) -> Callable[..., Reception]:
    """Receive rows written as a file of this name, with a folder of mappings."""

    def take(rows: Rows, name: str = "tableau.csv") -> Reception:
        path = write_csv(tmp_path / name, rows)
        return receive(path, country=country, mappings=tmp_path / "mappings", received=Received())

    return take


def wide(*cells: str, title: str = "taux_x_2020") -> Rows:
    codes = [code for code, _ in DEPARTEMENTS]
    return [["code", title], *([c, text] for c, text in zip(codes, cells, strict=True))]


@pytest.mark.parametrize(
    ("title", "slug", "period"),
    [
        ("taux_emploi_2013", "taux_emploi", "2013"),
        ("Taux d'emploi (2013)", "taux_d_emploi", "2013"),
        ("part_chomeurs_15_64_rp2021", "part_chomeurs_15_64_rp", "2021"),
        ("Revenu 2013-2017", "revenu", "2013-2017"),
        ("Demandeurs 2021-03", "demandeurs", "2021-03"),
        ("TP6016", "tp6016", ""),
        ("2015", "", "2015"),
        ("Part des 2000 premiers", "part_des_2000_premiers", ""),
        ("Les 2000 premiers (RP 2021)", "les_2000_premiers_rp", "2021"),
        ("Taux 2021 (en %)", "taux_en", "2021"),
        ("Évolution entre 2013 et 2018", "evolution_entre", "2013-2018"),
    ],
)
def test_a_title_says_its_indicator_and_its_period(title: str, slug: str, period: str) -> None:
    assert split_title(title) == (slug, period)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2017", "2017"), ("2017.0", "2017"), ("2017-01-31", "2017-01"), ("31/01/2017", "2017-01"),
        ("01/2017", "2017-01"), ("2017-T2", "2017-T2"), ("T2 2017", "2017-T2"), ("Ain", ""),
        ("43000", ""),
    ],
)  # fmt: skip
def test_a_cell_of_time_is_a_year_a_month_or_a_quarter(text: str, period: str) -> None:
    assert period_of(text) == period


def test_two_digits_are_a_year_only_in_titles_known_to_write_them_so(country: Country) -> None:
    card, year = card_of("TP6016", country.cards) or (None, "")
    assert card is not None
    assert (card.id, year) == ("taux_pauvrete", "2016")
    assert card_of("ABC16", country.cards) is None


def test_columns_of_one_series_share_an_indicator_and_others_do_not(country: Country) -> None:
    titles = {
        "taux_emploi_2008": "taux_emploi", "taux_emploi_2013": "taux_emploi",
        "part_chomeurs_15_64_rp2021": "part_chomeurs_15_64_rp",
        "taux_chomage_statloc": "taux_chomage_statloc",
    }  # fmt: skip
    for title, wanted in titles.items():
        card, _ = card_of(title, country.cards) or (None, "")
        assert card is not None and card.id == wanted


def test_the_five_marks_stay_different(taken: Callable[..., Reception]) -> None:
    rows = [["code", "x_2020"], *([f"{n:02d}", text] for n, text in
            enumerate(("1,5", "s", "nd ", "", "so", "0"), start=1))]  # fmt: skip
    found = taken(rows).accepted["observations"]
    assert found["state"].tolist() == [
        "published", "secret", "not_published", "not_given", "not_applicable", "zero",
    ]  # fmt: skip
    assert found["value"].isna().tolist() == [False, True, True, True, True, False]
    assert found["value"].iloc[0] == 1.5


@given(st.lists(st.sampled_from([*USUAL, "0", "0,0", "12", "1 200,5"]), min_size=1))
def test_every_text_has_one_state_and_only_numbers_have_values(texts: list[str]) -> None:
    states = states_of(pd.Series(texts, dtype=object), USUAL)
    assert states.notna().all()
    for text, state in zip(texts, states):
        assert (state == "zero") == (text in ("0", "0,0"))
        assert (state == "published") == (text in ("12", "1 200,5"))


@given(st.lists(st.sampled_from([0, 1, 2]), min_size=1, max_size=20))
def test_zeros_before_the_first_value_and_no_others(values: list[int]) -> None:
    rows = pd.DataFrame({
        "indicator_id": "x", "territory_id": "01",
        "period": [f"{2000 + n}" for n in range(len(values))],
        "state": ["published" if v else "zero" for v in values],
    }).sample(frac=1, random_state=1)  # fmt: skip
    early = before_first(rows).sort_index().tolist()
    first = next((n for n, v in enumerate(values) if v), 0)
    assert early == [n < first for n in range(len(values))]


def test_lost_zeros_are_given_back_and_told(taken: Callable[..., Reception]) -> None:
    found = taken([["code", "x_2020"], ["1", "4"], ["2", "5"], ["2a", "6"], ["13", "7"]])
    assert found.accepted["observations"]["territory_id"].tolist() == ["01", "02", "2A", "13"]
    told = found.repairs[["row", "column", "before", "after"]].to_numpy().tolist()
    assert told == [[2, "code", "1", "01"], [3, "code", "2", "02"], [4, "code", "2a", "2A"]]
    assert found.raw["observations"]["territory_id"].tolist() == ["1", "2", "2a", "13"]


def test_a_name_that_contradicts_its_code_is_told(taken: Callable[..., Reception]) -> None:
    rows = [["code", "departement", "x_2020"], ["01", "Aisne", "1"], ["02", "Aisne", "2"],
            ["2A", "Corse du Sud", "3"]]  # fmt: skip
    found = taken(rows)
    said = found.issues[found.issues["rule"] == "contradiction"]
    assert said[["row", "message", "severity"]].to_numpy().tolist() == [
        [2, "« Aisne » (departement) contredit « 01 » (code), qui est gardé", "to_confirm"]
    ]
    assert found.accepted["observations"]["territory_id"].tolist() == ["01", "02", "2A"]


def test_codes_that_are_also_those_of_departements_are_regions_by_their_names(
    taken: Callable[..., Reception],
) -> None:
    rows = [["code", "territoire", "x_2020"], ["84", "Auvergne-Rhône-Alpes", "1"],
            ["93", "Provence-Alpes-Côte d'Azur", "2"], ["11", "Île-de-France", "3"]]  # fmt: skip
    ids = taken(rows).accepted["observations"]["territory_id"].tolist()
    assert ids == ["R84", "R93", "R11"]
    assert [geography().resolve(one).level for one in ids] == ["region"] * 3


def test_what_cannot_be_read_comes_back_once_with_its_cells(
    taken: Callable[..., Reception],
) -> None:
    good = [[f"{n:02d}", str(n), "1"] for n in range(1, 20)]
    rows = [["code", "x_2020", "y_2020"], *good, ["ZZ", "9", "9"], ["21", "abc", "4"]]
    found = taken(rows)
    assert found.counts.as_dict() == {
        "read": 42, "accepted": 39, "quarantined": 3, "duplicates": 0, "withdrawn": 0,
    }  # fmt: skip
    assert found.counts.balanced
    assert found.quarantined.index.tolist() == [21, 22]
    assert found.quarantined.iloc[:, 1].tolist() == ["ZZ", "21"]
    said = found.issues.loc[found.issues["severity"] == "error", ["row", "column", "message"]]
    assert said.to_numpy().tolist() == [
        [21, "code", "« ZZ » n'est pas un code de département"],
        [22, "x_2020", "« abc » n'est ni un nombre ni une marque d'absence connue ; si c'en est "
                       "une, l'ajouter sous [context.absences]"],
    ]  # fmt: skip


def test_a_territory_told_twice_keeps_its_first_row(taken: Callable[..., Reception]) -> None:
    good = [[f"{n:02d}", str(n)] for n in range(21, 81)]
    found = taken([["code_dep", "x_2020"], *good, ["21", "21"], ["80", "5"]])
    counts = found.counts.as_dict()
    assert (counts["accepted"], counts["duplicates"], counts["quarantined"]) == (60, 1, 1)
    assert "ce territoire est déjà dit par la ligne 61" in set(found.issues["message"])


def test_codes_of_another_vintage_are_kept_and_told(taken: Callable[..., Reception]) -> None:
    now = geography().epcis["siren"].tolist()[:10]
    found = taken([["siren", "x_2020"], *([code, "1"] for code in now), ["200999999", "2"]])
    assert "200999999" in set(found.accepted["observations"]["territory_id"])
    said = found.issues.loc[found.issues["rule"] == "territory", "message"].tolist()
    vintage = geography().vintage
    assert said == [
        f"Hors de la liste des EPCI de {vintage}, gardé tel quel : 200999999 (ligne 12)"
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [["dep", "Nom", "Score"], ["71", "Dupond", "1"], ["01", "Roux", "8"], ["2A", "Petit", "9"]],
        [["code", "nom", "commentaire"], *([c, n, "bien"] for c, n in DEPARTEMENTS)],
        [["departement", "salaries"], *([c, "4"] for c in ("13", "13", "13", "84"))],
        [["age", "note"], ["12", "3"], ["13", "4"], ["14", "5"]],
        [["id", "name", "population"], ["1", "Paris", "2"], ["2", "Rome", "3"], ["3", "Oslo", "1"]],
        [["code postal", "prix"], *([f"130{n:02d}", "2"] for n in range(1, 12))],
        [["code", "telephone"], *([c, f"04 00 00 00 0{n}"] for n, (c, _) in
                                  enumerate(DEPARTEMENTS))],
    ],
    ids=["persons", "words", "a list of structures", "no territory", "ranks", "postal codes",
         "telephones"],
)  # fmt: skip
def test_what_is_not_context_data_is_not_taken_for_it(
    rows: Rows, tmp_path: Path, country: Country, write_csv: Callable[..., Path]
) -> None:
    (sheet,) = read_table(write_csv(tmp_path / "autre.csv", rows))
    assert recognise(sheet, country) is None


def test_our_own_tables_are_never_taken_for_context_data(taken: Callable[..., Reception]) -> None:
    rows = [["Indicateur", "Territoire", "Période", "Valeur", "État"],
            *(["IND-01", c, "2024", "3", "published"] for c, _ in DEPARTEMENTS)]  # fmt: skip
    found = taken(rows, "observations.csv")
    assert not found.context
    assert found.accepted["observations"]["indicator_id"].tolist() == ["IND-01"] * 4


def test_a_panel_and_a_column_of_names_give_one_row_per_value(
    taken: Callable[..., Reception],
) -> None:
    head: Rows = [["dep", "annee", "emplois", "places"]]
    panel = taken(head + [[c, y, "1", "2"] for c, _ in DEPARTEMENTS for y in ("2019", "2020")])
    assert panel.context["indicators"] == 2
    assert panel.counts.accepted == 16
    head = [["dep", "indicateur", "annee", "valeur"]]
    named = taken(head + [[c, i, "2020", "3"] for c, _ in DEPARTEMENTS for i in ("Lits", "Places")],
                  "noms.csv")  # fmt: skip
    assert sorted(named.accepted["indicators"]["label"]) == ["Lits", "Places"]
    assert named.counts.accepted == 8


def test_a_description_is_asked_once_and_what_is_corrected_in_it_holds(
    taken: Callable[..., Reception], tmp_path: Path
) -> None:
    rows = [*wide("1", "2", "e", "4"), ["13", "5"], ["84", "6"]]
    first = taken(rows)
    assert first.counts.quarantined == 1
    saved = first.mapping_saved
    assert saved is not None
    text = saved.read_text("utf-8").replace('"so" =', '"e" = "secret"\n"so" =')
    text = text.replace('unit = ""', 'unit = "%"') + '[series."taux_x_2020".breaks]\n'
    saved.write_text(text + '"2018" = "nouvelle enquête"\n', "utf-8")
    again = taken(rows)
    assert again.mapping_saved is None
    assert again.accepted["observations"]["state"].tolist()[2] == "secret"
    record = again.accepted["indicators"].iloc[0]
    assert record["unit"] == "%"
    assert record["comparability"].startswith(
        "Rupture en 2018 : nouvelle enquête. Dans la source, une cellule vide veut dire « non "
        "renseigné », « nd » veut dire « non publié », "
    )
    assert Description.load(saved) is not None


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('level = "departement"', 'level = "canton"',
         "« level » attend departement, region, epci, commune, pas 'canton'"),
        ('"nd" = "not_published"', '"nd" = "vide"', "[context.absences] attend secret, "
         "not_published, not_given, not_applicable, pas 'vide'"),
        ('unit = ""', "unit = 3", '[series."taux_x_2020"] attend du texte entre guillemets, pas 3'),
        ('period = "2020"', 'period = "2021-13"',
         '[series."taux_x_2020"] « period » attend une année (2021), un mois (2021-03), un '
         "trimestre (2021-T2) ou 2018-2021, pas '2021-13'"),
        ('period = "2020"', 'period = "l an dernier"',
         '[series."taux_x_2020"] « period » attend une année (2021), un mois (2021-03), un '
         "trimestre (2021-T2) ou 2018-2021, pas 'l an dernier'"),
        ('unit = ""', 'unite = "%"', '[series."taux_x_2020"] ne connaît pas « unite »'),
    ],
)  # fmt: skip
def test_a_wrong_part_of_a_description_is_named(
    taken: Callable[..., Reception], before: str, after: str, said: str
) -> None:
    saved = taken(wide("1", "2", "3", "4")).mapping_saved
    assert saved is not None
    saved.write_text(saved.read_text("utf-8").replace(before, after, 1), "utf-8")
    with pytest.raises(MaterialError) as error:
        taken(wide("1", "2", "3", "4"))
    assert error.value.message == f"La correspondance « {saved.name} » n'est pas lisible ({said})."


def test_census_and_localised_unemployment_are_never_one_series(
    taken: Callable[..., Reception],
) -> None:
    rows = [["code", "part_chomeurs_15_64_rp2021", "taux_chomage_statloc"],
            *([c, "9", "7"] for c, _ in DEPARTEMENTS)]  # fmt: skip
    saved = taken(rows).mapping_saved
    assert saved is not None
    text = saved.read_text("utf-8")
    saved.write_text(
        text.replace('"taux_chomage_statloc"\nlabel', '"part_chomeurs_15_64_rp"\nlabel')
    )
    with pytest.raises(MaterialError) as error:
        taken(rows)
    assert error.value.message == (
        "« part_chomeurs_15_64_rp2021 » et « taux_chomage_statloc » sont deux indicateurs "
        "différents : la correspondance en fait une seule série, « part_chomeurs_15_64_rp »."
    )


def test_a_series_of_another_source_is_kept_apart(taken: Callable[..., Reception]) -> None:
    taken(wide("1", "2", "3", "4"), "source_a_2020.csv")
    rows = [["code", "taux_x_2020", "autre_2020"], *([c, "5", "6"] for c, _ in DEPARTEMENTS)]
    other = taken(rows, "source_b_2020.csv")
    ids = set(other.accepted["observations"]["indicator_id"])
    assert ids == {"taux_x_source_b", "autre"}
    same = taken(wide("1", "2", "3", "4", title="taux_x_2021"), "source_a_2021.csv")
    assert set(same.accepted["observations"]["indicator_id"]) == {"taux_x"}


PERSON = (
    "La colonne « {} » annonce des personnes ou des structures, et non des territoires ; si elle "
    "dit bien le territoire, lui donner un titre qui le dise (« Revenu médian »)."
)
AGAIN = (
    "Les codes de « departement » se répètent (« 71 », ligne 3) sans qu'une colonne de dates ou de "
    "noms d'indicateurs distingue les lignes : ce sont peut-être des réponses de personnes."
)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["departement", "age", "revenu mensuel"], ["71", "34", "1200"], ["01", "22", "900"],
          ["2A", "55", "1500"]], PERSON.format("age")),
        ([["code dep", "Conseiller", "Dossiers 2021"], ["71", "Jean Dupont", "12"],
          ["01", "Marie Durand", "8"], ["2A", "Paul Petit", "9"]], PERSON.format("Conseiller")),
        ([["departement", "score"], ["71", "3"], ["71", "4"], ["01", "2"], ["2A", "1"]], AGAIN),
    ],
    ids=["respondents", "names of persons", "territories that repeat"],
)  # fmt: skip
def test_rows_of_persons_are_refused_and_it_is_said_why(
    taken: Callable[..., Reception], rows: Rows, said: str
) -> None:
    with pytest.raises(MaterialError) as error:
        taken(rows)
    whole = "Ce n'est pas non plus un tableau d'indicateurs par territoire. "
    assert error.value.message.endswith(whole + said)


def test_respondents_under_the_titles_of_a_saved_table_are_refused(
    taken: Callable[..., Reception],
) -> None:
    first: Rows = [["departement", "score"], ["71", "3"], ["01", "2"], ["2A", "1"]]
    taken(first)
    with pytest.raises(MaterialError) as error:
        taken([first[0], first[1], ["71", "4"], *first[2:]], "b.csv")
    assert error.value.message.endswith(AGAIN)


def test_words_that_name_no_indicator_are_left_aside_and_told(
    taken: Callable[..., Reception],
) -> None:
    rows = [["code", "Zone", "x_2020"], *([c, f"zone {c}", "3"] for c, _ in DEPARTEMENTS)]
    found = taken(rows)
    assert found.accepted["indicators"]["indicator_id"].tolist() == ["x"]
    said = found.issues.loc[found.issues["column"] == "Zone", "message"].tolist()
    assert said == [
        "La colonne « Zone » est laissée de côté : des mots, qui ne nomment pas d'indicateurs"
    ]


def test_rows_of_totals_and_columns_of_secrets_do_not_stop_the_recognition(
    taken: Callable[..., Reception],
) -> None:
    rows = [["code", "x_2020", "y_2020"], *([c, "3", "s"] for c, _ in DEPARTEMENTS),
            ["France", "12", "s"], ["Ensemble", "12", "s"]]  # fmt: skip
    found = taken(rows)
    assert found.context == {"territories": 4, "indicators": 2, "published": 4, "secret": 4}
    said = found.issues.loc[found.issues["severity"] == "error", "message"].tolist()
    assert said == [
        "« France » est un total, laissé de côté", "« Ensemble » est un total, laissé de côté",
    ]  # fmt: skip


def test_percentages_are_numbers_whose_unit_is_told(taken: Callable[..., Reception]) -> None:
    rows = [["code", "Taux p 2021", "Part q 2021"], *([c, "1,5 %", "2"] for c, _ in DEPARTEMENTS)]
    found = taken(rows)
    values = found.accepted["observations"].set_index("observation_id")["value"]
    assert (values["taux_p:01:2021"], values["part_q:01:2021"]) == (1.5, 2)
    units = found.accepted["indicators"].set_index("indicator_id")["unit"]
    assert (units["taux_p"], pd.isna(units["part_q"])) == ("%", True)


def test_percentages_below_one_are_to_confirm(taken: Callable[..., Reception]) -> None:
    rows = [["code", "taux_pauvrete_2021"], *([c, "0,05"] for c, _ in DEPARTEMENTS)]
    said = taken(rows).issues
    assert said.loc[said["severity"] == "to_confirm", "message"].tolist() == [
        "« taux_pauvrete_2021 » est en %, et aucune valeur n'y dépasse 1 : si 0,05 y veut dire "
        "5 %, multiplier la colonne par 100 et recevoir à nouveau"
    ]


def test_numbers_beyond_any_size_and_people_below_none_are_refused(
    taken: Callable[..., Reception],
) -> None:
    rows = [["code", "nb_personnes_2021", "solde_2021"], ["01", "-3", "-3"], ["02", "4", "1e308"],
            ["2A", "5", "6"]]  # fmt: skip
    found = taken(rows)
    said = found.issues.loc[found.issues["severity"] == "error", ["row", "column", "message"]]
    assert said.to_numpy().tolist() == [
        [2, "nb_personnes_2021",
         "« -3 » est négatif, et « nb_personnes_2021 » compte des personnes ou des choses"],
        [3, "solde_2021", "« 1e308 » dépasse toute grandeur plausible"],
    ]  # fmt: skip
    assert found.counts.as_dict() == {
        "read": 6, "accepted": 4, "quarantined": 2, "duplicates": 0, "withdrawn": 0,
    }  # fmt: skip


def test_a_diffusion_that_nobody_said_is_told_with_what_to_write(
    taken: Callable[..., Reception],
) -> None:
    rows = [["code", "taux_pauvrete_2021", "Bazar 2021"], *([c, "9", "7"] for c, _ in DEPARTEMENTS)]
    found = taken(rows)
    said = found.issues.loc[found.issues["rule"] == "diffusion", ["message", "fix"]]
    assert said.to_numpy().tolist() == [[
        "Diffusion non dite pour « Bazar » : ces valeurs ne sortent pas de leur territoire",
        'pour des statistiques publiques, écrire diffusion = "public" dans la correspondance',
    ]]  # fmt: skip
    kept = found.accepted["observations"].set_index("observation_id")["diffusion"]
    assert (kept["taux_pauvrete:01:2021"], pd.isna(kept["bazar:01:2021"])) == ("public", True)


def test_words_above_the_titles_are_to_confirm(tmp_path: Path, country: Country) -> None:
    path = tmp_path / "deux.csv"
    path.write_text(";Emploi;;Chomage\ncode;one 2021;two 2021;three 2021\n"
                    "71;1;2;3\n01;3;4;5\n2A;4;4;6\n", "utf-8")  # fmt: skip
    said = receive(path, country=country, mappings=tmp_path / "m").issues
    read = said.loc[said["rule"] == "reading", ["severity", "message", "fix"]]
    assert read.to_numpy().tolist() == [[
        "to_confirm", "Au-dessus de l'en-tête (ligne 2), laissé de côté : « Emploi », « Chomage ».",
        "si ce sont des titres de groupes, les recopier dans les titres, et recevoir à nouveau",
    ]]  # fmt: skip


def test_a_few_unknown_codes_come_back_and_too_many_are_said(
    taken: Callable[..., Reception],
) -> None:
    rows: Rows = [["code", "Bazar 2021"], *([c, "5"] for c, _ in DEPARTEMENTS)]
    few = taken([*rows, ["ZZ", "3"], ["YY", "1"], ["France", "20"]])
    assert few.counts.as_dict() == {
        "read": 7, "accepted": 4, "quarantined": 3, "duplicates": 0, "withdrawn": 0,
    }  # fmt: skip
    with pytest.raises(MaterialError) as error:
        taken([["code", "Z"], *rows[1:], ["ZZ", "3"], ["YY", "1"], ["XX", "1"]], "z.csv")
    assert error.value.message.endswith(
        "Ce n'est pas non plus un tableau d'indicateurs par territoire. Dans la colonne « code », "
        "trop de codes ne sont pas ceux de départements : « ZZ », « YY », « XX »."
    )
