"""Receive a file: what is taken, what comes back, and why; nothing is dropped in silence."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from dts_research.errors import MaterialError
from dts_research.intake.answers import TO_CONFIRM, apart, unanswered
from dts_research.intake.capture import Captured, captured
from dts_research.intake.choosing import UNREAD, Wanted, choose
from dts_research.intake.context import Country
from dts_research.intake.context_taking import Context
from dts_research.intake.counts import Counts
from dts_research.intake.kobo import join
from dts_research.intake.mapping import Mapping, find, keep, saved
from dts_research.intake.readers import read_grids, tables_of
from dts_research.intake.references import unknown_references
from dts_research.intake.returned import write_issues
from dts_research.intake.sheet_notes import passed_over, unread
from dts_research.intake.sheets import RETURNED, WHY, Grid, Sheet
from dts_research.intake.surveys import cleaned
from dts_research.intake.taken_ids import Received
from dts_research.intake.taking import (
    ISSUE_COLUMNS,
    QUARANTINED,
    REPAIR_COLUMNS,
    Taken,
    take_sheet,
)
from dts_research.intake.to_complete import with_draft
from dts_research.schema import catalogue as schema_catalogue
from dts_research.schema.catalogue import Catalogue
from dts_research.schema.forms import GUIDE, LISTS
from dts_research.workspace import sha256_of

__all__ = ["Counts", "Reception", "receive", "write_issues"]

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


def receive(
    path: Path | str,
    *,
    mapping: Mapping | Path | str | None = None,
    table: str | None = None,
    known: Collection[str] = frozenset(),
    country: Country | None = None,
    mappings: Path | None = None,
    withdrawn: Collection[str] = frozenset(),
    received: Received | None = None,
) -> Reception:
    """Receive one file, which is only read.

    Parameters
    ----------
    path
        The file.
    mapping
        A mapping or its file; by default it is found by the header, else proposed.
    table
        The main table, when the columns alone do not tell.
    known
        Digests of source rows received before: they count as duplicates.
    country
        What context data are recognised by; without it, none is.
    mappings
        Folder of saved mappings, looked into before those of the package; a mapping that is
        proposed is saved there.
    withdrawn
        Ids of main records that were withdrawn: their rows are counted and not taken.
    received
        What was received before. When it is given, links to records that are neither there nor in
        the file are to confirm, and rows given back with the id of another one are refused again.

    Raises
    ------
    MaterialError
        When the file cannot be read, or none of its sheets is recognised.
    """
    path = Path(path)
    ours, grids = schema_catalogue(), read_grids(path)
    if table is None and mapping is None:
        sheet = captured(path.name, grids, (received or Received()).register)
        if sheet is not None:
            return _captured(path, sheet, grids, withdrawn=withdrawn, received=received)
    given = Mapping.load(mapping) if isinstance(mapping, str | Path) else mapping
    wanted, spoken = Wanted(given, table, mappings), (*given.columns, *given.key) if given else ()
    asked, others = apart(tables_of(path.name, grids))
    answers = [sheet for sheet in asked if len(sheet.cells)]
    sheets = [s if wanted.speaks_of(s) else cleaned(s) for s in others]
    joined = join(sheets, ours, spoken=spoken, table=table)
    around = country if table in (None, "observations") else None
    context = Context.of(joined.sheets, ours, around, folder=mappings, given=mapping)
    try:
        elsewhere = bool(answers or context.found)
        chosen, left = _chosen(list(context.rest), ours, wanted, elsewhere=elsewhere)
    except MaterialError as error:
        told = unanswered(path.name) if asked else joined.explained(context.explained(error))
        raise (told if asked else with_draft(told, joined.sheets, ours, mappings)) from error
    before = {*known, *joined.older} if joined.older else known
    options: dict[str, Any] = {"known": before, "withdrawn": withdrawn, "received": received}
    options["form"] = {LISTS, GUIDE} <= {sheet.name for sheet in sheets}
    taken = [take_sheet(sheet, found, ours, **options) for sheet, found in chosen]
    taken += context.taken(ours, known=before, withdrawn=withdrawn, received=received)
    whole = _whole(path, taken, left, () if given is not None else saved(mappings)[1])
    whole = _with_links(whole, taken, ours, received)
    rows = {t.sheet.name: t.sheet.cells for t in taken if options["form"] or _to_keep(t, ours)}
    kept = _saved(chosen, wanted.mapping, mappings, path)
    kept = context.keep(mappings, path.stem) or kept
    whole = replace(whole, answers=tuple(answers), form_rows=rows, mapping_saved=kept)
    return context.addressed(whole)


def _captured(
    path: Path,
    sheet: Captured,
    grids: list[Grid],
    *,
    withdrawn: Collection[str],
    received: Received | None,
) -> Reception:
    """Receive the capture sheet of a session, with the answers of a workbook given back."""
    ours = schema_catalogue()
    taken = sheet.taken(ours, withdrawn=withdrawn, received=received)
    asked = [grid for grid in grids if grid.name == TO_CONFIRM]
    answers = apart(tables_of(path.name, asked))[0] if asked else []
    whole = _with_links(_whole(path, taken, [], ()), taken, ours, received)
    issues = pd.concat([whole.issues, sheet.issues()], ignore_index=True)
    return replace(
        whole, issues=issues, answers=tuple(one for one in answers if len(one.cells)),
        form_rows={t.sheet.name: t.sheet.cells for t in taken}, answered=sheet.answered,
        session=sheet.session_id,
    )  # fmt: skip


def _to_keep(taken: Taken, ours: Catalogue) -> bool:
    """Tell whether rows may still have to be given back once the records are known."""
    moving = ours.tables[taken.mapping.table].transitions is not None
    return moving or WHY in taken.sheet.columns


def _chosen(
    sheets: list[Sheet], ours: Catalogue, wanted: Wanted, *, elsewhere: bool
) -> tuple[list[tuple[Sheet, Mapping]], list[tuple[Sheet, str]]]:
    """Choose the sheets to read; that none is, is no error when the file has something else."""
    try:
        return ([], []) if elsewhere and not sheets else choose(sheets, ours, wanted)
    except MaterialError:
        if not elsewhere:
            raise
        return [], [(sheet, UNREAD) for sheet in sheets]


def _with_links(
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


def _saved(
    chosen: list[tuple[Sheet, Mapping]], given: Mapping | None, folder: Path | None, path: Path
) -> Path | None:
    """Keep the mappings proposed for this file; give the first."""
    if folder is None or given is not None:
        return None
    new = [m for sheet, m in chosen if m.proposed and find(sheet, folder, table=m.table) != m]
    new = [m for sheet, m in chosen if m in new and not set(RETURNED) & set(sheet.columns)]
    once = {mapping.fingerprint: mapping for mapping in new}
    kept = [keep(mapping, folder, path.stem) for mapping in once.values()]
    return kept[0] if kept else None


def _whole(
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
