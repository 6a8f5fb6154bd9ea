"""Which workbook tells what is refused of which file: none is written over by another one's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dts_research.workbook.arrival import receive_files

HEAD = "Identifiant de l'acteur;Type d'acteur;Nom diffusable\n"


@pytest.fixture
def book(new_book: Any) -> Any:
    return new_book("noms")


def sent(folder: Path, *rows: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "fiches.csv"
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def received(book: Any, path: Path) -> Path:
    arrivals, refused = receive_files(book, [path])
    assert not refused
    (arrival,) = arrivals
    assert arrival.quarantine is not None
    return arrival.quarantine


def names(back: Path) -> list[object]:
    sheet = openpyxl.load_workbook(back)["Lignes refusées"]
    return [row[2].value for row in sheet.iter_rows(min_row=2)]


def correct(back: Path) -> None:
    book = openpyxl.load_workbook(back)
    book["Lignes refusées"]["D2"] = "commune"
    book.save(back)


def test_the_same_name_from_two_folders_in_two_goes(book: Any, tmp_path: Path) -> None:
    first = received(book, sent(tmp_path / "nord", "A1;licorne;Nord"))
    second = received(book, sent(tmp_path / "sud", "A2;licorne;Sud"))
    assert first.name == "fiches.issues.xlsx" != second.name
    assert (names(first), names(second)) == (["A1"], ["A2"])


def test_a_new_version_of_the_same_file_replaces_what_was_said_of_it(
    book: Any, tmp_path: Path
) -> None:
    received(book, sent(tmp_path / "nord", "A1;licorne;Nord"))
    second = received(book, sent(tmp_path / "sud", "A2;licorne;Sud"))
    for folder, key in (("nord", "A3"), ("sud", "A4")):
        again = received(book, sent(tmp_path / folder, f"{key};licorne;{folder}"))
        assert names(again) == [key]
    assert again == second
    assert len(list(second.parent.glob("*.xlsx"))) == 2


def test_the_same_bytes_elsewhere_are_told_in_the_same_workbook(book: Any, tmp_path: Path) -> None:
    first = received(book, sent(tmp_path / "nord", "A1;licorne;Nord"))
    assert received(book, sent(tmp_path / "copie", "A1;licorne;Nord")) == first


def test_a_workbook_begun_is_never_written_over(book: Any, tmp_path: Path) -> None:
    backs = []
    for _ in range(3):
        backs.append(received(book, sent(tmp_path / "nord", "A1;licorne;Nord")))
        correct(backs[-1])
    assert len(set(backs)) == 3


def test_a_workbook_given_back_half_corrected_gets_its_own(book: Any, tmp_path: Path) -> None:
    back = received(book, sent(tmp_path / "nord", "A1;licorne;Un", "A2;licorne;Deux"))
    correct(back)
    before = back.read_bytes()
    rest = received(book, back)
    assert back.read_bytes() == before
    assert rest != back and names(rest) == ["A2"]
