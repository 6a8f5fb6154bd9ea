"""The states that decisions, hypotheses and common references went through, one row per move."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

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
        table, record_id, status, session_id (that moved it, or None), told_on (the day its file
        was received).
    """
    rows = []
    for table, mover in MOVERS.items():
        key = store.catalogue.tables[table].key
        last: dict[str, str] = {}
        for one in store.told_versions(table, frames[table][key], ("status", mover)):
            if last.get(one["id"]) != one["status"]:
                last[one["id"]] = one["status"]
                day = day_of(one["received_at"])
                rows.append((table, one["id"], one["status"], one[mover], day))
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
