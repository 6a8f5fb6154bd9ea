"""An answer is to one question, of one cell, that still stands: else it changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dts_research.workbook.arrival import Arrival, receive_files

HEAD = "Identifiant de la fiche;Titre;Diffusion;Date de début\n"
VALUE, YES = "Valeur juste", "C'est bien cela"
AS_THEY_WERE = (
    "ne remplir que « Valeur juste » ou « C'est bien cela », sans trier ni toucher aux autres "
    "colonnes de « À confirmer »"
)
CLOSED = (
    "effacer la réponse ; si la fiche est fausse, corriger le fichier d'origine et le recevoir à "
    "nouveau"
)


@pytest.fixture
def book(new_book: Any) -> Any:
    return new_book("questions")


def received(book: Any, path: Path | None) -> Arrival:
    assert path is not None
    arrivals, refused = receive_files(book, [path])
    assert not refused, [str(error) for _, error in refused]
    assert arrivals[0].reception.counts.balanced
    return arrivals[0]


def sent(book: Any, *rows: str, name: str = "f.csv", head: str = HEAD) -> Path | None:
    path = book.workspace.inbox / name
    path.write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return received(book, path).quarantine


def answered(back: Path | None, *cells: tuple[int, str, str]) -> Path:
    """Write cells (row, title, text) of the sheet of questions."""
    assert back is not None
    asked = openpyxl.load_workbook(back)
    sheet = asked["À confirmer"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for row, title, text in cells:
        sheet.cell(row, columns[title]).value = text
    asked.save(back)
    return back


def errors(arrival: Arrival) -> list[tuple[int, str, str]]:
    told = arrival.reception.issues.query("severity == 'error'")
    return list(zip(told["row"], told["message"], told["fix"]))


def diffusions(book: Any) -> dict[str, str | None]:
    (kept,) = book.frames("experiences")
    texts = kept["diffusion"].astype(object).where(kept["diffusion"].notna(), None)
    return dict(zip(kept["experience_id"], texts))


def state(book: Any) -> str:
    with book.store() as store:
        return str(store.digest())


def test_an_old_answer_does_not_undo_a_corrected_file(book: Any) -> None:
    old = sent(book, "F-4;Un verger;xxx;31/02/2024")
    sent(book, "F-4;Un verger;Privé;01/03/2024", name="g.csv")
    before = state(book)
    again = received(book, answered(old, (2, VALUE, "28/02/2024"), (3, VALUE, "Public")))
    assert errors(again) == [
        (2, "cette question n'est plus posée : la fiche dit maintenant « 2024-03-01 »", CLOSED),
        (3, "cette question n'est plus posée : la fiche dit maintenant « Privé »", CLOSED),
    ]
    assert again.quarantine is not None and state(book) == before
    assert diffusions(book) == {"F-4": "private"}


def test_the_same_answers_again_after_a_corrected_file_change_nothing(book: Any) -> None:
    old = answered(sent(book, "F-4;Un verger;xxx;"), (2, VALUE, "Public"))
    received(book, old)
    assert diffusions(book) == {"F-4": "public"}
    sent(book, "F-4;Un verger;Privé;", name="g.csv")
    answered(old, (1, "Feuille", "Feuille"))  # saved again: other bytes, the same answers
    again = received(book, old)
    assert (again.reception.counts.duplicates, errors(again)) == (1, [])
    assert diffusions(book) == {"F-4": "private"}


@pytest.mark.parametrize(
    ("title", "text", "cell"),
    [
        ("Enregistrement", "F-5", "« F-5 » (experiences.diffusion)"),
        ("Champ", "experiences.title", "« F-4 » (experiences.title)"),
        ("Ce qui est à confirmer", "autre chose", "« F-4 » (experiences.diffusion)"),
    ],
)
def test_a_question_that_was_not_asked_of_this_cell_is_refused(
    book: Any, title: str, text: str, cell: str
) -> None:
    back = sent(book, "F-4;Un verger;xxx;", "F-5;Un four;Privé;")
    before = state(book)
    again = received(book, answered(back, (2, VALUE, "Public"), (2, title, text)))
    said = f"la question n'est pas celle qui a été posée sur {cell}"
    assert errors(again) == [(2, said, AS_THEY_WERE)] and state(book) == before


def test_the_last_columns_sorted_apart_give_no_answer_to_another_record(book: Any) -> None:
    back = sent(book, "F-4;Un verger;xxx;", "F-5;Un four;xxx;")
    before = state(book)
    swapped = ((2, "Enregistrement", "F-5"), (3, "Enregistrement", "F-4"))
    again = received(book, answered(back, (2, VALUE, "Public"), (3, VALUE, "Privé"), *swapped))
    assert [row for row, *_ in errors(again)] == [2, 3] and state(book) == before
    restored = ((2, "Enregistrement", "F-4"), (3, "Enregistrement", "F-5"))
    received(book, answered(back, *restored))
    assert diffusions(book) == {"F-4": "public", "F-5": "private"}


def test_rows_sorted_whole_and_told_elsewhere_since_are_answered(book: Any) -> None:
    back = sent(book, "F-4;Un verger;xxx;", "F-5;Un four;xxx;")
    sent(book, "F-5;Un four;xxx;", "F-4;Un verger au bourg;xxx;", name="g.csv")
    received(book, answered(back, (2, VALUE, "Public"), (3, VALUE, "Privé")))
    assert diffusions(book) == {"F-4": "public", "F-5": "private"}


def test_two_answers_to_one_cell_are_none(book: Any) -> None:
    back = sent(book, "F-4;Un verger;xxx;", "F-5;Un four;yyy;")
    assert back is not None
    asked = openpyxl.load_workbook(back)
    sheet = asked["À confirmer"]
    sheet.append([cell.value for cell in sheet[2]])
    asked.save(back)
    cells = [(2, VALUE, "Public"), (3, VALUE, "Réseau"), (4, VALUE, "Privé")]
    again = received(book, answered(back, *cells))
    said, fix = "cette cellule a plusieurs réponses : « Public », « Privé »", "n'en garder qu'une"
    assert errors(again) == [(2, said, fix), (4, said, fix)]
    assert diffusions(book)["F-5"] == "network" and diffusions(book)["F-4"] != "public"
    received(book, answered(back, (4, VALUE, "public")))
    assert diffusions(book)["F-4"] == "public"


def test_a_link_is_answered_while_it_leads_nowhere(book: Any) -> None:
    sent(book, "F-4;Un verger;;")
    head = "Identifiant du lieu;Fiche;Code postal déclaré\n"
    back = sent(book, "L-1;F-9;71400", "L-2;F-8;71400", name="lieux.csv", head=head)
    sent(book, "F-9;Un four;;", name="g.csv")
    again = received(book, answered(back, (2, VALUE, "F-4"), (3, VALUE, "F-4")))
    assert errors(again) == [
        (2, "cette question n'est plus posée : la fiche dit maintenant « F-9 »", CLOSED)
    ]
    (places,) = book.frames("experience_places")
    assert dict(zip(places["place_id"], places["experience_id"])) == {"L-1": "F-9", "L-2": "F-4"}
