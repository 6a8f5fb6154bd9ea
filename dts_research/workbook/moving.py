"""Moves of a status that are not allowed: the row goes back with the reason, the record stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from dts_research.intake.capture import PART
from dts_research.intake.reception import Reception
from dts_research.intake.taking import ISSUE_COLUMNS
from dts_research.schema import Schema, catalogue
from dts_research.schema import moves as said
from dts_research.schema.sentences import Said
from dts_research.schema.transitions import FILLED, OTHER, Move, Transitions
from dts_research.store import Store
from dts_research.store.rows import places_of, plain_columns
from dts_research.workbook.sending_back import Place, sent_back, unread, without_rows

Record = Mapping[str, Any]


def without_bad_moves(reception: Reception, store: Store) -> Reception:
    """Send back the rows that move a status as it may not move.

    The first time that a record is told, any status is right. What a session says again in its
    own capture sheet corrects what it said: it is set beside what stood before that session.
    """
    refused: dict[Place, tuple[Schema, Said]] = {}
    for table in reception.accepted:
        schema = catalogue().tables[table]
        if schema.transitions is not None:
            moves = _Moves(reception, store, schema, schema.transitions)
            refused |= {place: (schema, why) for place, why in moves.refused()}
    return _refused(reception, refused) if refused else reception


@dataclass
class _Moves:
    """The moves that a file makes in one table."""

    reception: Reception
    store: Store
    schema: Schema
    rules: Transitions

    def refused(self) -> Iterator[tuple[Place, Said]]:
        """Places of the rows that may not make their move, and why."""
        frame = self.reception.accepted[self.schema.name]
        known = self._records(self.store.load(self.schema.name, ids=set(frame[self.schema.key])))
        for place, (key, after) in zip(places_of(frame), self._records(frame).items()):
            if key not in known:
                continue
            before = self._before(key, known[key])
            later = self._later(key, known[key], after) or self._since(key, known[key], after)
            if later:
                yield place, later
            elif before is not None and (why := self._wrong(key, before, after)):
                yield place, why

    def _records(self, frame: pd.DataFrame) -> dict[str, Record]:
        columns = plain_columns(frame, self.schema)
        rows = (dict(zip(columns, row)) for row in zip(*columns.values()))
        return {str(row[self.schema.key]): row for row in rows}

    def _before(self, key: str, now: Record) -> Record | None:
        """What a move starts from; None when the session in hand told the record first."""
        session, by = self.reception.session, self.rules.by
        if not session or now.get(by) != session:
            return now
        former = (one["record"] for one in self.store.former_versions(self.schema.name, key))
        others = [record for record in former if record.get(by) != session]
        return others[-1] if others else None

    def _later(self, key: str, now: Record, after: Record) -> Said | None:
        """Say that a later session has already spoken of a record."""
        session, by = self.reception.session, str(now.get(self.rules.by) or "")
        if not session or not by or by == session or after.get(self.rules.by) != session:
            return None
        days = self._days(session, by)
        if not all(one in days for one in (session, by)) or days[by] <= days[session]:
            return None
        return said.followed_since(key, by, days[by])

    def _since(self, key: str, now: Record, after: Record) -> Said | None:
        """Say that a status was told anew, by hand or by another file, after the session."""
        session, name = self.reception.session, self.rules.field
        told = str(now.get("updated_on") or "")[:10]
        if not session or not told or now.get(name) in (None, after.get(name)):
            return None
        held = self._days(session).get(session, "")[:10]
        if not held or told <= held:
            return None
        codes = catalogue().codelists[self.schema.field(name).codelist or ""]
        return said.updated_since(key, codes.label(str(now[name])), told)

    def _days(self, *sessions: str) -> dict[str, str]:
        held = self.store.load("sessions", ids=set(sessions), columns=("session_id", "date"))
        frames = [held, self.reception.accepted.get("sessions", held.iloc[:0])]
        return {
            str(row["session_id"]): str(row["date"])
            for frame in frames
            for row in frame[["session_id", "date"]].to_dict("records")
        }

    def _wrong(self, key: str, before: Record, after: Record) -> Said | None:
        """Say why a record may not move as it does."""
        old, new = before.get(self.rules.field), after.get(self.rules.field)
        if old == new or old is None or new is None:
            return None
        words = said.Words(self.schema, key, str(old), str(new))
        move = self.rules.move(str(old), str(new))
        if move is None:
            return words.not_allowed()
        return self._unmoved(words, before, after) or self._lacking(words, move, before, after)

    def _unmoved(self, words: said.Words, before: Record, after: Record) -> Said | None:
        """Say that nobody says who made a move, or only who had made the last one."""
        by, asks = self.rules.by, self.rules.asks
        if asks in (FILLED, OTHER) and not after.get(by):
            return words.by_nobody()
        if asks == OTHER and after.get(by) == before.get(by):
            return words.by_the_same(str(after[by]))
        return None

    def _lacking(self, words: said.Words, move: Move, before: Record, after: Record) -> Said | None:
        """Say what a move needs and does not have."""
        for name in move.needs:
            if not after.get(name):
                return words.needs(name)
        for name in move.renews:
            if not after.get(name) or after.get(name) == before.get(name):
                return words.renews(name)
        if move.heir and not self._has_heir(words.key, move.heir):
            return words.no_heir()
        return None

    def _has_heir(self, key: str, link: str) -> bool:
        frames = (self.reception.accepted[self.schema.name], self.store.load(self.schema.name))
        return any((frame[link] == key).fillna(False).any() for frame in frames)


def _refused(reception: Reception, refused: Mapping[Place, tuple[Schema, Said]]) -> Reception:
    """Send rows back, and with them what stands on the same row of the same sheet."""
    whole = {(sheet.partition(PART)[0], row) for sheet, row in refused}
    beside: dict[str, list[int]] = {}
    for frame in reception.accepted.values() if reception.session else ():
        for sheet, row in places_of(frame):
            if (sheet.partition(PART)[0], row) in whole and (sheet, row) not in refused:
                beside.setdefault(sheet, []).append(row)
    gone = {*refused, *((sheet, row) for sheet, rows in beside.items() for row in rows)}
    by_sheet: dict[str, list[int]] = {}
    for sheet, row in refused:
        by_sheet.setdefault(sheet, []).append(row)
    back = unread(sent_back(without_rows(reception, gone), by_sheet), beside)
    issues = reception.issues
    mine = [place in gone for place in zip(issues["sheet"], issues["row"])]
    kept = issues.assign(record=issues["record"].mask(pd.Series(mine, issues.index), ""))
    told = pd.DataFrame(_told(reception, refused), columns=list(ISSUE_COLUMNS))
    return replace(back, issues=pd.concat([kept, told], ignore_index=True))


def _told(
    reception: Reception, refused: Mapping[Place, tuple[Schema, Said]]
) -> Iterator[dict[str, Any]]:
    """One issue per refused row, on the cell of its status."""
    for (sheet, row), (schema, (message, fix)) in refused.items():
        assert schema.transitions is not None
        name = schema.transitions.field
        target = f"{schema.name}.{name}"
        mapping = reception.mappings.get(sheet)
        columns = mapping.targets.get(target, ()) if mapping is not None else ()
        column = next(iter(columns), schema.field(name).title)
        cells = reception.form_rows.get(sheet)
        value = cells[column].get(row) if cells is not None and column in cells else ""
        yield dict.fromkeys(ISSUE_COLUMNS, "") | {
            "sheet": sheet, "row": row, "column": column,
            "value": value if isinstance(value, str) else "", "rule": "transition",
            "severity": "error", "message": message, "fix": fix, "table": schema.name,
            "field": name,
        }  # fmt: skip
