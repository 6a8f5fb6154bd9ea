"""Which reports a command asks for, and with which values: what was typed, read and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dts_research.errors import RequestError
from dts_research.protect.disclosure import PEOPLE_FLOOR, Policy
from dts_research.reports.parameters import declared_parameters, with_values
from dts_research.reports.plan import Report, select
from dts_research.reports.press import Press
from dts_research.workbook import READERS, Workbook
from dts_research.workbook.material import check_reader, years_of
from dts_research.workbook.meetings import asked_day


def code_of(book: Workbook, plan: Sequence[Report], name: str) -> str:
    """Read « bouches du rhone » or 13 as the plan's own code."""
    try:
        select(plan, [name])
        return name
    except RequestError:
        return str(book.resolve(name).id)


def with_texts(book: Workbook, report: Report, press: Press, texts: Sequence[str]) -> Report:
    """Apply the values typed by a person; the report is then a variant with its own files."""
    if not texts:
        return report
    changed = with_values(report, texts, declared_parameters(press.notebooks / report.notebook))
    _refuse_wrong_values(book, changed.parameters)
    return changed


def _refuse_wrong_values(book: Workbook, values: Mapping[str, Any]) -> None:
    """Refuse a reader, a period, a day, a place or a threshold that no notebook would accept."""
    check_reader(values.get("reader", READERS[0]))
    years_of(str(values.get("period", "")))
    asked_day(str(values.get("since", "")))
    Policy(people=int(values.get("min_count", PEOPLE_FLOOR)))
    book.refuse_unknown(cycle=str(values.get("cycle", "")), place=str(values.get("reference", "")))
