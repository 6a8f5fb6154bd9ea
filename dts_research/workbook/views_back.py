"""Views kept for a session that come back after it, as the group had them before its eyes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

import pandas as pd

from dts_research.store import Store
from dts_research.store.clock import WALL
from dts_research.workbook.views import Kept, ever_kept
from dts_research.workspace import Workspace


def views_back(
    workspace: Workspace, store: Store, frames: Mapping[str, pd.DataFrame], today: date
) -> tuple[Kept, ...]:
    """Give the views that a session spoke of, each once, as they stood on the day of the session.

    A view put away since comes back too: what was said of it stays said. Where somebody took
    back or narrowed a consent since it was drawn, it comes back without its drawing.
    """
    said = _spoken_of(frames)
    lines: dict[str, list[Kept]] = {}
    for one in ever_kept(workspace) if said else ():
        lines.setdefault(one.id, []).append(one)
    found = [_seen(lines[key], day) for key, day in said.items() if key in lines]
    return as_agreed(found, store, today)


def as_agreed(found: Iterable[Kept], store: Store, today: date) -> tuple[Kept, ...]:
    """Give views without the drawing of those older than a consent received or ended since."""
    views = tuple(found)
    received, ended = consents_changed(store, today) if views else (None, None)
    return tuple(
        replace(one, view=replace(one.view, block={}))
        if (received and _moment(one) <= received) or (ended and _day(one) < ended)
        else one
        for one in views
    )


def _spoken_of(frames: Mapping[str, pd.DataFrame]) -> dict[str, date]:
    """Targets of the contributions, with the last day they were spoken of."""
    days = dict(zip(frames["sessions"]["session_id"], frames["sessions"]["date"]))
    found: dict[str, date] = {}
    rows = frames["contributions"].dropna(subset=["target"])
    for target, session in zip(rows["target"], rows["session_id"]):
        day = days.get(session, date.max)
        found[str(target)] = max(day, found.get(str(target), day))
    return found


def _seen(lines: Iterable[Kept], day: date) -> Kept:
    """The view as it was last kept before a session, else as it was first kept."""
    every = list(lines)
    before = [one for one in every if _day(one) <= day]
    return (before or every[:1])[-1]


def _moment(one: Kept) -> datetime:
    return datetime.fromisoformat(one.at).astimezone(WALL)


def _day(one: Kept) -> date:
    return _moment(one).date()


def consents_changed(store: Store, today: date) -> tuple[datetime | None, date | None]:
    """Last moment a consent was received, and last day one ended."""
    consents = store.load("consents")
    told = store.tellers("consents", consents["consent_id"]).values()
    received = [datetime.fromisoformat(moment) for _, moment in told]
    ended = [day for day in consents["withdrawn_on"] if isinstance(day, date) and day <= today]
    return max(received, default=None), max(ended, default=None)
