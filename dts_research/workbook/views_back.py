"""Views kept for a session that come back after it, as the group had them before its eyes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

import pandas as pd

from dts_research.store import Store
from dts_research.store.clock import day_of
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
    news = consents_changed(store, today) if found else None
    return tuple(
        replace(one, view=replace(one.view, block={})) if news and _day(one) <= news else one
        for one in found
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


def _day(one: Kept) -> date:
    return datetime.fromisoformat(one.at).astimezone().date()


def consents_changed(store: Store, today: date) -> date | None:
    """Last day a consent was received, or ended."""
    consents = store.load("consents")
    told = store.tellers("consents", consents["consent_id"]).values()
    days = [day_of(received) for _, received in told]
    days += [day for day in consents["withdrawn_on"] if isinstance(day, date) and day <= today]
    return max(days, default=None)
