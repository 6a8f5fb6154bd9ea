"""Try to receive files, each in a process of its own: a crash or a hang costs only its file."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from benchmarks.references import compare
from dts_research.errors import DtsError
from dts_research.intake import receive, write_issues
from dts_research.intake.context import Country
from dts_research.intake.mapping import ready
from dts_research.intake.synonyms import known_names
from dts_research.reference.geography import geography
from dts_research.workbook.country import country_of

RECEIVED, REFUSED, CRASH, TIMEOUT = "received", "refused", "CRASH", "TIMEOUT"
MEMORY = 4 << 30
SHOWN = 3


@dataclass(frozen=True)
class Trial:
    """What became of one file.

    Parameters
    ----------
    outcome
        Received, refused with a reason, CRASH or TIMEOUT.
    balanced
        True when read = accepted + quarantined + duplicates + withdrawn, refused rows are all
        there, and each of them has its reason.
    compared, differing
        Cells of a reference, and those read otherwise.
    seconds, peak_mb
        Time on the clock, and memory of the process with what it started.
    differences
        The first of those cells, theirs and ours.
    where
        The last lines of the traceback of a crash.
    """

    file: str
    format: str
    outcome: str = CRASH
    read: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicates: int = 0
    withdrawn: int = 0
    balanced: bool = True
    compared: int = 0
    differing: int = 0
    differences: tuple[str, ...] = ()
    seconds: float = 0.0
    peak_mb: int = 0
    reason: str = ""
    where: str = ""
    changes: str = ""

    @property
    def failed(self) -> bool:
        """True for what must never happen."""
        return self.outcome in (CRASH, TIMEOUT) or not self.balanced


@dataclass(frozen=True)
class Task:
    """A file to try: how to find it or make it, in a folder that is thrown away after."""

    name: str
    make: Callable[[Path], Path]
    changes: str = ""


@dataclass
class _Running:
    task: Task
    process: Any
    pipe: Connection
    folder: tempfile.TemporaryDirectory[str]
    end: float


@cache
def country() -> Country:
    """What the reception knows of the country, read once a process."""
    return country_of(geography())


def attempt(path: Path, folder: Path) -> Trial:
    """Receive a file and write what goes back, as the reception does."""
    blank = Trial(str(path), path.suffix.lower())
    try:
        taken = receive(path, country=country())
    except DtsError as error:
        return replace(blank, outcome=REFUSED, reason=error.message)
    write_issues(taken, folder / "issues.xlsx")
    errors = set(taken.issues.loc[taken.issues["severity"] == "error", "row"])
    rows, refused = len(taken.quarantined), taken.counts.quarantined
    # A row of context data holds several values, and comes back once for all of them.
    several = set(taken.accepted) & {"observations"} and len(taken.by_sheet) > 1
    whole = rows == refused or bool(several and 0 < rows < refused)
    balanced = taken.counts.balanced and whole and set(taken.quarantined.index) <= errors
    counts: dict[str, Any] = dict(taken.counts.as_dict())
    return replace(blank, outcome=RECEIVED, balanced=balanced, **counts)


def compared(path: Path, found: Trial) -> Trial:
    """Add what the references say; a file that cannot be read at all loses nothing in silence."""
    try:
        cells, differing = compare(path)
    except DtsError:
        return found
    return replace(
        found, compared=cells, differing=len(differing), differences=tuple(differing[:SHOWN])
    )


def _measured(path: Path, folder: Path) -> Trial:
    start = time.perf_counter()
    try:
        found = compared(path, attempt(path, folder))
    except Exception as error:
        last = traceback.format_exc().strip().splitlines()[-7:]
        said = f"{type(error).__name__}: {error}"[:300]
        found = Trial(str(path), path.suffix.lower(), reason=said, where="\n".join(last))
    return replace(found, seconds=round(time.perf_counter() - start, 3), peak_mb=_peak())


def _peak() -> int:
    try:
        import resource
    except ImportError:
        return 0
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    per_mb = 1 << (20 if sys.platform == "darwin" else 10)
    return max(resource.getrusage(kind).ru_maxrss for kind in kinds) // per_mb


def _child(pipe: Connection, task: Task, folder: Path) -> None:
    """Work in a group of its own, so that what it starts ends with it."""
    os.setsid()
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    pipe.send(_measured(task.make(folder), folder))


def run(tasks: Iterable[Task], *, seconds: float, workers: int) -> Iterator[tuple[Task, Trial]]:
    """Try each file, a few at a time; results come as they are ready."""
    known_names(), ready()  # read once, before the processes are copied from this one
    running: list[_Running] = []
    for task in tasks:
        running.append(_start(task, seconds))
        while len(running) >= workers:
            yield from _ended(running)
    while running:
        yield from _ended(running)


def _start(task: Task, seconds: float) -> _Running:
    context = get_context("fork")
    here, there = context.Pipe(duplex=False)
    folder = tempfile.TemporaryDirectory(prefix="reception-")
    process = context.Process(target=_child, args=(there, task, Path(folder.name)))
    process.start()
    there.close()
    return _Running(task, process, here, folder, time.monotonic() + seconds)


def _ended(running: list[_Running]) -> Iterator[tuple[Task, Trial]]:
    """Wait until one of them is done or late; give what is known of it."""
    left = max(0.0, min(one.end for one in running) - time.monotonic())
    heard = wait([one.pipe for one in running], timeout=left)
    for one in list(running):
        late = time.monotonic() >= one.end
        if one.pipe in heard or late:
            running.remove(one)
            yield one.task, replace(_result(one, late=late), changes=one.task.changes)


def _result(one: _Running, *, late: bool) -> Trial:
    found = Trial(one.task.name, Path(one.task.name).suffix.lower())
    try:
        found = one.pipe.recv() if one.pipe.poll() else replace(found, outcome=TIMEOUT)
    except EOFError:
        one.process.join(5)
        found = replace(found, reason=f"the process ended alone, code {one.process.exitcode}")
    if late:
        _stop(one.process.pid)
    one.process.join()
    one.pipe.close()
    one.folder.cleanup()
    return replace(found, file=one.task.name)


def _stop(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
