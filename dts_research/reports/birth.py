"""A process that makes reports: how it is started, settled, and what it does until it ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import connection
from typing import Any

import psutil

from dts_research.errors import DtsError
from dts_research.reports.journals import PROCESSES, Journal
from dts_research.reports.manifest import Entry
from dts_research.reports.plan import Report
from dts_research.reports.press import KERNEL, WARM, Press
from dts_research.reports.processes import (
    FORKED,
    IGNORED,
    adopt,
    die_with_parent,
    end_below,
    hush,
    limit,
    starting_method,
)
from dts_research.reports.run import make_report
from dts_research.reports.surroundings import QUIET, environment

ROOM = "dts_research.reports"
# Imported once, in the process that the others are forked from; nothing of it is run there.
PRELOADED = {
    WARM: [f"{ROOM}.nest", f"{ROOM}.zygote"],
    KERNEL: [f"{ROOM}.nest", f"{ROOM}.run", f"{ROOM}.html", f"{ROOM}.typst"],
}
# Times a process is started, and what is told when none lives.
BIRTHS, PAUSE = 4, 0.3
NO_BIRTH = "Les programmes qui font les rapports s'arrêtent net dès qu'ils partent."


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


def start(press: Press, folder: str = "") -> Worker:
    """Start a process of our own."""
    method = starting_method()
    context: Any = multiprocessing.get_context(method)
    if method == FORKED:
        context.set_forkserver_preload(PRELOADED[press.engine])
    here, there = context.Pipe()
    own = tempfile.mkdtemp(prefix="dts-", dir=folder or None)
    told = {**os.environ, **QUIET, "TMPDIR": own}
    with environment(QUIET):  # that of the process that the others are forked from
        process = _forked(context, (there, press, told))
    there.close()
    return Worker(process, here, own, _nest_of(process.pid))


def _forked(context: Any, args: tuple[Any, ...]) -> Any:
    """Start a process; the one that it is forked from may have died, and is then another one.

    Raises
    ------
    DtsError
        When that one dies again and again.
    """
    for _ in range(BIRTHS):
        process = context.Process(target=_serve, args=args, daemon=True)
        with suppress(EOFError, ConnectionError):
            process.start()
            return process
        time.sleep(PAUSE)  # the system takes a moment to say that it died
    raise DtsError(NO_BIRTH, "Libérer de la mémoire, puis relancer la même commande.")


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
    # A notebook may start processes of its own, as in a kernel: they end with its report.
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
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
