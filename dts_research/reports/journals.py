"""Logs of the press: one per report, one per run; for who looks for what went wrong.

They stay in a folder that only its owner can open, beside the reports and never among the files
that are handed out. What cannot be written there stops nothing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from dts_research.reports.failing import cell_number
from dts_research.reports.freshness import FAILED, Status, dependencies
from dts_research.reports.manifest import Entry
from dts_research.reports.notebooks import NotebookNode
from dts_research.reports.press import Press
from dts_research.reports.traces import readable
from dts_research.workspace import add_line

FOLDER, RUNS, PROCESSES = "journaux", "executions", "executions/processus"
# Logs of runs that are kept.
KEPT = 20
MARGIN = "    "


@dataclass
class Journal:
    """A log: lines added as things happen.

    Parameters
    ----------
    folders
        Folders whose paths may be told.
    """

    path: Path | None
    folders: tuple[Path, ...] = ()

    @classmethod
    def of(cls, name: str, press: Press) -> Journal:
        """Log of a report or, as ``executions/NAME``, of a run."""
        place = press.logs or press.out
        if not isinstance(place, Path):
            return cls(None)  # nobody said where logs go beside object storage
        return cls(place / FOLDER / f"{name}.log", (press.notebooks, press.data, place))

    def begin(self, text: str) -> None:
        """Start anew."""
        if self.path is not None:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)
        self.say(text)

    def say(self, *lines: str) -> None:
        """Add a line with its time, and others under it."""
        first, *under = lines
        self._add([f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {first}", *(MARGIN + x for x in under)])

    def quote(self, text: str) -> None:
        """Add what a program said, without names of persons nor paths of elsewhere."""
        self._add([MARGIN + line for line in readable(text, self.folders).splitlines()])

    def _add(self, lines: Sequence[str]) -> None:
        if self.path is None:
            return
        with suppress(OSError):
            try:
                add_line(self.path, "\n".join(lines))
            except FileNotFoundError:
                _make_private(self.path.parent)
                add_line(self.path, "\n".join(lines))

    def ended(self, entry: Entry) -> None:
        """Tell how a report ended."""
        self.say(f"{entry.id} : {_ending(entry)}")


def _make_private(folder: Path) -> None:
    """Make a folder, and those above it in the logs, for its owner only."""
    above = [one for one in (folder, *folder.parents) if FOLDER in one.parts]
    for one in reversed(above):
        if not one.is_dir():
            one.mkdir(parents=True, exist_ok=True)
            os.chmod(one, 0o700)


def _ending(entry: Entry) -> str:
    took = f"en {seconds(entry.seconds)}"
    if entry.state == FAILED:
        return f"en échec {took} : {entry.failure.message if entry.failure else ''}"
    return f"fait {took} : {', '.join(entry.outputs)}"


def seconds(number: float) -> str:
    """Write a time: « 1,25 s »."""
    return f"{number:.2f} s".replace(".", ",")


@dataclass
class CellJournal:
    """What the cells of a report did, told as papermill runs them, by either engine."""

    journal: Journal
    notebook: NotebookNode
    began: float = 0.0
    cells: int = 0

    def options(self) -> dict[str, Any]:
        """What papermill is to call."""
        return {"on_cell_executed": self._executed}

    def start(self) -> None:
        """Note that a cell starts."""
        self.began = time.perf_counter()
        self.cells += 1

    def _executed(self, *, cell: NotebookNode, cell_index: int, **_: Any) -> None:
        number = cell_number(cell.source, cell_index, self.notebook)
        where = f"cellule {number}" if number else "paramètres"
        self.journal.say(f"{where} : {seconds(time.perf_counter() - self.began)}")
        for one in cell.get("outputs", []):
            if one.get("name") == "stderr":
                self.journal.quote(str(one.get("text", "")))
            if one.get("output_type") == "error":
                self.journal.quote("\n".join(one.get("traceback", [])))


def run_journal(press: Press) -> Journal:
    """Log of a run that begins; the oldest ones go."""
    name = f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%S.%f}Z-{os.getpid()}"
    journal = Journal.of(f"{RUNS}/{name}", press)
    former = sorted(journal.path.parent.glob("*.log")) if journal.path else []
    for old in former[: max(0, len(former) - KEPT + 1)]:
        with suppress(OSError):
            old.unlink()
    return journal


def tell_start(
    journal: Journal, press: Press, workers: int, asked: int, todo: Sequence[Status]
) -> None:
    """Tell what a run starts from: which material and programs, which reports and why."""
    journal.say(
        f"début : {asked} demandés, {len(todo)} à faire ; {workers} à la fois ; "
        f"moteur {press.engine} ; formats {', '.join(press.formats)} ; strict : {press.strict}"
    )
    journal.say(f"empreinte des données {press.digest}, du programme {press.version}")
    journal.say(f"{_version('dts-research')}, {dependencies()}")
    plan = (f"{one.report.id} : {one.why or 'demandé'}" for one in todo)
    journal.say("à faire :", *plan)


def _version(name: str) -> str:
    with suppress(PackageNotFoundError):
        return f"{name} {version(name)}"
    return f"{name} absent"
