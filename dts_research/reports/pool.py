"""Make many reports, several at a time; one that fails stops no other."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

from tqdm import tqdm

from dts_research.errors import DtsError, ProtectionError
from dts_research.reports.freshness import (
    FAILED,
    FRESH,
    Status,
    code_digest,
    rendering_digest,
    states,
    variants,
)
from dts_research.reports.index import write_index
from dts_research.reports.manifest import Entry, Manifest, check_writable
from dts_research.reports.notebooks import UnreadableNotebook
from dts_research.reports.plan import Report
from dts_research.reports.press import KERNEL, Press
from dts_research.reports.run import check
from dts_research.reports.workers import made

BAR = "{desc} : {n_fmt}/{total_fmt}, reste {remaining}{postfix}"


@dataclass(frozen=True)
class Outcome:
    """What a batch did, as ids of reports and paths of files.

    Parameters
    ----------
    failed
        Id -> French reason.
    outputs
        Id -> files made, HTML first, relative to the output folder.
    refused
        True when every failure is a refusal, for protection.
    """

    made: tuple[str, ...]
    skipped: tuple[str, ...]
    failed: dict[str, str]
    seconds: float
    outputs: dict[str, tuple[str, ...]]
    refused: bool = False

    @property
    def exit_code(self) -> int:
        """0 when all went well, 4 when all was refused for protection, 1 when a report failed."""
        if self.refused and not self.made:
            return ProtectionError.exit_code
        return DtsError.exit_code if self.failed else 0

    def as_json(self) -> dict[str, Any]:
        """Give the value that ``dts report --json`` prints."""
        return {name: value for name, value in asdict(self).items() if name != "refused"}


def make_reports(
    reports: Sequence[Report],
    press: Press,
    *,
    plan: Sequence[Report] = (),
    workers: int | None = None,
    progress: bool = True,
    force: bool = False,
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

    Raises
    ------
    DtsError
        Before any work: output folder not writable, notebook missing, parameter wrong.
    KeyboardInterrupt
        When interrupted; what was made is kept and recorded, and the index page written.
    """
    started = time.perf_counter()
    check_writable(press.out)
    if "forkserver" not in multiprocessing.get_all_start_methods():
        press = replace(press, engine=KERNEL)
    press = replace(press, version=press.version or code_digest(), rerun=press.rerun or force,
                    rendering=press.rendering or rendering_digest())  # fmt: skip
    for report in reports:
        with suppress(UnreadableNotebook):  # its own failure, told when it is made
            check(report, press)
    Manifest(press.out).compact()
    known = states(reports, press)
    if same := [one.entry for one in known if one.checked and one.entry]:
        Manifest(press.out).record(*same)
    todo = [one for one in known if force or _wanted(one, press)]
    entries: dict[str, Entry] = {}
    try:
        for entry in _made(todo, press, workers or _cores(), progress):
            entries[entry.id] = entry
    finally:
        _write_index(plan or reports, press)
    skipped = tuple(one.report.id for one in known if one not in todo)
    return _outcome(entries, skipped, time.perf_counter() - started)


def _wanted(one: Status, press: Press) -> bool:
    """Whether a report is to be made: what stands is not right, or is not all that is asked."""
    return one.state != FRESH or one.entry is None or press.lacks(one.entry)


def _write_index(plan: Sequence[Report], press: Press) -> None:
    known = {report.id: report for report in (*variants(plan, press), *plan)}
    write_index(press.out, states(list(known.values()), press), press)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _outcome(entries: dict[str, Entry], skipped: tuple[str, ...], seconds: float) -> Outcome:
    failed = {
        e.id: e.failure.message if e.failure else "" for e in entries.values() if e.state == FAILED
    }
    made = tuple(name for name in entries if name not in failed)
    outputs = {name: tuple(entries[name].outputs) for name in made}
    failures = [entries[name].failure for name in failed]
    refused = bool(failures) and all(
        one is not None and one.error.startswith(ProtectionError.__name__) for one in failures
    )
    return Outcome(made, skipped, failed, round(seconds, 1), outputs, refused)


def _made(todo: Sequence[Status], press: Press, workers: int, progress: bool) -> Iterator[Entry]:
    """Give each report's manifest line once recorded, in the order in which they end."""
    manifest = Manifest(press.out)
    before = {one.report.id: one.entry for one in todo if one.entry}
    longest = sorted(todo, key=lambda one: -(one.entry.seconds if one.entry else 1e9))
    queue = [one.report for one in longest]
    bar = tqdm(
        total=len(queue),
        desc="Rapports",
        bar_format=BAR,
        file=sys.stderr,
        disable=not progress or not queue,
        mininterval=0.1 if sys.stderr.isatty() else 5,
    )
    with bar, closing(made(queue, press, min(workers, len(queue)))) as lines:
        for entry in lines:
            former = before.get(entry.id)
            kept = _with_former(entry, former)
            manifest.record(former if former and _only_refused(kept, former, press) else kept)
            bar.set_postfix_str(entry.label or entry.id, refresh=False)
            bar.update()
            yield kept


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
