"""Reports as they are made by hand today: papermill, then nbconvert, one after the other.

The notebook and the data are those of the factory; the figures are drawn as matplotlib's inline
backend draws them, a tight PNG each, and once, as in a notebook written by hand.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import nbformat

INLINE = "from benchmarks.inline import as_inline\n\nas_inline()"


def inline_copy(notebook: Path, out: Path) -> Path:
    """Copy a notebook with a first cell that draws as the inline backend."""
    read = nbformat.read(notebook, as_version=4)
    at = next(
        i for i, cell in enumerate(read.cells) if "parameters" in cell.metadata.get("tags", [])
    )
    read.cells.insert(at + 1, nbformat.v4.new_code_cell(INLINE))
    nbformat.write(read, out)
    return out


def _told(data: Path) -> dict[str, str]:
    """Environment of what is started: the workbook, and where this module is."""
    paths = [str(Path(__file__).resolve().parent.parent), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "DTS_WORKBOOK": str(data), "PYTHONPATH": os.pathsep.join(paths)}


def by_command(notebook: Path, territory: str, data: Path, out: Path) -> None:
    """Make one page with the two commands of today."""
    told = _told(data)
    made = out / f"{territory}.ipynb"
    run, page = [sys.executable, "-m", "papermill"], [sys.executable, "-m", "jupyter", "nbconvert"]
    commands = (
        [*run, "--no-progress-bar", "-r", "territory", territory, str(notebook), str(made)],
        [*page, "--to", "html", str(made)],
    )
    for command in commands:
        subprocess.run(command, check=True, env=told, capture_output=True)


def loop(
    notebook: Path, territories: Sequence[str], data: Path, out: Path, *, processes: int = 1
) -> float:
    """Seconds on the clock to make pages by commands, some at a time."""
    start = time.perf_counter()
    with ThreadPoolExecutor(processes) as pool:
        list(pool.map(lambda code: by_command(notebook, code, data, out), territories))
    return time.perf_counter() - start


def in_one_process(notebook: Path, territories: Sequence[str], data: Path, out: Path) -> float:
    """Seconds on the clock with ploomber-engine and nbconvert in one process; nan without them."""
    if find_spec("ploomber_engine") is None:
        return float("nan")
    code = "from benchmarks.naive import ploomber; import sys; ploomber(*sys.argv[1:])"
    told = _told(data)
    start = time.perf_counter()
    command = [sys.executable, "-c", code, str(notebook), str(out), *territories]
    subprocess.run(command, check=True, env=told, capture_output=True)
    return time.perf_counter() - start


def ploomber(notebook: str, out: str, *territories: str) -> None:
    """Make pages one after the other in this process."""
    from nbconvert.exporters import HTMLExporter
    from ploomber_engine import execute_notebook

    exporter = HTMLExporter()
    for code in territories:
        made = execute_notebook(
            notebook, f"{out}/{code}-p.ipynb", parameters={"territory": code},
            progress_bar=False, remove_tagged_cells=None,
        )  # fmt: skip
        page, _ = exporter.from_notebook_node(made)
        Path(out, f"{code}-p.html").write_text(page, encoding="utf-8")
