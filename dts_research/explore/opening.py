"""Open a workbook from a notebook; one that is still empty may give way to its demo."""

from __future__ import annotations

from pathlib import Path

from dts_research.workbook import Workbook
from dts_research.workbook import open_workbook as open_here
from dts_research.workspace import SETTINGS


def open_workbook(start: Path | str | None = None, *, or_demo: bool = False) -> Workbook:
    """Open the workbook that holds a folder (by default the current one).

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
    if not or_demo or holds_material(book) or not (demo / SETTINGS).is_file():
        return book
    other = open_here(demo)
    if not holds_material(other):
        return book
    print("Votre classeur est encore vide : voici le réseau de démonstration (données fictives).")
    return other


def holds_material(book: Workbook) -> bool:
    """Tell whether at least one experience was received."""
    if not book.workspace.store.is_file():
        return False
    with book.store() as store:
        return store.count("experiences") > 0
