"""What it costs to write a report in three formats, once its notebook has run.

``python -m benchmarks.rendering`` reads the executed notebooks that ``make report`` left and
prints seconds of processor in a warm process, sizes, and the naive way on the same notebook:
nbconvert's own HTML, printed by Chromium where there is one.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import nbformat

from dts_research.reports.document import read_document
from dts_research.reports.press import HTML, PDF, SLIDES, render

FOLDER = Path(__file__).resolve().parent.parent / "reports" / "demo" / "carnets"
NOTEBOOKS = ("territoire-71", "territoire-2A")
FORMATS = (HTML, PDF, SLIDES)
HEAVIEST = {HTML: 300, PDF: 400}
WANTED = 0.4


def processor() -> float:
    """Seconds of processor of this process and of the children it waited for."""
    spent = os.times()
    return time.process_time() + spent.children_user + spent.children_system


def write(notebook: Any) -> tuple[dict[str, float], dict[str, int]]:
    """Seconds to read a notebook and to write each format, and the sizes in KB."""
    start = processor()
    document = read_document(notebook)
    spent, sizes = {"read": processor() - start}, {}
    for kind in (PDF, SLIDES, HTML):
        start = processor()
        sizes[kind] = len(render(kind, document, "report", FORMATS)) // 1000
        spent[kind] = processor() - start
    return spent, sizes


def once(warm: Path, path: Path) -> tuple[dict[str, float], dict[str, int]]:
    """Write a report in a process that has just written another one, as in a batch."""
    read = [nbformat.read(one, as_version=4) for one in (warm, path)]
    return [write(notebook) for notebook in read][-1]


def in_turn(paths: list[Path]) -> dict[str, float]:
    """Seconds of each report of a batch, written one after the other by one warm process."""
    return {
        path.stem: sum(write(nbformat.read(path, as_version=4))[0].values())
        for path in [paths[-1], *paths]
    }


def batch(paths: list[Path]) -> str:
    """Say what a report of the whole batch costs: mean, median, and the dearest."""
    (spent,) = afresh(in_turn, paths, times=1)
    dearest = max(spent, key=spent.__getitem__)
    mean, middle = statistics.mean(spent.values()), statistics.median(spent.values())
    return (
        f"{len(spent)} reports in one warm process: {mean:.3f} s each (median {middle:.3f}; "
        f"most {spent[dearest]:.3f}, {dearest})"
    )


def afresh(work: Callable[..., Any], *arguments: Any, times: int) -> list[Any]:
    """Results of the same work in as many new processes."""
    found = []
    for _ in range(times):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            found.append(pool.submit(work, *arguments).result())
    return found


def naive(path: Path) -> float:
    """Seconds to write a notebook as nbconvert and a browser do by themselves, once warm."""
    from nbconvert.exporters import HTMLExporter

    notebook = nbformat.read(path, as_version=4)
    HTMLExporter().from_notebook_node(notebook)
    start = processor()
    page, _ = HTMLExporter().from_notebook_node(notebook)
    if shutil.which("chromium"):
        _print(page)
    return processor() - start


def _print(page: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        source, target = Path(name, "page.html"), Path(name, "page.pdf")
        source.write_text(page, encoding="utf-8")
        flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={name}/user"]
        subprocess.run(
            ["chromium", *flags, f"--print-to-pdf={target}", source.as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip


def measure(path: Path, warm: Path, *, times: int, against: bool) -> dict[str, Any]:
    """Seconds and sizes of one report."""
    runs = afresh(once, warm, path, times=times)
    spent = {k: statistics.median(run[0][k] for run in runs) for k in runs[0][0]}
    whole = statistics.median(sum(run[0].values()) for run in runs)
    row = {"report": path.stem, **{f"{k}_s": round(v, 3) for k, v in spent.items()}}
    row |= {"all_s": round(whole, 3), **{f"{k}_kb": v for k, v in runs[0][1].items()}}
    if against:
        (slow,) = afresh(naive, path, times=1)
        row |= {"naive_s": round(slow, 2), "naive_over_ours": round(slow / whole, 1)}
    return row


def too_heavy(rows: list[dict[str, Any]]) -> list[str]:
    """Say which files are heavier than what a mailbox or a slow line takes."""
    return [
        f"{row['report']}: {kind} of {row[f'{kind}_kb']} KB, {most} at most"
        for row in rows
        for kind, most in HEAVIEST.items()
        if row[f"{kind}_kb"] > most
    ]


def lines(rows: list[dict[str, Any]]) -> list[str]:
    """Table in plain text."""
    names = list(rows[0])
    cells = [names, *([str(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(names))]
    return ["  ".join(cell.rjust(wide) for cell, wide in zip(line, widths)) for line in cells]


def main() -> int:
    """Read the command line, measure, print; 1 when a file is too heavy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebooks", nargs="*", type=Path, help="executed notebooks")
    parser.add_argument("--json", action="store_true", help="print one JSON value")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--no-naive", action="store_true", help="leave the naive way out")
    asked = parser.parse_args()
    paths = asked.notebooks or [FOLDER / f"{name}.ipynb" for name in NOTEBOOKS]
    if not all(path.is_file() for path in paths):
        parser.error("write `make report` first, or name executed notebooks")
    rows = [
        measure(path, paths[number - 1], times=asked.times, against=not asked.no_naive)
        for number, path in enumerate(paths)
    ]
    print(json.dumps(rows, indent=2) if asked.json else "\n".join(lines(rows)))
    made = sorted(FOLDER.glob("*.ipynb"))
    if not asked.notebooks and len(made) > 1:
        print(f"\n{batch(made)}", file=sys.stderr if asked.json else sys.stdout)
    way = "nbconvert's HTML, " + (
        "printed by Chromium" if shutil.which("chromium") else "no browser to print it"
    )
    print(f"\n{WANTED} s wanted for the three formats; naive: {way}", file=sys.stderr)
    heavy = too_heavy(rows)
    print(*heavy, sep="\n", end="", file=sys.stderr)
    return int(bool(heavy))


if __name__ == "__main__":
    sys.exit(main())
