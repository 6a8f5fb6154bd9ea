"""Communes, EPCI, départements, régions of one vintage of the official geographic code.

Every code is text: « 01 », « 2A », « 971 » and « 01001 » stay what they are.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from dts_research.reference import location, refusals, spelling
from dts_research.reference.outlines import LEVELS, load_outlines, rings

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Territory:
    """A territory one can ask for: its communes, and the départements they are in."""

    id: str
    label: str
    level: str
    code: str
    communes: frozenset[str]
    departements: tuple[str, ...]


@dataclass(frozen=True, eq=False, repr=False)
class Geography:
    """The official geographic code of one vintage; every column is text but population (Int64).

    Attributes
    ----------
    communes
        code, name, departement, region, epci, zone, population, postal_codes, old_codes.
    epcis
        siren, name, type, population, departements.
    departements
        code, name, region, seat, zone, population, neighbours.
    regions
        code, name, seat, zone, population.
    parts
        code, name, kind, commune, postal_codes: arrondissements municipaux of Paris, Lyon and
        Marseille, communes déléguées and associées.
    vintage
        Year of the code.
    """

    communes: pd.DataFrame
    epcis: pd.DataFrame
    departements: pd.DataFrame
    regions: pd.DataFrame
    parts: pd.DataFrame
    vintage: int

    def __repr__(self) -> str:
        return f"Geography(vintage={self.vintage}, {len(self.communes)} communes)"

    @cached_property
    def commune_names(self) -> dict[str, str]:
        """Name of each commune, by code."""
        return _pairs(self.communes, "code", "name")

    @cached_property
    def commune_departements(self) -> dict[str, str]:
        """Département of each commune."""
        return _pairs(self.communes, "code", "departement")

    @cached_property
    def departement_names(self) -> dict[str, str]:
        """Name of each département, by code."""
        return _pairs(self.departements, "code", "name")

    @cached_property
    def departement_regions(self) -> dict[str, str]:
        """Région of each département."""
        return _pairs(self.departements, "code", "region")

    @cached_property
    def region_names(self) -> dict[str, str]:
        """Name of each région, by code."""
        return _pairs(self.regions, "code", "name")

    @cached_property
    def epci_names(self) -> dict[str, str]:
        """Name of each EPCI, by SIREN."""
        return _pairs(self.epcis, "siren", "name")

    @cached_property
    def current_codes(self) -> dict[str, str]:
        """Commune of today for every commune code known: current, former, arrondissement."""
        olds = _pairs(self.parts, "code", "commune")
        for code, former in zip(self.communes["code"], self.communes["old_codes"].fillna("")):
            olds |= dict.fromkeys(former.split(), code)
        return olds | {code: code for code in self.communes["code"]}

    @cached_property
    def postal_communes(self) -> dict[str, frozenset[str]]:
        """Communes served by each postal code."""
        served: dict[str, set[str]] = defaultdict(set)
        tables = ((self.communes, "code"), (self.parts, "commune"))
        for table, column in tables:
            for commune, codes in zip(table[column], table["postal_codes"].fillna("")):
                for postal in codes.split():
                    served[postal].add(commune)
        return {postal: frozenset(communes) for postal, communes in served.items()}

    @cached_property
    def named_communes(self) -> dict[str, frozenset[str]]:
        """Communes that bear a name (see `spelling.key`), then those that bore it once."""
        now, once = (defaultdict(set) for _ in range(2))
        for code, name in zip(self.communes["code"], self.communes["name"]):
            now[spelling.key(name)].add(code)
        for code, name in zip(self.parts["commune"], self.parts["name"]):
            once[spelling.key(name)].add(code)
        merged = {**once, **now}
        return {name: frozenset(codes) for name, codes in merged.items()}

    @cached_property
    def named_wholes(self) -> dict[str, tuple[str, str]]:
        """Level and code behind the name of a département, a région or an EPCI."""
        wholes: dict[str, tuple[str, str]] = {}
        wholes |= {spelling.key(name): ("epci", code) for code, name in self.epci_names.items()}
        wholes |= {spelling.key(n): ("region", c) for c, n in self.region_names.items()}
        wholes |= {spelling.key(n): ("departement", c) for c, n in self.departement_names.items()}
        return wholes

    def resolve(self, wanted: str | int) -> Territory:
        """Find the territory behind a code or a name.

        Parameters
        ----------
        wanted
            Département (« 13 », « 013 », « 2a », « Bouches-du-Rhône »), commune (« 13055 » or a
            name borne by one commune only), EPCI (SIREN or name), région (« R93 » or name).

        Raises
        ------
        RequestError
            The code has lost a zero, means nothing, or the name is borne by several.
        """
        text = spelling.stated(wanted)
        refusals.refuse_lost_zeros(text)
        found = self._by_code(text) or self._by_name(text)
        if not found:
            raise refusals.unknown(self, text)
        return self._territory(*found)

    def perimeter(self, id: str, label: str, communes: Iterable[str]) -> Territory:
        """Make a free perimeter: a named set of communes.

        Raises
        ------
        RequestError
            A code is not that of a commune, past or present, or there is none.
        """
        asked = [spelling.stated(code) for code in communes]
        wrong = [code for code in asked if code not in self.current_codes]
        if wrong or not asked:
            raise refusals.no_perimeter(label, wrong)
        kept = frozenset(self.current_codes[code] for code in asked)
        departements = tuple(sorted({self.commune_departements[code] for code in kept}))
        return Territory(id, label, "perimetre_libre", "", kept, departements)

    def locate(self, lat: Iterable[float], lon: Iterable[float]) -> pd.DataFrame:
        """Find the commune, département, EPCI and région of points, in decimal degrees.

        Returns
        -------
        DataFrame
            commune_code, departement_code, epci_code, region_code (missing when unknown),
            evidence (a code of `place_evidence`) and note (a French sentence, or missing); one
            row per point, with the index of `lat` when it has one.
        """
        found = location.locate(lat, lon, dict(self.commune_departements))
        return self.complete(found)

    def complete(self, found: pd.DataFrame) -> pd.DataFrame:
        """Fill in EPCI and région from `commune_code` and `departement_code`."""
        epcis = self.communes.set_index("code")["epci"]
        return found.assign(
            epci_code=found["commune_code"].map(epcis).astype("str"),
            region_code=found["departement_code"].map(self.departement_regions).astype("str"),
        )

    def outlines(
        self, level: str, codes: Iterable[str] | None = None
    ) -> dict[str, list[np.ndarray]]:
        """Give outlines as rings of longitudes and latitudes.

        Parameters
        ----------
        level
            "commune", "epci", "departement", "region", or "departement_drom_beside" for a map of
            the country with the overseas départements drawn beside the mainland.
        codes
            Those wanted; all of the level when None. A known code without outline is left out.
        """
        if level not in LEVELS:
            raise refusals.no_outlines(level)
        kept = load_outlines(level)
        wanted = kept.places if codes is None else set(codes) & kept.places.keys()
        chosen = sorted(wanted, key=kept.places.__getitem__)
        return {code: rings(kept.shapes[kept.places[code]]) for code in chosen}

    def neighbours(self, departement: str) -> list[str]:
        """List the départements that share a border with one."""
        code = self.resolve(departement).code
        row = self.departements.loc[self.departements["code"] == code, "neighbours"]
        return [] if row.empty or row.isna().all() else row.iloc[0].split()

    def _by_code(self, text: str) -> tuple[str, str] | None:
        upper = text.upper()
        departement = spelling.departement_code(upper)
        if departement in self.departement_names:
            return "departement", departement
        if upper.startswith("R") and (region := spelling.region_code(upper)) in self.region_names:
            return "region", str(region)
        if upper in self._sirens:
            return "epci", upper
        return ("commune", self.current_codes[upper]) if upper in self.current_codes else None

    def _by_name(self, text: str) -> tuple[str, str] | None:
        name = spelling.key(text)
        if name in self.named_wholes:
            return self.named_wholes[name]
        codes = sorted(self.named_communes.get(name, ()))
        if len(codes) > 1:
            raise refusals.several(self, text, codes)
        return ("commune", codes[0]) if codes else None

    @cached_property
    def _sirens(self) -> frozenset[str]:
        return frozenset(self.epcis["siren"])

    def _territory(self, level: str, code: str) -> Territory:
        names: Mapping[str, str] = getattr(self, f"{level}_names")
        members = self._members(level, code)
        departements = tuple(sorted({self.commune_departements[one] for one in members})) or (code,)
        prefix = "R" if level == "region" else ""
        return Territory(prefix + code, names[code], level, code, members, departements)

    def _members(self, level: str, code: str) -> frozenset[str]:
        if level == "commune":
            return frozenset({code})
        if level == "departement":
            return self._departement_members.get(code, frozenset())
        return frozenset(self.communes["code"][self.communes[level] == code])

    @cached_property
    def _departement_members(self) -> dict[str, frozenset[str]]:
        """Communes of each département."""
        found: dict[str, set[str]] = {}
        for commune, departement in self.commune_departements.items():
            found.setdefault(departement, set()).add(commune)
        return {code: frozenset(communes) for code, communes in found.items()}


def _pairs(frame: pd.DataFrame, keys: str, values: str) -> dict[str, str]:
    """One column told by another."""
    return dict(zip(frame[keys].to_numpy(), frame[values].to_numpy()))


@cache
def geography() -> Geography:
    """Read the geography shipped with the package, once."""
    sources = json.loads((DATA / "sources.json").read_text(encoding="utf-8"))
    names = ("communes", "epcis", "departements", "regions", "parts")
    return Geography(**{name: _read(name) for name in names}, vintage=sources["vintage"])


def _read(name: str) -> pd.DataFrame:
    frame = pd.read_csv(DATA / f"{name}.csv.gz", dtype="str", keep_default_na=False, na_values=[""])
    if "population" in frame:
        frame["population"] = pd.to_numeric(frame["population"]).astype("Int64")
    return frame
