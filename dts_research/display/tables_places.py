"""The annex behind every count of places: which row says it, on what evidence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from dts_research.analysis import places as study
from dts_research.display import door
from dts_research.display.blocks import Block
from dts_research.display.captions import no_sheet, nothing
from dts_research.display.grids import grid
from dts_research.display.style import NOT_GIVEN, agree, many
from dts_research.workbook.material import Material

NAME = "lignes-des-lieux"
# Beyond this many rows, those that say the same are put together.
MOST = 400


def place_evidence(material: Material) -> Block:
    """For each place counted: the row it comes from, its evidence, its contradictions."""
    rows = _rows(material)
    if rows.empty:
        return nothing(NAME, "Aucun lieu à justifier", no_sheet(material))
    doubted, away = int(rows["contradiction"].sum()), int((~rows["counted"]).sum())
    title = f"{many(len(rows), 'lieu', 'lieux')}, {many(doubted, 'contradiction')} avec la source"
    note = "Une ligne par lieu compté sur la carte."
    if away:
        verb = agree(away, "est dit ici par la source et retenu", "sont dits ici et retenus")
        note += f" {many(away, 'lieu', 'lieux')} {verb} ailleurs : ils ne comptent pas ici."
    if len(rows) > MOST:
        columns = _together(rows)
        note += " Les lignes qui disent la même chose sont réunies."
    else:
        columns = _one_by_one(rows)
    produced = "lieux des fiches d'expérience"
    return grid(material, NAME, title, columns, note=note, produced=produced, annex=True)


def _rows(material: Material) -> pd.DataFrame:
    """Rows counted here, then those that the source puts here and the evidence elsewhere."""
    told, away = material.provenance, door.elsewhere(material)
    places, sheets = door.rows(material, "experience_places"), door.rows(material, "experiences")
    parts = [
        study.rows(places, sheets, told).assign(counted=True),
        study.rows(away, away[["experience_id", "title"]].drop_duplicates(), told).assign(
            counted=False
        ),
    ]
    rows = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    geo = material.geography
    communes = rows["commune_code"].map(geo.commune_names)
    departements = rows["departement_code"].map(geo.departement_names)
    return rows.assign(
        place=communes.fillna(departements).fillna(NOT_GIVEN),
        evidence=rows["evidence"].fillna(NOT_GIVEN),
        told=[door.words(note, missing="aucune") for note in rows["contradiction_note"]],
        source=[file_name(name) for name in rows["file"]],
    )


def _one_by_one(rows: pd.DataFrame) -> dict[str, list[Any]]:
    counted = ["oui" if here else "non" for here in rows["counted"]]
    return {
        "Expérience": [door.words(title) for title in rows["title"]],
        "Lieu retenu": list(rows["place"]),
        "Compté ici": counted,
        "Preuve": list(rows["evidence"]),
        "Contradiction": list(rows["told"]),
        "Fichier": list(rows["source"]),
        "Ligne": [_line(sheet, [row]) for sheet, row in zip(rows["sheet"], rows["row"])],
    }


def _together(rows: pd.DataFrame) -> dict[str, list[Any]]:
    keys = ["place", "counted", "evidence", "told", "source", "sheet"]
    groups = list(rows.assign(sheet=rows["sheet"].fillna("")).groupby(keys, sort=True))
    names = [dict(zip(keys, key)) for key, _ in groups]
    return {
        "Lieu retenu": [name["place"] for name in names],
        "Compté ici": ["oui" if name["counted"] else "non" for name in names],
        "Preuve": [name["evidence"] for name in names],
        "Contradiction": [name["told"] for name in names],
        "Lieux": [len(part) for _, part in groups],
        "Fichier": [name["source"] for name in names],
        "Ligne": [_line(name["sheet"], part["row"]) for name, (_, part) in zip(names, groups)],
    }


def file_name(name: Any) -> str:
    """Name of a file without its folders."""
    if not isinstance(name, str):
        return NOT_GIVEN
    return door.words(name.replace("\\", "/").rsplit("/", 1)[-1])


def _line(sheet: Any, rows: Iterable[Any]) -> str:
    known = sorted({int(row) for row in rows if row is not None and row == row})
    if not known:
        return NOT_GIVEN
    where = f"{sheet}, " if isinstance(sheet, str) and sheet else ""
    return f"{where}{agree(len(known), 'ligne')} {ranges(known)}"


def ranges(numbers: list[int]) -> str:
    """Write row numbers shortly: « 2-5, 9 »."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1] = [parts[-1][0], number]
        else:
            parts.append([number])
    return ", ".join("-".join(map(str, part)) for part in parts)
