"""What a Dask worker holds during a batch: a copy of the snapshot, and processes that render.

Dask keeps it on the scheduler and gives it once to each worker, those that come later too.
"""

from __future__ import annotations

import platform
import queue
import shutil
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from distributed import get_worker
from distributed.diagnostics.plugin import WorkerPlugin

from dts_research.errors import DtsError
from dts_research.reports.freshness import code_digest
from dts_research.reports.manifest import Entry
from dts_research.reports.plan import Report
from dts_research.reports.press import Press
from dts_research.reports.renderer import Job, Parcel, Renderer
from dts_research.reports.snapshot import name_of, unpack
from dts_research.reports.storage import Objects


class Bench(WorkerPlugin):  # type: ignore[misc]
    """The place of work of one batch on one Dask worker.

    Parameters
    ----------
    name
        Name of the batch.
    press
        Where reports are to stand, and how they are made.
    content
        The snapshot; empty when it is to be fetched.
    source
        Folder on object storage and name of the snapshot, where it is kept there.
    program
        Digest of the program of who asks: another one would make other reports.
    told
        Variables of the environment that reports depend on.
    """

    def __init__(
        self, name: str, press: Press, content: bytes, source: tuple[Objects, str] | None,
        program: str, told: Mapping[str, str],
    ) -> None:  # fmt: skip
        self.name, self._press, self._content, self._source = name, press, content, source
        self._program, self._told = program, told

    def setup(self, worker: Any) -> None:
        """Take a folder in that of the worker, to be taken away with it."""
        self._folder = Path(tempfile.mkdtemp(prefix="dts-", dir=worker.local_directory))
        self._lock, self._ready = threading.Lock(), False
        self._free: queue.SimpleQueue[Renderer] = queue.SimpleQueue()
        self._all: list[Renderer] = []
        self._over = False

    def teardown(self, worker: Any) -> None:
        """End the processes, and leave nothing of the workbook on this machine."""
        self._over = True
        for one in list(self._all):
            one.end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def make(self, report: Report, former: Entry | None) -> Parcel:
        """Make a report; a process that dies is replaced once."""
        self._prepare()
        job = Job(report, self._press, former, self._told)
        try:
            return self._made(job)
        except (EOFError, OSError):
            if self._over:
                raise
            return self._made(job)

    def _made(self, job: Job) -> Parcel:
        try:
            one = self._free.get_nowait()
        except queue.Empty:
            one = Renderer()
            self._all.append(one)
        try:
            parcel = one.make(job)
        except BaseException:
            if not self._over:
                self._all.remove(one)
                one.end()
            raise
        self._free.put(one)
        return parcel

    def _prepare(self) -> None:
        """Fetch the snapshot once, and look that it is the one that was asked."""
        with self._lock:
            if self._ready:
                return
            if code_digest() != self._program:
                raise DtsError(
                    f"La machine « {platform.node()} » n'a pas la même version du programme.",
                    "Installer la même version de dts-research sur toutes les machines.",
                )
            data, notebooks = unpack(self._fetched(), self._folder)
            self._press = replace(self._press, data=data, notebooks=notebooks)
            self._content, self._ready = b"", True

    def _fetched(self) -> bytes:
        if self._source is None:
            return self._content
        folder, name = self._source
        content = folder.read([name]).get(name, b"")
        if name_of(content) != name:
            raise DtsError(f"La copie du classeur dans « {folder} » est incomplète.",
                           "Relancer la commande.")  # fmt: skip
        return content


def make_there(name: str, report: Report, former: Entry | None) -> Parcel:
    """Make a report on the worker that runs this, at the bench of a batch."""
    bench: Any = get_worker().plugins[name]
    parcel: Parcel = bench.make(report, former)
    return parcel
