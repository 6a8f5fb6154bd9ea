"""The states that decisions, hypotheses and common references went through, one row per move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

import pandas as pd

from dts_research.schema.capture import HEADING
from dts_research.store import Store
from dts_research.store.clock import day_of

# Register -> the column that names the session which moved it last.
MOVERS = {
    "decisions": "followed_in",
    "hypotheses": "moved_by",
    "common_references": "session_id",
}
COLUMNS = ("table", "record_id", "status", "session_id", "told_on")


def moves(store: Store, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Give the states of the records of a slice, oldest first; the first one is how it began.

    Returns
    -------
    pandas.DataFrame
        table, record_id, status, session_id (the session or the analysis that moved it, or
        None), told_on (the day its file was received).
    """
    rows: list[tuple[object, ...]] = []
    for table, mover in MOVERS.items():
        key = store.catalogue.tables[table].key
        versions = store.told_versions(table, frames[table][key], ("status", mover))
        for record, told in groupby(versions, key=itemgetter("id")):
            rows += [(table, record, *move) for move in _moves(told, mover)]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _moves(told: Iterable[Mapping[str, Any]], mover: str) -> list[tuple[str, str | None, date]]:
    """Moves of one record; the corrected sheet of a session replaces what that session had moved.

    A state told later with the same mover, by anything else, was told by hand since.
    """
    found: list[tuple[str, str | None, date]] = []
    last: str | None = None
    for one in told:
        same = one[mover] == last
        corrected = bool(same and last and one["mapping"].startswith(HEADING))
        if corrected and found and found[-1][1] == last:
            found.pop()
        if not found or found[-1][0] != one["status"]:
            by = None if same and not corrected else one[mover]
            found.append((one["status"], by, day_of(one["received_at"])))
        last = one[mover]
    return found
