"""What is said of a sheet, its rows and its columns as a whole; row 0 is the sheet itself."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from dts_research.intake import content
from dts_research.intake.compared import disagreeing
from dts_research.intake.fields import folded_cells
from dts_research.intake.mapping import Mapping
from dts_research.intake.sheets import Sheet
from dts_research.schema.catalogue import Catalogue, plain
from dts_research.schema.sentences import shown

Remark = dict[str, object]
MOST_BLANKS = 200
LONGEST_GONE = 30
_ADD = "l'ajouter à la correspondance si elle est utile"


def remarks(sheet: Sheet, mapping: Mapping, ours: Catalogue, read: pd.Index) -> list[Remark]:
    """List what is said of a sheet; `read` are the rows whose columns are compared."""
    said = [_remark(0, "reading", note) for note in sheet.notes]
    for row, reason in sheet.set_aside.items():
        fix = "la corriger et la déposer à nouveau, ou l'ignorer"
        said.append(_remark(row, "set_aside", f"Ligne non lue : {reason}", fix=fix, error=True))
    said += [_aside(column, sheet, mapping) for column in left(sheet, mapping)]
    said += [] if mapping.told else [_guess(c, sheet, mapping, ours) for c in mapping.guessed]
    said += blanks(sheet, mapping, read)
    for column, target in mapping.compared.items():
        said += _contradictions(column, target, sheet.cells.loc[read], mapping, ours)
    return said


def left(sheet: Sheet, mapping: Mapping) -> list[str]:
    """Columns that are not used, when a person has not been told so yet."""
    untold = mapping.unspoken(sheet)
    if mapping.proposed and not mapping.told:
        untold += [c for c in (*mapping.kept_aside, *mapping.compared) if c not in mapping.columns]
    return [column for column in sheet.columns if column in set(untold)]


def blanks(sheet: Sheet, mapping: Mapping, read: pd.Index) -> Iterator[Remark]:
    """Cells taken without the blanks around them; a column that has many is told as a whole."""
    there, gone = folded_cells(sheet.cells), {plain(text) for text in mapping.missing}
    rows = read.tolist()
    cells = sheet.cells if len(rows) == len(sheet.cells) else sheet.cells.loc[read]
    for column, targets in mapping.columns.items():
        texts = cells[there[plain(column)]].tolist()
        odd = {t for t in set(texts) if isinstance(t, str) and t.strip() != t and _says(t, gone)}
        around = {row: text for row, text in zip(rows, texts) if text in odd} if odd else {}
        table, _, name = targets[0].partition(".")
        if len(around) > MOST_BLANKS:
            text = f"Blancs de trop retirés dans {len(around)} cellules de la colonne « {column} »"
            text += f", par exemple à la ligne {next(iter(around))}"
            yield _remark(0, "reading", text, column=column)
            continue
        for row, before in around.items():
            text = f"« {shown(before.strip())} » : blancs de trop retirés"
            where = {"value": before, "table": table, "field": name}
            yield {**_remark(row, "repair", text, column=column), **where}


def _says(text: str, gone: set[str]) -> bool:
    """Tell whether a text says something, once its outer blanks are gone."""
    bare = text.strip()
    return bare != "" and (len(bare) > LONGEST_GONE or plain(bare) not in gone)


def _aside(column: str, sheet: Sheet, mapping: Mapping) -> Remark:
    held = content.private(column, sheet.cells[column])
    row, why = sheet.header_row, mapping.why.get(column, "")
    if held is not None:
        text = (
            f"La colonne « {column} » semble contenir des données personnelles ({held}) : elle "
            "n'est pas prise et reste dans le fichier d'origine"
        )
        return _remark(row, "privacy", text, column=column, fix="ne pas l'envoyer sans nécessité")
    if why.startswith("laissée de côté :"):
        text = f"La colonne « {column} » est {why}"
        fix = "mettre celle-ci à la place dans la correspondance si c'est elle la bonne"
        return _remark(row, "column", text, column=column, fix=fix)
    known = f" ({why.partition(', ')[2]})" if why else ""
    text = f"La colonne « {column} » n'a pas de correspondance{known} ; elle reste dans le fichier"
    if mapping.told:
        text = f"La colonne « {column} » n'est pas dans la correspondance « {mapping.source} » ; "
        text += "elle reste dans le fichier"
    return _remark(row, "column", text, column=column, fix=_ADD)


def _guess(column: str, sheet: Sheet, mapping: Mapping, ours: Catalogue) -> Remark:
    table, _, name = mapping.columns[column][0].partition(".")
    field, title = ours.tables[table].field(name), ours.tables[table].title
    why = mapping.why.get(column, "").partition(", ")[2]
    text = f"La colonne « {column} » est lue comme « {field.title} » ({title}) d'après son contenu"
    text += f" : {why}" if why else ""
    fix = "vérifier, et corriger la correspondance si ce n'est pas cela"
    return _remark(sheet.header_row, "guess", text, column=column, fix=fix)


def _contradictions(
    column: str, target: str, cells: pd.DataFrame, mapping: Mapping, ours: Catalogue
) -> Iterator[Remark]:
    """Rows where a column that says again what another one says does not say the same."""
    there = folded_cells(cells)
    taken = [there[plain(c)] for c in mapping.targets.get(target, ())]
    if plain(column) not in there or not taken:
        return
    table, _, name = target.partition(".")
    beside, kept = cells[there[plain(column)]], cells[taken[0]]
    field = ours.tables[table].field(name)
    for row in cells.index[disagreeing(beside, kept, field, ours)]:
        other, mine = str(beside[row]).strip(), str(kept[row]).strip()
        text = f"« {other} » ({column}) contredit « {mine} » ({taken[0]}), qui est gardé"
        fix = "vérifier lequel est juste"
        yield {
            **_remark(int(row), "contradiction", text, column=column, fix=fix), "value": other,
            "severity": "to_confirm", "table": table, "field": name,
        }  # fmt: skip


def _remark(
    row: int, rule: str, message: str, *, column: str = "", fix: str = "", error: bool = False
) -> Remark:
    texts = {"column": column, "value": "", "message": message, "fix": fix}
    severity = "error" if error else "note"
    return {"row": row, "rule": rule, "severity": severity, "table": "", "field": "", **texts}
