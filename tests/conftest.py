"""What several tests share: the real material when it is there, and small workbooks."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import settings

# A machine that is busy is no fault of what is tested.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")
ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "data" / "demo"
# The day written in documents made by the tests, so that two runs say the same: 2 November 2026.
DAY = "1793620800"
# When the material of the tests is said to have come, printed under every figure.
RECEIVED = "2026-11-23T04:00:00+00:00"
# The files that take longest start first: no process is left to work alone at the end.
LONGEST = ("tests/test_two_cycles", "tests/reports", "tests/test_notebooks", "tests/browser")
# It asks for runs that no other file asks for.
ALONE = "tests/test_notebooks.py"
SETTINGS = 'name = "{name}"\nfictional = true\n\n[folders]\nreports = "../reports"\n'


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write down what passed, so that a second environment need not do it again.

    Where several processes run the tests, the one that gathers their reports writes.
    """
    passed = os.environ.get("DTS_TESTS_PASSED")
    gathered = "PYTEST_XDIST_WORKER" not in os.environ
    if passed and gathered and report.when == "call" and report.passed:
        with open(passed, "a", encoding="utf-8") as out:
            out.write(f"{report.nodeid}\n")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put what takes longest first; leave out what already passed in another environment."""
    items.sort(key=lambda item: _rank(item.nodeid))
    known = os.environ.get("DTS_TESTS_KNOWN")
    if known:
        done = set(Path(known).read_text(encoding="utf-8").splitlines())
        config.hook.pytest_deselected(items=[i for i in items if i.nodeid in done])
        items[:] = [i for i in items if i.nodeid not in done]


def _rank(nodeid: str) -> int:
    return next((n for n, one in enumerate(LONGEST) if nodeid.startswith(one)), len(LONGEST))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """With ``-n auto``, run a process per processor, four at most; on one, none but pytest."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(count or 1, 4) if count != 1 else 0


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each file to one process, and all that read the same executed reports to one."""
    from xdist.scheduler import LoadFileScheduling

    class ByMaterial(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return "executed reports" if file != ALONE and _asks_for_reports(file) else file

    config.option.loadscopereorder = False  # by number of tests: short ones would go first
    return ByMaterial(config, log)


@cache
def _asks_for_reports(file: str) -> bool:
    text = (ROOT / file).read_text(encoding="utf-8")
    return re.search(r"[(,\s](executed|document_of|printed)(: \w|[,)])", text) is not None


def _folder(variable: str, default: Path) -> Path:
    folder = Path(os.environ.get(variable) or default)
    if not folder.is_dir():
        pytest.skip(f"« {folder.name} » is not beside the repository; name it with {variable}")
    return folder


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real files met in the field, which the repository does not carry."""
    return _folder("DTS_REAL_DATA", ROOT.parent / "shared" / "data")


@pytest.fixture(scope="session")
def ground_truth() -> Path:
    """Folder of what is known to be true of the real files."""
    return _folder("DTS_GROUND_TRUTH", ROOT.parent / "shared" / "ground-truth")


@pytest.fixture(scope="session")
def require() -> Callable[..., Any]:
    """Ask for something that may be missing: a skip with a reason here, a failure in CI."""

    def ask(found: Any, reason: str) -> Any:
        if found:
            return found
        if os.environ.get("DTS_CI") == "1":
            pytest.fail(f"{reason} (required when DTS_CI=1)")
        pytest.skip(reason)

    return ask


@pytest.fixture(scope="session")
def in_calc(require: Callable[..., Any]) -> Iterator[Callable[..., Path]]:
    """Open a file in LibreOffice, correct cells (sheet, column, row, text), save as another.

    It is started once.
    """
    python = str(shutil.which("python3", path="/usr/bin"))
    office = shutil.which("soffice")
    knows = office and subprocess.run([python, "-c", "import uno"], stderr=subprocess.DEVNULL)
    wanted = "LibreOffice (libreoffice-calc-nogui) and python3-uno are not there"
    require(knows and knows.returncode == 0, wanted)
    filters = {".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8"}

    with _speaking_to([python, str(ROOT / "tests" / "correct_in_calc.py")]) as ask:

        def save(source: Path, out: Path, cells: Sequence[tuple[str, int, int, str]] = ()) -> Path:
            order = {"file": str(source), "out": str(out), "cells": list(cells)}
            said = ask(json.dumps(order | {"filter": filters[out.suffix]}))
            assert said == "\n", said or "LibreOffice stopped"
            return out

        yield save


@contextlib.contextmanager
def _speaking_to(command: list[str], seconds: int = 150) -> Iterator[Callable[[str], str]]:
    """Start a program that answers each line by a line; ended at last, with all it started."""
    program = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert program.stdin and program.stdout

    def end() -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)

    def ask(line: str) -> str:
        late = threading.Timer(seconds, end)
        late.start()
        try:
            print(line, file=program.stdin, flush=True)
            return program.stdout.readline()
        except BrokenPipeError:
            return ""
        finally:
            late.cancel()

    try:
        yield ask
        program.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(seconds)
    finally:
        end()
        program.wait()
        program.stdout.close()


