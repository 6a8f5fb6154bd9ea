"""Our own form says nothing of what it prints itself, and tells what somebody wrote there."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl

from dts_research.intake import Reception, receive
from dts_research.schema import catalogue
from dts_research.schema.forms_excel import excel_form

SHEET = "Fiches d'expérience"


def filled(path: Path, *, example: str = "") -> Reception:
    book = openpyxl.load_workbook(BytesIO(excel_form()))
    sheet = book[SHEET]
    columns = {cell.value: cell.column for cell in sheet[3] if cell.value}
    asked = [f.title for f in catalogue().tables["experiences"].fields if f.required_in_form]
    cells = {"Identifiant de la fiche": "R-1", "Titre": "Un atelier"}
    cells |= dict.fromkeys(asked, "rien à signaler") | {"Missions": "M1", "Étape": "En cours"}
    for title, value in cells.items():
        sheet.cell(4, columns[title], value)
    if example:
        sheet.cell(2, columns["Titre"], example)
    book.save(path)
    return receive(path)


def test_a_filled_form_has_nothing_to_read_line_by_line(tmp_path: Path) -> None:
    found = filled(tmp_path / "fiche.xlsx")
    assert found.counts.accepted == found.counts.read == 1
    assert found.issues["message"].tolist() == []


def test_what_is_written_over_the_example_is_told(tmp_path: Path) -> None:
    found = filled(tmp_path / "fiche.xlsx", example="Notre vraie fiche")
    (said,) = found.issues["message"]
    assert said == (
        "La ligne d'exemple n'est jamais lue, et quelque chose y est écrit "
        "(« Notre vraie fiche ») : le recopier sous les titres."
    )


def test_the_example_of_somebody_else_is_told_as_before(
    tmp_path: Path, write_csv: Callable[..., Path]
) -> None:
    rows = [["Exemple", "Dupont"], ["Raison sociale", "Type de structure"], ["Bon", "AI"]]
    notes = receive(write_csv(tmp_path / "x.csv", rows)).issues["message"].tolist()
    told = "Au-dessus de l'en-tête (ligne 2), laissé de côté : « Exemple », « Dupont »."
    assert told in notes
