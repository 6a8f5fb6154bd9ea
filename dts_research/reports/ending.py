"""The end of a batch: the page of each failed report, the index, and what was overtaken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from dts_research.errors import reason, remedy
from dts_research.reports.failure_page import write_failures
from dts_research.reports.freshness import STALE, Status, present_code, states, variants
from dts_research.reports.index import INDEX, write_index
from dts_research.reports.manifest import Entry
from dts_research.reports.plan import Report
from dts_research.reports.press import Press


def end_batch(
    plan: Sequence[Report],
    press: Press,
    tried: Mapping[str, Entry],
    *,
    known: Sequence[Status] = (),
) -> tuple[dict[str, str], dict[str, str]]:
    """Write the page of each failed report, then the index, that leads to all of them.

    Parameters
    ----------
    press
        As it is now: see `at_the_end`.
    tried
        What the batch attempted.
    known
        How some of the reports stand, where it is known.

    Returns
    -------
    late : dict
        The reports that are out of date, each with the reason.
    lost : dict
        The index, where the disk refused it, with the reason.
    """
    every = {report.id: report for report in (*variants(plan, press), *plan)}
    stand = {one.report.id: one for one in known}
    others = [report for name, report in every.items() if name not in stand]
    stand |= {one.report.id: one for one in states(others, press)} if others else {}
    statuses = [stand[name] for name in every]
    write_failures(statuses, tried, press)
    late = {one.report.id: one.why for one in statuses if one.state == STALE}
    try:
        write_index(press.out, statuses, press)
    except OSError as error:
        return late, {INDEX: f"{reason(error)}. {remedy(error)}".strip()}
    return late, {}


def at_the_end(press: Press, again: Callable[[], Press] | None, *, fixed: bool = False) -> Press:
    """Give the press with the material and the program as they are by now.

    What was received or installed meanwhile is not in the digests noted at the start: what was
    made from both must not pass for up to date.

    Parameters
    ----------
    again
        Gives the press anew; None where nothing was made.
    fixed
        Whether the digest of the program was given by the caller.
    """
    if again is None:
        return press
    version, rendering = (press.version, press.rendering) if fixed else present_code()
    now = again()
    return replace(press, digest=now.digest, present=now.present, comments=now.comments,
                   version=version, rendering=rendering)  # fmt: skip
