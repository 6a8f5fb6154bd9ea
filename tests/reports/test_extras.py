"""What one takes away: tables that count again, figures that stand alone, the same bytes twice."""

import html
import io
import re
import zipfile
from datetime import date, datetime

import nbformat
import openpyxl
import pytest
from defusedxml.ElementTree import fromstring
from python_calamine import CalamineWorkbook

from dts_research.display import blocks
from dts_research.reports.document import read_document
from dts_research.reports.extras import make_extras
from dts_research.reports.extras_values import read_column

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="480pt" height="90pt" viewBox="0 0 480 90">'
    '<script>1</script><text x="9" y="30" style="font-size: 10px; font-weight: 600">Été</text>'
    "</svg>"
)
RISKY = ["=1+1", "+33 1 00", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x")', "{=1}", "\t=1", "a\x01b"]


def document(*made, **cover):
    opening = {"title": "Ce que <nous> faisons", "territory": "Ain", "date": "2026-11-23"}
    cells = [nbformat.v4.new_markdown_cell("# Question")]
    for block in (blocks.cover(**opening, fictional=True, **cover), *made):
        data = {blocks.MIMETYPE: block.as_json()}
        output = nbformat.v4.new_output("display_data", data=data)
        cells.append(nbformat.v4.new_code_cell("", outputs=[output]))
    return read_document(nbformat.v4.new_notebook(cells=cells))


def table(rows, *columns, **more):
    return blocks.table(id="t", title="Un [tableau] : *essai*/2", columns=list(columns), rows=rows,
                        source="Fiches", **more)  # fmt: skip


def chart(name="missions", **more):
    given = {
        "id": name, "title": "Trois missions & plus", "subtitle": "Par mission, Ain", "svg": SVG,
        "alt": "Barres horizontales : une mission sur trois est <présente>.", "source": "Fiches",
        "data": {"caption": "Missions", "columns": ["Année", "Part"],
                 "rows": [["2024", "12,5 %"], ["2025", "Secret"]]},
    }  # fmt: skip
    return blocks.chart(**(given | more))


def archive(doc):
    return zipfile.ZipFile(io.BytesIO(make_extras(doc)))


def workbook(doc):
    return openpyxl.load_workbook(io.BytesIO(archive(doc).read("tableaux.xlsx")))


def test_one_sheet_for_each_table_and_figure_between_two_that_explain():
    doc = document(chart(), table([["a", "1"]], "Nom", "Nombre"), chart("etapes"))
    with archive(doc) as found:
        assert set(found.namelist()) == {
            "tableaux.xlsx", "legendes.txt",
            *(f"figures/figure-0{n}-{name}.{kind}" for kind in ("svg", "png")
              for n, name in ((1, "missions"), (2, "etapes"))),
        }  # fmt: skip
    book = workbook(doc)
    assert book.sheetnames == ["Lisez-moi", "Figure 1", "Tableau 1", "Figure 2", "Dictionnaire"]
    words = "\n".join(str(c.value) for row in book["Lisez-moi"] for c in row if c.value)
    for said in ("Ain", "Données fictives", "23/11/2026", "Fiches", "Licence Ouverte 2.0",
                 "Secret", "Non publié", "Non renseigné", "Zéro constaté", "Sans objet",
                 "Un [tableau]", "moins de 5\u00a0personnes"):  # fmt: skip
        assert said in words
    rows = [[cell.value for cell in row] for row in book["Dictionnaire"]]
    assert ["Figure 1", "Part", "%", "nombre", "Secret", "Missions", "Fiches"] in rows


def test_nothing_is_a_formula_and_no_text_is_lost():
    doc = document(table([[text, text] for text in RISKY], "=A1", "+Nombre", note="=2+2"))
    book = workbook(doc)
    kinds = {cell.data_type for page in book for row in page.iter_rows() for cell in row}
    assert "f" not in kinds
    content = archive(doc).read("tableaux.xlsx")
    read = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Tableau 1")
    assert [row[0] for row in read.to_python()] == ["=A1", *(t.strip() for t in RISKY[:-1]), "ab"]
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


def test_numbers_and_dates_are_real_where_the_whole_column_is():
    columns = ["Nom", "Heures", "Part", "Le", "Code", "Période", "Année"]
    rows = [
        ["a", "1\u202f234,5", "12,5 %", "1er mars 2024", "01", "mars 2024", "2023"],
        ["b", "Secret", "−3 %", "Non renseigné", "13", "2024", "2024"],
        ["c", "", "Zéro constaté", "31 août 2025", "38", "–", "2025"],
    ]
    page = workbook(document(table(rows, *columns)))["Tableau 1"]
    values = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    assert values[0] == ["a", 1234.5, 0.125, datetime(2024, 3, 1), "01", "mars 2024", 2023]
    assert values[1] == ["b", "Secret", -0.03, "Non renseigné", "13", "2024", 2024]
    assert values[2][1:4] == [None, "Zéro constaté", datetime(2025, 8, 31)]
    forms = [page.cell(2, x).number_format for x in (2, 3, 4, 7)]
    assert forms == ["#,##0.0", "#,##0.0 %", "dd/mm/yyyy", "0"]
    assert (page.freeze_panes, page.auto_filter.ref) == ("B2", "A1:G4")


def test_rows_are_as_tall_as_their_words_and_pages_say_what_they_hold():
    rows = [["court", "1"], ["un récit " * 30, "2"]]
    book = workbook(document(table(rows, "Récit", "Nombre"), chart(subtitle="Ain & Isère")))
    heights = [book["Tableau 1"].row_dimensions[n].height or 15 for n in (1, 2, 3)]
    assert heights == [15, 15, 5 * 15]
    with zipfile.ZipFile(io.BytesIO(archive(document(chart())).read("tableaux.xlsx"))) as parts:
        sheet = html.unescape(parts.read("xl/worksheets/sheet2.xml").decode())
    assert "<oddHeader>&L&BTrois missions && plus&B\n&9 Par mission, Ain</oddHeader>" in sheet
    assert "&L&8Figure 1. Fiches&R" in sheet
    facts = [row[1].value or "" for row in book["Lisez-moi"].iter_rows()]
    assert any("la première ligne porte les noms des colonnes" in text for text in facts)


def test_words_are_set_as_in_the_report_and_numbers_and_codes_stay_as_they_are():
    rows = [["L'an d'après : 12 000 h ?", "12 000", "1234567", "F-71-2021-Z4ME"]]
    made = table(rows, "Ce qu'on y lit", "Heures d'appui", "Code", "Fiche", note="N'oubliez pas")
    book = workbook(document(made))
    head, cells = ([cell.value for cell in row] for row in book["Tableau 1"].iter_rows())
    assert head[:2] == ["Ce qu’on y lit", "Heures d’appui"]
    assert cells[0] == "L’an d’après\u00a0: 12\u202f000\u00a0h\u202f?"
    assert cells[1:] == [12000, "1234567", "F-71-2021-Z4ME"]
    texts = [str(c.value) for page in book for row in page.iter_rows() for c in row if c.value]
    assert not [text for text in texts if "'" in text]


@pytest.mark.parametrize(
    ("label", "cells", "kind"),
    [
        ("Appuis", ["3", "Secret"], "nombre"),
        ("Appuis", ["3", "environ 4"], "texte"),
        ("Appuis", ["Secret", ""], "texte"),
        ("Part", ["3 %", "4"], "texte"),
        ("Code INSEE", ["71014", "71056"], "texte"),
        ("Fiche", ["12", "13"], "texte"),
        ("Avec une fiche", ["12", "13"], "nombre"),
        ("Somme", ["1234567890123456"], "texte"),
        ("Rang", ["007"], "texte"),
        ("Jour", ["31 février 2024"], "texte"),
        ("Jour", ["2024-02-29", "1er mai 1899"], "texte"),
        ("Jour", ["2024-02-29", "Sans objet"], "date"),
        ("Point", ["1.5"], "texte"),
        ("Rien", [], "texte"),
    ],
)
def test_a_doubtful_column_stays_text(label, cells, kind):
    column = read_column(label, cells)
    assert column.kind == kind
    if kind == "texte":
        assert [value or "" for value in column.values] == cells


def test_a_text_too_long_for_a_cell_says_that_it_is_cut():
    page = workbook(document(table([["a", "mot " * 20_000]], "Nom", "Texte")))["Tableau 1"]
    assert len(page["B2"].value) <= 32_767
    assert page["B2"].value.endswith("[texte coupé : voir le rapport]")


def test_a_figure_stands_alone_with_its_words_and_its_typeface():
    with archive(document(chart())) as found:
        svg = found.read("figures/figure-01-missions.svg").decode("utf-8")
        png = found.read("figures/figure-01-missions.png")
        legend = found.read("legendes.txt").decode("utf-8")
    root = fromstring(svg)
    assert [child.tag.rpartition("}")[2] for child in root][:3] == ["title", "desc", "style"]
    assert root[0].text == "Trois missions & plus" and "<présente>" in root[1].text
    assert "data:font/woff2;base64," in svg and "font-weight:600" in svg
    assert "<script" not in svg and "http" not in re.sub(r'xmlns="[^"]+"', "", svg)
    assert png.startswith(b"\x89PNG") and int.from_bytes(png[16:20], "big") > 1_300
    assert legend.startswith("Ce que <nous> faisons\nAin\nDonnées fictives\n")
    for said in ("Figure 1\u00a0: Trois missions & plus", "Sous-titre", "Description", "Source"):
        assert said in legend


def test_the_wide_drawing_comes_beside_the_tall_one():
    with archive(document(chart(wide=SVG))) as found:
        assert "figures/figure-01-missions-large.png" in found.namelist()


@pytest.mark.parametrize(
    ("width", "height", "drawn"),
    [("1e9", "1e9", "720pt"), ("0.001", "0.001", "120pt"), ("100", "4000", "35pt"),
     ("9", "9000", ""), ("0", "9", "")],
)  # fmt: skip
def test_a_drawing_of_any_size_is_brought_to_a_page(width, height, drawn):
    svg = SVG.replace("0 0 480 90", f"0 0 {width} {height}")
    with archive(document(chart(svg=svg))) as found:
        drawings = [found.read(name).decode() for name in found.namelist() if ".svg" in name]
        assert [re.search(r'width="(\w+)"', text)[1] for text in drawings] == [drawn] * bool(drawn)


def test_the_same_document_gives_the_same_bytes():
    doc = document(chart(), table([["a", "1"]], "Nom", "Nombre"))
    first = make_extras(doc)
    assert first == make_extras(doc)
    with zipfile.ZipFile(io.BytesIO(first)) as found:
        assert {entry.date_time[:3] for entry in found.infolist()} == {(2026, 11, 23)}
    assert workbook(doc).properties.created.date() == date(2026, 11, 23)


def test_a_document_with_nothing_to_take_says_so_without_failing():
    with archive(document(blocks.absence(id="a", title="Rien", mark="Sans objet", text="."))) as z:
        assert set(z.namelist()) == {"tableaux.xlsx", "legendes.txt"}
