"""What is written in a capture sheet outside the places where it is read: told, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from dts_research.intake.capture_reading import Block, Read
from dts_research.intake.capture_session import Facts
from dts_research.intake.sheets import Grid

Outside = tuple[str, int, str, str, str]
MOST = 200
HIDDEN = "un texte"


def outside_of(read: Iterable[tuple[Grid, Read]]) -> Iterator[Outside]:
    """Cells that stand under no title of ours, above the titles, or in sheets that are not read."""
    for grid, one in read:
        cells = sorted(one.outside.items())
        for (row, place), text in cells[:MOST]:
            where = xl_rowcol_to_cell(row - 1, place)
            why = f"écrit hors des cellules à remplir ({where}), n'est pas gardé"
            yield grid.name, row, xl_col_to_name(place), _said(one, text), why
        if len(cells) > MOST:
            why = f"{len(cells) - MOST} autres cellules de cette feuille ne sont pas gardées"
            yield grid.name, 0, "", "…", why
        for block in one.blocks:
            yield from _merged(grid, block)


def outside_facts(facts: Facts) -> Iterator[Outside]:
    """Cells of the first sheet that are no answer."""
    for (row, place), text in sorted(facts.outside.items()):
        where = xl_rowcol_to_cell(row - 1, place)
        why = f"écrit hors des cellules à remplir ({where}), n'est pas gardé"
        yield facts.sheet, row, xl_col_to_name(place), text, why


def _said(one: Read, text: str) -> str:
    """A text; none of a sheet where somebody may have written who was there."""
    named = any(block.told.name == "participants" for block in one.blocks)
    return HIDDEN if named else text


def _merged(grid: Grid, block: Block) -> Iterator[Outside]:
    """Cells merged over several rows: they speak of the first one only."""
    lines = {line.number: line for line in block.lines}
    letters = {letter: title for title, letter in block.letters.items()}
    for top, left, bottom, right in grid.merged:
        title = letters.get(xl_col_to_name(left - 1), "")
        if bottom > top and top in lines and title in lines[top].cells:
            where = (
                f"{xl_rowcol_to_cell(top - 1, left - 1)}:{xl_rowcol_to_cell(bottom - 1, right - 1)}"
            )
            why = f"cellules fusionnées ({where}) : lu pour la ligne {top} seulement"
            yield grid.name, top, title, lines[top].cells[title], why
