"""Under which territory each record is filed, so that a territory is read in one sweep."""

from __future__ import annotations

import pandas as pd

from dts_research.reference.geography import Geography
from dts_research.store import Store

# A record without a territory of its own follows the record it belongs to.
PARENTS = {
    "experience_steps": ("experience_id", "experiences"),
    "experience_actors": ("experience_id", "experiences"),
    "quotes": ("experience_id", "experiences"),
    "codings": ("experience_id", "experiences"),
    "structure_kinds": ("structure_id", "structures"),
    "memberships": ("structure_id", "structures"),
    "sessions": ("session_id", "sessions"),
    "session_participants": ("session_id", "sessions"),
    "contributions": ("session_id", "sessions"),
    "decisions": ("session_id", "sessions"),
    "common_references": ("session_id", "sessions"),
    "hypotheses": ("session_id", "sessions"),
    "change_stories": ("experience_id", "experiences"),
    "change_selections": ("session_id", "sessions"),
    "authority_events": ("actor_id", "actors"),
    "direct_purchases": ("structure_id", "structures"),
}
OWN = ("experience_places", "structures", "actors", "observations")


def file_all(store: Store, geography: Geography) -> None:
    """File every record of the store under its territory.

    Départements file under their code, free perimeters under the département of most of
    their communes; a record that belongs to no territory (a national session) under "".
    """
    with store.transaction():
        for table, found in _homes(store, geography).items():
            store.file(table, found)
        store.all_filed()


def _homes(store: Store, geography: Geography) -> dict[str, dict[str, str]]:
    place = _Places(store, geography)
    homes: dict[str, dict[str, str]] = {}
    for table in OWN:
        homes[table] = place.own(table)
    places = store.load("experience_places", columns=("place_id", "experience_id"))
    first = places.drop_duplicates("experience_id")
    where = homes["experience_places"]
    experiences = {e: where[p] for p, e in zip(first["place_id"], first["experience_id"])}
    homes["experiences"] = experiences
    for table, (key, parent) in PARENTS.items():
        homes[table] = place.own(table, key, homes.get(parent, {}))
    return homes


class _Places:
    """Answers where a row belongs, from its own columns first, else from its parent."""

    def __init__(self, store: Store, geography: Geography) -> None:
        self.store = store
        communes = geography.communes
        self.departement = dict(zip(communes["code"].tolist(), communes["departement"].tolist()))
        members = store.load("territory_communes", columns=("territory_id", "commune_code"))
        codes = members["commune_code"].map(self.departement)
        by_perimeter = codes.groupby(members["territory_id"]).agg(lambda d: d.mode().get(0, ""))
        self.perimeter = by_perimeter.to_dict()

    def own(
        self, table: str, parent_key: str = "", parents: dict[str, str] | None = None
    ) -> dict[str, str]:
        """Record id -> territory code for one table."""
        schema = self.store.catalogue.tables[table]
        wanted = {schema.key, parent_key, "departement_code", "territory_id", "commune_code"}
        columns = [name for name in schema.names if name in wanted]
        frame = self.store.load(table, columns=columns, texts=False)
        home = pd.Series("", index=frame.index, dtype=object)
        for name in columns:
            if name in ("departement_code", "territory_id", "commune_code"):
                found = frame[name].map(lambda value: self._code(value))
                home = home.where(home != "", found)
        if parent_key and parents:
            home = home.where(home != "", frame[parent_key].map(parents).fillna(""))
        return dict(zip(frame[schema.key], home))

    def _code(self, value: object) -> str:
        if not isinstance(value, str) or not value:
            return ""
        return self.perimeter.get(value) or self.departement.get(value) or value
