"""What everybody reads: the question, what was decided, the questions, the rights of each."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dts_research.analysis import decisions as study
from dts_research.display import blocks, door, tables_session
from dts_research.display.blocks import Block
from dts_research.display.style import french_date, many
from dts_research.display.tables_questions import LAST_QUESTION
from dts_research.display.tables_session import Asked
from dts_research.reflection.kit_session import Session
from dts_research.reflection.kit_table import table

DECISIONS, QUESTIONS, FOR_FACILITATOR = 4, 4, 14
NO_QUESTION = "Qu'est-ce que nous cherchons à comprendre ensemble ?"
READ_BY = {
    "territory": "Le collectif du territoire lira ce qui est noté ; le réseau, ce qui est dit "
    "d'une décision qu'il connaît déjà, sauf si nous en décidons autrement",
    "network": "Le réseau lira ce qui est noté",
    "public": "Tout le monde pourra lire ce qui est noté",
}
WARY = "À relire avant de la poser : on pourrait y reconnaître quelqu'un. "


def cycle_of(session: Session) -> Any:
    """Row of the cycle under way on the day; None where there is none."""
    cycles = session.material.cycles
    day = session.material.today
    begun = cycles[[pd.isna(d) or d <= day for d in cycles["started_on"]]]
    open_now = begun[[pd.isna(d) or d >= day for d in begun["ended_on"]]]
    return next(open_now.iloc[::-1].itertuples(), None)


def question(session: Session) -> Block:
    """Give the question that the cycle works upon."""
    cycle = cycle_of(session)
    asked = door.words(cycle.research_question, missing=NO_QUESTION) if cycle else NO_QUESTION
    return blocks.callout(id="question-du-cycle", title="La question du cycle", text=asked)


def question_alone(session: Session) -> Block:
    """Give the question of the cycle, to project."""
    asked = question(session).data["text"]
    return blocks.discussion(id="question-a-projeter", title="Notre question", questions=[asked])


def decided(session: Session) -> Block:
    """Say where the decisions stand, those whose day has passed first; the last ones else."""
    rows = study.followed(door.rows(session.material, "decisions"), today=session.material.today)
    if rows.empty:
        text = "Rien n'a encore été décidé ensemble : ce sera la première fois."
        return blocks.callout(id="decisions", title="Ce que nous avions décidé", text=text)
    still = study.still_open(rows)
    shown = still if len(still) else rows.tail(DECISIONS)
    shown = shown.iloc[sorted(range(len(shown)), key=lambda i: not shown["overdue"].iloc[i])]
    items = [_decision(row) for row in shown.head(DECISIONS).itertuples()]
    left = max(len(still), len(items)) - len(items)
    more = many(left, "autre décision encore ouverte", "autres décisions encore ouvertes")
    if left:
        items.append(f"Et {more}, que l'on peut demander à relire.")
    return blocks.callout(id="decisions", title="Ce que nous avions décidé", items=items)


def _decision(row: Any) -> str:
    """A decision in one line, without who carries it: nobody is named here."""
    state = door.words(row.status_label).lower()
    due = f", à voir le {french_date(row.due_on)}" if not pd.isna(row.due_on) else ""
    late = " (ce jour est passé)" if row.overdue else ""
    return f"{door.words(row.statement).rstrip('.')} : {state}{due}{late}."


def asked(session: Session) -> tuple[Asked, ...]:
    """Give every question that the material raises."""
    return tables_session.questions(session.material)


def discussion(session: Session) -> Block:
    """Give the questions printed for everybody; the last asks who is missing."""
    shared = [one.text for one in asked(session) if one.shared][:QUESTIONS]
    shared = shared or ["Qu'est-ce que les fiches ne disent pas, et que nous savons pourtant ?"]
    return blocks.discussion(
        id="questions", title="Pour en parler ensemble", questions=[*shared, LAST_QUESTION], lines=3
    )


def every_question(session: Session) -> Block:
    """Give the questions with where each comes from, for whoever facilitates."""
    found = asked(session)
    shown = found[:FOR_FACILITATOR]
    left = len(found) - len(shown)
    other = many(left, "autre question", "autres questions")
    more = f" {other} : même source, dans le rapport." if left else ""
    rows = [
        (str(n), one.text, ("" if one.shared else WARY) + one.origin)
        for n, one in enumerate(shown, 1)
    ]
    printed = min(QUESTIONS, sum(one.shared for one in found))
    return table(
        "questions-et-sources", "Les questions, et d'où elles viennent",
        ("N°", "Question", "D'où elle vient"), rows or [("1", LAST_QUESTION, "Toujours utile")],
        note=f"Le document des participants en imprime {printed} et « {LAST_QUESTION} ». "
        f"En choisir deux ou trois selon la salle.{more}",
    )  # fmt: skip


def rights(session: Session) -> Block:
    """Say what becomes of what is said, and what each may ask."""
    read = READ_BY[session.material.audience]
    return blocks.callout(
        id="droits", title="Ce que devient ce qui se dit",
        items=[
            f"On note ce qui se dit, jamais qui le dit. {read}.",
            "Les présents sont comptés par catégorie. Aucune liste de noms n'est gardée.",
            "Chacun peut se taire, corriger une phrase ou la faire retirer, pendant la séance ou "
            "après, en le demandant à qui anime.",
            "Un désaccord reste écrit comme un désaccord.",
        ],
    )  # fmt: skip
