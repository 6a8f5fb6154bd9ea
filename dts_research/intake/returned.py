"""The workbook that goes back to the person: refused rows as they were, and what to do."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import xlsxwriter

from dts_research.intake.answers import DOUBT, TO_CONFIRM, TO_FILL, questions
from dts_research.intake.sheets import CELL_LIMIT, RETURNED, WHY

if TYPE_CHECKING:
    from dts_research.intake.counts import Counts
    from dts_research.intake.reception import Reception

MOST_LISTED = 20_000
A4 = 9
# Rules that speak of a blank cell: its column comes back even if nobody filled it.
BLANK = ("required", "to_complete", "id_given", "alike")
LINE_HEIGHT, TALLEST = 15, 409
WIDTH = 24
_WIDTHS = {
    RETURNED[0]: 10, RETURNED[1]: 60, "Que faire": 45, "Ligne": 10, "Réception": 36, "": 90,
    DOUBT: 45,
}  # fmt: skip
_PLAIN = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_HEADINGS = {
    "sheet": "Feuille", "row": "Ligne", "column": "Colonne", "value": "Valeur",
    "message": WHY, "fix": "Que faire",
}  # fmt: skip
_REPAIRS = {
    "sheet": "Feuille", "row": "Ligne", "column": "Colonne", "before": "Écrit", "after": "Lu",
}  # fmt: skip


_AGAIN = (
    "Corriger dans les feuilles « Lignes refusées… », enregistrer, puis lancer « dts receive » "
    "suivi du chemin de ce classeur."
)
_ANSWER = (
    "Dans la feuille « À confirmer », écrire la bonne valeur sous « Valeur juste », ou oui sous "
    "« C'est bien cela » : la cellule reste alors comme elle est reçue, et il n'en est plus "
    "question. Sans réponse, rien ne change, et « dts check » le redit. Ne pas toucher aux deux "
    "dernières colonnes."
)
_SEND = "Enregistrer, puis lancer « dts receive » suivi du chemin de ce classeur."
_NOTHING = (
    "Rien n'est à renvoyer : toutes les lignes utiles sont reçues. Lire les feuilles suivantes."
)
_UNREAD = (
    "Aucune ligne n'a été lue sous les titres : vérifier que le bon fichier a été déposé, et que "
    "les lignes sont écrites sous les titres."
)
_PARTS = (
    "Au plus {} lignes par liste tiennent ici ; les autres sont dans {}, à côté. Quand la même "
    "faute revient partout, la corriger dans le fichier d'origine et le déposer à nouveau."
)
_CUT = (
    "cette cellule est plus longue qu'un classeur ne le permet : elle est coupée ici, entière "
    "dans le fichier d'origine ; corriger cette ligne là-bas"
)


def write_issues(reception: Reception, path: Path | str) -> Path:
    """Write what was refused, doubtful or repaired as a workbook of plain text cells.

    Refused rows keep their titles and their cells, so that the corrected sheet can be dropped
    again as it is. No cell is ever a formula or a link. Beyond `MOST_LISTED` rows, the rest
    stands beside in further workbooks of the same shape: one that is too big opens nowhere.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    lists = _lists(reception)
    longest = max(len(reception.quarantined), *map(len, lists.values()))
    names = [_part_name(path, n) for n in range(max(1, -(-longest // MOST_LISTED)))]
    for number, name in enumerate(names):
        _write_part(reception, lists, path.with_name(name), names, number)
    if ".issues" in reception.file:  # rows given back: the other parts still hold theirs
        return path
    further = re.compile(re.escape(path.stem) + r" \(suite \d+\)" + re.escape(path.suffix))
    for other in path.parent.iterdir():
        if further.fullmatch(other.name) and other.name not in names:
            other.unlink()  # what an earlier reception of this file told
    return path


def _part_name(path: Path, number: int) -> str:
    """Name of a workbook; the first bears the name asked."""
    return f"{path.stem} (suite {number + 1}){path.suffix}" if number else path.name


def _lists(reception: Reception) -> dict[str, pd.DataFrame]:
    """What is told beside the refused rows, under French headings."""
    issues = reception.issues
    notes = issues[(issues["severity"] == "note") & (issues["rule"] != "repair")]
    return {
        TO_CONFIRM: questions(issues),
        "Remarques": notes.rename(columns=_HEADINGS)[list(_HEADINGS.values())],
        "Réparations": reception.repairs.rename(columns=_REPAIRS)[list(_REPAIRS.values())],
    }


def _write_part(
    reception: Reception,
    lists: dict[str, pd.DataFrame],
    path: Path,
    names: list[str],
    number: int,
) -> None:
    """Write the nth slice of every list; the file appears once it is whole."""
    partial = path.with_name(f".{path.name}.partial")
    part = slice(number * MOST_LISTED, (number + 1) * MOST_LISTED)
    sheets = reception.quarantined.iloc[:, 0]
    several = sheets.nunique() > 1
    refused = reception.quarantined.iloc[part].groupby(sheets.iloc[part].to_numpy(), sort=False)
    with xlsxwriter.Workbook(partial, _PLAIN) as book:
        style = _styles(book)
        _write(book, "À lire", ["Réception", ""], _summary(reception, names, number), style)
        for sheet, rows in refused:
            kept = _filled(rows, reception)
            _write_refused(book, str(sheet), kept, reception.issues, style, several=several)
        for name, frame in lists.items():
            rows, head = frame.iloc[part], list(frame.columns)
            places = [head.index(column) for column in TO_FILL if column in head]
            fill = {(i, j) for i in range(1, len(rows) + 1) for j in places}
            _write(book, name, head, _strings(rows), style, bad=fill)
    os.replace(partial, path)


def _styles(book: Any) -> dict[str, Any]:
    text = {"num_format": "@", "text_wrap": True, "valign": "top"}
    return {
        "head": book.add_format({**text, "bold": True, "bottom": 1}),
        "text": book.add_format(text),
        "bad": book.add_format({**text, "bold": True, "bg_color": "#FBE3D6"}),
    }


def _summary(reception: Reception, names: list[str], number: int) -> list[list[str]]:
    counts = reception.counts
    others = ", ".join(f"« {name} »" for name in names if name != names[number])
    parts = [[f"Classeur {number + 1} sur {len(names)}", _PARTS.format(MOST_LISTED, others)]]
    lines = [
        ["Fichier reçu", reception.file],
        ["Correspondance", reception.mapping.source],
        ["Lignes lues", str(counts.read)],
        ["Lignes acceptées", str(counts.accepted)],
        ["Lignes refusées, à corriger", str(counts.quarantined)],
        ["Lignes déjà connues ou en double", str(counts.duplicates)],
        ["Lignes retirées", str(counts.withdrawn)],
        ["Réparations faites", str(len(reception.repairs))],
        ["", ""],
        ["Que faire", _gesture(counts, asked=not questions(reception.issues).empty)],
    ]
    digest = [["Empreinte du fichier (SHA-256)", reception.sha256]]
    return lines + (parts if others else []) + digest


def _gesture(counts: Counts, *, asked: bool) -> str:
    """What the person has to do now."""
    if counts.quarantined:
        return f"{_AGAIN} {_ANSWER}" if asked else _AGAIN
    if asked:
        return f"Toutes les lignes utiles sont reçues. {_ANSWER} {_SEND}"
    return _NOTHING if counts.read else _UNREAD


def _filled(rows: pd.DataFrame, reception: Reception) -> pd.DataFrame:
    """Leave out the blank columns, but for those that a saved mapping will ask for again."""
    mapping = reception.mappings.get(str(rows.iloc[0, 0]))
    asked = set(mapping.spoken) if mapping and (mapping.told or mapping.proposed) else set()
    return rows.loc[:, (rows.notna().any() | rows.columns.isin(asked)).to_numpy()]


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
    lacking = mine.loc[mine["rule"].isin(BLANK), "column"]
    added = [c for c in dict.fromkeys(lacking) if c not in whole]
    cells = cells.reindex(columns=[*whole, *added]) if added else cells
    whole += added
    reasons = _reasons(mine)
    lines = (
        [str(number), "\n".join((*reasons.get(number, ()), *_cut(whole, texts))), *texts]
        for number, texts in zip(rows.index, _strings(cells[whole]))
    )
    bad = set(zip(mine["row"], mine["column"]))
    faulty = {
        (line, place)
        for line, number in enumerate(rows.index, start=1)
        for place, column in enumerate(whole, start=len(RETURNED))
        if (number, column) in bad
    }
    title = f"Lignes refusées {name}" if several else "Lignes refusées"
    _write(book, title, [*RETURNED, *whole], lines, style, bad=faulty)


def _reasons(issues: pd.DataFrame) -> dict[int, list[str]]:
    """Sentences of each row, each once."""
    said: dict[int, dict[str, None]] = {}
    for row, column, message, fix in issues[["row", "column", "message", "fix"]].values:
        place = f"Ligne {row}, colonne « {column} » : " if column else f"Ligne {row} : "
        said.setdefault(row, {})[f"{place}{message}{f' ; {fix}' if fix else ''}."] = None
    return {row: list(sentences) for row, sentences in said.items()}


def _cut(columns: list[str], texts: list[str]) -> list[str]:
    """Say which cells are longer than a workbook allows."""
    return [f"{name} : {_CUT}." for name, text in zip(columns, texts) if len(text) > CELL_LIMIT]


def _strings(frame: pd.DataFrame) -> Iterable[list[str]]:
    """Rows of texts, blanks as empty ones."""
    columns = [frame.iloc[:, i].astype(object) for i in range(frame.shape[1])]
    texts = [column.where(column.notna(), "").map(str).tolist() for column in columns]
    return (list(row) for row in zip(*texts))


def _write(
    book: Any,
    name: str,
    header: list[str],
    lines: Iterable[list[str]],
    style: dict[str, Any],
    *,
    bad: Collection[tuple[int, int]] = frozenset(),
) -> None:
    sheet = book.add_worksheet(_sheet_name(book, name))
    told = tuple(header[: len(RETURNED)]) == RETURNED
    widths = [_WIDTHS.get(text, WIDTH) for text in header]
    _lay_out(sheet, widths, frozen=len(RETURNED) if told else 0)
    for i, line in enumerate(chain([header], lines)):
        texts = [text[:CELL_LIMIT] for text in line]
        sheet.set_row(i, _height(texts, widths))
        for j, text in enumerate(texts):
            look = style["bad" if (i, j) in bad else "text" if i else "head"]
            if text:
                sheet.write_string(i, j, text, look)
            elif (i, j) in bad:
                sheet.write_blank(i, j, None, look)


def _lay_out(sheet: Any, widths: list[int], *, frozen: int) -> None:
    """Widths, what stays in view, and how it prints."""
    sheet.freeze_panes(1, frozen)
    for j, width in enumerate(widths):
        sheet.set_column(j, j, width)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _height(texts: list[str], widths: list[int]) -> int:
    """Height that shows the longest cell of a row once it is wrapped."""
    tallest = TALLEST // LINE_HEIGHT + 1
    long = ((t, w) for t, w in zip(texts, widths) if len(t) > w - 2 or "\n" in t)
    most = max((_wrapped(t, w) for t, w in long), default=1)
    return min(TALLEST, LINE_HEIGHT * min(most, tallest))


def _wrapped(text: str, width: int) -> int:
    """Lines that a text takes: words that do not fit leave some of each line blank."""
    return sum(max(1, -(-len(line) // (width - 2))) for line in text.splitlines())


def _sheet_name(book: Any, name: str) -> str:
    """A name that spreadsheets accept and that is not taken yet."""
    base = re.sub(r"[\[\]:*?/\\']", " ", name)[:28].strip() or "Feuille"
    taken = {sheet.get_name().casefold() for sheet in book.worksheets()}
    names = [base, *(f"{base} {n}" for n in range(2, 100))]
    return next(candidate for candidate in names if candidate.casefold() not in taken)
