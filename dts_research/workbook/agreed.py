"""The store as its subjects agreed that it be read: where consent meets every table."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import product

import pandas as pd

from dts_research.protect.consent import TAKEN_BACK, UNNAMED, Agreements, agreements, neutral
from dts_research.protect.unnamed import Unnamed
from dts_research.schema.catalogue import catalogue, plain
from dts_research.store import Store
from dts_research.store.former import Former
from dts_research.workbook.material import this_day


def withdrawn_records(store: Store) -> dict[str, frozenset[str]]:
    """Ids of the records taken back, by table; the whole of them under ``""``.

    Spellings are those of the store and those of the consents. A structure or an actor is
    never taken back: it loses its name and stays counted.
    """
    if not store.withdrawals(date.today().isoformat()):
        return {"": frozenset()}
    consents = store.load("consents")
    levels = agreements(consents, date.today()).levels
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

    def load(
        self,
        table: str,
        *,
        territory: str | None = None,
        ids: Collection[str] | None = None,
        columns: Sequence[str] | None = None,
        texts: bool = True,
    ) -> pd.DataFrame:
        """Read rows as `Store.load` does, then hold them to what was agreed."""
        frame = self._read.load(
            table, territory=territory, ids=ids, columns=columns, texts=texts
        )  # fmt: skip
        return self._unnamed.masked(self._agreements.shown(frame, table))

    def provenance(self, table: str) -> pd.DataFrame:
        """Where records come from, as `Store.provenance` says it, without the masked names."""
        return self._unnamed.masked(self._store.provenance(table))

    def masked(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Give texts without the names that may not be said."""
        return self._unnamed.masked(frame)

    @cached_property
    def _agreements(self) -> Agreements:
        return agreements(self._store.load("consents"), max(this_day(), date.today()))

    @cached_property
    def _unnamed(self) -> Unnamed:
        names: dict[str, str] = {}
        for reader, table in product({self._store, self._read}, UNNAMED):
            frame = reader.load(table, texts=False)
            key = self._store.catalogue.tables[table].key
            hidden = set(self._agreements.unnamed(table, list(frame[key])))
            frame = frame[frame[key].isin(hidden) & frame["label"].notna()]
            names |= dict(zip(frame["label"], neutral(frame, table)))
        return Unnamed(names)
