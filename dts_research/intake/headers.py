"""Turn grids of cells into tables: their headers, and what the file itself says not to read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from itertools import count

import pandas as pd

from dts_research.errors import MaterialError
from dts_research.intake.blocks import cut
from dts_research.intake.remarks import explains, foot, without_totals
from dts_research.intake.sheets import CELL_LIMIT, RETURNED, Grid, Row, Sheet
from dts_research.intake.spans import fill_down
from dts_research.intake.titles import Titles, find_titles, has_text, is_value, is_year, texts_of
from dts_research.schema.casts import to_boolean
from dts_research.schema.catalogue import plain
from dts_research.schema.distinct import column_of
from dts_research.schema.forms import EXAMPLE, printed_above

SECOND_HEADERS = 5
IGNORE = "__ignore__"
LOST = "\ufffd"
UNSOLVED = (
    "la ligne ne contient que des formules sans résultat enregistré, ou en erreur : ouvrir le "
    "fichier dans un tableur et l'enregistrer"
)


def with_headers(grid: Grid, *, file: str, known: Collection[str]) -> list[Sheet]:
    """Turn a grid into its tables: none when it holds no cell, several when they are stacked.

    Parameters
    ----------
    grid
        All the cells of the sheet.
    file
        Name of the file.
    known
        Folded names of columns that we know (`plain`): they decide where the header stands.
    """
    numbered = zip(grid.lines or count(1), grid.rows)
    filled = {n: row for n, row in numbered if any(map(has_text, row))}
    if not filled:
        return []
    tables = [filled] if grid.lines else cut(filled, grid.merged, known)
    ends = [min(table) for table in tables[1:]] + [max(*filled, *grid.unsolved, 0) + 1]
    sheets = []
    for rank, (rows, end) in enumerate(zip(tables, ends), start=1):
        unsolved = {n for n in grid.unsolved if min(rows) < n < end} - set(rows)
        rows = dict(sorted({**rows, **dict.fromkeys(unsolved, ())}.items()))
        sheets.append(_table(grid, rows, file=file, known=known, rank=rank))
    return sheets


def _table(
    grid: Grid, filled: dict[int, Row], *, file: str, known: Collection[str], rank: int
) -> Sheet:
    titles = find_titles({n: row for n, row in filled.items() if row}, grid.merged, known)
    notes = [*grid.notes]
    if rank > 1:
        notes.append(
            f"Plusieurs tableaux se suivent dans la feuille : celui-ci est le n° {rank}, lignes "
            f"{min(filled)} à {max(filled)}."
        )
    notes += _above(filled, titles)
    body, told = fill_down({n: r for n, r in filled.items() if n > titles.last}, grid.merged)
    body, sums = without_totals(body, grid.unsolved)
    columns = _columns(titles.names, body, notes)
    cells = _frame(body, columns)
    notes += told + sums + _doubts(body, cells)
    header = filled[titles.last]
    return Sheet(
        file=file, name=_name(grid.name, rank), header_row=titles.last,
        columns=tuple(cells.columns), cells=cells, notes=tuple(notes),
        set_aside=_set_aside(header, body, cells, known),
    )  # fmt: skip


def _name(name: str, rank: int) -> str:
    return name if rank == 1 else f"{name} (tableau {rank})".strip()


def _above(filled: Mapping[int, Row], titles: Titles) -> list[str]:
    """Say which rows stand above the header, in their own words; and how it was composed."""
    texts = [t for n, row in filled.items() if n < titles.first for t in texts_of(row)]
    notes = _left_above(texts, titles.first)
    values = [name for name in titles.names if is_value(name) and not is_year(name)]
    if values:
        notes.append(
            f"Le titre de colonne « {values[0]} » (ligne {titles.last}) a l'air d'une valeur : "
            "si la ligne des titres manque, l'ajouter au-dessus."
        )
    if titles.composed:
        notes.append(
            f"En-tête sur plusieurs lignes ({titles.first} à {titles.last}) : titres composés, "
            f"comme « {titles.composed[0]} »."
        )
    return notes


def _left_above(texts: list[str], header: int) -> list[str]:
    """Quote what stands above a header; what was written over our example, apart."""
    strange = [text for text in texts if text not in printed_above()]
    if not strange:
        return []
    ours = printed_above().intersection(texts)
    if EXAMPLE in ours and len(ours) > 1:
        return [
            "La ligne d'exemple n'est jamais lue, et quelque chose y est écrit "
            f"({_quoted(strange)}) : le recopier sous les titres."
        ]
    return [f"Au-dessus de l'en-tête (ligne {header}), laissé de côté : {_quoted(texts)}."]


def _quoted(texts: list[str]) -> str:
    return ", ".join(f"« {text[:60]} »" for text in texts[:3]) + ", etc" * (len(texts) > 3)


def _columns(header: tuple[str, ...], body: Mapping[int, Row], notes: list[str]) -> list[str]:
    """Name the columns: blank ones by their place, repeated ones by « (2) », « (3) »."""
    width = max([len(header), *(len(row) for row in body.values())])
    names, seen, taken = [], Counter[str](), set[str]()
    written = set(map(plain, header))
    for place, name in enumerate([*header, *[""] * (width - len(header))]):
        if not name and any(has_text(row[place]) for row in body.values() if place < len(row)):
            name = f"Colonne {place + 1}"
        own = name
        while name and (plain(name) in taken or (name != own and plain(name) in written)):
            seen[plain(own)] += 1
            name = f"{own} ({seen[plain(own)] + 1})"
        taken.add(plain(name))
        if name != own:
            notes.append(f"Le titre de colonne « {own} » est répété : lu « {name} ».")
        if re.fullmatch(r"\d{4}-\d\d-\d\d", name):
            notes.append(f"Un titre de colonne est une date : « {name} ».")
        names.append(name)
    return names


def _frame(body: Mapping[int, Row], columns: list[str]) -> pd.DataFrame:
    """Cells under the columns that have a name, one column at a time: rows cost too much."""
    width = len(columns)
    even = (
        row if len(row) == width else (*row, *[None] * (width - len(row))) for row in body.values()
    )
    cut = list(zip(*even)) or [()] * width
    kept = [i for i, name in enumerate(columns) if name]
    index = pd.Index(list(body), name="row", dtype="int64")
    frame = pd.DataFrame({i: column_of(cut[i], index) for i in kept}, index=index)
    return frame.set_axis([columns[i] for i in kept], axis="columns")


def _set_aside(
    header: Row, body: Mapping[int, Row], cells: pd.DataFrame, known: Collection[str]
) -> dict[int, str]:
    """Rows to put in quarantine without reading them, and why."""
    reasons: dict[int, str] = {}
    width = len(header)
    titled = tuple((cell or "").strip() for cell in header)
    for place, (number, row) in enumerate(body.items()):
        if not row:
            reasons[number] = UNSOLVED
        elif row[0] == header[0] and tuple((cell or "").strip() for cell in row) == titled:
            reasons[number] = "la ligne répète l'en-tête"
        elif place < SECOND_HEADERS and _names_again(row, known):
            reasons[number] = "la ligne est un second en-tête"
        elif place == len(reasons) and place < SECOND_HEADERS and explains(row):
            reasons[number] = "la ligne explique les colonnes : elle n'est pas une réponse"
        elif any(map(has_text, row[width:])):
            reasons[number] = f"la ligne a plus de {width} cellules, nombre de titres de l'en-tête"
    for number in foot(body, width):
        reasons.setdefault(number, "la ligne est une note sous le tableau")
    return {**reasons, **_cut_short(cells), **_ignored(cells)}


def _ignored(cells: pd.DataFrame) -> dict[int, str]:
    if IGNORE not in cells:
        return {}
    asked = cells[IGNORE].map(lambda t: to_boolean(t) is True, na_action="ignore")
    why = f"la colonne « {IGNORE} » demande de ne pas la lire"
    return {int(number): why for number in cells.index[asked.fillna(False).astype(bool)]}


def _cut_short(cells: pd.DataFrame) -> dict[int, str]:
    """Rows given back with a cell that a workbook could not hold whole, as we had to cut it."""
    if not set(RETURNED) <= set(cells):
        return {}
    long = cells.drop(columns=list(RETURNED)).apply(lambda text: text.str.len().ge(CELL_LIMIT))
    return {
        int(number): f"la cellule « {row.idxmax()} » est coupée à 32 767 caractères : "
        "corriger la ligne dans le fichier d'origine, ou raccourcir cette cellule"
        for number, row in long[long.any(axis=1)].iterrows()
    }


def _names_again(row: Row, known: Collection[str]) -> bool:
    written = [plain(text) for text in texts_of(row)]
    return len(written) > 3 and sum(t in known for t in written) > 0.8 * len(written)


def _doubts(body: Mapping[int, Row], cells: pd.DataFrame) -> list[str]:
    broken = [n for n, row in body.items() if LOST in "".join(filter(None, row))]
    notes = []
    for name, column in cells.loc[broken].items():
        rows = column.index[column.str.contains(LOST, regex=False, na=False)]
        if len(rows):
            notes.append(
                f"Colonne « {name} » : {len(rows)} cellule(s) avec un caractère perdu ({LOST}), "
                f"ligne(s) {', '.join(map(str, rows[:5]))}."
            )
    return notes


def empty(file: str) -> MaterialError:
    """Say that a file holds nothing."""
    return MaterialError(
        f"« {file} » est vide : une ligne de titres et au moins une ligne sont attendues.",
        "Vérifier que le bon fichier a été déposé.",
    )
