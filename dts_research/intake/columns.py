"""What each column of a source feeds: by its title, by its content, and why."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, field

import pandas as pd

from dts_research.intake import content
from dts_research.intake.compared import agree
from dts_research.intake.headers import IGNORE
from dts_research.intake.sheets import RETURNED, Sheet
from dts_research.intake.synonyms import targets_of, title_is_known
from dts_research.schema.catalogue import Catalogue

SURE, LIKELY, DOUBTFUL = "sûr", "probable", "à vérifier"
_PLACES = {
    "postal_code": ("experience_places.stated_postal_code", "structures.postal_code"),
    "commune_code": (
        "experience_places.stated_commune_code", "structures.commune_code", "actors.commune_code",
    ),
    "departement": ("experience_places.stated_departement", "structures.departement_code"),
    "departement_name": ("experience_places.stated_departement", "structures.departement_code"),
    "latitude": ("experience_places.latitude",),
    "longitude": ("experience_places.longitude",),
    "siret": ("structures.siret", "actors.siret"),
    "siren": ("actors.siren",),
}  # fmt: skip
_LABELS = {"experience_places.stated_label", "structures.commune_label"}


@dataclass
class Found:
    """What is known of the columns of a sheet while a mapping is proposed.

    Parameters
    ----------
    columns
        Column -> field.
    why
        Column -> how sure, and from what, in French; columns left aside are there too.
    guessed
        Columns read from their content alone.
    compared
        Columns that say again what another one says, only to be compared with it.
    """

    columns: dict[str, str] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    guessed: list[str] = field(default_factory=list)
    compared: dict[str, str] = field(default_factory=dict)


def told_columns(sheet: Sheet) -> list[str]:
    """Columns of the source, without those that we add to the rows given back."""
    return [column for column in sheet.columns if column not in (*RETURNED, IGNORE)]


def read_columns(sheet: Sheet, ours: Catalogue, main: str, *, given: Pairs[str, str]) -> Found:
    """Find what each column feeds, by its title then by its content; `given` ones stay.

    Columns of personal identifiers (electronic addresses, telephones) are never taken.
    """
    found = Found(columns=dict(given), why=dict.fromkeys(given, f"{SURE} : titre du dictionnaire"))
    for column in told_columns(sheet):
        if column in given:
            continue
        held = content.private(column, sheet.cells[column])
        if held is None:
            _by_title(column, sheet.cells[column], ours, main, found=found)
        else:
            found.why[column] = f"laissée de côté, données personnelles : {held}"
    for column in told_columns(sheet):
        if column not in found.why:
            _by_content(column, sheet, ours, main, found=found)
    _one_of_each(sheet, ours, found)
    found.columns = {c: found.columns[c] for c in sheet.columns if c in found.columns}
    return found


def _by_title(column: str, cells: pd.Series, ours: Catalogue, main: str, *, found: Found) -> None:
    targets = targets_of(column, ours, main)
    if not targets:
        return
    known = title_is_known(column, ours, main)
    said = f"{SURE} : titre connu" if known else f"{LIKELY} : titre proche d'un titre connu"
    target = _themes(cells, targets[0], ours)
    if target in _LABELS:
        held = content.content_of(cells)
        coded = _place(held, ours, main) if held else None
        if held and coded and held.kind in ("postal_code", "commune_code"):
            target, said = coded, f"{LIKELY} : titre connu, et contenu : {held.said}"
    found.columns[column], found.why[column] = target, said


def _by_content(column: str, sheet: Sheet, ours: Catalogue, main: str, *, found: Found) -> None:
    """Recognise a column without a telling title by the cells it holds."""
    cells = sheet.cells[column]
    held = content.content_of(cells)
    target = _place(held, ours, main) if held else None
    if held is None:
        target, held = _by_words(cells, ours, main, fed=found.columns.values())
    if held is None:
        return
    if target is None:
        found.why[column] = f"laissée de côté, contenu : {held.said}"
    elif target not in found.columns.values():
        found.columns[column] = target
        found.why[column] = f"{DOUBTFUL} : d'après le contenu, {held.said}"
        found.guessed.append(column)
    else:
        taken = next(c for c, fed in found.columns.items() if fed == target)
        _beside(column, taken, sheet, ours, found=found)


def _beside(column: str, taken: str, sheet: Sheet, ours: Catalogue, *, found: Found) -> None:
    """Leave a column aside for another one, to be compared with it when both agree mostly."""
    target = found.columns[taken]
    table, _, name = target.partition(".")
    field = ours.tables[table].field(name)
    found.why[column] = f"laissée de côté : « {taken} » donne déjà « {field.title} »"
    if agree(sheet.cells[column], sheet.cells[taken], field, ours):
        found.compared[column] = target


def _place(held: content.Content, ours: Catalogue, main: str) -> str | None:
    """Field of the main table, or of those that hang on it, for a kind of content."""
    tables = {main} | {
        t.name for t in ours.tables.values() if main in dict(t.foreign_keys).values()
    }
    near = (t for t in _PLACES.get(held.kind, ()) if t.partition(".")[0] in tables)
    return next(near, None)


def _by_words(
    cells: pd.Series, ours: Catalogue, main: str, *, fed: Iterable[str]
) -> tuple[str | None, content.Content | None]:
    """Recognise the words of the only closed list, not fed yet, that holds them."""
    free = {
        codes: column
        for codes, column in content.code_fields(ours, main).items()
        if f"{main}.{column.name}" not in set(fed) and column.name != "diffusion"
    }
    hits = [content.codes_of(cells, f, ours.codelists[codes]) for codes, f in free.items()]
    told = [hit for hit in hits if hit is not None]
    return (f"{main}.{told[0].kind}", told[0]) if len(told) == 1 else (None, None)


def _themes(cells: pd.Series, target: str, ours: Catalogue) -> str:
    """Read words that are not of our list of themes as the themes of the source."""
    if target != "experiences.themes":
        return target
    words = cells.dropna().str.split(r"[|;,]").explode().str.strip()
    words = words[words != ""]
    known = words.map(lambda word: ours.codelists["themes"].code_of(word) is not None)
    return target if known.mean() >= 0.5 or words.empty else "experiences.source_themes"


def _one_of_each(sheet: Sheet, ours: Catalogue, found: Found) -> None:
    """Keep one column per field, unless the field is a list: the surest, then the fullest."""
    by_target: dict[str, list[str]] = {}
    for column, target in found.columns.items():
        by_target.setdefault(target, []).append(column)
    for target, rivals in by_target.items():
        table, _, name = target.partition(".")
        if len(rivals) == 1 or ours.tables[table].field(name).is_list:
            continue
        fill = sheet.cells[rivals].fillna("").map(str.strip).ne("").mean()
        rank = {c: (-_sureness(found.why[c]), fill[c]) for c in rivals}
        taken = max(rivals, key=lambda column: rank[column])
        for column in (c for c in rivals if c != taken):
            reason = "mieux remplie" if rank[column][0] == rank[taken][0] else "titre plus sûr"
            reason = "venue la première" if rank[column] == rank[taken] else reason
            _beside(column, taken, sheet, ours, found=found)
            del found.columns[column]
            found.why[column] += f" ({reason})"


def _sureness(why: str) -> int:
    """0 for the surest."""
    return next(n for n, word in enumerate((SURE, LIKELY, DOUBTFUL)) if why.startswith(word))
