"""A report while it is being written: a real server, a real client, real files that change."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner

from dts_research.cli import main
from dts_research.errors import RequestError
from dts_research.reports.preview import Board, renew, serving
from dts_research.reports.watching import stamps

PLAN = '[[report]]\nid = "essai"\nnotebook = "essai.ipynb"\nterritories = ["01"]\n'
RUN = 'with open("joue", "a") as out: out.write("1")'
COMMAND = "from dts_research.cli import main; main(prog_name='dts')"
MARK = "DTS_TEST_OF_PREVIEW"
PATIENCE = 90.0  # seconds given to a busy machine
linux = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="asks the system by /proc")


class Preview:
    """A preview that runs in a process of its own, on a workbook of its own."""

    def __init__(self, folder: Path) -> None:
        self.book, self.temporary = folder / "classeur", Path(mkdtemp(prefix="ap-"))
        mine = {"TMPDIR": str(self.temporary), MARK: str(folder)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, "preview", "01", "--no-browser"], cwd=self.book,
            env=os.environ | mine, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
        assert self.process.stderr
        self.said = [self.process.stderr.readline(), self.process.stderr.readline()]
        self.port = int(self.said[0].rsplit(":", 1)[1].strip(" /\n"))

    def write(self, *cells: str, title: str = "Premier titre") -> None:
        """Write the notebook again."""
        write_notebook(self.book, *cells, title=title)

    def get(self, path: str, host: str = "") -> tuple[int, str, dict[str, str]]:
        """Ask for something, as a browser would."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as asking:
            asking.request("GET", path, headers={"Host": host or f"127.0.0.1:{self.port}"})
            answer = asking.getresponse()
            return answer.status, answer.read().decode("utf-8"), dict(answer.getheaders())

    def news(self, state: str, **expected: str) -> dict[str, str]:
        """Listen until a state is told, with the values expected."""
        found: dict[str, str] = {}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as asked:
            asked.request("GET", "/nouvelles")
            lines = asked.getresponse()
            until = time.monotonic() + PATIENCE
            while time.monotonic() < until:
                line = lines.readline().decode("utf-8")
                if line.startswith("data: "):
                    found = json.loads(line.removeprefix("data: "))
                if found.get("state") == state and expected.items() <= found.items():
                    return found
        raise AssertionError(f"« {state} » was never told; last: {found}")

    def page_with(self, text: str) -> str:
        """Wait for a page that holds a text, told by the news."""
        until = time.monotonic() + PATIENCE
        while text not in (page := self.get("/rapport")[1]):
            assert time.monotonic() < until, page[-2000:]
            time.sleep(0.1)
        assert self.news("made")["page"]
        return page

    def times_run(self) -> int:
        """How many times the notebook was run."""
        return len((self.book / "notebooks" / "joue").read_text("utf-8"))

    def mine(self) -> list[str]:
        """Processes of this preview, the first one left out."""
        found = []
        for name in os.listdir("/proc"):
            try:
                mark = f"{MARK}={self.book.parent}".encode()
                if name.isdigit() and mark in Path(f"/proc/{name}/environ").read_bytes():
                    found.append(name)
            except OSError:
                continue
        return [name for name in found if int(name) != self.process.pid]

    def end(self, how: signal.Signals) -> float:
        """Ask it to end; give the seconds it took."""
        started = time.monotonic()
        self.process.send_signal(how)
        self.said += self.process.communicate(timeout=30)[1].splitlines()
        return time.monotonic() - started


def write_notebook(book: Path, *cells: str, title: str) -> None:
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    made = nbformat.v4.new_notebook(metadata=kernel)
    made.cells = [nbformat.v4.new_markdown_cell(f"# {title}")]
    declared = 'territory: str = ""  # code'
    made.cells += [nbformat.v4.new_code_cell(declared, metadata={"tags": ["parameters"]})]
    made.cells += [nbformat.v4.new_code_cell(cell) for cell in (RUN, *cells)]
    nbformat.write(made, book / "notebooks" / "essai.ipynb")


