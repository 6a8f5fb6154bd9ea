"""What is written in the room comes back: partly filled, with mistakes, sorted, retyped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dts_research.errors import DtsError
from dts_research.intake.capture import captured
from dts_research.intake.capture_known import Register
from dts_research.intake.readers import read_grids
from dts_research.workbook.arrival import receive_files
from dts_research.workbook.undoing import undo

FOLLOWED, READINGS, AGREED = "Suite donnée", "Lectures", "Accords et désaccords"
HYPOTHESES, REFERENCES, DECISIONS = "Hypothèses", "Repères", "Décisions"
BALANCE, PEOPLE = "Bilan de la séance", "Participants"
NOW = "Statut aujourd'hui"
WHOLE = [
    (FOLLOWED, "D-71-01", NOW, "FAITE"),
    (FOLLOWED, "D-71-01", "Preuve", "Bon de livraison"),
    (READINGS, "CO-71-k7q2-L01", "Constat", "Trois communes ont changé leurs marchés."),
    (READINGS, "CO-71-k7q2-L01", "Surprise", "Le bailleur aussi."),
    (READINGS, "CO-71-k7q2-L01", "Groupe", "Table 1"),
    (READINGS, "CO-71-k7q2-L02", "À vérifier", "Le chiffre d'Autun."),
    (AGREED, "CO-71-k7q2-01", "Énoncé", "Faut-il répondre ensemble ?"),
    (AGREED, "CO-71-k7q2-01", "Accord ou désaccord", "désaccord"),
    (AGREED, "CO-71-k7q2-01", "Positions en présence", "Les unes oui ; une autre jamais."),
    (AGREED, "CO-71-k7q2-01", "Appuis", 4),
    (HYPOTHESES, "H-01", NOW, "étayée"),
    (HYPOTHESES, "H-01", "Pièces pour", "Deux récits."),
    (HYPOTHESES, "H-71-k7q2-01", "Énoncé", "Les services changent après les élus."),
    (REFERENCES, "R-71-01", NOW, "contesté"),
    (REFERENCES, "R-71-01", "Nuance ou contestation", "Pas pour une petite association."),
    (DECISIONS, "D-71-k7q2-01", "Énoncé", "Inviter le bailleur."),
    (DECISIONS, "D-71-k7q2-01", "Porteur (structure ou rôle)", "La coordination"),
    (DECISIONS, "D-71-k7q2-01", "Échéance", "15 mars 2027"),
    (DECISIONS, "D-71-k7q2-01", "Portée", "à remonter"),
    (BALANCE, "Ce qui est à améliorer", "Réponse", "Finir à l'heure."),
    (PEOPLE, "Élus", "Nombre", 3),
    ("Séance", "Durée (minutes)", "", 170),
]

# What a session says of a decision is added to what others said.
SAID = "Séance du 10/12/2026 : "


@pytest.fixture(scope="module")
def recorded(room_in: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A room where the whole sheet was filled in, and what became of it."""
    room = room_in(tmp_path_factory.mktemp("seance"))
    return room, room.recorded(WHOLE)


@pytest.fixture
def room(request: pytest.FixtureRequest, room_in: Callable[..., Any], tmp_path: Path) -> Any:
    """A copy of that one for the tests that ask for its arrival, else a room before the session."""
    if "arrival" in request.fixturenames:
        return room_in(tmp_path, request.getfixturevalue("recorded")[0])
    return room_in(tmp_path)


@pytest.fixture
def arrival(recorded: Any) -> Any:
    return recorded[1]


def test_a_filled_sheet_feeds_every_register(room: Any, arrival: Any) -> None:
    assert room.told(arrival) == []
    counts = arrival.reception.counts
    assert (counts.read, counts.accepted) == (12, 12)
    session = room.record("sessions", room.session)
    assert session["date"] == date(2026, 12, 10)
    assert (session["level"], session["territory_id"], session["cycle_id"]) == ("local", "71", "C3")
    assert session["duration_min"] == 170


