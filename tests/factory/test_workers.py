"""What goes wrong in the processes that make reports, each fault injected into a real one."""

import json
import multiprocessing
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import nbformat
import psutil
import pytest

from dts_research.reports.manifest import Manifest
from dts_research.reports.plan import Report
from dts_research.reports.pool import make_reports
from dts_research.reports.press import KERNEL, WARM
from dts_research.reports.processes import end_below
from dts_research.reports.workers import fitted

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="processes are followed on Linux"
)
TERRITORY = 'territory: str = ""  # code'


def make(press, write_notebook, *cells, codes=("01", "13"), engine=WARM, **options):
    write_notebook(press.notebooks / "essai.ipynb", *cells, parameters=TERRITORY)
    some = [Report(f"essai-{code}", "essai.ipynb", code) for code in codes]
    return make_reports(some, replace(press, engine=engine), progress=False, **options)


def text_of(press, code):
    kept = nbformat.read(press.out / "carnets" / f"essai-{code}.ipynb", 4)
    return "".join(
        one.text for cell in kept.cells for one in cell.get("outputs", []) if "text" in one
    )


def log_of(press, name):
    return (press.out / "journaux" / f"{name}.log").read_text("utf-8")


def test_a_report_whose_process_is_killed_is_tried_once_again(press, write_notebook, tmp_path):
    cell = (
        "import os, pathlib\n"
        f"seen = pathlib.Path({str(tmp_path)!r}, 'vu-' + territory)\n"
        "if territory == '13' and not seen.exists():\n"
        "    seen.touch(); os.kill(os.getpid(), 9)\n"
        "print('fait')"
    )
    outcome = make(press, write_notebook, cell)
    assert sorted(outcome.made) == ["essai-01", "essai-13"] and outcome.failed == {}
    assert text_of(press, "13") == "fait\n"
    (run,) = (press.out / "journaux" / "executions").glob("2*.log")
    said = "essai-13 : le programme qui le faisait s'est arrêté net ; nouvel essai"
    assert run.read_text("utf-8").count(said) == 1


def test_what_fills_the_disk_is_stopped_and_the_disk_freed(
    press, write_notebook, tmp_path, monkeypatch
):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    cell = (
        "import tempfile, os\n"
        "if territory == '13':\n"
        "    handle, name = tempfile.mkstemp()\n"
        "    os.write(handle, b'x' * 1_000_000)\n"
        "    os.lseek(handle, 1 << 30, 0)\n"
        "    os.write(handle, b'x')"
    )
    outcome = make(press, write_notebook, cell)
    assert outcome.made == ("essai-01",)
    assert outcome.failed["essai-13"].startswith("La cellule 3 du carnet a échoué : OSError: ")
    assert [one for one in (tmp_path / "tmp").iterdir() if not one.name.startswith("pymp-")] == []


STUB = """
import os, pathlib, sys
count = pathlib.Path({count!r})
tries = int(count.read_text() or 0) + 1
count.write_text(str(tries))
if tries <= {failing}:
    sys.exit(1)
os.execv({python!r}, [{python!r}, "-m", "ipykernel_launcher", *sys.argv[1:]])
"""


