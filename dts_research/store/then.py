"""Every version of the records of a table, to say which ones held at a moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, field

from dts_research.store.tables import sql_name


@dataclass(frozen=True)
class Version:
    """A version of a record: where it was filed, what it is known by, from when to when it held.

    Parameters
    ----------
    until
        When another version took its place, or it was retired; "" while it stands.
    """

    key: str
    territory: str
    digest: str
    received_at: str
    until: str = ""


@dataclass
class Versions:
    """Versions of the records of a table, oldest first, by id; and the ids by key."""

    records: dict[str, list[Version]] = field(default_factory=dict)
    keys: dict[str, set[str]] = field(default_factory=dict)


def versions_of(db: sqlite3.Connection, table: str, by: str) -> Versions:
    """Read every version of the records of a table.

    Parameters
    ----------
    by
        What a record is looked for by: ``territory``, ``id``, or one of its short fields.
    """
    now, then = _keys(by)
    query = f"""SELECT h.id, {then}, h.territory, h.digest, i.received_at, h.replaced_at, h.version
        FROM history h JOIN imports i USING(import_id) WHERE h.tbl=?1
        UNION ALL SELECT r.id, {now}, r.territory, r.digest, i.received_at, '', r.version
        FROM records r JOIN {sql_name(table)} t USING(territory, id)
        JOIN imports i ON i.import_id=r.import_id WHERE r.tbl=?1 ORDER BY 7"""
    found = Versions()
    for key, by_key, *rest, _ in db.execute(query, (table,)):
        found.records.setdefault(key, []).append(Version(str(by_key), *rest))
        found.keys.setdefault(str(by_key), set()).add(key)
    return found


def _keys(by: str) -> tuple[str, str]:
    if by == "id":
        return "r.id", "h.id"
    if by == "folded":
        return "folded(r.id)", "folded(h.id)"
    if by == "territory":
        return "r.territory", "h.territory"
    return f't."{by}"', f"json_extract(h.record, '$.{by}')"


def held(versions: list[Version], moment: str) -> Version | None:
    """Give the version that held at a moment, as `former.Former` tells it."""
    received = [one for one in versions if one.received_at <= moment]
    standing = [one for one in received if not one.until]
    last = (standing or received)[-1:]
    return last[0] if last and (not last[0].until or last[0].until > moment) else None


def held_lines(
    versions: Versions, moment: str, keys: Collection[str] | None
) -> dict[str, list[str]]:
    """Give the lines that tell, by key, which versions held at a moment."""
    found: dict[str, list[str]] = {}
    for key in versions.keys if keys is None else keys:
        for record in versions.keys.get(key, ()):
            one = held(versions.records[record], moment)
            if one is not None and one.key == key:
                found.setdefault(key, []).append(repr((record, one.territory, one.digest)))
    return found
