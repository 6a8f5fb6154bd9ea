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
        table, record_id, status, session_id (the session or the analysis that moved it, or
        None), told_on (the day its file was received).
    """
    rows = []
    for table, mover in MOVERS.items():
        key = store.catalogue.tables[table].key
        last: dict[str, tuple[str, str | None]] = {}
        for one in store.told_versions(table, frames[table][key], ("status", mover)):
            status, session = last.get(one["id"], ("", None))
            if status != one["status"]:
                by = one[mover] if one[mover] != session else None  # told by hand since
                rows.append((table, one["id"], one["status"], by, day_of(one["received_at"])))
            last[one["id"]] = (one["status"], one[mover])
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
