"""One time axis for all that is dated: turning points, sessions, decisions, facts, and the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from dts_research.analysis.portrait import labels

KINDS = {
    "turn": "Tournant d'une expérience",
    "session": "Séance",
    "decision": "Décision",
    "fact": "Fait d'une collectivité",
}


@dataclass(frozen=True)
class Moment:
    """Something that happened.

    Parameters
    ----------
    kind
        One of `KINDS`, or ``experience`` for a sheet without a date.
    day
        None when nobody wrote it: the group may know.
    who
        Identifier of the sheet or of the authority it is about; "" for what is everybody's.
    """

    kind: str
    day: date | None
    what: str
    who: str = ""


def moments(
    experiences: pd.DataFrame, steps: pd.DataFrame, sessions: pd.DataFrame,
    decisions: pd.DataFrame, events: pd.DataFrame,
) -> tuple[Moment, ...]:  # fmt: skip
    """Put everything on one axis, from the first day to the last; what has no date comes last."""
    found = [*_turns(steps), *_sessions(sessions), *_decisions(decisions), *_facts(events)]
    found += [
        Moment("experience", None, str(r["title"]), str(r["experience_id"]))
        for r in experiences.to_dict("records")
        if not isinstance(r["started_on"], date)
    ]
    order = list(KINDS)
    return tuple(
        sorted(found, key=lambda m: (m.day or date.max, [*order, "experience"].index(m.kind)))
    )


def _day(value: Any) -> date | None:
    return value if isinstance(value, date) else None


def _turns(steps: pd.DataFrame) -> Iterator[Moment]:
    turning = steps["turning_point"].eq(True).fillna(False).astype(bool)
    for row in steps[turning].to_dict("records"):
        yield Moment("turn", _day(row["date"]), str(row["event"]), str(row["experience_id"]))


def _sessions(sessions: pd.DataFrame) -> Iterator[Moment]:
    names = labels("session_levels")
    for row in sessions.to_dict("records"):
        label = row["label"] if isinstance(row["label"], str) else "Séance"
        level = f" (niveau {names[row['level']].lower()})" if row["level"] in names else ""
        yield Moment("session", _day(row["date"]), f"{label}{level}")


def _decisions(decisions: pd.DataFrame) -> Iterator[Moment]:
    for row in decisions.to_dict("records"):
        yield Moment("decision", _day(row["decided_on"]), str(row["statement"]))


def _facts(events: pd.DataFrame) -> Iterator[Moment]:
    names = labels("authority_event_types")
    for row in events.to_dict("records"):
        kind = names.get(row["type"], "")
        told = row["description"] if isinstance(row["description"], str) else ""
        words = " : ".join(part for part in (kind, told) if part)
        yield Moment("fact", _day(row["date"]), words or "Fait non décrit", str(row["actor_id"]))
