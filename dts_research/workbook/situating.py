"""Places of the rows received: settled on their best evidence, contradictions told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from dts_research.intake.reception import Reception
from dts_research.intake.taking import ISSUE_COLUMNS
from dts_research.reference.places import settle
from dts_research.store.rows import places_of
from dts_research.store.writing import Written
from dts_research.workbook.book import Workbook

PLACES = "experience_places"
Frames = Mapping[str, pd.DataFrame]


def situated(book: Workbook, frames: Frames) -> Frames:
    """Settle each place on its best evidence."""
    if PLACES not in frames:
        return frames
    stated = frames[PLACES].assign(evidence=pd.NA)
    settled = settle(stated, book.geography)
    settled.attrs = dict(frames[PLACES].attrs)
    return {**frames, PLACES: settled}


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
        {**texts, "sheet": sheet, "row": row, "message": str(note).rstrip(".")}
        for (sheet, row), note in zip(places_of(places), places["contradiction_note"])
    ]
    issues = pd.concat([reception.issues, pd.DataFrame(said)], ignore_index=True)
    return replace(reception, issues=issues)
