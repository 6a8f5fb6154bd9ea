"""Which sheets of a file are read, each with which mapping, and why the others are not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dts_research.errors import MaterialError
from dts_research.intake.kobo import form_of
from dts_research.intake.mapping import Mapping, find, fingerprint
from dts_research.intake.sheets import Sheet
from dts_research.intake.suggest import completed, own_form, suggest
from dts_research.schema.catalogue import Catalogue, plain
from dts_research.schema.forms import GUIDE, LISTS

UNREAD = "la feuille n'est pas lue : ses colonnes ne sont celles d'aucune de nos tables"


@dataclass(frozen=True)
class Wanted:
    """What the caller asked for."""

    mapping: Mapping | None
    table: str | None
    folder: Path | None

    def speaks_of(self, sheet: Sheet) -> bool:
        """Tell whether a mapping is there for the columns of a sheet as they stand."""
        if self.mapping is not None:
            return self.mapping.covered_by(sheet)
        return find(sheet, self.folder, table=self.table) is not None


def choose(
    sheets: list[Sheet], ours: Catalogue, wanted: Wanted
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
            raise reasons[0] if reasons else MaterialError("Aucune feuille n'est à lire.")
        _, best = max(proposals, key=lambda pair: len(pair[1].columns))
        chosen = [pair for pair in proposals if pair[1].fingerprint == best.fingerprint]
    taken = {id(sheet) for sheet, _ in chosen}
    aside = {LISTS, GUIDE}  # those of our own form, which has both
    aside = aside if aside <= {sheet.name for sheet in sheets} else set()
    left = [sheet for sheet in sheets if id(sheet) not in taken and sheet.name not in aside]
    return chosen, [(sheet, UNREAD) for sheet in left]


def _nearest(sheets: list[Sheet], mapping: Mapping) -> Sheet:
    """The sheet that has most of the columns of a mapping: what it lacks can then be told."""
    wanted = {plain(column) for column in mapping.columns}
    return max(sheets, key=lambda sheet: len(wanted & set(map(plain, sheet.columns))))


def _sure(sheet: Sheet, ours: Catalogue, wanted: Wanted, *, alone: bool) -> Mapping | None:
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