def test_a_followed_decision_keeps_what_was_not_typed(room: Any, arrival: Any) -> None:
    decision = room.record("decisions", "D-71-01")
    assert decision["status"] == "done"
    assert decision["evidence"] == f"{SAID}Bon de livraison"
    assert decision["what_happened"] == "Un brouillon circule."
    assert decision["carrier_role"] == "Le collectif"
    assert decision["due_on"] == date(2026, 11, 30)
    assert decision["session_id"] == "SE-71-06"
    assert decision["followed_in"] == room.session
    assert room.record("decisions", "D-71-02")["followed_in"] is None


def test_what_is_new_is_open_dated_and_of_the_territory(room: Any, arrival: Any) -> None:
    decision = room.record("decisions", "D-71-k7q2-01")
    assert (decision["status"], decision["scope"]) == ("to_do", "remontee")
    assert (decision["decided_on"], decision["due_on"]) == (date(2026, 12, 10), date(2027, 3, 15))
    assert (decision["session_id"], decision["territory_id"]) == (room.session, "71")
    hypothesis = room.record("hypotheses", "H-71-k7q2-01")
    assert (hypothesis["status"], hypothesis["moved_by"]) == ("stated", None)


def test_a_moved_hypothesis_names_the_session(room: Any, arrival: Any) -> None:
    hypothesis = room.record("hypotheses", "H-01")
    assert (hypothesis["status"], hypothesis["moved_by"]) == ("supported", room.session)
    assert hypothesis["evidence_for"] == "Séance du 10/12/2026 : Deux récits."
    reference = room.record("common_references", "R-71-01")
    assert (reference["status"], reference["session_id"]) == ("contested", room.session)


def test_what_is_said_of_a_hypothesis_is_added_to_what_was_said(room: Any, arrival: Any) -> None:
    corrected = [(HYPOTHESES, "H-01", "Pièces pour", "Trois récits.")]
    room.recorded(corrected, name="corrigée.xlsx")
    later = [(HYPOTHESES, "H-01", "Pièces pour", "Une lettre du maire.")]
    room.recorded(later, name="suivante.xlsx", session=room.next, day=date(2027, 3, 11))
    assert room.record("hypotheses", "H-01")["evidence_for"].splitlines() == [
        "Séance du 10/12/2026 : Trois récits.",
        "Séance du 11/03/2027 : Une lettre du maire.",
    ]


def test_a_common_reference_rests_on_sheets_named_by_their_title(room: Any) -> None:
    column = "Fiches d'appui"
    arrival = room.recorded(
        [(REFERENCES, "R-71-01", column, "un verger, partagé ; Une fiche perdue")]
    )
    kept = room.record("common_references", "R-71-01")
    assert kept["experience_ids"] == ("F-71-01", "F-71-02", "Une fiche perdue")
    assert room.told(arrival) == [
        "Repères 4 Fiches d'appui : « Une fiche perdue » : ni l'identifiant ni le titre d'une "
        "fiche connue ; gardé tel quel"
    ]


def test_readings_are_contributions_about_their_figure(room: Any, arrival: Any) -> None:
    found = room.record("contributions", "CO-71-k7q2-L01c")
    assert (found["type"], found["target"], found["group"]) == (
        "finding", "collectivites", "Table 1",
    )  # fmt: skip
    assert room.record("contributions", "CO-71-k7q2-L01s")["type"] == "surprise"
    assert room.record("contributions", "CO-71-k7q2-L02v")["type"] == "data_alert"


def test_a_disagreement_is_kept_with_its_positions(room: Any, arrival: Any) -> None:
    found = room.record("contributions", "CO-71-k7q2-01")
    assert found["type"] == "divergence"
    assert found["positions"] == "Les unes oui ; une autre jamais."
    assert found["supports"] == 4


def test_a_line_of_the_balance_speaks_of_the_session(room: Any, arrival: Any) -> None:
    found = room.record("contributions", "CO-71-k7q2-bilan-improve")
    assert (found["type"], found["target"]) == ("question", room.session)
    assert found["text"] == "Ce qui est à améliorer : Finir à l'heure."


