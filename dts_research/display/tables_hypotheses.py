"""Hypotheses: what supports them, what goes against them, where to look, and how they moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dts_research.analysis.result import listed
from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.captions import from_elsewhere, mark_of, none_of, nothing
from dts_research.display.depth import full, more
from dts_research.display.fields import Decision, Shown
from dts_research.display.grids import named
from dts_research.display.style import agree, french_date, many
from dts_research.display.tables_decisions import moved_at, moves_of, sessions_of
from dts_research.workbook.material import Material

FEW = 8
EXAMINED = ("examined", "stated")
MOVED = ("supported", "qualified", "set_aside")
SETTLED = ("supported", "set_aside")


@door.once
def hypotheses(material: Material) -> Block:
    """Hypotheses, those under examination first, each with the figures that bear on it."""
    rows = door.rows(material, "hypotheses")
    if rows.empty:
        text = "Aucune hypothèse n'a été posée sur ce territoire."
        text = none_of(material, "hypotheses", "énoncés", text)
        mark = mark_of(material, "hypotheses")
        return nothing("hypotheses", "Aucune hypothèse à montrer", text, mark=mark)
    title = _title(int(rows["status"].isin(MOVED).sum()), len(rows))
    order = sorted(rows.index, key=lambda i: (rows["status"][i] not in EXAMINED, i))
    days, told = sessions_of(material), moves_of(material, "hypotheses")
    moved = {key for key, steps in told.items() if len(steps) > 1}  # in this workbook: the group's
    shown = rows.loc[order]
    settled = shown["status"].isin(SETTLED) & ~shown["hypothesis_id"].isin(moved)
    if not full(material) and len(rows) > FEW and not settled.all():
        shown = shown[~settled]
    items = [_card(r, told.get(r.hypothesis_id, ()), days) for r in shown.itertuples()]
    left = more(material, len(rows) - len(shown), "hypothèse")
    left = f"Celles qui restent à discuter. {left}" if left else ""
    note = f"{from_elsewhere(material, rows)} {left}".strip()
    return blocks.follow_up(id="hypotheses", title=title, items=items, note=note)


def _card(r: Any, told: Sequence[Any], days: Mapping[str, date]) -> Decision:
    return Decision(
        statement=door.words(r.statement), status=named("hypothesis_status", r.status),
        supported=door.words(r.evidence_for), opposed=door.words(r.evidence_against),
        moves=_path(r, told, days),
        figures=[Shown(figure=door.words(name)) for name in listed(r.figures)],
    )  # fmt: skip


def _path(r: Any, told: Sequence[Any], days: Mapping[str, date]) -> str:
    """Say when it was stated and what moved it: « Posée (séance du …), puis En examen (…) »."""
    stated = days.get(r.session_id) if isinstance(r.session_id, str) else None
    steps = [f"Posée (séance du {french_date(stated)})"] if isinstance(stated, date) else []
    for number, one in enumerate(told):
        label = named("hypothesis_status", one.status)
        if number or isinstance(one.session_id, str):
            steps.append(f"{label} ({moved_at(one, days)})")
        elif one.status != "stated" or not steps:
            steps.append(label)
    return ", puis ".join(steps)


def _title(moved: int, total: int) -> str:
    if not moved:
        return agree(total, "Une hypothèse en travail", f"{total} hypothèses en travail")
    verb = agree(moved, "a été étayée, nuancée ou écartée", "ont été étayées, nuancées ou écartées")
    return f"{many(moved, 'hypothèse')} sur {total} {verb}"
