"""Chart of the decisions: by status, on the day they were taken."""

from __future__ import annotations

from datetime import date

import pandas as pd

from dts_research.analysis import decisions as study
from dts_research.analysis.portrait import labels
from dts_research.display import door, style, time_axis
from dts_research.display.blocks import Block
from dts_research.display.canvas import Canvas, canvas
from dts_research.display.captions import Caption, frame, none_of, nothing
from dts_research.display.pictures import Picture, chart
from dts_research.display.style import agree, french_date, heard, many
from dts_research.display.time_axis import Axis
from dts_research.workbook.material import Material

RIGHT = 388.0


def decisions(material: Material) -> Block:
    """Decisions by status, on the day they were taken; overdue ones are set apart."""
    name = "decisions-par-statut"
    table = study.followed(door.rows(material, "decisions"), today=material.today)
    dated = table[table["decided_on"].map(lambda d: isinstance(d, date))]
    if table.empty or dated.empty:
        text = "Aucune décision datée n'a été enregistrée pour ce territoire."
        text = none_of(material, "decisions", "éléments de suivi", text)
        return nothing(name, "Aucune décision à suivre", text)
    message = _message(table)
    counts = study.by_status(table).table
    values = heard((r.label, r.count) for r in counts.itertuples())
    caption = Caption(
        message,
        "Décisions prises en séance, par statut et date",
        f"Frise avec une ligne par statut. {message}. {values}.",
        f"Une marque est une décision, au jour où elle fut prise ; état au "
        f"{french_date(material.today)}. Cela décrit le suivi, pas les personnes.",
        "registre des décisions",
        period=time_axis.years(dated["decided_on"]),
    )
    data = frame(
        {"Décision": [door.words(s) for s in table["statement"]], "Prise le": table["decided_on"],
         "Échéance": table["due_on"], "Statut": table["status_label"],
         "Échéance dépassée": [bool(v) for v in table["overdue"]]}
    )  # fmt: skip
    return chart(
        material, name, caption, picture=Picture(_by_status(dated, material.today)), data=data
    )


def _message(table: pd.DataFrame) -> str:
    still, late = int(table["open"].sum()), int(table["overdue"].sum())
    stay = agree(still, "reste", "restent")
    message = f"{many(still, 'décision')} sur {len(table)} {stay} en chantier"
    if late:
        message += f", dont {late} après {agree(late, 'son échéance', 'leur échéance')}"
    return message


def _by_status(table: pd.DataFrame, today: date) -> str:
    names = labels("decision_status")
    axis = time_axis.spanning([*table["decided_on"], today], today=today, left=92, right=RIGHT)
    assert axis is not None
    stacks = {code: _stacked(table[table["status"] == code], axis) for code in names}
    deep = [1 + max([k for _, k, _ in stack], default=0) for stack in stacks.values()]
    heights = [max(24.0, 10 + 9.5 * marks) for marks in deep]
    with canvas(20 + sum(heights)) as sheet:
        time_axis.draw(sheet, axis, top=14, bottom=16 + sum(heights))
        top, first = 16.0, True
        for (code, stack), high in zip(stacks.items(), heights):
            sheet.text(82, top + high / 2 + 3.5, names[code], align="right")
            first = _counts(sheet, top + high / 2, stack, first=first)
            sheet.line([92, RIGHT], [top + high, top + high], color=style.PALE)
            for late in (False, True):
                some = [(x, top + high / 2 + 4.7 * (max(k for _, k, _ in stack)) - 9.5 * k)
                        for x, k, is_late in stack if is_late is late]  # fmt: skip
                shape, color, edge = ("diamond", style.ACCENT, style.INK) if late else (
                    "dot", style.HERE, style.PAPER)  # fmt: skip
                sheet.marks([x for x, _ in some], [y for _, y in some], size=8, shape=shape,
                            color=color, edge=edge)  # fmt: skip
            top += high
        return sheet.svg()


def _counts(
    sheet: Canvas, middle: float, stack: list[tuple[float, int, bool]], *, first: bool
) -> bool:
    """Write how many, in full on the first line; tell whether the late ones are still to name."""
    late = sum(is_late for _, _, is_late in stack)
    sheet.text(RIGHT + 8, middle + (-0.5 if late else 3.5), str(len(stack)), bold=True)
    if late:
        words = f"dont {late} en retard" if first else f"dont {late}"
        sheet.marks([RIGHT + 12], [middle + 7.5], shape="diamond", color=style.ACCENT,
                    edge=style.INK, size=6)  # fmt: skip
        sheet.text(RIGHT + 19, middle + 10.5, words, size=8.5, color=style.GREY)
    return first and not late


def _stacked(table: pd.DataFrame, axis: Axis) -> list[tuple[float, int, bool]]:
    """Places along the axis, one above another when they would touch."""
    placed: list[tuple[float, int, bool]] = []
    for day, late in sorted(zip(table["decided_on"], table["overdue"])):
        x = axis.x(day)
        taken = {k for other, k, _ in placed if abs(other - x) < 9}
        placed.append((x, min(k for k in range(len(placed) + 1) if k not in taken), bool(late)))
    return placed