def test_recorded_twice_it_changes_the_same_records(room: Any, arrival: Any) -> None:
    again = room.recorded(WHOLE, name="encore.xlsx")
    assert not again.brings
    assert again.reception.counts.duplicates == 12
    changed = [c if c[2] != "Constat" else (*c[:3], "Quatre communes.") for c in WHOLE]
    third = room.recorded(changed, name="corrigée.xlsx")
    assert {k: (set(w.new), set(w.changed)) for k, w in third.written.items() if w.rows} == {
        "contributions": (set(), {"CO-71-k7q2-L01c"})
    }
    assert room.record("contributions", "CO-71-k7q2-L01c")["text"] == "Quatre communes."


def test_undone_everything_stands_as_before(room: Any, arrival: Any) -> None:
    undo(room.book, arrival.import_id)
    assert room.record("decisions", "D-71-01")["status"] == "in_progress"
    assert room.texts("sessions", "session_id") == ["SE-71-06"]
    assert room.texts("contributions", "text") == []


def test_an_unfilled_sheet_says_only_that_the_session_was_held(room: Any) -> None:
    arrival = room.recorded()
    assert room.told(arrival) == []
    assert {t: len(w.new) + len(w.changed) for t, w in arrival.written.items()} == {"sessions": 1}


@pytest.mark.parametrize(
    ("written", "status"),
    [("fait", "done"), ("En coours", None), ("en  cours", "in_progress"), ("FAITE.", "done"),
     ("terminée", "done"), ("A FAIRE", "to_do"), ("fiat", None)],
)  # fmt: skip
def test_a_status_in_the_words_of_the_room(room: Any, written: str, status: str | None) -> None:
    arrival = room.recorded(
        [(FOLLOWED, "D-71-02", NOW, written), (FOLLOWED, "D-71-02", "Preuve", "x")]
    )
    kept = room.record("decisions", "D-71-02")
    assert kept["status"] == (status or "to_do")
    assert kept["evidence"] == (f"{SAID}x" if status else None)
    assert arrival.reception.counts.quarantined == (status is None)


def test_an_unknown_status_comes_back_with_its_row(room: Any) -> None:
    arrival = room.recorded([(FOLLOWED, "D-71-02", NOW, "En coours")])
    assert room.told(arrival) == [
        "Suite donnée 5 Statut aujourd'hui : « En coours » n'est pas dans la liste ; écrire "
        "peut-être « En cours »"
    ]


def test_the_row_given_back_is_corrected_and_received(room: Any) -> None:
    back = room.recorded([(FOLLOWED, "D-71-02", NOW, "fiat"),
                          (FOLLOWED, "D-71-02", "Preuve", "Photo")]).quarantine  # fmt: skip
    opened = openpyxl.load_workbook(back)
    sheet = opened["Lignes refusées"]
    head = [cell.value for cell in sheet[1]]
    sheet.cell(2, head.index(NOW) + 1).value = "faite"
    opened.save(room.folder / "corrigé.issues.xlsx")
    again = room.received(room.folder / "corrigé.issues.xlsx")
    assert room.told(again) == []
    kept = room.record("decisions", "D-71-02")
    assert (kept["status"], kept["evidence"]) == ("done", f"{SAID}Photo")
    assert kept["followed_in"] == room.session


