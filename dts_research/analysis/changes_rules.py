"""Which of the four causes a difference has, table by table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

REAL, REVISED, PERIMETER, DEFINITION = "real", "revised", "perimeter", "definition"
KINDS = (REAL, REVISED, PERIMETER, DEFINITION)
Row = Mapping[str, Any]

# Dates that say when a record took place; the first one given counts.
DATES = {
    "experiences": ("started_on", "ended_on"),
    "experience_steps": ("date",),
    "authority_events": ("date",),
    "decisions": ("decided_on",),
    "memberships": ("joined_on", "left_on"),
    "structure_kinds": ("valid_from", "valid_to"),
    "sessions": ("date",),
    "cycles": ("started_on", "ended_on"),
}
# What a group moves: a new state is something that happened.
STATES = {"decisions": "status", "hypotheses": "status", "common_references": "status",
          "cycles": "phase"}  # fmt: skip
MOVERS = ("followed_in", "moved_by")
# Parts told with what they belong to.
CHILDREN = {
    "experience_places": ("experiences", "experience_id"),
    "experience_steps": ("experiences", "experience_id"),
    "experience_actors": ("experiences", "experience_id"),
    "quotes": ("experiences", "experience_id"),
    "codings": ("experiences", "experience_id"),
    "structure_kinds": ("structures", "structure_id"),
    "session_participants": ("sessions", "session_id"),
    "observations": ("indicators", "indicator_id"),
    "territory_communes": ("territories", "territory_id"),
}
COUNTED = ("structures", "memberships", "actors")  # what a denominator is made of
NAMED = ("indicators", "codes")
MEANING = ("source", "vintage")


@dataclass(frozen=True)
class Known:
    """What is needed besides the tables.

    Parameters
    ----------
    day
        The day one looks back to.
    session_id
        The session held that day, or "".
    received
        Whether the workbook had received anything by then.
    moved_since
        Table and id of the records that something else moved after the session had.
    ids_before, ids_after
        Ids that each table of the whole workbook held then and holds now.
    sessions, stated
        Day of each session by id; indicator, territory and period of the observations known
        then. `changes` fills them.
    """

    day: date
    session_id: str = ""
    received: bool = True
    ids_before: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ids_after: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sessions: Mapping[str, date] = field(default_factory=dict)
    stated: frozenset[tuple[Any, ...]] = frozenset()
    moved_since: frozenset[tuple[str, str]] = frozenset()


def said_by(table: str, record: str, before: Row, after: Row, known: Known) -> bool:
    """Tell whether the session wrote a record, or brought it to where it stands."""
    if not known.session_id or not after or (table, record) in known.moved_since:
        return False
    if not before:
        return bool(after.get("session_id") == known.session_id)
    moved = [after.get(name) for name in MOVERS if after.get(name) != before.get(name)]
    return known.session_id in moved


def cause(table: str, key: str, before: Row, after: Row, known: Known) -> tuple[str, str]:
    """Give the cause of a difference, and how it shows."""
    if table in NAMED:
        return DEFINITION, "defined"
    if table in ("territories", "territory_communes"):
        vintage = bool(before and after) and before.get("cog_vintage") != after.get("cog_vintage")
        return (DEFINITION, "defined") if vintage else (PERIMETER, "bounds")
    if not after:
        return _gone(table, key, known)
    if not before:
        return _come(table, key, after, known)
    return _altered(table, before, after, known)


def _gone(table: str, key: str, known: Known) -> tuple[str, str]:
    """A record that is not there any more: elsewhere, or nowhere."""
    if key in known.ids_after.get(table, ()) or table in COUNTED:
        return PERIMETER, "left"
    return REVISED, "gone"


def _come(table: str, key: str, after: Row, known: Known) -> tuple[str, str]:
    """A record that was not there: known elsewhere, counted since, happened since, or learnt."""
    if key in known.ids_before.get(table, ()):
        return PERIMETER, "entered"
    if table == "observations" and subject_of(after) in known.stated:
        return DEFINITION, "restated"
    when = happened(table, after, known)
    if when is not None and when > known.day:
        return REAL, "new"
    if table in COUNTED:
        return PERIMETER, "entered"
    return REVISED, "undated" if when is None else "late"


def _altered(table: str, before: Row, after: Row, known: Known) -> tuple[str, str]:
    """A record known then that says something else."""
    state = STATES.get(table)
    if state and before.get(state) != after.get(state):
        return REAL, "moved"
    # A day newly told is something that happened; one day put for another is a correction.
    told = [after.get(name) for name in DATES.get(table, ()) if not _told(before.get(name))]
    if any(isinstance(day, date) and day > known.day for day in told):
        return REAL, "went_on"
    if table == "observations" and any(before.get(n) != after.get(n) for n in MEANING):
        return DEFINITION, "restated"
    return (PERIMETER, "counted") if table == "memberships" else (REVISED, "corrected")


def _told(day: Any) -> bool:
    return isinstance(day, date)


def happened(table: str, row: Row, known: Known) -> date | None:
    """Give the day of what a record tells, None where it does not say."""
    if table == "direct_purchases":
        return _last_day(row.get("year"))
    if table == "observations":
        return _last_day(row.get("period"))
    days = [row.get(name) for name in DATES.get(table, ())]
    found = next((day for day in days if isinstance(day, date)), None)
    return found or known.sessions.get(str(row.get("session_id")))


def _last_day(period: Any) -> date | None:
    """Last day of a period told by its years: what is not over has not been told yet."""
    years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", str(period))
    return date(int(years[-1]), 12, 31) if years else None


def subject_of(row: Row) -> tuple[Any, ...]:
    """What an observation is about, whatever it says."""
    return row.get("indicator_id"), row.get("territory_id"), row.get("period")
