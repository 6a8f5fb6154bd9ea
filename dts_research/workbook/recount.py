"""Rows that were received before, told from those that bring something."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from dts_research.intake.counts import Counts
from dts_research.intake.identifiers import row_digests
from dts_research.intake.readers import read_table
from dts_research.intake.reception import Reception
from dts_research.store.writing import Written


def recounted(
    reception: Reception, path: Path, known: Collection[str], written: Mapping[str, Written]
) -> Reception:
    """Count as duplicates the accepted rows that were received before and change nothing.

    A row received before that brings a former version back is accepted again: the file in
    hand is what holds now.

    Parameters
    ----------
    reception
        The file as it was read, every good row accepted.
    path
        The file.
    known
        Digests of its rows that were received before.
    written
        What each table received.
    """
    if not known:
        return reception
    again = {
        sheet: rows - _standing(reception, sheet, written)
        for sheet, rows in _rows_of(reception, path, known).items()
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


def _rows_of(reception: Reception, path: Path, known: Collection[str]) -> dict[str, set[int]]:
    found = {}
    for sheet in read_table(path):
        if sheet.name in reception.by_sheet:
            digests = row_digests(sheet.columns, sheet.cells)
            digests = digests[~digests.index.isin(list(sheet.set_aside))]
            mine = digests.isin(list(known)) & ~digests.duplicated()
            found[sheet.name] = {int(row) for row in digests.index[mine]}
    return found


def _standing(reception: Reception, sheet: str, written: Mapping[str, Written]) -> set[int]:
    """Rows of a sheet on which a new or changed record stands."""
    tables = reception.mappings[sheet].tables
    return set().union(*(written[table].rows for table in tables if table in written))


def _moved(counts: Counts, again: int) -> Counts:
    accepted, duplicates = counts.accepted - again, counts.duplicates + again
    return replace(counts, accepted=accepted, duplicates=duplicates)


def _without(told: pd.DataFrame, rows: Mapping[str, set[int]]) -> pd.DataFrame:
    fresh = [row not in rows.get(name, ()) for name, row in zip(told["sheet"], told["row"])]
    return told[pd.Series(fresh, index=told.index, dtype=bool)].reset_index(drop=True)
