"""A process that makes reports for one that has threads, and so may not be forked.

``python -m dts_research.reports.renderer`` hears jobs on its standard input and tells parcels on
its standard output; it keeps the process that the others are forked from, and ends with whoever
started it.
"""

from __future__ import annotations

import os
import pickle
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from dts_research.reports.delivery import placed, taken
from dts_research.reports.failing import last_line
from dts_research.reports.manifest import Entry, Failure, Manifest
from dts_research.reports.plan import Report
from dts_research.reports.press import Press
from dts_research.reports.run import attempt
from dts_research.reports.storage import Objects
from dts_research.reports.surroundings import QUIET, environment
from dts_research.reports.workers import GRACE, made

PREFIX = "dts-"


@dataclass(frozen=True)
class Job:
    """One report on one snapshot.

    Parameters
    ----------
    press
        Where the snapshot lies, and where the report is to stand.
    former
        The line of the report as it stands.
    told
        Variables of the environment that reports depend on.
    """

    report: Report
    press: Press
    former: Entry | None = None
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Parcel:
    """The line of a report, and its files where they are not yet where they are to stand."""

    entry: Entry
    files: Mapping[str, bytes] = field(default_factory=dict)


class Renderer:
    """A rendering process, and the way to speak to it.

    Its temporary files are not in the folder of who starts it: the path of a socket is short.
    """

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix=PREFIX)
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, self._folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **QUIET, "TMPDIR": self._folder},
        )

    def make(self, job: Job) -> Parcel:
        """Have a report made.

        Raises
        ------
        EOFError, OSError
            When the process died.
        """
        assert self._process.stdin is not None and self._process.stdout is not None
        pickle.dump(job, self._process.stdin)
        self._process.stdin.flush()
        try:
            parcel: Parcel = pickle.load(self._process.stdout)
        except pickle.UnpicklingError as error:  # it died in the middle of a word
            raise EOFError from error
        return parcel

    def end(self) -> None:
        """End it and all that it started; it ends by itself once nobody speaks to it."""
        with suppress(OSError):
            self._process.stdin.close()  # type: ignore[union-attr]
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()  # type: ignore[union-attr]
        shutil.rmtree(self._folder, ignore_errors=True)


def make(job: Job) -> Parcel:
    """Make a report in a folder of its own; put it in its place where that can be reached."""
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        aside = Path(folder)
        if job.former is not None:
            Manifest(aside).record(job.former)
        lines = made([job.report], replace(job.press, out=aside), 1)
        with environment(job.told), closing(lines):
            entry = next(lines)
        files = taken(entry, aside)
    if isinstance(job.press.out, Objects):
        return Parcel(placed(entry, files, job.press.out))
    return Parcel(entry, files)


def main(owned: str = "") -> None:
    """Make the reports asked for, one after the other, until nobody asks.

    Parameters
    ----------
    owned
        Folder of the temporary files, made for this process and taken away with it.
    """
    if owned:
        tempfile.tempdir = owned
    asked, told = (os.fdopen(os.dup(one), mode) for one, mode in ((0, "rb"), (1, "wb")))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)  # what anybody prints is no answer
    jobs: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_hear, args=(asked, jobs, owned), daemon=True).start()
    while True:
        pickle.dump(_tried(jobs.get()), told)
        told.flush()


def _tried(job: Job) -> Parcel:
    """Make a report; what this machine refuses is the failure of its report, told as such."""
    try:
        return make(job)
    except Exception as error:
        said = f"Ce rapport n'a pas pu être fait : {type(error).__name__} : {last_line(error)}"
        return Parcel(replace(attempt(job.report, job.press), failure=Failure(said)))


def _hear(asked: BinaryIO, jobs: queue.SimpleQueue[Any], owned: str) -> None:
    """Hear jobs; whoever asks has left when there is nothing more to hear, and so do we.

    Only the folder that was made for us and named to us is taken away, never one that is guessed.
    """
    with suppress(EOFError, OSError, pickle.UnpicklingError):
        while True:
            jobs.put(pickle.load(asked))
    if Path(owned).name.startswith(PREFIX):
        shutil.rmtree(owned, ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    from dts_research.reports import renderer

    renderer.main(*sys.argv[1:2])  # under its own name: what is pickled here is read there
