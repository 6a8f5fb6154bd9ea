"""The workbook as a person handles it: take a file in, open a territory's material."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from dts_research.errors import RequestError
from dts_research.protect.disclosure import PEOPLE_FLOOR, Policy
from dts_research.reference.geography import Geography, Territory, geography
from dts_research.schema import catalogue
from dts_research.schema.catalogue import plain
from dts_research.store import Store
from dts_research.workbook.agreed import AgreedReader
from dts_research.workbook.before import look_back
from dts_research.workbook.comparing import Comparison, compare
from dts_research.workbook.filing import file_all
from dts_research.workbook.material import Material
from dts_research.workbook.slices import NETWORK, View
from dts_research.workspace import Workspace

REGISTERS = ("sessions", "decisions", "contributions", "hypotheses", "common_references",
             "authority_events")  # fmt: skip


@dataclass(frozen=True)
class Workbook:
    """One workbook: its folders, its store, the country around it."""

    workspace: Workspace
    geography: Geography

    def store(self, *, readonly: bool = True) -> Store:
        """Open the store; the caller closes it.

        A reception that was killed may have left records to be filed: that is done first.
        """
        store = Store(self.workspace.store, readonly=readonly)
        if readonly and store.unfiled():
            with Store(self.workspace.store) as writer:
                file_all(writer, self.geography)
        return store

    def frames(self, *tables: str) -> tuple[pd.DataFrame, ...]:
        """Give whole tables as plain pandas frames, in the order asked for.

        They hold what their subjects agreed to: no words nor names without consent.

        Raises
        ------
        RequestError
            When a table does not exist.
        """
        known = catalogue().tables
        for table in tables:
            if table not in known:
                raise RequestError(
                    f"Table « {table} » inconnue.", f"Choisir parmi : {', '.join(known)}."
                )
        with self.store() as store:
            reader = AgreedReader(store)
            return tuple(reader.load(table) for table in tables)

    def resolve(self, code: str | int) -> Territory:
        """Find a territory: an official code, a name, or a free perimeter of this workbook."""
        folded = str(code).strip().casefold()
        own = {
            key: found for key, label, found in self._tried()
            if folded in (key.casefold(), label.casefold())
        }  # fmt: skip
        if formed := [found for found in own.values() if isinstance(found, Territory)]:
            return formed[0]
        try:
            return self.geography.resolve(code)
        except RequestError as unknown:  # why one of that name cannot be formed says more
            wrong = [error for error in own.values() if isinstance(error, RequestError)]
            raise next(iter(wrong), unknown) from unknown

    def refuse_unknown(self, *, cycle: str = "", place: str = "") -> None:
        """Refuse a cycle that nothing here names, or a place that does not exist.

        Raises
        ------
        RequestError
            With the cycles there are, or the nearest places.
        """
        if place:
            self.geography.resolve(place)
        if cycle:
            with self.store() as store:
                View(self, Policy(), "", cycle).check_cycle(AgreedReader(store))

    def perimeters(self) -> list[Territory]:
        """The free perimeters that this workbook names, in alphabetical order.

        One that cannot be formed stops nothing: see `unformed`.
        """
        found = [one for _, _, one in self._tried() if isinstance(one, Territory)]
        return sorted(found, key=lambda territory: plain(territory.label))

    def unformed(self) -> dict[str, RequestError]:
        """Why some of the free perimeters named here cannot be formed, by id."""
        return {key: one for key, _, one in self._tried() if isinstance(one, RequestError)}

    def _tried(self) -> Iterator[tuple[str, str, Territory | RequestError]]:
        """Id and name of each free perimeter, with its territory or why it cannot be formed."""
        if not self.workspace.store.is_file():
            return
        territories, communes = self.frames("territories", "territory_communes")
        free = territories[territories["level"] == "perimetre_libre"]
        members = communes.groupby("territory_id")["commune_code"].agg(list)
        for key, label in zip(free["territory_id"], free["label"]):
            try:
                yield key, label, self.geography.perimeter(key, label, members.get(key, []))
            except RequestError as error:
                yield key, label, error

    def territories(self) -> list[Territory]:
        """Territories that have something to tell: départements, then free perimeters.

        An experience, a session, a decision, a fact about an authority is something to tell.
        """
        if not self.workspace.store.is_file():
            return []
        with self.store() as store:
            reader = AgreedReader(store)
            named = [_spoken(reader, table, "territory_id") for table in REGISTERS]
            codes = _spoken(reader, "experience_places", "departement_code").union(*named)
        departements = self.geography.departement_names
        found = [self.geography.resolve(code) for code in sorted(codes) if code in departements]
        return sorted(found, key=lambda t: plain(t.label)) + self.perimeters()

    def territory(
        self,
        code: str | int,
        *,
        period: str = "",
        cycle: str = "",
        reader: str = "animateur",
        reference: str = "",
        audience: str = "territory",
        min_count: int = PEOPLE_FLOOR,
    ) -> Material:
        """Open the material of one territory.

        Parameters
        ----------
        code
            Territory: ``"13"``, ``"2A"``, a name, an EPCI, a commune, or a free perimeter.
        period
            ``"2024"`` or ``"2021-2024"``; empty for everything.
        cycle
            Id of a cycle; empty for all.
        reader
            ``élu``, ``animateur`` or ``chercheur``: how deep the report goes.
        reference
            Territory to set beside; empty for the whole network.
        audience
            ``territory``, ``network`` or ``public``.
        min_count
            Threshold under which counts of people are « Secret »; 5 at least.

        Raises
        ------
        RequestError
            When the territory, the period or the reader is unknown.
        ProtectionError
            When `min_count` is under the floor.
        """
        territory = self.resolve(code)
        policy = Policy(people=min_count, audience=_audience(audience))
        view = View(self, policy, period, cycle)
        return view.open(territory, reader=reader, reference=reference)

    def comparison(
        self, code: str | int | Material, *, among: Sequence[str | int] = (),
        indicators: Sequence[str] = (), period: str = "", reader: str = "animateur",
        audience: str = "territory", min_count: int = PEOPLE_FLOOR,
    ) -> Comparison:  # fmt: skip
        """Open a territory beside others, to understand it and never to rank it.

        Parameters
        ----------
        code, reader, audience, min_count
            As for `territory`; a territory that is open already is taken as it is.
        among, indicators, period
            As for `dts_research.workbook.comparing.compare`.
        """
        material = code if isinstance(code, Material) else self.territory(
            code, reader=reader, audience=audience, min_count=min_count
        )  # fmt: skip
        return compare(self, material, among=among, indicators=indicators, period=period)

    def looking_back(self, material: Material, *, since: str = "") -> Material:
        """Add to a material what was known at its last session, to tell what changed since.

        Parameters
        ----------
        since
            Another day to look back to: ``"2026-06-04"``; empty for the last session.

        Raises
        ------
        RequestError
            When `since` is not a day.
        """
        return replace(material, before=look_back(self, material, since=since))

    def network(
        self, *, period: str = "", cycle: str = "", reader: str = "animateur",
        audience: str = "network", min_count: int = PEOPLE_FLOOR,
    ) -> Material:  # fmt: skip
        """Open the material of all territories together; same parameters as `territory`."""
        whole = Territory(
            id=NETWORK, label="Ensemble du réseau", level="reseau", code="",
            communes=frozenset(), departements=tuple(self.geography.departements["code"]),
        )  # fmt: skip
        policy = Policy(people=min_count, audience=_audience(audience))
        return View(self, policy, period, cycle).open(whole, reader=reader, reference="")


def _spoken(reader: AgreedReader, table: str, column: str) -> set[str]:
    """Values of a column of a table, as its subjects agreed."""
    names = (catalogue().tables[table].key, column)
    return {*reader.load(table, columns=names)[column].dropna()}


def _audience(name: str) -> str:
    known: Iterable[str] = ("territory", "network", "public")
    if name not in known:
        raise RequestError(f"Public « {name} » inconnu.", f"Choisir parmi : {', '.join(known)}.")
    return name


def open_workbook(start: Path | str | None = None) -> Workbook:
    """Open the workbook that holds a folder (by default the current one).

    Raises
    ------
    RequestError
        When no workbook is found.
    """
    return Workbook(Workspace.find(start), geography())


def counts_of(sources: pd.DataFrame) -> pd.DataFrame:
    """Imports with their counts as columns: read, accepted, quarantined, duplicates, withdrawn."""
    counts = pd.DataFrame([json.loads(text) for text in sources["counts"]], index=sources.index)
    return pd.concat([sources.drop(columns="counts"), counts], axis=1)
