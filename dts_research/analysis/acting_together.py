"""Who acts with whom: kinds of actors met in the same experience, and kinds that none names."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from dts_research.analysis.portrait import labels


@dataclass(frozen=True)
class Together:
    """Kinds of actors, in the order of the code list.

    Parameters
    ----------
    met
        Kind -> how many experiences name an actor of this kind.
    told
        Kinds that only a dated fact names.
    absent
        Kinds that no sheet nor fact names.
    pairs
        Two kinds -> how many experiences name both.
    n, silent
        How many experiences there are, and how many of them name no actor.
    """

    met: dict[str, int]
    told: tuple[str, ...]
    absent: tuple[str, ...]
    pairs: dict[tuple[str, str], int]
    n: int
    silent: int


def together(
    experience_actors: pd.DataFrame, actors: pd.DataFrame, events: pd.DataFrame,
    experiences: pd.DataFrame,
) -> Together:  # fmt: skip
    """See which kinds of actors act in the same experiences."""
    kinds = [kind for kind in labels("actor_types") if kind != "autre"]
    known = dict(zip(actors["actor_id"], actors["type"]))
    found: dict[str, set[str]] = {}
    for sheet, actor in zip(experience_actors["experience_id"], experience_actors["actor_id"]):
        found.setdefault(sheet, set()).add(str(known.get(actor, "autre")))
    order = [*kinds, "autre"]
    met = {k: sum(k in some for some in found.values()) for k in order}
    pairs = {
        (a, b): count
        for a, b in combinations(order, 2)
        if (count := sum({a, b} <= some for some in found.values()))
    }
    facts = {str(known.get(actor, "autre")) for actor in events["actor_id"]}
    told = tuple(k for k in order if not met[k] and k in facts)
    return Together(
        met={k: count for k, count in met.items() if count}, told=told,
        absent=tuple(k for k in kinds if not met[k] and k not in told), pairs=pairs,
        n=len(experiences), silent=len(set(experiences["experience_id"]) - set(found)),
    )  # fmt: skip
