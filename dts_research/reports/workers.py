"""Processes that make reports: forked from one that has imported everything, watched, ended.

With the warm engine a process makes one report and ends; with an ordinary kernel it makes the next
one too, the isolation being the kernel's. A process that dies, hangs or is stopped costs its own
report only.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing import connection
from typing import Any

import psutil

from dts_research.reports.journals import PROCESSES, Journal
from dts_research.reports.manifest import Entry, Failure
from dts_research.reports.plan import Report
from dts_research.reports.press import KERNEL, WARM, Press
from dts_research.reports.processes import (
    FORKED,
    IGNORED,
    adopt,
    die_with_parent,
    end_below,
    hush,
    left_by_the_dead,
    limit,
    starting_method,
)
from dts_research.reports.run import attempt, make_report
from dts_research.reports.surroundings import QUIET, environment

ROOM = "dts_research.reports"
# Imported once, in the process that the others are forked from; nothing of it is run there.
PRELOADED = {
    WARM: [f"{ROOM}.nest", f"{ROOM}.zygote"],
    KERNEL: [f"{ROOM}.nest", f"{ROOM}.run", f"{ROOM}.html", f"{ROOM}.typst"],
}
DEAD = "Le programme qui faisait ce rapport s'est arrêté net (mémoire insuffisante ?)"
LATE = "n'a pas fini dans le temps donné"
# Seconds given beyond the limit of a cell, and to a process that is asked to end.
MARGIN, GRACE = 5.0, 1.0


@dataclass
class Worker:
    """A process, the report it makes, and when it last gave news.

    Parameters
    ----------
    nest
        The process that it was forked from, where there is one.
    """

    process: Any
    pipe: connection.Connection
    folder: str
    nest: psutil.Process | None = None
    report: Report | None = None
    heard: float = field(default_factory=time.monotonic)
    step: int = 0

    def ask(self, report: Report, before: Mapping[str, Entry] | None) -> None:
        """Give it a report to make; that it is dead already is heard of later."""
        self.report, self.heard, self.step = report, time.monotonic(), 0
        if before is not None:
            before = {report.id: before[report.id]} if report.id in before else {}
        with suppress(OSError):
            self.pipe.send((report, before))


def fitted(press: Press) -> Press:
    """Give a press that can work here: where processes cannot be forked, an ordinary kernel."""
    return press if starting_method() == FORKED else replace(press, engine=KERNEL)


@dataclass
class Crew:
    """The processes that make the reports of one run.

    Parameters
    ----------
    size
        How many at most.
    before
        Former lines of the reports; by default each process reads the manifest.
    folder
        Where their temporary files go; "" for where those of the system are.
    say
        Told in French what nobody sees otherwise.
    """

    press: Press
    size: int
    before: Mapping[str, Entry] | None = None
    folder: str = ""
    say: Callable[[str], None] = lambda text: None
    running: list[Worker] = field(default_factory=list)

    def free(self) -> Worker | None:
        """Give a process without a report: one that waits, or a new one where there is room."""
        for worker in self.running:
            if worker.report is None:
                return worker
        if len(self.running) >= self.size:
            return None
        self.running.append(start(self.press, self.folder))
        return self.running[-1]


def made(
    queue: Sequence[Report],
    press: Press,
    workers: int,
    *,
    before: Mapping[str, Entry] | None = None,
    folder: str = "",
    say: Callable[[str], None] = lambda text: None,
) -> Generator[Entry, None, None]:
    """Make reports in several processes; give each line as it is ready.

    When a process dies, its report is tried once again, alone.
    """
    again: deque[Report] = deque()
    yield from _flow(deque(queue), Crew(press, workers, before, folder, say), again)
    for report in again:
        say(f"{report.id} : le programme qui le faisait s'est arrêté net ; nouvel essai")
    lost: deque[Report] = deque()
    yield from _flow(again, Crew(press, 1, before, folder, say), lost)
    yield from (replace(attempt(report, press), failure=Failure(DEAD)) for report in lost)


def _flow(left: deque[Report], crew: Crew, lost: deque[Report]) -> Iterator[Entry]:
    running, press = crew.running, crew.press
    with _ended_at_last(running):
        while left or any(one.report for one in running):
            while left and (free := crew.free()):
                free.ask(left.popleft(), crew.before)
            for worker in _ready(running, press):
                entry = _told(worker, press, lost)
                if entry is not None:
                    yield entry
                if worker.report is None and (press.engine == WARM or entry is None):
                    running.remove(worker)
                    end(worker)


def _ready(running: list[Worker], press: Press) -> list[Worker]:
    """Wait for news; give the processes that have some, or that are late."""
    watched = press.engine == WARM
    ends = [one.heard + press.timeout + MARGIN for one in running if watched]
    left = max(0.0, min(ends) - time.monotonic()) if ends else None
    heard = connection.wait([one.pipe for one in running], timeout=left)
    now = time.monotonic()
    late = [one for one, limit in zip(running, ends) if limit <= now] if watched else []
    return [one for one in running if one.pipe in heard or one in late]


def _told(worker: Worker, press: Press, lost: deque[Report]) -> Entry | None:
    """Hear one process: a step, the line of its report, or nothing any more."""
    report = worker.report
    assert report is not None
    if not worker.pipe.poll():
        worker.report = None
        worker.process.kill()
        where = f"La cellule {worker.step} du carnet" if worker.step else "Ce rapport"
        return replace(attempt(report, press), failure=Failure(f"{where} {LATE}", worker.step))
    try:
        news = worker.pipe.recv()
    except (EOFError, OSError):
        worker.report = None
        lost.append(report)
        return None
    worker.heard = time.monotonic()
    if isinstance(news, Entry):
        worker.report = None
        return news
    worker.step = news
    return None


def start(press: Press, folder: str = "") -> Worker:
    """Start a process of our own."""
    method = starting_method()
    context: Any = multiprocessing.get_context(method)
    if method == FORKED:
        context.set_forkserver_preload(PRELOADED[press.engine])
    here, there = context.Pipe()
    own = tempfile.mkdtemp(prefix="dts-", dir=folder or None)
    told = {**os.environ, **QUIET, "TMPDIR": own}
    process = context.Process(target=_serve, args=(there, press, told), daemon=True)
    with environment(QUIET):  # that of the process that the others are forked from
        process.start()
    there.close()
    return Worker(process, here, own, _nest_of(process.pid))


def _nest_of(pid: int) -> psutil.Process | None:
    """Give the process that one of ours was forked from: a child of this one, and not this one."""
    with suppress(psutil.Error):
        nest = psutil.Process(pid).parent()
        if nest is not None and nest.ppid() == os.getpid():
            return nest
    return None


def _serve(pipe: connection.Connection, press: Press, environment: dict[str, str]) -> None:
    """Make the reports asked for, one after the other, until nobody asks."""
    _settle(environment)
    hush()
    try:
        while True:
            report, before = pipe.recv()
            if press.engine == WARM:
                limit(press.memory)
            entry = make_report(report, press, told=pipe.send, before=before)
            if press.engine != WARM:  # this process goes on; what its report started does not
                end_below(os.getpid())
            pipe.send(entry)
    except EOFError:
        return
    except Exception:  # nobody reads what this process would print; it is missed, and told
        Journal.of(PROCESSES, press).quote(traceback.format_exc())
        os._exit(1)


def _settle(environment: dict[str, str]) -> None:
    """Settle a process: Ctrl+C speaks to its parent only, and it never outlives its parent.

    Its environment is that of who asks now, not of who first asked; its temporary files go to a
    folder of its own, taken away with it.
    """
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = environment["TMPDIR"]
    if hasattr(os, "setsid"):
        os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in IGNORED:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    adopt()
    if hasattr(signal, "SIGKILL"):
        die_with_parent(signal.SIGKILL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(sentinel: int) -> None:
    connection.wait([sentinel])
    end_below(os.getpid())
    os._exit(1)


@contextmanager
def _ended_at_last(running: list[Worker]) -> Iterator[None]:
    """End the processes that are still there, whatever happened."""
    try:
        yield
    finally:
        for worker in running:
            if worker.report is not None:
                worker.process.terminate()
        for worker in running:
            end(worker)


def end(worker: Worker) -> None:
    """End a process of ours and all that it started."""
    worker.pipe.close()
    worker.process.join(0 if worker.report is not None else GRACE)
    if worker.process.is_alive():
        worker.process.kill()
    _kill_group(worker.process.pid)
    worker.process.join()
    worker.process.close()
    if worker.nest is not None:
        living = {one.pid for one in multiprocessing.active_children() if one.pid}
        end_below(worker.nest.pid, left_by_the_dead(worker.nest.pid, living))
    shutil.rmtree(worker.folder, ignore_errors=True)


def _kill_group(group: int) -> None:
    if hasattr(os, "killpg"):
        with suppress(OSError):
            os.killpg(group, signal.SIGKILL)
