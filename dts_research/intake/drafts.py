"""Raw records under our names, with their ids and links, one per source row and table."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from dts_research.intake.fields import folded_cells, raw_fields, trimmed, with_constants
from dts_research.intake.identifiers import make_ids
from dts_research.intake.mapping import Mapping
from dts_research.schema.catalogue import Catalogue, Schema, plain
from dts_research.schema.repairs import digits


@dataclass(frozen=True)
class Draft:
    """Raw records of one table, before they are checked.

    Parameters
    ----------
    schema
        The table.
    text
        Text under field names; index = row numbers of the source.
    source
        The same cells exactly as written.
    merged
        True when several rows may tell the same record (its ids are ours).
    """

    schema: Schema
    text: pd.DataFrame
    source: pd.DataFrame
    merged: bool


def draft(mapping: Mapping, cells: pd.DataFrame, ours: Catalogue) -> list[Draft]:
    """Turn source rows into raw records: the main table first, then those that hang on it."""
    bare = trimmed(mapping, cells)
    texts = raw_fields(mapping, bare, ours)
    sources = raw_fields(replace(mapping, missing=(), values={}, whole=()), bare, ours)
    evidence = {table: texts[table].notna().any(axis=1) for table in mapping.tables[1:]}
    texts = with_constants(texts, mapping)
    main = ours.tables[mapping.table]
    texts[main.name], made = _with_ids(texts[main.name], main, _key_text(mapping, cells), mapping)
    drafts = [Draft(main, texts[main.name], sources[main.name], made)]
    for table in mapping.tables[1:]:
        schema = ours.tables[table]
        present = evidence[table]
        text = _linked(texts[table], schema, drafts[0])[present]
        text, made = _with_ids(text, schema, text, mapping)
        drafts.append(Draft(schema, text, sources[table][present], made))
    return drafts


def _linked(text: pd.DataFrame, schema: Schema, main: Draft) -> pd.DataFrame:
    """Give each record the id of the main record of its row."""
    links = [name for name, table in schema.foreign_keys if table == main.schema.name]
    return text.assign(**{name: main.text[main.schema.key] for name in links if name not in text})


def _with_ids(
    text: pd.DataFrame, schema: Schema, parts: pd.DataFrame, mapping: Mapping
) -> tuple[pd.DataFrame, bool]:
    """Keep the ids that are given and make the others."""
    if schema.key in text and text[schema.key].notna().all():
        return text, False
    given = text[schema.key] if schema.key in text else pd.Series(pd.NA, index=text.index)
    ids = given.astype("str")
    lacking = ids.isna()
    blank = lacking & parts.isna().all(axis=1)
    told = lacking & ~blank
    ids[told] = make_ids(parts[told], schema, scope=mapping.scope, exact=mapping.exact)
    ids[blank] = make_ids(text[blank], schema, scope=mapping.scope)
    return text.assign(**{schema.key: ids}), bool(mapping.key)


def _key_text(mapping: Mapping, cells: pd.DataFrame) -> pd.DataFrame:
    """Text of the key columns, tidied as the fields are."""
    there = folded_cells(cells)
    gone = {plain(text) for text in mapping.missing}
    names = [there[plain(column)] for column in mapping.key]
    key = cells[names].apply(lambda column: column.astype("str").str.strip())
    given = key.where(~key.map(lambda t: t == "" or plain(t) in gone, na_action="ignore").eq(True))
    return given.map(digits, na_action="ignore")
