"""What a territory lets out of its workbook, and what stays at home."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from dts_research.protect.disclosure import Policy
from dts_research.reference.geography import Territory
from dts_research.schema import Schema
from dts_research.store import Store
from dts_research.store.rows import plain_columns
from dts_research.workbook.agreed import AgreedReader, withdrawn_records
from dts_research.workbook.slices import NETWORK, touches

# What people of a territory told, wrote and decided; context data are no contribution.
CONTRIBUTED = (
    "experiences", "experience_places", "experience_steps", "experience_actors", "quotes",
    "codings", "structures", "structure_kinds", "memberships", "actors", "sessions",
    "session_participants", "contributions", "hypotheses", "decisions", "common_references",
    "authority_events", "direct_purchases", "change_stories", "change_selections",
)  # fmt: skip
# Those that say their own cycle; the others follow the session or the experience they belong to.
CYCLED = ("experiences", "sessions", "hypotheses")
NAMED_AROUND = ("cycles", "territories", "codes", "actors", "structures", "sessions", "experiences")


# Reason -> what is said of one, and of several after their number.
STAYED = {
    "withdrawn": (
        "1 ligne retirée : elle ne sort jamais",
        "lignes retirées : elles ne sortent jamais",
    ),
    "unconsented": (
        "1 ligne : l'accord donné ne permet pas qu'elle sorte",
        "lignes : l'accord donné ne permet pas qu'elles sortent",
    ),
    "unnamed": (
        "1 ligne : elle sort sans le nom qui ne peut pas être dit",
        "lignes : elles sortent sans le nom qui ne peut pas être dit",
    ),
    "kept_home": (
        "1 ligne : sa diffusion la garde au territoire",
        "lignes : leur diffusion les garde au territoire",
    ),
    "texts": (
        "1 commentaire : sa diffusion le garde au territoire",
        "commentaires : leur diffusion les garde au territoire",
    ),
    "lines": (
        "1 vue gardée ou séance préparée : elle est pour le territoire",
        "vues gardées ou séances préparées : elles sont pour le territoire",
    ),
    "views": (
        "1 vue gardée : ce qu'elle montre ne peut peut-être plus sortir (un accord ou une "
        "diffusion a changé) ; la garder à nouveau",
        "vues gardées : ce qu'elles montrent ne peut peut-être plus sortir (un accord ou une "
        "diffusion a changé) ; les garder à nouveau",
    ),
}  # fmt: skip


@dataclass
class Stayed:
    """How many records stay at home, by reason."""

    withdrawn: int = 0
    unconsented: int = 0
    unnamed: int = 0
    kept_home: int = 0
    texts: int = 0
    lines: int = 0
    views: int = 0

    def sentences(self) -> Iterator[str]:
        """Say in French what does not leave."""
        for name, (one, several) in STAYED.items():
            count = getattr(self, name)
            if count:
                yield one if count == 1 else f"{count} {several}"


@dataclass
class Leaving:
    """Chooses what leaves, table by table.

    Parameters
    ----------
    store
        The open store.
    territory
        Whose contributions.
    cycle
        Only this cycle; empty for all.
    everything
        Let out what the diffusion keeps at home too; never what consent forbids.
    veiled
        Records that leave without a name that may not be said: what they say then.
    """

    store: Store
    territory: Territory
    cycle: str = ""
    everything: bool = False
    stayed: Stayed = field(default_factory=Stayed)
    seen: set[str] = field(default_factory=set)
    veiled: dict[tuple[str, str], dict[str, object]] = field(default_factory=dict)

    def ids(self) -> dict[str, set[str]]:
        """Ids of the records that leave, by table."""
        found: dict[str, set[str]] = {}
        for table in CONTRIBUTED:
            frame = self._own(table)
            parents = self._of_parents(frame, table, found)
            found[table] = self._let_out(table, frame[parents])
        self._add_named(found)
        return {table: ids for table, ids in found.items() if ids}

    def lets_out(self, diffusion: object) -> bool:
        """Tell whether a diffusion lets something out."""
        level = diffusion if isinstance(diffusion, str) else None
        return self.everything or Policy(audience="network").lets_through(level)

    def shows(self, table: str, states: list[Mapping[str, object]]) -> list[bool]:
        """Tell which former states of a record may leave: no more than what it says now."""
        frame = pd.DataFrame([dict(state) for state in states], dtype=object)
        masked = self._agreed.masked(frame.where(frame.notna(), None))
        alike = (masked.fillna("") == frame.fillna("")).all(axis=1)
        return [
            bool(same) and self.lets_out(state.get("diffusion"))
            for same, state in zip(alike, states)
        ]

    @cached_property
    def _agreed(self) -> AgreedReader:
        return AgreedReader(self.store)

    @cached_property
    def _gone(self) -> Mapping[str, Collection[str]]:
        return withdrawn_records(self.store)

    def _own(self, table: str) -> pd.DataFrame:
        """Records filed under the territory."""
        place = self.territory
        keys = [""] if place.id == NETWORK else [*place.departements, place.id]
        parts = [self.store.load(table, territory=key) for key in dict.fromkeys(keys)]
        frame = pd.concat(parts, ignore_index=True)
        if place.level in ("departement", "region", "reseau"):
            return frame
        return frame[touches(frame, place)].reset_index(drop=True)

    def _of_parents(
        self, frame: pd.DataFrame, table: str, found: Mapping[str, set[str]]
    ) -> pd.Series:
        """Rows of the cycle asked for, whose experience leaves too."""
        kept = pd.Series(True, index=frame.index)
        if "experience_id" in frame.columns and table not in ("experiences", "change_stories"):
            kept &= frame["experience_id"].isin(found["experiences"])
        if not self.cycle:
            return kept
        if table in CYCLED:
            return kept & (frame["cycle_id"] == self.cycle).fillna(False).astype(bool)
        if "session_id" in frame.columns:
            return kept & frame["session_id"].isin(found["sessions"])
        return kept & ("experience_id" in frame.columns)

    def _let_out(self, table: str, frame: pd.DataFrame) -> set[str]:
        """Ids of the rows that consent and diffusion let out; the others are counted.

        A row that lost the words it is made of stays; one that lost a name leaves without it.
        """
        schema = self.store.catalogue.tables[table]
        keys = [str(key) for key in frame[schema.key]]
        if not keys:
            return set()
        agreed = self._agreed.load(table, ids=keys)
        said, shown = _by_key(frame, schema), _by_key(agreed, schema)
        self.seen.update(keys)
        found = set()
        for key in keys:
            if key in self._gone.get(table, ()) or key not in shown:
                self.stayed.withdrawn += 1
            elif any(shown[key][f.name] is None for f in schema.fields if f.required):
                self.stayed.unconsented += 1
            elif not self.lets_out(said[key].get("diffusion")):
                self.stayed.kept_home += 1
            else:
                found.add(key)
                if said[key] != shown[key]:
                    self.veiled[table, key] = shown[key]
                    self.stayed.unnamed += 1
        return found

    def _add_named(self, found: dict[str, set[str]]) -> None:
        """Add what the records name and that is filed elsewhere, then the consents about them."""
        tables = self.store.catalogue.tables
        for table in (*CONTRIBUTED, *NAMED_AROUND):
            if not found.get(table):
                continue
            frame = self.store.load(table, ids=found[table], texts=False)
            for column, target in tables[table].foreign_keys:
                wanted = set(frame[column].dropna()) - found.get(target, set())
                if target in NAMED_AROUND and wanted:
                    more = self._let_out(target, self.store.load(target, ids=wanted))
                    found.setdefault(target, set()).update(more)
        if self.territory.level == "perimetre_libre":
            members = self.store.load("territory_communes")
            mine = members[members["territory_id"] == self.territory.id]
            found["territories"] = {self.territory.id}
            found["territory_communes"] = set(mine[tables["territory_communes"].key])
        found["consents"] = self._consents(found)

    def _consents(self, found: Mapping[str, set[str]]) -> set[str]:
        """Consents about what leaves, and withdrawals: they have to reach the other copies."""
        frame = self.store.load("consents")
        about = frame["record_id"].isin(set().union(*found.values()))
        gone = frame["withdrawn_on"].notna() & frame["record_id"].isin(self.seen)
        return set(frame[about | gone]["consent_id"])


def _by_key(frame: pd.DataFrame, schema: Schema) -> dict[str, dict[str, object]]:
    columns = plain_columns(frame, schema)
    rows = zip(*columns.values()) if columns else ()
    return {str(row[list(columns).index(schema.key)]): dict(zip(columns, row)) for row in rows}
