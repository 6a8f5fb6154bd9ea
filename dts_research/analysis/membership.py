"""Life of a collective: members over eligible structures, with a denominator that changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import pandas as pd

_DECLARED = re.compile(r"(\d{1,4})\s+(?:AI|ACI|EI|ETTI|SIAE|structures|associations)\b")


@dataclass(frozen=True)
class Coverage:
    """Members of one collective through time.

    Parameters
    ----------
    table
        One row per change: date, members, eligible (declared by the source, else counted from
        the structures of the same kind on that day, else None), source, what.
    kind
        Kind of structure that may join; empty when members are of several kinds.
    observers
        How many structures follow without being members today.
    """

    collective: str
    table: pd.DataFrame
    kind: str
    observers: int
    n: int
    missing: int
    reading: str = (
        "Le nombre de structures éligibles vient de la source citée ; il peut changer d'une "
        "année à l'autre."
    )


def coverage(
    memberships: pd.DataFrame,
    structures: pd.DataFrame,
    structure_kinds: pd.DataFrame,
    *,
    today: date,
) -> tuple[Coverage, ...]:
    """Follow each collective, in alphabetical order."""
    names = sorted(set(memberships["collective"].dropna()))
    return tuple(
        _one(
            name, memberships[memberships["collective"] == name], structures, structure_kinds, today
        )
        for name in names
    )


def _one(
    name: str, rows: pd.DataFrame, structures: pd.DataFrame, kinds: pd.DataFrame, today: date
) -> Coverage:
    of = structures.drop_duplicates("structure_id").set_index("structure_id")["kind"].to_dict()
    found = {of.get(s) for s in rows["structure_id"]} - {None}
    kind = str(found.pop()) if len(found) == 1 else ""
    members = rows[rows["status"] == "member"]
    dated = members[members["joined_on"].map(lambda d: isinstance(d, date))]
    days = {d for d in dated["joined_on"]}
    days |= {d for d in dated["left_on"] if isinstance(d, date)}
    table = pd.DataFrame(
        [
            _state(day, dated, kind, structures, kinds)
            for day in sorted(d for d in days if d <= today)
        ],
        columns=["date", "members", "eligible", "source"],
    )
    watching = rows[(rows["status"] == "observer") & rows["left_on"].isna()]
    return Coverage(name, table, kind, len(watching), len(rows), len(members) - len(dated))


def _state(
    day: date, members: pd.DataFrame, kind: str, structures: pd.DataFrame, kinds: pd.DataFrame
) -> tuple[date, int, int | None, str]:
    inside = [
        start <= day and not (isinstance(end, date) and end <= day)
        for start, end in zip(members["joined_on"], members["left_on"])
    ]
    latest = members[members["joined_on"].map(lambda d: d <= day)]
    latest = latest.loc[sorted(latest.index, key=lambda i: latest["joined_on"][i])]
    sources = latest["denominator_source"].dropna()
    source = str(sources.iloc[-1]) if len(sources) else ""
    declared = _DECLARED.search(source)
    if declared:
        return day, sum(inside), int(declared.group(1)), source
    counted = eligible(kind, structures, kinds, day=day)
    return day, sum(inside), counted, source or "Table des structures"


def eligible(
    kind: str, structures: pd.DataFrame, structure_kinds: pd.DataFrame, *, day: date
) -> int | None:
    """Count the structures of a kind on a day; None when the kind is not one."""
    if not kind:
        return None
    dated = structure_kinds[structure_kinds["structure_id"].isin(set(structures["structure_id"]))]
    valid = [
        (not isinstance(start, date) or start <= day) and not (isinstance(end, date) and end < day)
        for start, end in zip(dated["valid_from"], dated["valid_to"])
    ]
    now = dated[pd.Series(valid, index=dated.index, dtype=bool)]
    undated = structures[~structures["structure_id"].isin(set(dated["structure_id"]))]
    return int((now["kind"] == kind).sum() + (undated["kind"] == kind).sum())
