"""``dts report`` while it runs: a second one, a request to stop, a withdrawal that arrives."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import nbformat
import pandas as pd
import psutil
import pytest
from click.testing import CliRunner

from dts_research.cli import main
from dts_research.reports.manifest import Manifest
from dts_research.workbook.arrival import receive_files

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")
PLAN = "".join(
    f'[[report]]\nid = "essai-{n}"\nnotebook = "essai.ipynb"\nparameters = {{ place = "{n}" }}\n'
    for n in ("01", "13", "71")
)
PLACE = 'place: str = ""  # lieu'
WAIT = """
import os, pathlib, time
pathlib.Path(f"pid-{place}").write_text(str(os.getpid()))
while place != "01" and not pathlib.Path("suite").exists(): time.sleep(0.02)
"""
READ = """
from dts_research import open_workbook
book = open_workbook()
print(sorted(book.frames("experiences")[0]["title"]))
"""
TOKEN = "Verger-zq81"
CONSENT = (
    "Identifiant du consentement;Table;Enregistrement;Niveau;Donné le;Retiré le\n"
    "C-1;experiences;F-1;analysis;01/01/2023;01/01/2024\n"
)


@pytest.fixture
def book(new_book, write_notebook):
    """A workbook of two sheets, and a notebook that waits until it is told to go on."""
    sheets = {"Identifiant de la fiche": ["F-1", "F-2"], "Titre": [TOKEN, "Une laverie"]}
    made = new_book("petit", experiences=pd.DataFrame(sheets))
    folder = made.workspace.notebooks
    folder.mkdir()
    (folder / "plan.toml").write_text(PLAN, "utf-8")
    write_notebook(folder / "essai.ipynb", READ, WAIT, parameters=PLACE)
    return made


def dts(book, *words):
    command = [sys.executable, "-c", "from dts_research.cli import main; main()"]
    command += ["--workbook", str(book.workspace.data), *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process):
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def begun(book, process):
    """Wait until the first report is made, and the others wait; give their processes."""
    limit = time.monotonic() + 200
    while len(found := list(book.workspace.notebooks.glob("pid-*"))) < 3:
        assert time.monotonic() < limit and process.poll() is None, process.stderr.read()
        time.sleep(0.02)
    time.sleep(0.1)
    return [int(path.read_text() or 0) for path in found]


@pytest.mark.parametrize(("sent", "code"), [("SIGTERM", 143), ("SIGINT", 130)])
def test_a_run_that_is_stopped_says_so_and_is_taken_up_again(book, sent, code):
    first = dts(book, "report", "--formats", "html", "--workers", "2")
    pids = begun(book, first)
    if sent == "SIGTERM":
        _refused_beside(book, first)
    asked = time.monotonic()
    first.send_signal(signal.Signals[sent])
    returned, _, err = ended(first)
    assert returned == code and time.monotonic() - asked < 5
    assert err.rstrip().endswith(
        "Interrompu : 1 rapport fait et gardé, 2 à faire. La même commande reprendra le travail."
    ), err
    assert "Traceback" not in err and not any(map(lives, pids))
    page = (book.workspace.reports / "index.html").read_text("utf-8").replace("\u00a0", " ")
    assert "1 à jour" in page.replace("\u202f", " ") and "2 à faire" in page
    (book.workspace.notebooks / "suite").touch()
    returned, out, err = ended(dts(book, "report", "--formats", "html"))
    assert (returned, "2 rapports faits, 1 déjà à jour, 0 en échec" in out) == (0, True), err
    assert "Rapports : 2/2, 1 à jour, reste 00:00" in err
    assert not list(book.workspace.reports.rglob(".*.partiel"))


def _refused_beside(book, first):
    code, out, err = ended(dts(book, "report"))
    assert (code, out) == (2, "")
    assert f"» : processus {first.pid}, depuis " in err
    assert err.startswith("Des rapports sont déjà en cours de fabrication dans « ")
    code, out, _ = ended(dts(book, "list"))
    assert code == 0 and out.count("à jour") == 1 and out.count("à faire") == 2
    assert first.poll() is None


def lives(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_run_that_is_killed_holds_nothing(book):
    first = dts(book, "report", "--formats", "html")
    pids = begun(book, first)
    first.kill()
    first.communicate()
    (book.workspace.notebooks / "suite").touch()
    code, out, err = ended(dts(book, "report", "--formats", "html"))
    assert (code, "0 en échec" in out) == (0, True), err
    limit = time.monotonic() + 60
    while any(map(lives, pids)) and time.monotonic() < limit:
        time.sleep(0.05)
    assert not any(map(lives, pids))


def test_what_is_withdrawn_during_a_run_is_in_none_of_its_reports(book, tmp_path):
    run = dts(book, "report", "--formats", "html,reprise", "--workers", "2")
    begun(book, run)
    reports = book.workspace.reports
    assert TOKEN in _texts(reports / "carnets" / "essai-01.ipynb")
    before = Manifest(reports).read()["essai-01"].digests["data"]
    path = tmp_path / "consents.csv"
    path.write_text(CONSENT, "utf-8")
    _, refused = receive_files(book, [path])
    assert not refused
    (book.workspace.notebooks / "suite").touch()
    code, out, err = ended(run)
    assert (code, "3 rapports faits" in out) == (0, True), err
    entries = Manifest(reports).read()
    assert {entry.state for entry in entries.values()} == {"fresh"}
    assert before not in {entry.digests["data"] for entry in entries.values()}
    files = [one for one in reports.rglob("*") if one.is_file()]
    assert len(files) > 9
    assert [one.name for one in files if TOKEN.encode() in one.read_bytes()] == []
    for name in entries:
        assert "Une laverie" in _texts(reports / "carnets" / f"{name}.ipynb")
    (log,) = (reports / "journaux" / "executions").glob("2*.log")
    assert "les données ont changé pendant la fabrication" in log.read_text("utf-8")
    assert "3\u00a0à jour" in (reports / "index.html").read_text("utf-8")


def _texts(path: Path) -> str:
    cells = nbformat.read(path, 4).cells
    return "".join(one.get("text", "") for cell in cells for one in cell.get("outputs", []))


def here(book, *words):
    return CliRunner().invoke(main, ["--workbook", str(book.workspace.data), *words])


def test_the_list_dates_the_version_that_stands_after_a_failure(book, write_notebook):
    path = book.workspace.notebooks / "essai.ipynb"
    (book.workspace.notebooks / "suite").touch()
    assert here(book, "report", "essai-01", "--formats", "html").exit_code == 0
    manifest = Manifest(book.workspace.reports)
    manifest.record(replace(manifest.read()["essai-01"], made_at="2026-11-02T10:00:00+00:00"))
    write_notebook(path, "1 / 0", parameters=PLACE)
    done = here(book, "report", "essai-01", "--formats", "html")
    assert done.exit_code == 1
    assert "En échec : essai-01 : La cellule 3 du carnet a échoué" in done.stdout
    said = " ".join(here(book, "list").stdout.replace("\u00a0", " ").split())
    assert "en échec La cellule 3 du carnet a échoué : ZeroDivisionError: division by zero" in said
    assert "· la version du 2 novembre 2026 reste en place" in said
    assert os.path.isfile(book.workspace.reports / "essai-01.html")
