"""Passages of the sheets, and stories of change: words kept, order of time and of the alphabet."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from dts_research.analysis.passages import answers, crossed
from dts_research.analysis.stories import rounds
from dts_research.workbook.criteria import Criterion

LONG = ("summary", "context", "need", "human_means", "what_worked", "what_resisted",
        "observed_effects", "surprises", "transfer_conditions", "would_do_differently",
        "open_questions")  # fmt: skip
NO_CODING = pd.DataFrame(columns=["experience_id", "field", "start", "end", "code_id"])


def sheet(**cells: object) -> pd.DataFrame:
    blank = dict.fromkeys((*LONG, "themes", "missions", "obstacles", "levers"))
    return pd.DataFrame([{**blank, "experience_id": "F-1", "title": "Une fiche", **cells}])


def cell(record: pd.DataFrame, criterion: Criterion, codings: pd.DataFrame = NO_CODING):
    return crossed(record, codings, [criterion])[0][0]


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        ("mairie", "Les mairies ont dit oui.", True),
        ("mairie", "La mairiesse a dit oui.", False),
        ("élu", "Elle est ELUE.", False),
        ("élu", "Des Élus sont venus.", True),
        ("financ*", "Le refinancement tombe, le financeur part.", True),
        ("financ*", "Le refinancement tombe.", False),
        ("€", "Un loyer de 640 € par mois.", True),
        ("en parcours", "Une salariée en  parcours le dit.", True),
    ],
)  # fmt: skip
def test_a_word_is_looked_for_whole_without_accent_nor_number(
    words: str, text: str, found: bool
) -> None:
    told = cell(sheet(context=text), Criterion("Un critère", words=(words,)))
    assert bool(told.passages) is found


def test_only_the_sentence_that_holds_the_word_is_kept() -> None:
    told = cell(
        sheet(context="Il pleut. Le maire vient ! On repart."), Criterion("?", words=("maire",))
    )
    assert [p.text for p in told.passages] == ["Le maire vient !"]


def test_a_coded_passage_comes_before_a_sentence_and_is_not_said_twice() -> None:
    text = "Le maire vient. Il repart."
    codings = pd.DataFrame(
        [
            {"experience_id": "F-1", "field": "context", "start": 0, "end": 8, "code_id": "elus"},
            {"experience_id": "F-1", "field": "Contexte", "start": 0, "end": 8, "code_id": "elus"},
            {"experience_id": "F-1", "field": "context", "start": 16, "end": 26, "code_id": "x"},
        ]
    )
    told = cell(sheet(context=text), Criterion("?", themes=("elus",), words=("maire",)), codings)
    assert {(p.text, p.coded) for p in told.passages} == {("Le maire", True)}


def test_a_code_without_any_passage_is_told() -> None:
    told = cell(
        sheet(themes=("elus",), obstacles=("politique",)),
        Criterion("?", themes=("elus",), obstacles=("politique",)),
    )
    assert told.passages == ()
    assert told.codes == ("themes:elus", "obstacles:politique")


def test_nothing_to_report_is_an_answer_and_a_blank_is_none() -> None:
    assert cell(sheet(need="Rien à signaler"), Criterion("?", fields=("need",))).nothing
    assert not cell(sheet(need="à compléter"), Criterion("?", fields=("need",))).nothing
    told = answers(
        sheet(need="RAS", context=None, surprises="Un ours."), ("need", "context", "surprises")
    )
    assert (told.nothing, told.blank) == (1, 1)
    assert [p.text for p in told.passages] == ["Un ours."]


def frames(days: list[date | None]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    stories = pd.DataFrame(
        {"story_id": ["R1", "R2", "R3"], "title": ["Zoé", "Écluse", "Arbre"], "text": "…",
         "domain": None, "narrator_role": None, "experience_id": None, "territory_id": None}
    )  # fmt: skip
    selections = pd.DataFrame(
        {"selection_id": ["C1", "C2"], "session_id": ["S1", "S2"], "domain": None,
         "considered": [("R1", "R2"), ("R2", "R9")], "chosen": ["R1", None], "reason": "Parce que.",
         "other_views": None}
    )  # fmt: skip
    sessions = pd.DataFrame({"session_id": ["S1", "S2"], "label": ["Un", "Deux"], "level": "local",
                             "date": days})  # fmt: skip
    return stories, selections, sessions


def test_rounds_follow_time_and_stories_the_alphabet() -> None:
    found = rounds(*frames([date(2025, 1, 1), date(2024, 1, 1)]))
    assert [one.label for one in found.rounds] == ["Deux", "Un"]
    assert [story.title for story in found.rounds[1].read] == ["Écluse", "Zoé"]
    assert [story.title for story in found.unread] == ["Arbre"]


def test_a_group_may_not_settle_and_what_is_not_shown_is_counted() -> None:
    undecided = rounds(*frames([date(2025, 1, 1), None])).rounds[1]
    assert (undecided.chosen, undecided.kept, undecided.unseen) == ("", None, 1)
    assert undecided.label == "Deux"
