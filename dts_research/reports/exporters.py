"""Documents as exporters of nbconvert: ``jupyter nbconvert --to dts-html notebook.ipynb``."""

from __future__ import annotations

from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import Bool, Unicode

from dts_research.reports.document import Document, read_document
from dts_research.reports.faults import Fault, refuse, refuse_all
from dts_research.reports.html import render_html
from dts_research.reports.posters import render_posters
from dts_research.reports.tags import unfit
from dts_research.reports.typst import render_pdf, render_slides


class DocumentExporter(Exporter):
    """An executed notebook as a document; the kind of document is told by who inherits."""

    strict = Bool(False, help="Refuse a document with faults.").tag(config=True)
    reader = Unicode("", help="Reader: elu, animateur or chercheur.").tag(config=True)
    export_from_notebook: Any = None

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Render a notebook.

        Raises
        ------
        DtsError
            In strict mode, where the document has faults.
        """
        kept, told = super().from_notebook_node(nb, resources, **kw)
        document = read_document(kept, reader=self.reader)
        if self.strict:
            refuse(document)
        made = self.render(document)
        if self.strict and isinstance(made, bytes):
            said = unfit(made, single=document.one_page and type(self) is PdfExporter)
            refuse_all([Fault(f"{said}.")] if said else [])
        return made, told

    def render(self, document: Document) -> str | bytes:
        """Give the content of the file."""
        raise NotImplementedError


class HtmlExporter(DocumentExporter):
    """One page that can be sent by mail."""

    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def render(self, document: Document) -> str:
        """Give the page."""
        return render_html(document)


class PdfExporter(DocumentExporter):
    """A4 PDF."""

    output_mimetype = "application/pdf"

    def _file_extension_default(self) -> str:
        return ".pdf"

    def render(self, document: Document) -> bytes:
        """Give the bytes of the file."""
        return render_pdf(document)


class SlidesExporter(PdfExporter):
    """16:9 PDF to project."""

    # A plain text: the files of a report and of nbconvert have the same name.
    file_extension: Any = Unicode("-diapos.pdf").tag(config=True)

    def render(self, document: Document) -> bytes:
        """Give the bytes of the file."""
        return render_slides(document)


class PosterExporter(PdfExporter):
    """A3 PDF to hang on a wall, one figure a page."""

    file_extension: Any = Unicode("-affiches.pdf").tag(config=True)

    def render(self, document: Document) -> bytes:
        """Give the bytes of the file."""
        return render_posters(document)
