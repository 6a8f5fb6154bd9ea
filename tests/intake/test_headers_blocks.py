"""Tables that stand one under the other in a sheet, and rows that speak about a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dts_research.intake import receive
from dts_research.intake.readers import read_table
from dts_research.intake.sheets import Sheet


def write(path: Path, rows: list[list[Any]]) -> list[Sheet]:
    book = openpyxl.Workbook()
    book.active.title = "Suivi"
    for row in rows:
        book.active.append(row)
    book.save(path)
    return read_table(path)


EXPERIENCES = [
    ["Titre", "Résumé", "Commune"],
    ["Jardin", "On jardine", "Lyon"],
    ["Vélo", "On répare", "Nice"],
]
COUNTS = [["Lieu", "Femmes", "Hommes"], ["Lyon", 4, 5], ["Nice", 1, 2]]


def test_two_tables_with_a_caption(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a.xlsx", [*EXPERIENCES, [], ["Effectifs"], *COUNTS])
    assert (first.name, second.name) == ("Suivi", "Suivi (tableau 2)")
    assert (list(first.cells.index), list(second.cells.index)) == ([2, 3], [7, 8])
    assert second.columns == ("Lieu", "Femmes", "Hommes")
    assert any("n° 2, lignes 5 à 8" in note for note in second.notes)
    assert any("« Effectifs »" in note for note in second.notes)


def test_a_narrow_table_before_a_wide_one_is_not_taken_for_a_caption(tmp_path: Path) -> None:
    wide = [[f"Question {n}" for n in range(9)], [*"abcdefgh", 4], [*"ijklmnop", 5]]
    first, second = write(tmp_path / "a.xlsx", [*EXPERIENCES, [], [], *wide])
    assert list(first.cells.index) == [2, 3]
    assert (second.header_row, list(second.cells.index)) == (6, [7, 8])


def test_no_row_is_lost_between_tables(tmp_path: Path) -> None:
    rows = [*EXPERIENCES, [], *COUNTS, [], ["Café", "On boit", "Metz"], [], *EXPERIENCES]
    sheets = write(tmp_path / "a.xlsx", rows)
    places = {n for n, row in enumerate(rows, start=1) if row}
    found = [n for s in sheets for n in (s.header_row, *s.cells.index)]
    assert sorted(found) == sorted(places)


@pytest.mark.parametrize(
    "more",
    [
        [["Café", "On boit", "Metz"]],
        [["Café", None, "Metz"], ["Fil", "On coud", "Brest"]],
        [["Bretagne"], ["Café", "On boit", "Metz"]],
        [["Bretagne"], [], ["Café", "On boit", "Metz"], ["Fil", "On coud", "Brest"]],
    ],
)
def test_records_after_a_blank_row_stay_in_their_table(
    tmp_path: Path, more: list[list[Any]]
) -> None:
    (sheet,) = write(tmp_path / "a.xlsx", [*EXPERIENCES, [], *more])
    assert len(sheet.cells) == 2 + sum(map(bool, more))


def test_a_number_missing_in_the_first_record_does_not_make_it_a_title(tmp_path: Path) -> None:
    more = [["Metz", "nd", None], ["Brest", 4, 5]]
    (sheet,) = write(tmp_path / "a.xlsx", [*COUNTS, [], *more])
    assert list(sheet.cells.index) == [2, 3, 5, 6]


def test_a_header_repeated_after_a_blank_row_is_set_aside(tmp_path: Path) -> None:
    (sheet,) = write(tmp_path / "a.xlsx", [*EXPERIENCES, [], *EXPERIENCES])
    assert set(sheet.set_aside) == {5}


def test_what_stands_above_a_first_table_still_does(tmp_path: Path) -> None:
    above = [["Structure", "La Régie"], ["Année", 2024], []]
    (sheet,) = write(tmp_path / "a.xlsx", [*above, *EXPERIENCES])
    assert (sheet.header_row, list(sheet.cells.index)) == (4, [5, 6])
    assert any("« La Régie »" in note for note in sheet.notes)


@pytest.mark.parametrize(
    "row",
    [
        ["texte libre", "texte (600 caractères)", "liste"],
        ["Obligatoire", "facultatif", "Obligatoire"],
        ["string", "string", "string"],
        ["Saisir un titre court", "Exemple : on jardine", "Indiquer la commune"],
        [None, "Texte libre", "obligatoire"],
    ],
)
def test_a_row_that_explains_the_columns_is_set_aside(tmp_path: Path, row: list[Any]) -> None:
    rows = [EXPERIENCES[0], row, *EXPERIENCES[1:]]
    (sheet,) = write(tmp_path / "a.xlsx", rows)
    assert set(sheet.set_aside) == {2}
    assert "explique les colonnes" in sheet.set_aside[2]


def test_two_rows_of_explanations(tmp_path: Path) -> None:
    told = [["texte", "texte", "texte"], ["obligatoire", "facultatif", "facultatif"]]
    (sheet,) = write(tmp_path / "a.xlsx", [EXPERIENCES[0], *told, *EXPERIENCES[1:]])
    assert set(sheet.set_aside) == {2, 3}


def test_a_record_is_not_an_explanation(tmp_path: Path) -> None:
    record = ["Date et lieu de mémoire", "Indiquer le chemin aux passants", "Nombre"]
    (sheet,) = write(tmp_path / "a.xlsx", [EXPERIENCES[0], record, *EXPERIENCES[1:]])
    assert sheet.set_aside == {}


def test_notes_under_a_table_are_set_aside(tmp_path: Path) -> None:
    foot = [[], ["Source : enquête 2024"], ["* donnée provisoire"]]
    (sheet,) = write(tmp_path / "a.xlsx", [*COUNTS, *foot])
    assert set(sheet.set_aside) == {5, 6}


def test_every_row_set_aside_counts_as_read(tmp_path: Path) -> None:
    rows = [EXPERIENCES[0], ["texte libre", "obligatoire", "texte"], *EXPERIENCES[1:]]
    write(tmp_path / "a.xlsx", [*rows, [], ["Effectifs"], *COUNTS, [], ["Source : nous"]])
    taken = receive(tmp_path / "a.xlsx", table="experiences")
    assert taken.counts.balanced
    assert (taken.counts.read, taken.counts.accepted, taken.counts.quarantined) == (3, 2, 1)
    (unread,) = taken.issues[taken.issues["rule"] == "sheet"]["message"]
    assert "Suivi (tableau 2)" in unread
    assert "(3 lignes sous les titres « Lieu », « Femmes », « Hommes »)" in unread
