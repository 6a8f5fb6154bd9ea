"""Exits from work-integration structures, kind by kind: a rate common to all is refused."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dts_research.analysis.exits import (
    OUTCOMES,
    RULES,
    checked,
    dynamic_beside_reference,
    exits_by_kind,
)
from dts_research.analysis.rates import Rate
from dts_research.analysis.together import FEWEST, side_by_side
from dts_research.display.blocks import Block
from dts_research.display.captions import nothing
from dts_research.display.grids import grid
from dts_research.display.style import SECRET, absence, french_number
from dts_research.errors import RequestError
from dts_research.reference.exits import EXITS, KINDS, PARTS, exit_id
from dts_research.workbook.comparing import Comparison

NAME = "sorties-par-type"
NONE = (
    "Aucun tableau reçu ne dit les sorties par type de structure : une colonne par type et par "
    f"part, comme « {exit_id('ACI', 'durable')} », « {exit_id('AI', 'transition')} »."
)
LIMITS = (
    "Une sortie dynamique est en emploi durable, en emploi de transition ou dite positive : les "
    "trois ne se valent pas. Le nombre ne dit ni qui a été accueilli, ni ce que deviennent les "
    "personnes après, ni la qualité de l'emploi."
)
HEADS = {"durable": "Emploi durable", "transition": "Emploi de transition", "positive": "Positives"}


def exits(comparison: Comparison) -> Block:
    """Exits of each kind of structure, with the rule that counts them, and no total."""
    every, year = _counted(comparison)
    here = every[every["unit"] == comparison.here]
    if here.empty:
        return nothing(NAME, "Aucune sortie à montrer", NONE)
    marks = {r.kind: r.mark for r in here.itertuples() if r.mark}
    found = {kind: one for one in exits_by_kind(here) for kind in one.kinds}
    shown = {
        "Sorties": [french_number(one.dynamic.n) for one in found.values()],
        "Dynamiques": [_said(one.dynamic) for one in found.values()],
        **{head: [_said(getattr(one, part)) for one in found.values()]
           for part, head in HEADS.items()},
    }  # fmt: skip
    rules = {RULES[kind] for kind in found}
    apart = ", sans taux commun" if len(rules) > 1 else ""
    return grid(
        comparison.material, NAME, f"Sorties en {year}, type par type{apart}",
        {"Type": list(found)}
        | {head: [marks.get(kind, cell) for kind, cell in zip(found, cells)]
           for head, cells in shown.items()},
        note=" ".join(filter(None, (_refused(here), _beside(comparison, every), LIMITS))),
        produced="ASP, extranet IAE 2.0",
    )  # fmt: skip


def _counted(comparison: Comparison) -> tuple[pd.DataFrame, str]:
    """Exits of every territory by kind, over the last year known here; and that year.

    A kind one of whose parts is secret is secret: the others would give it back. One of whose
    parts is missing has no total.
    """
    rows = comparison.observations
    rows = rows[rows["indicator_id"].isin(set(EXITS))]
    mine = rows[(rows["territory_id"] == comparison.here) & (rows["state"] != "not_given")]
    year = comparison.period or str(max(mine["period"].dropna(), default=""))[:4]
    both = side_by_side(rows, list(comparison.names), list(EXITS), period=year)
    found = []
    told = set(rows["territory_id"]) if year else set()
    for unit in filter(told.__contains__, comparison.names):
        for kind in KINDS:
            codes = [exit_id(kind, part) for part in PARTS]
            states, values = both.states.loc[unit, codes], both.values.loc[unit, codes]
            if (states != "not_given").any():
                found.append({"unit": unit, "kind": kind, "mark": _mark(list(states)),
                              **dict(zip(PARTS, values))})  # fmt: skip
    return pd.DataFrame(found, columns=["unit", "kind", "mark", *PARTS]).fillna(
        {"withdrawn": 0}
    ), year


def _mark(states: Sequence[str]) -> str:
    """Why a kind has no numbers to show, "" where it has; withdrawn exits may be missing."""
    if "secret" in states:
        return SECRET
    return next((absence(s) for s in states[: len(OUTCOMES)] if s not in ("published", "zero")), "")


def _said(rate: Rate) -> str:
    """« 42 sur 80, soit 52 % (de 42 à 63) »; the bare count where it is too small for a share."""
    if rate.share is None:
        return rate.words
    part, low, high = (
        french_number(100 * v) for v in (rate.share.share, rate.share.low, rate.share.high)
    )
    return f"{rate.words}, soit {part} % (de {low} à {high})"


def _refused(here: pd.DataFrame) -> str:
    """How exits are counted, and why the kinds present make no rate together."""
    try:
        (kind, *_) = checked(here["kind"])
    except RequestError as error:
        return error.message
    return f"Une sortie est comptée ainsi : {RULES[kind]}."


def _beside(comparison: Comparison, every: pd.DataFrame) -> str:
    """Dynamic exits beside those that the rates of the group give to the same mix of kinds."""
    broken = set(every["unit"][every["mark"] != ""])
    kept = every[~every["unit"].isin(broken)]
    units = list(dict.fromkeys(kept["unit"]))
    if comparison.here not in units or len(units) <= FEWEST:
        return ""
    table = dynamic_beside_reference(kept, units).table.set_index("unit")
    one = table.loc[comparison.here]
    observed, expected = french_number(one["observed"]), french_number(one["expected"])
    low, high = (french_number(one[name], decimals=2) for name in ("low", "high"))
    return (
        f"À types égaux : {observed} sorties dynamiques ici, {expected} si chaque type avait le "
        f"taux des {len(units)} territoires ensemble. Le hasard laisse ce rapport entre {low} et "
        f"{high} ; 1 voudrait dire : autant."
    )
