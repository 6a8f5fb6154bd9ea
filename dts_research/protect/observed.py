"""What an audience may read of observations: each kind of absence says itself."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from dts_research.protect.disclosure import Policy

# Units of people and homes, whose small counts are secret.
PEOPLE = ("personnes", "habitants", "foyers")
NUMBERS = ("value", "numerator", "denominator")


def guarded(
    rows: pd.DataFrame, known: pd.DataFrame, own: Collection[str], policy: Policy
) -> pd.DataFrame:
    """Keep back what this audience may not read: « Non publié », or « Secret » for few people.

    Parameters
    ----------
    rows
        Rows of the table of observations.
    known
        Rows of the table of indicators, which say their units.
    own
        Territories whose rows are read as their own group reads them; those of the others go no
        further than the network reads them.
    """
    levels = rows["diffusion"].astype(object).where(rows["diffusion"].notna(), None)
    beyond = policy.beyond
    passes = [
        (policy if place in own else beyond).lets_through(level)
        for place, level in zip(rows["territory_id"], levels)
    ]
    kept = pd.Series(passes, index=rows.index, dtype=bool)
    few = _people(rows, known).map(lambda n: not pd.isna(n) and policy.hides_people(float(n)))
    few = few.astype(bool)
    few &= rows["state"].eq("published").astype(bool)
    state = rows["state"].astype(object).mask(few, "secret").mask(~kept, "not_published")
    return rows.assign(state=state, **{n: rows[n].mask(few | ~kept) for n in NUMBERS})


def _people(rows: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """People that each row counts: its numerator, else its value when its unit is people."""
    units = dict(zip(known["indicator_id"], known["unit"].fillna("")))
    unit = rows["indicator_id"].map(units).astype(object).fillna("")
    values = rows["value"].where(unit.isin(PEOPLE))
    counts = rows["numerator"].where(rows["numerator"].notna(), values)
    return counts.mask(unit.str.contains("structures").astype(bool))
