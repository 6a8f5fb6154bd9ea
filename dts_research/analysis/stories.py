"""Stories of change: what each group read, which one it kept and why; the others stay.

A choice is a way to talk about what matters, never a measure: nothing is counted per story, and
no order is given but that of the alphabet and of time.

References
----------
Davies, R. & Dart, J. (2005). The « Most Significant Change » technique.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from dts_research.analysis.result import listed
from dts_research.schema.catalogue import plain


@dataclass(frozen=True)
class Story:
    """A story as it was told.

    Parameters
    ----------
    path
        Rounds that kept it, in time, as positions among the rounds.
    """

    id: str
    title: str
    text: str
    domain: str
    narrator: str
    experience: str
    territory: str
    path: tuple[int, ...] = ()


@dataclass(frozen=True)
class Round:
    """One choice: a session, a level, the stories read, the one kept and the reasons.

    Parameters
    ----------
    read
        Stories read, in alphabetical order of their titles.
    chosen
        Identifier of the story kept; "" where the group did not settle.
    unseen
        How many stories were read that this audience does not see.
    """

    id: str
    label: str
    level: str
    day: date | None
    domain: str
    read: tuple[Story, ...]
    chosen: str
    reason: str
    other_views: str
    unseen: int

    @property
    def kept(self) -> Story | None:
        """The story kept, when this audience sees it."""
        return next((story for story in self.read if story.id == self.chosen), None)


@dataclass(frozen=True)
class Stories:
    """Every round in time, and the stories that no round has read yet."""

    rounds: tuple[Round, ...]
    unread: tuple[Story, ...]


def rounds(stories: pd.DataFrame, selections: pd.DataFrame, sessions: pd.DataFrame) -> Stories:
    """Follow the rounds of choice, from the first to the last.

    Parameters
    ----------
    stories, selections, sessions
        Rows of the tables ``change_stories``, ``change_selections`` and ``sessions``.
    """
    known = {row["story_id"]: row for row in stories.to_dict("records")}
    held = {row["session_id"]: row for row in sessions.to_dict("records")}
    rows = sorted(selections.to_dict("records"), key=lambda row: _moment(row, held))
    paths = {i: tuple(n for n, r in enumerate(rows) if r["chosen"] == i) for i in known}
    told = {i: _story(row, paths[i]) for i, row in known.items()}
    made = tuple(_round(row, held.get(row["session_id"], {}), told) for row in rows)
    seen = {i for row in rows for i in listed(row["considered"])}
    return Stories(made, by_title(story for i, story in told.items() if i not in seen))


def by_title(stories: Any) -> tuple[Story, ...]:
    """Stories in alphabetical order of their titles."""
    return tuple(sorted(stories, key=lambda story: (plain(story.title), story.id)))


def _moment(row: dict[str, Any], held: dict[Any, dict[str, Any]]) -> tuple[str, str]:
    """Day of the session; what has none comes last."""
    day = held.get(row["session_id"], {}).get("date")
    return (day.isoformat() if isinstance(day, date) else "9999", str(row["selection_id"]))


def _round(row: dict[str, Any], session: dict[str, Any], told: dict[str, Story]) -> Round:
    read = dict.fromkeys([*listed(row["considered"]), *listed(row["chosen"])])
    day = session.get("date")
    return Round(
        id=str(row["selection_id"]), label=_text(session.get("label")),
        level=_text(session.get("level")), day=day if isinstance(day, date) else None,
        domain=_text(row["domain"]), read=by_title(told[i] for i in read if i in told),
        chosen=_text(row["chosen"]), reason=_text(row["reason"]),
        other_views=_text(row["other_views"]), unseen=sum(i not in told for i in read),
    )  # fmt: skip


def _story(row: dict[str, Any], path: Sequence[int]) -> Story:
    return Story(
        id=str(row["story_id"]), title=_text(row["title"]), text=_text(row["text"]),
        domain=_text(row["domain"]), narrator=_text(row["narrator_role"]),
        experience=_text(row["experience_id"]), territory=_text(row["territory_id"]),
        path=tuple(path),
    )  # fmt: skip


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
