"""Open a workbook from a notebook; one that is still empty may give way to its demo."""

from __future__ import annotations

from pathlib import Path

from dts_research.workbook import Workbook
from dts_research.workbook import open_workbook as open_here
from dts_research.workspace import SETTINGS

SHOWN = "Votre classeur est encore vide : voici le réseau de démonstration (données fictives)."


def open_workbook(start: Path | str | None = None, *, or_demo: bool = False) -> Workbook:
    """Open the workbook that holds a folder (by default the current one).

    A workbook that received nothing yet is given an empty store: its tables are then empty
    frames, and every notebook runs and says what is missing.

    Parameters
    ----------
    start
        Any folder inside the workbook; by default ``DTS_WORKBOOK``, else the current folder.
    or_demo
        As long as the workbook is empty, open the demo that stands in it, and say so. Never
        for a report: fiction and real material do not meet.

    Raises
    ------
    RequestError
        When no workbook is found.
    """
    book = open_here(start)
    demo = book.workspace.data / "demo"
    if or_demo and not holds_material(book) and (demo / SETTINGS).is_file():
        other = open_here(demo)
        if holds_material(other):
            print(SHOWN)
            return other
    if not book.workspace.store.is_file():
        book.store(readonly=False).close()
    return book


def holds_material(book: Workbook) -> bool:
    """Tell whether at least one experience was received."""
    if not book.workspace.store.is_file():
        return False
    with book.store() as store:
        return store.count("experiences") > 0