@pytest.mark.parametrize(
    ("written", "read"),
    [("31/03/27", date(2027, 3, 31)), ("fin mars", date(2027, 3, 31)),
     ("d'ici fin mars 2027", date(2027, 3, 31)), ("15 janvier", date(2027, 1, 15)),
     ("15/1", date(2027, 1, 15)), ("2027-01-15", date(2027, 1, 15)), ("bientôt", None)],
)  # fmt: skip
def test_a_day_in_the_words_of_the_room(room: Any, written: str, read: date | None) -> None:
    arrival = room.recorded(
        [(DECISIONS, "D-71-k7q2-01", "Énoncé", "Écrire."),
         (DECISIONS, "D-71-k7q2-01", "Échéance", written)]
    )  # fmt: skip
    assert room.record("decisions", "D-71-k7q2-01")["due_on"] == read
    said = room.told(arrival)
    if read is None:
        assert said == ["Décisions 4 Échéance : « bientôt » n'est pas une date ; écrire jj/mm/aaaa"]
    elif written != "2027-01-15":
        assert said == [f"Décisions 4 Échéance : « {written} » : lu comme le {read:%d/%m/%Y}"]


def test_a_name_typed_as_a_number_is_never_kept(room: Any) -> None:
    arrival = room.recorded([(PEOPLE, "Élus", "Nombre", "Zélie Quatremer"),
                             (PEOPLE, "Habitants", "Nombre", 2)])  # fmt: skip
    assert room.told(arrival) == [
        "Participants 7 Nombre : « [nom masqué] » n'est pas un nombre entier ; écrire par exemple "
        "12"
    ]
    assert room.texts("session_participants", "category") == ["habitants"]
    back = openpyxl.load_workbook(arrival.quarantine)
    cells = " ".join(str(c.value) for s in back for row in s.iter_rows() for c in row)
    assert "Quatremer" not in cells


def test_a_person_carries_nothing(room: Any) -> None:
    arrival = room.recorded(
        [(DECISIONS, "D-71-k7q2-01", "Énoncé", "Écrire."),
         (DECISIONS, "D-71-k7q2-01", "Porteur (structure ou rôle)", "Madame Quatremer")]
    )  # fmt: skip
    assert room.told(arrival) == [
        "Décisions 4 Porteur (structure ou rôle) : « [nom masqué] » : un nom de personne n'est "
        "jamais gardé : écrire une structure ou un rôle"
    ]
    assert room.record("decisions", "D-71-k7q2-01")["carrier_role"] is None


def test_a_statement_nobody_marked_is_no_agreement(room: Any) -> None:
    arrival = room.recorded([(AGREED, "CO-71-k7q2-01", "Énoncé", "On se connaît mieux.")])
    assert room.record("contributions", "CO-71-k7q2-01")["type"] == "finding"
    assert room.told(arrival) == [
        "Accords et désaccords 4 Énoncé : « On se connaît mieux. » : ni accord ni désaccord n'est "
        "coché : gardé comme constat"
    ]


def test_a_decision_becomes_another(room: Any) -> None:
    reason = "Motif, ou ce qu'elle devient"
    room.recorded([(FOLLOWED, "D-71-02", NOW, "transformée"),
                   (FOLLOWED, "D-71-02", reason, "Inviter les trois communes.")])  # fmt: skip
    heir = room.record("decisions", "D-71-02-k7q2")
    assert heir["statement"] == "Inviter les trois communes."
    assert (heir["parent_id"], heir["status"]) == ("D-71-02", "to_do")
    assert (heir["session_id"], heir["territory_id"]) == (room.session, "71")
    assert room.record("decisions", "D-71-02")["status"] == "transformed"


def sort_rows(opened: Any) -> None:
    sheet = opened[FOLLOWED]
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=4)]
    for number, row in enumerate(reversed(rows), start=4):
        for place, value in enumerate(row, start=1):
            sheet.cell(number, place).value = value


def drop_columns(opened: Any) -> None:
    for title in ("Porteur", "Échéance", "Statut précédent", "Preuve"):
        place = next(c.column for c in opened[FOLLOWED][3] if c.value == title)
        opened[FOLLOWED].delete_cols(place)


def drop_ids(opened: Any) -> None:
    opened[FOLLOWED].delete_cols(1)


def misspell(opened: Any) -> None:
    sheet = opened[FOLLOWED]
    for cell in sheet[3]:
        wrong = {NOW: "statut ajourd'hui", "Ce qui s'est passé": "CE QUI C'EST PASSE",
                 "Identifiant": "Identifant"}  # fmt: skip
        cell.value = wrong.get(cell.value, cell.value)
    sheet.title = "suite donnee"


