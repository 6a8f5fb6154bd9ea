"""What Dask adds to a batch: the same tiny reports on the local pool, then on a cluster here.

``python -m benchmarks.cluster`` makes 200 reports with two processes each way, in one run, and
prints the ratio. The cluster's own start is not counted: it stands before the batch. What is
counted is all that a batch does: the snapshot sent, a process with everything imported
started on each machine, the reports made, brought back and put in place.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import nbformat

from dts_research.reports.plan import Report
from dts_research.reports.pool import make_reports
from dts_research.reports.press import HTML, WARM, Press

WANTED = 1.10
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def tiny(folder: Path) -> Press:
    """A workbook whose one notebook prints its territory."""
    for name in ("notebooks", "data"):
        (folder / name).mkdir()
    cell = nbformat.v4.new_code_cell
    cells = [
        nbformat.v4.new_markdown_cell("# Question"),
        cell('territory: str = ""', metadata={"tags": ["parameters"]}),
        cell("print(territory)"),
    ]
    book = nbformat.v4.new_notebook(cells=cells, metadata=KERNEL)
    nbformat.write(book, folder / "notebooks" / "essai.ipynb")
    return Press(
        folder / "notebooks", folder / "data", folder / "out", formats=(HTML,), engine=WARM
    )


def compare(count: int) -> dict[str, float]:
    """Seconds of each way on the same reports, both from a cold start, and their ratio."""
    from distributed import LocalCluster

    some = [Report(f"essai-{n:04d}", "essai.ipynb", str(n)) for n in range(count)]
    spent = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0",
            local_directory=folder, silence_logs=50,
        ) as machines,
    ):  # fmt: skip
        press = tiny(Path(folder))
        for way, address in (("pool_s", ""), ("dask_s", machines.scheduler_address)):
            out = replace(press, out=Path(folder) / way)
            start = time.perf_counter()
            outcome = make_reports(some, out, workers=2, progress=False, scheduler=address)
            spent[way] = time.perf_counter() - start
            if len(outcome.made) != count:
                sys.exit(f"{count - len(outcome.made)} reports were not made")
    return {**spent, "overhead_ratio": spent["dask_s"] / spent["pool_s"], "reports": count}


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = compare(asked.reports)
    if asked.json:
        print(json.dumps(found))
        return
    print(f"{asked.reports} reports, pool: {found['pool_s']:.1f} s, Dask: {found['dask_s']:.1f} s")
    print(f"Dask over the pool: {found['overhead_ratio']:.2f} (wanted: at most {WANTED})")
    print(f"load of this machine over the last minute: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
