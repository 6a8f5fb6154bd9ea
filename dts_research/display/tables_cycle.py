"""« Où en est le cycle »: the question asked, since when, the phases under way, the sessions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from dts_research.analysis.result import listed
from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.captions import nothing, short
from dts_research.display.depth import most
from dts_research.display.grids import named
from dts_research.display.several import Blocks
from dts_research.display.style import NOT_APPLICABLE, agree, french_date, listing, many
from dts_research.workbook.material import Material

FEW = 4


def cycle(material: Material) -> Blocks:
    """Where the cycles under way stand; a cycle has no date by which it must end."""
    rows = _under_way(material)
    if rows.empty:
        text = "Aucun cycle de recherche-action n'est ouvert ce jour-là dans ce classeur."
        none = nothing("cycle", "Pas de cycle en cours", text, mark=NOT_APPLICABLE)
        return Blocks((none,))
    return Blocks(tuple(_cycle(material, n, r) for n, r in enumerate(rows.itertuples(), start=1)))


def _under_way(material: Material) -> pd.DataFrame:
    """Cycles that have begun and not ended, or the one that was asked for."""
    rows = door.rows(material, "cycles")
    if material.cycle:
        return rows[rows["cycle_id"] == material.cycle]
    begun = [not isinstance(day, date) or day <= material.today for day in rows["started_on"]]
    going = [not isinstance(day, date) or day >= material.today for day in rows["ended_on"]]
    return rows[[one and other for one, other in zip(begun, going)]]


def _cycle(material: Material, number: int, r: Any) -> Block:
    items = [text for text in (_span(r), _phases(r), _held(material, r.cycle_id)) if text]
    name, question = "cycle" if number == 1 else f"cycle-{number}", door.words(r.research_question)
    return blocks.callout(
        id=name, title=short(door.words(r.label)), text=f"« {question} »", items=items, tone="note"
    )


def _span(r: Any) -> str:
    begun = f"Ouvert le {french_date(r.started_on)}" if isinstance(r.started_on, date) else "Ouvert"
    if isinstance(r.ended_on, date):
        return f"{begun}, jusqu'au {french_date(r.ended_on)}."
    return f"{begun}, sans date de fin."


def _phases(r: Any) -> str:
    """Phases under way: several may go on at once."""
    phases = listed(r.phase)
    if not phases:
        return "La phase n'est pas notée."
    word = agree(len(phases), "Phase en cours", "Phases menées en même temps")
    return f"{word} : {named('cycle_phases', r.phase).lower()}."


def _held(material: Material, cycle_id: str) -> str:
    """Sessions of the cycle held before this day, the last ones by name."""
    rows = door.rows(material, "sessions")
    rows = rows[rows["cycle_id"] == cycle_id]
    held = sorted((r for r in rows.itertuples() if r.date < material.today), key=lambda r: r.date)
    if not held:
        return "Aucune séance tenue à ce jour."
    shown = list(_named(held[-most(material, FEW) :]))
    rest = len(held) - len(shown)
    before = f"{many(rest, 'autre')} auparavant, puis " if rest else ""
    return f"{many(len(held), 'séance tenue', 'séances tenues')} : {before}{listing(shown)}."


def _named(held: list[Any]) -> Iterator[str]:
    for r in held:
        label = door.words(r.label)
        where = {"national": ", au national", "regional": ", en région"}.get(str(r.level), "")
        yield f"« {label} » (le {french_date(r.date)}{where})"
