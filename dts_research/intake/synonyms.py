"""Names of columns met in real files, and the fields they stand for."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from dts_research.schema.catalogue import Catalogue, catalogue, plain


@lru_cache(maxsize=1)
def synonyms() -> Mapping[str, tuple[str, ...]]:
    """Folded header -> the fields (``table.field``) that it may stand for."""
    text = files("dts_research.intake").joinpath("synonyms.csv").read_text("utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        name = plain(row["header"])
        found[name] = (*found.get(name, ()), row["target"])
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
