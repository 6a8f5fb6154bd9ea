"""Make many reports, several at a time; one that fails stops no other."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.util import get_temp_dir
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from tqdm import tqdm

from dts_research.display.style import many
from dts_research.reports.cluster import check_scheduler, lines_of
from dts_research.reports.disk import check_writable
from dts_research.reports.ending import at_the_end, end_batch
from dts_research.reports.freshness import (
    FAILED,
    FRESH,
    STALE,
    Status,
    beside,
    code_digest,
    rendering_digest,
    states,
)
from dts_research.reports.interruption import Interrupted, stoppable
from dts_research.reports.journals import Journal, run_journal, tell_start
from dts_research.reports.lock import held
from dts_research.reports.manifest import Entry, Manifest
from dts_research.reports.notebooks import UnreadableNotebook
from dts_research.reports.outcome import Outcome, outcome_of
from dts_research.reports.plan import Report
from dts_research.reports.press import Press
from dts_research.reports.run import check
from dts_research.reports.storage import Objects
from dts_research.reports.workers import fitted, made

BAR = "{desc} : {n_fmt}/{total_fmt}{postfix}, reste {remaining}"
NOTHING: Mapping[str, Any] = MappingProxyType({})
# Times a run begins again because what it reads has changed meanwhile.
TURNS = 3
INTERRUPTED = "Interrompu : {}, {} à faire. {}"
ON = "La même commande reprendra le travail."
FORCED = "La même commande recommencera tout ; sans --force, elle ne refait que ce qui a changé."


def make_reports(
    reports: Sequence[Report],
    press: Press,
    *,
    plan: Sequence[Report] = (),
    workers: int | None = None,
    progress: bool = True,
    force: bool = False,
    again: Callable[[], Press] | None = None,
    scheduler: str = "",
) -> Outcome:
    """Make the reports that are missing, stale or failed, then the index page.

    Processes are started afresh: a script that calls this needs ``if __name__ == "__main__":``.

    Parameters
    ----------
    plan
        Every report of the workbook, for the index page; by default the ones asked.
    workers
        How many at a time; as many as cores by default.
    progress
        Show a progress bar on standard error.
    force
        Make the fresh ones too.
    again
        Gives the press as it is by then. Material received meanwhile, a withdrawal first of all,
        has the reports concerned made again; what else changed marks them.
    scheduler
        Address of the Dask scheduler whose machines make them; "" for this machine.

    Raises
    ------
    DtsError
        Before any work: output folder not writable or held by another run, notebook missing,
        parameter wrong.
    Interrupted
        A `KeyboardInterrupt`; what was made is kept and recorded, and the index page written.
    """
    begun = time.perf_counter()
    check_writable(press.out)
    check_scheduler(scheduler)
    fixed, press = bool(press.version), _settled(press, force)
    with stoppable(), TemporaryDirectory(prefix="dts-", ignore_cleanup_errors=True) as folder:
        batch = Batch(reports, press, plan or reports, workers or _cores(), progress, folder, again,
                      scheduler, fixed=fixed)  # fmt: skip
        with _held(press.out, folder):
            batch.run(force)
    outcome = outcome_of(batch.entries, batch.skipped, time.perf_counter() - begun)
    overtaken = {name: why for name, why in batch.late.items() if name in outcome.made}
    stale = {name: why for name, why in batch.late.items() if name not in overtaken}
    return replace(outcome, failed=outcome.failed | batch.lost, overtaken=overtaken, stale=stale)


def _held(out: Path | Objects, folder: str) -> AbstractContextManager[None]:
    """Hold an output folder; on object storage nothing can be held."""
    if isinstance(out, Objects):
        return nullcontext()
    return held(out, folders=(folder, get_temp_dir()))


def _settled(press: Press, force: bool) -> Press:
    press = fitted(press)
    return replace(press, version=press.version or code_digest(), rerun=press.rerun or force,
                   rendering=press.rendering or rendering_digest())  # fmt: skip


def _told_once(press: Press) -> Press:
    """Tell those who make the reports what is the same for all of them."""
    return replace(press, beside=press.beside or beside(press.notebooks))


@dataclass
class Batch:
    """One run in an output folder that it holds.

    Parameters
    ----------
    fixed
        Whether the caller says which program it is.
    left
        How many of this turn are still to be made.
    late
        At the end, what is out of date by then, each with the reason.
    lost
        At the end, what the disk refused beside the reports.
    """

    reports: Sequence[Report]
    press: Press
    plan: Sequence[Report]
    workers: int
    progress: bool
    folder: str
    again: Callable[[], Press] | None
    scheduler: str = ""
    fixed: bool = False
    left: int = 0
    entries: dict[str, Entry] = field(default_factory=dict)
    late: dict[str, str] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)

    @property
    def skipped(self) -> tuple[str, ...]:
        """Reports that were not made, being right as they stood."""
        return tuple(one.id for one in self.reports if one.id not in self.entries)

    def run(self, force: bool) -> None:
        """Make what is to be made, then the pages that tell of it, whatever happened."""
        known = states(self.reports, self.press)
        todo = [one for one in known if force or _wanted(one, self.press)]
        for one in todo:  # the others were checked when they were made, and are the same
            with suppress(UnreadableNotebook):  # its own failure, told when it is made
                check(one.report, self.press)
        Manifest(self.press.out).compact()
        if same := [one.entry for one in known if one.checked and one.entry]:
            Manifest(self.press.out).record(*same)
        self.journal = run_journal(self.press)
        tell_start(self.journal, self.press, self.workers, len(self.reports), todo)
        now = self.press
        try:
            for _ in range(TURNS):
                self._make(todo)
                if not (todo := self._outdated()):
                    break
            now = at_the_end(self.press, self.again if self.entries else None, fixed=self.fixed)
        except KeyboardInterrupt as stop:
            raise self._interrupted(stop) from stop
        finally:
            stand = () if self.entries else known  # nothing was made: they are as they were
            self.late, self.lost = end_batch(self.plan, now, self.entries, known=stand)
            self.journal.say(f"fin : {len(self.entries)} essayés")

    def _make(self, todo: Sequence[Status]) -> None:
        self.left = len(todo)
        for entry in self._made(todo):
            self.left -= 1
            self.entries[entry.id] = _kept(entry)
            self.journal.ended(entry)
            Journal.of(entry.id, self.press).ended(entry)

    def _outdated(self) -> list[Status]:
        """Reports that the material received since the beginning concerns."""
        now = self.again() if self.again and self.entries else self.press
        if now.digest == self.press.digest:
            return []
        self.press = replace(self.press, digest=now.digest, comments=now.comments)
        self.journal.say(f"les données ont changé pendant la fabrication : {now.digest}")
        return [one for one in states(self.reports, self.press) if one.state == STALE]

    def _interrupted(self, stop: KeyboardInterrupt) -> Interrupted:
        number = stop.number if isinstance(stop, Interrupted) else signal.SIGINT
        made = sum(entry.state != FAILED for entry in self.entries.values())
        kept = many(made, "rapport fait et gardé", "rapports faits et gardés")
        self.journal.say(f"interrompu par le signal {int(number)}")
        told = FORCED if self.press.rerun else ON
        return Interrupted(number, INTERRUPTED.format(kept, self.left, told))

    def _made(self, todo: Sequence[Status]) -> Iterator[Entry]:
        """Give each report's manifest line once recorded, in the order in which they end."""
        manifest, press = Manifest(self.press.out), _told_once(self.press)
        before = {one.report.id: one.entry for one in todo if one.entry}
        longest = sorted(todo, key=lambda one: -(one.entry.seconds if one.entry else 1e9))
        queue = [one.report for one in longest]
        make = partial(made, workers=min(self.workers, len(queue)), folder=self.folder,
                       say=self.journal.say)  # fmt: skip
        lines = lines_of(queue, press, before, make, self.scheduler)
        with _bar(len(queue), self.progress) as bar, closing(lines):
            failed = 0
            for entry in lines:
                former = before.get(entry.id)
                kept = _with_former(entry, former)
                manifest.record(former if former and _only_refused(kept, former, press) else kept)
                failed += kept.state == FAILED
                told = {"en échec": failed, "à jour": len(self.reports) - len(queue)}
                bar.set_postfix_str(", ".join(f"{n} {what}" for what, n in told.items() if n))
                bar.update()
                yield kept


