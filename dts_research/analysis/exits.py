"""Exits from work-integration structures, never pooled where an exit is not counted alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from dts_research.analysis.rates import Rate, rate
from dts_research.analysis.standardisation import Standardised, indirect
from dts_research.errors import RequestError

# From when a person who leaves counts as an exit, for each kind of structure.
RULES = {
    "AI": "plus de 150 heures travaillées en tout",
    "ACI": "plus de 3 mois en tout et au moins une heure l'année de la sortie",
    "EI": "plus de 3 mois en tout et au moins une heure l'année de la sortie",
    "ETTI": "plus de 150 heures travaillées en tout",
    "EITI": "aucune durée exigée",
}
# Parts of the exits said « dynamiques », then the others; withdrawn ones count nowhere.
DYNAMIC = ("durable", "transition", "positive")
OUTCOMES = (*DYNAMIC, "other")
BY_KIND = (
    "Donner un taux par type de structure, ou comparer des territoires par standardisation "
    "indirecte selon le type."
)


@dataclass(frozen=True)
class Exits:
    """Exits of structures that count them alike.

    Parameters
    ----------
    kinds
        Kinds of the structures, in the order of the closed list.
    rule
        French words: from when a person who leaves counts as an exit.
    dynamic
        The three parts together over the exits that are not withdrawn.
    durable, transition, positive
        Each part over the same total, to be shown beside the whole.
    withdrawn
        Exits taken out of the total by the source.
    missing
        Rows left out because a number is missing.
    """

    kinds: tuple[str, ...]
    rule: str
    dynamic: Rate
    durable: Rate
    transition: Rate
    positive: Rate
    withdrawn: int
    missing: int


def exits(rows: pd.DataFrame) -> Exits:
    """Put exits together, and refuse to when they are not counted by the same rule.

    Parameters
    ----------
    rows
        Columns kind (code of the kind of structure), durable, transition, positive, other,
        withdrawn: numbers of exits.

    Raises
    ------
    RequestError
        When the kinds follow different rules, or one follows no known rule.
    """
    kinds = checked(rows["kind"])
    names = [*OUTCOMES, "withdrawn"]
    known = rows[rows[names].notna().all(axis=1)]
    sums = {name: int(known[name].sum()) for name in names}
    total = sum(sums[name] for name in OUTCOMES)
    parts = {name: rate(sums[name], total) for name in DYNAMIC}
    dynamic = rate(sum(sums[name] for name in DYNAMIC), total)
    rule, left = RULES[kinds[0]] if kinds else "", len(rows) - len(known)
    return Exits(kinds, rule, dynamic, **parts, withdrawn=sums["withdrawn"], missing=left)


def exits_by_kind(rows: pd.DataFrame) -> tuple[Exits, ...]:
    """Give the exits of each kind of structure apart, in the order of the closed list."""
    present = _known(rows["kind"])
    return tuple(exits(rows[rows["kind"] == kind]) for kind in present)


def dynamic_beside_reference(rows: pd.DataFrame, units: Sequence[str]) -> Standardised:
    """Set the dynamic exits of territories beside those their mix of kinds would give.

    Parameters
    ----------
    rows
        As for `exits`, with a column unit; the reference is the ``units`` together.
    units
        Territories, in the order in which they are to be shown.

    Raises
    ------
    RequestError
        When a kind follows no known rule.
    """
    kinds = _known(rows["kind"])
    here = rows[rows["unit"].isin(units)]
    people = here[list(OUTCOMES)].sum(axis=1, skipna=False)
    # Unknown exits make the whole unit unknown: less would be expected of it for no reason.
    events = here[list(DYNAMIC)].sum(axis=1, skipna=False).where(people.notna())
    sums = here.assign(events=events, people=people).groupby(["unit", "kind"])
    grid = sums[["events", "people"]].sum(skipna=False).unstack("kind", fill_value=0)
    wide = grid.reindex(index=list(units), columns=pd.MultiIndex.from_product(
        [["events", "people"], kinds]), fill_value=0)  # fmt: skip
    return indirect(units, wide["events"].to_numpy(float), wide["people"].to_numpy(float))


def checked(kinds: pd.Series) -> tuple[str, ...]:
    """Kinds present, in the order of the closed list, when their exits are counted alike."""
    present = _known(kinds)
    if len({RULES[kind] for kind in present}) > 1:
        told: dict[str, list[str]] = {}
        for kind in present:
            told.setdefault(RULES[kind], []).append(kind)
        rules = " ; ".join(f"{' et '.join(same)}, {rule}" for rule, same in told.items())
        raise RequestError(
            "Pas de taux de sortie commun : une sortie n'est pas comptée selon la même règle "
            f"partout ({rules}).",
            BY_KIND,
        )
    return present


def _known(kinds: pd.Series) -> tuple[str, ...]:
    given = set(kinds.fillna("").astype(str))
    strange = sorted(given - set(RULES))
    if strange:
        named = ", ".join(kind or "type non renseigné" for kind in strange)
        raise RequestError(
            f"Pas de taux de sortie : aucune règle de comptage n'est connue pour {named}.",
            f"Ne garder que les types qui en ont une : {', '.join(RULES)}.",
        )
    return tuple(kind for kind in RULES if kind in given)
