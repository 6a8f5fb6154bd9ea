"""Consent: what a person agreed to, from analysis only to being quoted, and what was taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from dts_research.schema import Schema, catalogue
from dts_research.schema.catalogue import plain

LEVELS = ("analysis", "aggregate", "quote", "structure_name")  # from the narrowest
QUOTABLE = frozenset({"quote", "structure_name"})
TAKEN_BACK = ""
UNNAMED = {"structures": "Structure non nommée", "actors": "Acteur non nommé"}
IDENTIFIERS = ("siren", "siret")


def quotable(quotes: pd.DataFrame) -> pd.DataFrame:
    """Keep the quotes whose speakers agreed to be quoted.

    Parameters
    ----------
    quotes
        Rows of the ``quotes`` table; a row without a known consent level is left out.
    """
    return quotes[quotes["consent"].isin(QUOTABLE)]


@dataclass(frozen=True)
class Agreements:
    """What the subjects of consents allow on a given day.

    Parameters
    ----------
    levels
        Level in force by table and record, both folded; `TAKEN_BACK` after a withdrawal. A
        table that no schema knows is ``""``: its records are looked for in every table.
    """

    levels: Mapping[tuple[str, str], str]

    def level(self, table: str, record: Any) -> str | None:
        """Level in force for a record, or None when no consent speaks of it."""
        found = [self.levels.get((name, plain(str(record)))) for name in (table, "")]
        return _narrowest([level for level in found if level is not None])

    def unnamed(self, table: str, records: Sequence[str]) -> list[str]:
        """Those of some structures or actors whose name must not be shown."""
        levels = {record: self.level(table, record) for record in records}
        return [r for r, level in levels.items() if level not in (None, "structure_name")]

    def shown(self, frame: pd.DataFrame, table: str) -> pd.DataFrame:
        """Give the rows of a table as their subjects allow.

        A row taken back is gone, as if it had never been received. A row that may be counted
        and not quoted loses its words and becomes private: it is counted among what is
        withheld, whoever reads. A structure that may not be named keeps its kind only.
        """
        schema = catalogue().tables[table]
        if frame.empty or schema.key not in frame.columns:
            return frame
        if table in UNNAMED:
            return self._without_names(frame, schema)
        if table != "quotes" and not any(name in (table, "") for name, _ in self.levels):
            return frame
        said = [self.level(table, record) for record in frame[schema.key]]
        kept = [level != TAKEN_BACK for level in said]
        levels = pd.Series(said, index=frame.index, dtype=object)[kept]
        return _silenced(frame[kept].reset_index(drop=True), levels.tolist(), schema)

    def _without_names(self, frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
        hidden = frame[schema.key].isin(self.unnamed(schema.name, list(frame[schema.key])))
        if not hidden.any():
            return frame
        frame = frame.copy()
        for name in IDENTIFIERS:
            if name in frame.columns:
                frame.loc[hidden, name] = None
        if "label" in frame.columns:
            frame.loc[hidden, "label"] = neutral(frame[hidden], schema.name)
        return frame


def agreements(consents: pd.DataFrame, day: date) -> Agreements:
    """Read the table of consents as it stands on a day.

    Parameters
    ----------
    consents
        Rows of the ``consents`` table, of every territory.
    day
        A withdrawal counts from its own day on.
    """
    tables = catalogue().tables
    known = {plain(word): name for name, t in tables.items() for word in (name, t.title)}
    subjects: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in consents.itertuples():
        table = known.get(plain(str(row.record_table)), "")
        subjects[table, plain(str(row.record_id))].append(row)
    return Agreements({subject: _in_force(rows, day) for subject, rows in subjects.items()})


def neutral(frame: pd.DataFrame, table: str) -> list[str]:
    """What stands for names that may not be shown: « Structure non nommée (AI) »."""
    if table != "structures" or "kind" not in frame.columns:
        return [UNNAMED[table]] * len(frame)
    return [
        f"{UNNAMED[table]} ({kind})" if isinstance(kind, str) and kind else UNNAMED[table]
        for kind in frame["kind"]
    ]


def _in_force(rows: Sequence[Any], day: date) -> str:
    """Narrowest level that stands: a withdrawal ends its level and the wider ones given before."""
    ended = [r for r in rows if pd.notna(r.withdrawn_on) and r.withdrawn_on <= day]
    standing = [
        r.level
        for r in rows
        if r not in ended
        and all(
            _rank(r.level) < _rank(end.level)
            or (pd.notna(r.given_on) and r.given_on > end.withdrawn_on)
            for end in ended
        )
    ]
    return _narrowest(standing) or TAKEN_BACK


def _rank(level: Any) -> int:
    return LEVELS.index(level) if level in LEVELS else 0


def _narrowest(levels: Sequence[str]) -> str | None:
    if TAKEN_BACK in levels:
        return TAKEN_BACK
    return min(levels, key=_rank) if levels else None


def _silenced(frame: pd.DataFrame, levels: list[str | None], schema: Schema) -> pd.DataFrame:
    """Take the words away from the rows that may only be counted."""
    if "consent" in frame.columns:
        own = [level if level in LEVELS else LEVELS[0] for level in frame["consent"]]
        levels = [_narrowest([o] if level is None else [o, level]) for o, level in zip(own, levels)]
        frame = frame.assign(consent=pd.Series(levels, index=frame.index, dtype="str"))
    quiet = pd.Series([lv is not None and lv not in QUOTABLE for lv in levels], index=frame.index)
    if not quiet.any():
        return frame
    frame = frame.copy()
    for name in _wordy(schema):
        if name in frame.columns:
            frame.loc[quiet, name] = None
    if "diffusion" in frame.columns:
        frame.loc[quiet, "diffusion"] = "private"
    return frame


def _wordy(schema: Schema) -> list[str]:
    """Fields where somebody's words stand: free text, neither code nor identifier."""
    linked = {schema.key, *(name for name, _ in schema.foreign_keys)}
    return [
        f.name
        for f in schema.fields
        if f.type == "string" and not (f.codelist or f.is_list or f.name in linked)
        and not f.name.endswith(("_id", "_code"))
    ]  # fmt: skip
