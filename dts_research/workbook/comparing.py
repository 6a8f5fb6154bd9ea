"""Territories to understand one beside others: which ones, over which indicators."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as Pairs
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from dts_research.errors import RequestError
from dts_research.protect.observed import guarded
from dts_research.reference.exits import EXITS
from dts_research.reference.geography import Geography, Territory
from dts_research.schema.catalogue import nearest_name, plain
from dts_research.workbook.class_names import Saved, names_path, read_names
from dts_research.workbook.material import Material, years_of

if TYPE_CHECKING:
    from dts_research.workbook.book import Workbook

PLURALS = {"departement": "départements", "region": "régions", "epci": "EPCI",
           "commune": "communes", "perimetre_libre": "périmètres"}  # fmt: skip

# A level: its name, code -> name, and the départements around a code.
Level = tuple[str, Pairs[str, str], Callable[[str], Iterable[str]]]
# Level of a code that is not in today's geography, by its length.
SHAPES = {2: "departement", 3: "departement", 5: "commune", 9: "epci"}
# How the register of indicators says that a series breaks: « Rupture en 2025 : … ».
_BREAK = re.compile(r"Rupture en (\d{4}(?:-\d{2})?)")


@dataclass(frozen=True, eq=False)
class Comparison:
    """A territory, those it is set beside, and the indicators: never an order by value.

    Parameters
    ----------
    material
        What the workbook knows of the territory itself.
    territories
        All of them, the territory included, in alphabetical order of their names.
    indicators
        Rows of the table of indicators, in its order or in the one asked for.
    observations
        Rows of the table of observations about them.
    group
        How the territories together are called: « les 101 départements ».
    period
        Year asked for; "" for the last one that says most, indicator by indicator.
    saved
        Classes that the group has named, of any study.
    """

    material: Material
    territories: tuple[Territory, ...]
    indicators: pd.DataFrame
    observations: pd.DataFrame
    group: str
    period: str = ""
    saved: tuple[Saved, ...] = ()

    @property
    def here(self) -> str:
        """Identifier of the territory from which the others are looked at."""
        return self.material.territory.id

    @cached_property
    def names(self) -> dict[str, str]:
        """Identifier -> name, in alphabetical order of the names."""
        return {territory.id: territory.label for territory in self.territories}

    def label(self, indicator: str) -> str:
        """Name of an indicator."""
        return str(self._about.loc[indicator, "label"])

    def unit(self, indicator: str) -> str:
        """Unit of an indicator, "" where it is not said."""
        unit = self._about.loc[indicator, "unit"]
        return "" if pd.isna(unit) else str(unit)

    def source(self, indicator: str) -> str:
        """Who produced an indicator, "" where it is not said."""
        source = self._about.loc[indicator, "source"]
        return "" if pd.isna(source) else str(source)

    @property
    def study(self) -> str:
        """What classes of these territories are filed under: their level and the indicators."""
        codes = ", ".join(sorted(self.indicators["indicator_id"]))
        level = PLURALS.get(self.material.territory.level, "territoires")
        return f"{level} : {codes}" + (f" ({self.period})" if self.period else "")

    def breaks(self, indicator: str) -> tuple[str, ...]:
        """Periods from which the values of an indicator are no longer those of before."""
        told = self._about.loc[indicator, "comparability"]
        return tuple(_BREAK.findall(told)) if isinstance(told, str) else ()

    @cached_property
    def _about(self) -> pd.DataFrame:
        return self.indicators.drop_duplicates("indicator_id").set_index("indicator_id")


def compare(
    book: Workbook, material: Material, *,
    among: Sequence[str | int] = (), indicators: Sequence[str] = (), period: str = "",
) -> Comparison:  # fmt: skip
    """Set a territory beside others.

    Parameters
    ----------
    material
        Material of the territory.
    among
        Codes or names of the territories to set it beside; one region stands for those of its
        territories that are of the same level; empty for all those of the same level.
    indicators
        Identifiers or names; empty for all that say something of the territory's level. Exits
        by kind of structure are no indicator of their own: they are read together.
    period
        Year, as « 2021 »; "" for the last one that says most.

    Raises
    ------
    RequestError
        When a territory or an indicator is unknown, or the period is not one year.
    """
    known, every = material.indicators, material.observations_everywhere
    own = {material.territory.id, *material.territory.departements}
    mine = guarded(every, known, own, material.policy)
    found = _among(book, material.territory, among, mine)
    here = mine[mine["territory_id"].isin(set(found))]
    asked = _indicators(known, here, indicators)
    territories = sorted(
        (found | {material.territory.id: material.territory}).values(),
        key=lambda one: (plain(one.label), one.id),
    )
    name = f"les {len(territories)} {PLURALS.get(material.territory.level, 'territoires')}"
    name = name if len(territories) > 1 else "aucun autre territoire"
    return Comparison(
        material, tuple(territories), asked, here, name, _year(period),
        read_names(names_path(book.workspace)),
    )  # fmt: skip


def _known(book: Workbook, codes: Iterable[str]) -> dict[str, Territory]:
    """Name territories by their codes, all at once; one that is no longer keeps its code.

    Its level is then told by the shape of its code.
    """
    own = {one.id: one for one in book.perimeters()}
    levels = _levels(book.geography)
    found = {}
    for code in codes:
        if code in own:
            found[code] = own[code]
            continue
        gone = (SHAPES.get(len(code), ""), {code: code}, lambda _: ())
        level, names, around = next((one for one in levels if code in one[1]), gone)
        found[code] = Territory(code, names[code], level, code, frozenset(), tuple(around(code)))
    return found


def _levels(geography: Geography) -> tuple[Level, ...]:
    """Levels of today's geography: name, code -> name, départements of a code."""
    epcis, communes = geography.epcis, geography.commune_departements
    around = dict(zip(epcis["siren"], epcis["departements"]))
    return (
        ("departement", geography.departement_names, lambda code: (code,)),
        ("region", {f"R{c}": name for c, name in geography.region_names.items()},
         lambda code: [d for d, r in geography.departement_regions.items() if f"R{r}" == code]),
        ("epci", dict(zip(epcis["siren"], epcis["name"])), lambda code: around[code].split()),
        ("commune", geography.commune_names, lambda code: (communes[code],)),
    )  # fmt: skip


