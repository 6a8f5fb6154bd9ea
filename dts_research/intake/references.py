"""References to other records: known in this file or in the store, else to confirm."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import pandas as pd

from dts_research.intake.taking import ISSUE_COLUMNS, Taken
from dts_research.schema.catalogue import Catalogue, Schema, nearest_name

MOST_SUGGESTED = 50
_FIX = "recevoir le fichier qui décrit cet enregistrement"


def unknown_references(
    taken: Iterable[Taken], ours: Catalogue, known_ids: Mapping[str, Collection[str]]
) -> pd.DataFrame:
    """List the links of accepted rows to records that are neither in the file nor known.

    Parameters
    ----------
    taken
        The sheets of one file, once taken.
    ours
        The schema.
    known_ids
        Table -> ids of the records received before.

    Returns
    -------
    pandas.DataFrame
        One row per link, as the issues of a reception; the row and the link are kept.
    """
    sheets = list(taken)
    ids = {table: set(known) for table, known in known_ids.items()}
    for item in sheets:
        for table, frame in item.accepted.items():
            ids.setdefault(table, set()).update(frame[ours.tables[table].key])
    said = [
        issue
        for item in sheets
        for table in item.accepted
        for name, target in ours.tables[table].foreign_keys
        for issue in _of_field(item, (table, name), ours.tables[target], ids.get(target, set()))
    ]
    return pd.DataFrame(said, columns=list(ISSUE_COLUMNS))


def not_known(link: str, target: Schema) -> str:
    """Say that a link leads to no record."""
    return f"{link} n'est pas un identifiant connu dans « {target.title} »"


def _of_field(
    item: Taken, field: tuple[str, str], target: Schema, known: set[str]
) -> Iterable[dict[str, object]]:
    table, name = field
    frame = item.accepted[table]
    links, keys = frame[name], frame.iloc[:, 0]
    unknown = links[links.notna() & ~links.isin(known)]
    fixes = dict.fromkeys(unknown.unique(), _FIX)
    for link in list(fixes)[:MOST_SUGGESTED]:
        near = nearest_name(link, known, 0.7)
        fixes[link] = f"écrire peut-être {near}, ou {_FIX}" if near else _FIX
    columns = item.mapping.targets.get(f"{table}.{name}", [])
    for row, link in unknown.items():
        yield {
            "sheet": item.sheet.name, "row": row, "table": table, "field": name, "value": link,
            "column": columns[0] if columns else name, "rule": "reference",
            "severity": "to_confirm", "fix": fixes[link], "record": str(keys[row]),
            "message": not_known(f"« {link} »", target),
        }  # fmt: skip
