"""Run a notebook in this process by the steps of papermill, without what it writes for nobody.

papermill copies a notebook through its text three times, and notes when each cell starts and
ends: of a report made in a process of its own, nobody reads these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import nbformat
from papermill.execute import raise_for_execution_errors, remove_error_markers
from papermill.translators import translate_parameters

from dts_research.reports.notebooks import KERNEL, NotebookNode
from dts_research.reports.warm import WarmEngine

INJECTED = "injected-parameters"
NOBODY: Mapping[str, Callable[..., None]] = {}


def _given(cells: Sequence[NotebookNode], values: Mapping[str, Any]) -> list[NotebookNode]:
    """Cells with one that gives the parameters their values, after that which declares them.

    What a former run gave is replaced.
    """
    if not values:
        return list(cells)
    at = _first(cells, INJECTED)
    before, after = (at, at + 1) if at >= 0 else (_first(cells, "parameters") + 1,) * 2
    source = translate_parameters(KERNEL, "python", dict(values), "Parameters")
    told = {"cell_type": "code", "id": INJECTED, "metadata": {"tags": [INJECTED]},
            "execution_count": None, "outputs": [], "source": source}  # fmt: skip
    return [*cells[:before], nbformat.from_dict(told), *cells[after:]]


def _first(cells: Sequence[NotebookNode], tag: str) -> int:
    return next((at for at, cell in enumerate(cells) if tag in cell.metadata.tags), -1)


class _Quiet:
    """What papermill's client tells of the cells, where nobody asks for their times."""

    def __init__(self, nb: NotebookNode) -> None:
        self.nb = nb

    def cell_start(self, cell: NotebookNode, cell_index: int) -> None:
        """Tell nobody."""

    def cell_complete(self, cell: NotebookNode, cell_index: int) -> None:
        """Tell nobody."""

    def autosave_cell(self) -> None:
        """Save nothing: the notebook is written once it ran."""

    def cell_exception(self, cell: NotebookNode, cell_index: int, exception: Exception) -> None:
        """Mark the cell that failed, where papermill looks for it."""
        cell.metadata["papermill"] = NotebookNode(exception=True)


def played(
    notebook: NotebookNode,
    values: Mapping[str, Any],
    heard: Mapping[str, Callable[..., None]] = NOBODY,
    *,
    own: bool = True,
) -> NotebookNode:
    """Give a notebook with what its cells show.

    Parameters
    ----------
    values
        Its parameters.
    heard
        What is called as cells run, by its name in nbclient.
    own
        Whether this process is for this notebook alone (see `warm.opened`).

    Raises
    ------
    PapermillExecutionError
        When a cell fails.
    """
    made = nbformat.v4.upgrade(nbformat.from_dict(notebook))
    made.metadata["papermill"] = NotebookNode()
    for cell in made.cells:
        cell.metadata.pop("papermill", None)  # how a former run ended
        cell.metadata.setdefault("tags", [])
        if cell.cell_type == "code":
            cell.update(execution_count=None, outputs=[])
    made.cells = _given(made.cells, values)
    remove_error_markers(made)
    WarmEngine.execute_managed_notebook(_Quiet(made), KERNEL, own_process=own, **heard)
    raise_for_execution_errors(made, None)
    return made
