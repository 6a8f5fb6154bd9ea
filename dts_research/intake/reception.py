"""Receive a file: what is taken, what comes back, and why; nothing is dropped in silence."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from dts_research.errors import MaterialError
from dts_research.intake.answers import TO_CONFIRM, apart, unanswered
from dts_research.intake.capture import captured
from dts_research.intake.choosing import UNREAD, Wanted, choose
from dts_research.intake.context import Country
from dts_research.intake.context_taking import Context
from dts_research.intake.counts import Counts
from dts_research.intake.kobo import join
from dts_research.intake.mapping import Mapping, find, keep, saved
from dts_research.intake.readers import read_grids, tables_of
from dts_research.intake.returned import write_issues
from dts_research.intake.sheets import RETURNED, WHY, Grid, Sheet
from dts_research.intake.surveys import cleaned
from dts_research.intake.taken_ids import Received
from dts_research.intake.taking import (
    Taken,
    take_sheet,
)
from dts_research.intake.to_complete import with_draft
from dts_research.intake.whole import Noted, Reception, put_together, with_links
from dts_research.schema import catalogue as schema_catalogue
from dts_research.schema.catalogue import Catalogue
from dts_research.schema.forms import GUIDE, LISTS

__all__ = ["Counts", "Noted", "Reception", "receive", "write_issues"]


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
    if mapping is table is None and (room := _captured(path, grids, withdrawn, received)):
        return room
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
    whole = put_together(path, taken, left, () if given is not None else saved(mappings)[1])
    whole = with_links(whole, taken, ours, received)
    rows = {t.sheet.name: t.sheet.cells for t in taken if options["form"] or _to_keep(t, ours)}
    kept = _saved(chosen, wanted.mapping, mappings, path)
    kept = context.keep(mappings, path.stem) or kept
    whole = replace(whole, answers=tuple(answers), form_rows=rows, mapping_saved=kept)
    return context.addressed(whole)


def _captured(
    path: Path, grids: list[Grid], withdrawn: Collection[str], received: Received | None
) -> Reception | None:
    """Receive the capture sheet of a session, with the answers of a workbook given back."""
    sheet = captured(path.name, grids, (received or Received()).register)
    if sheet is None:
        return None
    ours = schema_catalogue()
    taken = sheet.taken(ours, withdrawn=withdrawn, received=received)
    asked = [grid for grid in grids if grid.name == TO_CONFIRM and len(grid.rows) > 1]
    answers = apart(tables_of(path.name, asked))[0] if asked else []
    whole = with_links(put_together(path, taken, [], ()), taken, ours, received)
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
