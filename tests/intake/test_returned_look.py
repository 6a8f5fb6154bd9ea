"""What the person sees of the workbook given back, on the screen and on paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dts_research.intake import receive, returned, write_issues
from dts_research.schema.row_heights import TALLEST

LONG = "Un récit bien long. " * 40


@pytest.fixture
def book(tmp_path: Path) -> Any:
    lines = f"Raison sociale;Type de structure;Récit\n;ETI;{LONG}\nBon;ETI;court\n"
    (tmp_path / "x.csv").write_text(lines, encoding="utf-8")
    return openpyxl.load_workbook(write_issues(receive(tmp_path / "x.csv"), tmp_path / "y.xlsx"))


def test_reasons_come_first_and_stay_in_view(book: Any) -> None:
    sheet = book["Lignes refusées"]
    assert [cell.value for cell in sheet[1]][:3] == [*returned.RETURNED, "Raison sociale"]
    assert sheet.freeze_panes == "C2"
    assert book["À lire"].freeze_panes == "A2"
    assert sheet.column_dimensions["B"].width >= 60


def test_rows_are_as_high_as_their_longest_cell(book: Any) -> None:
    heights = [book["Lignes refusées"].row_dimensions[n].height for n in (1, 2, 3)]
    assert heights[1] == pytest.approx(TALLEST, abs=1)
    assert 30 <= heights[2] <= 90


def test_short_lines_one_under_the_other_are_counted(
    tmp_path: Path, write_csv: Callable[..., Path]
) -> None:
    rows = [["Raison sociale", "Type de structure", "Récit"], ["Bon", "ETI", "\n".join("abcdefgh")]]
    back = write_issues(receive(write_csv(tmp_path / "z.csv", rows)), tmp_path / "z.xlsx")
    assert openpyxl.load_workbook(back)["Lignes refusées"].row_dimensions[2].height == 120


def test_a_required_cell_left_blank_is_coloured(book: Any) -> None:
    blank, filled = book["Lignes refusées"]["C2"], book["Lignes refusées"]["C3"]
    assert blank.value is None
    assert blank.fill.fgColor.rgb == "FFFBE3D6" != filled.fill.fgColor.rgb


def test_every_sheet_prints_on_the_width_of_a_page(book: Any) -> None:
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.print_title_rows == "$1:$1"


def test_what_to_do_is_the_exact_gesture_and_the_digest_comes_last(book: Any) -> None:
    rows = [[cell.value for cell in row] for row in book["À lire"].iter_rows()]
    assert rows[-1][0] == "Empreinte du fichier (SHA-256)"
    said = dict(row[:2] for row in rows)["Que faire"]
    assert "« Lignes refusées… »" in said
    assert "« dts receive » suivi du chemin de ce classeur" in said
