"""How long a report for each commune would take, from some that are made.

``python -m benchmarks.projection --reports 2000`` makes the frozen notebook's report, in HTML and
A4 PDF, for so many communes of a fictional country, one command as a user would give it; then
tells the slope, in seconds of the clock for one more report, whether it drifts between the first
quarter and the last, and what it gives for every commune of the country.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.factory import prepare
from dts_research.cli.making import press_of
from dts_research.reports.manifest import Manifest
from dts_research.reports.plan import Report
from dts_research.reports.pool import make_reports
from dts_research.reports.press import HTML, PDF
from dts_research.workbook import open_workbook

HOUR = 3600


def measure(folder: Path, count: int) -> dict[str, Any]:
    """Make reports of communes, evenly chosen, and project on all of them."""
    data = prepare(folder, territories=101, experiences=2_020)
    book = open_workbook(data)
    press = replace(press_of(book), formats=(HTML, PDF))
    every = sorted(book.geography.commune_names)
    codes = every[:: max(1, len(every) // count)][:count]
    reports = [Report(f"territoire-{code}", "factory.ipynb", code) for code in codes]
    begun, now = time.perf_counter(), time.time()
    outcome = make_reports(reports, press)
    spent = time.perf_counter() - begun
    ends = _ends(Manifest(press.out), now)
    return {
        "reports": len(outcome.made), "failed": len(outcome.failed), "seconds": round(spent, 1),
        **projected(ends, len(every)),
    }  # fmt: skip


def _ends(manifest: Manifest, begun: float) -> list[float]:
    """Seconds after the beginning at which each report ended, in order."""
    lines = manifest.read().values()
    tried = (datetime.fromisoformat(one.tried_at).timestamp() + one.seconds for one in lines)
    return sorted(at - begun for at in tried)


def projected(ends: Sequence[float], whole: int) -> dict[str, Any]:
    """Slope of the times at which reports end, by least squares, and what it gives for all.

    Parameters
    ----------
    ends
        Seconds after the beginning, in order.
    whole
        How many reports are projected.
    """
    quarter = len(ends) // 4
    slope, start = _line(ends)
    return {
        "slope_ms": round(slope * 1000, 1),
        "first_quarter_ms": round(_line(ends[:quarter])[0] * 1000, 1),
        "last_quarter_ms": round(_line(ends[-quarter:])[0] * 1000, 1),
        "projected": whole, "projected_hours": round((start + slope * whole) / HOUR, 1),
    }  # fmt: skip


def _line(ends: Sequence[float]) -> tuple[float, float]:
    slope, start = np.polyfit(np.arange(len(ends)), np.array(ends), 1)
    return float(slope), float(start)


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=2_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(Path(folder), asked.reports), indent=2))


if __name__ == "__main__":
    main()
