"""Sheets that go from hand to hand: an A4 document without cover nor contents."""

from __future__ import annotations

from dts_research.reports.document import Document
from dts_research.reports.pages import a4_pages
from dts_research.reports.typst import written


def render_leaflet(document: Document) -> bytes:
    """Write a document of a few A4 pages, whose first one opens on its title."""
    return written(document, "leaflet.typ", *a4_pages(document))
