"""Loss of power at any moment of a real run: each output is old or new, never mixed."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from runpy import run_path

import pytest

from dts_research.reports.freshness import states
from dts_research.reports.plan import Report
from dts_research.reports.press import WARM, Press

power = run_path(str(Path(__file__).with_name("power_loss.py")))
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="calls are read on Linux")
REPORTS = [Report(f"essai-{code}", "essai.ipynb", code) for code in ("01", "13")]
RUN = """
import sys
from pathlib import Path
from dts_research.reports.plan import Report
from dts_research.reports.pool import make_reports
from dts_research.reports.press import WARM, Press

if __name__ == "__main__":
    root = Path(sys.argv[1])
    some = [Report(f"essai-{code}", "essai.ipynb", code) for code in ("01", "13")]
    press = Press(root / "notebooks", root / "data", root / "out", version="1", engine=WARM,
                  formats=("html",))
    assert make_reports(some, press, progress=False, workers=2).failed == {}
"""


@pytest.fixture(scope="module")
def run(require, tmp_path_factory):
    """A run that replaces a first version of two reports, with the calls that it made."""
    strace = require(shutil.which("strace"), "strace is not there")
    allowed = subprocess.run([strace, "-qq", "-o", os.devnull, "true"], capture_output=True)
    require(allowed.returncode == 0, "this machine does not let strace look at a process")
    write = run_path(str(Path(__file__).parents[1] / "reports" / "conftest.py"))["write"]
    root = tmp_path_factory.mktemp("coupure")
    for name in ("notebooks", "data", "out", "trace"):
        (root / name).mkdir()
    (root / "run.py").write_text(RUN, encoding="utf-8")
    command = [sys.executable, str(root / "run.py"), str(root)]
    parameters = 'territory: str = ""  # code'
    write(root / "notebooks" / "essai.ipynb", "print('avant')", parameters=parameters)
    subprocess.run(command, check=True)
    shutil.copytree(root / "out", root / "before")
    write(root / "notebooks" / "essai.ipynb", "print('après')", parameters=parameters)
    trace = ["-ff", "--seccomp-bpf", "-qq", "-y", "-ttt", "-s", "9000000",
             "-o", str(root / "trace" / "t"), f"-etrace={power['TRACED']}"]  # fmt: skip
    subprocess.run([strace, *trace, *command], check=True)
    calls = power["calls_of"]((root / "trace").iterdir(), root / "out")
    return root, calls


def outputs(content):
    return {n: body for n, body in content.items() if "essai" in n and not n.startswith("journaux")}


def read(folder):
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_each_name_is_given_to_bytes_that_the_disk_has_and_then_forced_too(run):
    _, calls = run
    renamed = [n for n, call in enumerate(calls) if call.name == "rename"]
    assert len(renamed) >= 5  # two pages, two notebooks, the index
    for n in renamed:
        call = calls[n]
        before = [one.name for one in calls[:n] if one.path == call.path]
        assert before[-1] == "fsync" and "write" in before
        folder = str(Path(call.other).parent)
        after = [(one.name, one.path) for one in calls[n:]]
        forced = after.index(("fsync", folder))
        mine = re.findall(r"essai-\d+", call.other)
        lines = [
            k for k, one in enumerate(calls[n:])
            if (one.name, one.path) == ("write", "manifest.jsonl")
            and any(name.encode() in one.data for name in mine)
        ]  # fmt: skip
        # The line that speaks of a file comes once its name is sure.
        assert not mine or forced < min(lines, default=len(after))


def test_a_loss_of_power_at_any_moment_leaves_the_old_or_the_new(run, tmp_path):
    root, calls = run
    before, after = read(root / "before"), read(root / "out")
    assert outputs(before).keys() == outputs(after).keys()
    press = Press(root / "notebooks", root / "data", tmp_path, version="1", engine=WARM,
                  formats=("html",))  # fmt: skip
    seen = 0
    for number, left in power["losses"](root / "before", calls):
        for name in outputs(before):
            assert left.get(name) in (before[name], after[name]), (number, name)
        shutil.rmtree(tmp_path)
        for name, body in left.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
        for status in states(REPORTS, press):
            mine = [name for name in outputs(after) if status.report.id in name]
            new = [left[name] == after[name] for name in mine]
            assert status.state in ("fresh", "stale")
            assert (status.state == "stale") or all(new), (number, status)
        seen += 1
    assert seen > 30


def test_what_a_run_ended_with_no_loss_of_power_takes_back(run):
    root, calls = run
    sure, there = power["sure_at_the_end"](root / "before", calls), read(root / "out")
    logs = [name for name in sure | there if name.startswith("journaux")]  # nobody waits for them
    for name in logs:
        sure.pop(name, None), there.pop(name, None)
    assert logs and sure == there
    assert [name for name in read(root / "out") if name.endswith(".partiel")] == []
    press = Press(root / "notebooks", root / "data", root / "out", version="1", engine=WARM)
    assert {one.state for one in states(REPORTS, replace(press, formats=("html",)))} == {"fresh"}
