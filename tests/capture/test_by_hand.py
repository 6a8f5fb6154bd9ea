"""The registers by hand: one command notes or moves one record, through the same reception."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from dts_research.cli import main


@pytest.fixture
def dts(room: Any) -> Callable[..., Any]:
    def run(*words: str) -> Any:
        place = ["--workbook", str(room.book.workspace.data)]
        return CliRunner().invoke(main, [*place, *words], prog_name="dts")

    return run


def test_a_decision_is_noted(dts: Callable[..., Any], room: Any) -> None:
    done = dts("decide", "Inviter le bailleur.", "--territory", "71", "--carrier",
               "La coordination", "--due", "31/03/27", "--expected", "Une date est fixée.",
               "--scope", "à remonter", "--session", "SE-71-06", "--json")  # fmt: skip
    assert done.exit_code == 0, done.output
    kept = json.loads(done.stdout)
    assert kept["id"].startswith("D-71-")
    assert (kept["status"], kept["due_on"]) == ("to_do", "2027-03-31")
    assert (kept["decided_on"], kept["session_id"]) == ("2026-06-04", "SE-71-06")
    assert (kept["carrier_role"], kept["scope"]) == ("La coordination", "remontee")
    assert room.record("decisions", kept["id"])["statement"] == "Inviter le bailleur."


def test_a_decision_moves_and_keeps_the_rest(dts: Callable[..., Any], room: Any) -> None:
    done = dts("decide", "D-71-01", "--status", "faite", "--evidence", "Bon de livraison")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == "D-71-01 · Décisions"
    assert "    Statut : Faite" in lines
    assert "    Échéance : 30/11/2026" in lines
    kept = room.record("decisions", "D-71-01")
    assert (kept["what_happened"], kept["evidence"]) == (
        "Un brouillon circule.", "Bon de livraison",
    )  # fmt: skip


def test_what_a_command_told_is_kept_traced_and_undone(dts: Callable[..., Any], room: Any) -> None:
    dts("decide", "D-71-01", "--status", "faite")
    traced = dts("trace", "D-71-01", "Statut").stdout
    assert "decision-D-71-01.csv" in traced
    assert "decisions.csv" in dts("trace", "D-71-01", "Énoncé").stdout
    assert list(room.book.workspace.raw.glob("*.csv"))
    assert dts("undo", "--yes").exit_code == 0
    assert room.record("decisions", "D-71-01")["status"] == "in_progress"


def test_a_bad_move_is_refused_with_the_reason(dts: Callable[..., Any], room: Any) -> None:
    done = dts("decide", "D-71-02", "--status", "abandonnée")
    assert done.exit_code == 2
    assert done.stderr.splitlines() == [
        "« D-71-02 » passe de « À faire » à « Abandonnée », mais « Motif » est vide. Rien n'a "
        "changé.",
        "→ Remplir « Motif ».",
    ]
    assert room.record("decisions", "D-71-02")["status"] == "to_do"
    assert not list(room.book.workspace.quarantine.glob("decision-*"))


def test_a_decision_becomes_another(dts: Callable[..., Any], room: Any) -> None:
    done = dts("decide", "D-71-02", "--status", "transformée", "--becomes", "Les inviter.")
    assert done.exit_code == 0, done.output
    (frame,) = room.book.frames("decisions")
    heir = frame[frame["parent_id"] == "D-71-02"]
    assert heir["statement"].tolist() == ["Les inviter."]
    assert heir["territory_id"].tolist() == ["71"]


WRONG = [
    (("decide", "D-71-11", "--status", "faite"),
     "Aucun enregistrement ne porte l'identifiant « D-71-11 ».\n→ Le plus proche est « D-71-01 »."),
    (("decide", "D-71-01", "--status", "fiate"),
     "Statut « fiate » inconnu ; le plus proche est « Faite ».\n→ Choisir parmi : « à faire », "
     "« en cours », « faite », « abandonnée », « transformée »."),
    (("decide", "Écrire.", "--due", "bientôt"),
     "« bientôt » n'est pas un jour.\n→ Écrire par exemple 31/03/2027 ou « fin mars »."),
    (("decide", "Écrire.", "--carrier", "Madame Quatremer"),
     "Une décision est portée par une structure ou un rôle, jamais par une personne.\n→ Écrire une "
     "structure (« Le collectif des AI ») ou un rôle (« La coordination »)."),
    (("hypothesis", "H-01", "--status", "étayée", "--session", "SE-99"),
     "La séance « SE-99 » est inconnue.\n→ Séances : SE-71-06."),
    (("hypothesis", "H-01", "--status", "étayée", "--session", "SE-71-06", "--analysis", "acp"),
     "Une hypothèse bouge par une séance ou par une analyse, pas les deux à la fois.\n→ Garder "
     "--session ou --analysis."),
    (("hypothesis", "H-01", "--status", "étayée"),
     "« H-01 » passe de « En examen » à « Étayée », mais « SE-71-06 » est ce qui l'avait fait "
     "bouger la fois d'avant. Rien n'a changé.\n→ Écrire dans « Séance ou analyse qui l'a fait "
     "bouger » ce qui la fait bouger cette fois."),
]  # fmt: skip


@pytest.mark.parametrize(("words", "said"), WRONG, ids=lambda v: " ".join(v)[:40])
def test_what_is_wrong_is_said_in_one_sentence(
    dts: Callable[..., Any], words: tuple[str, ...], said: str
) -> None:
    done = dts(*words)
    assert done.exit_code == 2
    assert done.stderr.strip() == said


def test_a_hypothesis_is_stated_then_moved_by_an_analysis(
    dts: Callable[..., Any], room: Any
) -> None:
    made = dts("hypothesis", "Les élus changent d'abord.", "--territory", "71", "--json")
    key = json.loads(made.stdout)["id"]
    assert room.record("hypotheses", key)["status"] == "stated"
    moved = dts("hypothesis", key, "--status", "en examen", "--analysis", "comparaison-71")
    assert moved.exit_code == 0, moved.output
    kept = room.record("hypotheses", key)
    assert (kept["status"], kept["moved_by"]) == ("examined", "comparaison-71")


def test_a_sheet_is_recorded_by_one_command(dts: Callable[..., Any], room: Any) -> None:
    path = room.filled([("Suite donnée", "D-71-02", "Statut aujourd'hui", "En coours"),
                        ("Suite donnée", "D-71-01", "Statut aujourd'hui", "faite")])  # fmt: skip
    done = dts("session", "record", str(path))
    assert done.exit_code == 1
    assert done.stdout.splitlines()[-2:] == [
        "À relire :",
        "    Suite donnée, ligne 5, « Statut aujourd'hui » : « En coours » n'est pas dans la liste "
        "; écrire peut-être « En cours ».",
    ]
    (as_json,) = json.loads(dts("session", "record", str(path), "--json").stdout)
    assert (as_json["read"], as_json["quarantined"]) == (3, 1)
