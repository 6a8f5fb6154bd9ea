"""Write a report that was run: each format made, then all its files put in place together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from dts_research.errors import DtsError, reason
from dts_research.reports import guard
from dts_research.reports.comments import comments_in
from dts_research.reports.disk import write_together
from dts_research.reports.failing import last_line
from dts_research.reports.freshness import FAILED, FRESH
from dts_research.reports.manifest import INCOMPLETE, NOTEBOOKS, Entry, Failure
from dts_research.reports.notebooks import NotebookNode, cells_bytes, notebook_bytes
from dts_research.reports.plan import Report
from dts_research.reports.press import FORMATS, HTML, PDF, Press, output_name, render

if TYPE_CHECKING:
    from dts_research.reports.document import Document

Told = Callable[[], object]
Contents = dict[str, bytes]


def written(
    entry: Entry, report: Report, notebook: NotebookNode, press: Press, *, told: Told
) -> Entry:
    """Write the files of a report that was run, and give the line that says so.

    Parameters
    ----------
    entry
        What is known of the attempt.
    told
        Called after each format and each file: writing may take long without hanging.

    Raises
    ------
    OSError
        When the disk refuses: what was there before is still there.
    """
    if not press.formats:
        return _kept(entry, {}, notebook, press, told, cells_bytes(notebook))
    from dts_research.reports.document import read_document
    from dts_research.reports.provenance import signed

    said = comments_in(press.comments, report)
    cells = cells_bytes(notebook)
    document = read_document(notebook, comments=said, report=report.id)
    document = signed(document, entry, notebook, cells)
    if press.strict:
        from dts_research.reports.faults import refuse

        refuse(document)
    entry = replace(entry, title=document.title, faults=len(document.faults), strict=press.strict,
                    figures=document.figures)  # fmt: skip
    with guard.engine(press.out, entry.id) as guarded:
        drawn = partial(guard.render, seconds=press.timeout) if guarded else render
        contents, failures = _printed(document, entry.id, press.formats, drawn, told)
    if press.strict:
        from dts_research.reports.tags import unfit_files

        failures += unfit_files(contents, output_name(entry.id, PDF) if document.one_page else "")
    if not failures:
        return _kept(entry, contents, notebook, press, told, cells)
    entry = entry if press.strict else _kept(entry, contents, notebook, press, told, cells)
    return replace(entry, state=FAILED, failure=Failure(f"{INCOMPLETE} : {' ; '.join(failures)}"))


def _printed(
    document: Document, name: str, formats: Sequence[str], drawn: Callable[..., bytes], told: Told
) -> tuple[Contents, list[str]]:
    """Files of a document, the page first, and what could not be written.

    The page is made last, so as to lead only to files that are there.
    """
    contents: Contents = {}
    failures = []
    there = list(formats)
    for kind in sorted(formats, key=lambda kind: kind == HTML):
        make = render if kind == HTML else drawn
        try:
            contents[output_name(name, kind)] = make(kind, document, name, tuple(there))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # an engine of the PDFs panics outside of Exception
            there.remove(kind)
            said = _why(error)
            failures.append(f"le format {FORMATS[kind]} n'a pas pu être écrit : {said}")
        told()
    names = (output_name(name, kind) for kind in there)
    return {one: contents[one] for one in names}, failures


def _why(error: BaseException) -> str:
    """Say in French why a format could not be written, whoever speaks."""
    if isinstance(error, ImportError) and error.name:
        return f"il manque « {error.name.partition('.')[0]} » dans l'installation"
    if isinstance(error, MemoryError):
        return "mémoire insuffisante"
    if isinstance(error, OSError):
        return reason(error)
    return str(error) if isinstance(error, DtsError) else last_line(error)


def _kept(
    entry: Entry, contents: Contents, notebook: NotebookNode, press: Press, told: Told, cells: bytes
) -> Entry:
    """Put the files of a report in place, and give the line that says so."""
    contents = contents | {f"{NOTEBOOKS}/{entry.id}.ipynb": notebook_bytes(notebook, cells)}
    if press.formats:
        from dts_research.reports.provenance import imprint_of, with_manifest

        contents = with_manifest(contents, entry, notebook, engine=press.engine)
        entry = replace(entry, imprint=imprint_of(notebook))
    outputs = write_together(press.out, contents, told=told)
    return replace(entry, outputs=outputs, made_at=entry.tried_at, state=FRESH)
