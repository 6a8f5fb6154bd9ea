"""Who acts with whom: actors of the experiences by role and type, inside or outside the network."""

from __future__ import annotations

from dataclasses import dataclass

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
    groups = met.groupby(["type", "role"])
    counts = groups.agg(actors=("actor_id", "nunique"), experiences=("experience_id", "nunique"))
    pairs = [
        (t, types[t], r, roles[r], int(counts.loc[(t, r), "actors"]),
         int(counts.loc[(t, r), "experiences"]))
        for t in types for r in roles if (t, r) in counts.index
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


def _by_type(met: pd.DataFrame, types: dict[str, str]) -> pd.DataFrame:
    rows = []
    for code, label in types.items():
        part = met[met["type"] == code]
        if part.empty:
            continue
        places = set(part["outside_network"].dropna())
        outside = places.pop() if len(places) == 1 else None
        who = part["actor_id"].nunique()
        rows.append((code, label, who, part["experience_id"].nunique(), outside))
    return pd.DataFrame(rows, columns=["type", "label", "actors", "experiences", "outside"])
