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
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing import connection

from dts_research.reports.birth import Worker, start
from dts_research.reports.manifest import Entry, Failure
from dts_research.reports.plan import Report
from dts_research.reports.press import KERNEL, WARM, Press
from dts_research.reports.processes import (
    FORKED,
    end_below,
    left_by_the_dead,
    starting_method,
)
from dts_research.reports.run import attempt

DEAD = "Le programme qui faisait ce rapport s'est arrêté net (mémoire insuffisante ?)"
LATE = "n'a pas fini dans le temps donné"
# Seconds given beyond the limit of a cell, and to a process that is asked to end.
MARGIN, GRACE = 5.0, 1.0


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
