"""How the press wears: killed at any moment and taken up again, or kept at work for long.

``python -m benchmarks.soak --kills 100`` kills a run at random moments, takes it up again, and
compares every byte with a calm run. ``--reports 5000`` makes that many reports in one run and
watches its processes, threads, descriptors, temporary files and memory. ``--json`` for programs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.util import get_temp_dir
from pathlib import Path
from typing import Any

import nbformat
import psutil

CELLS = (
    'territory: str = ""  # code',
    "import random\nimport numpy\nprint(territory, random.random(), numpy.random.random())",
    "import pandas\npandas.DataFrame({'a': range(3)}).sum()",
)
MARK = "DTS_SOAK"
DAY = "1793620800"
GOALS = {"kills": 100, "growth": 0.05, "peak_mb": 1536}
# What tells of times, hence differs from one run to the other.
TIMED = ("manifest.jsonl", "journaux", ".en-cours")
MANIFEST = ".manifest.json"


def prepare(root: Path) -> Path:
    """Make the folders of a press and one small notebook."""
    for name in ("notebooks", "data", "tmp"):
        (root / name).mkdir(parents=True, exist_ok=True)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    book = nbformat.v4.new_notebook(metadata=kernel)
    book.cells = [nbformat.v4.new_markdown_cell("# Question")]
    book.cells += [nbformat.v4.new_code_cell(code) for code in CELLS]
    book.cells[1].metadata["tags"] = ["parameters"]
    for number, cell in enumerate(book.cells):
        cell.id = f"cellule-{number}"
    nbformat.write(book, root / "notebooks" / "essai.ipynb")
    return root


def run(root: Path, out: str, reports: int, formats: tuple[str, ...] = ("html",)) -> Any:
    """Make the reports, in this process."""
    from dts_research.reports.plan import Report
    from dts_research.reports.pool import make_reports
    from dts_research.reports.press import WARM, Press

    press = Press(root / "notebooks", root / "data", root / out, formats=formats, engine=WARM)
    some = [Report(f"essai-{n:05}", "essai.ipynb", str(n), label=f"T{n}") for n in range(reports)]
    return make_reports(some, press, progress=False)


def started(root: Path, out: str, reports: int) -> subprocess.Popen[bytes]:
    """Make the reports, in a process that may be killed."""
    told = {**os.environ, MARK: root.name, "SOURCE_DATE_EPOCH": DAY, "TMPDIR": str(root / "tmp")}
    command = [sys.executable, "-m", "benchmarks.soak", "--run", str(root), out, str(reports)]
    return subprocess.Popen(command, env=told)


def marked(root: Path) -> list[psutil.Process]:
    """Living processes of the runs in a folder."""
    found = []
    for one in psutil.process_iter():
        with suppress(psutil.Error):
            if one.environ().get(MARK) == root.name and one.status() != psutil.STATUS_ZOMBIE:
                found.append(one)
    return found


def orphans(root: Path, patience: float = 60.0) -> int:
    """Processes that a run left behind, once they had time to end.

    The one that imports everything ends once it has, if its run dies meanwhile.
    """
    limit = time.monotonic() + patience
    while (left := marked(root)) and time.monotonic() < limit:
        time.sleep(0.05)
    return len(left)


def contents(folder: Path) -> dict[str, str]:
    """Digest of every file of an output folder that is to be the same each time."""
    files = (path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in files}
    timed = {name for name in names if name.startswith(TIMED) or name.endswith(MANIFEST)}
    kept = {name: path for name, path in names.items() if name not in timed}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in kept.items()}


def kills(count: int, reports: int = 40, seed: int = 7) -> dict[str, Any]:
    """Kill runs at random moments, take them up again, compare all bytes with a calm run."""
    chance = random.Random(seed)
    found: dict[str, Any] = {"kills": 0, "completed": 0, "different": 0, "half": 0, "orphans": 0}
    with tempfile.TemporaryDirectory() as folder:
        root = prepare(Path(folder))
        begun = time.perf_counter()
        assert started(root, "calme", reports).wait() == 0
        calm, whole = time.perf_counter() - begun, contents(root / "calme")
        while found["kills"] < count:
            process = started(root, "out", reports)
            with suppress(subprocess.TimeoutExpired):
                process.wait(chance.uniform(0, calm))
            if process.poll() is None:
                process.kill()
                process.wait()
                found["kills"] += 1
                found["orphans"] += orphans(root)
                print(json.dumps(found), file=sys.stderr, flush=True)
            else:
                _compare(root, whole, found)
        assert started(root, "out", reports).wait() == 0
        _compare(root, whole, found)
        found["orphans"] += orphans(root)
        found["temporary"] = len(list((root / "tmp").iterdir()))
    return found | {"calm_s": round(calm, 2), "reports": reports, "files": len(whole)}


def _compare(root: Path, whole: dict[str, str], found: dict[str, Any]) -> None:
    """Compare a run that ended with a calm one, and begin anew."""
    ended = contents(root / "out")
    found["completed"] += 1
    found["half"] += sum(name.endswith(".partiel") for name in ended)
    found["different"] += ended != whole
    for path in sorted((root / "out").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


def soak(reports: int) -> dict[str, Any]:
    """Make many reports in one run of this process; tell what it holds at the end, and held."""
    with tempfile.TemporaryDirectory() as folder:
        root = prepare(Path(folder))
        get_temp_dir()  # that of multiprocessing, which lasts as long as this process
        tempfile.tempdir = str(root / "tmp")
        run(root, "essai", 8, ())  # what is made once is made
        before, begun = _held(root), time.perf_counter()
        with _watched() as seen:
            outcome = run(root, "out", reports, ())
        took = time.perf_counter() - begun
        after = _held(root)
        tempfile.tempdir = None
    size = max(1, len(seen) // 10)
    first, last = (sorted(part)[size // 2] for part in (_own(seen[:size]), _own(seen[-size:])))
    return {
        "reports": len(outcome.made), "failed": len(outcome.failed), "seconds": round(took, 1),
        "before": before, "after": after, "first_mb": first >> 20, "last_mb": last >> 20,
        "growth": round(last / first - 1, 4), "peak_mb": max(one[1] for one in seen) >> 20,
    }  # fmt: skip


def _own(seen: list[tuple[int, int]]) -> list[int]:
    return [own for own, _ in seen]


def _held(root: Path) -> dict[str, int]:
    """What this process holds: children, threads, descriptors, temporary files."""
    me = psutil.Process()
    files = len(list((root / "tmp").iterdir()))
    return {
        "processes": len(me.children(recursive=True)), "threads": me.num_threads(),
        "descriptors": me.num_fds(), "temporary": files,
    }  # fmt: skip


@contextmanager
def _watched(pause: float = 0.5) -> Iterator[list[tuple[int, int]]]:
    """Note the memory of this process, and of it with all below it, shared pages once."""
    seen: list[tuple[int, int]] = []
    over = threading.Event()

    def look() -> None:
        me = psutil.Process()
        while not over.is_set():
            total = 0
            for one in (me, *me.children(recursive=True)):
                with suppress(psutil.Error):
                    total += one.memory_full_info().pss
            seen.append((me.memory_info().rss, total))
            over.wait(pause)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def main() -> None:
    """Measure what is asked, and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=0, help="runs killed at random moments")
    parser.add_argument("--reports", type=int, default=0, help="reports made in one run")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--run", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        root, out, reports = asked.run
        sys.exit(run(Path(root), out, int(reports)).exit_code)
    found: dict[str, Any] = {"goals": GOALS}
    if asked.kills:
        found["killed"] = kills(asked.kills)
    if asked.reports:
        found["soak"] = soak(asked.reports)
    if asked.json:
        print(json.dumps(found, indent=2))
        return
    for name, values in found.items():
        print(f"{name}: {', '.join(f'{key} {value}' for key, value in values.items())}")


if __name__ == "__main__":
    main()
