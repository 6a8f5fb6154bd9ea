"""Make one report: run its notebook, then write it in every format."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

from dts_research.errors import DtsError, reason, remedy
from dts_research.protect.names import mask_persons
from dts_research.reports.depths import UNPLAYED, leave_unread, tags_of
from dts_research.reports.disk import digest
from dts_research.reports.engines import run_cells
from dts_research.reports.failing import CellFailure, cell_number, last_line
from dts_research.reports.freshness import FAILED, FRESH, digests
from dts_research.reports.manifest import NOTEBOOKS, Entry, Failure, Manifest
from dts_research.reports.notebooks import NotebookNode, clean, read_notebook
from dts_research.reports.parameters import declared_by, declared_parameters, full_values
from dts_research.reports.plan import Report
from dts_research.reports.press import Press
from dts_research.reports.reads import read_back
from dts_research.reports.surroundings import surroundings
from dts_research.reports.writing import written


def check(report: Report, press: Press) -> None:
    """Refuse a report whose notebook or parameters are wrong, before any kernel starts.

    Raises
    ------
    RequestError
        When the notebook is missing or unreadable, or a parameter unknown or ill-typed.
    """
    full_values(report, declared_parameters(press.notebooks / report.notebook))


def execute(
    report: Report,
    press: Press,
    *,
    told: Callable[[int], None] = lambda cell: None,
    noted: Callable[[str], None] = lambda reads: None,
) -> NotebookNode:
    """Run a report's notebook, with the engine that the press names.

    The warm engine runs it in this very process, and cannot stop a cell that does not end: it is
    for a process made for one report, that somebody watches.

    Parameters
    ----------
    told
        With the warm engine, told the number of each cell when it starts, as JupyterLab counts.
    noted
        Told what the notebook read, once it ran (see `Entry.reads`).

    Returns
    -------
    NotebookNode
        The executed notebook, without paths nor times; nothing is written.

    Raises
    ------
    RequestError
        When the notebook or its parameters are wrong.
    CellFailure
        When a cell fails, does not end in time, or the kernel dies.
    """
    path = press.notebooks / report.notebook
    notebook = read_notebook(path)
    values = full_values(report, declared_by(notebook, path))
    leave_unread(notebook, values)
    with surroundings(press) as config:
        executed = run_cells(notebook, values, press, config, report_id=report.id, told=told)
        noted(read_back())
    _check_ended(executed)
    return clean(executed, values)


def _check_ended(executed: NotebookNode) -> None:
    """Refuse a notebook that left before its end: what comes after was never shown."""
    code = [cell for cell in executed.cells if cell.cell_type == "code" and cell.source.strip()]
    played = (cell for cell in code if UNPLAYED not in tags_of(cell))
    left = [cell for cell in played if cell.get("execution_count") is None]
    if left:
        number = cell_number(left[0].source, executed.cells.index(left[0]), executed)
        raise CellFailure(
            Failure(
                f"Le carnet s'est arrêté avant sa fin (sys.exit ou quit) : les cellules à partir "
                f"de la {number} n'ont pas été jouées. Retirer cet arrêt."
            )
        )


def attempt(report: Report, press: Press) -> Entry:
    """Give the manifest line of a report that has produced nothing yet."""
    names = {one.name: getattr(report, one.name) for one in fields(Report)}
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return Entry(**names, state=FAILED, digests=digests(report, press), tried_at=now)


def make_report(
    report: Report,
    press: Press,
    *,
    told: Callable[[int], None] = lambda cell: None,
    before: Mapping[str, Entry] | None = None,
) -> Entry:
    """Make one report whole: its notebook run, its formats written; never raises for its content.

    What was made before stays in place when the new attempt fails; `told` is as for `execute`.

    Parameters
    ----------
    before
        What is known of the report by who asks; by default the manifest is read.

    Returns
    -------
    Entry
        The manifest line to record: state ``fresh`` or ``failed``.
    """
    started = time.perf_counter()
    entry = attempt(report, press)
    former = Manifest(press.out).last(report.id) if before is None else before.get(report.id)
    press = press.with_former(former)
    try:
        notebook = _as_it_ran(entry, former, press)
        reads = [former.reads] if notebook and former else []
        notebook = notebook or execute(report, press, told=told, noted=reads.append)
        told(0)
        entry = replace(entry, reads=reads[-1])
        entry = written(entry, report, notebook, press, told=lambda: told(0))
    except CellFailure as error:
        entry = replace(entry, failure=error.failure)
    except DtsError as error:
        entry = replace(entry, failure=Failure(mask_persons(str(error))))
    except OSError as error:
        name = f"« {Path(str(error.filename)).name} » : " if error.filename else ""
        said = f"{name}{reason(error)}. {remedy(error)}".strip()
        entry = replace(entry, failure=Failure(mask_persons(said)))
    except Exception as error:  # a notebook may hold anything: the others are still made
        said = f"Ce rapport n'a pas pu être fait : {type(error).__name__} : {last_line(error)}"
        entry = replace(entry, failure=Failure(said))
    return replace(entry, seconds=round(time.perf_counter() - started, 2))


def _as_it_ran(entry: Entry, former: Entry | None, press: Press) -> NotebookNode | None:
    """The notebook of the former report, where only comments or the setting changed since."""
    name = f"{NOTEBOOKS}/{entry.id}.ipynb"
    if press.rerun or former is None or former.state != FRESH or not press.formats:
        return None
    parts = {*entry.digests, *former.digests}
    changed = {part for part in parts if entry.digests.get(part) != former.digests.get(part)}
    if not changed or changed - {"comments", "rendering"}:
        return None
    known, path = former.outputs.get(name, {}), press.out / name
    if not isinstance(path, Path) or not path.is_file():
        return None
    if digest(path.read_bytes()) != known.get("sha256"):
        return None
    return read_notebook(path)
