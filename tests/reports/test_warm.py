"""The warm engine: the same executed notebook as an ordinary kernel, and limits that hold."""

import copy
import json
import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from papermill import execute_notebook
from papermill.engines import papermill_engines

from dts_research.reports import warm
from dts_research.reports.notebooks import merged
from dts_research.reports.plan import Report
from dts_research.reports.playing import played
from dts_research.reports.pool import make_reports
from dts_research.reports.press import KERNEL, WARM

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="processes cannot be forked on this system"
)
TERRITORY = 'territory: str = ""  # code'
# One cell each: what notebooks do, and what they leave.
CELLS = {
    "a value": "1 + 1",
    "both streams": "import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')",
    "nothing shown": "x = 3;",
    "a table": "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "a figure": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('Évry');",
    "a figure by a magic": "%matplotlib inline\nplt.figure(figsize=(2, 1)); plt.plot([2, 1])",
    "rich outputs": "from IPython.display import HTML, Markdown, display\n"
    "display(HTML('<b>é</b>'), Markdown('*a*'))\nHTML('<i>z</i>')",
    "an update": "h = display('avant', display_id='k')\nh.update('après')",
    "a later update": "h.update({'text/plain': 'plus tard'}, raw=True)",
    "a clearing": "from IPython.display import clear_output\nprint('x')\nclear_output(wait=True)\n"
    "print('y')",
    "a wait": "import asyncio\nawait asyncio.sleep(0)\nasyncio.get_running_loop().is_running()",
    "a task begun": "import asyncio\ndone = []\nasync def later():\n    done.append(1)\n"
    "    await asyncio.sleep(0)\n    done.append(2)\ntask = asyncio.create_task(later())\n"
    "asyncio.get_event_loop().call_later(0, done.append, 'appel');",
    "a task ended": "sorted(map(str, done)), task.done()",
    "another way of reading cells": "ip = get_ipython()\nip.run_cell(\"print('FOO')\")\n"
    "ip.input_transformers_cleanup.append(lambda ls: [l.replace('FO' + 'O', 'BAR') for l in ls])\n"
    "ip.run_cell(\"print('FOO')\")\nip.input_transformers_cleanup.pop();",
    "JSON shown": "display({'application/json': {'a': [1, None]}, 'text/plain': 'a'}, raw=True)",
    "a shell": "!echo bonjour",
    "another program": "import os\nos.system('echo brut')",
    "capture": "%%capture seen\nprint('caché')",
    "captured": "seen.stdout",
    "history": "_, __, Out[1], len(In)",
    "who am I": "__name__, get_ipython().__class__.__name__, get_ipython().kernel is not None",
    "a widget": "import ipywidgets\nipywidgets.IntSlider(3)",
    "a display of ours": "class A:\n"
    "    def _repr_mimebundle_(self, **k): return {'text/html': 'é', 'application/json': {1: (2,)}}"
    "\nA()",
    "where": "import os, sys\nos.getcwd() == os.path.realpath('.'), sys.stdin is None",
    "a pickle": "import pickle\ndef f(): return 2\npickle.loads(pickle.dumps(f))()",
    "a warning": "import warnings\nwarnings.warn('attention')",
    "bytes": "display({'image/png': b'\\x89PNG'}, raw=True)",
    "a bare expression of nothing": "None",
    "random": "import random, numpy\nrandom.random() != numpy.random.random()",
    "empty": "",
}
ERRORS = {
    "an error": "1 / 0",
    "a wrong line": "def",
    "an exit": "import sys\nsys.exit()",
    "an exit with a reason": "raise SystemExit('non')",
    "an input": "input('?')",
    "a number for a text": "display({'text/plain': 3}, raw=True)",
    "nothing for a text": "display({'text/plain': None}, raw=True)",
    "a mapping for a page": "display({'text/html': {'a': 1}}, raw=True)",
}


def book(*cells):
    made = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "P"}}
    )
    made.cells = [
        nbformat.v4.new_markdown_cell("# Question"),
        *map(nbformat.v4.new_code_cell, cells),
    ]
    return made


# The warm engine as reports are made: its kernel built ahead, papermill's own steps left out.
AHEAD = "ahead"


def run(notebook, engine):
    """Execute with an engine; give what stands in the notebook, times and paths apart."""
    papermill_engines.register(warm.NAME, warm.WarmEngine)
    options = {"engine_name": warm.NAME} if engine == WARM else {}
    notebook = copy.deepcopy(notebook)
    try:
        if engine == AHEAD:
            warm.prepare()
            notebook = played(notebook, {}, own=False)
        else:
            notebook = execute_notebook(
                notebook, None, {}, kernel_name="python3", progress_bar=False, **options
            )
        said = ""
    except Exception as error:
        said = f"{getattr(error, 'ename', type(error).__name__)}: {getattr(error, 'evalue', '')}"
    told = [(cell.get("execution_count"), shown(cell)) for cell in notebook.cells]
    return said, told, notebook.metadata.get("language_info")


