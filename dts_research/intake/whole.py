"""What became of one file: its sheets put together."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from dts_research.errors import MaterialError
from dts_research.intake.answers import TO_CONFIRM
from dts_research.intake.counts import Counts
from dts_research.intake.mapping import Mapping
from dts_research.intake.references import unknown_references
from dts_research.intake.sheet_notes import passed_over, unread
from dts_research.intake.sheets import Sheet
from dts_research.intake.taken_ids import Received
from dts_research.intake.taking import ISSUE_COLUMNS, QUARANTINED, REPAIR_COLUMNS, Taken
from dts_research.schema.catalogue import Catalogue
from dts_research.workspace import sha256_of

# Sheet, row, table, field, rule, sentence.
Noted = tuple[str, int, str, str, str, str]


@dataclass(frozen=True)
class Reception:
    """What became of one file.

    Parameters
    ----------
    file, sha256
        Name and digest of the file.
    mapping
        The mapping of the first sheet taken.
    accepted
        Table -> typed rows; index = row of the source that gave the record (with its sheet
        before it where several sheets feed the table), attrs hold the file and sheet. A record
        told by several rows stands on the first of them.
    raw
        Table -> text as written in the source, same index.
    issues
        One row per faulty cell, row, column or sheet (`taking.ISSUE_COLUMNS`); row 0 is the
        sheet as a whole.
    quarantined
        Refused rows as they were; index = row numbers, first column the sheet.
    repairs
        Certain repairs: before and after (`taking.REPAIR_COLUMNS`).
    counts
        Source rows of all the sheets taken.
    row_digests
        Sheet -> digest of each accepted source row; index = row numbers.
    by_sheet
        Sheet -> its counts.
    mappings
        Sheet -> its mapping.
    mapping_saved
        File of the first mapping that was proposed and kept in the folder of mappings (how to
        correct it: see `mapping`); None when none was.
    unused
        Columns of the sheets taken that hold something and are not used.
    form_rows
        Sheet -> its rows as written, when they may still have to be given back: those of our own
        form, given back before, or that move a status.
    answers
        Answers to what was to be confirmed, not taken yet: they need the records they speak of.
    answered
        Those that were taken: sheet, row, table, field, rule (``answered`` or ``confirmed``), and
        the sentence.
    context
        Context data: how many territories and indicators, and values of each state.
    session
        Session whose capture sheet it is; empty for any other file.
    """

    file: str
    sha256: str
    mapping: Mapping
    accepted: dict[str, pd.DataFrame]
    raw: dict[str, pd.DataFrame]
    issues: pd.DataFrame
    quarantined: pd.DataFrame
    repairs: pd.DataFrame
    counts: Counts
    row_digests: dict[str, pd.Series] = field(default_factory=dict)
    by_sheet: dict[str, Counts] = field(default_factory=dict)
    mappings: dict[str, Mapping] = field(default_factory=dict)
    mapping_saved: Path | None = None
    unused: tuple[str, ...] = ()
    form_rows: dict[str, pd.DataFrame] = field(default_factory=dict)
    answers: tuple[Sheet, ...] = ()
    answered: tuple[Noted, ...] = ()
    context: Pairs[str, int] = field(default_factory=dict)
    session: str = ""

    @property
    def digests(self) -> frozenset[str]:
        """Digests of the accepted source rows; given back as `known`, they are recognised."""
        return frozenset(digest for rows in self.row_digests.values() for digest in rows)

    @property
    def records(self) -> dict[str, int]:
        """Table -> number of distinct records (not of source rows)."""
        return {table: len(frame) for table, frame in self.accepted.items()}


def put_together(
    path: Path,
    taken: list[Taken],
    left: list[tuple[Sheet, str]],
    wrong: Iterable[MaterialError],
) -> Reception:
    """Put the sheets of one file together."""
    issues = [t.issues for t in taken] + [unread(sheet, why) for sheet, why in left]
    issues += [passed_over(error, taken[0].sheet.name if taken else "") for error in wrong]
    return Reception(
        file=path.name,
        sha256=sha256_of(path),
        mapping=taken[0].mapping if taken else Mapping(f"Feuille « {TO_CONFIRM} »", "", {}),
        accepted=_together(path, taken, "accepted"),
        raw=_together(path, taken, "raw"),
        issues=_stacked(issues, ISSUE_COLUMNS),
        quarantined=pd.concat([_refused(t) for t in taken]) if taken else pd.DataFrame({"": []}),
        repairs=_stacked([t.repairs for t in taken], REPAIR_COLUMNS),
        counts=sum((t.counts for t in taken), Counts()),
        row_digests={t.sheet.name: t.digests[t.fate == "accepted"] for t in taken},
        by_sheet={t.sheet.name: t.counts for t in taken},
        mappings={t.sheet.name: replace(t.mapping, made=t.sheet.made) for t in taken},
        unused=tuple(dict.fromkeys(c for t in taken for c in t.unused)),
    )


def _stacked(frames: list[pd.DataFrame], columns: Iterable[str]) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(columns))


def _together(path: Path, taken: list[Taken], part: str) -> dict[str, pd.DataFrame]:
    frames: dict[str, list[tuple[str, pd.DataFrame]]] = {}
    for item in taken:
        for table, frame in getattr(item, part).items():
            frames.setdefault(table, []).append((item.sheet.name, frame))
    whole = {}
    for table, parts in frames.items():
        alone = parts[0][1] if len(parts) == 1 else None
        whole[table] = pd.concat(dict(parts), names=["sheet", "row"]) if alone is None else alone
        names = ", ".join(dict(parts))
        whole[table].attrs = {"file": path.name, "sheet": names}
    return whole


def _refused(taken: Taken) -> pd.DataFrame:
    rows = taken.sheet.cells[taken.fate == QUARANTINED].copy()
    rows.insert(0, "", taken.sheet.name)  # no column of a source is called so
    return rows


def with_links(
    whole: Reception,
    taken: list[Taken],
    ours: Catalogue,
    received: Received | None,
) -> Reception:
    """Tell the links to records that are neither in the file nor known."""
    if received is None:
        return whole
    links = unknown_references(taken, ours, received.ids)
    return replace(whole, issues=pd.concat([whole.issues, links], ignore_index=True))
