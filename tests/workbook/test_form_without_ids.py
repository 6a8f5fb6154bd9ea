"""Rows of our form without an id: it is told, and a correction makes no second record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dts_research.schema import catalogue
from dts_research.schema.forms_excel import excel_form
from dts_research.workbook.arrival import Arrival, receive_files

ASKED = [f.title for f in catalogue().tables["experiences"].fields if f.required_in_form]
SHEET, KEY = "Fiches d'expérience", "Identifiant de la fiche"
WHOLE = dict.fromkeys(ASKED, "rien à signaler") | {"Missions": "M1", "Étape": "En cours"}
ORCHARD = {
    "Titre": "Un verger", **WHOLE, "Résumé": "Des pommiers entre deux immeubles.",
    "Ce qui a marché": "Les habitants sont venus planter.",
    "Ce qui a résisté": "L'eau était loin, et chère.",
}  # fmt: skip
BIKES = {
    "Titre": "Un atelier vélo", **WHOLE, "Résumé": "On répare au pied des tours.",
    "Ce qui a marché": "Les enfants amènent leurs parents.",
}  # fmt: skip
Sent = Callable[..., Arrival]


@pytest.fixture
def book(new_book: Any) -> Any:
    return new_book("sans-identifiant")


@pytest.fixture
def sent(book: Any, tmp_path: Path) -> Sent:
    """Fill in the form and receive it."""

    def send(*rows: dict[str, str], name: str = "fiche.xlsx") -> Arrival:
        path = tmp_path / name
        path.write_bytes(excel_form())
        form = openpyxl.load_workbook(path)
        columns = {cell.value: cell.column for cell in form[SHEET][3] if cell.value}
        for number, row in enumerate(rows, start=4):
            for title, text in row.items():
                form[SHEET].cell(number, columns[title], text)
        form.save(path)
        return received(book, path)

    return send


def received(book: Any, path: Path) -> Arrival:
    arrivals, refused = receive_files(book, [path])
    assert not refused, [str(error) for _, error in refused]
    assert arrivals[0].reception.counts.balanced
    return arrivals[0]


def kept(book: Any) -> dict[str, str]:
    (frame,) = book.frames("experiences")
    return dict(zip(frame["experience_id"], frame["title"]))


def told(arrival: Arrival, rule: str) -> list[tuple[int, str, str]]:
    issues = arrival.reception.issues
    issues = issues[issues["rule"] == rule]
    return list(zip(issues["row"], issues["message"], issues["fix"]))


def test_the_id_given_is_told(book: Any, sent: Sent) -> None:
    arrival = sent({KEY: "R-1", **BIKES}, ORCHARD)
    (key,) = set(kept(book)) - {"R-1"}
    assert told(arrival, "id_given") == [
        (5, f"« Identifiant de la fiche » est vide : « {key} » a été donné à cette ligne",
         "l'écrire dans le formulaire : une correction remplacera la ligne au lieu de s'y ajouter")
    ]  # fmt: skip
    assert arrival.quarantine is not None
    asked = openpyxl.load_workbook(arrival.quarantine)["À confirmer"]
    assert asked["I2"].value == key


@pytest.mark.parametrize(
    "change", [{"Titre": "Un verger partagé"}, {"Résumé": "Trois rangs."}, {"Étape": "Terminée"}]
)
def test_a_correction_without_the_id_is_sent_back_naming_the_record(
    book: Any, sent: Sent, change: dict[str, str]
) -> None:
    sent(ORCHARD, BIKES)
    before = kept(book)
    key = next(k for k, title in before.items() if title == "Un verger")
    again = sent(BIKES, {**ORCHARD, **change})
    assert told(again, "alike") == [
        (5, f"« Identifiant de la fiche » est vide, et la ligne ressemble à « Un verger » ({key}), "
         "reçue avant", f"écrire {key} si c'est la même, un autre identifiant sinon")
    ]  # fmt: skip
    assert kept(book) == before
    assert again.reception.counts.quarantined == again.reception.counts.duplicates == 1


def test_its_id_written_there_makes_it_the_new_version_and_the_form_is_then_known(
    book: Any, sent: Sent
) -> None:
    sent(ORCHARD)
    (key,) = kept(book)
    renamed = {**ORCHARD, "Titre": "Un verger partagé"}
    back = sent(renamed).quarantine
    assert back is not None
    issues = openpyxl.load_workbook(back)
    sheet = issues["Lignes refusées"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, columns[KEY], key)
    issues.save(back)
    received(book, back)
    assert kept(book) == {key: "Un verger partagé"}
    again = sent(BIKES, renamed)
    assert again.reception.counts.quarantined == 0
    assert sorted(kept(book).values()) == ["Un atelier vélo", "Un verger partagé"]


def test_given_back_as_it_is_it_is_refused_in_the_same_words(book: Any, sent: Sent) -> None:
    sent(ORCHARD)
    first = sent({**ORCHARD, "Titre": "Un verger partagé"})
    assert first.quarantine is not None
    again = received(book, first.quarantine)
    ((_, *said),) = told(first, "alike")
    assert told(again, "alike") == [(2, *said)]
    assert list(kept(book).values()) == ["Un verger"]


def test_blanking_the_reason_makes_it_another_record(book: Any, sent: Sent) -> None:
    sent(ORCHARD)
    back = sent({**ORCHARD, "Titre": "Un verger partagé"}).quarantine
    assert back is not None
    issues = openpyxl.load_workbook(back)
    issues["Lignes refusées"]["B2"] = None
    issues.save(back)
    received(book, back)
    assert sorted(kept(book).values()) == ["Un verger", "Un verger partagé"]


def test_a_record_taken_back_is_not_named(book: Any, sent: Sent) -> None:
    sent(ORCHARD)
    (key,) = kept(book)
    path = book.workspace.inbox / "consents.csv"
    path.write_text(
        "Identifiant du consentement;Table;Enregistrement;Niveau;Donné le;Retiré le\n"
        f"C-1;experiences;{key};analysis;01/01/2023;01/01/2024\n",
        encoding="utf-8",
    )
    received(book, path)
    assert told(sent({**ORCHARD, "Titre": "Un verger partagé"}), "alike") == []


def test_another_record_of_the_same_people_is_not_taken_for_it(book: Any, sent: Sent) -> None:
    ours = {"Structure porteuse (libellé)": "Relais Emploi"}
    sent({**ORCHARD, **ours})
    assert sent({**BIKES, **ours}).reception.counts.accepted == 1
    assert sorted(kept(book).values()) == ["Un atelier vélo", "Un verger"]


def test_the_order_of_rows_and_the_name_of_the_file_are_no_matter(book: Any, sent: Sent) -> None:
    sent(ORCHARD, BIKES)
    before = kept(book)
    again = sent(BIKES, ORCHARD, name="copie.xlsx")
    assert again.reception.counts.duplicates == 2
    assert kept(book) == before
