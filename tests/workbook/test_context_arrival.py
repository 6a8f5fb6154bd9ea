"""Context data received in a workbook: kept, counted, traced, corrected, taken back."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter
from openpyxl import load_workbook

from dts_research.cli.outcome import Outcome
from dts_research.workbook import open_workbook
from dts_research.workbook.arrival import Arrival, receive_files
from dts_research.workbook.tracing import trace
from dts_research.workbook.undoing import undo
from dts_research.workbook.versions import versions

NAMES = ("departement_indicators", "epci_indicators", "barometre_iae_beneficiaires_mensuel")


@pytest.fixture
def book(tmp_path: Path) -> Any:
    """An empty workbook."""
    data = tmp_path / "classeur" / "data"
    data.mkdir(parents=True)
    (data / "workbook.toml").write_text('name = "contexte"\n', encoding="utf-8")
    return open_workbook(data)


@pytest.fixture(scope="module")
def context(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, list[Arrival]]:
    """A workbook that received the three real files, and what was said of each."""
    files = [real_data / "context" / f"{name}.csv" for name in NAMES]
    if not all(path.is_file() for path in files):
        pytest.skip("les fichiers de contexte réels ne sont pas là (DTS_REAL_DATA)")
    data = tmp_path_factory.mktemp("contexte") / "data"
    data.mkdir()
    (data / "workbook.toml").write_text('name = "contexte"\n', encoding="utf-8")
    book = open_workbook(data)
    arrivals, refused = receive_files(book, files)
    assert not refused
    return book, arrivals


def written(path: Path, rows: list[list[object]]) -> Path:
    with xlsxwriter.Workbook(path) as out:
        sheet = out.add_worksheet("Données")
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return path


def table(*values: object) -> list[list[object]]:
    codes = ["01", "02", "2A", "976"]
    pairs = zip(codes, values, strict=True)
    return [["code", "taux_x_2020", "y_2020"], *([code, value, 1] for code, value in pairs)]


def one(book: Any, path: Path) -> Arrival:
    arrivals, refused = receive_files(book, [path])
    assert not refused, [error.message for _, error in refused]
    return arrivals[0]


def state(book: Any) -> list[tuple[str, ...]]:
    observations, indicators = book.frames("observations", "indicators")
    return sorted(map(str, [*observations.to_numpy().tolist(), *indicators.to_numpy().tolist()]))


def test_the_real_files_are_said_in_territories_indicators_and_values(context: Any) -> None:
    lines = list(Outcome(context[1], workbook="contexte").lines())
    heads = [line for line in lines if line.endswith("acceptées") or "valeurs lues" in line]
    assert heads == [
        "departement_indicators.csv : 101 territoires, 16 indicateurs, 2020 valeurs lues = "
        "2020 acceptées",
        "epci_indicators.csv : 1255 territoires, 5 indicateurs, 6275 valeurs lues = 6275 acceptées",
        "barometre_iae_beneficiaires_mensuel.csv : 101 territoires, 1 indicateur, "
        "6969 valeurs lues = 6969 acceptées",
    ]
    assert (
        "    Valeurs par état : publié 1984, non publié 12, non renseigné 19, zéro constaté 5."
    ) in lines
    assert "    Valeurs par état : publié 6957, sans objet 12." in lines
    assert (
        "    À confirmer : Règle proposée pour « valeur » : un 0 avant la première valeur d'un "
        "territoire veut dire que la source ne le couvre pas encore. Ces zéros sont gardés comme "
        "« Sans objet ». Vérifier auprès de la source ; pour en faire des zéros constatés, vider "
        "« uncovered » dans la correspondance."
    ) in lines


def test_every_number_of_the_real_file_is_that_of_its_cell(context: Any, real_data: Path) -> None:
    (kept,) = context[0].frames("observations")
    kept = kept.set_index("observation_id")
    cells = pd.read_csv(
        real_data / "context" / f"{NAMES[0]}.csv", dtype=str, keep_default_na=False
    ).set_index("code")
    for column in ("taux_emploi_2008", "taux_emploi_2013", "part_chomeurs_15_64_rp2021"):
        name, period = column[:-4].rstrip("_"), column[-4:]
        for code, text in cells[column].items():
            row = kept.loc[f"{name}:{code}:{period}"]
            assert (row["state"], row["period"]) == ("published" if text else "not_given", period)
            assert pd.isna(row["value"]) if not text else row["value"] == float(text)


def test_mayotte_keeps_its_absences_apart(context: Any) -> None:
    (kept,) = context[0].frames("observations")
    states = kept.set_index("observation_id")["state"]
    told = {
        "taux_pauvrete:976:2013": "not_published", "pop_loin_sante_7mn:976:2014": "not_published",
        "taux_pauvrete:976:2014": "not_given", "pop_loin_sante_7mn:75:2014": "zero",
        "iae_beneficiaires_mensuel:976:2017-12": "not_applicable",
        "iae_beneficiaires_mensuel:976:2018-01": "published",
    }  # fmt: skip
    assert {key: states[key] for key in told} == told


def test_an_observation_says_its_cell_and_how_it_was_read(context: Any) -> None:
    with context[0].store() as store:
        (value,) = trace(store, "pop_loin_sante_7mn:976:2014", "Valeur")
        (zero,) = trace(store, "iae_beneficiaires_mensuel:976:2017-02", "Valeur")
        (period,) = trace(store, "iae_beneficiaires_mensuel:976:2017-02", "Période")
    assert (value.file, value.sheet, value.row, value.source_column, value.raw, value.said) == (
        "departement_indicators.csv", "", 102, "pop_loin_sante_7mn_2014", "nd ",
        "ce texte est une marque d'absence : voir « État »",
    )  # fmt: skip
    assert (zero.row, zero.raw) == (6903, "0.0")
    assert zero.said == "zéro d'avant la première valeur : la source ne couvre pas encore"
    assert (period.value, period.raw, period.source_column) == ("2017-02", "2017-02-28", "date")


def test_known_titles_are_completed_and_the_rule_is_stated(context: Any) -> None:
    (indicators,) = context[0].frames("indicators")
    found = indicators.set_index("indicator_id")
    assert found.loc["taux_pauvrete", "unit"] == "%"
    assert found.loc["taux_pauvrete", "source"] == "INSEE-DGFiP-Cnaf-Cnav-CCMSA, Filosofi"
    assert found.loc["iae_beneficiaires_mensuel", "comparability"].startswith(
        "Un 0 avant la première valeur d'un territoire veut dire que la source ne le couvre pas "
        "encore."
    )
    assert len(found) == 17


def test_the_real_files_again_change_nothing(context: Any, real_data: Path) -> None:
    book, _ = context
    before = state(book)
    files = [real_data / "context" / f"{name}.csv" for name in NAMES]
    start = time.perf_counter()
    arrivals, refused = receive_files(book, files)
    assert not refused
    assert [a.reception.counts.duplicates for a in arrivals] == [2020, 6275, 6969]
    assert not any(a.brings for a in arrivals)
    assert state(book) == before
    assert time.perf_counter() - start < 30


def test_a_corrected_file_gives_new_versions_and_undo_takes_them_back(
    book: Any, tmp_path: Path
) -> None:
    one(book, written(tmp_path / "x.xlsx", table(10, "nd", "s", 0)))
    before = state(book)
    arrival = one(book, written(tmp_path / "corrigé.xlsx", table(10, 12.5, "s", 0)))
    assert arrival.reception.counts.as_dict() == {
        "read": 8, "accepted": 1, "quarantined": 0, "duplicates": 7, "withdrawn": 0,
    }  # fmt: skip
    with book.store() as store:
        told = versions(store, "taux_x:02:2020")[-1]["changes"]
    assert [(c["title"], c["before"], c["after"]) for c in told] == [
        ("Valeur", None, 12.5), ("État", "not_published", "published"),
    ]  # fmt: skip
    undo(book, arrival.import_id)
    assert state(book) == before


def test_a_description_that_says_zero_is_zero_is_obeyed(book: Any, tmp_path: Path) -> None:
    rows = [["dep", "mois", "valeur"], *(
        [code, f"2020-{month:02d}", 0 if code == "02" and month < 5 else month]
        for code in ("01", "02", "03") for month in range(1, 13)
    )]  # fmt: skip
    path = written(tmp_path / "lits.xlsx", rows)
    first = one(book, path)
    assert first.reception.context["not_applicable"] == 4
    saved = first.reception.mapping_saved
    assert saved is not None
    text = saved.read_text("utf-8")
    start = text.index('uncovered = "')
    saved.write_text(text[:start] + 'uncovered = ""\n', "utf-8")
    again = one(book, path)
    assert again.reception.context["zero"] == 4
    assert len(again.written["observations"].changed) == 4


def test_refused_values_come_back_and_their_correction_is_received(
    book: Any, tmp_path: Path
) -> None:
    good = [[f"{n:02d}", n, 1] for n in range(3, 20)]
    bad = one(book, written(tmp_path / "x.xlsx", [*table(1, 2, 3, 4), *good, ["ZZ", 5, 6]]))
    assert bad.reception.counts.quarantined == 2
    back = load_workbook(bad.quarantine)
    sheet = back["Lignes refusées"]
    assert [cell.value for cell in sheet[2]][2:] == ["ZZ", "5", "6"]
    sheet["C2"] = "21"
    back.save(bad.quarantine)
    fixed = one(book, bad.quarantine)
    assert fixed.reception.counts.accepted == 2
    (kept,) = book.frames("observations")
    assert "taux_x:21:2020" in set(kept["observation_id"])


def test_doubts_on_a_whole_row_are_in_the_workbook_given_back(book: Any, tmp_path: Path) -> None:
    rows = [["code", "nom", "x_2020", "y_2020"], ["01", "Aisne", 1, 2], ["02", "Aisne", 3, 4],
            ["2A", "Corse-du-Sud", 5, 6]]  # fmt: skip
    arrival = one(book, written(tmp_path / "x.xlsx", rows))
    said = list(load_workbook(arrival.quarantine)["Remarques"].iter_rows(values_only=True))
    assert (
        "Données", "2", "nom", "Aisne",
        "« Aisne » (nom) contredit « 01 » (code), qui est gardé", "vérifier lequel est juste",
    ) in said  # fmt: skip
    with book.store() as store:
        (place,) = trace(store, "y:01:2020", "Territoire")
    assert place.said == "« Aisne » (nom) contredit « 01 » (code), qui est gardé"


def test_a_sheet_written_by_calc_says_the_same(
    book: Any, tmp_path: Path, in_calc: Callable[..., Path]
) -> None:
    source = written(tmp_path / "x.xlsx", table(10, "nd", "s", 0.5))
    one(book, source)
    before = state(book)
    again = one(book, in_calc(source, tmp_path / "x.ods"))
    assert again.reception.counts.duplicates == 8
    assert state(book) == before


def test_a_sheet_beside_that_is_not_ours_is_named(book: Any, tmp_path: Path) -> None:
    path = tmp_path / "deux.xlsx"
    with xlsxwriter.Workbook(path) as out:
        for name, rows in (
            ("Données", table(1, 2, 3, 4)),
            ("Notes", [["Lire", "Bien"], ["a", "b"], ["c", "d"]]),
        ):
            sheet = out.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    arrival = one(book, path)
    said = arrival.reception.issues
    assert said.loc[said["rule"] == "sheet", "sheet"].tolist() == ["Notes"]
    with book.store() as store:
        (value,) = trace(store, "taux_x:02:2020", "Valeur")
    assert (value.sheet, value.row, value.source_column) == ("Données", 3, "taux_x_2020")


def test_a_territory_told_twice_stays_refused_until_its_reason_is_blanked(
    book: Any, tmp_path: Path
) -> None:
    """Correcting another row of the workbook given back lets no double in."""
    good = [[f"{n:02d}", n, 1] for n in range(3, 20)]
    rows = [*table(1, 2, 3, 4), *good, ["01", 77, 1], ["ZZ", 5, 6]]
    back = one(book, written(tmp_path / "x.xlsx", rows)).quarantine
    said = "ce territoire est déjà dit par la ligne 2"
    assert back is not None

    def corrected(cell: str, text: str | None) -> tuple[Arrival, float]:
        asked = load_workbook(back)
        asked["Lignes refusées"][cell] = text
        asked.save(back)
        arrival = one(book, back)
        (kept,) = book.frames("observations")
        return arrival, kept.set_index("observation_id").at["taux_x:01:2020", "value"]

    for _ in range(2):
        arrival, value = corrected("C3", "21")
        assert arrival.reception.issues.query("severity == 'error'")["message"].tolist() == [said]
        assert value == 1
    arrival, value = corrected("B2", None)
    assert (arrival.reception.counts.quarantined, value) == (0, 77)


def test_a_territory_told_twice_and_corrected_is_received_as_often_as_it_comes(
    book: Any, tmp_path: Path
) -> None:
    good = [[f"{n:02d}", n, 1] for n in range(3, 20)]
    back = one(book, written(tmp_path / "x.xlsx", [*table(1, 2, 3, 4), *good, ["01", 77, 1]]))
    asked = load_workbook(back.quarantine)
    asked["Lignes refusées"]["C2"] = "21"
    asked.save(back.quarantine)
    assert [one(book, back.quarantine).reception.counts.quarantined for _ in range(2)] == [0, 0]


@pytest.mark.parametrize("title", ["Population municipale 2021", "Population 2021"])
@pytest.mark.parametrize("first", ["insee.xlsx", "suivis.xlsx"])
def test_a_local_count_never_passes_for_the_population(
    book: Any, tmp_path: Path, title: str, first: str
) -> None:
    codes, people, small = ("71", "01", "2A"), (551_000, 650_000, 160_000), (3, 4, 1)
    tables = {
        "insee.xlsx": [["code", "Population municipale 2021"], *map(list, zip(codes, people))],
        "suivis.xlsx": [["code", title], *map(list, zip(codes, small))],
    }
    said = []
    for name in sorted(tables, key=lambda name: name != first):
        arrival = one(book, written(tmp_path / name, tables[name]))
        said += arrival.reception.issues["message"].tolist()
    (kept,) = book.frames("observations")
    kept = kept.set_index("observation_id")
    assert kept.loc["population:71:2021", "value"] == 551_000
    mine = kept.loc["population_suivis:71:2021"]
    assert (mine["value"], mine["source"]) == (3, "suivis.xlsx")
    assert pd.isna(mine["diffusion"])
    assert sum("tenu à part, sous « population_suivis »" in text for text in said) == 1


@pytest.mark.parametrize("calc", [False, True], ids=["xlsx", "ods"])
def test_cells_shown_as_percentages_are_read_as_shown(
    book: Any, tmp_path: Path, in_calc: Callable[..., Path], calc: bool
) -> None:
    path = tmp_path / "taux.xlsx"
    with xlsxwriter.Workbook(path) as out:
        sheet, shown = out.add_worksheet("Données"), out.add_format({"num_format": "0.0%"})
        sheet.write_row(0, 0, ["code", "taux_pauvrete_2021", "y_2021"])
        for place, (code, rate) in enumerate((("01", 0.05), ("02", 0.145), ("2A", 0)), start=1):
            sheet.write_row(place, 0, [code, None, 0.5])
            sheet.write_number(place, 1, rate, shown)
    arrival = one(book, in_calc(path, tmp_path / "taux.ods") if calc else path)
    (kept,) = book.frames("observations")
    values = kept.set_index("observation_id")["value"]
    told = {f"taux_pauvrete:{code}:2021": v for code, v in (("01", 5), ("02", 14.5), ("2A", 0))}
    assert {key: values[key] for key in told} == told
    assert values["y:01:2021"] == 0.5
    with book.store() as store:
        (rate,) = trace(store, "taux_pauvrete:01:2021", "Valeur")
    assert (rate.raw, rate.said) == ("5 %", "lu comme un nombre")
    said = "Cellules au format pourcentage, lues comme affichées : B2 à B4 (3 cellules)."
    assert said in set(arrival.reception.issues["message"])


def test_a_corrected_description_replaces_the_names_of_the_same_cells(
    book: Any, tmp_path: Path
) -> None:
    rows = [["code", "Bazar"], ["01", 3], ["02", 4], ["2A", 5]]
    path = written(tmp_path / "x.xlsx", rows)
    saved = one(book, path).reception.mapping_saved
    assert saved is not None
    first, text = state(book), saved.read_text("utf-8")
    saved.write_text(text.replace('period = ""', 'period = "2021"'), "utf-8")
    again = one(book, path)
    (kept,) = book.frames("observations")
    assert sorted(kept["observation_id"]) == ["bazar:01:2021", "bazar:02:2021", "bazar:2A:2021"]
    said = again.reception.issues.set_index("rule")["message"]
    assert said["renamed"] == (
        "3 valeurs déjà reçues de ces cellules portaient un autre nom (« bazar:01 », etc.) : "
        "celles d'aujourd'hui les remplacent ; annuler cet import (dts undo) ramène les anciennes"
    )
    with book.store() as store:
        (before,) = store.former_versions("observations", "bazar:01")
    assert before["record"]["value"] == 3
    undo(book, again.import_id)
    assert state(book) == first
    one(book, path)
    saved.write_text(text, "utf-8")
    one(book, path)
    (kept,) = book.frames("observations")
    assert sorted(kept["observation_id"]) == ["bazar:01", "bazar:02", "bazar:2A"]


def test_a_renamed_indicator_does_not_stay_beside_its_new_name(book: Any, tmp_path: Path) -> None:
    rows = [["code", "Bazar 2021", "Autre 2021"], ["01", 3, 1], ["02", 4, 1], ["2A", 5, 1]]
    path = written(tmp_path / "x.xlsx", rows)
    saved = one(book, path).reception.mapping_saved
    assert saved is not None
    first, text = state(book), saved.read_text("utf-8")
    saved.write_text(text.replace('indicator = "bazar"', 'indicator = "places"'), "utf-8")
    again = one(book, path)
    observations, indicators = book.frames("observations", "indicators")
    assert sorted(indicators["indicator_id"]) == ["autre", "places"]
    assert sorted(set(observations["indicator_id"])) == ["autre", "places"]
    assert len(observations) == 6
    undo(book, again.import_id)
    assert state(book) == first
