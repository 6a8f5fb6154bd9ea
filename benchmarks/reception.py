"""What becomes of every file of a folder, and what a large one costs.

``python -m benchmarks.reception FOLDER`` tries to receive every file of a folder, whatever it
holds, and compares the cells with reference values where the folder has them; ``--mutations N``
does the same with N damaged copies of its files; ``--speed`` measures a file of 100 000 rows and
40 columns. It ends with 1 when a file crashed, hung, or lost a row in its counts.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks.mutations import light, mutate
from benchmarks.speed import measure, told
from benchmarks.trials import CRASH, RECEIVED, REFUSED, TIMEOUT, Task, Trial, run

COUNTS = ("read", "accepted", "quarantined", "duplicates", "withdrawn")
CELLS = ("compared", "differing")
REASON = 70
FILE = 60


def files_of(folders: Iterable[Path]) -> list[Path]:
    """Every file of some folders, in order."""
    return [path for f in folders for path in sorted(f.rglob("*")) if path.is_file()]


def as_they_are(files: Iterable[Path]) -> Iterator[Task]:
    """Files tried where they lie."""
    for path in files:

        def find(_: Path, path: Path = path) -> Path:
            return path

        yield Task(str(path), find)


def damaged(files: list[Path], count: int, seed: int) -> Iterator[Task]:
    """Damaged copies, written where they are tried."""
    sources = light(files)
    for number in range(count if sources else 0):
        mutation = mutate(sources, number, seed)

        def write(
            folder: Path, name: str = mutation.name, content: bytes = mutation.content
        ) -> Path:
            path = folder / name
            path.write_bytes(content)
            return path

        yield Task(f"{number}/{mutation.name}", write, changes=" ".join(mutation.changes))


def totals(trials: list[Trial]) -> dict[str, Any]:
    """Outcomes, rows and cells of all the files."""
    outcomes = Counter(trial.outcome for trial in trials)
    found: dict[str, Any] = {"files": len(trials)}
    found |= {name: outcomes[name] for name in (RECEIVED, REFUSED, CRASH, TIMEOUT)}
    found["unbalanced"] = sum(not trial.balanced for trial in trials)
    found |= {name: sum(getattr(t, name) for t in trials) for name in (*COUNTS, *CELLS)}
    found["unnamed_refusals"] = sum(t.outcome == REFUSED and not t.reason for t in trials)
    return found


def lines(trials: list[Trial]) -> Iterator[str]:
    """Table in plain text."""
    names = ("outcome", *COUNTS, *CELLS, "seconds", "peak_mb")
    yield f"{'file':{FILE}} {'format':7} " + " ".join(f"{n[:9]:>9}" for n in names) + "  reason"
    for trial in trials:
        values = [f"{getattr(trial, name)!s:>9}" for name in names]
        reason = trial.reason if len(trial.reason) <= REASON else f"{trial.reason[:REASON]}…"
        unbalanced = "" if trial.balanced else "UNBALANCED "
        said = " ".join((unbalanced, *reason.split(), *trial.differences)).strip()
        yield f"{trial.file[-FILE:]:{FILE}} {trial.format[:7]:7} {' '.join(values)}  {said}"


def tried(tasks: Iterable[Task], asked: argparse.Namespace, many: int) -> list[Trial]:
    """Try them all, with progress on the terminal; keep those that fail where asked."""
    found = run(tasks, seconds=asked.timeout, workers=asked.workers)
    trials = []
    for task, trial in tqdm(found, total=many, disable=None, file=sys.stderr, leave=False):
        trials.append(trial)
        if trial.failed and asked.keep:
            place = asked.keep / str(len(trials))
            place.mkdir(parents=True, exist_ok=True)
            path = task.make(place)
            if path.parent != place:
                shutil.copy(path, place)
            (place / "why.txt").write_text(f"{trial.changes}\n{trial.where or trial.reason}\n")
    return sorted(trials, key=lambda trial: trial.file) if not asked.mutations else trials


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="DTS_REAL_DATA by default")
    parser.add_argument("--json", action="store_true", help="print one JSON value")
    parser.add_argument("--mutations", type=int, default=0, help="try so many damaged copies")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--timeout", type=float, default=120, help="seconds for one file")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="folder where what fails is kept")
    parser.add_argument("--speed", action="store_true", help="measure a large file instead")
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the large file")
    asked = parser.parse_args()
    real = os.environ.get("DTS_REAL_DATA")
    asked.folders = asked.folders or ([Path(real)] if real else [])
    if not asked.speed and not (asked.folders and all(map(Path.is_dir, asked.folders))):
        parser.error("name a folder, or set DTS_REAL_DATA")
    return asked


def main() -> int:
    """Try or measure, print; 1 when something failed that never should."""
    asked = arguments()
    if asked.speed:
        found = measure(asked.rows)
        print(json.dumps(found, indent=2) if asked.json else "\n".join(told(found)))
        return 0
    files = files_of(asked.folders)
    many = asked.mutations or len(files)
    tasks = damaged(files, many, asked.seed) if asked.mutations else as_they_are(files)
    trials = tried(tasks, asked, many)
    whole = totals(trials)
    if asked.json:
        value = {"totals": whole, "files": [asdict(trial) for trial in trials]}
        print(json.dumps(value, ensure_ascii=False, indent=2))
    else:
        shown = [t for t in trials if t.failed] if asked.mutations else trials
        print(*lines(shown), "", sep="\n")
        print(*(f"{k:18} {v}" for k, v in whole.items()), sep="\n")
    return int(any(trial.failed for trial in trials) or whole["unnamed_refusals"] > 0)


if __name__ == "__main__":
    sys.exit(main())
