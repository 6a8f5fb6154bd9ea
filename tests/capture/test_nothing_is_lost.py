"""Whatever is typed in a cell to fill in is kept, or told with its place: never neither."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dts_research.intake.capture import captured
from dts_research.intake.readers import read_grids
from dts_research.intake.sheets import Grid
from dts_research.schema.capture import SHEETS
from dts_research.workbook.registered import register_of

TEXTS = st.one_of(
    st.sampled_from(["fait", "FAITE", "abandonnée", "12", "3 ou 4", "Élus", "Constat", "oui",
                     "31/03/27", "fin mars", "D-71-01", "H-01", "?", "Énoncé", "Surprise",
                     "SE-71-06", "Madame Quatremer", "désaccord"]),
    st.text(alphabet="abcdé '-.,;:|/?!0123456789", min_size=1, max_size=40),
).filter(lambda text: text.strip() != "")  # fmt: skip
Cells = list[tuple[str, int, int, str]]
_numbers = count()


@pytest.fixture
def answers(room: Any) -> Cells:
    """Every cell to fill in: sheet, row, column, title."""
    book = openpyxl.load_workbook(room.blank("vierge.xlsx"))
    return [
        (told.title, row, place, column.title)
        for told in SHEETS
        for row in range(4, book[told.title].max_row + 1)
        for place, column in enumerate(told.columns, start=1)
        if column.typed
    ]


@pytest.fixture
def unfilled(room: Any) -> list[Grid]:
    """The sheet as it is read, nothing being typed in it."""
    return read_grids(room.blank("vierge.xlsx"))


def typed(grid: Grid, texts: dict[tuple[int, int], str]) -> Grid:
    """The same with texts in some cells: row and column, from 1."""
    height, width = (max(places) for places in zip(*texts)) if texts else (0, 0)
    rows = [list(row) for row in grid.rows]
    rows += [[] for _ in range(height - len(rows))]
    rows = [row + [None] * (width - len(row)) for row in rows]
    for (row, place), text in texts.items():
        rows[row - 1][place - 1] = text
    return replace(grid, rows=tuple(map(tuple, rows)))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_cell_typed_anywhere_is_kept_or_told(
    room: Any, answers: Cells, unfilled: list[Grid], data: st.DataObject
) -> None:
    """Typed in what the reader gives: the next test goes through files."""
    chosen = data.draw(st.lists(st.tuples(st.sampled_from(answers), TEXTS), min_size=1, max_size=6,
                                unique_by=lambda pair: pair[0]))  # fmt: skip
    grids = [
        typed(grid, {(row, place): text for (sheet, row, place, _), text in chosen
                     if sheet == grid.name})
        for grid in unfilled
    ]  # fmt: skip
    with room.book.store() as store:
        read = captured("saisie.xlsx", grids, register_of(store, {}))
    assert read is not None
    kept = {
        (part.name.split(" · ")[0], entry.line.number, title)
        for part in read.parts
        for entry in part.entries
        for title in entry.line.cells
    }
    told = {(sheet, row, title) for sheet, row, title, *_ in read.outside}
    for (sheet, row, _, title), text in chosen:
        assert (sheet, row, title) in kept | told, (sheet, row, title, text)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_received_each_text_is_in_a_record_or_in_a_sentence(
    room: Any, answers: Cells, data: st.DataObject
) -> None:
    """The words themselves are found again, in the store or in what is given back."""
    cells = [c for c in answers if c[0] in ("Lectures", "Décisions", "Accords et désaccords")]
    words = {}
    for number, cell in enumerate(data.draw(st.lists(st.sampled_from(cells), min_size=1,
                                                     max_size=6, unique=True))):  # fmt: skip
        words[cell] = f"mot{number:03d}"
    path = room.folder / f"{next(_numbers)}.xlsx"
    book = openpyxl.load_workbook(room.folder / "vierge.xlsx")
    for (sheet, row, place, _), text in words.items():
        book[sheet].cell(row, place).value = text
    book.save(path)
    arrival = room.received(path)
    frames = room.book.frames("contributions", "decisions")
    said = " ".join(frame.astype(str).to_csv() for frame in frames)
    said += arrival.reception.issues.astype(str).to_csv()
    said += arrival.reception.quarantined.astype(str).to_csv()
    for cell, text in words.items():
        assert text in said, cell