def add_rows_above(opened: Any) -> None:
    opened[FOLLOWED].insert_rows(3, 2)


@pytest.mark.parametrize(
    "change",
    [sort_rows, drop_columns, drop_ids, misspell, add_rows_above],
    ids=lambda f: f.__name__,
)
def test_a_sheet_handled_roughly_is_read(room: Any, change: Callable[[Any], None]) -> None:
    arrival = room.recorded(
        [(FOLLOWED, "D-71-02", NOW, "en cours"),
         (FOLLOWED, "D-71-02", "Ce qui s'est passé", "Deux rendez-vous.")],
        change=change,
    )  # fmt: skip
    assert room.told(arrival) == []
    kept = room.record("decisions", "D-71-02")
    assert (kept["status"], kept["what_happened"]) == ("in_progress", f"{SAID}Deux rendez-vous.")
    assert kept["carrier_role"] == "La coordination"
    assert room.record("decisions", "D-71-01")["followed_in"] is None


def test_a_column_of_ones_own_is_told_cell_by_cell(room: Any) -> None:
    def add(opened: Any) -> None:
        opened[FOLLOWED]["K3"], opened[FOLLOWED]["K4"] = "Mes notes", "Rappeler lundi"

    arrival = room.recorded(change=add)
    assert room.told(arrival) == [
        "Suite donnée 4 K : « Rappeler lundi » : écrit hors des cellules à remplir (K4), n'est "
        "pas gardé",
    ]


def test_merged_cells_speak_of_their_first_row(room: Any) -> None:
    def merge(opened: Any) -> None:
        opened[FOLLOWED]["G4"] = "Vu ensemble."
        opened[FOLLOWED].merge_cells("G4:G5")

    arrival = room.recorded(change=merge)
    assert room.record("decisions", "D-71-01")["what_happened"] == (
        f"Un brouillon circule.\n{SAID}Vu ensemble."
    )
    assert room.record("decisions", "D-71-02")["what_happened"] is None
    assert room.told(arrival) == [
        "Suite donnée 4 Ce qui s'est passé : « Vu ensemble. » : cellules fusionnées (G4:G5) : lu "
        "pour la ligne 4 seulement"
    ]


def test_a_printed_cell_written_over_is_told_and_changes_nothing(room: Any) -> None:
    arrival = room.recorded([(FOLLOWED, "D-71-02", NOW, "en cours"),
                             (FOLLOWED, "D-71-02", "Énoncé", "Voir les maires.")])  # fmt: skip
    assert room.told(arrival) == [
        "Suite donnée 5 Énoncé : « Voir les maires. » : l'énoncé de ce qui est déjà au registre ne "
        "se change pas dans cette fiche"
    ]
    kept = room.record("decisions", "D-71-02")
    assert kept["statement"] == "Rencontrer les trois communes du canal."
    assert kept["status"] == "in_progress"


def test_an_unknown_decision_is_given_back(room: Any) -> None:
    def write(opened: Any) -> None:
        sheet = opened[FOLLOWED]
        sheet["B6"], sheet["F6"] = "Planter des arbres.", "faite"

    arrival = room.recorded(change=write)
    assert room.told(arrival) == [
        "Suite donnée 6  : Ligne non lue : « Planter des arbres. » n'est l'énoncé ni l'identifiant "
        "d'aucune décision connue ; une décision nouvelle s'écrit dans la feuille « Décisions » ; "
        "la corriger et la déposer à nouveau, ou l'ignorer"
    ]
    assert arrival.reception.counts.quarantined == 1


RETYPED = [
    ["énoncé", "statut", "Ce qui sest passé"],
    ["Ecrire une plaquette comune", "fait", "Imprimée."],
    [],
    ["Énoncé", "Porteur", "Pour quand", "Echeance"],
    ["Visiter la ressourcerie.", "Le collectif", "vite", "fin avril"],
]


