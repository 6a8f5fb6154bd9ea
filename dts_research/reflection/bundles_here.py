"""What this workbook knows of each thing: its own versions, those of bundles, choices made."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dts_research.errors import MaterialError
from dts_research.reflection.bundles import Bundle
from dts_research.reflection.bundles_lineage import Key, Lineage, Version, digest_of, together
from dts_research.reflection.bundles_reading import read_bundle
from dts_research.schema import Schema
from dts_research.store import Store
from dts_research.workspace import Workspace

# How the register of imports names what this module reads again.
BROUGHT, CHOSEN = "Lot de contributions", "Choix entre des versions"
BUNDLE_SUFFIX, CHOICE_SUFFIX = ".zip", ".json"


@dataclass(frozen=True)
class Choice:
    """A version that somebody kept, and those it was kept over."""

    key: Key
    kept: str
    over: tuple[str, ...]
    at: str = ""

    @property
    def lineage(self) -> Lineage:
        """The version kept follows the others."""
        return Lineage({}, {(old, self.kept): self.at for old in self.over if old != self.kept})


@dataclass(frozen=True)
class Known:
    """What a workbook knows of one thing.

    Parameters
    ----------
    own
        Digest of what it said or chose last, itself; "" when others said everything.
    now
        Digest of what stands; "" when the thing is not here.
    """

    lineage: Lineage
    own: str = ""
    now: str = ""


@dataclass(frozen=True)
class Joined:
    """Bundles taken in so far, by the digest of their bytes, and choices made."""

    bundles: Mapping[str, Bundle] = field(default_factory=dict)
    choices: Sequence[Choice] = ()

    def parts(self, key: Key) -> Iterable[Lineage]:
        """What was told elsewhere of one thing."""
        yield from (one.things[key] for one in self.bundles.values() if key in one.things)
        yield from (choice.lineage for choice in self.choices if choice.key == key)

    def things(self) -> set[Key]:
        """Everything that a bundle speaks of."""
        return {key for one in self.bundles.values() for key in one.things}


def joined(workspace: Workspace, store: Store) -> Joined:
    """Read again the bundles and the choices that were taken in, and not undone.

    Raises
    ------
    MaterialError
        When the copy kept of one of them is no longer there.
    """
    bundles: dict[str, Bundle] = {}
    choices: list[Choice] = []
    for row in store.import_rows():
        named, sha256 = str(row["mapping"]), str(row["sha256"])
        if row["undone_at"] or not named.startswith((BROUGHT, CHOSEN)):
            continue
        suffix = BUNDLE_SUFFIX if named.startswith(BROUGHT) else CHOICE_SUFFIX
        path = workspace.raw / f"{sha256}{suffix}"
        if not path.is_file():
            raise MaterialError(
                f"La copie gardée de « {row['file']} » a disparu de « {workspace.raw.name} ».",
                "La remettre d'après une sauvegarde : elle dit ce que chacun avait écrit.",
            )
        if suffix == BUNDLE_SUFFIX:
            bundles.setdefault(sha256, read_bundle(path, name=str(row["file"])))
        else:
            choices += choices_of(path.read_text("utf-8"), moment(row))
    return Joined(bundles, choices)


def moment(row: Mapping[str, Any]) -> str:
    """When an import came, so that two moments are told apart within a second too."""
    return f"{row['received_at']} {int(row['import_id']):06d}"


def choices_of(text: str, at: str) -> list[Choice]:
    """Read choices as `bundles_choosing` keeps them."""
    return [
        Choice((str(one["table"]), str(one["id"])), str(one["kept"]), tuple(one["over"]), at)
        for one in json.loads(text)
    ]


def records_known(
    store: Store, table: str, ids: Collection[str], others: Joined, workbook: str
) -> dict[str, Known]:
    """Tell what is known of some records of a table, by id."""
    schema = store.catalogue.tables[table]
    told = store.told(table, ids)
    chosen = {choice.key: choice for choice in sorted(others.choices, key=lambda c: c.at)}
    found = {}
    for key in sorted(ids):
        lineage, own, at = _own(told.get(key, ()), schema, workbook)
        last = chosen.get((table, key))
        standing = _now(told[key], schema) if key in told else ""
        whole = together([lineage, *others.parts((table, key))])
        now = next((d for d, v in whole.versions.items() if v.content == standing), standing)
        found[key] = Known(whole, last.kept if last and last.at > at else own, now)
    return found


def _now(versions: Sequence[Mapping[str, Any]], schema: Schema) -> str:
    return digest_of(says_of(versions[-1]["record"], schema))


def _own(
    versions: Sequence[Mapping[str, Any]], schema: Schema, workbook: str
) -> tuple[Lineage, str, str]:
    """Versions that this workbook received otherwise than in a bundle; the last, and when."""
    kept: dict[str, Version] = {}
    links: dict[tuple[str, str], str] = {}
    last, at, before = "", "", ""
    for one in versions:
        says = says_of(one["record"], schema)
        digest = digest_of(says)
        mine = [row for row in one["rows"] if not row["mapping"].startswith((BROUGHT, CHOSEN))]
        if mine:
            place = {"workbook": workbook, **{n: mine[0][n] for n in ("file", "sheet", "row")}}
            last, at = digest, moment(mine[0])
            kept.setdefault(digest, Version(digest, says, at, place))
            if before not in ("", digest):
                links[before, digest] = at
        before = digest
    return Lineage(kept, links), last, at


def says_of(record: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """Cells of a record that are filled, as a bundle says them: true or false for yes or no."""
    return {
        f.name: bool(record[f.name]) if f.type == "boolean" else record[f.name]
        for f in schema.fields
        if record.get(f.name) is not None
    }
