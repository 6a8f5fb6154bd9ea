"""The press: where notebooks are read and reports written, and in which formats."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dts_research.reports.manifest import Entry

if TYPE_CHECKING:
    from dts_research.reports.document import Document

HTML, PDF, SLIDES = "html", "pdf", "slides"
FORMATS = {HTML: "page web", PDF: "PDF A4", SLIDES: "diaporama"}
SUFFIXES = {HTML: ".html", PDF: ".pdf", SLIDES: "-diapos.pdf"}


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
        Folder of the outputs.
    digest
        Digest of the material, given by who knows the store.
    version
        Digest of the program; by default of the package as it is when the batch starts.
    name
        Name of the workbook, title of the index page.
    fictional
        True when the material is fiction; the index page says so.
    timeout
        Seconds given to one cell.
    formats
        Among ``html``, ``pdf``, ``slides``.
    """

    notebooks: Path
    data: Path
    out: Path
    digest: str = ""
    version: str = ""
    name: str = ""
    fictional: bool = False
    timeout: int = 600
    formats: tuple[str, ...] = (HTML, PDF, SLIDES)

    def lacks(self, entry: Entry) -> str:
        """Say in French which asked format a report was not made in, "" when none."""
        for kind in self.formats:
            if output_name(entry.id, kind) not in entry.outputs:
                return f"le format {FORMATS[kind]} manque"
        return ""


def output_name(report_id: str, kind: str) -> str:
    """Name of the file of a report in a format, relative to the output folder."""
    return report_id + SUFFIXES[kind]


def render(kind: str, document: Document, entry_id: str, formats: tuple[str, ...]) -> bytes:
    """Give the bytes of a document in one format."""
    if kind == HTML:
        from dts_research.reports.html import render_html

        beside = [(FORMATS[one], output_name(entry_id, one)) for one in formats if one != HTML]
        return render_html(document, alternatives=tuple(beside)).encode("utf-8")
    from dts_research.reports.typst import render_pdf, render_slides

    return render_slides(document) if kind == SLIDES else render_pdf(document)
