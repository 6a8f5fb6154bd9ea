"""The list of the experiences, with the columns that their sheets fill."""

from __future__ import annotations

import pandas as pd

from dts_research.display import door
from dts_research.display.blocks import Block
from dts_research.display.captions import no_sheet, nothing
from dts_research.display.depth import EVERY, FULL, full, more
from dts_research.display.grids import carriers, grid, named, period, seats
from dts_research.display.style import NOT_GIVEN, listing, many
from dts_research.display.tables_experiences import by_title
from dts_research.workbook.material import Material

SUMMARY = 160
# Beyond so many rows, a meeting's report keeps the columns that fit on one line.
SHORT, LONG = 12, ("Missions", "Période")


def experiences(material: Material) -> Block:
    """List of the experiences, in alphabetical order; shorter for a meeting."""
    every = by_title(door.rows(material, "experiences"))
    if every.empty:
        return nothing("liste-des-experiences", "Aucune expérience à lister", no_sheet(material))
    rows = every.head(EVERY)
    columns = _columns(material, rows)
    blank = [head for head, cells in columns.items() if set(cells) == {NOT_GIVEN}]
    if {"Étape", "Missions"} <= set(blank):
        columns["Ce que c'est"] = [door.words(s, length=SUMMARY) for s in rows["summary"]]
        blank += ["Ce que c'est"] * (set(columns["Ce que c'est"]) == {NOT_GIVEN})
    long = () if full(material) or len(rows) <= SHORT else LONG
    aside = [head for head in long if head not in blank]
    note = "Par ordre alphabétique des titres."
    note += f" {_heads(aside)} : {FULL}." if aside else ""
    left = more(material, len(every) - len(rows), "fiche")
    return grid(
        material,
        "liste-des-experiences",
        f"{many(len(every), 'expérience racontée', 'expériences racontées')}",
        {head: cells for head, cells in columns.items() if head not in (*blank, *aside)},
        note=f"{note} {left}".rstrip() + _left_out(blank),
    )


def _columns(material: Material, rows: pd.DataFrame) -> dict[str, list[str]]:
    who, where = carriers(material), seats(material)
    return {
        "Expérience": [door.title(t) for t in rows["title"]],
        "Structure": [who[i] for i in rows["experience_id"]],
        "Lieu": [where.get(i, NOT_GIVEN) for i in rows["experience_id"]],
        "Étape": [named("stages", s) for s in rows["stage"]],
        "Missions": [named("missions", m) for m in rows["missions"]],
        "Période": [period(r.started_on, r.ended_on, r.stage) for r in rows.itertuples()],
    }


def _left_out(blank: list[str]) -> str:
    """Say which columns no sheet fills."""
    if not blank:
        return ""
    return f" {_heads(blank)} : « {NOT_GIVEN} » dans toutes les fiches."


def _heads(names: list[str]) -> str:
    """Heads of columns in a sentence, the first one as it stands."""
    return listing([names[0], *(head[:1].lower() + head[1:] for head in names[1:])])
