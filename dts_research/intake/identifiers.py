"""Stable ids for what comes without one: the same content gives the same id."""

from __future__ import annotations

import base64
import hashlib

import pandas as pd

from dts_research.schema.catalogue import Schema, plain

PREFIXES = {"experiences": "F", "experience_places": "L", "structures": "S", "structure_kinds": "SK"}
LENGTH = 8


def digest_of(text: str) -> str:
    """Eight letters and digits (40 bits) that stand for a text."""
    raw = hashlib.sha256(text.encode()).digest()
    return base64.b32encode(raw)[:LENGTH].decode().lower()


def prefix_of(schema: Schema) -> str:
    """Letters that open the ids of a table (``F`` for experiences)."""
    example = schema.field(schema.key).example
    return PREFIXES.get(schema.name) or example.partition("-")[0] or schema.name[:2].upper()


def make_ids(parts: pd.DataFrame, schema: Schema, scope: str = "") -> pd.Series:
    """Make an id per row from the text of some columns.

    A SIRET alone gives a readable id (``S-41071771400035``), everything else a digest.
    Case, accents and blanks do not count, so that two versions of a file meet.
    """
    prefix = prefix_of(schema)
    made: dict[tuple[str, ...], str] = {}
    ids = []
    for row in parts.astype(object).where(parts.notna(), "").values:
        key = tuple(plain(str(text)) for text in row)
        if key not in made:
            made[key] = f"{prefix}-{_tail(key, scope)}"
        ids.append(made[key])
    return pd.Series(ids, index=parts.index, dtype="str")


def _tail(key: tuple[str, ...], scope: str) -> str:
    if len(key) == 1 and len(key[0]) == 14 and key[0].isdigit():
        return key[0]
    return digest_of("\x1f".join((scope, *key)))


def row_digests(columns: tuple[str, ...], cells: pd.DataFrame) -> pd.Series:
    """Digest of each source row with its titles, to know it again."""
    head = "\x1f".join(columns)
    rows = cells.astype(object).where(cells.notna(), "").values
    found = [hashlib.sha256("\x1f".join((head, *map(str, row))).encode()).hexdigest() for row in rows]
    return pd.Series(found, index=cells.index, dtype="str")
