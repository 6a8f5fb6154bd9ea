"""Propose a mapping: from our own names and titles, from synonyms, then from content."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

import pandas as pd

from dts_research.errors import MaterialError
from dts_research.intake.mapping import Mapping, fingerprint
from dts_research.intake.sheets import Sheet
from dts_research.intake.synonyms import own_names, synonyms
from dts_research.schema.casts import to_number
from dts_research.schema.catalogue import Catalogue, Schema, catalogue, plain

COMMON = {"source", "updated_on", "diffusion"}
OUTSIDE = ("experiences", "structures")
OWN_SHARE = 0.6
CONTENT_SHARE = 0.8


def suggest(sheet: Sheet, source: Catalogue | None = None, *, table: str | None = None) -> Mapping:
    """Propose how the columns of a sheet become ours.

    Parameters
    ----------
    sheet
        The sheet to receive.
    source
        The catalogue; the package's own by default.
    table
        The main table, when it is known.

    Raises
    ------
    MaterialError
        When the columns do not say what the sheet is about.
    """
    ours = catalogue() if source is None else source
    found = own_form(sheet, ours, table) or _outside(sheet, ours, table)
    if found is None:
        titles = ", ".join(f"« {name} »" for name in sheet.columns[:6])
        raise MaterialError(
            f"« {sheet.file} » : aucune de nos tables n'est reconnue dans les colonnes {titles}.",
            "Écrire une correspondance (--mapping), ou reprendre les titres de nos formulaires.",
        )
    return _marked(found, sheet)


def _marked(mapping: Mapping, sheet: Sheet) -> Mapping:
    return replace(mapping, sheet=sheet.name, fingerprint=fingerprint(sheet.columns))


def own_form(sheet: Sheet, ours: Catalogue, table: str | None) -> Mapping | None:
    """Recognise our own titles or field names; the name of the file or sheet settles a tie."""
    named = {plain(PurePath(sheet.file).stem), plain(sheet.name)}
    best, best_score = None, 0.0
    for schema in ours.tables.values():
        if table is not None and schema.name != table:
            continue
        names = own_names(ours, schema.name)
        hits = {c: names[plain(c)] for c in sheet.columns if plain(c) in names}
        own = set(hits.values()) - COMMON
        score = len(own) / max(1, len(sheet.columns) - (len(hits) - len(own)))
        called = bool(named & {plain(schema.name), plain(schema.title)})
        needed = {f.name for f in schema.fields if f.required and f.name != schema.key}
        enough = own and score >= OWN_SHARE and (called or table or needed <= own)
        if enough and score + called > best_score:
            best, best_score = _own(schema, _names_not_ids(sheet, hits)), score + called
    return None if best is None else _marked(best, sheet)


def _names_not_ids(sheet: Sheet, hits: dict[str, str]) -> dict[str, str]:
    """Read « Structure porteuse » as a name where the cells hold names and no ids."""
    if "organisation" in hits.values():
        return hits
    return {
        column: "organisation" if name == "structure_id" and _worded(sheet, column) else name
        for column, name in hits.items()
    }


def _worded(sheet: Sheet, column: str) -> bool:
    text = sheet.cells[column].dropna().str.strip()
    return len(text) > 0 and text.str.contains(r"\s").mean() > 0.3


def _own(schema: Schema, hits: dict[str, str]) -> Mapping:
    columns: dict[str, tuple[str, ...]] = {}
    taken: set[str] = set()
    for column, name in hits.items():
        if name not in taken:
            columns[column] = (f"{schema.name}.{name}",)
            taken.add(name)
    key = () if schema.key in taken else _natural_key(schema, columns)
    return Mapping(source=schema.title, table=schema.name, columns=columns, key=key)


def _natural_key(schema: Schema, columns: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Columns that tell records apart when they carry no id."""
    if schema.name == "experiences":
        wanted = {"experiences.title", "experiences.organisation"}
    elif f"{schema.name}.siret" in {t for targets in columns.values() for t in targets}:
        wanted = {f"{schema.name}.siret"}
    else:
        wanted = {f"{schema.name}.{f.name}" for f in schema.fields if f.name not in COMMON}
    return tuple(column for column, targets in columns.items() if wanted & set(targets))


