"""Rows that were received before, told from those that bring something."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from dts_research.intake.counts import Counts
from dts_research.intake.reception import Reception
from dts_research.store import Store
from dts_research.store.writing import Written


def recounted(
    reception: Reception, known: Collection[str], written: Mapping[str, Written]
) -> Reception:
    """Count as duplicates the accepted rows that were received before and change nothing.

    A row received before that brings a former version back is accepted again: the file in
    hand is what holds now.

    Parameters
    ----------
    reception
        The file as it was read, every good row accepted.
    known
        Digests of its rows that were received before.
    written
        What each table received.
    """
    if not known:
        return reception
    again = {
        sheet: {*rows.index[rows.isin(list(known))]} - _standing(reception, sheet, written)
        for sheet, rows in reception.row_digests.items()
    }
    by_sheet = {
        sheet: _moved(counts, len(again.get(sheet, ())))
        for sheet, counts in reception.by_sheet.items()
    }
    return replace(
        reception,
        by_sheet=by_sheet,
        counts=sum(by_sheet.values(), Counts()),
        issues=_without(reception.issues, again),
        repairs=_without(reception.repairs, again),
    )


def unanswered(reception: Reception, store: Store) -> Reception:
    """Leave out the doubts that somebody confirmed before, in the same words."""
    told = reception.issues
    confirmed = store.confirmed() if told["severity"].eq("to_confirm").any() else frozenset()
    if not confirmed:
        return reception
    known = [tuple(one) in confirmed for one in told[["table", "record", "message"]].values]
    return replace(reception, issues=told[~np.array(known, dtype=bool)])


def _standing(reception: Reception, sheet: str, written: Mapping[str, Written]) -> set[int]:
    """Rows of a sheet on which a new or changed record stands."""
    tables = reception.mappings[sheet].tables
    places = set().union(*(written[table].rows for table in tables if table in written))
    return {row for name, row in places if name == sheet}


def _moved(counts: Counts, again: int) -> Counts:
    accepted, duplicates = counts.accepted - again, counts.duplicates + again
    return replace(counts, accepted=accepted, duplicates=duplicates)


def _without(told: pd.DataFrame, rows: Mapping[str, set[int]]) -> pd.DataFrame:
    fresh = [row not in rows.get(name, ()) for name, row in zip(told["sheet"], told["row"])]
    return told[pd.Series(fresh, index=told.index, dtype=bool)].reset_index(drop=True)
