"""What the factory costs beside the naive way, on the same frozen notebook and data, in one run.

``python -m benchmarks.factory`` makes a fictional country, then measures: every territory in HTML
and A4 PDF, cold; the naive loop on a sample of them, one at a time and two at a time; the same in
one process with ploomber-engine, where it is installed; what a report costs beyond its cells; and
what is made again when nothing, then one sheet, has changed.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import naive
from benchmarks.again import again
from benchmarks.costs import costs
from benchmarks.country import make_country

NOTEBOOK = Path(__file__).with_name("factory.ipynb")
PLAN = '[[report]]\nid = "territoire"\nnotebook = "factory.ipynb"\nterritories = "all"\n'
GOALS = {
    "ratio_naive_over_ours": 10, "ratio_two_naive_over_ours": 5, "ratio_ploomber_over_ours": 2.5,
    "overhead_ratio": 1.25, "report_cpu_s": 0.6, "again_nothing_s": 0.5, "again_one_s": 2.0,
}  # fmt: skip
LEAST = {name for name in GOALS if name.startswith("ratio")}


def prepare(folder: Path, *, territories: int, experiences: int) -> Path:
    """Make the country, with the frozen notebook as its only one; give the data's folder."""
    book = make_country(folder, territories=territories, experiences=experiences)
    data, notebooks = book.workspace.data, folder / "notebooks"
    notebooks.mkdir()
    shutil.copy(NOTEBOOK, notebooks)
    (notebooks / "plan.toml").write_text(PLAN, encoding="utf-8")
    settings = data / "workbook.toml"
    lines = settings.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("notebooks")]
    settings.write_text("\n".join([*kept, 'notebooks = "../notebooks"', ""]), encoding="utf-8")
    return data


def ours(data: Path, codes: Sequence[str] = ()) -> float:
    """Seconds on the clock of the whole command, from nothing to HTML and PDF."""
    command = [sys.executable, "-c", "from dts_research.cli import main; main()", "--workbook",
               str(data), "report", *codes, "--formats", "html,pdf", "--json"]  # fmt: skip
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    spent = time.perf_counter() - start
    if done.returncode or json.loads(done.stdout)["failed"]:
        told = json.loads(done.stdout)["failed"] if done.stdout else done.stderr[-2000:]
        raise RuntimeError(str(told))
    return spent


def measure(
    folder: Path, *, territories: int, experiences: int, each: int, sample: int
) -> dict[str, Any]:
    """Every figure, as seconds and ratios."""
    data = prepare(folder, territories=territories, experiences=territories * each)
    codes = [f"{row['territory']}" for row in _plan(data)]
    cold = ours(data)
    copy = naive.inline_copy(NOTEBOOK, folder / "naive.ipynb")
    taken = codes[:: max(1, len(codes) // sample)][:sample]
    out = folder / "naive"
    out.mkdir()
    one, two = (
        naive.loop(copy, taken, data, out, processes=count) * len(codes) / len(taken)
        for count in (1, 2)
    )
    peer = naive.in_one_process(copy, taken, data, out) * len(codes) / len(taken)
    return {
        "reports": len(codes), "sample": len(taken), "cores": len(os.sched_getaffinity(0)),
        "ours_s": round(cold, 1), "naive_s": round(one, 1),
        "ratio_naive_over_ours": round(one / cold, 1),
        "ratio_two_naive_over_ours": round(two / cold, 1),
        "ratio_ploomber_over_ours": None if math.isnan(peer) else round(peer / cold, 1),
        **costs(data, taken[:6]),
        **changed(folder / "large", territories=territories, experiences=experiences),
    }  # fmt: skip


def changed(folder: Path, *, territories: int, experiences: int) -> dict[str, Any]:
    """What is made again in a country of many sheets."""
    data = prepare(folder, territories=territories, experiences=experiences)
    return {"large_s": round(ours(data), 1), **again(data)}


def _plan(data: Path) -> list[dict[str, Any]]:
    from dts_research.cli.listing import states
    from dts_research.workbook import open_workbook

    return states(open_workbook(data))


def told(found: dict[str, Any]) -> Iterator[str]:
    """Figures in plain text, each beside its goal."""
    yield f"{found['reports']} reports, HTML and PDF, cold: {found['ours_s']} s on the clock"
    yield f"naive loop, HTML only, from {found['sample']} of them: {found['naive_s']} s"
    for name, goal in GOALS.items():
        value = found.get(name)
        if value is None:
            yield f"  {name}: not measured"
            continue
        held = value >= goal if name in LEAST else value <= goal
        sign = ">=" if name in LEAST else "<="
        yield f"  {name}: {value} (wanted {sign} {goal}{'' if held else ', NOT HELD'})"
    yield f"  charts: {json.dumps(found['charts_ms'])} ms each, wanted <= 30"


def main() -> None:
    """Measure, and print as text or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--territories", type=int, default=101)
    parser.add_argument("--experiences", type=int, default=10_000, help="for what is made again")
    parser.add_argument("--each", type=int, default=20, help="sheets of a territory, for the rest")
    parser.add_argument("--sample", type=int, default=12, help="naive reports, then multiplied")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(
            Path(folder) / "country", territories=asked.territories,
            experiences=asked.experiences, each=asked.each, sample=asked.sample,
        )  # fmt: skip
    if asked.json:
        print(json.dumps(found, indent=2))
        return
    print("\n".join(told(found)))


if __name__ == "__main__":
    main()
