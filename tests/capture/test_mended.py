"""What is written where nothing is asked, said twice a day, denied, or undone: told, or kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from dts_research.intake.capture_entries import NO_NAMES
from dts_research.intake.capture_known import code_of
from dts_research.schema.catalogue import catalogue

FOLLOWED, READINGS, HYPOTHESES, REFERENCES = "Suite donnée", "Lectures", "Hypothèses", "Repères"
NOW, BEFORE = "Statut aujourd'hui", "Statut précédent"
TWIN = "SE-71-2026-12-10-w4p9"
OVER = "cette cellule n'est pas à remplir : écrire dans une cellule blanche"
STATED = "l'énoncé de ce qui est déjà au registre ne se change pas dans cette fiche"

WRITTEN_OVER = [
    ((FOLLOWED, "D-71-02", "Énoncé", "Voir les maires."),
     f"Suite donnée 5 Énoncé : « Voir les maires. » : {STATED}"),
    ((FOLLOWED, "D-71-02", "Porteur", "Le bailleur"),
     f"Suite donnée 5 Porteur : « Le bailleur » : {OVER}"),
    ((FOLLOWED, "D-71-02", "Échéance", "fin mars"),
     f"Suite donnée 5 Échéance : « fin mars » : {OVER}"),
    ((FOLLOWED, "D-71-02", BEFORE, "Faite"),
     f"Suite donnée 5 Statut précédent : « Faite » : {OVER}"),
    ((FOLLOWED, "D-71-02", "Identifiant", "voir avec Luc"),
     f"Suite donnée 5 Identifiant : « voir avec Luc » : {OVER}"),
    ((READINGS, "CO-71-k7q2-L02", "Titre", "Titre à revoir"),
     f"Lectures 5 Titre : « Titre à revoir » : {OVER}"),
    ((READINGS, "CO-71-k7q2-L02", "Figure", "la carte"),
     f"Lectures 5 Figure : « la carte » : {OVER}"),
    ((HYPOTHESES, "H-01", BEFORE, "étayée"),
     f"Hypothèses 4 Statut précédent : « étayée » : {OVER}"),
    ((HYPOTHESES, "H-71-k7q2-01", BEFORE, "nouvelle"),
     f"Hypothèses 6 Statut précédent : « nouvelle » : {OVER}"),
    ((REFERENCES, "R-71-01", "Énoncé", "Commencer petit."),
     f"Repères 4 Énoncé : « Commencer petit. » : {STATED}"),
    (("Bilan de la séance", "Ce qui a bien marché", "Question", "Le repas partagé"),
     f"Bilan de la séance 7 Question : « Le repas partagé » : {OVER}"),
    (("Participants", "Élus", "Catégorie", "Zélie Quatremer"),
     f"Participants 7 Catégorie : « un texte » : {OVER}"),
]  # fmt: skip


def test_each_printed_cell_written_over_is_told_with_nothing_beside(room: Any) -> None:
    for number, (cell, said) in enumerate(WRITTEN_OVER):
        arrival = room.received(room.filled([cell], name=f"{number}.xlsx"))
        assert room.told(arrival) == [said], cell


def test_a_sheet_prepared_before_a_move_is_as_it_was_printed(room: Any) -> None:
    room.filled(name="ancienne.xlsx")
    later = [(FOLLOWED, "D-71-02", NOW, "en cours"), (HYPOTHESES, "H-01", NOW, "étayée")]
    room.recorded(later, name="suivante.xlsx", session=room.next, day=date(2027, 3, 11))
    assert room.told(room.received(room.folder / "ancienne.xlsx")) == []


def test_a_row_whose_record_was_retired_since_tells_nothing(room: Any) -> None:
    def stranger(opened: Any) -> None:
        opened[HYPOTHESES]["A4"] = "H-99"

    assert room.told(room.recorded(change=stranger)) == []


def test_two_sessions_of_one_day_keep_each_its_piece(room: Any) -> None:
    room.recorded([(HYPOTHESES, "H-01", "Pièces pour", "Deux récits.")], name="une.xlsx")
    room.recorded([(HYPOTHESES, "H-01", "Pièces pour", "Une lettre.")], name="autre.xlsx",
                  session=TWIN)  # fmt: skip
    assert room.record("hypotheses", "H-01")["evidence_for"].splitlines() == [
        "Séance du 10/12/2026 : Deux récits.",
        "Séance du 10/12/2026 (71-w4p9) : Une lettre.",
    ]
    room.recorded([(HYPOTHESES, "H-01", "Pièces pour", "Un appel.")], name="bis.xlsx",
                  session=TWIN)  # fmt: skip
    assert room.record("hypotheses", "H-01")["evidence_for"].splitlines() == [
        "Séance du 10/12/2026 : Deux récits.",
        "Séance du 10/12/2026 (71-w4p9) : Un appel.",
    ]


@pytest.mark.parametrize(
    ("codelist", "text"),
    [("decision_status", "non faite"), ("decision_status", "pas faite"),
     ("decision_status", "Non-faite"), ("hypothesis_status", "pas étayée"),
     ("hypothesis_status", "n'est pas étayée")],
)  # fmt: skip
def test_what_is_denied_is_neither_read_nor_suggested(codelist: str, text: str) -> None:
    codes = catalogue().codelists[codelist]
    assert code_of(codelist, text) not in codes.labels
    assert codes.nearest(text) is None


def test_a_status_denied_comes_back_with_the_whole_list(room: Any) -> None:
    (said,) = room.told(room.recorded([(FOLLOWED, "D-71-02", NOW, "non faite")]))
    assert said.startswith(
        "Suite donnée 5 Statut aujourd'hui : « non faite » n'est pas dans la liste ; choisir parmi"
    )
    assert catalogue().codelists["decision_status"].nearest("fiate") == "done"


@pytest.mark.parametrize(
    ("written", "kept", "said"),
    [("Madame Quatremer", None, NO_NAMES),
     ("Madame Quatremer, animatrice", "animatrice", f"{NO_NAMES} ; gardé : « animatrice »")],
)  # fmt: skip
def test_who_leads_is_a_role_and_a_name_is_told(
    room: Any, written: str, kept: str | None, said: str
) -> None:
    title = "Fonction de la personne qui anime"
    (told,) = room.told(room.recorded([("Séance", title, "", written)]))
    assert told.startswith("Séance ")
    assert told.endswith(f" : {said}")
    assert title in told
    assert "Quatremer" not in told
    assert room.record("sessions", room.session)["facilitator_role"] == kept


def test_what_was_told_since_is_not_undone_by_an_older_sheet(room: Any) -> None:
    room.recorded([(FOLLOWED, "D-71-02", NOW, "en cours")], name="séance.xlsx")
    row = {"decision_id": "D-71-02", "statement": "Rencontrer les trois communes du canal.",
           "status": "done", "updated_on": "2026-12-15"}  # fmt: skip
    pd.DataFrame([row]).to_csv(room.folder / "depuis.csv", index=False)
    room.received(room.folder / "depuis.csv")
    again = [(FOLLOWED, "D-71-02", NOW, "en cours"), (FOLLOWED, "D-71-02", "Preuve", "Photo")]
    assert room.told(room.recorded(again, name="encore.xlsx")) == [
        "Suite donnée 5 Statut aujourd'hui : « D-71-02 » a été mis à jour depuis, le 15/12/2026 : "
        "« Faite » ; vider la cellule, ou noter le nouveau statut par dts decide ou dts hypothesis"
    ]
    assert room.record("decisions", "D-71-02")["status"] == "done"
