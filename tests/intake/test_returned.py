"""The workbook that goes back: rows as they were, reasons, no formula; its correction is read."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dts_research.intake import receive, write_issues
from dts_research.schema.forms_excel import excel_form

Writer = Callable[..., Any]
NASTY = ["=1+1", "@SUM(A1)", "+33 6", "-5", "=HYPERLINK(\"http://a\")", "http://a.fr", "0123",
         "\u202eabc", "<script>", "a\u0007b", "x" * 40_000]  # fmt: skip


def reception_of(tmp_path: Path, write_csv: Writer) -> Any:
    rows = [["Raison sociale", "Type de structure", "SIRET", "Département", "Couleur"]]
    rows += [["Bon", "AI", "123", "013", "vert"], ["Mauvais", "ETI", "", "2A", "=1+1"]]
    rows += [["", "EI", "", "", "bleu"], ["Bon", "AI", "123", "013", "vert"]]
    return receive(write_csv(tmp_path / "envoi.csv", rows))


def rows_of(path: Path, sheet: str) -> list[list[Any]]:
    book = openpyxl.load_workbook(path)
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


def test_refused_rows_come_back_with_one_sentence_per_cell(
    tmp_path: Path, write_csv: Writer
) -> None:
    taken = reception_of(tmp_path, write_csv)
    path = write_issues(taken, tmp_path / "q" / "envoi.issues.xlsx")
    rows = rows_of(path, "Lignes refusées")
    assert rows[0][:2] == ["Ligne d'origine", "Ce qui ne va pas"]
    assert [row[2] for row in rows[1:]] == ["Mauvais", None]
    assert [row[0] for row in rows[1:]] == ["3", "4"]
    assert rows[1][1].startswith(
        "Ligne 3, colonne « Type de structure » : « ETI » n'est pas dans la liste"
    )
    assert "obligatoire" in rows[2][1]
    assert not list(path.parent.glob(".*"))


def test_summary_doubts_and_repairs_are_listed(tmp_path: Path, write_csv: Writer) -> None:
    path = write_issues(reception_of(tmp_path, write_csv), tmp_path / "x.xlsx")
    summary = dict(row[:2] for row in rows_of(path, "À lire"))
    assert summary["Lignes lues"] == "4"
    assert summary["Lignes déjà connues ou en double"] == "1"
    assert rows_of(path, "À confirmer")[1][:4] == [None, "2", "SIRET", "123"]
    assert [row[2] for row in rows_of(path, "Remarques")[1:]] == ["Couleur"]
    assert rows_of(path, "Réparations")[1][1:] == ["2", "Département", "013", "13"]


@pytest.mark.parametrize("text", NASTY)
def test_no_cell_is_a_formula_or_a_link(tmp_path: Path, write_xlsx: Writer, text: str) -> None:
    said = text.replace("\u0007", "")
    rows = [["Raison sociale", "Type de structure"], [said[:32_000], "ETI"]]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([None] * len(row))
        for cell, value in zip(book.active[book.active.max_row], row):
            cell.value, cell.data_type = value, "s"
    book.save(tmp_path / "x.xlsx")
    path = write_issues(receive(tmp_path / "x.xlsx"), tmp_path / "y.xlsx")
    with zipfile.ZipFile(path) as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
        content = b"".join(archive.read(name) for name in sheets)
    assert b"<f" not in content.replace(b"<filter", b"")
    assert b"hyperlink" not in content
    cell = openpyxl.load_workbook(path)["Lignes refusées"]["C2"]
    assert cell.value == said[:32_000]
    assert cell.data_type == "s" or cell.value.startswith("=")


def test_the_corrected_workbook_is_read_again(tmp_path: Path, write_csv: Writer) -> None:
    first = reception_of(tmp_path, write_csv)
    path = write_issues(first, tmp_path / "envoi.issues.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["Lignes refusées"]
    sheet["D2"], sheet["C3"] = "ETTI", "Sans nom au départ"
    book.save(path)
    again = receive(path, known=first.digests)
    assert again.counts.as_dict() == {
        "read": 2, "accepted": 2, "quarantined": 0, "duplicates": 0, "withdrawn": 0
    }  # fmt: skip
    assert again.accepted["structures"]["kind"].tolist() == ["ETTI", "EI"]
    unread = again.issues[again.issues["rule"] == "sheet"]["sheet"].tolist()
    assert unread == ["À lire", "Remarques", "Réparations"]


def test_rows_of_several_sheets_keep_apart(tmp_path: Path, write_xlsx: Writer) -> None:
    own = ["Identifiant de la structure", "Nom", "Type"]
    path = write_xlsx(
        tmp_path / "x.xlsx", Nord=[own, ["1", "a", "ETI"]], Sud=[own, ["2", "b", "ACII"]]
    )
    taken = receive(path)
    assert taken.counts.quarantined == 2
    back = write_issues(taken, tmp_path / "y.xlsx")
    assert rows_of(back, "Lignes refusées Nord")[1][2] == "1"
    assert rows_of(back, "Lignes refusées Sud")[1][2] == "2"


def test_required_columns_that_lack_come_back_to_be_filled(
    tmp_path: Path, write_csv: Writer
) -> None:
    rows = [["Titre", "Résumé"], ["", "a"], ["", "b"]]
    taken = receive(write_csv(tmp_path / "x.csv", rows))
    path = write_issues(taken, tmp_path / "x.issues.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["Lignes refusées"]
    assert [cell.value for cell in sheet[1]][2:4] == ["Résumé", "Titre"]
    sheet["D2"], sheet["D3"] = "Jardin", "Vélo"
    book.save(path)
    again = receive(path)
    assert again.accepted["experiences"]["title"].tolist() == ["Jardin", "Vélo"]


def test_nothing_refused_asks_for_nothing_back(tmp_path: Path, write_csv: Writer) -> None:
    taken = receive(write_csv(tmp_path / "x.csv", [["Titre", "Résumé", "Ton"], ["a", "b", "c"]]))
    summary = dict(r[:2] for r in rows_of(write_issues(taken, tmp_path / "y.xlsx"), "À lire"))
    assert "refusées" not in summary["Que faire"]


def test_no_row_read_is_not_said_to_be_all_received(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(excel_form())
    taken = receive(tmp_path / "x.xlsx")
    assert taken.counts.read == 0
    rows = rows_of(write_issues(taken, tmp_path / "y.xlsx"), "À lire")
    assert dict(row[:2] for row in rows)["Que faire"].startswith("Aucune ligne n'a été lue")
