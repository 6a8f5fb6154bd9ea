"""The capture sheet of a session, filled beforehand with what it follows up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date as Day
from pathlib import Path
from typing import Any

import pandas as pd

from dts_research.analysis.decisions import still_open
from dts_research.display import door
from dts_research.display.style import french_date
from dts_research.reflection.capture_sheet import write_sheet
from dts_research.workbook.material import Material

__all__ = ["Capture", "capture_of", "write_capture"]

LEVELS = {"reseau": "national", "region": "regional"}
# What is under way comes first: it is what a session has to say something of.
HYPOTHESES = ("examined", "stated", "qualified", "supported", "set_aside")
REFERENCES = ("contested", "nuanced", "adopted")
Rows = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Capture:
    """A session and what it follows up, before anybody has written anything.

    Parameters
    ----------
    session_id, label, level, territory_id, territory, date, cycle_id, report_id
        The session; `level` is a code (``local``, ``regional``, ``national``), `territory` the
        name of its territory, `territory_id` is empty for the whole network.
    decisions
        Open decisions: decision_id, statement, carrier, due (a date or None), status (a code).
    figures
        Figures shown: figure_id, title.
    hypotheses
        hypothesis_id, statement, status.
    references
        reference_id, statement, status.
    """

    session_id: str
    label: str
    level: str
    territory_id: str
    territory: str
    date: Day
    cycle_id: str = ""
    report_id: str = ""
    decisions: Rows = ()
    figures: Rows = ()
    hypotheses: Rows = ()
    references: Rows = ()


def capture_of(
    material: Material,
    *,
    session_id: str,
    date: Day,
    figures: Iterable[Mapping[str, str]],
    label: str = "",
    cycle_id: str = "",
    report_id: str = "",
) -> Capture:
    """Fill a capture sheet beforehand from the material that the session is about.

    Parameters
    ----------
    material
        Material of the territory, for the circle that will be in the room.
    session_id, date
        The session and its day.
    figures
        Figures shown in the room, in order: ``figure_id`` and ``title``.
    label
        Name of the session; made of its day and its territory by default.
    cycle_id, report_id
        Its cycle, and the report that is shown.
    """
    where = material.territory
    place = where.label.lower() if material.whole_network else where.label
    return Capture(
        session_id=session_id,
        label=label or f"Séance du {french_date(date)}, {place}",
        level=LEVELS.get(where.level, "local"),
        territory_id="" if material.whole_network else where.id,
        territory=where.label,
        date=date,
        cycle_id=cycle_id or material.cycle,
        report_id=report_id,
        decisions=_decisions(material),
        figures=tuple({k: str(one[k]) for k in ("figure_id", "title")} for one in figures),
        hypotheses=_stated(material, "hypotheses", HYPOTHESES),
        references=_stated(material, "common_references", REFERENCES),
    )


def write_capture(capture: Capture, path: Path) -> None:
    """Write a capture sheet as a workbook (.xlsx) to be filled in during the session."""
    write_sheet(capture, path)


def _decisions(material: Material) -> Rows:
    """Decisions still open, the oldest first."""
    still, names = still_open(door.rows(material, "decisions")), door.names(material)
    order = sorted(still.index, key=lambda i: (_text(still["due_on"][i]) or "9999", i))
    return tuple(
        {
            "decision_id": r.decision_id,
            "statement": door.words(r.statement),
            "carrier": door.words(r.carrier_role, missing="")
            or names.get(r.carrier_id if isinstance(r.carrier_id, str) else "", ""),
            "due": r.due_on if isinstance(r.due_on, Day) else None,
            "status": r.status,
        }
        for r in still.loc[order].itertuples()
    )


def _stated(material: Material, table: str, order: tuple[str, ...]) -> Rows:
    """Hypotheses or common references, those under debate first."""
    frame = door.rows(material, table)
    key = frame.columns[0]
    ranks = {status: rank for rank, status in enumerate(order)}
    frame = frame.sort_values(
        "status", key=lambda column: column.map(ranks).fillna(len(ranks)), kind="stable"
    )
    return tuple(
        {key: one[key], "statement": door.words(one["statement"]), "status": one["status"]}
        for one in frame.to_dict("records")
    )


def _text(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value)