def shown(cell):
    found = []
    for one in merged(cell.get("outputs", [])):
        text = re.sub("0x[0-9a-f]+", "0x", str(dict(one)))
        if one.get("name") == "stderr" and "Warning" in text:
            text = "a warning"
        found.append(text if "widget" not in text else "a widget")
    return found


PROGRAM = """
import json, sys
sys.path.insert(0, sys.argv[1])
from test_warm import CELLS, ERRORS, book, run
books = [list(CELLS.values())] + [["1", code, "2"] for code in ERRORS.values()]
print("@@" + json.dumps([run(book(*cells), sys.argv[2]) for cells in books]))
"""


@pytest.fixture(scope="module")
def both():
    """Executed by both engines, each in a process of its own."""
    here = str(Path(__file__).parent)
    found = {}
    for engine in (WARM, AHEAD, KERNEL):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, here, engine], capture_output=True, text=True
        )
        assert "@@" in done.stdout, done.stderr[-2000:]
        found[engine] = json.loads(done.stdout.split("@@")[-1])
    return found


@pytest.mark.parametrize("engine", [WARM, AHEAD])
@pytest.mark.parametrize("name", [n for n in CELLS if n != "another program"])
def test_a_cell_gives_the_same_as_in_an_ordinary_kernel(both, name, engine):
    number = 1 + list(CELLS).index(name)
    mine, theirs = (both[one][0] for one in (engine, KERNEL))
    assert mine[0] == theirs[0] == ""
    assert mine[1][number] == theirs[1][number]
    assert name == "empty" or mine[1][number][0]


@pytest.mark.parametrize("engine", [WARM, AHEAD])
@pytest.mark.parametrize("name", ERRORS)
def test_an_error_stops_at_the_same_cell_with_the_same_words(both, name, engine):
    number = 1 + list(ERRORS).index(name)
    mine, theirs = (both[one][number] for one in (engine, KERNEL))
    assert mine == theirs


def test_the_language_is_told_as_a_kernel_tells_it(both):
    assert both[WARM][0][2] == both[AHEAD][0][2] == both[KERNEL][0][2] != None  # noqa: E711


GIVEN, DECLARED = "injected-parameters", "parameters"


@pytest.mark.parametrize(
    "tags",
    [[None, DECLARED, None], [None, DECLARED, GIVEN, None], [GIVEN, None], [None], [DECLARED] * 2],
)
def test_parameters_are_given_where_papermill_gives_them(tags):
    notebook = book(*(f"territory = '{n}'" for n in range(len(tags))))
    for cell, tag in zip(notebook.cells[1:], tags):
        cell.metadata["tags"] = [tag] if tag else []
    mine = played(notebook, {"territory": "13", "share": 0.5, "all": True}, own=False)
    theirs = execute_notebook(
        notebook, None, {"territory": "13", "share": 0.5, "all": True}, prepare_only=True,
        progress_bar=False, language="python",
    )  # fmt: skip
    told = [(c.source, c.metadata.get("tags", [])) for c in mine.cells]
    assert told == [(c.source, c.metadata.get("tags", [])) for c in theirs.cells]
    assert sum("13" in source for source, _ in told) == 1


def test_a_notebook_that_failed_once_is_not_failed_for_ever():
    notebook = book("1 + 1")
    notebook.cells[1].metadata["papermill"] = {"exception": True}
    assert played(notebook, {}, own=False).cells[1].outputs[0].data["text/plain"] == "2"


def test_an_older_notebook_is_kept_as_one_that_holds_its_parameters():
    notebook = book("territory = ''", "territory")
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        del cell["id"]
    notebook.cells[1].metadata["tags"] = [DECLARED]
    made = played(notebook, {"territory": "13"}, own=False)
    nbformat.validate(made)
    assert (made.nbformat_minor, made.cells[-1].outputs[0].data["text/plain"]) == (5, "'13'")


def test_a_kernel_built_ahead_knows_where_it_is(tmp_path, monkeypatch):
    warm.prepare()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    code = "import os\nprint(_dh == [os.path.realpath('.')] or [str(p) for p in _dh])\n"
    code += "ip = get_ipython()\nprint(ip.ipython_dir, ip.profile_dir.location, ip.starting_dir)"
    ran = played(book(code), {}, own=False)
    told = "".join(one.text for one in ran.cells[1].outputs).split("\n")
    assert str(tmp_path.resolve()) in told[0]
    inside = str(tmp_path / "ipython")
    assert told[1].split() == [inside, f"{inside}/profile_default", str(tmp_path.resolve())]
    assert "__main__" in sys.modules and sys.modules["__main__"] is not ran


def make(press, *cells, timeout=600, **options):
    nb = press.notebooks / "essai.ipynb"
    made = book(*cells)
    made.cells.insert(1, nbformat.v4.new_code_cell(TERRITORY, metadata={"tags": ["parameters"]}))
    nbformat.write(made, nb)
    some = [Report(f"essai-{code}", nb.name, code) for code in ("01", "13")]
    press = replace(press, engine=WARM, timeout=timeout, **options)
    return make_reports(some, press, progress=False, workers=2)


