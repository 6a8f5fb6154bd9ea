"""Lines of the journals that leave with a bundle: prepared sessions, and views that still may."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from dts_research.protect.names import mask_persons
from dts_research.reflection.bundles import TYPED
from dts_research.reflection.bundles_leaving import Leaving
from dts_research.store import Store
from dts_research.store.clock import WALL, day_of
from dts_research.workbook import NETWORK
from dts_research.workbook.views import KEPT, RETIRED
from dts_research.workbook.views_back import consents_changed

VIEWS = "vues.jsonl"
PUT_AWAY = {"version", "at", "state", "id"}


@dataclass(frozen=True)
class Journals:
    """Chooses the lines of the journals that leave.

    Parameters
    ----------
    experiences
        Ids of the experiences that leave: the sheet of another one stays.
    today
        Day of the bundle.
    """

    leaving: Leaving
    experiences: Collection[str]
    today: date

    def lines(self, name: str, text: str) -> tuple[str, ...]:
        """Lines of a journal that belong to the territory, without names that were typed."""
        mine: set[str] = set()
        found = []
        for line in filter(str.strip, text.split("\n")):
            entry = _entry(line)
            key = str(entry.get("id") or entry.get("session_id") or "")
            about = _about(entry, self.leaving.territory.id)
            if key and (about or (key in mine and "state" in entry)):
                mine.add(key)
                found.append((line, entry))
        return self._free(name, found)

    def _free(self, name: str, found: list[tuple[str, dict[str, Any]]]) -> tuple[str, ...]:
        stayed, free = self.leaving.stayed, []
        news = narrowed(self.leaving.store, self.today) if name == VIEWS and found else None
        for line, entry in found:
            if not self.leaving.lets_out(_audience(entry)):
                stayed.lines += 1
            elif name == VIEWS and not self._still(entry, news):
                stayed.views += 1
            else:
                free.append(_unnamed(line, entry))
        return tuple(free)

    def _still(self, entry: Mapping[str, Any], news: date | None) -> bool:
        """Tell whether what a view shows may still be shown; in doubt it may not."""
        if entry.get("state") == RETIRED:
            return set(entry) <= PUT_AWAY
        if entry.get("state") != KEPT:
            return False
        if entry.get("kind") == "sheet" and entry.get("experience_id") not in self.experiences:
            return False
        with suppress(ValueError):
            return news is None or day_of(str(entry.get("at", ""))) > news
        return False


def narrowed(store: Store, today: date) -> date | None:
    """Last day a consent or a diffusion changed, or something received was taken back."""
    days = [day_of(str(one["undone_at"])) for one in store.import_rows() if one["undone_at"]]
    received, ended = consents_changed(store, today)
    days += [received.astimezone(WALL).date()] if received else []
    days += [ended] if ended else []
    ids = store.ids_by_table()
    for table, schema in store.catalogue.tables.items():
        if "diffusion" in schema.names and ids.get(table):
            told = store.told_versions(table, ids[table], ("diffusion",))
            days += [
                day_of(str(new["received_at"]))
                for old, new in pairwise(told)
                if old["id"] == new["id"] and old["diffusion"] != new["diffusion"]
            ]
    return max(days, default=None)


def _unnamed(line: str, entry: Mapping[str, Any]) -> str:
    """The line as it is written, but for the names of persons that somebody typed."""
    typed = {name: entry[name] for name in TYPED if isinstance(entry.get(name), str)}
    masked = {name: mask_persons(text) for name, text in typed.items()}
    return line if masked == typed else json.dumps({**entry, **masked}, ensure_ascii=False)


def _entry(line: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _about(entry: Mapping[str, Any], territory: str) -> bool:
    """Tell whether an entry speaks of a territory; one that names none speaks of the network."""
    filters = entry.get("filters")
    named = filters.get("territory") if isinstance(filters, dict) else None
    if "session_id" in entry:
        named = entry.get("territory_id") or entry.get("territory")
    elif entry.get("state") == RETIRED:
        return False
    return str(named or NETWORK) == territory


def _audience(entry: Mapping[str, Any]) -> str:
    """How far an entry may go; that a view was put away may always be known."""
    return "network" if entry.get("state") == RETIRED else str(entry.get("audience", ""))
