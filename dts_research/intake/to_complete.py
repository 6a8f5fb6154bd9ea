"""A mapping to complete by hand, for a file whose titles are not recognised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from dts_research.errors import MaterialError
from dts_research.intake.columns import read_columns, told_columns
from dts_research.intake.mapping import fingerprint, quoted, saved, slug
from dts_research.intake.sheets import Sheet
from dts_research.schema.catalogue import Catalogue

MAIN = "experiences"
FED = (MAIN, "experience_places", "structures")
_HEAD = """\
# Correspondance à compléter : les titres de « {file} » n'ont pas été reconnus.
# Sous [columns], chaque titre du fichier attend son champ : ôter le # devant une ligne, et écrire
# le champ à droite du signe =, comme "{main}.title". Les champs possibles sont listés en bas.
# Enregistrer, puis recevoir le fichier à nouveau. Une ligne laissée avec son # n'est pas prise.
"""


def with_draft(
    error: MaterialError, sheets: Sequence[Sheet], ours: Catalogue, folder: Path | None
) -> MaterialError:
    """Write the mapping to complete, and name it in the refusal of the file.

    A mapping that cannot be read may be that one, begun: its fault is told, and none is written.
    """
    if folder is None or MAIN not in ours.tables:
        return error
    wrong = saved(folder)[1]
    if wrong:
        return MaterialError(f"{error.message} {wrong[0].message}", f"{wrong[0].fix} {error.fix}")
    sheet = max(sheets, key=lambda sheet: sheet.cells.size)
    path = _place(sheet, folder)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text("\n".join(_lines(sheet, ours)) + "\n", encoding="utf-8")
    except OSError:
        return error
    fix = f"Compléter la correspondance « {path.name} », écrite dans « {folder.name} », et "
    fix += f"recevoir à nouveau. Sinon, {error.fix[:1].lower()}{error.fix[1:]}"
    return MaterialError(error.message, fix)


def _place(sheet: Sheet, folder: Path) -> Path:
    """Where it is written: a name that only this header can have."""
    stem = Path(sheet.file).stem
    return folder / f"{slug(stem)}-{fingerprint(sheet.columns)[:6]}-a-completer.toml"


def _lines(sheet: Sheet, ours: Catalogue) -> Iterator[str]:
    found = read_columns(sheet, ours, MAIN, given={})
    yield _HEAD.format(file=quoted(sheet.file)[1:-1], main=MAIN)
    yield f"source = {quoted(Path(sheet.file).stem)}"
    yield f"table = {quoted(MAIN)}  # ou structures, si chaque ligne est une structure"
    yield f"sheet = {quoted(sheet.name)}"
    yield f"fingerprint = {quoted(fingerprint(sheet.columns))}"
    yield "\n[columns]"
    for column in told_columns(sheet):
        why = f"  # {found.why[column]}" if column in found.why else ""
        yield f"# {quoted(column)} = {quoted(found.columns.get(column, ''))}{quoted(why)[1:-1]}"
    for table in FED:
        yield f"\n# {ours.tables[table].title} :"
        yield from (
            f"#   {table}.{field.name} : {field.title}" for field in ours.tables[table].fields
        )
