"""Receive a file: what is taken, what comes back, and why; nothing is dropped in silence."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from dts_research.errors import MaterialError
from dts_research.intake.context import Country
from dts_research.intake.context_taking import Context
from dts_research.intake.counts import Counts
from dts_research.intake.kobo import form_of, join
from dts_research.intake.mapping import Mapping, find, fingerprint, keep, saved
from dts_research.intake.readers import read_table
from dts_research.intake.references import unknown_references
from dts_research.intake.returned import write_issues
from dts_research.intake.sheet_notes import passed_over, unread
from dts_research.intake.sheets import RETURNED, Sheet
from dts_research.intake.suggest import completed, own_form, suggest
from dts_research.intake.surveys import cleaned
from dts_research.intake.taking import QUARANTINED, Taken, take_sheet
from dts_research.schema import catalogue as schema_catalogue
from dts_research.schema.catalogue import Catalogue, plain
from dts_research.schema.forms import GUIDE, LISTS

NOT_OURS = "la feuille n'est pas lue : ses colonnes ne sont celles d'aucune de nos tables"
__all__ = ["Counts", "Reception", "receive", "write_issues"]


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
    context
        Context data: how many territories and indicators, and values of each state.
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
    context: Pairs[str, int] = field(default_factory=dict)

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
    known_ids: Pairs[str, Collection[str]] | None = None,
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
    known_ids
        Table -> ids of the records received before. When it is given, links to records that are
        neither there nor in the file are to confirm.

    Raises
    ------
    MaterialError
        When the file cannot be read, or none of its sheets is recognised.
    """
    path = Path(path)
    ours = schema_catalogue()
    given = Mapping.load(mapping) if isinstance(mapping, str | Path) else mapping
    wanted = _Wanted(given, table, mappings)
    spoken = (*given.columns, *given.key) if given is not None else ()
    sheets = [s if wanted.speaks_of(s) else cleaned(s) for s in read_table(path)]
    joined = join(sheets, ours, spoken=spoken, table=table)
    around = country if table in (None, "observations") else None
    context = Context.of(joined.sheets, ours, around, folder=mappings, given=mapping)
    try:
        chosen, left = _choose(list(context.rest), ours, wanted) if context.rest else ([], [])
    except MaterialError as error:
        if not context.found:
            raise joined.explained(error) from error
        chosen, left = [], [(sheet, NOT_OURS) for sheet in context.rest]
    before = {*known, *joined.older} if joined.older else known
    taken = [
        take_sheet(sheet, found, ours, known=before, withdrawn=withdrawn) for sheet, found in chosen
    ]
    taken += context.taken(ours, known=before, withdrawn=withdrawn)
    whole = _whole(path, taken, left, () if given is not None else saved(mappings)[1])
    if known_ids is not None:
        links = unknown_references(taken, ours, known_ids)
        whole = replace(whole, issues=pd.concat([whole.issues, links], ignore_index=True))
    kept = _saved(chosen, wanted.mapping, mappings, path)
    return context.addressed(
        replace(whole, mapping_saved=context.keep(mappings, path.stem) or kept)
    )


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


@dataclass(frozen=True)
class _Wanted:
    """What the caller asked for."""

    mapping: Mapping | None
    table: str | None
    folder: Path | None

    def speaks_of(self, sheet: Sheet) -> bool:
        """Tell whether a mapping is there for the columns of a sheet as they stand."""
        if self.mapping is not None:
            return self.mapping.covered_by(sheet)
        return find(sheet, self.folder, table=self.table) is not None


def _choose(
    sheets: list[Sheet], ours: Catalogue, wanted: _Wanted
) -> tuple[list[tuple[Sheet, Mapping]], list[tuple[Sheet, str]]]:
    """Find the mapping of each sheet; say of the others why they are not read.

    A proposal made from foreign headers is used only when nothing surer is found in the file,
    and then for one sheet: the one it covers best.
    """
    sure = [(sheet, _sure(sheet, ours, wanted, alone=len(sheets) == 1)) for sheet in sheets]
    chosen = [(sheet, found) for sheet, found in sure if found is not None]
    if not chosen and wanted.mapping is not None:
        return [(_nearest(sheets, wanted.mapping), wanted.mapping)], []
    reasons: list[MaterialError] = []
    if not chosen:
        proposals = []
        for sheet in sheets:
            try:
                proposals.append((sheet, suggest(sheet, ours, table=wanted.table)))
            except MaterialError as error:
                reasons.append(error)
        if not proposals:
            raise reasons[0]
        _, best = max(proposals, key=lambda pair: len(pair[1].columns))
        chosen = [pair for pair in proposals if pair[1].fingerprint == best.fingerprint]
    taken = {id(sheet) for sheet, _ in chosen}
    aside = {LISTS, GUIDE}  # those of our own form, which has both
    aside = aside if aside <= {sheet.name for sheet in sheets} else set()
    left = [sheet for sheet in sheets if id(sheet) not in taken and sheet.name not in aside]
    return chosen, [(sheet, NOT_OURS) for sheet in left]


def _nearest(sheets: list[Sheet], mapping: Mapping) -> Sheet:
    """The sheet that has most of the columns of a mapping: what it lacks can then be told."""
    wanted = {plain(column) for column in mapping.columns}
    return max(sheets, key=lambda sheet: len(wanted & set(map(plain, sheet.columns))))


def _sure(sheet: Sheet, ours: Catalogue, wanted: _Wanted, *, alone: bool) -> Mapping | None:
    """Mapping given, saved, shipped, or our own titles."""
    if wanted.mapping is not None and (alone or wanted.mapping.covered_by(sheet)):
        return completed(wanted.mapping, sheet, ours)
    if wanted.mapping is not None:
        return None
    found = find(sheet, wanted.folder, table=wanted.table)
    if found is not None and found.fingerprint == fingerprint(sheet.columns):
        return completed(found, sheet, ours)
    ours_whole = own_form(sheet, ours, wanted.table)
    if found is not None and (ours_whole is None or ours_whole.proposed):
        return completed(found, sheet, ours)
    told = form_of(sheet, ours) if sheet.table else None
    return told or ours_whole


def _whole(
    path: Path,
    taken: list[Taken],
    left: list[tuple[Sheet, str]],
    wrong: Iterable[MaterialError],
) -> Reception:
    """Put the sheets of one file together."""
    issues = [t.issues for t in taken] + [unread(sheet, why) for sheet, why in left]
    issues += [passed_over(error, taken[0].sheet.name) for error in wrong]
    return Reception(
        file=path.name,
        sha256=_digest(path),
        mapping=taken[0].mapping,
        accepted=_together(path, taken, "accepted"),
        raw=_together(path, taken, "raw"),
        issues=pd.concat(issues, ignore_index=True),
        quarantined=pd.concat([_refused(t) for t in taken]),
        repairs=pd.concat([t.repairs for t in taken], ignore_index=True),
        counts=sum((t.counts for t in taken), Counts()),
        row_digests={t.sheet.name: t.digests[t.fate == "accepted"] for t in taken},
        by_sheet={t.sheet.name: t.counts for t in taken},
        mappings={t.sheet.name: replace(t.mapping, made=t.sheet.made) for t in taken},
        unused=tuple(dict.fromkeys(c for t in taken for c in t.unused)),
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
