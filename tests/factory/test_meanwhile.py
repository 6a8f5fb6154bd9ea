"""What changes during a run, and clocks that lie: nothing made from two states passes for fresh."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta

import pandas as pd
import pytest

from dts_research.cli.making import Order, make
from dts_research.reports.manifest import Manifest
from dts_research.reports.plan import Report
from dts_research.reports.pool import make_reports
from dts_research.reports.press import WARM

TERRITORY = 'territory: str = ""  # code'
PLAN = '[[report]]\nid = "essai"\nnotebook = "essai.ipynb"\n'
PLAN += PLAN.replace('"essai"', '"autre"')
# The first report made receives a file before it reads, as somebody would in another window.
RECEIVING = """
from pathlib import Path
from dts_research.workbook import open_workbook
from dts_research.workbook.arrival import receive_files
book, late = open_workbook(), Path({late!r})
here = sorted(late.parent.glob("once-*"))
if not here:
    (late.parent / "once-done").touch()
    receive_files(book, [late])
print(len(open_workbook().frames("experiences")[0]))
"""


@pytest.fixture
def book(new_book, demo_inbox, write_notebook, tmp_path):
    """A workbook with one experience, whose notebooks receive the second one while they run."""
    sheet = next(path for path in demo_inbox if path.stem == "experiences")
    rows = pd.read_csv(sheet, dtype=str)
    book = new_book("pendant", experiences=rows.iloc[[0]])
    late = tmp_path / "experiences_2.csv"
    rows.iloc[[1]].to_csv(late, index=False)
    folder = book.workspace.data.parent / "notebooks"
    folder.mkdir()
    (folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    write_notebook(folder / "essai.ipynb", RECEIVING.format(late=str(late)), parameters=TERRITORY)
    return book


def test_what_was_made_while_a_file_was_received_is_made_again_at_once(book):
    order = Order(formats="web", workers=1)
    made = make(book, [], order)
    assert made.outcome.failed == {} and made.outcome.overtaken == {}
    assert sorted(made.outcome.made) == ["autre", "essai"]
    index = (book.workspace.reports / "index.html").read_text("utf-8")
    assert "à refaire" not in index
    assert sorted(make(book, [], order).outcome.skipped) == ["autre", "essai"]
    journals = (book.workspace.reports / "journaux").glob("executions/*.log")
    told = "".join(path.read_text("utf-8") for path in journals)
    assert "les données ont changé pendant la fabrication" in told


def test_what_changes_at_each_turn_is_said_to_be_made_again(book, write_notebook):
    """A notebook that writes each time is never up to date: said, not tried for ever."""
    kept = book.workspace.data / "commentary" / "vues.jsonl"
    kept.parent.mkdir(exist_ok=True)
    code = f"open({str(kept)!r}, 'a').write('{{}}\\n')"
    write_notebook(book.workspace.notebooks / "essai.ipynb", code, parameters=TERRITORY)
    made = make(book, [], Order(formats="web", workers=1))
    assert made.outcome.overtaken
    assert any("pendant que quelque chose changeait" in line for line in made.lines())
    index = (book.workspace.reports / "index.html").read_text("utf-8")
    assert "à refaire" in index


PROGRAM = """
import sys
from dataclasses import replace
from pathlib import Path
import dts_research
from dts_research.reports.plan import Report
from dts_research.reports.pool import make_reports
from dts_research.reports.press import WARM, Press

if __name__ == "__main__":
    root = Path(sys.argv[1])
    assert Path(dts_research.__file__).is_relative_to(root)
    some = [Report(f"essai-{code}", "essai.ipynb", code) for code in ("01", "13")]
    press = Press(root / "notebooks", root / "data", root / "out", engine=WARM, formats=())
    done = make_reports(some, press, progress=False, workers=1, again=lambda: press)
    print(sorted(done.made), done.overtaken)
