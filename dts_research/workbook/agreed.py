"""The store as its subjects agreed that it be read: where consent meets every table."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from itertools import product

import pandas as pd

from dts_research.protect.consent import TAKEN_BACK, UNNAMED, Agreements, agreements, neutral
from dts_research.protect.unnamed import Unnamed
from dts_research.schema.catalogue import catalogue, plain
from dts_research.store import Store, clock
from dts_research.store.former import Former
from dts_research.workbook.material import this_day


def withdrawn_records(store: Store) -> dict[str, frozenset[str]]:
    """Ids of the records taken back, by table; the whole of them under ``""``.

    Spellings are those of the store and those of the consents. A structure or an actor is
    never taken back: it loses its name and stays counted.
    """
    if not store.withdrawals(clock.today().isoformat()):
        return {"": frozenset()}
    consents = store.load("consents")
    levels = agreements(consents, clock.today()).levels
    ids = {*store.ids(), *consents["record_id"].dropna()}
    spelled: dict[str, set[str]] = {}
    for one in ids:
        spelled.setdefault(plain(str(one)), set()).add(str(one))
    gone = {name: set[str]() for name in ({*store.catalogue.tables, ""} - {*UNNAMED})}
    for (table, record), level in levels.items():
        if level == TAKEN_BACK and table not in UNNAMED:
            for name in {table, ""} if table else gone:
                gone[name] |= spelled.get(record, set())
    return {name: frozenset(found) for name, found in gone.items()}


Frames = Mapping[str, pd.DataFrame]


def held(
    frames: Frames, gone: Mapping[str, Collection[str]], like: Frames | None = None
) -> dict[str, pd.DataFrame]:
    """Leave out the records taken back, whichever row tells them.

    With `like`, leave out the rows that are not among those of other frames.
    """
    kept = {}
    for table, frame in frames.items():
        keys = (like or frames)[table]
        kept[table] = frame
        if gone.get(table) and like is None:
            key = catalogue().tables[table].key
            kept[table] = frame[~keys[key].isin(list(gone[table]))]
        elif len(keys) != len(frame):
            kept[table] = frame.loc[keys.index]
    return kept


class AgreedReader:
    """Reads an open store: withdrawn rows are gone, words and names without consent too.

    Parameters
    ----------
    store
        The open store. A withdrawal holds from its day on, even for a report that is made
        again at an earlier day.
    at
        The store as it stood at a moment, to be read instead: it is held to what is agreed now.
    """

    def __init__(self, store: Store, *, at: Former | None = None) -> None:
        self._store = store
        self._read: Store | Former = at or store
        self.imports = store.imports
        self.imports_behind = store.imports_behind
        self.received = store.received

    def load(
        self,
        table: str,
        *,
        territory: str | Sequence[str] | None = None,
        ids: Collection[str] | None = None,
        among: tuple[str, Collection[str]] | None = None,
        columns: Sequence[str] | None = None,
        texts: bool = True,
    ) -> pd.DataFrame:
        """Read rows as `Store.load` does, then hold them to what was agreed."""
        frame = self._read.load(
            table, territory=territory, ids=ids, among=among, columns=columns, texts=texts
        )  # fmt: skip
        self._note(table, frame, some=(territory, ids, among) != (None, None, None))
        return self._unnamed.masked(self._agreements.shown(frame, table))

    def _note(self, table: str, frame: pd.DataFrame, *, some: bool) -> None:
        """Note the consents that speak of these very rows, or of any row of the table."""
        key = self._store.catalogue.tables[table].key
        if table in UNNAMED or key not in frame.columns:  # `_unnamed` notes its own
            return
        if some:
            self._store.note("agreed", keys={str(one) for one in frame[key]})
        else:
            self._store.note("agreed_on", keys=(table, ""))

    def provenance(self, table: str, ids: Collection[str] | None = None) -> pd.DataFrame:
        """Where records come from, as `Store.provenance` says it, without the masked names."""
        return self._unnamed.masked(self._store.provenance(table, ids=ids))

    def masked(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Give texts without the names that may not be said."""
        return self._unnamed.masked(frame)

    @cached_property
    def _agreements(self) -> Agreements:
        with self._store.unnoted():  # each load notes the consents that bear on it
            consents = self._store.load("consents")
        return agreements(consents, max(this_day(), clock.today()))

    @cached_property
    def _unnamed(self) -> Unnamed:
        names: dict[str, str] = {}
        self._store.note("agreed_on", keys=(*UNNAMED, ""))
        for reader, table in product({self._store, self._read}, UNNAMED):
            spoken = {record for name, record in self._agreements.levels if name in (table, "")}
            if not spoken:
                continue
            frame = reader.load(table, ids=reader.spelled(table, spoken), texts=False)
            key = self._store.catalogue.tables[table].key
            hidden = set(self._agreements.unnamed(table, list(frame[key])))
            frame = frame[frame[key].isin(hidden) & frame["label"].notna()]
            names |= dict(zip(frame["label"], neutral(frame, table)))
        return Unnamed(names)
