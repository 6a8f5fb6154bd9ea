"""Versions of one thing told in several places: which one stands, which ones part.

A version is known by the digest of what it says; a link says that one followed another, and
when. Links of every place are put together: the order in which they come never matters.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

# Cells that say when and where a record was written, not what it says.
KEEPING = ("source", "updated_on")
Key = tuple[str, str]
Link = tuple[str, str]


@dataclass(frozen=True)
class Version:
    """What was said once, and where.

    Parameters
    ----------
    says
        Cells that are filled, or None where only the digest came (a former version that its
        territory keeps).
    at
        When it was received, in UTC, then the number of the import: they tell the order.
    by
        Workbook, file, sheet and row.
    """

    digest: str
    says: Mapping[str, Any] | None
    at: str = ""
    by: Mapping[str, Any] = field(default_factory=dict)

    @property
    def veiled(self) -> bool:
        """Tell whether a name was taken out of what it says before it left its workbook."""
        return bool(self.by.get("veiled"))

    @property
    def content(self) -> str:
        """Digest of what it says here: its own, but for a version that left without a name."""
        return digest_of(self.says or {}) if self.veiled else self.digest


@dataclass(frozen=True)
class Lineage:
    """Versions of one thing by digest, and what followed what (with the last time it did)."""

    versions: Mapping[str, Version] = field(default_factory=dict)
    links: Mapping[Link, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """What stands of one thing.

    Parameters
    ----------
    shown
        Digest of the version that reports read; "" when there is none.
    apart
        Digests between which somebody has to choose, in order; none when there is no conflict.
    """

    shown: str
    apart: tuple[str, ...] = ()


def digest_of(says: Mapping[str, Any]) -> str:
    """Digest of the cells that are filled: a column that nobody fills changes nothing."""
    filled = {name: value for name, value in says.items() if value is not None}
    text = json.dumps(filled, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def together(parts: Iterable[Lineage]) -> Lineage:
    """Put lineages together, whatever their order."""
    versions: dict[str, Version] = {}
    links: dict[Link, str] = {}
    for part in parts:
        for digest, one in part.versions.items():
            versions[digest] = min(versions.get(digest, one), one, key=_fullest)
        for link, at in part.links.items():
            links[link] = max(links.get(link, ""), at)
    return Lineage(versions, links)


def _fullest(one: Version) -> tuple[bool, bool, str, str]:
    return one.says is None, one.veiled, one.at, json.dumps(dict(one.by), sort_keys=True)


def ancestors(lineage: Lineage, digest: str) -> set[str]:
    """Digests of all that a version followed, itself included."""
    before: dict[str, list[str]] = {}
    for old, new in lineage.links:
        before.setdefault(new, []).append(old)
    found, left = {digest}, [digest]
    while left:
        more = [old for old in before.get(left.pop(), ()) if old not in found]
        found.update(more)
        left += more
    return found


def in_order(lineage: Lineage, digests: Collection[str]) -> list[str]:
    """Put versions in the order in which they were told."""
    return sorted(digests, key=lambda d: (lineage.versions[d].at, d))


def last_ones(lineage: Lineage) -> list[str]:
    """Digests of the versions that nothing followed; of a return to what was said, the last."""
    past = {digest: ancestors(lineage, digest) for digest in lineage.versions}
    found = set[str]()
    for digest in lineage.versions:
        after = {other for other, before in past.items() if digest in before}
        if after <= past[digest]:  # whatever followed it came back to it
            found.add(_latest(lineage, after))
    return in_order(lineage, found)


def _latest(lineage: Lineage, turning: Collection[str]) -> str:
    """Where versions that follow one another in a ring end: at the last step taken."""
    steps = [(at, new) for (old, new), at in lineage.links.items()
             if old in turning and new in turning]  # fmt: skip
    return max(steps)[1] if steps else next(iter(turning))


def standing(lineage: Lineage, table: str, own: str = "") -> Standing:
    """Tell which version stands, and between which ones somebody has to choose.

    Parameters
    ----------
    table
        Table of the record, or ``texts``.
    own
        Digest of what this workbook itself said last; where versions part, it stays.
    """
    ends = [digest for digest in last_ones(lineage) if lineage.versions[digest].says is not None]
    for digest in (_withdrawn(lineage, ends, table), _alike(lineage, ends)):
        if digest:
            return Standing(digest)
    if not ends:
        return Standing("")
    return Standing(own or _shared(lineage, ends), tuple(ends))


def _withdrawn(lineage: Lineage, ends: list[str], table: str) -> str:
    """A withdrawal, or a text taken away, wins over what was said meanwhile."""
    mark = {"consents": "withdrawn_on", "texts": "removed"}.get(table, "")
    told = {d: (lineage.versions[d].says or {}).get(mark) for d in ends}
    gone = [(str(mark), digest) for digest, mark in told.items() if mark]
    return min(gone)[1] if gone else ""


def _alike(lineage: Lineage, ends: list[str]) -> str:
    """The last of versions that say the same but for when and where it was written."""
    told = {d: lineage.versions[d].says or {} for d in ends}
    said = {digest_of({n: v for n, v in t.items() if n not in KEEPING}) for t in told.values()}
    if len(said) != 1:
        return ""
    return max(ends, key=lambda d: (*(str(told[d].get(n) or "") for n in reversed(KEEPING)), d))


def _shared(lineage: Lineage, ends: list[str]) -> str:
    """What all the versions that part came from, else the one told first."""
    past = set.intersection(*(ancestors(lineage, digest) for digest in ends))
    known = [d for d in past if d in lineage.versions and lineage.versions[d].says is not None]
    return in_order(lineage, known)[-1] if known else ends[0]
