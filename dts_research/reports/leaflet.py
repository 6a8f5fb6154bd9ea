"""Sheets that go from hand to hand: an A4 document without cover nor contents."""

from __future__ import annotations

from typing import Any

from dts_research.reports.document import Document
from dts_research.reports.pages import Files, a4_pages
from dts_research.reports.typst import written

LETTERS = 9.5


def render_leaflet(document: Document) -> bytes:
    """Write a document of a few A4 pages, whose first one opens on its title."""
    return written(document, "leaflet.typ", *leaflet_pages(document))


def leaflet_pages(document: Document) -> tuple[dict[str, Any], Files]:
    """JSON of the template: no figure nor table has a number where nothing refers to it."""
    pages, pictures = a4_pages(document)
    for part in ("opening", "blocks"):
        pages[part] = [_bare(block) for block in pages[part]]
    return pages, pictures


def _bare(block: dict[str, Any]) -> dict[str, Any]:
    """Block without its number; a table in letters that are read standing."""
    kept = {key: value for key, value in block.items() if key != "number"}
    return kept | ({"size": LETTERS} if block["kind"] == "table" else {})
