"""What was known of a territory at its last session, cut as its material is cut now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from dts_research.reference.geography import Territory
from dts_research.schema import catalogue
from dts_research.store import Store
from dts_research.store.clock import day_of, end_of
from dts_research.store.codebooks import Codebook, codebook_of
from dts_research.store.former import Former
from dts_research.workbook.agreed import AgreedReader
from dts_research.workbook.material import Material
from dts_research.workbook.meetings import Meeting, asked_day, last_meeting
from dts_research.workbook.slices import (
    BY_EXPERIENCE,
    BY_TERRITORY,
    NATIONWIDE,
    NETWORK,
    View,
)

if TYPE_CHECKING:
    from dts_research.workbook.book import Workbook

TABLES = ("experiences", "experience_places", *BY_EXPERIENCE, *NATIONWIDE, *BY_TERRITORY)
PERIMETER = ("territories", "territory_communes")


@dataclass(frozen=True)
class Remapped:
    """A column of a file that was read otherwise than when the file came before."""

    file: str
    column: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class Before:
    """A territory as it was known on a day, beside what is known now.

    Parameters
    ----------
    meeting
        The day, and the session held then; None when no session was held.
    known
        Whether the workbook had received anything by then.
    tables
        Tables as they stood, cut as `tables_of` cuts those of now.
    ids_before, ids_after
        Ids of the rows of now that each table held, and of the rows of then that it holds,
        whichever the territory.
    origins
        Table and id -> the file that tells the record now, and the day it came, of those that
        came after.
    codebook
        Columns and codes of that day; None when nobody noted them.
    """

    meeting: Meeting | None
    known: bool = False
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    ids_before: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ids_after: Mapping[str, frozenset[str]] = field(default_factory=dict)
    origins: Mapping[tuple[str, str], tuple[str, date]] = field(default_factory=dict)
    codebook: Codebook | None = None
    codebook_now: Codebook | None = None
    remapped: tuple[Remapped, ...] = ()


def look_back(book: Workbook, material: Material, *, since: str = "") -> Before:
    """Open what was known at the last session of a territory."""
    day = asked_day(since)
    sessions = material.sessions
    meeting = last_meeting(sessions, material.territory, before=material.today, since=day)
    if meeting is None or not book.workspace.store.is_file():
        return Before(meeting)
    with book.store() as store:
        return _looked(book, store, material, meeting)


def _looked(book: Workbook, store: Store, material: Material, meeting: Meeting) -> Before:
    then = store.as_of(end_of(meeting.day))
    territory = material.territory
    after = tables_of(material.frames, territory)
    if not then.received:
        empty = {name: frame.iloc[:0] for name, frame in after.items()}
        return Before(meeting, tables=empty, origins=dict(_origins(store, (after,), then.moment)))
    reader = AgreedReader(store, at=then)
    view = View(book, material.policy, material.period, material.cycle)
    before = tables_of(view.cut(reader, _territory_then(book, reader, territory)), territory)
    origins = dict(_origins(store, (before, after), then.moment))
    return Before(
        meeting,
        known=True,
        tables=before,
        origins=origins,
        ids_before=_ids(then, after),
        ids_after=_ids(store, before),
        codebook=then.codebook,
        codebook_now=codebook_of(store.catalogue),
        remapped=tuple(_remapped(store, then.moment, {file for file, _ in origins.values()})),
    )


def _territory_then(book: Workbook, reader: AgreedReader, territory: Territory) -> Territory:
    """Give a free perimeter the communes that it had."""
    if territory.level != "perimetre_libre":
        return territory
    communes = reader.load("territory_communes")
    codes = communes.loc[communes["territory_id"] == territory.id, "commune_code"]
    return book.geography.perimeter(territory.id, territory.label, codes)


def tables_of(frames: Mapping[str, pd.DataFrame], territory: Territory) -> dict[str, pd.DataFrame]:
    """Tables to set beside each other; of the perimeters, that of this very territory."""
    found = {table: frames[table] for table in TABLES}
    if territory.id != NETWORK:
        for table in PERIMETER:
            rows = found[table]
            found[table] = rows[rows["territory_id"] == territory.id].reset_index(drop=True)
    return found


def _origins(
    store: Store, sides: Iterable[Mapping[str, pd.DataFrame]], moment: str
) -> Iterator[tuple[tuple[str, str], tuple[str, date]]]:
    for table, frame in (item for side in sides for item in side.items()):
        ids = frame[store.catalogue.tables[table].key]
        for key, (file, received) in store.tellers(table, ids).items():
            if received > moment:
                yield (table, key), (file, day_of(received))


def _ids(store: Store | Former, told: Mapping[str, pd.DataFrame]) -> dict[str, frozenset[str]]:
    """Ids of some rows that a store holds, whichever the territory."""
    keys = {table: catalogue().tables[table].key for table in TABLES}
    return {table: store.ids_among(table, {*told[table][key]}) for table, key in keys.items()}


def _remapped(store: Store, moment: str, files: set[str]) -> Iterator[Remapped]:
    """Columns of files that came before and after, where they were not read the same way."""
    for file, readings in sorted(store.read_as(files, moment).items()):
        if len(readings) == 2:
            old, new = (_targets(readings[late]) for late in (False, True))
            for column in sorted(old.keys() & new.keys()):
                if old[column] != new[column]:
                    yield Remapped(file, column, old[column], new[column])


def _targets(readings: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Column of a file -> what it was read as."""
    found: dict[str, set[str]] = {}
    for reading in readings.values():
        for target, told in reading["columns"].items():
            for column in told:
                found.setdefault(str(column), set()).add(target)
    return {column: tuple(sorted(targets)) for column, targets in found.items()}
