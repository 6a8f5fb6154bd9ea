"""What a file of 100 000 rows and 40 columns costs, beside pandas alone on the same file.

Each measure is made in a new process: seconds on the clock, seconds of processor (with those of
the processes it starts), and the highest memory of any of them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.large import write_csv, write_xlsx

GOALS = {"csv": {"seconds": 10, "mb": 600}, "xlsx": {"seconds": 40}}


def _receive(path: Path) -> dict[str, Any]:
    from dts_research.intake import receive

    return receive(path).counts.as_dict()


def _pandas(path: Path) -> dict[str, Any]:
    import pandas as pd

    if path.suffix == ".csv":
        return {"read": len(pd.read_csv(path, sep=";", dtype=str))}
    return {"read": len(pd.read_excel(path, engine="calamine", dtype=str))}


def _issues(path: Path) -> dict[str, Any]:
    """Receive and write what goes back, as `dts receive` does before it keeps."""
    from dts_research.intake import receive, write_issues

    taken = receive(path)
    write_issues(taken, path.with_name("issues.xlsx"))
    return taken.counts.as_dict()


def _command(path: Path) -> dict[str, Any]:
    """The whole `dts receive`, in a new workbook: read, situate, keep, send back."""
    from click.testing import CliRunner

    from dts_research.cli import main

    folder = Path(tempfile.mkdtemp(dir=path.parent))
    runner = CliRunner()
    runner.invoke(main, ["init", str(folder / "w")])
    done = runner.invoke(main, ["--workbook", str(folder / "w"), "receive", str(path), "--quiet"])
    if done.exit_code not in (0, 1) or not done.output:
        raise RuntimeError(done.output)
    return {"exit_code": done.exit_code}


WAYS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "receive": _receive, "pandas": _pandas, "issues": _issues, "command": _command,
}  # fmt: skip


def once(way: str, path: Path) -> dict[str, Any]:
    """Measure one way in this process, which must be new."""
    import resource

    import pandas  # noqa: F401  what both ways need is not measured

    before, start = os.times(), time.perf_counter()
    found = WAYS[way](path)
    seconds, after = time.perf_counter() - start, os.times()
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    memory = [resource.getrusage(kind).ru_maxrss >> 10 for kind in kinds]
    return {
        **found, "seconds": round(seconds, 2),
        "cpu_s": round(sum(after[:4]) - sum(before[:4]), 2), "mb": memory[0], "child_mb": memory[1],
    }  # fmt: skip


def afresh(way: str, path: Path) -> dict[str, Any]:
    """Measure one way in a new process."""
    command = [sys.executable, "-m", "benchmarks.speed", way, str(path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def measure(rows: int) -> dict[str, Any]:
    """Write the large file in both formats, receive it, read it with pandas alone."""
    found: dict[str, Any] = {"rows": rows, "goals": GOALS}
    with tempfile.TemporaryDirectory() as folder:
        for write in (write_csv, write_xlsx):
            kind = write.__name__.removeprefix("write_")
            path = Path(folder, f"experiences.{kind}")
            write(path, rows)
            spent = {way: afresh(way, path) for way in WAYS}
            ratio = spent["receive"]["cpu_s"] / max(0.01, spent["pandas"]["cpu_s"])
            found[kind] = {
                "file_mb": path.stat().st_size >> 20,
                **spent,
                "ratio_ours_over_pandas": round(ratio, 1),
            }
    return found


def told(found: dict[str, Any]) -> Iterator[str]:
    """Figures in plain text."""
    for kind in ("csv", "xlsx"):
        one = found[kind]
        yield f".{kind}, {found['rows']} rows, {one['file_mb']} MB; goals {found['goals'][kind]}"
        for way in WAYS:
            spent = one[way]
            memory = f"{spent['mb']:5} MB, {spent['child_mb']:5} MB in a child"
            time_spent = f"{spent['seconds']:7.1f} s, {spent['cpu_s']:7.1f} s of processor"
            yield f"    {way:8} {time_spent}, {memory}"
        yield f"    receive / pandas, seconds of processor: {one['ratio_ours_over_pandas']}"


if __name__ == "__main__":
    print(json.dumps(once(sys.argv[1], Path(sys.argv[2]))))
