"""Cutting a territory's slice out of the store, for one audience, period and cycle."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from dts_research.errors import RequestError
from dts_research.protect.disclosure import Policy
from dts_research.reference.geography import Territory
from dts_research.reference.spelling import departement_code
from dts_research.schema import catalogue
from dts_research.schema.catalogue import plain
from dts_research.workbook.agreed import AgreedReader
from dts_research.workbook.criteria import read_criteria
from dts_research.workbook.material import Material, this_day, undated, within
from dts_research.workbook.moves import moves
from dts_research.workbook.views_back import views_back

if TYPE_CHECKING:
    from dts_research.workbook.book import Workbook

# Tables read by the experience they belong to, and those read by territory.
BY_EXPERIENCE = ("experience_steps", "experience_actors", "quotes", "codings")
NATIONWIDE = ("cycles", "territories", "territory_communes", "indicators", "codes")
BY_TERRITORY = (
    "structures", "structure_kinds", "memberships", "actors", "sessions", "session_participants",
    "contributions", "hypotheses", "decisions", "common_references", "authority_events",
    "direct_purchases", "observations", "change_stories", "change_selections",
)  # fmt: skip
# What a territory is set beside: no text, so that a word corrected elsewhere changes no report.
BESIDE = ("experience_id", "title", "structure_id", "cycle_id", "started_on", "ended_on",
          "missions", "themes", "sector", "stage", "evidence_level", "obstacles", "levers",
          "diffusion")  # fmt: skip
# Read for every territory: what one raised is answered elsewhere.
WOVEN = ("decisions", "hypotheses", "common_references", "contributions")
NETWORK = "reseau"


@dataclass(frozen=True)
class View:
    """How a slice is cut out of the store: for whom, over which period and cycle."""

    book: Workbook
    policy: Policy
    period: str
    cycle: str

    def open(self, territory: Territory, *, reader: str, reference: str) -> Material:
        """Cut the slice of a territory, as its subjects agreed that it be shown."""
        book = self.book
        whole = territory.id == NETWORK
        with book.store() as opened:
            store = AgreedReader(opened)
            self.check_cycle(store)
            others = self._others(store)
            frames = self.cut(store, territory)
            moved = moves(opened, frames)
            views = views_back(book.workspace, opened, frames, this_day())
            sources = self._sources(store, frames, whole)
            frames |= self._everywhere(store, frames)
            frames["places_elsewhere"] = self._elsewhere(store, territory)
            told = store.provenance("experience_places", _place_ids(frames))
            received = store.received()
        withheld = {name: int(frame.attrs.get("withheld", 0)) for name, frame in frames.items()}
        withheld["undated"] = int(frames["experiences"].attrs.get("undated", 0))
        return Material(
            territory=territory, frames=frames, others=others, sources=sources,
            provenance=told, received=received,
            geography=book.geography, policy=self.policy, reader=reader, period=self.period,
            cycle=self.cycle, reference=reference, workbook_name=book.workspace.name,
            fictional=book.workspace.fictional, whole_network=whole, withheld=withheld, views=views,
            moves=moved, criteria=read_criteria(book.workspace.criteria),
        )  # fmt: skip

    def cut(self, store: AgreedReader, territory: Territory) -> dict[str, pd.DataFrame]:
        """Give the tables of a territory, by name, as a store tells them."""
        return self._frames(store, territory, self._places(store, territory))

    def check_cycle(self, store: AgreedReader) -> None:
        """Refuse a cycle that nothing in the workbook names.

        Raises
        ------
        RequestError
            When neither the register of cycles nor any experience knows it.
        """
        if not self.cycle:
            return
        told = store.load("experiences", columns=("experience_id", "cycle_id"))
        named = [*store.load("cycles")["cycle_id"], *told["cycle_id"].dropna()]
        if self.cycle not in named:
            known = ", ".join(sorted(set(named))) or "aucun"
            raise RequestError(
                f"Le cycle « {self.cycle} » est inconnu.", f"Cycles connus : {known}."
            )

    def _frames(
        self, store: AgreedReader, territory: Territory, places: pd.DataFrame
    ) -> dict[str, pd.DataFrame]:
        found = store.load("experiences", ids=set(places["experience_id"]))
        experiences = self._shown(found)
        experiences = within(experiences, self.period, self.cycle, this_day())
        experiences.attrs["withheld"] = len(found) - len(self._shown(found))
        experiences.attrs["undated"] = undated(self._shown(found)) if self.period else 0
        ids = set(experiences["experience_id"])
        frames = {"experiences": experiences.reset_index(drop=True)}
        frames["experience_places"] = self._shown(_as_sheets(_of(places, ids), experiences))
        for table in BY_EXPERIENCE:
            rows = store.load(table, among=("experience_id", ids))
            frames[table] = self._shown(rows)
        for table in NATIONWIDE:
            frames[table] = store.load(table)
        for table in BY_TERRITORY:
            frames[table] = self._shown(self._around(store, table, territory))
        frames["change_stories"] = self._with_stories(frames, store)
        return self._with_threads(self._with_named(frames, store), store, territory)

    def _places(self, store: AgreedReader, territory: Territory) -> pd.DataFrame:
        if territory.id == NETWORK:
            return store.load("experience_places")
        places = store.load("experience_places", territory=territory.departements)
        if territory.level in ("departement", "region"):
            return places
        inside = places["commune_code"].isin(territory.communes)
        return places[inside | (places["territory_id"] == territory.id)]

    def _elsewhere(self, store: AgreedReader, territory: Territory) -> pd.DataFrame:
        """Places that the source states here and that the evidence retained puts elsewhere."""
        if territory.level != "departement":
            return store.load("experience_places", ids=())
        places = store.load("experience_places", among=("contradiction", ("1",)))
        stated = places["stated_departement"].fillna("").map(str)
        codes = stated.map(departement_code).astype("object")
        here = (codes == territory.code) | (stated.map(plain) == plain(territory.label))
        return places[
            here.astype(bool) & (places["departement_code"] != territory.code)
        ].reset_index(drop=True)

    def _wider(self) -> View:
        """See as another territory does: what a collective keeps for itself stays with it."""
        audience = "network" if self.policy.audience == "territory" else self.policy.audience
        return replace(self, policy=replace(self.policy, audience=audience))

    def _sources(
        self, store: AgreedReader, frames: dict[str, pd.DataFrame], whole: bool
    ) -> pd.DataFrame:
        """Imports behind the rows of the slice; all of them for the whole network."""
        if whole:
            return store.imports()
        tables = catalogue().tables
        numbers = [store.imports_behind(t, set(f[tables[t].key])) for t, f in frames.items()]
        return store.imports(set().union(*numbers))

    def _everywhere(
        self, store: AgreedReader, frames: dict[str, pd.DataFrame]
    ) -> dict[str, pd.DataFrame]:
        """Tables that are read for every territory, beside the rows of this one."""
        found = {f"{table}_everywhere": self._wide(store, table, frames[table]) for table in WOVEN}
        return found | {"observations_everywhere": store.load("observations")}

    def _wide(self, store: AgreedReader, table: str, mine: pd.DataFrame) -> pd.DataFrame:
        """Rows of this slice, then those of the others that may circulate among territories."""
        everything, key = store.load(table), catalogue().tables[table].key
        others = everything[~everything[key].isin(set(mine[key]))]
        parts = [mine, self._wider()._shown(others)]
        return pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)

    def _around(self, store: AgreedReader, table: str, territory: Territory) -> pd.DataFrame:
        if territory.id == NETWORK:
            return store.load(table)
        keys = [*territory.departements, *({"", territory.id} - set(territory.departements))]
        frame = store.load(table, territory=keys)
        if territory.level not in ("departement", "region"):
            frame = frame[touches(frame, territory)].reset_index(drop=True)
        return frame

    def _others(self, store: AgreedReader) -> pd.DataFrame:
        experiences = store.load("experiences", columns=BESIDE)
        places = store.load("experience_places", columns=("experience_id", "departement_code"))
        first = places.drop_duplicates("experience_id").set_index("experience_id")
        home = experiences["experience_id"].map(first["departement_code"])
        return self._shown(experiences.assign(departement_code=home))

    def _with_named(
        self, frames: dict[str, pd.DataFrame], store: AgreedReader
    ) -> dict[str, pd.DataFrame]:
        """Add the actors and structures that the slice names but that live elsewhere."""
        named = {
            "actors": ("actor_id", ("experience_actors", "authority_events", "direct_purchases")),
            "structures": ("structure_id", ("experiences", "direct_purchases", "memberships")),
        }
        for table, (key, users) in named.items():
            wanted = set().union(*(set(frames[u][key].dropna()) for u in users))
            missing = wanted - set(frames[table][key])
            if missing:
                extra = self._shown(store.load(table, ids=missing))
                frames[table] = pd.concat([frames[table], extra], ignore_index=True)
        return frames

    def _with_threads(
        self, frames: dict[str, pd.DataFrame], store: AgreedReader, territory: Territory
    ) -> dict[str, pd.DataFrame]:
        """Add what is known of the authorities of the slice in a neighbouring territory.

        An authority spans perimeters: nothing is said to be unknown that is noted next door.
        """
        here = self._around(store, "authority_events", territory)
        every = store.load(
            "authority_events", among=("actor_id", set(frames["actors"]["actor_id"]))
        )
        next_door = every[~every["event_id"].isin(set(here["event_id"]))]
        frames["authority_events"] = self._shown(pd.concat([here, next_door], ignore_index=True))
        return frames

    def _with_stories(self, frames: dict[str, pd.DataFrame], store: AgreedReader) -> pd.DataFrame:
        """Add the stories that a choice of the slice read and that another territory told.

        What a group chooses comes back down to all, but not what a collective keeps for itself.
        """
        own = frames["change_stories"]
        read = {i for cell in frames["change_selections"]["considered"] for i in cell}
        more = self._wider()._shown(store.load("change_stories", ids=read - set(own["story_id"])))
        both = pd.concat([own, more], ignore_index=True) if len(more) else own
        both.attrs["withheld"] = own.attrs.get("withheld", 0)
        return both

    def _shown(self, frame: pd.DataFrame) -> pd.DataFrame:
        if "diffusion" not in frame.columns:
            return frame
        told = [None if pd.isna(d) else d for d in frame["diffusion"]]
        allowed = {level for level in {*told} if self.policy.lets_through(level)}
        passes = [level in allowed for level in told]
        shown = frame if all(passes) else frame[pd.Series(passes, index=frame.index, dtype=bool)]
        shown = shown.reset_index(drop=True)
        shown.attrs["withheld"] = len(frame) - len(shown)
        return shown


def _place_ids(frames: dict[str, pd.DataFrame]) -> set[str]:
    return {*frames["experience_places"]["place_id"], *frames["places_elsewhere"]["place_id"]}


def _of(frame: pd.DataFrame, ids: set[str]) -> pd.DataFrame:
    return frame[frame["experience_id"].isin(ids)].reset_index(drop=True)


def _as_sheets(frame: pd.DataFrame, experiences: pd.DataFrame) -> pd.DataFrame:
    """Give what does not say how far it may go the diffusion of its sheet."""
    levels = experiences.drop_duplicates("experience_id").set_index("experience_id")["diffusion"]
    own = frame["diffusion"]
    return frame.assign(diffusion=own.where(own.notna(), frame["experience_id"].map(levels)))


def touches(frame: pd.DataFrame, territory: Territory) -> pd.Series:
    """Rows of a département that concern one perimeter inside it."""
    inside = pd.Series(False, index=frame.index)
    if "commune_code" in frame.columns:
        inside |= frame["commune_code"].isin(territory.communes)
    if "territory_ids" in frame.columns:
        inside |= frame["territory_ids"].map(lambda ids: territory.id in ids)
    if "territory_id" in frame.columns:
        around = {territory.id, *territory.departements}  # what its département decided too
        inside |= frame["territory_id"].isin(around) | frame["territory_id"].isna()
    elif "commune_code" not in frame.columns:
        inside |= True
    return inside
