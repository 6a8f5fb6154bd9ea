"""What our form asks for and is left blank: told, cell by cell, and nothing is refused for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from dts_research.cli import main
from dts_research.schema import catalogue
from dts_research.schema.forms_excel import excel_form
from dts_research.workbook.arrival import Arrival, receive_files
from dts_research.workbook.review import review

ASKED = [f.title for f in catalogue().tables["experiences"].fields if f.required_in_form]
SHEET = "Fiches d'expérience"
WHOLE = dict.fromkeys(ASKED, "rien à signaler") | {"Missions": "M1", "Étape": "En cours"}
Filled = Callable[..., Path]


@pytest.fixture
def book(new_book: Any) -> Any:
    return new_book("formulaire")


@pytest.fixture
def filled(tmp_path: Path) -> Filled:
    """Fill in rows of the sheet of experiences, as a member does."""

    def fill(*rows: dict[str, str], name: str = "fiche.xlsx") -> Path:
        path = tmp_path / name
        path.write_bytes(excel_form())
        book = openpyxl.load_workbook(path)
        columns = {cell.value: cell.column for cell in book[SHEET][3] if cell.value}
        for number, row in enumerate(rows, start=4):
            for title, text in row.items():
                book[SHEET].cell(number, columns[title], text or None)
        book.save(path)
        return path

    return fill


def fiche(key: str, **cells: str) -> dict[str, str]:
    return {"Identifiant de la fiche": key, "Titre": f"Un atelier {key}", **WHOLE, **cells}


def received(book: Any, path: Path) -> Arrival:
    arrivals, refused = receive_files(book, [path])
    assert not refused, [str(error) for _, error in refused]
    return arrivals[0]


def blanks(arrival: Arrival) -> list[tuple[int, str, str]]:
    told = arrival.reception.issues
    told = told[told["rule"] == "to_complete"]
    assert set(told["severity"]) <= {"to_confirm"}
    return list(zip(told["row"], told["column"], told["message"]))


def test_each_blank_cell_is_told_and_the_row_is_kept(book: Any, filled: Filled) -> None:
    path = filled(fiche("R-1"), fiche("R-2", Missions="", Résumé=""))
    arrival = received(book, path)
    assert arrival.reception.counts.accepted == arrival.reception.counts.read == 2
    assert blanks(arrival) == [
        (5, "Missions", "« Missions » est à compléter : la cellule est vide"),
        (5, "Résumé", "« Résumé » est à compléter : la cellule est vide"),
    ]
    assert arrival.quarantine is not None


def test_the_check_says_it_again(book: Any, filled: Filled) -> None:
    received(book, filled(fiche("R-1", Missions="")))
    with book.store() as store:
        told = review(store).query("rule == 'to_complete'")
    assert told["message"].tolist() == [
        "« Missions » est à compléter : la cellule est vide "
        "(fiche.xlsx, feuille « Fiches d'expérience », ligne 4)."
    ]


def test_the_command_counts_them(book: Any, filled: Filled) -> None:
    words = ("--workbook", str(book.workspace.data), "receive", str(filled(fiche("R-1", Étape=""))))
    done = CliRunner().invoke(main, words, prog_name="dts")
    assert done.exit_code == 0
    assert "    1 cellule à compléter : le formulaire la demande." in done.stdout.splitlines()


def test_a_refused_row_comes_back_with_the_columns_to_complete(book: Any, filled: Filled) -> None:
    back = received(book, filled(fiche("R-1", Titre="", Missions=""))).quarantine
    assert back is not None
    issues = openpyxl.load_workbook(back)
    sheet = issues["Lignes refusées"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    assert "« Missions » est à compléter" in sheet.cell(2, columns["Ce qui ne va pas"]).value
    sheet.cell(2, columns["Titre"], "Un titre")
    issues.save(back)
    again = received(book, back)
    assert again.reception.counts.accepted == 1
    assert [column for _, column, _ in blanks(again)] == ["Missions"]


def test_a_file_that_is_not_our_form_is_asked_nothing(book: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Titre;Missions;Résumé\nUn atelier;;\n", encoding="utf-8")
    assert blanks(received(book, path)) == []
