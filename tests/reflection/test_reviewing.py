"""Readings: one step at a time, with the answers of a grid, for the words that were read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dts_research.errors import MaterialError, RequestError
from dts_research.reflection.criteria import ANSWERS, NO, YES, answer_of, criteria
from dts_research.reflection.review_grid import read_grid, write_grid
from dts_research.reflection.reviewing import (
    Answer,
    Standing,
    Subject,
    faults,
    readings,
    record,
    register_path,
    standing,
)
from dts_research.workspace import Workspace

SUBJECT = Subject("71/tous/f", "comment", "f", "mots", {"f": "abc"})
DAY = "2026-03-12"
ALL = {code: Answer(YES) for code in criteria()}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "data", tmp_path / "reports", tmp_path / "notebooks")


def now(workspace: Workspace, subject: Subject = SUBJECT) -> Standing:
    return standing(subject, readings(workspace))


def read(workspace: Workspace, state: str, subject: Subject = SUBJECT, **given: Any) -> None:
    given = {"role": "Relectrice", "day": DAY} | given
    record(workspace, now(workspace, subject), state=state, **given)


def test_the_criteria_stand_in_four_groups() -> None:
    groups = dict.fromkeys(one.group for one in criteria().values())
    assert list(groups) == ["Méthode", "Éligibilité et consentement", "Éthique", "Clarté"]
    assert list(ANSWERS.values()) == ["Oui", "Non", "Sans objet"]
    assert [answer_of(t) for t in ("OUI", "n", "so", "Sans objet ", "peut-être")] == [
        "yes", "no", "not_relevant", "not_relevant", "",
    ]  # fmt: skip


def test_states_move_one_step_up_and_down_as_wished(workspace: Workspace) -> None:
    assert now(workspace).state == "brouillon"
    read(workspace, "relu", answers=ALL)
    read(workspace, "valide", role="Coordination")
    read(workspace, "diffusable", role="Coordination")
    where = now(workspace)
    assert (where.state, where.why) == ("diffusable", "")
    assert [one.role for one in where.readings] == ["Relectrice", "Coordination", "Coordination"]
    read(workspace, "brouillon")
    assert now(workspace).state == "brouillon"
    assert len(readings(workspace)) == 4  # nothing is taken away


@pytest.mark.parametrize(
    ("state", "given", "told"),
    [
        ("valide", {"answers": ALL}, "« 71/tous/f » est à l'état « brouillon » : il ne peut pas "
         "passer directement à « validé ». D'abord « relu »."),
        ("relu", {"answers": {}}, "La grille de « 71/tous/f » n'est pas complète : 12 critères "
         "sans réponse, dont « Les sources, les dates et les effectifs sont dits »."),
        ("relu", {"answers": ALL, "role": " "}, "Une relecture se fait au nom d'un rôle."),
        ("parfait", {"answers": ALL}, "État « parfait » inconnu. Choisir parmi : brouillon, relu, "
         "validé, diffusable."),
    ],
)  # fmt: skip
def test_a_step_that_is_not_allowed_is_refused_with_the_reason(
    workspace: Workspace, state: str, given: dict[str, Any], told: str
) -> None:
    with pytest.raises(RequestError) as refusal:
        read(workspace, state, **given)
    assert str(refusal.value).startswith(told)
    assert not readings(workspace)


def test_a_no_can_be_read_but_not_validated(workspace: Workspace) -> None:
    read(workspace, "relu", answers=ALL | {"ethics.persons": Answer(NO, "Une fonction unique.")})
    with pytest.raises(RequestError, match="a une réponse « non » : « Personne n'est reconnai"):
        read(workspace, "valide")
    assert now(workspace).state == "relu"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"text": "autres mots"}, "le texte a changé depuis la lecture du 12 mars 2026 : à relire"),
        ({"data": {"f": "def"}},
         "les données ont changé depuis la lecture du 12 mars 2026 : à relire"),
        ({"claimed": "brouillon"}, "l'en-tête du commentaire l'a ramené en arrière"),
    ],
)  # fmt: skip
def test_a_reading_holds_for_the_words_and_the_data_that_were_read(
    workspace: Workspace, changed: dict[str, Any], why: str
) -> None:
    read(workspace, "relu", answers=ALL)
    read(workspace, "valide")
    where = now(workspace, replace(SUBJECT, **changed))
    assert (where.state, where.why) == ("brouillon", why)


def test_answers_to_other_words_do_not_count(workspace: Workspace) -> None:
    read(workspace, "relu", answers=ALL)
    with pytest.raises(RequestError, match="n'est pas complète"):
        read(workspace, "relu", replace(SUBJECT, text="autres mots"))


def test_a_header_alone_validates_nothing(workspace: Workspace) -> None:
    where = now(workspace, replace(SUBJECT, claimed="diffusable"))
    assert where.state == "brouillon"
    assert where.why == "l'en-tête dit « Diffusable », mais aucune lecture n'est enregistrée"


def test_a_line_cut_short_is_said_and_the_others_are_kept(workspace: Workspace) -> None:
    read(workspace, "relu", answers=ALL)
    path = register_path(workspace)
    path.write_bytes(path.read_bytes() + b'{"subject": "71/to')
    read(workspace, "valide")
    assert now(workspace).state == "valide"
    assert faults(workspace) == (
        "La ligne 2 de « relectures.jsonl » n'est pas lisible : elle est laissée de côté, les "
        "autres sont gardées.",
    )


def filled(path: Path, **answers: str) -> None:
    book = openpyxl.load_workbook(path)
    for row in book.active.iter_rows():
        code = next((c.value for c in row if c.value in criteria()), None)
        if code in answers:
            row[1].value, row[2].value = answers[code], "Parce que."
    book.save(path)


def test_a_grid_comes_back_as_it_was_filled_in(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "grille.xlsx"
    write_grid(path, now(workspace), text="=1+1 n'est pas une formule", role="Relectrice")
    filled(path, **{"method.sources": "OUI", "clarity.words": "s.o.", "ethics.persons": "bof"})
    grid = read_grid(path, today=date(2026, 3, 12))
    assert (grid.subject, grid.seen, grid.state) == ("71/tous/f", SUBJECT.seen, "relu")
    assert (grid.role, grid.day) == ("Relectrice", DAY)
    assert grid.answers["method.sources"] == Answer("yes", "Parce que.")
    assert grid.answers["clarity.words"].answer == "not_relevant"
    assert grid.answers["method.limits"] == Answer()
    assert grid.faults == (
        "« bof » n'est pas une réponse à « Personne n'est reconnaissable sans l'avoir accepté » : "
        "répondre oui, non ou sans objet.",
    )


def test_another_workbook_is_no_grid(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "Titre"
    book.save(tmp_path / "autre.xlsx")
    with pytest.raises(MaterialError, match="n'est pas une grille de relecture"):
        read_grid(tmp_path / "autre.xlsx", today=date(2026, 3, 12))
