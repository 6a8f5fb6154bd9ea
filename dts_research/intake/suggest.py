"""Propose a mapping: from our own names and titles, from synonyms, then from content."""

from __future__ import annotations

from collections.abc import Mapping as Pairs
from dataclasses import replace
from pathlib import PurePath

from dts_research.errors import MaterialError
from dts_research.intake.columns import Found, read_columns, told_columns
from dts_research.intake.mapping import Mapping, fingerprint
from dts_research.intake.sheets import RETURNED, Sheet
from dts_research.intake.synonyms import own_names
from dts_research.schema.catalogue import Catalogue, Schema, catalogue, plain

COMMON = {"source", "updated_on", "diffusion"}
OUTSIDE = ("experiences", "structures", "experience_places")
WHEREABOUTS = {
    f"structures.{name}"
    for name in ("siret", "commune_code", "departement_code", "postal_code", "commune_label")
}
_ID = r"\w{1,4}-\S+|\w{0,4}\d+"
OWN_SHARE = 0.6


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
        raise _unrecognised(sheet, ours, table)
    return _marked(found, sheet)


def _unrecognised(sheet: Sheet, ours: Catalogue, table: str | None) -> MaterialError:
    """Say what was expected, what was found, what to do."""
    wanted = []
    for name in (table,) if table in ours.tables else OUTSIDE:
        schema = ours.tables[str(name)]
        needed = [f.title for f in schema.fields if f.required and f.name != schema.key]
        titles = " et ".join(f"« {title} »" for title in needed)
        wanted.append(f"{titles} ({schema.title.lower()})" if titles else schema.title.lower())
    found = ", ".join(f"« {name} »" for name in sheet.columns[:8])
    more = ", etc." if len(sheet.columns) > 8 else ""
    return MaterialError(
        f"Les colonnes ne sont celles d'aucune de nos tables : {' ou '.join(wanted)} étaient "
        f"attendus, les titres trouvés sont {found}{more}".rstrip(".")
        + ".",
        "Renommer les colonnes d'après le dictionnaire (dts codebook), ou envoyer le "
        "formulaire (dts forms). Si ce fichier n'est pas à recevoir, le retirer du dossier.",
    )


def _marked(mapping: Mapping, sheet: Sheet) -> Mapping:
    return replace(mapping, sheet=sheet.name, fingerprint=fingerprint(sheet.columns))


def own_form(sheet: Sheet, ours: Catalogue, table: str | None) -> Mapping | None:
    """Recognise our own titles or field names; the name of the file or sheet settles a tie."""
    named = {plain(PurePath(sheet.file).stem.removesuffix(".issues")), plain(sheet.name)}
    best, best_score = None, 0.0
    for schema in ours.tables.values():
        if table is not None and schema.name != table:
            continue
        names = own_names(ours, schema.name)
        hits = {c: names[plain(c)] for c in sheet.columns if plain(c) in names}
        own = set(hits.values()) - COMMON
        score = len(own) / max(1, len(told_columns(sheet)) - (len(hits) - len(own)))
        called = bool(named & {plain(schema.name), plain(schema.title)})
        needed = {f.name for f in schema.fields if f.required and f.name != schema.key}
        enough = own and score >= OWN_SHARE and (called or table or needed <= own)
        if enough and score + called > best_score:
            best, best_score = _own(schema, _names_not_ids(sheet, hits)), score + called
    return None if best is None else _marked(_extended(best, sheet, ours), sheet)


def _extended(mapping: Mapping, sheet: Sheet, ours: Catalogue) -> Mapping:
    """Suggest the columns that are not ours in a sheet that is ours in part."""
    if len(mapping.columns) == len(told_columns(sheet)):
        return mapping
    given = {column: targets[0] for column, targets in mapping.columns.items()}
    whole = _proposed(mapping, sheet, read_columns(sheet, ours, mapping.table, given=given))
    key = _natural_key(ours.tables[mapping.table], whole.columns) if mapping.key else ()
    return replace(whole, key=key)


def _proposed(mapping: Mapping, sheet: Sheet, found: Found) -> Mapping:
    """Put into a mapping what was found of the columns, those left aside included."""
    aside = (c for c in told_columns(sheet) if c not in found.columns and c not in found.compared)
    return replace(
        mapping,
        columns={column: (target,) for column, target in found.columns.items()},
        guessed=tuple(column for column in found.guessed if column in found.columns),
        kept_aside=tuple(aside),
        compared=found.compared,
        why={column: found.why[column] for column in sheet.columns if column in found.why},
        proposed=True,
    )


def completed(mapping: Mapping, sheet: Sheet, ours: Catalogue) -> Mapping:
    """Take, in rows given back, the columns of ours added to be filled in."""
    if not set(RETURNED) & set(sheet.columns) or mapping.table not in ours.tables:
        return mapping
    names = own_names(ours, mapping.table)
    there = {plain(column) for column in mapping.columns}
    added = {
        column: (f"{mapping.table}.{names[plain(column)]}",)
        for column in told_columns(sheet)
        if plain(column) in names and plain(column) not in there
    }
    fed = mapping.targets
    added = {column: target for column, target in added.items() if target[0] not in fed}
    return replace(mapping, columns={**mapping.columns, **added})


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
    text = text[text != ""]
    return len(text) > 0 and bool(text.str.fullmatch(_ID).mean() < 0.5)


def _own(schema: Schema, hits: dict[str, str]) -> Mapping:
    columns: dict[str, tuple[str, ...]] = {}
    taken: set[str] = set()
    for column, name in hits.items():
        if name not in taken:
            columns[column] = (f"{schema.name}.{name}",)
            taken.add(name)
    key = () if schema.key in taken else _natural_key(schema, columns)
    return Mapping(source=schema.title, table=schema.name, columns=columns, key=key)


def _natural_key(schema: Schema, columns: Pairs[str, tuple[str, ...]]) -> tuple[str, ...]:
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
    candidates = [_by_synonyms(sheet, ours, main) for main in (table,) if main]
    candidates += [_by_synonyms(sheet, ours, main) for main in OUTSIDE if table is None]
    complete = [m for m in candidates if m is not None]
    return max(complete, key=lambda m: len(m.columns)) if complete else None


def _by_synonyms(sheet: Sheet, ours: Catalogue, main: str) -> Mapping | None:
    if main not in ours.tables:
        return None
    schema = ours.tables[main]
    found = read_columns(sheet, ours, main, given={})
    fed = set(found.columns.values())
    unknown_kind = main == "structures" and "structures.kind" not in fed and fed & WHEREABOUTS
    constants = {"structures.kind": "AUTRE"} if unknown_kind else {}
    needed = {f"{main}.{f.name}" for f in schema.fields if f.required and f.name != schema.key}
    if not needed <= fed | set(constants) or (main == OUTSIDE[2] and not _places(sheet, found)):
        return None
    bare = Mapping(source=sheet.file, table=main, columns={}, constants=constants)
    whole = _proposed(bare, sheet, found)
    key = () if f"{main}.{schema.key}" in fed else _natural_key(schema, whole.columns)
    return replace(whole, key=key)


def _places(sheet: Sheet, found: Found) -> bool:
    """Tell whether rows give the id of an experience and say something of its place."""
    ids = [c for c, target in found.columns.items() if target.endswith(".experience_id")]
    return len(found.columns) > 1 and not any(_worded(sheet, column) for column in ids)
