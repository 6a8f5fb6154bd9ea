"""Processes of this machine: which one it is, what it started, and the end of all of that."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from multiprocessing.util import get_temp_dir
from pathlib import Path
from typing import Any

import psutil

FORKED = "forkserver"
# Letters of a temporary folder beyond which a socket of it has no name that the system takes.
LONGEST = 80
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
# Seconds given to what was killed to be gone.
PATIENCE = 3.0
FILE_BYTES = 1 << 30
# Sent to a whole group of processes, when a window closes or a machine stops: it is for the run to
# answer, not for what it started.
IGNORED = ("SIGTERM", "SIGHUP")


def starting_method() -> str:
    """How processes are started here: a socket is asked for by a path, which may be too long."""
    there = FORKED in multiprocessing.get_all_start_methods()
    return FORKED if there and len(get_temp_dir()) < LONGEST else "spawn"


def started(pid: int) -> str:
    """Say when a process started, as the system knows it; "" when there is none, or it is over.

    A number is given again to another process, later: the two together name one process. On Linux
    this is a count since the machine started, which no change of the clock moves.
    """
    try:
        process = psutil.Process(pid)
        if process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD):
            return ""
        if not sys.platform.startswith("linux"):
            return str(process.create_time())
        ticks = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()} {ticks[19]}"
    except (psutil.Error, OSError):
        return ""


def adopt() -> None:
    """Become the parent of what one's descendants leave behind, where the system can.

    A program that a cell starts in a session of its own, with no variable of ours, is then still
    found below the process that made the report, or below the one this one was forked from.
    """
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(signal: int) -> None:
    """Have the system end this process with its parent, even in a computation that never yields."""
    _prctl(PR_SET_PDEATHSIG, signal)


def _prctl(option: int, value: int) -> None:
    if sys.platform.startswith("linux"):
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def limit(memory: int) -> None:
    """Hold this process to its share of memory and disk, where the system can."""
    with suppress(ImportError):
        import resource

        limits = {
            resource.RLIMIT_AS: memory,
            resource.RLIMIT_FSIZE: FILE_BYTES,
            resource.RLIMIT_CORE: 0,
        }
        for kind, asked in limits.items():
            hard = resource.getrlimit(kind)[1]
            most = asked if hard == resource.RLIM_INFINITY else min(asked, hard)
            resource.setrlimit(kind, (most, hard))


def end_below(pid: int, chosen: Callable[[int], bool] = lambda child: True) -> None:
    """Kill what a process started, and all that these started; what they start meanwhile too.

    Parameters
    ----------
    chosen
        Which of its own children, by number.
    """
    limit = time.monotonic() + PATIENCE
    while found := _below(pid, chosen):
        for one in found:
            with suppress(psutil.Error):
                one.kill()
        if time.monotonic() > limit:
            return
        _reap(one.pid for one in found)
        time.sleep(0.005)


def _below(pid: int, chosen: Callable[[int], bool]) -> list[Any]:
    """Living descendants of a process, the nearest first."""
    found: list[Any] = []
    with suppress(psutil.Error):
        children = psutil.Process(pid).children()
        for child in (one for one in children if chosen(one.pid)):
            with suppress(psutil.Error):
                found += [child, *child.children(recursive=True)]
    return [one for one in found if _lives(one)]


def _lives(process: Any) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _reap(pids: Any) -> None:
    """Take note of the end of those that are our own children."""
    for pid in pids:
        with suppress(OSError):
            os.waitpid(pid, getattr(os, "WNOHANG", 0))


def left_by_the_dead(parent: int, living: Collection[int]) -> Callable[[int], bool]:
    """Choose, among the children of a process that adopts, those that it did not start itself.

    What it forks stays in its session until it opens one of its own, and is then in `living`.
    """

    def chosen(child: int) -> bool:
        try:
            return child not in living and os.getsid(child) != os.getsid(parent)
        except OSError:
            return False

    return chosen


def hush() -> None:
    """Send what is printed beside the cells nowhere: the outputs of the run are its own."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
