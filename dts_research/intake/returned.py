"""The workbook that goes back to the person: refused rows as they were, and what to do."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import xlsxwriter

from dts_research.intake.sheets import RETURNED

if TYPE_CHECKING:
    from dts_research.intake.reception import Reception

CELL_LIMIT = 32_767
MOST_LISTED = 20_000
_PLAIN = {
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_HEADINGS = {
    "sheet": "Feuille", "row": "Ligne", "column": "Colonne", "value": "Valeur",
    "message": "Ce qui ne va pas", "fix": "Que faire",
}  # fmt: skip
_REPAIRS = {
    "sheet": "Feuille", "row": "Ligne", "column": "Colonne", "before": "Écrit", "after": "Lu",
}  # fmt: skip


_AGAIN = (
    "Corriger les lignes refusées dans les feuilles suivantes, puis déposer ce classeur à "
    "nouveau : seules ces lignes seront lues."
)
_NOTHING = (
    "Rien n'est à renvoyer : toutes les lignes utiles sont reçues. Lire les feuilles suivantes, "
    "et vérifier ce qui est à confirmer dans le fichier d'origine."
)


def write_issues(reception: Reception, path: Path | str) -> Path:
    """Write what was refused, doubtful or repaired as a workbook of plain text cells.

    Refused rows keep their titles and their cells, so that the corrected sheet can be dropped
    again as it is. No cell is ever a formula or a link.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    with xlsxwriter.Workbook(partial, _PLAIN) as book:
        style = _styles(book)
        _write(book, "À lire", _summary(reception), style)
        refused = list(reception.quarantined.groupby("sheet", sort=False))
        for sheet, rows in refused:
            _write_refused(
                book,
                str(sheet),
                _filled(rows, reception),
                reception.issues,
                style,
                several=len(refused) > 1,
            )
        issues = reception.issues
        _list(book, "À confirmer", issues[issues["severity"] == "to_confirm"], style)
        notes = issues[(issues["severity"] == "note") & (issues["rule"] != "repair")]
        _list(book, "Remarques", notes, style)
        repairs = reception.repairs.rename(columns=_REPAIRS)[list(_REPAIRS.values())]
        _write(book, "Réparations", _strings(repairs), style)
    os.replace(partial, path)
    return path


def _styles(book: Any) -> dict[str, Any]:
    text = {"num_format": "@", "text_wrap": True, "valign": "top"}
    return {
        "head": book.add_format({**text, "bold": True, "bottom": 1}),
        "text": book.add_format(text),
        "bad": book.add_format({**text, "bold": True, "bg_color": "#FBE3D6"}),
    }


def _summary(reception: Reception) -> list[list[str]]:
    counts = reception.counts
    lines = [
        ["Fichier reçu", reception.file],
        ["Empreinte du fichier (SHA-256)", reception.sha256],
        ["Correspondance", reception.mapping.source],
        ["Lignes lues", str(counts.read)],
        ["Lignes acceptées", str(counts.accepted)],
        ["Lignes refusées, à corriger", str(counts.quarantined)],
        ["Lignes déjà connues ou en double", str(counts.duplicates)],
        ["Lignes retirées", str(counts.withdrawn)],
        ["Réparations faites", str(len(reception.repairs))],
        ["", ""],
        ["Que faire", _AGAIN if counts.quarantined else _NOTHING],
    ]  # fmt: skip
    return [["Réception", ""], *lines]


def _filled(rows: pd.DataFrame, reception: Reception) -> pd.DataFrame:
    """Leave out the blank columns, but for those that a saved mapping will ask for again."""
    mapping = reception.mappings.get(str(rows["sheet"].iloc[0]))
    asked = set(mapping.spoken) if mapping and (mapping.told or mapping.proposed) else set()
    return rows.loc[:, rows.notna().any() | rows.columns.isin(asked)]


def _write_refused(
    book: Any,
    name: str,
    rows: pd.DataFrame,
    issues: pd.DataFrame,
    style: dict[str, Any],
    *,
    several: bool,
) -> None:
    """One sheet of refused rows, with the columns they lack, their faulty cells and why."""
    cells = rows.iloc[:, 1:]
    whole = [str(c) for c in cells.columns if str(c) not in RETURNED]
    here = (issues["sheet"] == name) & issues["row"].isin(rows.index)
    mine = issues[here & issues["severity"].isin(("error", "to_confirm"))]
    lacking = mine.loc[mine["rule"] == "required", "column"]
    added = [c for c in dict.fromkeys(lacking) if c not in whole]
    cells = cells.reindex(columns=[*whole, *added]) if added else cells
    whole += added
    reasons = mine.groupby("row")[["row", "column", "message", "fix"]].apply(_reasons)
    lines = [[*whole, *RETURNED]]
    for number, row in zip(rows.index, cells[whole].itertuples(index=False)):
        lines.append([*map(_string, row), str(number), reasons.get(number, "")])
    places = {(row, column) for row, column in zip(mine["row"], mine["column"])}
    bad = {
        (line, whole.index(column))
        for line, number in enumerate(rows.index, start=1)
        for column in whole
        if (number, column) in places
    }
    _write(book, f"Lignes refusées {name}" if several else "Lignes refusées", lines, style, bad=bad)


def _reasons(issues: pd.DataFrame) -> str:
    said = []
    for row, column, message, fix in issues.drop_duplicates().values:
        place = f"Ligne {row}, colonne « {column} » : " if column else f"Ligne {row} : "
        said.append(f"{place}{message}{f' ; {fix}' if fix else ''}.")
    return "\n".join(said)


def _list(book: Any, name: str, issues: pd.DataFrame, style: dict[str, Any]) -> None:
    _write(book, name, _strings(issues.rename(columns=_HEADINGS)[list(_HEADINGS.values())]), style)


def _strings(frame: pd.DataFrame) -> list[list[str]]:
    rows = [[_string(v) for v in row] for row in frame.head(MOST_LISTED).itertuples(index=False)]
    if len(frame) > MOST_LISTED:
        rows.append([f"… et {len(frame) - MOST_LISTED} autres"])
    return [[str(name) for name in frame.columns], *rows]


def _string(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _write(
    book: Any,
    name: str,
    lines: list[list[str]],
    style: dict[str, Any],
    *,
    bad: frozenset[tuple[int, int]] | set[tuple[int, int]] = frozenset(),
) -> None:
    sheet = book.add_worksheet(_sheet_name(book, name))
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(map(len, lines)) - 1, 24)
    for i, line in enumerate(lines):
        for j, text in enumerate(line):
            if text:
                look = "head" if i == 0 else "bad" if (i, j) in bad else "text"
                sheet.write_string(i, j, text[:CELL_LIMIT], style[look])


def _sheet_name(book: Any, name: str) -> str:
    """A name that spreadsheets accept and that is not taken yet."""
    base = re.sub(r"[\[\]:*?/\\']", " ", name)[:28].strip() or "Feuille"
    taken = {sheet.get_name().casefold() for sheet in book.worksheets()}
    names = [base, *(f"{base} {n}" for n in range(2, 100))]
    return next(candidate for candidate in names if candidate.casefold() not in taken)
