"""The press: where notebooks are read and reports written, and in which formats."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dts_research.reports.comments import Comment
from dts_research.reports.manifest import Entry
from dts_research.reports.storage import Objects

if TYPE_CHECKING:
    from dts_research.reports.document import Document
    from dts_research.store.present import Present

HTML, PDF, SLIDES, POSTERS, EXTRAS = "html", "pdf", "slides", "posters", "extras"
FORMATS = {
    HTML: "page web",
    PDF: "PDF A4",
    SLIDES: "diaporama",
    POSTERS: "affiches A3",
    EXTRAS: "tableaux et figures",
}
SUFFIXES = {
    HTML: ".html",
    PDF: ".pdf",
    SLIDES: "-diapos.pdf",
    POSTERS: "-affiches.pdf",
    EXTRAS: "-reprise.zip",
}
FAILURE = "-echec.html"
USUAL = (HTML, PDF, SLIDES)
# How notebooks are run: in a process forked for each, or in an ordinary kernel.
WARM, KERNEL = "warm", "kernel"
ENGINES = (WARM, KERNEL)
MEMORY = 4 << 30


@dataclass(frozen=True)
class Press:
    """Where reports are made.

    Parameters
    ----------
    notebooks
        Folder of the notebooks; they run there.
    data
        Folder of the workbook's material, told to the notebooks as ``DTS_WORKBOOK``.
    out
        Folder of the outputs, on this machine or on object storage.
    digest
        Digest of the whole material, given by who knows the store.
    present
        Answers whether what a report read is still the same; without it, a report depends on
        the whole material.
    version
        Digest of the program; by default of the package as it is when the batch starts.
    rendering
        The same of what only sets documents, once their notebooks ran.
    beside
        The same of what stands beside the notebooks; by default of what does when it is asked.
    name
        Name of the workbook, title of the index page.
    fictional
        True when the material is fiction; the index page says so.
    timeout
        Seconds given to one cell.
    formats
        Among `FORMATS`.
    strict
        Refuse a report that has a fault, rather than write a draft.
    engine
        Among `ENGINES`; where processes cannot be forked, an ordinary kernel in any case.
    memory
        Bytes given to one report by the warm engine.
    comments
        What people wrote of the figures, given by who reads it.
    rerun
        Run a notebook again even where setting it anew would do.
    snapshots
        Address of a private folder on object storage from which other machines take what reports
        read; by default the scheduler hands it to them.
    logs
        Folder of the logs, where it is not that of the outputs.
    """

    notebooks: Path
    data: Path
    out: Path | Objects
    digest: str = ""
    version: str = ""
    rendering: str = ""
    beside: str = ""
    name: str = ""
    fictional: bool = False
    timeout: int = 600
    formats: tuple[str, ...] = USUAL
    strict: bool = False
    engine: str = KERNEL
    memory: int = MEMORY
    comments: tuple[Comment, ...] = ()
    rerun: bool = False
    present: Present | None = None
    snapshots: str = ""
    logs: Path | None = None

    def lacks(self, entry: Entry) -> bool:
        """Whether a report has not all that is asked: a format, a check for publication."""
        return bool({*self.formats} - {*formats_of(entry)}) or (self.strict and not entry.strict)

    def with_former(self, entry: Entry | None) -> Press:
        """Ask too for the formats a report already has: none may tell of older material."""
        made = formats_of(entry) if entry else ()
        asked = {*self.formats, *made} if self.formats else set()
        return replace(self, formats=tuple(kind for kind in FORMATS if kind in asked))


def output_name(report_id: str, kind: str) -> str:
    """Name of the file of a report in a format, relative to the output folder."""
    return report_id + SUFFIXES[kind]


def failure_name(report_id: str) -> str:
    """Name of the page that tells why a report failed, relative to the output folder."""
    return f"{report_id}{FAILURE}"


def formats_of(entry: Entry) -> tuple[str, ...]:
    """Formats a report stands in."""
    return tuple(kind for kind in FORMATS if output_name(entry.id, kind) in entry.outputs)


def render(kind: str, document: Document, entry_id: str, formats: tuple[str, ...]) -> bytes:
    """Give the bytes of a document in one format; a page to read names the others beside it."""
    beside = tuple((FORMATS[one], output_name(entry_id, one)) for one in formats if one != kind)
    if kind == HTML:
        from dts_research.reports.html import render_html

        return render_html(document, alternatives=beside).encode("utf-8")
    if kind == EXTRAS:
        from dts_research.reports.extras import make_extras

        return make_extras(document)
    if kind == POSTERS:
        from dts_research.reports.posters import render_posters

        return render_posters(document)
    from dts_research.reports.typst import render_pdf, render_slides

    return render_slides(document) if kind == SLIDES else render_pdf(document, beside=beside)
