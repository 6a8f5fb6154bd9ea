"""How long it takes to say which reports are out of date.

``python -m benchmarks.staleness`` makes a country of 101 territories and 10 000 experiences, notes
what each report reads (the reads of its material, without running its notebook; the lines of the
manifest are written here, with small files in place of the outputs), then asks where reports stand:
nothing having changed, after one experience was corrected, and for 35 000 lines.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from benchmarks.country import make_country
from dts_research.cli.making import planned, press_of
from dts_research.reports.disk import write_whole
from dts_research.reports.freshness import FRESH, STALE, digests, rendering_digest, states
from dts_research.reports.manifest import Entry, Manifest
from dts_research.reports.plan import Report
from dts_research.reports.pool import make_reports
from dts_research.reports.press import Press
from dts_research.reports.surroundings import environment
from dts_research.store.slices import pack
from dts_research.workbook import Workbook, open_workbook
from dts_research.workbook.arrival import receive_files
from dts_research.workspace import READS

MADE = "2026-11-24T04:00:00+00:00"


def reads_of(book: Workbook, report: Report) -> str:
    """Give what the material of a report reads, as its notebook asks for it."""
    with tempfile.TemporaryDirectory() as folder:
        noted = Path(folder) / "reads"
        with environment({READS: str(noted)}):
            again = open_workbook(book.workspace.data)
            if report.territory:
                here = again.territory(report.territory, audience=report.audience)
                again.comparison(here)
            else:
                here = again.network(audience=report.audience)
            again.looking_back(here)
        return pack(noted.read_text("utf-8").splitlines())


def line_of(report: Report, press: Press, reads: str) -> Entry:
    """Write the files of a report, and give its line."""
    names = {one.name: getattr(report, one.name) for one in fields(Report)}
    files = (f"{report.id}.html", f"{report.id}.pdf", f"carnets/{report.id}.ipynb")
    outputs = {name: write_whole(press.out / name, name.encode()) for name in files}
    return Entry(**names, state=FRESH, digests=digests(report, press), reads=reads,
                 outputs=outputs, made_at=MADE, tried_at=MADE)  # fmt: skip


def correct(book: Workbook, experience: str) -> None:
    """Receive one experience with a word of its text corrected."""
    with book.store() as store:
        row = {**store.record("experiences", experience), "context": "Un mot a été corrigé."}
    path = book.workspace.data / "inbox" / "correction.json"
    path.write_text(json.dumps([{k: v for k, v in row.items() if v is not None}]), "utf-8")
    receive_files(book, [path])


def timed(work: Any, *args: Any, **options: Any) -> tuple[float, Any]:
    """Run something; give how long it took on the clock, and what it gave."""
    start = time.perf_counter()
    found = work(*args, **options)
    return round(time.perf_counter() - start, 3), found


def check(book: Workbook) -> tuple[Press, Sequence[Any]]:
    """Say where every report stands, as ``dts list`` does."""
    press = press_of(book)
    return press, states(planned(book), press)


def skipped(book: Workbook) -> Any:
    """Ask for every report, as ``dts report`` does."""
    press = replace(press_of(book), formats=("html", "pdf"))
    plan = planned(book)
    return make_reports(plan, press, plan=plan, progress=False)


def measure(book: Workbook, many: int) -> dict[str, Any]:
    """Note the reads, then ask again and again."""
    press, plan = press_of(book), planned(book)
    rendering_digest()
    lines = [line_of(report, press, reads_of(book, report)) for report in plan]
    Manifest(press.out).record(*lines)
    found: dict[str, Any] = {"reports": len(plan), "line_bytes": len(lines[-1].to_line())}
    found["nothing_list_s"], (_, known) = timed(check, book)
    assert {one.state for one in known} == {FRESH}, known[0]
    found["nothing_report_s"], _ = timed(skipped, book)
    correct(book, "F-13-00012")
    found["one_changed_list_s"], (press, known) = timed(check, book)
    found["one_changed"] = {one.report.id: one.why for one in known if one.state == STALE}
    found |= _many(press, lines[1], many)
    return found


def _many(press: Press, line: Entry, many: int) -> dict[str, Any]:
    """The same for so many lines, each with three small files; then the index is there."""
    with tempfile.TemporaryDirectory() as folder:
        press = replace(press, out=Path(folder), formats=("html", "pdf"))
        some = [replace(_report(line), id=f"territoire-{n:05d}") for n in range(many)]
        lines = [line_of(report, press, line.reads) for report in some]
        Manifest(press.out).record(*lines)
        listed, known = timed(states, some, press)
        assert {one.state for one in known} == {FRESH}
        indexed, _ = timed(make_reports, some, press, progress=False)
        asked, outcome = timed(make_reports, some, press, progress=False)
        assert len(outcome.skipped) == many
    return {
        "many": many, "many_list_s": listed, "many_index_s": indexed, "many_report_s": asked,
    }  # fmt: skip


def _report(entry: Entry) -> Report:
    return Report(**{one.name: getattr(entry, one.name) for one in fields(Report)})


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--territories", type=int, default=101)
    parser.add_argument("--experiences", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=35_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        book = make_country(
            Path(folder), territories=asked.territories, experiences=asked.experiences
        )
        found = measure(book, asked.many)
    print(json.dumps(found, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
