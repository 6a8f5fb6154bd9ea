"""A row refused because another one has its id, given back: the good record is never lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dts_research.workbook.arrival import Arrival, receive_files

HEAD = "Identifiant de l'acteur;Type d'acteur;Nom diffusable\n"
SAID = "« A1 » est déjà pris par la ligne 2"
FIX = "donner un identifiant différent à chaque ligne"
NUMBER, WHY, KEY, KIND, LABEL = range(1, 6)


@pytest.fixture
def book(new_book: Any) -> Any:
    return new_book("identifiants")


def received(book: Any, path: Path) -> Arrival:
    arrivals, refused = receive_files(book, [path])
    assert not refused, [str(error) for _, error in refused]
    assert arrivals[0].reception.counts.balanced
    return arrivals[0]


def sent(book: Any, *rows: str) -> Path:
    path = book.workspace.inbox / "acteurs.csv"
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    back = received(book, path).quarantine
    assert back is not None
    return back


def corrected(back: Path, *cells: tuple[int, int, str | None]) -> Path:
    """Correct cells (row, column, text) of the refused rows as a person does."""
    book = openpyxl.load_workbook(back)
    for row, column, text in cells:
        book["Lignes refusées"].cell(row, column).value = text
    book.save(back)
    return back


def labels(book: Any) -> dict[str, str]:
    (actors,) = book.frames("actors")
    return dict(zip(actors["actor_id"], actors["label"]))


def errors(arrival: Arrival) -> list[tuple[int, str, str]]:
    told = arrival.reception.issues
    told = told[told["severity"] == "error"]
    return list(zip(told["row"], told["message"], told["fix"]))


def test_given_back_as_it_is_it_is_refused_in_the_same_words_as_often_as_it_comes(
    book: Any,
) -> None:
    back = sent(book, "A1;commune;Bonne", "A1;commune;Autre", "A1;commune;Encore")
    for _ in range(2):
        again = received(book, back)
        assert errors(again) == [(2, SAID, FIX), (3, SAID, FIX)]
        assert again.quarantine is not None
        back = again.quarantine
    assert labels(book) == {"A1": "Bonne"}


def test_another_id_is_enough(book: Any) -> None:
    back = sent(book, "A1;commune;Bonne", "A1;commune;Autre")
    assert received(book, corrected(back, (2, KEY, "A2"))).reception.counts.quarantined == 0
    assert labels(book) == {"A1": "Bonne", "A2": "Autre"}


def test_correcting_something_else_is_not_enough(book: Any) -> None:
    back = sent(book, "A1;commune;Bonne", "A1;licorne;Autre")
    assert errors(received(book, corrected(back, (2, KIND, "commune")))) == [(2, SAID, FIX)]
    assert labels(book) == {"A1": "Bonne"}


def test_blanking_the_reason_makes_it_the_new_version(book: Any) -> None:
    back = sent(book, "A1;commune;Bonne", "A1;commune;Autre")
    again = received(book, corrected(back, (2, WHY, None)))
    assert list(again.written["actors"].changed) == ["A1"]
    with book.store() as store:
        assert store.history("actors", "A1")["label"].tolist() == ["Bonne"]


@pytest.mark.parametrize("swapped", [False, True])
def test_the_row_that_had_it_first_wins_wherever_it_stands(book: Any, swapped: bool) -> None:
    """Both rows came back, the first for another fault: their order in the sheet is no matter."""
    back = sent(book, "A1;licorne;Bonne", "A1;commune;Autre")
    first, second = (3, 2) if swapped else (2, 3)
    cells: list[tuple[int, int, str | None]] = [(first, KIND, "commune")]
    if swapped:
        one, two = (
            [cell.value for cell in row]
            for row in openpyxl.load_workbook(back)["Lignes refusées"].iter_rows(min_row=2)
        )
        cells = [(2, n, text) for n, text in enumerate(two, 1)]
        cells += [(3, n, text) for n, text in enumerate(one, 1)] + [(first, KIND, "commune")]
    assert errors(received(book, corrected(back, *cells))) == [(second, SAID, FIX)]
    assert labels(book) == {"A1": "Bonne"}


def test_an_id_that_nobody_has_any_more_is_free(book: Any) -> None:
    back = sent(book, "A1;licorne;Fausse", "A1;commune;Bonne")
    book_ = openpyxl.load_workbook(back)
    book_["Lignes refusées"].delete_rows(2)
    book_.save(back)
    assert received(book, back).reception.counts.quarantined == 0
    assert labels(book) == {"A1": "Bonne"}


def test_the_id_of_another_record_is_refused_until_the_reason_is_blanked(book: Any) -> None:
    """The content of the other record is never replaced in silence."""
    back = sent(book, "A1;commune;Bonne", "A1;commune;Autre", "A3;commune;Troisième")
    told = "« A3 » existe déjà : un enregistrement reçu le porte"
    fix = (
        "donner un identifiant nouveau, ou vider « Ce qui ne va pas » si c'en est la nouvelle "
        "version"
    )
    for cells in ([(2, KEY, "A3")], []):
        again = received(book, corrected(back, *cells))
        assert errors(again) == [(2, told, fix)] and again.quarantine is not None
        back = again.quarantine
    assert labels(book) == {"A1": "Bonne", "A3": "Troisième"}
    received(book, corrected(back, (2, WHY, None)))
    assert labels(book) == {"A1": "Bonne", "A3": "Autre"}


def test_a_row_given_a_new_id_may_come_again(book: Any) -> None:
    back = corrected(sent(book, "A1;commune;Bonne", "A1;commune;Autre"), (2, KEY, "A2"))
    assert [received(book, back).reception.counts.quarantined for _ in range(2)] == [0, 0]
    assert labels(book) == {"A1": "Bonne", "A2": "Autre"}