def _among(
    book: Workbook, here: Territory, asked: Sequence[str | int], observations: pd.DataFrame
) -> dict[str, Territory]:
    """Territories to set beside one another, by their codes."""
    spoken = _known(book, set(observations["territory_id"]))
    same = {code: one for code, one in spoken.items() if one.level == here.level}
    if not asked:
        return same
    found: set[str] = set()
    for name in asked:
        one = book.resolve(name)
        wide = one.level != here.level
        found |= {
            code for code, other in same.items()
            if (set(other.departements) <= set(one.departements) and wide) or code == one.id
        }  # fmt: skip
    return {code: one for code, one in same.items() if code in found or code == here.id}


def _indicators(known: pd.DataFrame, here: pd.DataFrame, asked: Sequence[str]) -> pd.DataFrame:
    spoken = known[known["indicator_id"].isin(set(here["indicator_id"]) - set(EXITS))]
    if not asked:
        return spoken.reset_index(drop=True)
    names = {plain(str(r.label)): r.indicator_id for r in spoken.itertuples()}
    names |= {plain(str(i)): i for i in spoken["indicator_id"]}
    wanted = []
    for name in asked:
        if plain(name) not in names:
            close = nearest_name(plain(name), names, 0.6)
            guess = f"Vouliez-vous dire « {close} » ? " if close else ""
            told = ", ".join(spoken["indicator_id"])
            raise RequestError(
                f"L'indicateur « {name} » est inconnu à cet échelon.",
                f"{guess}Indicateurs connus : {told}.",
            )
        wanted.append(names[plain(name)])
    return spoken.set_index("indicator_id").loc[list(dict.fromkeys(wanted))].reset_index()


def _year(period: str) -> str:
    years = years_of(period)
    if years and years[0] != years[1]:
        raise RequestError(
            f"Une comparaison porte sur une année, « {period} » en dit plusieurs.",
            "Écrire une année (2021), ou rien pour la dernière qui en dit le plus.",
        )
    return str(years[0]) if years else ""