def _outside(sheet: Sheet, ours: Catalogue, table: str | None) -> Mapping | None:
    """Recognise a file of someone else's: the table whose synonyms cover the most columns."""
    candidates = [_by_synonyms(sheet, ours, main) for main in OUTSIDE if table in (None, main)]
    complete = [m for m in candidates if m is not None]
    return max(complete, key=lambda m: len(m.columns)) if complete else None


def _by_synonyms(sheet: Sheet, ours: Catalogue, main: str) -> Mapping | None:
    schema = ours.tables[main]
    near = {main} | {t.name for t in ours.tables.values() if main in dict(t.foreign_keys).values()}
    own = own_names(ours, main)
    columns: dict[str, tuple[str, ...]] = {}
    for column in sheet.columns:
        targets = [t for t in synonyms().get(plain(column), ()) if t.partition(".")[0] in near]
        if not targets and plain(column) in own:
            targets = [f"{main}.{own[plain(column)]}"]
        if targets:
            columns[column] = (targets[0],)
    columns, guessed = _by_content(sheet, columns, main)
    columns = _first_of_each(columns, ours)
    fed = {t for targets in columns.values() for t in targets}
    if f"{main}.{'title' if main == 'experiences' else 'label'}" not in fed:
        return None
    unknown_kind = main == "structures" and "structures.kind" not in fed
    constants = {"structures.kind": "AUTRE"} if unknown_kind else {}
    key = _natural_key(schema, columns)
    return Mapping(
        source=sheet.file, table=main, columns=columns, key=key, constants=constants,
        guessed=tuple(c for c in guessed if c in columns),
    )  # fmt: skip


def _first_of_each(
    columns: dict[str, tuple[str, ...]], ours: Catalogue
) -> dict[str, tuple[str, ...]]:
    """Keep one column per field, unless the field is a list."""
    kept: dict[str, tuple[str, ...]] = {}
    taken: set[str] = set()
    for column, (target,) in columns.items():
        table, _, name = target.partition(".")
        if target not in taken or ours.tables[table].field(name).is_list:
            kept[column] = (target,)
            taken.add(target)
    return kept


def _by_content(
    sheet: Sheet, columns: dict[str, tuple[str, ...]], main: str
) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Recognise the columns without a telling name by the cells they hold."""
    found, guessed = dict(columns), []
    fed = {target for targets in columns.values() for target in targets}
    for column in sheet.columns:
        target = None if column in found else _content_target(sheet.cells[column], main)
        if target is not None and target not in fed:
            found[column] = (target,)
            fed.add(target)
            guessed.append(column)
    return found, guessed


def _content_target(cells: pd.Series, main: str) -> str | None:
    text = cells.dropna().str.strip()
    text = text[text != ""].head(500)
    if len(text) < 3:
        return None
    if main == "structures" and text.str.fullmatch(r"\d{14}").mean() >= CONTENT_SHARE:
        return "structures.siret"
    if main == "experiences" and text.str.fullmatch(r"-?\d{1,3}[.,]\d{3,}").mean() >= CONTENT_SHARE:
        return _coordinate(text)
    return None


def _coordinate(text: pd.Series) -> str | None:
    """Decimal degrees of mainland France: a latitude or a longitude."""
    numbers = text.map(to_number).dropna().astype(float)
    if numbers.between(41, 51.5).mean() >= CONTENT_SHARE:
        return "experience_places.latitude"
    east = numbers.between(-5.5, 9.7).mean() >= CONTENT_SHARE
    return "experience_places.longitude" if east else None
