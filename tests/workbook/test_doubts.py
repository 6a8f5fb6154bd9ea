"""What is to be confirmed is said again by the check until somebody answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dts_research.workbook.arrival import Arrival, receive_files
from dts_research.workbook.review import review

HEAD = "Identifiant de l'acteur;Type d'acteur;Nom diffusable;SIRET\n"
GOOD, BAD = "55208131766522", "55208131766523"
SAID = f"« {BAD} » : la clé de contrôle ne tombe pas juste"


@pytest.fixture
def book(new_book: Any) -> Any:
    return new_book("doutes")


def sent(book: Any, name: str, *rows: str) -> Arrival:
    path = book.workspace.inbox / name
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return received(book, path)


def received(book: Any, path: Path) -> Arrival:
    arrivals, refused = receive_files(book, [path])
    assert not refused, [str(error) for _, error in refused]
    assert arrivals[0].reception.counts.balanced
    return arrivals[0]


def doubts(book: Any) -> list[tuple[str, str]]:
    with book.store() as store:
        told = review(store)
    told = told[told["severity"] == "to_confirm"]
    return list(zip(told["record"], told["message"]))


def test_the_check_says_a_doubt_again_with_its_address(book: Any) -> None:
    sent(book, "a.csv", f"A1;commune;Autun;{BAD}", "A2;commune;Cluny;")
    assert doubts(book) == [("A1", f"« SIRET » : {SAID} (a.csv, ligne 2).")]


def test_a_file_that_says_the_same_row_again_does_not_end_it(book: Any) -> None:
    sent(book, "a.csv", f"A1;commune;Autun;{BAD}")
    sent(book, "b.csv", f"A1;commune;Autun;{BAD}", "A2;commune;Cluny;")
    assert doubts(book) == [("A1", f"« SIRET » : {SAID} (b.csv, ligne 2).")]


def test_a_corrected_file_ends_it_and_an_undo_brings_it_back(book: Any) -> None:
    sent(book, "a.csv", f"A1;commune;Autun;{BAD}")
    number = sent(book, "b.csv", f"A1;commune;Autun;{GOOD}").import_id
    assert doubts(book) == []
    with book.store(readonly=False) as store:
        store.undo(number)
    assert [record for record, _ in doubts(book)] == ["A1"]


def test_the_doubt_of_a_further_row_of_a_record_is_said_of_the_record(book: Any) -> None:
    path = book.workspace.inbox / "fiches.csv"
    path.write_text(
        "Titre;Structure porteuse (libellé);Date de début;Missions\n"
        "Un verger;Relais;;M1\nUn verger;Relais;31/02/2024;M2|licorne|dragon\n",
        encoding="utf-8",
    )
    received(book, path)
    told = [message for _, message in doubts(book) if "Aucun lieu" not in message]
    assert told == [
        "« Missions » : « licorne » n'est pas dans la liste (fiches.csv, ligne 2).",
        "« Missions » : « dragon » n'est pas dans la liste (fiches.csv, ligne 2).",
        "« Date de début » : « 31/02/2024 » n'est pas une date (fiches.csv, ligne 2).",
    ]
