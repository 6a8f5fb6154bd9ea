"""What became of decisions: status, age, overdue ones, and what they were turned into."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from dts_research.analysis.evidence import months_between
from dts_research.analysis.portrait import labels
from dts_research.analysis.result import Result, counted

OPEN = ("to_do", "in_progress")


def still_open(decisions: pd.DataFrame) -> pd.DataFrame:
    """Decisions that are not done nor given up yet, in the order they come."""
    return decisions[decisions["status"].isin(OPEN)]


def followed(decisions: pd.DataFrame, *, today: date) -> pd.DataFrame:
    """Follow decisions by date, oldest first.

    Returns
    -------
    pandas.DataFrame
        The rows of ``decisions`` with status_label, age_months, overdue (open after its due
        date), open, and turned_into (statement of the decision it was transformed into).
    """
    order = sorted(
        decisions.index, key=lambda i: (str(decisions["decided_on"][i]), str(decisions.index[i]))
    )
    table = decisions.loc[order].reset_index(drop=True)
    names = labels("decision_status")
    child = table.dropna(subset=["parent_id"]).drop_duplicates("parent_id")
    children = dict(zip(child["parent_id"], child["statement"]))
    waits = table.index.isin(still_open(table).index)
    late = [isinstance(due, date) and due < today for due in table["due_on"]]
    return table.assign(
        status_label=table["status"].map(lambda s: names.get(s, s)),
        age_months=[
            months_between(day, today) if isinstance(day, date) else None
            for day in table["decided_on"]
        ],
        open=waits,
        overdue=waits & pd.Series(late, index=table.index, dtype=bool),
        turned_into=table["decision_id"].map(children).astype(object),
    )


def by_status(decisions: pd.DataFrame) -> Result:
    """Count decisions by status, in the order of the code list."""
    return counted(decisions["status"], labels("decision_status"))


def lineage(decisions: pd.DataFrame, decision_id: str) -> tuple[str, ...]:
    """Ids of a transformed decision, from the first to this one; a loop in the data stops it."""
    parents = dict(zip(decisions["decision_id"], decisions["parent_id"]))
    chain = [decision_id]
    while isinstance(parent := parents.get(chain[0]), str) and parent not in chain:
        chain.insert(0, parent)
    return tuple(chain)


def descendants(decisions: pd.DataFrame, decision_id: str) -> tuple[str, ...]:
    """Ids of what a decision was transformed into, and these in turn, nearest first."""
    children: dict[str, list[str]] = {}
    for child, parent in zip(decisions["decision_id"], decisions["parent_id"]):
        children.setdefault(str(parent), []).append(str(child))
    found: list[str] = []
    waiting = list(children.get(decision_id, []))
    while waiting:
        one = waiting.pop(0)
        if one not in found and one != decision_id:
            found.append(one)
            waiting += children.get(one, [])
    return tuple(found)


def moved(
    table: pd.DataFrame, last: Mapping[str, tuple[str | None, date]], *, day: date, session_id: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Decisions that a session moved, and those that moved after its day.

    Parameters
    ----------
    table
        Decisions as `followed` gives them.
    last
        Id -> which session moved it last, and the day that was received; those that never moved
        are not in it.
    """
    during = {key for key, (mover, _) in last.items() if session_id and mover == session_id}
    after = {key for key, (_, told_on) in last.items() if told_on > day} - during
    return (
        table[table["decision_id"].isin(during)],
        table[table["decision_id"].isin(after)],
    )
