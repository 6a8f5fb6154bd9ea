"""Make the bundle of a territory: what it said, every version of it, and how far it may go."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dts_research.errors import MaterialError
from dts_research.protect.disclosure import Policy
from dts_research.reference.geography import Territory
from dts_research.reflection import bundles
from dts_research.reflection.bundles import TEXTS
from dts_research.reflection.bundles_here import Joined, joined, records_known, says_of
from dts_research.reflection.bundles_leaving import Leaving, Stayed
from dts_research.reflection.bundles_lineage import Key, Lineage, Version
from dts_research.reflection.bundles_readable import parts
from dts_research.reflection.bundles_texts import note_texts, texts_known
from dts_research.schema import catalogue
from dts_research.schema.catalogue import plain
from dts_research.store import Store
from dts_research.workbook import NETWORK, Workbook

WHOLE = ("reseau", "national", "ensemble du reseau")
_HEADER = re.compile(r"^(état|diffusion)[^\S\n]*:[^\S\n]*(.+?)[^\S\n]*$", re.M | re.I)


@dataclass(frozen=True)
class Made:
    """A bundle that was written.

    Parameters
    ----------
    counts
        Table (or ``texts``, or a journal) -> how many things leave.
    """

    path: Path
    territory: Territory
    counts: Mapping[str, int]
    stayed: Stayed
    everything: bool


@dataclass(frozen=True)
class _Making:
    book: Workbook
    store: Store
    leaving: Leaving
    others: Joined

    @property
    def place(self) -> Territory:
        return self.leaving.territory


def place_of(book: Workbook, name: str) -> Territory:
    """Find a territory, or the national level: ``reseau``."""
    if plain(name) in WHOLE:
        return book.network().territory
    return book.resolve(name)


def export_territory(
    book: Workbook, name: str, path: Path, *, cycle: str = "", everything: bool = False
) -> Made:
    """Write the contributions of a territory in one file.

    Parameters
    ----------
    name
        Code or name of a territory; ``reseau`` for what was said at the national level.
    cycle
        Only this cycle; empty for all.
    everything
        Let out what stays at the territory too: for who works on the same territory.

    Raises
    ------
    RequestError
        When the territory is unknown.
    MaterialError
        When it has nothing to let out.
    """
    place = place_of(book, name)
    note_texts(book.workspace)
    with book.store() as store:
        leaving = Leaving(store, place, cycle, everything)
        making = _Making(book, store, leaving, joined(book.workspace, store))
        things = {**_records(making), **_texts(making)}
        lines = {name: _lines(making, name) for name in bundles.JOURNALS}
        state = max((str(row["received_at"]) for row in store.import_rows()), default="")
    if not things and not any(lines.values()):
        raise _nothing(place, cycle, leaving.stayed)
    about = {
        "territory": place.id, "label": place.label, "cycle": cycle, "state": state,
        "workbook": book.workspace.name, "fictional": book.workspace.fictional,
        "everything": everything, "stayed": list(leaving.stayed.sentences()),
    }  # fmt: skip
    bundles.packed(path, about, dict(parts(about, things, lines)))
    counts = {table: len(some) for table, some in things.items()}
    counts |= {name: len(some) for name, some in lines.items()}
    return Made(path, place, counts, leaving.stayed, everything)


def _nothing(place: Territory, cycle: str, stayed: Stayed) -> MaterialError:
    within = f" pour le cycle « {cycle} »" if cycle else ""
    kept = " ; ".join(stayed.sentences())
    fix = (
        f"Ce qui reste ({kept}) sort avec --all, entre personnes du même territoire."
        if stayed.kept_home or stayed.texts or stayed.lines
        else "Voir ce que le classeur contient : dts list"
    )
    return MaterialError(f"« {place.label} » n'a rien à faire sortir{within}.", fix)


def _records(making: _Making) -> dict[str, dict[str, Lineage]]:
    found = {}
    for table, ids in making.leaving.ids().items():
        known = records_known(making.store, table, ids, making.others, making.book.workspace.name)
        found[table] = {
            key: _as_it_may(making.leaving, (table, key), one.lineage, one.now)
            for key, one in known.items()
        }
    return found


def _as_it_may(leaving: Leaving, key: Key, lineage: Lineage, now: str) -> Lineage:
    """Leave of a former version its digest only, where its words may not go so far."""
    table, veiled = key[0], leaving.veiled.get(key)
    if veiled is not None:
        mute = {d: replace(one, says=None, by={}) for d, one in lineage.versions.items()}
        says = says_of(veiled, catalogue().tables[table])
        shown = replace(lineage.versions[now], says=says, by={"veiled": True})
        return Lineage({**mute, now: shown}, lineage.links)
    told = [one for one in lineage.versions.values() if one.says is not None]
    may = leaving.shows(table, [one.says for one in told if one.says is not None]) if told else []
    hidden = {one.digest for one, goes in zip(told, may) if not goes and one.digest != now}
    free = {
        digest: replace(one, says=None, by={}) if digest in hidden else one
        for digest, one in lineage.versions.items()
    }
    return Lineage(free, lineage.links)


def _texts(making: _Making) -> dict[str, dict[str, Lineage]]:
    """Comments of the territory that may go so far; those taken away, so that it is known."""
    leaving, cycle = making.leaving, making.leaving.cycle
    found: dict[str, Lineage] = {}
    for path, one in texts_known(making.book.workspace, making.others).items():
        folder, _, rest = path.partition("/")
        if folder.casefold() != making.place.id.casefold() or not one.now:
            continue
        if cycle and rest.partition("/")[0].casefold() != cycle.casefold():
            continue
        if _goes(one.lineage.versions.get(one.now), leaving):
            found[path] = _texts_as_they_may(one.lineage, leaving)
        else:
            leaving.stayed.texts += 1
    return {TEXTS: found} if found else {}


def _texts_as_they_may(lineage: Lineage, leaving: Leaving) -> Lineage:
    versions = {
        digest: one if _goes(one, leaving) else replace(one, says=None, by={})
        for digest, one in lineage.versions.items()
    }
    return Lineage(versions, lineage.links)


def _goes(version: Version | None, leaving: Leaving) -> bool:
    """Tell whether a comment may leave: its header says how far it goes, or that it is ready."""
    text = str(((version.says if version else None) or {}).get("text", ""))
    if leaving.everything or not text:
        return True
    said = {plain(name): value for name, value in _HEADER.findall(text.split("\n---")[0])}
    lists = catalogue().codelists
    if "diffusion" in said:
        level = lists["diffusion"].code_of(said["diffusion"])
        return Policy(audience="network").lets_through(level)
    return lists["review_status"].code_of(said.get("etat", "")) == "diffusable"


def _lines(making: _Making, name: str) -> tuple[str, ...]:
    """Lines of a journal that belong to the territory, as they are written."""
    path = making.book.workspace.data / bundles.JOURNALS[name]
    text = path.read_text("utf-8-sig") if path.is_file() else ""
    mine: set[str] = set()
    found = []
    for line in filter(str.strip, text.split("\n")):
        entry = _entry(line)
        key = str(entry.get("id") or entry.get("session_id") or "")
        if key and (_about(entry, making.place.id) or (key in mine and "state" in entry)):
            mine.add(key)
            found.append((line, _audience(entry)))
    free = [line for line, level in found if making.leaving.lets_out(level)]
    making.leaving.stayed.lines += len(found) - len(free)
    return tuple(free)


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
    elif entry.get("state") == "retired":
        return False
    return str(named or NETWORK) == territory


def _audience(entry: Mapping[str, Any]) -> str:
    """How far an entry may go; that a view was put away may always be known."""
    return "network" if entry.get("state") == "retired" else str(entry.get("audience", ""))