"""


def test_what_was_made_while_the_program_changed_is_to_be_made_again(press, write_notebook, root):
    here = press.out.parent
    shutil.copytree(root / "dts_research", here / "dts_research")
    (here / "run.py").write_text(PROGRAM, encoding="utf-8")
    touched = here / "dts_research" / "reports" / "templates" / "report.css"
    code = f"if territory == '01':\n    open({str(touched)!r}, 'a').write('/* autre */')"
    write_notebook(press.notebooks / "essai.ipynb", code, parameters=TERRITORY)

    def run():
        command = [sys.executable, here / "run.py", here]
        environment = os.environ | {"PYTHONPATH": str(here)}
        return subprocess.run(command, env=environment, capture_output=True, text=True).stdout

    assert run() == (
        "['essai-01', 'essai-13'] {'essai-01': 'la mise en page a changé', "
        "'essai-13': 'la mise en page a changé'}\n"
    )
    write_notebook(press.notebooks / "essai.ipynb", "1", parameters=TERRITORY)
    assert run() == "['essai-01', 'essai-13'] {}\n"
    assert run() == "[] {}\n"


def test_a_notebook_saved_while_it_is_run_is_run_again(press, write_notebook):
    path = press.notebooks / "essai.ipynb"
    code = (
        f"p = {str(path)!r}\ntext = open(p).read()\nopen(p, 'w').write(text.replace('x=1', 'x=2'))"
    )
    write_notebook(path, code, "print('x=1')", parameters=TERRITORY)
    some, warm = [Report("essai-01", path.name, "01")], replace(press, engine=WARM)
    outcome = make_reports(some, warm, progress=False)
    assert outcome.overtaken == {"essai-01": "le carnet a changé"}
    assert make_reports(some, warm, progress=False).overtaken == {}


CLOCK = """
import json, sys
from datetime import datetime
from pathlib import Path
import nbformat
from dts_research.reports.manifest import Manifest
from dts_research.reports.plan import Report
from dts_research.reports.pool import make_reports
from dts_research.reports.press import Press
from dts_research.reports.run import attempt
from dts_research.reports.writing import written

if __name__ == "__main__":
    root = Path(sys.argv[1])
    report = Report(sys.argv[2], "essai.ipynb", "01")
    press = Press(root / "notebooks", root / "data", root / "out", version="1")
    if sys.argv[3] == "write":  # what follows the run of a notebook: no process is started
        entry = written(attempt(report, press), report, nbformat.v4.new_notebook(), press,
                        told=lambda: None)
        Manifest(press.out).record(entry)
    done = make_reports([report], press, progress=False)
    print(json.dumps([list(done.made), list(done.skipped), str(datetime.now())]))
"""
CLOCKS = [("+1d", "UTC"), ("-1d", "UTC"), ("@2026-03-29 01:59:58", "Europe/Paris"),
          ("@2026-10-25 02:59:58", "Europe/Paris"), ("+0", "Pacific/Kiritimati")]  # fmt: skip


def test_clocks_that_jump_make_nothing_again_and_dates_are_of_no_place(
    press, write_notebook, require
):
    faketime = require(shutil.which("faketime"), "faketime is not there")
    here = press.out.parent
    (here / "run.py").write_text(CLOCK, encoding="utf-8")
    write_notebook(press.notebooks / "essai.ipynb", "1", parameters=TERRITORY)

    def run(name, mode, when="+0", zone="UTC"):
        command = [faketime, "-f", when, sys.executable, here / "run.py", here, name, mode]
        done = subprocess.run(
            command, env=os.environ | {"TZ": zone}, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)

    assert run("essai-01", "write")[1] == ["essai-01"]
    before = Manifest(press.out).read()["essai-01"]
    for when, zone in CLOCKS:
        assert run("essai-01", "look", when, zone)[:2] == [[], ["essai-01"]]
    assert Manifest(press.out).read()["essai-01"] == before
    # Made by a clock that is a day late, it is as fresh as any other, and its date is in UTC.
    _, skipped, there = run("essai-13", "write", "-1d", "Pacific/Kiritimati")
    assert skipped == ["essai-13"]
    late = datetime.fromisoformat(Manifest(press.out).read()["essai-13"].made_at)
    assert late.utcoffset() == timedelta(0)
    gap = datetime.fromisoformat(there) - timedelta(hours=14) - late.replace(tzinfo=None)
    assert timedelta(0) <= gap < timedelta(minutes=10)
    assert datetime.fromisoformat(before.made_at) - late > timedelta(hours=23)
    assert run("essai-13", "look")[1] == ["essai-13"]
