"""What changed since a day: the world, what we knew of it, what we look at, or how it is named.

A difference between two states of a workbook has one of four causes, and a conversation that
mistakes one for another goes wrong: something happened since (`REAL`); what was known then was
corrected or completed (`REVISED`); one looks at other places, structures or members
(`PERIMETER`); the same word or the same number does not mean the same any more (`DEFINITION`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from dts_research.analysis.changes_rules import (
    CHILDREN,
    DEFINITION,
    KINDS,
    PERIMETER,
    REAL,
    REVISED,
    Known,
    Row,
    cause,
    said_by,
    subject_of,
)
from dts_research.schema import catalogue

__all__ = ["DEFINITION", "KINDS", "PERIMETER", "REAL", "REVISED", "Change", "Changes", "Known",
           "changes"]  # fmt: skip
Place = tuple[str, str]
ROOTS = frozenset(table for table, _ in CHILDREN.values())
UNSAID = ("updated_on",)  # the day a line was touched says nothing of what it holds


@dataclass(frozen=True)
class Change:
    """One thing that is otherwise than it was.

    Parameters
    ----------
    kind
        Among `KINDS`.
    what
        ``new``, ``moved``, ``went_on``; ``late``, ``undated``, ``corrected``, ``gone``;
        ``entered``, ``left``, ``counted``, ``bounds``; ``defined``, ``restated``.
    table, record
        What it is said of.
    records
        Every record it covers, the subject's own first when it changed itself.
    fields
        Columns of the subject that differ.
    before, after
        The subject's rows; empty where there is none.
    parts
        The rows before and after of each record covered.
    """

    kind: str
    what: str
    table: str
    record: str
    records: tuple[Place, ...]
    fields: tuple[str, ...] = ()
    before: Row = field(default_factory=dict)
    after: Row = field(default_factory=dict)
    parts: tuple[tuple[Row, Row], ...] = ()

    def among(self, table: str) -> tuple[tuple[Row, Row], ...]:
        """Rows before and after of the records of one table."""
        return tuple(rows for (name, _), rows in zip(self.records, self.parts) if name == table)


@dataclass(frozen=True)
class Changes:
    """All that changed.

    Parameters
    ----------
    items
        Changes, by kind in the order of `KINDS`, then by table, in the order of the schema.
    own
        Records that the session itself wrote: what it said and decided is not a change since.
    untold
        Records of which nobody can tell whether they changed, for want of a former state.
    """

    items: tuple[Change, ...]
    own: tuple[Place, ...] = ()
    untold: tuple[Place, ...] = ()

    def of(self, kind: str) -> tuple[Change, ...]:
        """Changes of one kind."""
        return tuple(item for item in self.items if item.kind == kind)


@dataclass(frozen=True)
class _Difference:
    """A record that is not the same on both sides, before it has a cause."""

    table: str
    record: str
    before: Row
    after: Row

    @property
    def place(self) -> Place:
        return self.table, self.record

    @property
    def fields(self) -> tuple[str, ...]:
        if not (self.before and self.after):
            return ()
        changed = (n for n, value in self.after.items() if self.before.get(n) != value)
        return tuple(name for name in changed if name not in UNSAID)


def changes(
    before: Mapping[str, pd.DataFrame], after: Mapping[str, pd.DataFrame], known: Known
) -> Changes:
    """Tell the four kinds of change apart.

    Parameters
    ----------
    before, after
        Tables by name, as they stood on the day and as they stand, cut the same way.
    known
        The day, the session, and what the whole workbook held.

    Returns
    -------
    Changes
        Every record that differs is in one change, or in ``own``, or in ``untold``; never in two.
    """
    known = _completed(known, before, after)
    found = [one for table in after for one in _differences(table, before, after)]
    mine = {one.place for one in found if _own(one, known)}
    others = [one for one in found if one.place not in mine]
    items = tuple(_ordered(_grouped(others, {**_parents(before), **_parents(after)}, known)))
    if known.received:
        return Changes(items, tuple(sorted(mine)))
    told = tuple(item for item in items if item.kind == REAL)
    left = [place for item in items if item.kind != REAL for place in item.records]
    return Changes(told, tuple(sorted(mine)), tuple(sorted(left)))


def _completed(
    known: Known, before: Mapping[str, pd.DataFrame], after: Mapping[str, pd.DataFrame]
) -> Known:
    """Add what the tables say of sessions and of observations."""
    sessions = after.get("sessions", pd.DataFrame(columns=["session_id", "date"]))
    stated = _rows(before["observations"], "observation_id") if "observations" in before else {}
    return replace(
        known,
        sessions=dict(zip(sessions["session_id"], sessions["date"])),
        stated=frozenset(map(subject_of, stated.values())),
    )


def _own(one: _Difference, known: Known) -> bool:
    """Tell whether the session itself wrote a record, its participants included."""
    if said_by(one.table, one.record, one.before, one.after, known):
        return True
    return bool(known.session_id) and _parent(one) == ("sessions", known.session_id)


def _parents(frames: Mapping[str, pd.DataFrame]) -> dict[Place, Row]:
    """Rows that others are part of, by table and id."""
    tables = {table for table, _ in CHILDREN.values()} & {*frames}
    key = {table: catalogue().tables[table].key for table in tables}
    return {
        (table, record): row
        for table in tables
        for record, row in _rows(frames[table], key[table]).items()
    }


def _differences(
    table: str, before: Mapping[str, pd.DataFrame], after: Mapping[str, pd.DataFrame]
) -> Iterator[_Difference]:
    key = catalogue().tables[table].key
    old, new = (_rows(side[table], key) if table in side else {} for side in (before, after))
    for record in sorted({*old, *new}):
        one = _Difference(table, record, old.get(record, {}), new.get(record, {}))
        if {n: v for n, v in one.before.items() if n not in UNSAID} != {
            n: v for n, v in one.after.items() if n not in UNSAID
        }:
            yield one


def _rows(frame: pd.DataFrame, key: str) -> dict[str, dict[str, Any]]:
    """Rows by id, as plain values: an absent value is None."""
    names = list(frame)
    cells = [
        [None if lacks else value for value, lacks in zip(frame[name].tolist(), frame[name].isna())]
        for name in names
    ]
    rows = (dict(zip(names, row)) for row in zip(*cells))
    return {str(row[key]): row for row in rows}


def _grouped(
    found: Sequence[_Difference], parents: Mapping[Place, Row], known: Known
) -> Iterator[Change]:
    """One change per subject and cause: what came with a record is told with it."""
    causes = {o.place: cause(o.table, o.record, o.before, o.after, known) for o in found}
    whole = {one.place for one in found if one.table in ROOTS and _folds(one, causes, known)}
    members: dict[tuple[Place, str, str], list[_Difference]] = defaultdict(list)
    for one in found:
        parent, (kind, what) = _parent(one), causes[one.place]
        if parent in whole:
            members[parent, *causes[parent]].append(one)
        elif parent:
            part = kind == REVISED and one.table != "observations"
            members[parent, kind, "corrected" if part else what].append(one)
        else:
            members[one.place, kind, what].append(one)
    subjects = {one.place: one for one in found}
    for (place, kind, what), parts in members.items():
        row = parents.get(place, {})
        subject = subjects.get(place) or _Difference(*place, row, row)
        yield _change(subject, kind, what, parts)


def _folds(one: _Difference, causes: Mapping[Place, tuple[str, str]], known: Known) -> bool:
    """Whether the parts of a record are told with it: it came or went whole, or was redefined."""
    if one.before and one.after:
        return one.table == "indicators"
    return known.received or causes[one.place][0] == REAL


def _change(subject: _Difference, kind: str, what: str, parts: list[_Difference]) -> Change:
    first = sorted(parts, key=lambda one: (one.place != subject.place, one.place))
    fields = subject.fields if first[0].place == subject.place else ()
    return Change(
        kind, what, *subject.place, tuple(one.place for one in first), fields,
        subject.before, subject.after, tuple((one.before, one.after) for one in first),
    )  # fmt: skip


def _parent(one: _Difference) -> Place | None:
    """The record that a part belongs to."""
    table, name = CHILDREN.get(one.table, ("", ""))
    value = (one.after or one.before).get(name) if name else None
    return (table, str(value)) if value else None


def _ordered(items: Iterable[Change]) -> list[Change]:
    tables = list(catalogue().tables)

    def key(item: Change) -> tuple[int, int, str, str]:
        return KINDS.index(item.kind), tables.index(item.table), item.what, item.record

    return sorted(items, key=key)
