"""Make the bundle of a territory: what it said, every version of it, and how far it may go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dts_research.errors import MaterialError
from dts_research.reference.geography import Territory
from dts_research.reflection import bundles
from dts_research.reflection.bundles import TEXTS
from dts_research.reflection.bundles_here import Joined, joined, records_known, says_of
from dts_research.reflection.bundles_kept import Journals
from dts_research.reflection.bundles_leaving import Leaving, Stayed
from dts_research.reflection.bundles_lineage import Key, Lineage, Version
from dts_research.reflection.bundles_readable import parts
from dts_research.reflection.bundles_reading import check_target
from dts_research.reflection.bundles_texts import note_texts, texts_known
from dts_research.reflection.commentary import header_of
from dts_research.schema import catalogue
from dts_research.schema.catalogue import plain
from dts_research.store import Store
from dts_research.workbook import Workbook
from dts_research.workbook.material import this_day

WHOLE = ("reseau", "national", "ensemble du reseau")


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
        When the territory is unknown, or the file is there and is no such bundle.
    MaterialError
        When it has nothing to let out.
    """
    place = place_of(book, name)
    check_target(path, place, book.workspace.name)
    note_texts(book.workspace)
    with book.store() as store:
        leaving = Leaving(store, place, cycle, everything)
        making = _Making(book, store, leaving, joined(book.workspace, store))
        things = {**_records(making), **_texts(making)}
        lines = _lines(making, things)
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
    """Tell whether a comment may leave: the diffusion that its header says, and nothing else."""
    text = str(((version.says if version else None) or {}).get("text", ""))
    return not text or leaving.lets_out(header_of(text).get("diffusion"))


def _lines(making: _Making, things: Mapping[str, Mapping[str, Lineage]]) -> dict[str, Any]:
    journals = Journals(making.leaving, things.get("experiences", {}), this_day())
    paths = {name: making.book.workspace.data / path for name, path in bundles.JOURNALS.items()}
    return {
        name: journals.lines(name, path.read_text("utf-8-sig") if path.is_file() else "")
        for name, path in paths.items()
    }
