"""Which columns and which codes the schema had when files were received: kept once per change."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from dts_research.schema import Catalogue
from dts_research.store.tables import outdated


@dataclass(frozen=True)
class Codebook:
    """The columns of each table and the codes of each list, with their French names.

    Parameters
    ----------
    tables
        Table -> name of a column -> its title.
    codes
        List -> code -> its label.
    """

    tables: Mapping[str, Mapping[str, str]]
    codes: Mapping[str, Mapping[str, str]]


def codebook_of(catalogue: Catalogue) -> Codebook:
    """Give the columns and codes of a schema."""
    tables = {
        name: {field.name: field.title for field in table.fields}
        for name, table in catalogue.tables.items()
    }
    return Codebook(tables, {name: dict(one.labels) for name, one in catalogue.codelists.items()})


def note(db: sqlite3.Connection, catalogue: Catalogue, moment: str) -> None:
    """Note the schema with which a file is received, unless it is the last one noted."""
    present = codebook_of(catalogue)
    told = {"tables": present.tables, "codes": present.codes}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    last = "SELECT content FROM codebooks ORDER BY noted_at DESC LIMIT 1"
    if db.execute(last).fetchone() != (text,):
        db.execute("INSERT OR REPLACE INTO codebooks VALUES(?,?)", (moment, text))


def held(db: sqlite3.Connection, moment: str) -> Codebook | None:
    """Give the schema that held at a moment, or None when nobody had noted it."""
    if outdated(db):  # opened where one may not write
        return None
    query = "SELECT content FROM codebooks WHERE noted_at<=? ORDER BY noted_at DESC LIMIT 1"
    row = db.execute(query, (moment,)).fetchone()
    return Codebook(**json.loads(row[0])) if row else None
