"""Cells come back as they were written, at the rows that a person sees in the spreadsheet."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dts_research.intake.readers import read_table
from dts_research.intake.reception import receive
from dts_research.intake.workbooks import read_workbook

Cells = dict[tuple[int, int], str]
# What XML can hold; a carriage return becomes a line feed, and blanks alone are no cell.
LETTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff\ufdd0_")
TEXTS = st.text(LETTERS, min_size=1, max_size=12).filter(str.strip)
GRIDS = st.dictionaries(
    st.tuples(st.integers(1, 12), st.integers(1, 6)), TEXTS, min_size=1, max_size=20
)


def write_openpyxl(path: Path, cells: Cells) -> None:
    book = openpyxl.Workbook()
    for (row, column), text in cells.items():
        cell = book.active.cell(row, column)
        cell.value, cell.data_type = text, "s"
    book.save(path)


def write_xlsxwriter(path: Path, cells: Cells) -> None:
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    for (row, column), text in cells.items():
        page.write_string(row - 1, column - 1, text)
    book.close()


def write_ods(path: Path, cells: Cells) -> None:
    """Write an OpenDocument sheet by hand; its format keeps single inner spaces only."""

    def cell(row: int, column: int) -> str:
        text = cells.get((row, column))
        said = f"<text:p>{escape(text)}</text:p>" if text else ""
        kind = ' office:value-type="string"' if text else ""
        return f"<table:table-cell{kind}>{said}</table:table-cell>"

    tall, wide = (max(place[i] for place in cells) for i in (0, 1))
    rows = ("".join(cell(r, c) for c in range(1, wide + 1)) for r in range(1, tall + 1))
    table = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="F">{table}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )


@pytest.mark.parametrize(
    ("name", "write"),
    [("a.xlsx", write_openpyxl), ("b.xlsx", write_xlsxwriter), ("c.ods", write_ods)],
)
@given(cells=GRIDS)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_cell_is_read_back_where_it_was(
    tmp_path: Path, name: str, write: Callable[[Path, Cells], None], cells: Cells
) -> None:
    if name.endswith(".ods"):
        cells = {place: " ".join(text.split()) for place, text in cells.items()}
    write(tmp_path / name, cells)
    (grid,) = read_workbook(tmp_path / name)
    found = {
        (r, c): cell
        for r, row in enumerate(grid.rows, start=1)
        for c, cell in enumerate(row, start=1)
        if cell is not None
    }
    assert found == cells


@pytest.mark.parametrize("corner", ["A1", "C5"])
def test_rows_are_those_of_the_spreadsheet(tmp_path: Path, corner: str) -> None:
    book = openpyxl.Workbook()
    start = book.active[corner]
    rows = [["Titre", "Commune"], ["Jardin", "Lyon"], [None, None], ["Vélo", "Nice"]]
    for down, row in enumerate(rows):
        for across, text in enumerate(row):
            start.offset(down, across).value = text
    book.save(tmp_path / "a.xlsx")
    (sheet,) = read_table(tmp_path / "a.xlsx")
    assert sheet.header_row == start.row
    assert list(sheet.cells.index) == [start.row + 1, start.row + 3]
    assert sheet.columns == ("Titre", "Commune")


def test_dates_counted_from_1904(tmp_path: Path) -> None:
    days = {}
    for name, since_1904 in (("a.xlsx", False), ("b.xlsx", True)):
        book = xlsxwriter.Workbook(tmp_path / name, {"date_1904": since_1904})
        page, look = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        page.write_row(0, 0, ["Titre", "Début"])
        page.write_string(1, 0, "Jardin")
        page.write_datetime(1, 1, datetime.datetime(2024, 3, 12), look)
        book.close()
        (sheet,) = read_table(tmp_path / name)
        days[name] = sheet.cells.loc[2, "Début"]
    assert set(days.values()) == {"2024-03-12"}
    assert sheet.notes == (
        "Le classeur compte les jours depuis 1904, et non 1900 : un nombre de jours sans format de "
        "date y est lu quatre ans trop tôt ; mettre ces cellules au format Date.",
    )


def test_a_bare_number_is_a_day_only_when_it_is_likely(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    page = book.add_worksheet()
    page.write_row(0, 0, ["Titre", "Date de début"])
    for row, days in enumerate((45000, 25000, 75000), start=1):
        page.write_row(row, 0, [f"Jardin {row}", days])
    book.close()
    found = receive(tmp_path / "a.xlsx")
    assert [str(day) for day in found.accepted["experiences"]["started_on"]] == [
        "2023-03-15", "None", "None",
    ]  # fmt: skip
    told = found.issues[found.issues["column"] == "Date de début"]
    assert told[["row", "severity", "message"]].values.tolist() == [
        [2, "note", "« 45000 », nombre de jours d'un tableur, a été lu 15/03/2023"],
        [3, "to_confirm", "« 25000 » est un nombre : lu comme des jours de tableur, ce serait le "
         "11/06/1968, ce qui est peu probable"],
        [4, "to_confirm", "« 75000 » est un nombre : lu comme des jours de tableur, ce serait le "
         "04/05/2105, ce qui est peu probable"],
    ]  # fmt: skip


def test_codes_shown_with_zeros_by_the_format_of_their_cell_get_them_back(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    page = book.add_worksheet()
    page.write_row(0, 0, ["Nom", "Type", "SIRET", "Code postal", "Département"])
    page.write_row(1, 0, ["Relais", "AI"])
    for column, (code, zeros) in enumerate(((5580477700013, 14), (1000, 5), (1, 2)), start=2):
        page.write_number(1, column, code, book.add_format({"num_format": "0" * zeros}))
    book.close()
    found = receive(tmp_path / "a.xlsx")
    assert sorted(found.repairs[["before", "after"]].values.tolist()) == [
        ["1", "01"], ["1000", "01000"], ["5580477700013", "05580477700013"],
    ]  # fmt: skip


def test_a_duration_comes_back_in_hours_and_minutes(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    page, look = book.add_worksheet(), book.add_format({"num_format": "[h]:mm:ss"})
    page.write_row(0, 0, ["Titre", "Heures"])
    for row, hours in enumerate((30.5, 0.25), start=1):
        page.write_string(row, 0, f"Jardin {row}")
        page.write_number(row, 1, hours / 24, look)
    book.close()
    (sheet,) = read_table(tmp_path / "a.xlsx")
    assert sheet.cells["Heures"].tolist() == ["30:30:00", "0:15:00"]


def test_a_sheet_of_one_row_is_there(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["À lire avant de remplir"])
    second = book.create_sheet("Réponses")
    second.append(["Titre", "Commune"])
    second.append(["Jardin", "Lyon"])
    book.save(tmp_path / "a.xlsx")
    assert [sheet.name for sheet in read_table(tmp_path / "a.xlsx")] == ["Sheet", "Réponses"]


def test_marks_between_cells_do_not_cut_a_cell(tmp_path: Path) -> None:
    """U+FDD0 is no character, and one file may hold it all the same: it is lost, and said."""
    write_xlsxwriter(tmp_path / "a.xlsx", {(1, 1): "Titre", (1, 2): "Résumé", (2, 1): "a\ufdd0b",
                                           (2, 2): "c"})  # fmt: skip
    (sheet,) = read_table(tmp_path / "a.xlsx")
    assert sheet.cells.loc[2].tolist() == ["a\ufffdb", "c"]
    assert any("caractère perdu" in note for note in sheet.notes)


def test_numbers_keep_their_digits(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    page = book.add_worksheet()
    values: list[Any] = [38185, 1.5, -0.1, 12345678901234, 1e-7, True]
    page.write_row(0, 0, [f"q{n}" for n in range(len(values))])
    page.write_row(1, 0, values)
    book.close()
    (sheet,) = read_table(tmp_path / "a.xlsx")
    wanted = ["38185", "1.5", "-0.1", "12345678901234", "1e-07", "VRAI"]
    assert sheet.cells.loc[2].tolist() == wanted
