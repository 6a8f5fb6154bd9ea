"""The engine of the PDFs that crashes, is missing or is slow; a disk that is slow."""

import os
import shutil
import subprocess
import sys

import pytest

from dts_research.reports.manifest import Manifest

TERRITORY = 'territory: str = ""  # code'
RUN = """
import sys
from pathlib import Path
from dts_research.reports import workers
from dts_research.reports.plan import Report
from dts_research.reports.pool import make_reports
from dts_research.reports.press import WARM, Press

if __name__ == "__main__":
    root, timeout = Path(sys.argv[1]), int(sys.argv[2])
    workers.MARGIN = 1.0
    some = [Report("essai-01", "essai.ipynb", "01")]
    press = Press(root / "notebooks", root / "data", root / "out", version="1", engine=WARM,
                  formats=tuple(sys.argv[3:]), timeout=timeout)
    done = make_reports(some, press, progress=False, workers=1)
    print(done.failed.get("essai-01", "fait"))
"""
# In place of the engine, from the moment it is asked to print.
STUB = """
import os
class TypstError(Exception): pass
class Panic(BaseException): pass
class Fonts:
    def __init__(self, **_): pass
def compile_with_warnings(*_, **__):
    {}
"""
STUBS = {
    "crashes": STUB.format("os.kill(os.getpid(), 11)"),
    "is missing": "raise ModuleNotFoundError('no', name='typst')",
    "panics": STUB.format("raise Panic('aucune police')"),
}
SAID = {
    "crashes": "le moteur des PDF s'est arrêté net",
    "is missing": "il manque « typst » dans l'installation",
    "panics": "aucune police",
}


def run(root, *given, before=(), path=""):
    (root / "run.py").write_text(RUN, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [path, sys.path[0]]))}
    environment["PYTHONPATH"] += os.pathsep + os.environ.get("PYTHONPATH", "")
    command = [*before, sys.executable, root / "run.py", root, *given]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


@pytest.mark.parametrize("fault", STUBS)
def test_a_page_is_kept_when_the_engine_of_the_pdfs(fault, press, write_notebook):
    root = press.out.parent
    (root / "stub").mkdir()
    (root / "stub" / "typst.py").write_text(STUBS[fault], encoding="utf-8")
    write_notebook(press.notebooks / "essai.ipynb", "print('vu')", parameters=TERRITORY)
    said = run(root, "60", "html", "pdf", path=str(root / "stub"))
    assert said == f"Rapport incomplet : le format PDF A4 n'a pas pu être écrit : {SAID[fault]}"
    entry = Manifest(press.out).read()["essai-01"]
    assert (entry.state, list(entry.outputs)) == (
        "failed", ["essai-01.html", "carnets/essai-01.ipynb", "carnets/essai-01.manifest.json"],
    )  # fmt: skip
    page = (press.out / "essai-01-echec.html").read_text("utf-8")
    assert "Ce rapport n’a pas pu être fait en entier" in page
    assert "Ce qui a pu être fait le" in page and 'href="essai-01.html"' in page
    told = {"journaux", ".en-cours"}
    assert sorted(path.name for path in press.out.iterdir() if path.name not in told) == [
        "carnets", "essai-01-echec.html", "essai-01.html", "index.html", "manifest.jsonl",
    ]  # fmt: skip
    if fault == "crashes":  # with an engine that works again, all of it is made
        assert run(root, "60", "html", "pdf") == "fait"
        assert (press.out / "essai-01.pdf").read_bytes().startswith(b"%PDF")
        assert not (press.out / "essai-01-echec.html").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the disk is slowed down on Linux")
def test_a_slow_disk_is_not_a_report_that_hangs(press, write_notebook, require):
    """Each file takes a third of the time given to one cell: together they take far more."""
    strace = require(shutil.which("strace"), "strace is not there")
    allowed = subprocess.run([strace, "-qq", "-o", os.devnull, "true"], capture_output=True)
    require(allowed.returncode == 0, "this machine does not let strace look at a process")
    write_notebook(press.notebooks / "essai.ipynb", "print('vu')", parameters=TERRITORY)
    slow = [strace, "-f", "--seccomp-bpf", "-qq", "-o", os.devnull, "-etrace=fsync",
            "-einject=fsync:delay_enter=3000000"]  # fmt: skip
    assert run(press.out.parent, "8", "html", "extras", before=slow) == "fait"
