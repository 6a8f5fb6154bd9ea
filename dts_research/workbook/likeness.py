"""Rows of our form without an id that look like a record received before.

Their id is made from their content: once a word of it is corrected, they would be a second
record. A row that says the same as a record in everything is that record; one that looks like it
is refused, for a person to say which it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from dts_research.intake.reception import Reception
from dts_research.intake.taken_ids import ID_GIVEN
from dts_research.schema import catalogue
from dts_research.schema.catalogue import plain
from dts_research.schema.sentences import alike
from dts_research.store import Store
from dts_research.store.rows import places_of

TABLE = "experiences"
# Shorter texts, « rien à signaler » among them, are written by many.
OWN_WORDS = 20
Record = dict[str, Any]
Place = tuple[str, int]


def without_look_alikes(
    reception: Reception, store: Store, gone: Mapping[str, Collection[str]]
) -> Reception:
    """Give the rows that are a known record its id; refuse those that look like one.

    Parameters
    ----------
    reception
        What became of a file.
    store
        The records received before.
    gone
        Table -> ids of the records taken back: they are named no more.
    """
    issues, schema = reception.issues, catalogue().tables[TABLE]
    given = issues[issues["rule"].eq(ID_GIVEN) & issues["table"].eq(TABLE)]
    asked = set(given["record"]) - {""}
    fresh = asked - store.ids_by_table().get(TABLE, set()) if asked else asked
    if not fresh:
        return reception
    rows, known = reception.accepted[TABLE], store.load(TABLE)
    told = {*rows[schema.key], *gone.get(TABLE, ())}
    others = _Known(known[~known[schema.key].isin(list(told))])
    refused: dict[Place, tuple[str, str]] = {}
    same: dict[str, str] = {}
    for place, row in zip(places_of(rows), _records(rows)):
        near = others.nearest(row) if row[schema.key] in fresh else None
        if near and _content(near) == _content(row):
            same[row[schema.key]] = near[schema.key]
        elif near:
            refused[place] = alike(schema.field(schema.key), near["title"], near[schema.key])
    return _refused(_renamed(reception, same), refused)


def _records(frame: pd.DataFrame) -> list[Record]:
    """Filled cells of each record."""
    return [
        {k: v for k, v in one.items() if v != () and (isinstance(v, tuple) or pd.notna(v))}
        for one in frame.to_dict("records")
    ]


def _content(record: Record) -> Record:
    return {k: v for k, v in record.items() if k != catalogue().tables[TABLE].key}


def _named(record: Record) -> tuple[str, str]:
    return plain(str(record.get("title", ""))), plain(str(record.get("organisation", "")))


def _words(record: Record) -> list[tuple[str, str]]:
    """Long texts of a record, as they are compared."""
    long = [f.name for f in catalogue().tables[TABLE].fields if f.long]
    return [(n, plain(record[n])) for n in long if len(str(record.get(n, ""))) >= OWN_WORDS]


class _Known:
    """Records received before, found by their name or by their words."""

    def __init__(self, frame: pd.DataFrame) -> None:
        key = catalogue().tables[TABLE].key
        self._records = {str(one[key]): one for one in _records(frame.sort_values(key))}
        self._named: dict[tuple[str, str], str] = {}
        self._saying: dict[tuple[str, str], list[str]] = {}
        for one, record in self._records.items():
            self._named.setdefault(_named(record), one)
            for words in _words(record):
                self._saying.setdefault(words, []).append(one)

    def nearest(self, row: Record) -> Record | None:
        """The record of the same name, else the one that says most of at least half its texts."""
        mine = _words(row)
        shared = Counter(one for words in mine for one in self._saying.get(words, ()))
        best = max(sorted(shared), key=shared.__getitem__, default=None)
        if _named(row) in self._named:
            best = self._named[_named(row)]
        elif best is None or 2 * shared[best] < len(mine):
            return None
        return self._records[best]


def _renamed(reception: Reception, same: dict[str, str]) -> Reception:
    """Give rows the id of the record that they are."""
    if not same:
        return reception
    key, frame = catalogue().tables[TABLE].key, reception.accepted[TABLE]
    renamed = frame.assign(**{key: frame[key].replace(same)})
    renamed.attrs = frame.attrs
    issues = reception.issues
    said = issues["rule"].eq(ID_GIVEN) & issues["record"].isin(list(same))
    issues = issues[~said].assign(record=issues["record"].replace(same))
    accepted = {**reception.accepted, TABLE: renamed}
    return replace(reception, accepted=accepted, issues=issues)


def _refused(reception: Reception, refused: dict[Place, tuple[str, str]]) -> Reception:
    """Send rows back, each with its sentence in place of the id that it was given."""
    if not refused:
        return reception
    issues = reception.issues.copy()
    mine = [place in refused for place in zip(issues["sheet"], issues["row"])]
    issues.loc[mine, "record"] = ""
    for number in issues.index[pd.Series(mine, index=issues.index) & issues["rule"].eq(ID_GIVEN)]:
        message, fix = refused[(issues.at[number, "sheet"], issues.at[number, "row"])]
        words = {"rule": "alike", "severity": "error", "message": message, "fix": fix}
        issues.loc[number, list(words)] = list(words.values())
    accepted, raw = dict(reception.accepted), dict(reception.raw)
    gone = [place in refused for place in places_of(accepted[TABLE])]
    for frames in (accepted, raw):
        attrs = frames[TABLE].attrs
        frames[TABLE] = frames[TABLE][[not one for one in gone]]
        frames[TABLE].attrs = attrs
    moved = replace(reception, accepted=accepted, raw=raw, issues=issues)
    for sheet in {sheet for sheet, _ in refused}:
        moved = _sent_back(moved, sheet, [row for name, row in refused if name == sheet])
    return moved


def _sent_back(reception: Reception, sheet: str, rows: list[int]) -> Reception:
    back = reception.form_rows[sheet].loc[rows].copy()
    back.insert(0, "", sheet)
    quarantined = pd.concat([reception.quarantined, back])
    counts = reception.by_sheet[sheet]
    now = replace(
        counts, accepted=counts.accepted - len(rows), quarantined=counts.quarantined + len(rows)
    )
    whole = {**reception.by_sheet, sheet: now}
    digests = {**reception.row_digests, sheet: reception.row_digests[sheet].drop(rows)}
    return replace(
        reception,
        quarantined=quarantined,
        by_sheet=whole,
        counts=sum(whole.values(), type(counts)()),
        row_digests=digests,
    )
