"""What goes up to the national level and comes down: the path of each record across levels.

A record names those it comes from; a territory's own record is local, one that names no territory
belongs to the region or to the nation, as its session says. Readings of one hypothesis by several
territories stand side by side: they are never averaged, counted against each other, nor ordered
otherwise than by the name of the place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from dts_research.analysis.portrait import labels
from dts_research.analysis.result import listed

LOCAL, REGIONAL, NATIONAL = "local", "regional", "national"
RAISED, DOWN = "remontee", "descendue"
# Kind -> its id, its words, its list of statuses.
KINDS = {
    "decisions": ("decision_id", "statement", "decision_status"),
    "hypotheses": ("hypothesis_id", "statement", "hypothesis_status"),
    "common_references": ("reference_id", "statement", "reference_status"),
    "contributions": ("contribution_id", "text", "contribution_types"),
}
# What each kind says for, against, and of what happened.
SAID = {
    "decisions": {"since": "what_happened"},
    "hypotheses": {"supports": "evidence_for", "opposes": "evidence_against"},
    "common_references": {"opposes": "nuance"},
    "contributions": {"opposes": "positions"},
}
COLUMNS = ("kind", "id", "statement", "status", "status_label", "level", "territory", "session",
           "scope", "comes_from", "cites", "since", "supports", "opposes")  # fmt: skip


@dataclass(frozen=True)
class Weave:
    """Records of every level, one a row, found by id.

    Parameters
    ----------
    table
        The columns of `COLUMNS`; ``session`` is its name, ``cites`` holds the experiences that a
        reference rests on.
    """

    table: pd.DataFrame

    def of(self, ids: object) -> pd.DataFrame:
        """Rows of some ids, in the order of the table."""
        return self.table[self.table["id"].isin(list(listed(ids)))]

    def sources(self, record: str) -> list[str]:
        """Ids of what a record comes from and that is known, nearest first; a loop stops it."""
        return self._walk(record, self._origins)

    def outcomes(self, record: str) -> list[str]:
        """Ids of what came from a record, nearest first; a loop stops it."""
        return self._walk(record, self._results)

    def path(self, record: str) -> list[str]:
        """Ids along the path of a record, from where it began to what came last."""
        return [*reversed(self.sources(record)), record, *self.outcomes(record)]

    def families(self) -> list[list[str]]:
        """Hypotheses tied to one another by their paths, two or more together, by their ids."""
        mine = self.table[self.table["kind"] == "hypotheses"]["id"]
        seen: set[str] = set()
        found = []
        for one in mine:
            if one not in seen:
                tied = self._walk(one, self._both)
                family = [i for i in mine if i == one or i in tied]
                seen.update(family)
                found.append(family)
        return [family for family in found if len(family) > 1]

    def _walk(self, record: str, steps: Mapping[str, list[str]]) -> list[str]:
        found: list[str] = []
        left = [record]
        while left:
            for one in steps.get(left.pop(0), ()):
                if one != record and one not in found:
                    found.append(one)
                    left.append(one)
        return found

    @cached_property
    def _origins(self) -> dict[str, list[str]]:
        known = set(self.table["id"])
        return {r.id: [i for i in r.comes_from if i in known] for r in self.table.itertuples()}

    @cached_property
    def _results(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for record, origins in self._origins.items():
            for one in origins:
                found.setdefault(one, []).append(record)
        return found

    @cached_property
    def _both(self) -> dict[str, list[str]]:
        origins, results = self._origins, self._results
        return {i: [*origins.get(i, ()), *results.get(i, ())] for i in self.table["id"]}


def woven(frames: Mapping[str, pd.DataFrame], sessions: pd.DataFrame) -> Weave:
    """Put the records of every kind and level together.

    Parameters
    ----------
    frames
        Rows of ``decisions``, ``hypotheses``, ``common_references`` and ``contributions``.
    sessions
        Their sessions: a record without a territory stands at the level of its session.
    """
    levels = dict(zip(sessions["session_id"], sessions["level"]))
    names = dict(zip(sessions["session_id"], sessions["label"]))
    parts = [
        _rows(kind, frames[kind], levels).assign(session=frames[kind]["session_id"].map(names))
        for kind in KINDS if kind in frames
    ]  # fmt: skip
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
    return Weave(table[list(COLUMNS)])


def _rows(kind: str, frame: pd.DataFrame, levels: Mapping[str, str]) -> pd.DataFrame:
    key, words, codelist = KINDS[kind]
    status = frame["type" if kind == "contributions" else "status"]
    territory = frame["territory_id"].fillna("").astype(object)
    names = labels(codelist)
    told = {name: frame[column].astype(object) for name, column in SAID[kind].items()}
    return pd.DataFrame({
        "kind": kind, "id": frame[key].astype(object), "statement": frame[words].astype(object),
        "status": status.astype(object), "status_label": [names.get(s, s) for s in status],
        "territory": territory,
        "level": [_level(t, levels.get(s, "")) for t, s in zip(territory, frame["session_id"])],
        "scope": _column(frame, "scope").fillna(""),
        "comes_from": [listed(one) for one in _column(frame, "comes_from")],
        "cites": [listed(one) for one in _column(frame, "experience_ids")],
        **{name: told.get(name, pd.Series(None, index=frame.index, dtype=object))
           for name in ("since", "supports", "opposes")},
    })  # fmt: skip


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    nothing = pd.Series(None, index=frame.index, dtype=object)
    return frame[name].astype(object) if name in frame.columns else nothing


def _level(territory: str, session: str) -> str:
    """A region is named as a territory with its code; what names none follows its session."""
    if territory.startswith("R") and territory[1:].isdigit():
        return REGIONAL
    return LOCAL if territory else session if session == REGIONAL else NATIONAL


def raised(weave: Weave) -> pd.DataFrame:
    """What territories raised: said to be so, or named by a record of a wider level.

    Returns
    -------
    pandas.DataFrame
        Rows of the weave, with ``answers`` (ids of the wider level that come from it) and
        ``back`` (ids of territories that come from those).
    """
    table = weave.table
    local = table[(table["level"] == LOCAL) & (table["scope"] != DOWN)]
    wider = set(table[table["level"] != LOCAL]["id"])
    outcomes = [weave.outcomes(one) for one in local["id"]]
    found = local.assign(
        answers=[[i for i in ids if i in wider] for ids in outcomes],
        back=[[i for i in ids if i not in wider] for ids in outcomes],
    )
    return found[(found["scope"] == RAISED) | found["answers"].map(bool)]


def come_down(weave: Weave, territory: str) -> pd.DataFrame:
    """What comes to a territory from a wider level.

    Returns
    -------
    pandas.DataFrame
        Wider records that are meant for territories (a common reference always is), or that one
        of this territory comes from, with ``here`` (ids of this territory that come from it) and
        ``origins`` (local ids that it comes from).
    """
    table = weave.table
    mine = set(table[table["territory"] == territory]["id"])
    local = set(table[table["level"] == LOCAL]["id"])
    wider = table[table["level"] != LOCAL]
    found = wider.assign(
        here=[[i for i in weave.outcomes(one) if i in mine] for one in wider["id"]],
        origins=[[i for i in weave.sources(one) if i in local] for one in wider["id"]],
    )
    meant = (found["scope"] == DOWN) | (found["kind"] == "common_references")
    return found[meant | found["here"].map(bool)]
