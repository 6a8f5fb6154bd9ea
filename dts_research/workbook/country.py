"""What the reception of context data must know of the country, from what is shipped."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import pandas as pd

from dts_research.intake.context import Country
from dts_research.reference.geography import Geography
from dts_research.reference.indicators import CARDS, population
from dts_research.store import Store
from dts_research.workbook.book import Workbook


@lru_cache(maxsize=2)
def country_of(geography: Geography) -> Country:
    """Codes and names of each level, former communes, indicators known."""
    epcis = dict(zip(geography.epcis["siren"], geography.epcis["name"]))
    places = {
        "departement": geography.departement_names, "region": geography.region_names,
        "epci": epcis, "commune": geography.commune_names,
    }  # fmt: skip
    former = frozenset(geography.current_codes) - frozenset(geography.commune_names)
    return Country(places, former, geography.vintage, CARDS, {"population": _population()})


def known_by(book: Workbook, store: Store) -> Country:
    """The country, with the values that a store holds."""
    return replace(country_of(book.geography), held=store.values)


def _population() -> dict[str, float]:
    """Population of today's territories, as shipped."""
    shipped = population(pd.DataFrame(columns=["indicator_id", "territory_id"]))
    return dict(zip(shipped["territory_id"], shipped["value"].astype(float)))
