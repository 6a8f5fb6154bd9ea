"""Rows that sum up a table are no records: they are left out, and told with their number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from dts_research.intake.reception import receive

TITLES = ["Titre", "Ville", "Personnes concernées"]
ROWS = [TITLES, ["Jardin", "Lyon", 12], ["Vélo", "Nice", 8]]
Writer = Callable[..., Path]


def titles(path: Path) -> list[str]:
    return receive(path).accepted["experiences"]["title"].tolist()


@pytest.mark.parametrize(
    "last",
    [
        ["Total", None, 20], ["TOTAUX :", None, 21], ["Moyenne", None, "10,0"],
        ["Ensemble", None, 20], ["Total général", None, "100 %"],
    ],
)  # fmt: skip
def test_a_last_row_of_sums_is_left_out_and_told(
    tmp_path: Path, write_xlsx: Writer, last: list[object]
) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", Fiches=[*ROWS, last])
    found = receive(path)
    assert found.accepted["experiences"]["title"].tolist() == ["Jardin", "Vélo"]
    assert found.counts.read == 2
    told = found.issues[found.issues["message"].str.startswith("Ligne 4")]
    assert told[["severity", "message"]].values.tolist() == [
        ["note", f"Ligne 4, « {last[0]} » : elle résume celles du dessus ; ce n'est pas un "
         "enregistrement, et elle n'est pas lue."]
    ]  # fmt: skip


@pytest.mark.parametrize(
    "last",
    [
        ["Total reconditionnement", None, 20], ["Total", "Lyon", 20], ["Ensemble", None, 7],
        ["Total", None, None], ["Ensemble, on jardine", None, 20],
    ],
)  # fmt: skip
def test_an_experience_that_looks_like_a_sum_stays(
    tmp_path: Path, write_xlsx: Writer, last: list[object]
) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", Fiches=[*ROWS, last])
    assert titles(path) == ["Jardin", "Vélo", last[0]]


def test_sums_and_means_above_a_note_are_left_out(tmp_path: Path, write_xlsx: Writer) -> None:
    below = [[], ["Total", None, 20], ["Moyenne", None, 10], [], ["Source : enquête 2025"]]
    found = receive(write_xlsx(tmp_path / "a.xlsx", Fiches=[*ROWS, *below]))
    assert found.accepted["experiences"]["title"].tolist() == ["Jardin", "Vélo"]
    notes = [m for m in found.issues["message"] if "résume celles du dessus" in m]
    assert [note.partition(" :")[0] for note in notes] == [
        "Ligne 5, « Total »", "Ligne 6, « Moyenne »",
    ]  # fmt: skip


def test_a_sum_whose_result_was_not_saved_is_left_out(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    page = book.add_worksheet()
    for number, row in enumerate(ROWS):
        page.write_row(number, 0, row)
    page.write_string(3, 0, "Total")
    page.write_formula(3, 2, "=SUM(C2:C3)", None, "")
    book.close()
    assert titles(tmp_path / "a.xlsx") == ["Jardin", "Vélo"]


def test_a_table_is_never_emptied(tmp_path: Path, write_xlsx: Writer) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", Fiches=[TITLES, ["Total", None, 3]])
    assert titles(path) == ["Total"]
