"""Many refused rows come back in several workbooks: each one opens, none is left out."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from dts_research.intake import receive, returned, write_issues
from dts_research.intake.sheets import CELL_LIMIT, RETURNED

ROWS = 7
PARTS = ("x.issues.xlsx", "x.issues (suite 2).xlsx", "x.issues (suite 3).xlsx")


@pytest.fixture(autouse=True)
def three_rows_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returned, "MOST_LISTED", 3)


def refused(folder: Path, rows: int = ROWS) -> Path:
    lines = [f"Nom {n};ETI;zz\n" for n in range(rows)]
    (folder / "x.csv").write_text("Raison sociale;Type de structure;Département\n" + "".join(lines))
    return folder / "x.csv"


def sheet_of(path: Path, name: str) -> list[list[object]]:
    return [list(row) for row in openpyxl.load_workbook(path)[name].iter_rows(values_only=True)]


def test_every_row_and_every_doubt_is_in_one_of_them(tmp_path: Path) -> None:
    path = refused(tmp_path)
    kept = [f"Bon {n};EI;zz\n" for n in range(ROWS)]
    path.write_text(path.read_text() + "".join(kept))
    first = write_issues(receive(path), tmp_path / PARTS[0])
    assert first == tmp_path / PARTS[0]
    names, doubts = [], []
    for part in PARTS:
        header, *lines = sheet_of(tmp_path / part, "Lignes refusées")
        assert header[:2] == list(RETURNED)
        names += [line[2] for line in lines]
        doubts += [line[1] for line in sheet_of(tmp_path / part, "À confirmer")[1:]]
        said = sheet_of(tmp_path / part, "À lire")[-2]
        assert f"Classeur {PARTS.index(part) + 1} sur 3" == said[0]
        assert all((other in str(said[1])) == (other != part) for other in PARTS)
    assert names == [f"Nom {n}" for n in range(ROWS)]
    assert doubts == [str(n) for n in range(ROWS + 2, 2 * ROWS + 2)]
    assert sorted(p.name for p in tmp_path.glob("*.xlsx")) == sorted(PARTS)


def test_each_of_them_is_received_again_once_corrected(tmp_path: Path) -> None:
    write_issues(receive(refused(tmp_path)), tmp_path / PARTS[0])
    taken = []
    for part in PARTS:
        book = openpyxl.load_workbook(tmp_path / part)
        for row in book["Lignes refusées"].iter_rows(min_row=2):
            row[3].value = "EI"
        book.save(tmp_path / part)
        again = receive(tmp_path / part)
        assert again.counts.quarantined == 0
        taken += again.accepted["structures"]["label"].tolist()
    assert taken == [f"Nom {n}" for n in range(ROWS)]


def test_a_shorter_reception_leaves_no_former_part_beside(tmp_path: Path) -> None:
    write_issues(receive(refused(tmp_path)), tmp_path / PARTS[0])
    other = tmp_path / "y.issues (suite 2).xlsx"
    other.write_bytes(b"")
    write_issues(receive(refused(tmp_path, rows=2)), tmp_path / PARTS[0])
    assert sorted(p.name for p in tmp_path.glob("*.xlsx")) == sorted([PARTS[0], other.name])
    told = [str(row[0]) for row in sheet_of(tmp_path / PARTS[0], "À lire")]
    assert not any(text.startswith("Classeur") for text in told)


def test_a_cell_too_long_for_a_workbook_is_said_to_be_cut(tmp_path: Path) -> None:
    long = "x" * (CELL_LIMIT + 1)
    (tmp_path / "x.csv").write_text(f"Raison sociale;Type de structure\n{long};ETI\n")
    path = write_issues(receive(tmp_path / "x.csv"), tmp_path / PARTS[0])
    _, why, name, _ = sheet_of(path, "Lignes refusées")[1]
    assert len(str(name)) == CELL_LIMIT
    assert "Raison sociale : cette cellule est plus longue" in str(why)


def test_a_cell_that_was_cut_is_not_taken_for_the_whole_text(tmp_path: Path) -> None:
    path, back = tmp_path / "a.csv", tmp_path / "a.issues.xlsx"
    path.write_text(f"Titre;Résumé\n;{'x' * (CELL_LIMIT + 10)}\n;court\n", encoding="utf-8")
    write_issues(receive(path), back)
    book = openpyxl.load_workbook(back)
    page = book["Lignes refusées"]
    for row in (2, 3):
        page.cell(row, 4).value = f"Jardin {row}"  # « Titre », added after what was filled
    book.save(back)
    found = receive(back)
    assert found.accepted["experiences"]["title"].tolist() == ["Jardin 3"]
    told = found.issues[found.issues["severity"] == "error"]
    assert told[["row", "message"]].values.tolist() == [
        [2, "Ligne non lue : la cellule « Résumé » est coupée à 32 767 caractères : corriger la "
         "ligne dans le fichier d'origine, ou raccourcir cette cellule"]
    ]  # fmt: skip


def test_a_column_may_be_called_sheet(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Raison sociale;Type de structure;sheet\nA;ETI;un\n")
    path = write_issues(receive(tmp_path / "x.csv"), tmp_path / PARTS[0])
    assert sheet_of(path, "Lignes refusées")[1][2:5] == ["A", "ETI", "un"]
