"""A status moves as it may: from whatever file, with who moved it; else the row comes back."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pandas as pd
import pytest

from dts_research.schema import catalogue

FOLLOWED, HYPOTHESES, NOW = "Suite donnée", "Hypothèses", "Statut aujourd'hui"
MOVING = [s.name for s in catalogue().tables.values() if s.transitions is not None]
LEGAL = {
    "decisions": {
        ("to_do", "in_progress"), ("in_progress", "to_do"), ("to_do", "done"),
        ("in_progress", "done"), ("to_do", "abandoned"), ("in_progress", "abandoned"),
        ("to_do", "transformed"), ("in_progress", "transformed"), ("done", "in_progress"),
    },
    "hypotheses": {
        ("stated", "examined"), ("examined", "supported"), ("examined", "qualified"),
        ("examined", "set_aside"), ("supported", "examined"), ("qualified", "examined"),
        ("set_aside", "examined"),
    },
}  # fmt: skip


def sent(room: Any, table: str, **row: str) -> Any:
    path = room.folder / f"{table}.csv"
    pd.DataFrame([row]).to_csv(path, index=False)
    return room.received(path)


def decision(key: str, status: str, **more: str) -> dict[str, str]:
    return {"decision_id": key, "statement": "Écrire.", "status": status, **more}


def hypothesis(key: str, status: str, **more: str) -> dict[str, str]:
    return {"hypothesis_id": key, "statement": "Une offre.", "status": status, **more}


def test_registers_that_move_are_declared_with_codes_there_are() -> None:
    assert set(MOVING) == {"decisions", "hypotheses", "common_references"}
    for name in MOVING:
        schema = catalogue().tables[name]
        rules = schema.transitions
        assert rules is not None
        codes = set(catalogue().codelists[str(schema.field(rules.field).codelist)].labels)
        fields = {rules.by, *(f for m in rules.moves for f in (*m.needs, *m.renews))}
        assert fields <= set(schema.names)
        assert all(m.before | m.after <= codes for m in rules.moves)


@pytest.mark.parametrize("table", sorted(LEGAL))
def test_the_moves_that_are_allowed_are_these(table: str) -> None:
    rules = catalogue().tables[table].transitions
    assert rules is not None
    codes = catalogue().codelists[str(catalogue().tables[table].field("status").codelist)].labels
    found = {(a, b) for a, b in product(codes, codes) if a != b and rules.move(a, b)}
    assert found == LEGAL[table]


REFUSED = [
    (decision("D-71-03", "to_do"),
     "« D-71-03 » est « Faite » et ne peut pas devenir « À faire » ; choisir « En cours », ou "
     "laisser la cellule vide"),
    (decision("D-71-03", "in_progress", what_happened="Il est tenu."),
     "« D-71-03 » passe de « Faite » à « En cours », mais « Ce qui s'est passé depuis » ne dit "
     "rien de nouveau ; écrire dans « Ce qui s'est passé depuis » ce qui a changé"),
    (decision("D-71-02", "abandoned"),
     "« D-71-02 » passe de « À faire » à « Abandonnée », mais « Motif » est vide ; remplir "
     "« Motif »"),
    (decision("D-71-02", "transformed", reason="Autre chose."),
     "« D-71-02 » passe de « À faire » à « Transformée », mais aucune décision n'en est issue ; "
     "écrire la décision qu'elle devient"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "said"), REFUSED, ids=lambda v: str(v)[:40])
def test_a_decision_that_may_not_move_comes_back(room: Any, row: Any, said: str) -> None:
    before = room.record("decisions", row["decision_id"])
    arrival = sent(room, "decisions", **row)
    assert room.told(arrival) == [f" 2 status : {said}"]
    assert arrival.reception.counts.quarantined == 1
    assert room.record("decisions", row["decision_id"]) == before
    assert arrival.quarantine is not None


def test_a_decision_taken_up_again_says_why(room: Any) -> None:
    sent(room, "decisions", **decision("D-71-03", "in_progress", what_happened="Plus personne."))
    assert room.record("decisions", "D-71-03")["status"] == "in_progress"


def test_a_transformed_decision_is_final(room: Any) -> None:
    rows = [decision("D-71-02", "transformed"), decision("D-71-09", "to_do", parent_id="D-71-02")]
    path = room.folder / "decisions.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    room.received(path)
    assert room.record("decisions", "D-71-02")["status"] == "transformed"
    again = sent(room, "decisions", **decision("D-71-02", "done"))
    assert room.told(again) == [
        " 2 status : « D-71-02 » est « Transformée » et ne peut pas devenir « Faite » ; son statut "
        "ne bouge plus : prendre une nouvelle décision"
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [({}, "« H-01 » passe de « En examen » à « Étayée », mais rien ne dit quelle séance ou quelle "
      "analyse l'a fait bouger ; remplir « Séance ou analyse qui l'a fait bouger »"),
     ({"moved_by": "SE-71-06"}, "« H-01 » passe de « En examen » à « Étayée », mais « SE-71-06 » "
      "est ce qui l'avait fait bouger la fois d'avant ; écrire dans « Séance ou analyse qui l'a "
      "fait bouger » ce qui la fait bouger cette fois"),
     ({"moved_by": "analyse-diversite"}, "")],
)  # fmt: skip
def test_a_hypothesis_does_not_move_by_itself(room: Any, more: dict[str, str], said: str) -> None:
    arrival = sent(room, "hypotheses", **hypothesis("H-01", "supported", **more))
    assert room.told(arrival) == ([f" 2 status : {said}"] if said else [])
    assert room.record("hypotheses", "H-01")["status"] == ("examined" if said else "supported")


def test_a_common_reference_moves_freely_but_in_a_session(room: Any) -> None:
    row = {"reference_id": "R-71-01", "statement": "Commencer.", "status": "contested"}
    arrival = sent(room, "common_references", **row)
    assert room.told(arrival) == [
        " 2 status : « R-71-01 » passe de « Adopté » à « Contesté », mais rien ne dit quelle "
        "séance ou quelle analyse l'a fait bouger ; remplir « Séance »"
    ]
    sent(room, "common_references", **row, session_id="SE-71-06")
    assert room.record("common_references", "R-71-01")["status"] == "contested"


def test_the_first_time_any_status_is_right(room: Any) -> None:
    sent(room, "decisions", **decision("D-71-50", "abandoned"))
    sent(room, "hypotheses", **hypothesis("H-50", "set_aside"))
    assert room.record("decisions", "D-71-50")["status"] == "abandoned"
    assert room.record("hypotheses", "H-50")["status"] == "set_aside"


def test_in_the_room_too_a_bad_move_comes_back_with_all_its_row(room: Any) -> None:
    def write(opened: Any) -> None:
        sheet = opened[FOLLOWED]
        sheet["B6"], sheet["F6"] = "Tenir un registre des appels.", "transformée"
        sheet["I6"] = "Tenir un tableau commun."

    arrival = room.recorded(change=write)
    assert room.told(arrival) == [
        "Suite donnée 6 Statut aujourd'hui : « D-71-03 » est « Faite » et ne peut pas devenir "
        "« Transformée » ; choisir « En cours », ou laisser la cellule vide"
    ]
    assert "Tenir un tableau commun." not in room.texts("decisions", "statement")
    assert room.record("decisions", "D-71-03")["followed_in"] is None
    refused = arrival.reception.quarantined
    assert refused["Motif, ou ce qu'elle devient"].tolist() == ["Tenir un tableau commun."]


def test_a_hypothesis_stated_is_examined_first(room: Any) -> None:
    arrival = room.recorded([(HYPOTHESES, "H-02", NOW, "étayée"),
                             (HYPOTHESES, "H-02", "Pièces pour", "Deux récits.")])  # fmt: skip
    assert room.told(arrival) == [
        "Hypothèses 5 Statut aujourd'hui : « H-02 » est « Posée » et ne peut pas devenir "
        "« Étayée » ; choisir « En examen », ou laisser la cellule vide"
    ]
    assert room.record("hypotheses", "H-02")["evidence_for"] is None


def test_a_session_corrects_what_it_said(room: Any) -> None:
    room.recorded([(FOLLOWED, "D-71-02", NOW, "faite")])
    room.recorded([(FOLLOWED, "D-71-02", NOW, "à faire")], name="corrigée.xlsx")
    assert room.record("decisions", "D-71-02")["status"] == "to_do"
    room.recorded([(HYPOTHESES, "H-01", NOW, "étayée")], name="h1.xlsx")
    room.recorded([(HYPOTHESES, "H-01", NOW, "écartée")], name="h2.xlsx")
    kept = room.record("hypotheses", "H-01")
    assert (kept["status"], kept["moved_by"]) == ("set_aside", room.session)


def test_what_a_later_session_said_is_not_undone_by_an_older_sheet(room: Any) -> None:
    cells = [(FOLLOWED, "D-71-02", NOW, "en cours")]
    later = [(FOLLOWED, "D-71-02", NOW, "faite")]
    room.filled(cells, name="ancienne.xlsx")
    room.recorded(later, name="suivante.xlsx", session=room.next, day=date(2027, 3, 11))
    arrival = room.received(room.folder / "ancienne.xlsx")
    assert room.told(arrival) == [
        "Suite donnée 5 Statut aujourd'hui : « D-71-02 » a été suivi depuis, à la séance "
        "« SE-71-2027-03-11-z3m8 » du 11/03/2027 ; corriger dans la fiche de cette séance-là"
    ]
    assert room.record("decisions", "D-71-02")["status"] == "done"
