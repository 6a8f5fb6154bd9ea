"""What the processes that make reports are forked from: all is imported, what is fixed is read.

Nothing of an engine with threads is run here: a process forked from one that has threads may hang.
"""

from __future__ import annotations

import gc
import importlib
from functools import cached_property

IMPORTED = (
    "pandas", "scipy.stats", "matplotlib.figure", "matplotlib.backends.backend_agg", "papermill",
    "dts_research", "dts_research.store.images", "dts_research.cli",
    "dts_research.reports.playing", "dts_research.reports.run", "dts_research.reports.document",
    "dts_research.reports.html", "dts_research.reports.typst", "dts_research.reports.slides",
    "dts_research.reports.exporters",
    # What a kernel imports once it starts.
    "IPython.core.application", "IPython.core.completerlib", "IPython.core.logger",
    "IPython.core.oinspect",
    "tornado.queues", "bdb", "encodings.unicode_escape", "encodings.utf_8_sig",
)  # fmt: skip
# Objects made before what is lost is looked for: of those that a report makes, few are.
ALLOCATED = 10_000
PAGE = "# Titre\n\nDu *texte*, un [lien](#titre).\n\n- une\n- liste\n\n> une parole\n"
SHOWN = ("charts", "tables", "comparisons", "open_workbook", "blocks")


def warm() -> None:
    """Import and read once what every report needs."""
    for name in IMPORTED:
        importlib.import_module(name)
    package = importlib.import_module("dts_research")
    for name in SHOWN:
        getattr(package, name, None)
    from dts_research.reference.geography import geography
    from dts_research.reference.outlines import LEVELS, load_outlines
    from dts_research.reports.provenance import program, reference
    from dts_research.schema import catalogue

    country = geography()
    for name, value in vars(type(country)).items():
        if isinstance(value, cached_property):
            getattr(country, name)
    for level in LEVELS:
        _ = load_outlines(level).places
    catalogue()
    program()
    reference()
    _rehearse()
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATED, 20, 20)


def _rehearse() -> None:
    """Do once what costs more the first time, then build the kernel that the others take."""
    import asyncio

    from dts_research.reports.engines import hush
    from dts_research.reports.freshness import rendering_digest
    from dts_research.reports.signs import drawable
    from dts_research.reports.warm import opened, prepare

    hush()
    asyncio.new_event_loop().close()
    with opened(own=False):
        pass
    importlib.import_module("matplotlib.backends").backend_registry.list_all()
    _set()
    _draw()
    rendering_digest()
    drawable()
    drawable(alone=True)
    prepare()


def _set() -> None:
    """Set a page, and read what every page needs."""
    import nbformat

    from dts_research.reports.document import read_document
    from dts_research.reports.html import render_html
    from dts_research.reports.html_style import style

    page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(PAGE)])
    nbformat.validate(page)
    render_html(read_document(page))
    for italic in (False, True):
        style(italic=italic)


def _draw() -> None:
    """Draw a mark, a date and a number."""
    from datetime import date

    from dts_research.display.canvas import canvas
    from dts_research.display.style import french_date, french_number

    with canvas(20) as sheet:
        sheet.text(0, 10, f"{french_number(1.5, decimals=1)} {french_date(date(2026, 1, 1))}")
        sheet.marks([5], [5])
        sheet.svg()


warm()
