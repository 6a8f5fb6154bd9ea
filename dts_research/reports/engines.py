"""The two ways of running a notebook, as papermill is asked for them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import chdir
from typing import Any

from dts_research.reports.failing import CellFailure, cell_number, failure_of
from dts_research.reports.journals import CellJournal, Journal
from dts_research.reports.notebooks import KERNEL, NotebookNode
from dts_research.reports.press import WARM, Press
from dts_research.reports.seeds import seed, seeding

# Times a kernel is asked for: a port may be taken meanwhile, a machine too busy to answer.
TRIES = 3
# Who speaks English beside us: what they say is in the failure that we tell.
ENGLISH = ("papermill", "traitlets")


def run_cells(
    notebook: NotebookNode,
    values: dict[str, Any],
    press: Press,
    config: Any,
    *,
    report_id: str,
    told: Callable[[int], None],
) -> NotebookNode:
    """Run a notebook; a kernel that does not start is asked for again.

    Raises
    ------
    CellFailure
        When a cell fails, does not end in time, or the kernel dies.
    """
    from papermill.exceptions import PapermillExecutionError

    journal = Journal.of(report_id, press)
    journal.begin(f"{report_id} : moteur {press.engine}")
    tries = 1 if press.engine == WARM else TRIES
    for left in reversed(range(tries)):
        cells = CellJournal(journal, notebook)
        heard = cells.options() | {"on_cell_start": _starting(cells, notebook, told, press)}
        hush()
        try:
            if press.engine == WARM:
                return _here(notebook, values, press, report_id, heard)
            return _in_a_kernel(
                notebook, values, press, {**heard, **_asked(press, config, report_id)}
            )
        except Exception as error:
            if not isinstance(error, PapermillExecutionError):  # told with its cell
                journal.say(f"{type(error).__name__} :")
                journal.quote(str(error))
            if cells.cells or not left:
                raise CellFailure(failure_of(error, notebook)) from error
            journal.say(f"le noyau n'a pas démarré ; essais qui restent : {left}")
    raise AssertionError("tries are counted above")


def hush() -> None:
    """Have those who speak English beside us say nothing."""
    for speaker in map(logging.getLogger, ENGLISH):
        if speaker.level != logging.CRITICAL:  # setting it has every logger think again
            speaker.setLevel(logging.CRITICAL)


def _starting(
    cells: CellJournal, notebook: NotebookNode, told: Callable[[int], None], press: Press
) -> Callable[..., None]:
    """What papermill calls when a cell starts; the warm engine says which one to who watches."""

    def start(cell: NotebookNode, cell_index: int) -> None:
        cells.start()
        if press.engine == WARM:
            told(cell_number(cell.source, cell_index, notebook))

    return start


def _here(
    notebook: NotebookNode, values: dict[str, Any], press: Press, report_id: str,
    heard: dict[str, Any],
) -> NotebookNode:  # fmt: skip
    from dts_research.reports.playing import played

    seed(report_id)
    with chdir(press.notebooks):
        return played(notebook, values, heard)


def _in_a_kernel(
    notebook: NotebookNode, values: dict[str, Any], press: Press, options: dict[str, Any]
) -> NotebookNode:
    from papermill import execute_notebook

    return execute_notebook(
        notebook,
        None,
        values,
        kernel_name=KERNEL,
        cwd=press.notebooks,
        progress_bar=False,
        request_save_on_cell_execute=False,
        autosave_cell_every=0,
        store_widget_state=False,
        **options,
    )


def _asked(press: Press, config: Any, report_id: str) -> dict[str, Any]:
    """What an ordinary kernel is asked for."""
    return {
        "execution_timeout": press.timeout,
        "shutdown_kernel": "immediate",
        "extra_arguments": [
            "--HistoryManager.enabled=False",
            "--IPKernelApp.log_level=ERROR",
            f"--IPKernelApp.exec_lines={seeding(report_id)}",
        ],
        "config": config,
    }
