"""Explore a workbook: filters, figures, full sheets, and what is kept for a session.

Nothing heavy is imported here, so that ``from dts_research import explore`` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipywidgets import VBox

    from dts_research.workbook import Workbook

__all__ = ["explore"]


def explore(book: Workbook | None = None) -> VBox:
    """Show the filters, the figures and the sheets of a workbook.

    Parameters
    ----------
    book
        Workbook from `open_workbook`; by default the one of the current folder.

    Returns
    -------
    ipywidgets.VBox
        What a notebook cell shows when it ends with this call.
    """
    from dts_research.explore.opening import open_workbook
    from dts_research.explore.panel import Panel

    return Panel(book if book is not None else open_workbook()).widget
