"""Make the gallery: every block, figure and table, in every format, on three territories.

python -m dts_research.cli.gallery data/demo reports/galerie
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from dts_research.cli.making import Made, press_of
from dts_research.reports.plan import Report
from dts_research.reports.pool import make_reports
from dts_research.reports.press import FORMATS
from dts_research.workbook import Workbook, open_workbook

NOTEBOOK = "gallery.ipynb"
# Many sheets, a single one, none.
TERRITORIES = ("71", "2A", "05")


def make_gallery(book: Workbook, out: Path, *, progress: bool = False) -> Made:
    """Make the gallery of a workbook in a folder of its own."""
    press = replace(press_of(book), out=out, formats=tuple(FORMATS), name="Galerie des blocs")
    return Made(make_reports(list(_reports(book)), press, progress=progress), out)


def _reports(book: Workbook) -> Iterator[Report]:
    for code in TERRITORIES:
        yield Report(f"galerie-{code}", NOTEBOOK, code, label=book.resolve(code).label)


if __name__ == "__main__":
    made = make_gallery(open_workbook(Path(sys.argv[1])), Path(sys.argv[2]), progress=True)
    print("\n".join(made.lines()))
    sys.exit(made.exit_code)
