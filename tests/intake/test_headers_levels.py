"""Titles on several rows, merged cells, and what is merged in the body."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter

from dts_research.intake.readers import read_table
from dts_research.intake.sheets import Sheet


def write(path: Path, rows: list[list[Any]], *merged: str) -> Sheet:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for place in merged:
        book.active.merge_cells(place)
    book.save(path)
    (sheet,) = read_table(path)
    return sheet


def test_two_rows_of_titles_make_one_name(tmp_path: Path) -> None:
    rows = [
        ["Titre", "Structure", None, "Référent", None],
        [None, "Nom", "Ville", "Nom", "Téléphone"],
        ["Jardin", "La Régie", "Lyon", "Léa", "0102030405"],
        ["Vélo", "Le Cycle", "Nice", "Ali", "0102030406"],
    ]
    sheet = write(tmp_path / "a.xlsx", rows, "A1:A2", "B1:C1", "D1:E1")
    assert sheet.columns[0] == "Titre"
    assert sheet.columns[1] == "Structure › Nom"
    assert sheet.columns[3] == "Référent › Nom"
    assert sheet.header_row == 2
    assert list(sheet.cells.index) == [3, 4]
    assert any("sur plusieurs lignes (1 à 2)" in note for note in sheet.notes)


def test_without_a_tall_cell_the_blank_under_the_first_title_tells(tmp_path: Path) -> None:
    rows = [
        ["Territoire", "Personnes", None, "Emplois", None],
        [None, "Femmes", "Hommes", "Femmes", "Hommes"],
        ["Lyon", 12, 8, 3, 4],
    ]
    sheet = write(tmp_path / "a.xlsx", rows, "B1:C1", "D1:E1")
    names = ["Personnes › Femmes", "Personnes › Hommes", "Emplois › Femmes", "Emplois › Hommes"]
    assert list(sheet.columns) == ["Territoire", *names]
    assert sheet.cells.loc[3].tolist() == ["Lyon", "12", "8", "3", "4"]


def test_three_rows_and_years(tmp_path: Path) -> None:
    rows = [
        ["Bilan de la région"],
        [],
        ["Lieu", "Emploi", None, None, None],
        [None, "Femmes", None, "Hommes", None],
        [None, 2023, 2024, 2023, 2024],
        ["Lyon", 12, 8, 3, 4],
    ]
    sheet = write(tmp_path / "a.xlsx", rows, "A1:E1", "A3:A5", "B3:E3", "B4:C4", "D4:E4")
    assert sheet.columns[1] == "Emploi › Femmes › 2023"
    assert sheet.columns[4] == "Emploi › Hommes › 2024"
    assert (sheet.header_row, list(sheet.cells.index)) == (5, [6])
    assert any("« Bilan de la région »" in note for note in sheet.notes)


def test_groups_stand_over_some_columns_of_a_full_row(tmp_path: Path) -> None:
    rows = [
        [None, None, "Actuel", None, None, None],
        [None, None, "Population", None, "Phase 1", None],
        ["Pays", "Lieu", "#", "%", "#", "%"],
        ["France", "Lyon", 120, 0.5, 40, 0.2],
        ["France", "Nice", 130, 0.4, 30, 0.1],
    ]
    sheet = write(tmp_path / "a.xlsx", rows, "C1:F1", "C2:D2", "E2:F2")
    assert sheet.columns[:3] == ("Pays", "Lieu", "Actuel › Population › #")
    assert sheet.columns[5] == "Actuel › Phase 1 › %"
    assert list(sheet.cells.index) == [4, 5]


def test_a_title_over_two_columns_does_not_eat_the_first_record(tmp_path: Path) -> None:
    rows = [
        ["Titre", "Référent", None, "Année"],
        ["Jardin", "Léa", "Martin", 2020],
        ["Vélo", "Ali", "Durand", 2021],
    ]
    sheet = write(tmp_path / "a.xlsx", rows, "B1:C1")
    assert list(sheet.cells.index) == [2, 3]
    assert sheet.cells.loc[2].tolist() == ["Jardin", "Léa", "Martin", "2020"]


def test_a_caption_over_the_whole_table_is_no_level(tmp_path: Path) -> None:
    rows = [["Bilan 2024", None, None], ["Titre", "Ville", "Ville"], ["Jardin", "Lyon", "Nice"]]
    sheet = write(tmp_path / "a.xlsx", rows, "A1:C1")
    assert sheet.columns == ("Titre", "Ville", "Ville (2)")
    assert any("« Bilan 2024 »" in note for note in sheet.notes)


def test_a_label_merged_downwards_is_said_on_each_row_and_told(tmp_path: Path) -> None:
    rows = [
        ["Région", "Titre", "Montant"],
        ["Bretagne", "Jardin", 10],
        [None, "Vélo", None],
        [None, "Café", None],
        ["Corse", "Fil", 3],
    ]
    sheet = write(tmp_path / "a.xlsx", rows, "A2:A4", "C2:C4")
    assert sheet.cells["Région"].tolist() == ["Bretagne", "Bretagne", "Bretagne", "Corse"]
    assert sheet.cells["Montant"].isna().tolist() == [False, True, True, False]
    assert any("reprise sur chaque ligne : A2:A4 « Bretagne »" in n for n in sheet.notes)
    assert any("reste à la première cellule : C2:C4" in n for n in sheet.notes)


def test_blanks_that_are_not_merged_stay_blank(tmp_path: Path) -> None:
    rows = [["Région", "Titre"], ["Bretagne", "Jardin"], [None, "Vélo"]]
    sheet = write(tmp_path / "a.xlsx", rows)
    assert sheet.cells["Région"].isna().tolist() == [False, True]


def test_titles_that_look_like_values_are_told(tmp_path: Path) -> None:
    sheet = write(tmp_path / "a.xlsx", [["1", "Lyon", "12/03/2024"], ["2", "Nice", "13/03/2024"]])
    assert any("a l'air d'une valeur" in note for note in sheet.notes)


def test_years_as_titles_are_no_values(tmp_path: Path) -> None:
    sheet = write(tmp_path / "a.xlsx", [["Lieu", 2023, 2024], ["Lyon", 5, 6]])
    assert sheet.notes == ()


def test_merged_titles_of_another_writer(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    page = book.add_worksheet()
    page.merge_range("A1:A2", "Commune")
    page.merge_range("B1:C1", "Effectif")
    page.write_row("B2", ["F", "H"])
    page.write_row("A3", ["Lyon", 4, 5])
    book.close()
    (sheet,) = read_table(tmp_path / "a.xlsx")
    assert sheet.columns == ("Commune", "Effectif › F", "Effectif › H")


def test_the_merged_titles_of_a_public_table(real_data: Path) -> None:
    sheets = {s.name: s for s in read_table(real_data / "context" / "ITDD-DonneesDetaillees.xls")}
    travel = sheets["Economie"].columns
    assert "Modes de transport pour se rendre au travail › en voiture (%) › 2013" in travel
    first, second = sheets["Social"], sheets["Social (tableau 2)"]
    assert first.columns == second.columns
    assert (first.header_row, second.header_row) == (6, 34)
    assert first.cells.loc[7, "Année"] == "Île-de-France"
    assert any("« DEPARTEMENTS »" in note for note in second.notes)
    assert "note sous le tableau" in second.set_aside[140]
