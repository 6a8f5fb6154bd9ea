"""Kobo and ODK exports: repeats joined to their record, edits made versions of one record.

A submission is known by the uuid of its first version (``rootUuid``), else by the one it
replaces (``deprecatedID``), else by its own: an edit received later is the same record. A row of
a repeat is known by its submission and its place in it, whatever the format of the export.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from dts_research.errors import MaterialError
from dts_research.intake.identifiers import make_ids, row_digests
from dts_research.intake.kobo_columns import bare_names, is_export, technical, with_lists
from dts_research.intake.kobo_links import (
    SHEET_NAME,
    Links,
    is_repeat,
    link,
    repeat_name,
    repeat_of,
)
from dts_research.intake.kobo_notes import described, noted
from dts_research.intake.mapping import Mapping
from dts_research.intake.sheets import Sheet
from dts_research.intake.suggest import own_form, suggest
from dts_research.schema.catalogue import Catalogue, Schema, plain
from dts_research.schema.repairs import digits

SUBMISSION, PLACE = "Soumission", "Place dans la soumission"
SCOPE = "kobo"
_LOST = "la ligne principale à laquelle elle se rattache n'est pas dans le fichier"


@dataclass(frozen=True)
class Joined:
    """Sheets ready to be mapped.

    Parameters
    ----------
    sheets
        Exports with their questions alone and the ids of their records; others untouched.
    older
        Digests of the rows that a later version, in the same file, replaces.
    what
        What the export is, in words; empty for other files.
    """

    sheets: list[Sheet]
    older: frozenset[str] = frozenset()
    what: str = ""

    def explained(self, error: MaterialError) -> MaterialError:
        """Say, of an export that is refused, which form it holds."""
        if not self.what:
            return error
        return MaterialError(f"{self.what}. {error.message}", error.fix)


def join(
    sheets: Sequence[Sheet],
    ours: Catalogue,
    *,
    spoken: Collection[str] = (),
    table: str | None = None,
) -> Joined:
    """Join the sheets of a Kobo or ODK export; other files come back as they are.

    Parameters
    ----------
    sheets
        All the sheets of a file.
    ours
        The schema.
    spoken
        Columns that a given mapping speaks of: they keep their name, technical or not.
    table
        The main table, when it is known.
    """
    exports = [sheet for sheet in sheets if is_export(sheet.columns)]
    if not exports:
        return Joined(list(sheets))
    kept, links = frozenset(map(plain, spoken)), link(exports)
    bare = [_questions(sheet, kept) for sheet in exports]
    mains = [b for b, s in zip(bare, exports) if not is_repeat(s)]
    forms = [own_form(b, ours, table) if kept else form_of(b, ours, table) for b in mains]
    main = next((ours.tables[form.table] for form in forms if form is not None), None)
    hanging = _hanging(ours, main) if main is not None or not forms else []
    ids: dict[str, str] = {}
    done: dict[int, Sheet] = {}
    for i in sorted(range(len(exports)), key=lambda i: is_repeat(exports[i])):
        if is_repeat(exports[i]):
            done[i] = _attached(bare[i], links[i], hanging, ids=ids, ours=ours)
        else:
            done[i] = _identified(bare[i], links[i], main, ids)
    told = noted([done[i] for i in range(len(exports))], exports, links)
    there = {id(sheet): told[i] for i, sheet in enumerate(exports)}
    older = frozenset().union(*(_older(sheet, rows) for sheet, rows in zip(told, links)))
    return Joined(
        [there.get(id(sheet), sheet) for sheet in sheets], older, described(told, exports)
    )


def form_of(sheet: Sheet, ours: Catalogue, table: str | None = None) -> Mapping | None:
    """Mapping of a sheet of an export, for the table it is known to feed; None without one."""
    try:
        return suggest(sheet, ours, table=sheet.table or table)
    except MaterialError:
        return None


def _questions(sheet: Sheet, kept: Collection[str]) -> Sheet:
    """Keep the questions, under their own names, several choices in one column."""
    gone = [name for name in technical(sheet.columns) if plain(name) not in kept]
    cells = sheet.cells.drop(columns=gone)
    if is_repeat(sheet):
        cells = cells[cells.notna().any(axis=1)]
    cells = with_lists(cells)
    names = bare_names([name for name in cells.columns if plain(name) not in kept])
    return _with_cells(sheet, cells.rename(columns=names))


def _with_cells(
    sheet: Sheet, cells: pd.DataFrame, *, set_aside: dict[int, str] | None = None
) -> Sheet:
    aside = {**sheet.set_aside, **(set_aside or {})}
    return replace(sheet, columns=tuple(cells.columns), cells=cells, set_aside=aside)


def _hanging(ours: Catalogue, main: Schema | None) -> list[tuple[Schema, str, Schema]]:
    """Tables that a repeat may feed: the table, its link, the table it hangs on."""
    return [
        (schema, name, ours.tables[table])
        for schema in ours.tables.values()
        for name, table in schema.foreign_keys[:1]
        if main is None or table == main.name
    ]


def _identified(sheet: Sheet, links: Links, main: Schema | None, ids: dict[str, str]) -> Sheet:
    """Give each submission the id of its record, and keep it for the repeats."""
    roots = links.rows["root"]
    if main is None:
        return _with_columns(sheet, {SUBMISSION: roots})
    made = make_ids(roots.to_frame(), main, scope=SCOPE, exact=True)
    named = _named(sheet, main, {main.key: _by_siret(sheet, main).fillna(made)})
    ids |= dict(zip(roots, named.cells[_column_of(named, main, main.key)]))
    return named


def _by_siret(sheet: Sheet, main: Schema) -> pd.Series:
    """Id of what has a SIRET, the same in every source; blank for the rest."""
    told = _column_of(sheet, main, "siret") if "siret" in main.names else ""
    if told not in sheet.cells:
        return pd.Series(pd.NA, index=sheet.cells.index, dtype="str")
    sirets = sheet.cells[told].str.strip().map(digits, na_action="ignore").astype("str")
    whole = sirets[sirets.str.fullmatch(r"\d{14}").eq(True)]
    return make_ids(whole.to_frame(), main).reindex(sheet.cells.index).astype("str")


def _attached(
    sheet: Sheet,
    links: Links,
    hanging: list[tuple[Schema, str, Schema]],
    *,
    ids: dict[str, str],
    ours: Catalogue,
) -> Sheet:
    """Give each row of a repeat its id and that of its submission."""
    rows = links.rows.loc[sheet.cells.index]
    lost = rows.index[rows["root"].isna()]
    found = _repeated(sheet, rows, hanging, ours)
    if found is None:
        places = {SUBMISSION: rows["root"], PLACE: rows["path"].str.partition("/")[2]}
        named = _with_columns(sheet, places)
    else:
        schema, link_name, main = found
        there = rows[rows["root"].notna()]
        made = make_ids(there[["root"]], main, scope=SCOPE, exact=True)
        parents = there["root"].map(ids).astype("str").fillna(made)
        keys = make_ids(there[["path"]], schema, scope=SCOPE, exact=True)
        named = _named(sheet, schema, {link_name: parents, schema.key: keys})
    return _with_cells(named, named.cells, set_aside=dict.fromkeys(map(int, lost), _LOST))


def _named(sheet: Sheet, schema: Schema, ids: dict[str, pd.Series]) -> Sheet:
    """Fill the ids of a sheet that feeds a table; those that it gives itself are kept."""
    columns = {}
    for name, made in ids.items():
        column, cells = _column_of(sheet, schema, name), sheet.cells
        given = cells[column].where(cells[column].str.strip() != "") if column in cells else None
        whole = made.reindex(cells.index)
        columns[column] = whole if given is None else given.fillna(whole)
    return replace(_with_columns(sheet, columns), table=schema.name)


def _repeated(
    sheet: Sheet, rows: pd.DataFrame, hanging: list[tuple[Schema, str, Schema]], ours: Catalogue
) -> tuple[Schema, str, Schema] | None:
    """Find the table that a repeat feeds: the one it is named after, else by its questions."""
    named = {plain(repeat_of(path)) for path in rows["path"].dropna().unique()}
    for found in hanging:
        titles = {plain(found[0].name)[:SHEET_NAME], plain(found[0].title)[:SHEET_NAME]}
        if titles & {*named, plain(repeat_name(sheet))}:
            return found
    best, most = None, 0
    for found in hanging:
        trial = _with_columns(sheet, {found[1]: rows["root"]})
        form = own_form(trial, ours, found[0].name)
        if form is not None and len(form.columns) > max(most, 2):
            best, most = found, len(form.columns)
    return best


def _column_of(sheet: Sheet, schema: Schema, name: str) -> str:
    """Column that already stands for a field, else the name of the field, which is ours alone."""
    field = schema.field(name)
    there = {plain(column): column for column in sheet.columns}
    return there.get(plain(field.name)) or there.get(plain(field.title)) or field.name


def _with_columns(sheet: Sheet, columns: dict[str, pd.Series]) -> Sheet:
    rest = sheet.cells.drop(columns=list(columns), errors="ignore")
    more = pd.DataFrame(columns, index=sheet.cells.index).astype("str")
    made = (*sheet.made, *(name for name in columns if name not in sheet.cells))
    return _with_cells(replace(sheet, made=made), pd.concat([rest, more], axis=1))


def _older(sheet: Sheet, links: Links) -> frozenset[str]:
    """Digests of the rows that are replaced, unless a row that is kept says the same."""
    digests = row_digests(sheet.columns, sheet.cells)
    replaced = digests.index.isin(links.older)
    return frozenset(digests[replaced]) - frozenset(digests[~replaced])
