"""Names of columns met in real files, and the fields they stand for."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from dts_research.schema.catalogue import Catalogue, catalogue, plain

LONGEST_TITLE = 512  # the languages of a title, or the groups around it, included


@lru_cache(maxsize=1)
def synonyms() -> Mapping[str, tuple[str, ...]]:
    """Folded header -> the fields (``table.field``) that it may stand for."""
    text = files("dts_research.intake").joinpath("synonyms.csv").read_text("utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        name = plain(row["header"])
        found[name] = (*found.get(name, ()), row["target"])
    return found


def singular(name: str) -> str:
    """Folded name without the marks of the plural: « Missions » and « mission » are one."""
    words = [re.sub(r"aux$", "al", word) for word in plain(name).split()]
    return " ".join(w[:-1] if len(w) > 3 and w[-1] in "sx" else w for w in words)


def targets_of(name: str, source: Catalogue, table: str) -> list[str]:
    """Fields of a table, or of those that hang on it, for which a header may stand.

    A header in two languages (« Intitulé du projet - operation name ») is known when all its
    parts say the same field.
    """
    parts = re.split(r"\s+[-–/|]\s+", name)
    whole = _targets(name, source, table)
    if whole or len(parts) == 1 or len(name) > LONGEST_TITLE:
        return whole
    each = [_targets(part, source, table)[:1] for part in parts]
    return each[0] if all(found == each[0] for found in each) else []


def _targets(name: str, source: Catalogue, table: str) -> list[str]:
    tables = source.tables.values()
    near = {table} | {t.name for t in tables if table in dict(t.foreign_keys).values()}
    exact, alike = synonyms(), _alike()
    key = source.tables[table].key
    if own_names(source, table).get(plain(name)) == key:
        return [f"{table}.{key}"]  # before its synonym in a table that hangs on this one
    known = exact.get(plain(name)) or alike.get(singular(name), ())
    found = [target for target in known if target.partition(".")[0] in near]
    found.sort(key=lambda target: not target.startswith(f"{table}."))
    if found:
        return found
    mine = own_names(source, table)
    own = {singular(title): field for title, field in mine.items()}
    field = mine.get(plain(name)) or own.get(singular(name))
    return [f"{table}.{field}"] if field else []


def title_is_known(name: str, source: Catalogue, table: str) -> bool:
    """Tell whether a header is a title or a synonym as written, not only by its singular."""
    return plain(name) in synonyms() or plain(name) in own_names(source, table)


@lru_cache(maxsize=1)
def _alike() -> Mapping[str, tuple[str, ...]]:
    """Give the synonyms by their singular."""
    found: dict[str, tuple[str, ...]] = {}
    for name, targets in synonyms().items():
        found[singular(name)] = (*found.get(singular(name), ()), *targets)
    return found


def own_names(source: Catalogue, table: str) -> dict[str, str]:
    """Folded name or French title -> field name, for one of our tables."""
    fields = source.tables[table].fields
    return {plain(f.title): f.name for f in fields} | {plain(f.name): f.name for f in fields}


@lru_cache(maxsize=1)
def known_names() -> frozenset[str]:
    """Every folded name of a column that we know: ours and those of the synonyms."""
    ours = catalogue()
    mine = (name for table in ours.tables for name in own_names(ours, table))
    return frozenset(mine) | frozenset(synonyms())