def text_of(press, code="01"):
    kept = nbformat.read(press.out / "carnets" / f"essai-{code}.ipynb", 4)
    return "".join(
        one.text for cell in kept.cells for one in cell.get("outputs", []) if "text" in one
    )


ONLY_13 = "if territory == '13':\n    "
FAULTS = {
    "a wait without end": ("import time; time.sleep(600)", "n'a pas fini dans le temps donné"),
    "a loop that ignores signals": (
        "import signal; signal.signal(15, signal.SIG_IGN)\n    while True: pass",
        "n'a pas fini dans le temps donné",
    ),
    "a stopped process": ("import os; os.kill(os.getpid(), 19)", "n'a pas fini"),
    "an abrupt end": ("import os; os._exit(3)", "arrêté net"),
    "a kill": ("import os; os.kill(os.getpid(), 9)", "arrêté net"),
    "a segmentation fault": ("import ctypes; ctypes.string_at(0)", "arrêté net"),
    "too much memory": ("x = bytearray(64 << 30)", "mémoire insuffisante"),
    "half of a sign": (r"raise ValueError('\ud800')", "La cellule 3 du carnet a échoué"),
    "a question": ("input('Combien ?')", "personne ne répond pendant qu'un rapport se fait"),
    "a file too large": (
        "import os; f = open('gros', 'wb'); f.seek(2 << 30); f.write(b'x'); f.flush()",
        "OSError",
    ),
    "an error": ("1 / 0", "La cellule 3 du carnet a échoué : ZeroDivisionError: division by zero"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_costs_its_own_report_only(press, name):
    code, said = FAULTS[name]
    outcome = make(press, ONLY_13 + code, timeout=1 if "n'a pas fini" in said else 600)
    assert outcome.made == ("essai-01",)
    assert said in outcome.failed["essai-13"]
    if "n'a pas fini" in said:
        assert outcome.failed["essai-13"].startswith("La cellule 3 du carnet")
    (press.notebooks / "gros").unlink(missing_ok=True)


def test_a_notebook_that_leaves_before_its_end_says_so(press):
    outcome = make(press, ONLY_13 + "exit()", "print('ensuite')")
    assert outcome.made == ("essai-01",)
    assert outcome.failed["essai-13"].startswith("Le carnet s'est arrêté avant sa fin")


def test_a_notebook_may_share_its_work_between_processes(press):
    code = "import multiprocessing\nwith multiprocessing.Pool(1) as p: print(p.map(abs, [-1]))"
    assert make(press, code).failed == {}
    assert text_of(press) == "[1]\n"


def test_what_floods_its_output_is_cut_and_says_so(press):
    outcome = make(press, "for n in range(40): print('x' * 1_000_000)", "print('ensuite')")
    assert outcome.failed == {}
    text = text_of(press)
    assert "[Sortie coupée : plus de 5 Mo dans une cellule.]" in text
    assert len(text) < 5_200_000 and text.endswith("ensuite\n")


def test_what_another_program_writes_is_kept(press):
    make(press, "import os\nos.system('echo brut');")
    assert text_of(press) == "brut\n"


def test_programs_left_behind_end_with_their_report(press, tmp_path):
    code = (
        "import subprocess, pathlib\n"
        "one = subprocess.Popen(['sleep', '300'])\n"
        "two = subprocess.Popen(['sleep', '300'], start_new_session=True)\n"
        f"pathlib.Path({str(tmp_path)!r}, territory).write_text(f'{{one.pid}} {{two.pid}}')"
    )
    assert make(press, code).failed == {}
    pids = [int(pid) for path in tmp_path.glob("[01]*") for pid in path.read_text().split()]
    assert len(pids) == 4
    limit = time.monotonic() + 5
    while any(map(_runs, pids)) and time.monotonic() < limit:
        time.sleep(0.05)
    assert not any(map(_runs, pids))


def _runs(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_reports_share_nothing(press):
    """Each of the two leaves its mark everywhere it can, and looks for the other's."""
    look = (
        "import os, sys, json, random, numpy, builtins, tempfile\n"
        "seen = [getattr(json, 'mark', ''), os.environ.get('MARK', ''),"
        " getattr(builtins, 'mark', ''), os.path.basename(os.getcwd()),"
        " len(os.listdir(tempfile.gettempdir()))]\n"
        "json.mark = os.environ['MARK'] = builtins.mark = territory\n"
        "tempfile.mkstemp(); import matplotlib; matplotlib.rcParams['font.size'] = 99\n"
        "os.chdir('/')\nprint(seen[:4])"
    )
    assert make(press, look).failed == {}
    assert text_of(press, "01") == text_of(press, "13") == "['', '', '', 'notebooks']\n"


def test_no_process_nor_temporary_file_is_left(press, monkeypatch, tmp_path):
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    make(press, "import tempfile\ntempfile.mkstemp(); tempfile.mkdtemp();")
    left = [path.name for path in folder.iterdir() if not path.name.startswith("pymp-")]
    assert left == []