def make_book(single_book: Any, folder: Path) -> Path:
    book = folder / "classeur"
    shutil.copytree(single_book.workspace.data, book / "data")
    (book / "notebooks").mkdir()
    (book / "notebooks" / "plan.toml").write_text(PLAN, encoding="utf-8")
    write_notebook(book, title="Premier titre")
    return book


@pytest.fixture(scope="module")
def preview(single_book: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """A preview whose first page is there."""
    folder = tmp_path_factory.mktemp("apercu")
    make_book(single_book, folder)
    running = Preview(folder)
    running.page_with("Premier titre")
    yield running
    if running.process.poll() is None:
        running.end(signal.SIGTERM)


def test_a_changed_notebook_is_told_and_its_new_page_served(preview: Preview) -> None:
    before = preview.news("made")["page"]
    preview.write(title="Second titre")
    told = preview.news("making", page=before)
    assert told["said"] == "Le rapport se refait…"
    page = preview.page_with("Second titre")
    assert "Premier titre" not in page
    assert preview.news("made")["page"] != before


def test_a_comment_sets_the_page_again_without_running_the_notebook(preview: Preview) -> None:
    runs = preview.times_run()
    path = preview.book / "data" / "commentary" / "01" / "tous" / "une-figure.md"
    path.parent.mkdir(parents=True)
    path.write_text("Deux fiches manquent encore.\n", encoding="utf-8")
    preview.page_with("Deux fiches manquent encore.")
    os.utime(path, (0, 0))  # as a style that changed: what was said is the same
    preview.news("making")
    preview.news("made")
    path.unlink()
    until = time.monotonic() + PATIENCE
    while "Deux fiches" in preview.get("/rapport")[1]:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert preview.times_run() == runs


@pytest.mark.parametrize("name", ["criteria.toml", "selection/selection.jsonl", "workbook.toml"])
def test_what_the_notebook_may_read_runs_it_again(preview: Preview, name: str) -> None:
    runs, path = preview.times_run(), preview.book / "data" / name
    path.parent.mkdir(exist_ok=True)
    former = path.read_text("utf-8") if path.exists() else ""
    path.write_text(former + "\n", encoding="utf-8")
    until = time.monotonic() + PATIENCE
    while preview.times_run() == runs:
        assert time.monotonic() < until
        time.sleep(0.1)
    preview.news("made")


def test_a_failing_cell_is_told_with_its_number_and_line_and_the_page_stays(
    preview: Preview,
) -> None:
    preview.write("# une figure\nnombre = 1\nnombre + inconnu\n", title="Titre qui échoue")
    told = preview.news("failed")
    assert (told["said"], told["reason"], told["line"]) == (
        "Le rapport n’a pas pu être refait ; la page montrée est la précédente.",
        "La cellule 4 du carnet a échoué : NameError: name 'inconnu' is not defined",
        "nombre + inconnu",
    )
    status, page, _ = preview.get("/rapport")
    assert status == 200
    assert "Titre qui échoue" not in page
    preview.write(title="Titre corrigé")
    preview.page_with("Titre corrigé")


def test_a_broken_plan_is_told_and_mended(preview: Preview) -> None:
    plan = preview.book / "notebooks" / "plan.toml"
    plan.write_text(PLAN.replace('"essai.ipynb"', "essai.ipynb"), encoding="utf-8")
    assert preview.news("failed")["reason"] == (
        "Le plan « plan.toml » n'est pas lisible à la ligne 3 : « notebook = essai.ipynb ». "
        'Écrire par exemple : notebook = "territory.ipynb" (texte entre guillemets droits).'
    )
    plan.write_text(PLAN, encoding="utf-8")
    assert preview.news("made")["said"] == ""


def test_another_name_than_that_of_this_machine_finds_nothing(preview: Preview) -> None:
    """A page of the web that has its own name lead here would otherwise read the report."""
    for host in (f"apercu.example:{preview.port}", "127.0.0.1", "127.0.0.1:1", "localhost.example"):
        for path in ("/", "/rapport", "/nouvelles", "/apercu.js"):
            status, body, _ = preview.get(path, host)
            assert (status, body) == (403, "Cette adresse ne mène à rien.\n")
    assert preview.get("/rapport", f"localhost:{preview.port}")[0] == 200
    assert preview.get("/../plan.toml")[0] == 404


def test_the_report_is_served_as_it_is_and_its_scripts_stay_forbidden(preview: Preview) -> None:
    status, page, told = preview.get("/rapport")
    assert status == 200
    assert "<script" not in page
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page
    assert told["Content-Security-Policy"] == "frame-ancestors 'self'"
    around = preview.get("/")[2]
    assert "script-src 'self';" in around["Content-Security-Policy"]
    assert around["Cache-Control"] == "no-store"


@linux
def test_it_listens_on_loopback_only(preview: Preview) -> None:
    port = f":{preview.port:04X}"
    tables = [Path(f"/proc/net/{name}") for name in ("tcp", "tcp6")]
    rows = [row.split() for table in tables if table.exists() for row in table.open()]
    listening = [row[1] for row in rows if row[1].endswith(port) and row[3] == "0A"]
    assert listening == [f"0100007F{port}"]


@linux
def test_it_ends_at_once_in_the_middle_of_a_cell_and_leaves_nothing(
    single_book: Any, tmp_path: Path
) -> None:
    book = make_book(single_book, tmp_path)
    write_notebook(book, "import time\ntime.sleep(600)", title="Lent")
    running = Preview(tmp_path)
    until = time.monotonic() + PATIENCE
    while not (book / "notebooks" / "joue").exists():
        assert time.monotonic() < until
        time.sleep(0.1)
    assert list(running.temporary.glob("dts-apercu-*"))
    assert running.mine()
    assert running.end(signal.SIGINT) < 10
    left_nothing(running)


@linux
def test_asked_to_end_by_the_system_it_leaves_nothing_either(preview: Preview) -> None:
    preview.end(signal.SIGTERM)
    left_nothing(preview)


def left_nothing(running: Preview) -> None:
    assert running.process.returncode == 0
    assert running.said[-1] == (
        "Aperçu arrêté ; il n'en reste rien, et les rapports faits sont comme avant."
    )
    until = time.monotonic() + 10
    while running.mine() and time.monotonic() < until:
        time.sleep(0.1)
    assert running.mine() == []
    assert list(running.temporary.iterdir()) == []
    assert not (running.book / "reports").exists()


def test_what_is_not_known_is_refused_before_anything_is_served(
    single_book: Any, tmp_path: Path
) -> None:
    book = make_book(single_book, tmp_path)
    told = CliRunner().invoke(main, ["--workbook", str(book), "preview", "Atlantide"])
    assert told.exit_code == 2
    assert "Traceback" not in told.stderr
    assert "Aperçu" not in told.stderr
    wrong = ["--workbook", str(book), "preview", "01", "--reader", "maire"]
    told = CliRunner().invoke(main, wrong)
    assert told.exit_code == 2
    assert "Aperçu" not in told.stderr


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = re.escape(f"Le port {port} est déjà pris sur cette machine.")
        with pytest.raises(RequestError, match=said), serving(Board(), port):
            pass


def test_what_cannot_even_be_prepared_is_told() -> None:
    board = Board()
    renew(board, lambda: ((), 1 / 0))  # type: ignore[arg-type,return-value]
    told = board.after(0)[1]
    assert (told["state"], told["said"], told["reason"], told["page"]) == (
        "failed", "Le rapport n’a pas pu être fait.",
        "Ce rapport n’a pas pu être préparé : division by zero", "",
    )  # fmt: skip


def test_what_is_hidden_or_empty_is_not_watched(tmp_path: Path) -> None:
    for name in (".cache", "brouillon.md~", "texte.md", "vide.md"):
        (tmp_path / name).write_text("" if name.startswith("vide") else "1", encoding="utf-8")
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "texte.md").write_text("1", encoding="utf-8")
    names = [path.name for path in stamps([tmp_path, tmp_path / "absent"])]
    assert names == ["texte.md"]
