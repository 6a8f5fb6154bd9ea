"""Who acts with whom: actors of the experiences by role and type, inside or outside the network."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dts_research.analysis.portrait import labels


@dataclass(frozen=True)
class Partners:
    """Actors met in the experiences.

    Parameters
    ----------
    table
        One row per type x role: type, type_label, role, role_label, actors, experiences,
        in the order of the code lists.
    by_type
        One row per type: type, label, actors, experiences, outside (True, False or None when
        actors of the type are both).
    n
        How many experiences there are.
    missing
        How many of them name no actor.
    """

    table: pd.DataFrame
    by_type: pd.DataFrame
    n: int
    missing: int
    actors: int
    outside: int
    unplaced: int
    reading: str = "Un acteur compte une fois par type et par rôle, dans chaque expérience."


def acting(
    experience_actors: pd.DataFrame, actors: pd.DataFrame, experiences: pd.DataFrame
) -> Partners:
    """Describe who acts in the experiences, with which role."""
    known = actors.drop_duplicates("actor_id")
    met = experience_actors.merge(known, on="actor_id", how="left", suffixes=("", "_actor"))
    met["type"] = met["type"].fillna("autre")
    types, roles = labels("actor_types"), labels("actor_roles")
    who, where = _met(met, ["type", "role"])
    pairs = [
        (t, types[t], r, roles[r], len(who[t, r]), len(where[t, r]))
        for t in types for r in roles if (t, r) in who
    ]  # fmt: skip
    names = ["type", "type_label", "role", "role_label", "actors", "experiences"]
    seen = known[known["actor_id"].isin(set(met["actor_id"]))]
    silent = len(set(experiences["experience_id"]) - set(met["experience_id"]))
    return Partners(
        table=pd.DataFrame(pairs, columns=names),
        by_type=_by_type(met, types),
        n=len(experiences),
        missing=silent,
        actors=int(met["actor_id"].nunique()),
        outside=int(seen["outside_network"].eq(True).fillna(False).sum()),
        unplaced=int(seen["outside_network"].isna().sum()),
    )


def _met(met: pd.DataFrame, by: list[str]) -> tuple[dict[Any, set[str]], dict[Any, set[str]]]:
    """Actors met, and the experiences that met them, by kind of meeting."""
    who: dict[Any, set[str]] = defaultdict(set)
    where: dict[Any, set[str]] = defaultdict(set)
    kinds = zip(*(met[name] for name in by))
    for kind, actor, experience in zip(kinds, met["actor_id"], met["experience_id"]):
        who[kind].add(actor)
        where[kind].add(experience)
    return who, where


def _by_type(met: pd.DataFrame, types: dict[str, str]) -> pd.DataFrame:
    who, where = _met(met, ["type"])
    known = met.dropna(subset=["outside_network"])
    sides: dict[str, set[bool]] = defaultdict(set)
    for kind, outside in zip(known["type"], known["outside_network"]):
        sides[kind].add(bool(outside))
    rows = [
        (code, label, len(who[code,]), len(where[code,]),
         next(iter(sides[code])) if len(sides[code]) == 1 else None)
        for code, label in types.items() if (code,) in who
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["type", "label", "actors", "experiences", "outside"])
