"""Make one report: run its notebook, then write it in every format."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dts_research.errors import DtsError, reason
from dts_research.protect.names import mask_persons
from dts_research.reports.comments import comments_in
from dts_research.reports.failing import CellFailure, cell_number, failure_of, last_line
from dts_research.reports.freshness import FAILED, FRESH, digests
from dts_research.reports.manifest import NOTEBOOKS, Entry, Failure, Manifest, digest, write_whole
from dts_research.reports.notebooks import NotebookNode, clean, notebook_bytes, read_notebook
from dts_research.reports.parameters import declared_parameters, full_values
from dts_research.reports.plan import Report
from dts_research.reports.press import FORMATS, HTML, PDF, WARM, Press, output_name, render
from dts_research.reports.reads import read_back
from dts_research.reports.surroundings import surroundings

if TYPE_CHECKING:
    from dts_research.reports.document import Document

KERNEL = "python3"
# Who speaks English beside us: what they say is in the failure that we tell.
ENGLISH = ("papermill", "traitlets")


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
    values = full_values(report, declared_parameters(path))
    notebook = read_notebook(path)
    with surroundings(press) as config:
        try:
            executed = _run(notebook, values, press, _options(press, config, notebook, told))
        except Exception as error:
            raise CellFailure(failure_of(error, notebook)) from error
        noted(read_back())
    _check_ended(executed)
    return clean(executed, values)


def _check_ended(executed: NotebookNode) -> None:
    """Refuse a notebook that left before its end: what comes after was never shown."""
    code = [cell for cell in executed.cells if cell.cell_type == "code" and cell.source.strip()]
    left = [cell for cell in code if cell.get("execution_count") is None]
    if left:
        number = cell_number(left[0].source, executed.cells.index(left[0]), executed)
        raise CellFailure(
            Failure(
                f"Le carnet s'est arrêté avant sa fin (sys.exit ou quit) : les cellules à partir "
                f"de la {number} n'ont pas été jouées. Retirer cet arrêt."
            )
        )


def _run(
    notebook: NotebookNode, values: dict[str, Any], press: Press, options: dict[str, Any]
) -> NotebookNode:
    from papermill import execute_notebook

    for name in ENGLISH:
        logging.getLogger(name).setLevel(logging.CRITICAL)
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


def _options(
    press: Press, config: Any, notebook: NotebookNode, told: Callable[[int], None]
) -> dict[str, Any]:
    """What papermill needs to know beside, for one engine or the other."""
    if press.engine == WARM:
        from papermill.engines import papermill_engines

        from dts_research.reports import warm

        papermill_engines.register(warm.NAME, warm.WarmEngine)  # where it is not installed yet
        return {
            "engine_name": warm.NAME,
            "own_process": True,
            "on_cell_start": lambda cell, cell_index: told(
                cell_number(cell.source, cell_index, notebook)
            ),
        }
    return {
        "execution_timeout": press.timeout,
        "shutdown_kernel": "immediate",
        "extra_arguments": ["--HistoryManager.enabled=False", "--IPKernelApp.log_level=ERROR"],
        "config": config,
    }


def attempt(report: Report, press: Press) -> Entry:
    """Give the manifest line of a report that has produced nothing yet."""
    names = {one.name: getattr(report, one.name) for one in fields(Report)}
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return Entry(**names, state=FAILED, digests=digests(report, press), tried_at=now)


def make_report(
    report: Report, press: Press, *, told: Callable[[int], None] = lambda cell: None
) -> Entry:
    """Make one report whole: its notebook run, its formats written; never raises for its content.

    What was made before stays in place when the new attempt fails; `told` is as for `execute`.

    Returns
    -------
    Entry
        The manifest line to record: state ``fresh`` or ``failed``.
    """
    started = time.perf_counter()
    entry = attempt(report, press)
    former = Manifest(press.out).last(report.id)
    press = press.with_former(former)
    try:
        notebook = _as_it_ran(entry, former, press)
        reads = [former.reads] if notebook and former else []
        notebook = notebook or execute(report, press, told=told, noted=reads.append)
        told(0)
        entry = replace(entry, reads=reads[-1])
        entry = _written(entry, report, notebook, press)
    except CellFailure as error:
        entry = replace(entry, failure=error.failure)
    except DtsError as error:
        entry = replace(entry, failure=Failure(mask_persons(str(error))))
    except OSError as error:
        name = f"« {Path(error.filename).name} » : " if error.filename else ""
        entry = replace(entry, failure=Failure(mask_persons(f"{name}{reason(error)}.")))
    except Exception as error:  # a notebook may hold anything: the others are still made
        said = f"Ce rapport n'a pas pu être fait : {type(error).__name__} : {last_line(error)}"
        entry = replace(entry, failure=Failure(said))
    return replace(entry, seconds=round(time.perf_counter() - started, 2))


def _as_it_ran(entry: Entry, former: Entry | None, press: Press) -> NotebookNode | None:
    """The notebook of the former report, where only comments or the setting changed since."""
    name = f"{NOTEBOOKS}/{entry.id}.ipynb"
    if press.rerun or former is None or former.state != FRESH or not press.formats:
        return None
    now, then = dict(entry.digests), dict(former.digests)
    if now == then:
        return None
    for part in ("comments", "rendering"):
        now.pop(part, "")
        then.pop(part, "")
    if now != then:
        return None
    known, path = former.outputs.get(name, {}), press.out / name
    if not path.is_file() or digest(path.read_bytes()) != known.get("sha256"):
        return None
    return read_notebook(path)


def _written(entry: Entry, report: Report, notebook: NotebookNode, press: Press) -> Entry:
    if not press.formats:
        return _kept(entry, {}, notebook, press)
    from dts_research.reports.document import read_document
    from dts_research.reports.provenance import signed

    said = comments_in(press.comments, report)
    document = signed(read_document(notebook, comments=said, report=report.id), entry, notebook)
    if press.strict:
        from dts_research.reports.faults import refuse

        refuse(document)
    entry = replace(entry, title=document.title, faults=len(document.faults), strict=press.strict,
                    figures=document.figures)  # fmt: skip
    contents, failures = _printed(document, entry.id, press.formats)
    if press.strict:
        from dts_research.reports.tags import unfit_files

        failures += unfit_files(contents, output_name(entry.id, PDF) if document.one_page else "")
    if not failures:
        return _kept(entry, contents, notebook, press)
    failure = Failure("Rapport incomplet : " + " ; ".join(failures))
    if press.strict:
        return replace(entry, failure=failure)
    return replace(_kept(entry, contents, notebook, press), state=FAILED, failure=failure)


def _printed(
    document: Document, name: str, formats: Sequence[str]
) -> tuple[dict[str, bytes], list[str]]:
    """Files of a document, the page first, and what could not be written.

    The page is made last, so as to lead only to files that are there.
    """
    contents: dict[str, bytes] = {}
    failures = []
    there = list(formats)
    for kind in sorted(formats, key=lambda kind: kind == HTML):
        try:
            contents[output_name(name, kind)] = render(kind, document, name, tuple(there))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # an engine of the PDFs panics outside of Exception
            there.remove(kind)
            said = last_line(error)
            failures.append(f"le format {FORMATS[kind]} n'a pas pu être écrit : {said}")
    names = (output_name(name, kind) for kind in there)
    return {one: contents[one] for one in names}, failures


def _kept(entry: Entry, contents: dict[str, bytes], notebook: NotebookNode, press: Press) -> Entry:
    """Put the files of a report in place, and give the line that says so."""
    contents = contents | {f"{NOTEBOOKS}/{entry.id}.ipynb": notebook_bytes(notebook)}
    if press.formats:
        from dts_research.reports.provenance import imprint_of, with_manifest

        contents = with_manifest(contents, entry, notebook, engine=press.engine)
        entry = replace(entry, imprint=imprint_of(notebook))
    outputs = {name: write_whole(press.out / name, body) for name, body in contents.items()}
    return replace(entry, outputs=outputs, made_at=entry.tried_at, state=FRESH)
