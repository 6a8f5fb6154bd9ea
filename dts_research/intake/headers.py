"""Find the header of a grid of cells, and what the file itself says not to read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

import pandas as pd

from dts_research.errors import MaterialError
from dts_research.intake.sheets import Grid, Sheet
from dts_research.schema.casts import to_boolean
from dts_research.schema.catalogue import plain

SEARCHED = 30
KNOWN_SHARE = 0.6
SECOND_HEADERS = 5
IGNORE = "__ignore__"
_VALUE = re.compile(r"[-+]?[\d\s.,/:%€-]+|\d{4}-\d\d-\d\d.*|vrai|faux", re.IGNORECASE)
Row = tuple[str | None, ...]


def with_header(grid: Grid, *, file: str, known: Collection[str]) -> Sheet | None:
    """Turn a grid into a sheet; None when it holds no cell.

    Parameters
    ----------
    grid
        All the cells of the sheet.
    file
        Name of the file.
    known
        Folded names of columns that we know (`plain`): they decide where the header stands.
    """
    filled = {n: row for n, row in enumerate(grid.rows, start=1) if any(map(_has_text, row))}
    if not filled:
        return None
    number = _header_row(filled, known)
    notes = list(grid.notes)
    notes += _above({n: row for n, row in filled.items() if n < number}, number)
    body = {n: row for n, row in filled.items() if n > number}
    columns = _columns(filled[number], body, notes)
    cells = _frame(body, columns)
    set_aside = _set_aside(filled[number], body, cells, known)
    notes += _doubts(cells)
    return Sheet(
        file=file, name=grid.name, header_row=number, columns=tuple(cells.columns),
        cells=cells, notes=tuple(notes), set_aside=set_aside,
    )  # fmt: skip


def _has_text(cell: str | None) -> bool:
    return cell is not None and cell.strip() != ""


def _header_row(filled: dict[int, Row], known: Collection[str]) -> int:
    """Find the first row whose cells are mostly known names, else the first one shaped like one."""
    candidates = list(filled.items())[:SEARCHED]
    for number, row in candidates:
        texts = [plain(cell) for cell in row if cell is not None and _has_text(cell)]
        if len(texts) > 1 and sum(t in known for t in texts) >= KNOWN_SHARE * len(texts):
            return number
    widest = max(sum(map(_has_text, row)) for _, row in candidates)
    for number, row in candidates:
        texts = [cell for cell in row if cell is not None and _has_text(cell)]
        named = any(_VALUE.fullmatch(cell.strip()) is None for cell in texts)
        if named and len(texts) >= max(min(2, widest), 0.6 * widest):
            return number
    return candidates[0][0]


def _above(rows: dict[int, Row], number: int) -> list[str]:
    """Say which rows stand above the header, in their own words."""
    texts = [cell.strip() for row in rows.values() for cell in row if cell and cell.strip()]
    if not texts:
        return []
    quoted = ", ".join(f"« {text[:60]} »" for text in texts[:3])
    more = ", etc." if len(texts) > 3 else ""
    return [f"Au-dessus de l'en-tête (ligne {number}), laissé de côté : {quoted}{more}."]


def _columns(header: Row, body: dict[int, Row], notes: list[str]) -> list[str]:
    """Name the columns: blank ones by their place, repeated ones by « (2) », « (3) »."""
    width = max([len(header), *(len(row) for row in body.values())])
    padded = [*header, *[None] * (width - len(header))]
    untitled = [i for i, cell in enumerate(padded) if not _has_text(cell)]
    used = {i for i in untitled if any(i < len(row) and _has_text(row[i]) for row in body.values())}
    names, seen = [], Counter[str]()
    for place, cell in enumerate(padded):
        name = " ".join(cell.split()) if cell is not None and _has_text(cell) else ""
        if not name:
            name = f"Colonne {place + 1}" if place in used else ""
        seen[plain(name)] += 1 if name else 0
        again = seen[plain(name)]
        if name and again > 1:
            notes.append(f"Le titre de colonne « {name} » est répété : lu « {name} ({again}) ».")
            name = f"{name} ({again})"
        if re.fullmatch(r"\d{4}-\d\d-\d\d", name):
            notes.append(f"Un titre de colonne est une date : « {name} ».")
        names.append(name)
    return names


def _frame(body: dict[int, Row], columns: list[str]) -> pd.DataFrame:
    """Cells under the columns that have a name, one column at a time: rows cost too much."""
    width = len(columns)
    even = (
        row if len(row) == width else (*row, *[None] * (width - len(row))) for row in body.values()
    )
    cut = list(zip(*even)) or [()] * width
    kept = [i for i, name in enumerate(columns) if name]
    index = pd.Index(list(body), name="row")
    frame = pd.DataFrame(
        {i: pd.Series(cut[i], index=index, dtype="str") for i in kept}, index=index
    )
    return frame.set_axis([columns[i] for i in kept], axis="columns")


def _set_aside(
    header: Row, body: dict[int, Row], cells: pd.DataFrame, known: Collection[str]
) -> dict[int, str]:
    """Rows to put in quarantine without reading them, and why."""
    reasons: dict[int, str] = {}
    width = len(header)
    titled = tuple((cell or "").strip() for cell in header)
    for place, (number, row) in enumerate(body.items()):
        if row[0] == header[0] and tuple((cell or "").strip() for cell in row) == titled:
            reasons[number] = "la ligne répète l'en-tête"
        elif place < SECOND_HEADERS and _names_again(row, known):
            reasons[number] = "la ligne est un second en-tête"
        elif any(map(_has_text, row[width:])):
            reasons[number] = f"la ligne a plus de {width} cellules, nombre de titres de l'en-tête"
    if IGNORE in cells:
        ignored = cells[IGNORE].map(lambda t: to_boolean(t) is True, na_action="ignore")
        for number in cells.index[ignored.fillna(False).astype(bool)]:
            reasons[int(number)] = f"la colonne « {IGNORE} » demande de ne pas la lire"
    return reasons


def _names_again(row: Row, known: Collection[str]) -> bool:
    written = [plain(cell) for cell in row if cell is not None and _has_text(cell)]
    return len(written) > 3 and sum(t in known for t in written) > 0.8 * len(written)


def _doubts(cells: pd.DataFrame) -> list[str]:
    notes = []
    for name in cells.columns:
        if "�" not in "".join(cells[name].dropna().tolist()):
            continue
        broken = cells[name].str.contains("�", regex=False, na=False)
        rows = ", ".join(str(n) for n in cells.index[broken][:5])
        notes.append(
            f"Colonne « {name} » : {int(broken.sum())} cellule(s) avec un caractère perdu (�), "
            f"ligne(s) {rows}."
        )
    return notes


def empty(file: str) -> MaterialError:
    """Say that a file holds nothing."""
    return MaterialError(
        f"« {file} » est vide : une ligne de titres et au moins une ligne sont attendues.",
        "Vérifier que le bon fichier a été déposé.",
    )
