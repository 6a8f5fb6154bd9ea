"""What the processes that make reports are forked from: all is imported, what is fixed is read.

Nothing of an engine with threads is run here: a process forked from one that has threads may hang.
"""

from __future__ import annotations

import gc
import importlib
from functools import cached_property

IMPORTED = (
    "pandas", "scipy.stats", "matplotlib.figure", "matplotlib.backends.backend_svg", "papermill",
    "dts_research", "dts_research.store.images", "dts_research.cli",
    "dts_research.reports.warm", "dts_research.reports.run", "dts_research.reports.document",
    "dts_research.reports.html", "dts_research.reports.typst", "dts_research.reports.slides",
    "dts_research.reports.exporters",
)  # fmt: skip
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
    gc.collect()
    gc.freeze()


warm()
