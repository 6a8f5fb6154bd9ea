"""The form as a workbook: lists, example, locks; it holds in LibreOffice and comes in as it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from dts_research.intake import receive
from dts_research.schema.forms import form_tables
from dts_research.schema.forms_excel import excel_form

TABLES = form_tables()
HEADER, FIRST = 3, 4


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("form") / "fiche.xlsx"
    path.write_bytes(excel_form())
    return path


@pytest.fixture(scope="module")
def twice(form: Path, in_calc: Callable[..., Path]) -> dict[str, Path]:
    """The same form, opened and saved by LibreOffice: .xlsx -> .ods -> .xlsx."""
    ods = in_calc(form, form.with_suffix(".ods"))
    return {"ods": ods, "xlsx": in_calc(ods, form.with_name("again.xlsx"))}


def rules_of(path: Path) -> dict[tuple[str, str], Any]:
    """Sheet and title -> what the first cell under the title accepts."""
    book = openpyxl.load_workbook(path)
    found = {}
    for table in TABLES:
        sheet = book[table.schema.title]
        titles = {get_column_letter(c.column): c.value for c in sheet[HEADER] if c.value}
        for rule in sheet.data_validations.dataValidation:
            letter = re.match(r"[A-Z]+", str(rule.sqref))[0]  # type: ignore[index]
            found[table.schema.title, titles.get(letter, "")] = rule
    return found


def offered(path: Path, rule: Any) -> list[str]:
    """What a drop-down list offers."""
    if rule.formula1.startswith('"'):
        return rule.formula1.strip('"').split(",")
    sheet, _, cells = rule.formula1.rpartition("!")
    book = openpyxl.load_workbook(path)
    return [
        row[0].value for row in book[sheet.strip("'").replace("''", "'")][cells.replace("$", "")]
    ]


def check_rules(path: Path) -> None:
    rules = rules_of(path)
    for table in TABLES:
        margin = rules[table.schema.title, ""]
        assert (margin.type, margin.showErrorMessage) == ("custom", True)
        for question in table.questions:
            rule = rules[table.schema.title, question.field.title]
            assert rule.prompt.startswith(question.hint[:60])
            if question.codelist is not None:
                assert rule.type == "list"
                assert offered(path, rule) == list(question.codelist.labels.values())
                assert rule.showErrorMessage is (question.kind == "one")
            elif question.kind == "link":
                assert rule.type == "list"
                assert f"${FIRST}:" in rule.formula1
            elif question.kind == "boolean":
                assert offered(path, rule) == ["Oui", "Non"]
            elif question.kind in ("date", "integer"):
                assert rule.type == {"date": "date", "integer": "whole"}[question.kind]
                assert "Écrire" in rule.error


def test_each_column_says_what_it_takes(form: Path) -> None:
    check_rules(form)


def test_lists_dates_and_hints_hold_in_libreoffice(twice: dict[str, Path]) -> None:
    check_rules(twice["xlsx"])


def test_titles_are_ours_and_locked_and_cells_are_open(form: Path) -> None:
    book = openpyxl.load_workbook(form)
    for table in TABLES:
        sheet = book[table.schema.title]
        assert [c.value for c in sheet[HEADER]][1:] == [q.field.title for q in table.questions]
        assert sheet.protection.sheet
        assert not sheet.protection.password
        assert sheet.freeze_panes == f"C{FIRST}"
        assert all(cell.protection.locked for cell in sheet[HEADER])
        looks = sheet.column_dimensions.values()
        assert not sheet.column_dimensions["A"].protection.locked, "rows could not be deleted"
        for column, question in enumerate(table.questions, start=2):
            look = next(one for one in looks if one.min <= column <= one.max)
            assert not look.protection.locked, question.field.name
            if question.field.type == "string":
                assert look.number_format == "@", question.field.name


def test_what_is_required_is_told_by_weight_and_contrast(form: Path) -> None:
    book = openpyxl.load_workbook(form)
    for table in TABLES:
        heads = book[table.schema.title][HEADER][1:]
        for cell, question in zip(heads, table.questions):
            assert bool(cell.font.bold) is question.required
            dark = int(cell.fill.start_color.rgb[-6:-4], 16) < 0x80
            assert dark is question.required


def test_it_is_printed_lying_with_its_titles_on_each_page(form: Path) -> None:
    book = openpyxl.load_workbook(form)
    for table in TABLES:
        sheet = book[table.schema.title]
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows == "$2:$3"
    assert book["Listes"].sheet_state == "hidden"


def test_the_guide_says_what_matters(form: Path) -> None:
    rows = openpyxl.load_workbook(form)["Mode d'emploi"].iter_rows(values_only=True)
    text = " ".join(str(row[0]) for row in rows)
    for word in ("jj/mm/aaaa", "|", "jamais des noms", "exemple", "Diffusion", "renvoyer"):
        assert word in text


def test_blank_forms_give_no_row(form: Path, twice: dict[str, Path]) -> None:
    for path in (form, *twice.values()):
        taken = receive(path)
        assert taken.counts.read == 0
        assert not any(len(frame) for frame in taken.accepted.values())


def test_the_example_is_one_that_reception_would_take(form: Path, tmp_path: Path) -> None:
    """Copied where answers go, the example is received whole: it misleads nobody."""
    book = openpyxl.load_workbook(form)
    for table in TABLES:
        sheet = book[table.schema.title]
        for cell in sheet[2][1:]:
            sheet.cell(FIRST, cell.column, None if cell.value == "—" else cell.value)
    book.save(tmp_path / "exemple.xlsx")
    taken = receive(tmp_path / "exemple.xlsx")
    assert taken.counts.accepted == taken.counts.read == len(TABLES)
    assert set(taken.issues["severity"]) <= {"note"}
    assert {name: len(frame) for name, frame in taken.accepted.items()} == {
        table.schema.name: 1 for table in TABLES
    }
    assert not taken.mapping.proposed


@pytest.mark.parametrize("kind", [".ods", ".xlsx"])
def test_filled_in_libreoffice_it_comes_in_without_a_mapping(
    form: Path, in_calc: Callable[..., Path], tmp_path: Path, kind: str
) -> None:
    place = {"Fiche": "R-1", "Code commune déclaré": "01004", "Département déclaré": "01"}
    fiche = {"Identifiant de la fiche": "R-1", "Titre": "- Un jardin", "Date de début": "1/9/2024",
             "Missions": "Animation des territoires | Création d'activités"}  # fmt: skip
    cells = []
    for table, row in zip(TABLES, (fiche, place)):
        titles = [q.field.title for q in table.questions]
        cells += [(table.schema.title, 1 + titles.index(t), 3, text) for t, text in row.items()]
    taken = receive(in_calc(form, tmp_path / f"envoi{kind}", cells), mappings=tmp_path / "m")
    assert taken.counts.as_dict() | {"read": 2, "accepted": 2} == taken.counts.as_dict()
    assert not (tmp_path / "m").exists()
    (kept,) = taken.accepted["experiences"].to_dict("records")
    assert (kept["title"], kept["missions"]) == ("- Un jardin", ("M3", "M1"))
    assert kept["started_on"] == date(2024, 9, 1)
    (where,) = taken.accepted["experience_places"].to_dict("records")
    assert (where["stated_commune_code"], where["stated_departement"]) == ("01004", "01")


def test_the_same_schema_gives_the_same_bytes() -> None:
    assert excel_form() == excel_form()
