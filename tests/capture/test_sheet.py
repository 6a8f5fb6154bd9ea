"""The capture sheet as a workbook: what is locked, what is offered, how it prints."""

from __future__ import annotations

from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from dts_research.schema.capture import GUIDE, SESSION_LINES, SHEETS, row_id, short_id


@pytest.fixture
def book(room: Any) -> Any:
    return openpyxl.load_workbook(room.blank("saisie.xlsx"))


def offered(sheet: Any, cell: str) -> str:
    rules = [r for r in sheet.data_validations.dataValidation if cell in r.sqref]
    return str(rules[0].formula1).strip('"') if rules else ""


def test_sheets_stand_in_the_order_of_the_session(book: Any) -> None:
    assert book.sheetnames == ["Séance", *(sheet.title for sheet in SHEETS)]
    assert book.sheetnames[1:7] == [
        "Suite donnée", "Lectures", "Accords et désaccords", "Hypothèses", "Repères", "Décisions",
    ]  # fmt: skip


def test_four_lines_say_how_to_fill_in(book: Any) -> None:
    said = [row[0].value for row in book["Séance"].iter_rows()]
    assert [f"{n}.  {text}" for n, text in enumerate(GUIDE, start=1)] == said[3:7]
    assert len(GUIDE) == 4


def test_only_what_is_typed_is_unlocked(book: Any) -> None:
    for told in SHEETS:
        sheet = book[told.title]
        assert sheet.protection.sheet
        for row in sheet.iter_rows(min_row=4):
            new = (
                {"Énoncé", "Titre"} if not row[1 if told.name != "readings" else 2].value else set()
            )
            for cell, column in zip(row, told.columns):
                open_ = column.typed or column.title in new
                assert cell.protection.locked != open_, (told.title, cell.coordinate)


def test_ids_are_printed_and_never_typed(book: Any, room: Any) -> None:
    for told in SHEETS:
        assert not any(c.typed for c in told.columns if c.field.endswith("_id"))
    assert book["Décisions"]["A4"].value == row_id("D", room.session, 1) == "D-71-k7q2-01"
    assert short_id("SE-71-06") == "71-06"
    ids = [c.value for s in book for row in s.iter_rows() for c in row
           if isinstance(c.value, str) and "-k7q2-" in c.value]  # fmt: skip
    assert len(ids) == len(set(ids))


def test_a_status_offers_the_moves_that_are_allowed(book: Any) -> None:
    assert offered(book["Suite donnée"], "F4") == "À faire,En cours,Faite,Abandonnée,Transformée"
    assert offered(book["Hypothèses"], "D4") == "En examen,Étayée,Nuancée,Écartée"
    assert offered(book["Hypothèses"], "D5") == "Posée,En examen"
    assert offered(book["Repères"], "D4") == "Adopté,Nuancé,Contesté"
    assert offered(book["Accords et désaccords"], "C4") == "Convergence,Divergence"
    assert offered(book["Décisions"], "F4") == "Locale,Remontée au national"


def test_it_prints_on_a4_lying_one_page_wide(book: Any) -> None:
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.page_setup.fitToHeight == 0
        width = sum(sheet.column_dimensions[get_column_letter(n + 1)].width
                    for n in range(sheet.max_column))  # fmt: skip
        assert width < 200, sheet.title


def test_the_session_is_told_with_its_id(book: Any, room: Any) -> None:
    lines = {row[0].value: row[1].value for row in book["Séance"].iter_rows()}
    assert lines["Identifiant de la séance"] == room.session
    assert lines["Date"] == "10/12/2026"
    assert lines["Niveau"] == "Local"
    assert {line.title for line in SESSION_LINES} <= set(lines)


def test_open_decisions_alone_are_followed_the_earliest_due_first(book: Any) -> None:
    column = [cell.value for cell in book["Suite donnée"]["A"][3:]]
    assert [one for one in column if one] == ["D-71-01", "D-71-02"]


def test_a_figure_has_a_row_for_each_group(book: Any) -> None:
    figures = [cell.value for cell in book["Lectures"]["B"][3:]]
    assert figures == ["collectivites"] * 3 + ["structures"] * 3 + [None] * 4
