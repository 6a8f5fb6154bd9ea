"""Stages of the experiences of each mission, side by side on one scale."""

from __future__ import annotations

import pandas as pd

from dts_research.analysis import portrait
from dts_research.analysis.result import NOT_GIVEN
from dts_research.display import door, style
from dts_research.display.blocks import Block
from dts_research.display.canvas import Canvas, canvas
from dts_research.display.captions import Caption, no_sheet, nothing, silent
from dts_research.display.lettering import wrap
from dts_research.display.pictures import Picture, chart
from dts_research.display.style import heard, many
from dts_research.workbook.material import Material

SMALL = 9.0


def small_multiples_missions(material: Material) -> Block:
    """Stages of the experiences of each mission, on the same scale."""
    name = "etapes-par-mission"
    here = portrait.missions_by_stage(door.rows(material, "experiences"))
    if not here.n:
        title = "Aucune expérience à croiser par mission et par étape"
        return nothing(name, title, no_sheet(material))
    table = here.table
    if not table["count"][(table["mission"] != NOT_GIVEN) & (table["stage"] != NOT_GIVEN)].sum():
        text = silent(here.n, "à la fois sa mission et son étape")
        return nothing(name, "Étapes de chaque mission", text)
    message = _stops_message(table, here.n)
    parts = [
        f"{label} – " + heard((r.stage_label, r.count) for r in part.itertuples())
        for label, part in table.groupby("mission_label", sort=False)
    ]
    caption = Caption(
        message,
        "Expériences de chaque mission, par étape",
        f"Petits diagrammes à la même échelle, un par mission. {message}. {' ; '.join(parts)}.",
        f"Un point est une expérience. {here.reading}".strip(),
    )
    data = table.pivot(index="stage_label", columns="mission_label", values="count")
    data = data.loc[list(dict.fromkeys(table["stage_label"])),
                    list(dict.fromkeys(table["mission_label"]))].reset_index()  # fmt: skip
    data = data.rename(columns={"stage_label": "Étape"})
    picture = Picture(_panels(table), case="one" if here.n == 1 else "")
    return chart(material, name, caption, picture=picture, data=data)


def _stops_message(table: pd.DataFrame, sheets: int) -> str:
    stopped = table[(table["stage"] == "arretee") & (table["mission"] != NOT_GIVEN)]
    where = int((stopped["count"] > 0).sum())
    if sheets == 1:
        stage = next(r.stage_label for r in table.itertuples() if r.count)
        return f"La seule expérience est à l'étape « {stage} »"
    if not where:
        return "Aucune mission ne raconte d'expérience arrêtée avant son terme"
    place = f"{many(where, 'mission')} sur {len(stopped)}"
    place = "les trois missions" if where == len(stopped) == 3 else place
    return f"Des expériences s'arrêtent avant leur terme dans {place}"


def _panels(table: pd.DataFrame) -> str:
    labels = list(dict.fromkeys(table["stage_label"]))
    missions = list(dict.fromkeys(table["mission_label"]))
    left, high = 78.0, 20.0
    wide = (style.FULL - left) / len(missions)
    most = max(1, int(table["count"].max()))
    pitch = min(9.0, (wide - 34) / most)
    names = [wrap(m, wide - 14, 10, bold=True) for m in missions]
    head = 8 + 13 * max(len(n) for n in names)
    with canvas(head + high * len(labels) + 2) as sheet:
        for j, label in enumerate(labels):
            sheet.text(left - 8, head + high * (j + 0.5) + 3.5, label, align="right")
        for i, mission in enumerate(missions):
            x = left + wide * i
            for k, line in enumerate(names[i]):
                sheet.text(x, 11 + 13 * k, line, bold=True)
            sheet.line([x, x], [head, head + high * len(labels)], color=style.EDGE)
            part = table[table["mission_label"] == mission]
            for j, (code, count) in enumerate(zip(part["stage"], part["count"])):
                _panel_row(sheet, x, head + high * (j + 0.5), pitch, (code, int(count)))
        return sheet.svg()


def _panel_row(sheet: Canvas, x: float, y: float, pitch: float, cell: tuple[str, int]) -> None:
    code, count = cell
    stop = code == "arretee"
    color, edge = (style.PAPER, style.HERE) if stop else (style.HERE, style.PAPER)
    if pitch >= 4.5:
        xs = [x + 4 + pitch * (k + 0.5) for k in range(count)]
        shape = "diamond" if stop else "dot"
        size = min(7.0, pitch - 0.8) * (0.72 if stop else 1)
        thick = 1.4 if stop else 0.8
        sheet.marks(xs, [y] * count, shape=shape, size=size, color=color, edge=edge, thick=thick)
    else:
        sheet.bar(x + 4, y - 4, pitch * count, 8, color=color, edge=edge)
    ink = style.INK if count else style.GREY
    sheet.text(x + 9 + pitch * count, y + 3.2, str(count), size=SMALL, color=ink)