def retyped(folder: Path) -> Path:
    book = openpyxl.Workbook()
    for row in RETYPED:
        book.active.append(row)
    book.save(folder / "photo.xlsx")
    return folder / "photo.xlsx"


def test_a_sheet_retyped_from_a_photograph(room: Any) -> None:
    arrival = room.received(retyped(room.folder), session=room.session)
    assert room.record("decisions", "D-71-01")["status"] == "done"
    assert room.record("decisions", "D-71-01")["what_happened"] == (
        f"Un brouillon circule.\n{SAID}Imprimée."
    )
    assert "Visiter la ressourcerie." in room.texts("decisions", "statement")
    assert room.record("sessions", room.session)["date"] == date(2026, 12, 10)
    assert room.told(arrival) == [
        "Sheet 2 Énoncé : « Ecrire une plaquette comune » : lu comme la décision « D-71-01 », dont "
        "l'énoncé est presque le même",
        "Sheet 5 Échéance : « fin avril » : lu comme le 30/04/2027",
        "Sheet 5 C : « vite » : écrit hors des cellules à remplir (C5), n'est pas gardé",
    ]
    assert not room.received(retyped(room.folder), session=room.session).brings


def test_a_sheet_that_names_no_session_asks_for_it(room: Any) -> None:
    def lose(opened: Any) -> None:
        del opened["Séance"]

    path = room.filled([(FOLLOWED, "D-71-02", NOW, "en cours")], change=lose)
    _, [(_, error)] = receive_files(room.book, [path])
    assert isinstance(error, DtsError)
    assert error.message == (
        "« saisie.xlsx » est une fiche de saisie, mais rien n'y dit de quelle séance elle vient."
    )
    assert error.fix.endswith("dts session record FICHIER --session SE-…")
    room.received(path, session=room.session)
    assert room.record("decisions", "D-71-02")["followed_in"] == room.session


def test_a_sheet_of_another_session_is_not_mistaken(room: Any) -> None:
    path = room.filled([(FOLLOWED, "D-71-02", NOW, "en cours")])
    _, [(_, error)] = receive_files(room.book, [path], session={"session_id": room.next})
    assert str(error).startswith(
        "« saisie.xlsx » est la fiche de la séance « SE-71-2026-12-10-k7q2 », et non de « "
    )


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_filled_and_saved_by_libreoffice(
    room: Any, in_calc: Callable[..., Path], kind: str
) -> None:
    cells = [(FOLLOWED, 5, 3, "Faite"), (FOLLOWED, 7, 3, "Remise aux communes."),
             (READINGS, 3, 4, "On ne voit pas les petites."), (PEOPLE, 1, 4, "12")]  # fmt: skip
    path = in_calc(room.filled(), room.folder / f"rendue.{kind}", cells)
    arrival = room.received(path)
    assert room.told(arrival) == []
    assert room.record("decisions", "D-71-01")["status"] == "done"
    assert room.record("contributions", "CO-71-k7q2-L02c") is not None
    assert room.record("session_participants", "SP-71-k7q2-permanents_siae")["count"] == 12


OTHERS = [
    [["Identifiant de la décision", "Énoncé", "Statut", "Motif", "Échéance"],
     ["D-1", "Écrire.", "à faire", "", ""]],
    [["Date", "12/03/2026"], ["Territoire", "71"], ["Niveau", "Local"], ["Cycle", "C3"]],
    [["Titre", "Résumé", "À vérifier", "Structure", "Date"], ["Un atelier", "x", "y", "z", "2024"]],
    [["Catégorie", "Nombre"], ["Élus", "3"]],
]  # fmt: skip


@pytest.mark.parametrize("rows", OTHERS, ids=["decisions", "facts", "sheets", "counts"])
def test_another_table_is_not_taken_for_a_capture_sheet(room: Any, rows: list[list[str]]) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(room.folder / "autre.xlsx")
    assert captured("autre.xlsx", read_grids(room.folder / "autre.xlsx"), Register()) is None
