"""Rows that were accepted and go back once they are set beside the records of the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import pandas as pd

from dts_research.intake.counts import Counts
from dts_research.intake.reception import Reception
from dts_research.store.rows import places_of

Place = tuple[str, int]


def without_rows(reception: Reception, gone: Collection[Place]) -> Reception:
    """Leave out the records of some rows, in every table that they feed."""
    accepted, raw = dict(reception.accepted), dict(reception.raw)
    for table in accepted:
        kept = [place not in gone for place in places_of(accepted[table])]
        for frames in (accepted, raw):
            attrs = frames[table].attrs
            frames[table] = frames[table][kept]
            frames[table].attrs = attrs
    answered = tuple(one for one in reception.answered if (one[0], one[1]) not in gone)
    return replace(reception, accepted=accepted, raw=raw, answered=answered)


def sent_back(reception: Reception, refused: Mapping[str, Collection[int]]) -> Reception:
    """Put rows among those refused, as they are written: sheet -> rows."""
    cells = {sheet.name: sheet.cells for sheet in reception.answers} | reception.form_rows
    whole = reception
    for sheet, rows in refused.items():
        back = cells[sheet].loc[list(rows)].copy()
        back.insert(0, "", sheet)
        quarantined = pd.concat([whole.quarantined, back])
        counts = whole.by_sheet[sheet]
        now = replace(
            counts,
            accepted=counts.accepted - len(back),
            quarantined=counts.quarantined + len(back),
        )
        whole = _recounted(replace(whole, quarantined=quarantined), sheet, now, rows)
    return whole


def unread(reception: Reception, rows: Mapping[str, Collection[int]]) -> Reception:
    """Count as never read rows that only go with one that is sent back."""
    whole = reception
    for sheet, gone in rows.items():
        counts = whole.by_sheet[sheet]
        now = replace(
            counts, read=counts.read - len(gone), accepted=counts.accepted - len(gone)
        )  # fmt: skip
        whole = _recounted(whole, sheet, now, gone)
    return whole


def _recounted(reception: Reception, sheet: str, now: Counts, gone: Collection[int]) -> Reception:
    by_sheet = {**reception.by_sheet, sheet: now}
    digests = reception.row_digests[sheet].drop(list(gone), errors="ignore")
    return replace(
        reception,
        by_sheet=by_sheet,
        counts=sum(by_sheet.values(), Counts()),
        row_digests={**reception.row_digests, sheet: digests},
    )