@pytest.fixture(scope="session")
def new_book(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Make a workbook of the given tables (typed as text, French titles or field names).

    The same material is received once; each workbook is a copy, under its own name.
    """
    from dts_research.workbook import open_workbook

    known: dict[tuple[tuple[str, bytes], ...], Path] = {}

    def make(name: str, files: list[Path] | None = None, **tables: pd.DataFrame) -> Any:
        sent = {path.name: path.read_bytes() for path in files or []}
        sent |= {f"{t}.csv": frame.to_csv(index=False).encode() for t, frame in tables.items()}
        key = tuple(sent.items())
        if key not in known:
            known[key] = _received(tmp_path_factory.mktemp("material") / "data", sent)
        data = tmp_path_factory.mktemp(name) / "data"
        shutil.copytree(known[key], data)
        (data / "workbook.toml").write_text(SETTINGS.format(name=name), encoding="utf-8")
        return open_workbook(data)

    return make


def _received(data: Path, sent: dict[str, bytes]) -> Path:
    """Receive files in a new workbook, on the day of the tests."""
    from dts_research.workbook import open_workbook
    from dts_research.workbook.arrival import receive_files

    (data / "inbox").mkdir(parents=True)
    (data / "workbook.toml").write_text(SETTINGS.format(name="tests"), encoding="utf-8")
    for name, content in sent.items():
        (data / "inbox" / name).write_bytes(content)
    book = open_workbook(data)
    arrivals, refused = receive_files(book, sorted((data / "inbox").iterdir()))
    assert not refused, [str(error) for _, error in refused]
    assert all(a.reception.counts.quarantined == 0 for a in arrivals)
    with contextlib.closing(sqlite3.connect(book.workspace.store)) as db, db:
        db.execute("UPDATE imports SET received_at = ?", (RECEIVED,))
    return data


@pytest.fixture(scope="session")
def demo_inbox() -> list[Path]:
    """Files of the demo network."""
    return sorted((DEMO / "inbox").glob("*.csv"))


@pytest.fixture(scope="session")
def demo_book(new_book: Callable[..., Any], demo_inbox: list[Path]) -> Any:
    """The demo network, received in a folder of its own."""
    return new_book("demo", demo_inbox)


@pytest.fixture(scope="session")
def empty_book(new_book: Callable[..., Any]) -> Any:
    """A workbook that received nothing."""
    return new_book("vide")


@pytest.fixture(scope="session")
def single_book(new_book: Callable[..., Any], demo_inbox: list[Path]) -> Any:
    """A workbook with one experience in one place, and nothing else."""
    tables = {path.stem: pd.read_csv(path, dtype=str) for path in demo_inbox}
    title = "Identifiant de la fiche"
    sheet = tables["experiences"].iloc[[0]]
    places = tables["experience_places"]
    column = next(c for c in places.columns if set(sheet[title]) & set(places[c]))
    places = places[places[column] == sheet[title].iloc[0]].iloc[[0]]
    return new_book("seule", experiences=sheet, experience_places=places)


@pytest.fixture(scope="session")
def fixed_day() -> Iterator[str]:
    """The day at which notebooks believe that they run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", DAY)
        yield DAY


@pytest.fixture(scope="session")
def executed(
    demo_book: Any, fixed_day: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Any]]:
    """Run a notebook at a fixed day, in a process of its own; the same one once.

    ``executed(name, territory, data=..., parameter=value)`` starts it, on the demo or on the
    workbook of this folder, as `dts report` does (in a process forked from one that has imported
    everything), and gives a function that waits for the executed notebook.
    """
    import nbformat

    from dts_research.reports.plan import Report
    from dts_research.reports.press import WARM, Press
    from dts_research.reports.run import make_report

    demo = demo_book.workspace.data
    with _forked(2) as pool:

        @cache
        def run(
            name: str, territory: str = "", *, data: Path = demo, again: int = 0, **parameters: Any
        ) -> Any:
            out = tmp_path_factory.mktemp("executed")
            press = Press(ROOT / "notebooks", data, out, version="tests", formats=(), engine=WARM)
            future = pool.submit(make_report, Report("r", name, territory, parameters), press)

            def wait() -> Any:
                entry = future.result()
                assert not entry.failure, f"{name} {territory}: {entry.failure}"
                return nbformat.read(out / "carnets" / "r.ipynb", as_version=4)

            return wait

        yield run
        pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _forked(count: int) -> Iterator[ProcessPoolExecutor]:
    """Give processes for one report each, in the environment of who asks, where all is imported."""
    from dts_research.reports.birth import PRELOADED
    from dts_research.reports.press import WARM
    from dts_research.reports.surroundings import QUIET, environment

    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(PRELOADED[WARM])
        with environment(QUIET):
            from multiprocessing.forkserver import ensure_running

            ensure_running()
    told = {"told": {**os.environ, **QUIET}}
    with ProcessPoolExecutor(
        count, mp_context=context, max_tasks_per_child=1, initializer=exec,
        initargs=("import os; os.environ.update(told)", told),
    ) as pool:  # fmt: skip
        yield pool
