"""Territories in similar contexts, with what they were compared on."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

import pandas as pd

from dts_research.analysis.neighbours import Neighbours, nearest
from dts_research.display import door
from dts_research.display.blocks import Block
from dts_research.display.captions import nothing
from dts_research.display.compared import like, lower, produced, together_of
from dts_research.display.grids import grid
from dts_research.display.style import agree, listing, many
from dts_research.workbook.comparing import Comparison

NEAR = "territoires-proches"
# Correlation from which two variables say the same thing, and pairs of them that are told.
TWINS, MOST_TWINS = 0.9, 4
CAUTION = (
    "La liste dépend des variables choisies : en retirer une peut changer les voisins, ce que dit "
    "la seconde colonne. Par ordre alphabétique ; être proche n'est pas être pareil."
)
SIZE = "Les totaux, qui disent la taille, n'y entrent pas."


def neighbours(comparison: Comparison, *, k: int = 5) -> Block:
    """Territories whose context resembles this one, with the list of what was compared."""
    found = near_of(comparison, k)
    if found is None:
        return _alone(comparison)
    mine, runs = found.of(comparison.here), len(found.variables) - len(found.flat)
    rows = [(door.words(comparison.names[r.neighbour]), round(r.stability * runs))
            for r in mine.itertuples()]  # fmt: skip
    compared = listing([lower(comparison, code) for code in found.variables])
    return grid(
        comparison.material, NEAR,
        f"{many(len(rows), 'territoire')} au contexte proche, sur {found.n} comparés",
        {
            "Territoire": [name for name, _ in rows],
            "Reste proche quand une variable est retirée": [
                f"{kept} fois sur {runs}" for _, kept in rows
            ],
        },
        note=f"{CAUTION}{_size(comparison)} Comparés sur : {compared}."
        + _twins(comparison, found) + _aside(found),
        produced=produced(comparison, found.variables),
    )  # fmt: skip


@lru_cache(maxsize=8)
def near_of(comparison: Comparison, k: int) -> Neighbours | None:
    """Nearest territories on the variables that this one has; None when that says nothing."""
    values = together_of(comparison).values[like(comparison)]
    here = comparison.here
    if here not in values.index:
        return None
    variables = [code for code in values if pd.notna(values.loc[here, code])]
    if len(variables) < 2:
        return None
    found = nearest(values, variables, k=k)
    if len(found.variables) - len(found.flat) < 2:
        return None
    return found if found.n > 2 * k and len(found.of(here)) else None


def _alone(comparison: Comparison) -> Block:
    name = door.words(comparison.material.territory.label)
    text = f"Il faut deux indicateurs au moins connus pour {name}, et assez de territoires qui les "
    return nothing(
        NEAR, "Aucun territoire proche à proposer", f"{text}ont pour que proche ait un sens."
    )


def _twins(comparison: Comparison, found: Neighbours) -> str:
    """Variables that say almost the same thing, and so weigh twice."""
    table = together_of(comparison).values[list(found.variables)].corr().abs()
    pairs = [
        f"{lower(comparison, one)} et {lower(comparison, other)}"
        for one, other in combinations(table.columns, 2)
        if table.loc[one, other] >= TWINS
    ]
    if not pairs:
        return ""
    return f" Disent presque la même chose, et pèsent double : {' ; '.join(pairs[:MOST_TWINS])}."


def _size(comparison: Comparison) -> str:
    """Say that totals are left out, where they are."""
    return f" {SIZE}" if len(like(comparison)) < len(comparison.indicators) else ""


def _aside(found: Neighbours) -> str:
    count = len(found.set_aside)
    if not count:
        return ""
    lack = agree(count, "à qui il manque", "auxquels il manque")
    return f" {many(count, 'territoire')}, {lack} une variable, ne sont comparés à aucun autre."
