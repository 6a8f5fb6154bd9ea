"""What ``dts list`` says: where each report stands, or the rows of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any

from dts_research.cli.making import planned, press_of
from dts_research.cli.outcome import day, plural
from dts_research.reports.freshness import STATES, brief, variants
from dts_research.reports.freshness import states as report_states
from dts_research.reports.index_states import made_on, stands
from dts_research.reports.lock import going_on
from dts_research.reports.press import FORMATS, formats_of
from dts_research.schema import catalogue
from dts_research.workbook import Workbook
from dts_research.workbook.notes import as_rows

LINE, MARGIN = 100, "    "


def states(book: Workbook) -> list[dict[str, Any]]:
    """Where each report of the plan stands, and each of its variants made before."""
    press = press_of(book)
    plan = planned(book)
    return [
        {
            "id": one.report.id, "notebook": one.report.notebook,
            "territory": one.report.territory, "label": one.report.label,
            "parameters": dict(one.report.parameters), "audience": one.report.audience,
            "variant": one.report.variant, "state": one.state, "why": one.why,
            "made_at": one.entry.made_at if one.entry else None,
            "standing": made_on(one) if stands(one) else "",
            "formats": [*formats_of(one.entry)] if one.entry else [],
            "strict": bool(one.entry and one.entry.strict),
            "faults": one.entry.faults if one.entry else 0,
            "outputs": [str(press.out / name) for name in one.entry.outputs] if one.entry else [],
        }
        for one in report_states((*plan, *variants(plan, press)), press)
    ]  # fmt: skip


def records(book: Workbook, table: str) -> list[dict[str, Any]]:
    """All rows of a table."""
    (frame,) = book.frames(table)
    return [{"id": row[catalogue().tables[table].key], **row} for row in as_rows(frame)]


def lines_of(rows: list[dict[str, Any]], table: str | None) -> Iterator[str]:
    """Say each report's state, or each row's id and name."""
    width = max((len(row["id"]) for row in rows), default=0)
    for row in rows:
        if table is None:
            yield from _report_lines(row, width)
        else:
            said = (row.get(name) for name in ("title", "label", "statement", "value"))
            name = next((text for text in said if text not in (None, "")), "")
            yield f"{row['id']:<{width}}  {name}"
    yield (
        plural(len(rows), "ligne", "lignes") if table else plural(len(rows), "rapport", "rapports")
    )


def running(book: Workbook) -> Iterator[str]:
    """Say that a run is on: what follows is about to change."""
    if said := going_on(book.workspace.reports):
        yield said


def unformed(book: Workbook) -> Iterator[str]:
    """Say which perimeters have no report, for they cannot be formed."""
    for name, error in book.unformed().items():
        yield f"{name} : {error}"


def _report_lines(row: Mapping[str, Any], width: int) -> Iterator[str]:
    """State of a report on a line; below, why when it is long, and what it is made of."""
    head = f"{row['id']:<{width}}  {row['label'] or 'Réseau':<32} {STATES[row['state']]}"
    why = brief(row["why"], LINE - len(MARGIN))
    beside = f" ({why})" if why and len(f"{head} ({why})") <= LINE else ""
    yield head + beside
    checked = "forme contrôlée" if row["strict"] else ""
    draft = plural(row["faults"], "défaut", "défauts") if row["faults"] else ""
    formats = ", ".join(FORMATS[kind] for kind in row["formats"])
    standing = f"la version du {row['standing']} reste en place" if row["standing"] else ""
    made = f"fait le {day(row['made_at'])}" if row["made_at"] and not standing else ""
    facts = ("" if beside else why, standing, row["variant"], made, checked or draft, formats)
    for line in wrap(" · ".join(filter(None, facts)), LINE - len(MARGIN)):
        yield MARGIN + line