@pytest.mark.parametrize(("failing", "made"), [(2, True), (3, False)])
def test_a_kernel_that_does_not_start_is_asked_for_three_times(
    press, write_notebook, tmp_path, monkeypatch, failing, made
):
    count = tmp_path / "essais"
    count.write_text("")
    folder = tmp_path / "jupyter" / "kernels" / "python3"
    folder.mkdir(parents=True)
    stub = STUB.format(count=str(count), failing=failing, python=sys.executable)
    (folder / "stub.py").write_text(stub, "utf-8")
    argv = [sys.executable, str(folder / "stub.py"), "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "P", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec), "utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    outcome = make(press, write_notebook, "print(1)", codes=("01",), engine=KERNEL)
    assert bool(outcome.made) is made and count.read_text() == "3"
    assert log_of(press, "essai-01").count("le noyau n'a pas démarré") == 2
    if not made:
        assert outcome.failed["essai-01"].startswith("Le carnet n'a pas pu être exécuté : ")


LEAVES = """
import pathlib, subprocess
hidden = ["setsid", "env", "-i", "sh", "-c", "sleep 300 & echo $$ $!; wait"]
one = subprocess.Popen(hidden, stdout=subprocess.PIPE, start_new_session=True)
twice = "import os, time\\nif os.fork(): os._exit(0)\\nos.setsid()\\nif os.fork(): os._exit(0)\\n"
twice += "print(os.getpid(), flush=True)\\ntime.sleep(300)"
import sys
two = subprocess.Popen([sys.executable, "-c", twice], env={}, stdout=subprocess.PIPE)
told = one.stdout.readline() + two.stdout.readline()
"""


@pytest.mark.parametrize("engine", [WARM, KERNEL])
@pytest.mark.parametrize("ending", ["", "import os; os._exit(3)", "import time; time.sleep(300)"])
def test_what_hides_in_a_session_of_its_own_ends_with_its_report(
    press, write_notebook, tmp_path, ending, engine
):
    """No variable of ours, another session, parents that are gone: found all the same."""
    cell = f"{LEAVES}\npathlib.Path({str(tmp_path)!r}, 'pids').write_bytes(told)\n{ending}"
    slow = "sleep(300)" in ending
    press = replace(press, timeout=3 if slow else 600)
    outcome = make(press, write_notebook, cell, codes=("01",), engine=engine)
    assert bool(outcome.made) is not bool(ending)
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 3
    assert [pid for pid in pids if lives(pid)] == []


def lives(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_what_is_not_of_a_report_is_left_alone(press, write_notebook):
    own = subprocess.Popen(["sleep", "300"], start_new_session=True)
    try:
        make(press, write_notebook, "import os\nos.system('sleep 300 &')")
        assert own.poll() is None
    finally:
        own.kill()
        own.wait()


def test_processes_that_multiply_are_all_ended():
    code = (
        "import os, time\n"
        "for n in range(3):\n    if os.fork() == 0: os.setsid(); time.sleep(0.01)\n"
        "print('prêt', flush=True)\ntime.sleep(300)"
    )
    top = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    for _ in range(8):
        top.stdout.readline()
    end_below(os.getpid(), lambda pid: pid == top.pid)
    assert psutil.Process().children(recursive=True) == [] or not lives(top.pid)


@pytest.mark.parametrize("engine", [WARM, KERNEL])
def test_chance_is_that_of_the_report_whatever_the_engine(press, write_notebook, engine):
    cell = "import random, numpy\nprint(random.random(), numpy.random.random())"
    assert make(press, write_notebook, cell, engine=engine).failed == {}
    drawn = [text_of(press, code) for code in ("01", "13")]
    assert drawn == [
        "0.0833190923349253 0.30553206561264357\n",
        "0.5599578273092611 0.36059976843150543\n",
    ]


FEW = """
import resource, sys
from pathlib import Path
import psutil
from dts_research.reports.plan import Report
from dts_research.reports.pool import make_reports
from dts_research.reports.press import Press

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    root, me = Path(sys.argv[1]), psutil.Process()
    press = Press(root / "notebooks", root / "data", root / "out", formats=(), engine="warm")
    some = [Report(f"essai-{n}", "essai.ipynb", str(n)) for n in range(24)]
    make_reports(some[:2], press, progress=False)
    before = me.num_fds(), me.num_threads(), len(me.children(recursive=True))
    outcome = make_reports(some, press, progress=False, workers=3)
    after = me.num_fds(), me.num_threads(), len(me.children(recursive=True))
    print(len(outcome.made), len(outcome.failed), before == after, before, after)
"""


def test_few_descriptors_are_enough_for_many_reports(press, write_notebook):
    root = press.out.parent
    write_notebook(press.notebooks / "essai.ipynb", "print(territory)", parameters=TERRITORY)
    (root / "script.py").write_text(FEW, "utf-8")
    done = subprocess.run(
        [sys.executable, root / "script.py", root], capture_output=True, text=True, timeout=300
    )
    assert done.stdout.startswith("22 0 True"), done.stdout + done.stderr[-1000:]


def test_the_log_of_a_report_tells_what_failed_without_names_nor_paths(press, write_notebook):
    away = "/" + "home/marie/secret/fichier.csv"
    cells = (
        "import sys\nprint('Mme Sophie Martin est absente', file=sys.stderr)",
        f"import json\njson.loads('Jean Dupont {away}')",
        "open('/" + "home/marie/secret/fichier.csv')",
    )
    make(press, write_notebook, *cells, codes=("01",))
    text = log_of(press, "essai-01")
    assert "cellule 3 : " in text and "cellule 4 : " in text and "cellule 5" not in text
    assert "[nom masqué] est absente" in text and "JSONDecodeError" in text
    assert "en échec en " in text.splitlines()[-1]
    for hidden in ("Sophie", "Dupont", "marie", sys.prefix, str(Path.home()), "\x1b"):
        assert hidden not in text
    folder = press.out / "journaux"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_log_of_a_run_tells_the_data_the_programs_and_each_report(press, write_notebook):
    press = replace(press, digest="empreinte-1")
    make(press, write_notebook, "if territory == '13': [][1]", workers=2)
    runs = press.out / "journaux" / "executions"
    (log,) = runs.glob("2*.log")
    text = log.read_text("utf-8")
    assert "début : 2 demandés, 2 à faire ; 2 à la fois ; moteur warm" in text
    assert "empreinte des données empreinte-1, du programme 1" in text
    assert "pandas 3." in text and "    essai-01 : jamais fait" in text
    assert "essai-01 : fait en " in text and "essai-13 : en échec en " in text
    assert text.splitlines()[-1].endswith("fin : 2 essayés")
    for n in range(30):
        (runs / f"2020-01-01T00-00-{n:02}Z-1.log").touch()
    make(press, write_notebook, "1", codes=())
    assert len([*runs.glob("2*.log")]) == 20 and log.exists()


def test_a_failure_keeps_the_former_version_and_its_line_says_so(press, write_notebook):
    make(press, write_notebook, "print(1)", codes=("01",))
    manifest = Manifest(press.out)
    dated = replace(manifest.read()["essai-01"], made_at="2026-11-02T10:00:00+00:00")
    manifest.record(dated)
    make(press, write_notebook, "print(1 / 0)", codes=("01",))
    entry = manifest.read()["essai-01"]
    assert (entry.state, entry.made_at) == ("failed", dated.made_at)
    page = (press.out / "index.html").read_text("utf-8").replace("\u00a0", " ")
    assert "En échec : La cellule 3 du carnet a échoué : ZeroDivisionError" in page
    assert "La version du 2 novembre 2026 reste en place." in page
    assert text_of(press, "01") == "1\n"


def test_a_report_that_hangs_costs_its_limit_and_its_margin(press, write_notebook):
    begun = time.monotonic()
    outcome = make(
        replace(press, timeout=1), write_notebook,
        "import subprocess\nif territory == '13': subprocess.run(['sleep', '300'])",
    )  # fmt: skip
    assert outcome.made == ("essai-01",) and time.monotonic() - begun < 30
    assert outcome.failed["essai-13"] == "La cellule 3 du carnet n'a pas fini dans le temps donné"


def test_where_sockets_would_have_names_too_long_an_ordinary_kernel_serves(press, monkeypatch):
    monkeypatch.setattr(multiprocessing.process.current_process(), "_config", {"tempdir": "/" * 90})
    assert fitted(replace(press, engine=WARM)).engine == KERNEL
    monkeypatch.setattr(multiprocessing.process.current_process(), "_config", {"tempdir": "/tmp"})
    assert fitted(replace(press, engine=WARM)).engine == WARM
