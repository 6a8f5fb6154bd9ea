"""What the reception of context data must know of the country, from what is shipped."""

from __future__ import annotations

from functools import lru_cache

from dts_research.intake.context import Country
from dts_research.reference.geography import Geography
from dts_research.reference.indicators import CARDS


@lru_cache(maxsize=2)
def country_of(geography: Geography) -> Country:
    """Codes and names of each level, former communes, indicators known."""
    epcis = dict(zip(geography.epcis["siren"], geography.epcis["name"]))
    places = {
        "departement": geography.departement_names, "region": geography.region_names,
        "epci": epcis, "commune": geography.commune_names,
    }  # fmt: skip
    former = frozenset(geography.current_codes) - frozenset(geography.commune_names)
    return Country(places, former, geography.vintage, CARDS)
