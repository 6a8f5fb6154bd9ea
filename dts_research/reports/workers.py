"""Processes that make reports: forked from one that has imported everything, watched, ended.

With the warm engine a process makes one report and ends; with an ordinary kernel it makes the next
one too, the isolation being the kernel's. A process that dies, hangs or is stopped costs its own
report only.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing import connection
from typing import Any

from dts_research.reports.manifest import Entry, Failure
from dts_research.reports.plan import Report
from dts_research.reports.press import KERNEL, WARM, Press
from dts_research.reports.run import attempt, make_report
from dts_research.reports.surroundings import QUIET, environment

ROOM = "dts_research.reports"
# Imported once, in the process that the others are forked from; nothing of it is run there.
PRELOADED = {WARM: [f"{ROOM}.zygote"], KERNEL: [f"{ROOM}.run", f"{ROOM}.html", f"{ROOM}.typst"]}
DEAD = "Le programme qui faisait ce rapport s'est arrêté net (mémoire insuffisante ?)"
LATE = "n'a pas fini dans le temps donné"
# Seconds given beyond the limit of a cell, and to a process that is asked to end.
MARGIN, GRACE = 5.0, 3.0
FILE_BYTES = 1 << 30
TAG = "DTS_REPORT_RUN"
PR_SET_PDEATHSIG = 1


@dataclass
class Worker:
    """A process, the report it makes, and when it last gave news."""

    process: Any
    pipe: connection.Connection
    tag: str
    folder: str
    report: Report | None = None
    heard: float = field(default_factory=time.monotonic)
    step: int = 0

    def ask(self, report: Report) -> None:
        """Give it a report to make."""
        self.report, self.heard, self.step = report, time.monotonic(), 0
        self.pipe.send(report)


def made(queue: Sequence[Report], press: Press, workers: int) -> Generator[Entry, None, None]:
    """Make reports in several processes; give each line as it is ready.

    When a process dies, its report is tried once again, alone.
    """
    again: deque[Report] = deque()
    yield from _flow(deque(queue), press, workers, again)
    lost: deque[Report] = deque()
    yield from _flow(again, press, 1, lost)
    yield from (replace(attempt(report, press), failure=Failure(DEAD)) for report in lost)


def _flow(left: deque[Report], press: Press, workers: int, lost: deque[Report]) -> Iterator[Entry]:
    running: list[Worker] = []
    with _ended_at_last(running):
        while left or any(one.report for one in running):
            while left and (free := _free(running, press, workers)):
                free.ask(left.popleft())
            for worker in _ready(running, press):
                entry = _told(worker, press, lost)
                if entry is not None:
                    yield entry
                if worker.report is None and (press.engine == WARM or entry is None):
                    running.remove(worker)
                    end(worker)


def _free(running: list[Worker], press: Press, workers: int) -> Worker | None:
    """Give a process without a report: one that waits, or a new one where there is room."""
    for worker in running:
        if worker.report is None:
            return worker
    if len(running) >= workers:
        return None
    running.append(start(press))
    return running[-1]


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


def start(press: Press) -> Worker:
    """Start a process of our own."""
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context: Any = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(PRELOADED[press.engine])
    here, there = context.Pipe()
    tag = f"{os.getpid()}-{time.monotonic_ns()}"
    folder = tempfile.mkdtemp(prefix="dts-")
    told = {**os.environ, **QUIET, TAG: tag, "TMPDIR": folder}
    process = context.Process(target=_serve, args=(there, press, told), daemon=True)
    with environment(QUIET):  # that of the process that the others are forked from
        process.start()
    there.close()
    return Worker(process, here, tag, folder)


def _serve(pipe: connection.Connection, press: Press, environment: dict[str, str]) -> None:
    """Make the reports asked for, one after the other, until nobody asks."""
    _settle(environment)
    while True:
        try:
            report = pipe.recv()
        except EOFError:
            return
        random.seed(report.id)
        if press.engine == WARM:
            _limit(press)
        pipe.send(make_report(report, press, told=pipe.send))


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
    _die_with_parent()
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _die_with_parent() -> None:
    """Have the system end this process with its parent, even in a computation that never yields."""
    if sys.platform.startswith("linux"):
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _follow(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def _limit(press: Press) -> None:
    """Hold a process to its share of memory and disk, where the system can."""
    with suppress(ImportError):
        import resource

        limits = {
            resource.RLIMIT_AS: press.memory, resource.RLIMIT_FSIZE: FILE_BYTES,
            resource.RLIMIT_CORE: 0,
        }  # fmt: skip
        for kind, limit in limits.items():
            hard = resource.getrlimit(kind)[1]
            most = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            resource.setrlimit(kind, (most, hard))


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
    for pid in _left_behind(worker.tag):
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(worker.folder, ignore_errors=True)


def _kill_group(group: int) -> None:
    if hasattr(os, "killpg"):
        with suppress(OSError):
            os.killpg(group, signal.SIGKILL)


def _left_behind(tag: str) -> list[int]:
    """Give the processes that a report started and that left its group, where the system tells."""
    if not sys.platform.startswith("linux"):
        return []
    mark = f"{TAG}={tag}".encode()
    found = []
    for name in os.listdir("/proc"):
        with suppress(OSError, ValueError):
            pid = int(name)
            with open(f"/proc/{pid}/environ", "rb") as file:
                if mark in file.read().split(b"\0"):
                    found.append(pid)
    return found
