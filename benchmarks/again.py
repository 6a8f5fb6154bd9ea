"""What is made again when nothing has changed, then when one sheet has."""

from __future__ import annotations

import csv
import time
from pathlib import Path
from typing import Any

from dts_research.cli.making import Order, make
from dts_research.workbook import open_workbook
from dts_research.workbook.arrival import receive_files

FORMATS = "html,pdf"


def again(data: Path) -> dict[str, Any]:
    """Seconds to find that nothing is to be made; then seconds beside the reports' own."""
    quiet, none = _timed(data)
    _one_changed(data)
    spent, made = _timed(data)
    own = sum(made.values())
    return {
        "again_nothing_s": round(quiet, 2), "again_nothing_made": len(none),
        "again_one_made": len(made), "again_one_s": round(spent - own / _width(made), 2),
        "again_one_own_s": round(own, 2),
    }  # fmt: skip


def _width(made: dict[str, float]) -> int:
    """How many are made at a time."""
    import os

    return max(1, min(len(made), len(os.sched_getaffinity(0))))


def _timed(data: Path) -> tuple[float, dict[str, float]]:
    """Seconds of the command in this process, and of each report that it made."""
    from dts_research.reports.manifest import Manifest

    book = open_workbook(data)
    start = time.perf_counter()
    outcome = make(book, (), Order(formats=FORMATS)).outcome
    spent = time.perf_counter() - start
    entries = Manifest(book.workspace.reports).read()
    return spent, {name: entries[name].seconds for name in outcome.made}


def _one_changed(data: Path) -> None:
    """Receive one sheet again, with other words."""
    source = data / "inbox" / "experiences.csv"
    with source.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        row = next(rows)
        names = list(rows.fieldnames or ())
    changed = source.with_name("une-fiche.csv")
    with changed.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerow(row | {"what_worked": f"{row.get('what_worked', '')} Et plus encore."})
    receive_files(open_workbook(data), [changed])
