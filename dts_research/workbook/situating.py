"""Places of the rows received: settled on their best evidence, contradictions told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from dts_research.intake.reception import Reception
from dts_research.intake.taking import ISSUE_COLUMNS
from dts_research.reference.places import settle
from dts_research.store.rows import places_of
from dts_research.store.writing import Written
from dts_research.workbook.book import Workbook

PLACES = "experience_places"
Frames = Mapping[str, pd.DataFrame]


def situated(book: Workbook, frames: Frames, *, settled: Collection[str] = ()) -> Frames:
    """Settle each place on its best evidence, but those of the sheets already `settled`."""
    if PLACES not in frames:
        return frames
    places = frames[PLACES]
    done = np.array([sheet in settled for sheet, _ in places_of(places)], dtype=bool)
    found = settle(places[~done].assign(evidence=pd.NA), book.geography)
    if done.any():
        found = pd.concat([found, places[done]]).loc[places.index]
    found.attrs = dict(places.attrs)
    return {**frames, PLACES: found}


def contradicted(frames: Frames, written: Mapping[str, Written]) -> pd.DataFrame:
    """Places, among those that are new or changed, that contradict what their file states."""
    return _fresh(frames, written, contradicted=True)


def undecided(frames: Frames, written: Mapping[str, Written]) -> pd.DataFrame:
    """Places, among those that are new or changed, of which only a doubt can be said."""
    return _fresh(frames, written, contradicted=False)


def _fresh(frames: Frames, written: Mapping[str, Written], *, contradicted: bool) -> pd.DataFrame:
    if PLACES not in frames:
        return pd.DataFrame()
    places, told = frames[PLACES], written[PLACES]
    fresh = places["place_id"].isin([*told.new, *told.changed])
    against = places["contradiction"].fillna(False).astype(bool) == contradicted
    found = places[fresh & against & places["contradiction_note"].notna()]
    found.attrs = places.attrs
    return found


def with_contradictions(
    reception: Reception, places: pd.DataFrame, undecided: pd.DataFrame
) -> Reception:
    """Tell each contradicted or undecided place with its row, for who knows it to confirm."""
    fix = "vérifier le lieu auprès de la structure ; les deux sont gardés"
    write = "écrire aussi le code postal ou le département, ou corriger les coordonnées"
    told = _told(reception, places, "place", fix)
    return _told(told, undecided, "whereabouts", write)


def _told(reception: Reception, places: pd.DataFrame, rule: str, fix: str) -> Reception:
    if places.empty:
        return reception
    texts = dict.fromkeys(ISSUE_COLUMNS, "") | {
        "rule": rule, "severity": "to_confirm", "table": PLACES, "fix": fix,
    }  # fmt: skip
    said = [
        {**texts, "sheet": sheet, "row": row, "message": str(note).rstrip("."), "record": str(key)}
        for (sheet, row), note, key in zip(
            places_of(places), places["contradiction_note"], places["place_id"]
        )
    ]
    issues = pd.concat([reception.issues, pd.DataFrame(said)], ignore_index=True)
    return replace(reception, issues=issues)