def _kept(entry: Entry) -> Entry:
    """What is told of a report at the end: the manifest holds the rest, of thousands."""
    if entry.state == FAILED:
        return entry
    names = {name: NOTHING for name in entry.outputs}
    return replace(entry, outputs=names, digests=NOTHING, parameters=NOTHING, figures=NOTHING,
                   reads="")  # fmt: skip


def _bar(total: int, shown: bool) -> Any:
    return tqdm(
        total=total,
        desc="Rapports",
        bar_format=BAR,
        file=sys.stderr,
        disable=not shown or not total,
        mininterval=0.1 if sys.stderr.isatty() else 5,
    )


def _wanted(one: Status, press: Press) -> bool:
    """Whether a report is to be made: what stands is not right, or is not all that is asked."""
    return one.state != FRESH or one.entry is None or press.lacks(one.entry)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _with_former(entry: Entry, former: Entry | None) -> Entry:
    """A failed attempt leaves the former files in place: the line goes on speaking of them."""
    if former is None or entry.state != FAILED or entry.outputs:
        return entry
    names = ("outputs", "made_at", "title", "strict", "faults", "figures", "imprint")
    return replace(entry, **{name: getattr(former, name) for name in names})


def _only_refused(entry: Entry, former: Entry, press: Press) -> bool:
    """Whether a good draft, known to have faults, was merely refused for publication.

    It is as up to date as it was: what one command asks changes no state.
    """
    draft = press.strict and former.state == FRESH and former.faults > 0
    return draft and entry.state == FAILED and former.digests == entry.digests
