"""Stable ids for what comes without one: the same content gives the same id."""

from __future__ import annotations

import base64
import hashlib
import re

import numpy as np
import pandas as pd

from dts_research.schema.casts import to_number
from dts_research.schema.catalogue import Schema, plain

BITS = 40
_WORD = re.compile(r"\w+")


def digest_of(text: str) -> str:
    """Eight letters and digits (`BITS` of its SHA-256) that stand for a text."""
    raw = hashlib.sha256(text.encode()).digest()[: BITS // 8]
    return base64.b32encode(raw).decode().lower()


def prefix_of(schema: Schema) -> str:
    """Letters that open the ids of a table (``F`` for experiences)."""
    letters, dash, _ = schema.field(schema.key).example.partition("-")
    return letters if dash else schema.name[:2].upper()


def make_ids(
    parts: pd.DataFrame, schema: Schema, *, scope: str = "", exact: bool = False
) -> pd.Series:
    """Make an id per row from the text of some columns.

    A SIRET alone gives a readable id (``S-41071771400035``), everything else a digest.
    Case, accents, blanks and punctuation do not count, so that two versions of a file meet,
    unless `exact`.
    """
    prefix = prefix_of(schema)
    columns = [_folded(parts.iloc[:, i], exact=exact) for i in range(parts.shape[1])]
    keys = list(zip(*columns)) if columns else [()] * len(parts)
    made = {key: f"{prefix}-{_tail(key, scope)}" for key in dict.fromkeys(keys)}
    return pd.Series([made[key] for key in keys], index=parts.index, dtype="str")


def _folded(text: pd.Series, *, exact: bool) -> list[str]:
    """Text of a column as keys compare it, each distinct one folded once."""
    texts = _texts(text)
    if exact:
        return texts
    letters = {t: _letters(t) for t in dict.fromkeys(texts)}
    return [letters[t] for t in texts]


def _texts(text: pd.Series) -> list[str]:
    """Cells as they are, blanks as empty texts."""
    cells = text.astype("str").to_numpy(dtype=object)
    return np.where(pd.isna(cells), "", cells).tolist()


def _letters(text: str) -> str:
    """Letters and digits of a text; of a number, its sign and decimals too."""
    if to_number(text) is not None:
        return text.strip()
    return " ".join(_WORD.findall(plain(text))) or text.strip()


def _tail(key: tuple[str, ...], scope: str) -> str:
    if len(key) == 1 and len(key[0]) == 14 and key[0].isdigit():
        return key[0]
    return digest_of("\x1f".join((scope, *key)))


def row_digests(columns: tuple[str, ...], cells: pd.DataFrame) -> pd.Series:
    """Digest of each source row with its titles, to know it again."""
    start = hashlib.sha256("\x1f".join(columns).encode())
    found = []
    for row in zip(*(_texts(cells.iloc[:, i]) for i in range(cells.shape[1]))):
        digest = start.copy()
        digest.update("\x1f".join(("", *row)).encode())
        found.append(digest.hexdigest())
    return pd.Series(found, index=cells.index, dtype="str")
