"""The annex behind every count of places: which row says it, on what evidence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from dts_research.analysis import places as study
from dts_research.analysis.portrait import labels
from dts_research.display import door
from dts_research.display.blocks import Block
from dts_research.display.captions import no_sheet, nothing
from dts_research.display.grids import grid
from dts_research.display.several import Blocks
from dts_research.display.style import NOT_GIVEN, agree, many
from dts_research.reference.geography import Geography
from dts_research.reference.spelling import departement_code
from dts_research.schema.catalogue import plain
from dts_research.workbook.material import Material

NAME, AWAY = "lignes-des-lieux", "lieux-situes-ailleurs"
AWAY_TITLE = "Ce que le fichier situe ici et que la preuve situe ailleurs"
PRODUCED = "lieux des fiches d'expérience"
# Beyond this many rows, those that say the same are put together.
MOST = 400


def place_evidence(material: Material) -> Blocks:
    """For each place counted: its row, its evidence, its contradictions; then those elsewhere."""
    rows, away = _rows(material), stated_here(material)
    if rows.empty and away is None:
        return Blocks((nothing(NAME, "Aucun lieu à justifier", no_sheet(material)),))
    if rows.empty:
        return Blocks(tuple(filter(None, (away,))))
    doubted = int(rows["contradiction"].sum())
    against = many(doubted, "contradiction") if doubted else "aucune contradiction"
    title = f"{many(len(rows), 'lieu', 'lieux')}, {against} avec la source"
    note, columns = "Une ligne par lieu compté sur la carte.", _one_by_one
    if len(rows) > MOST:
        note += " Les lignes qui disent la même chose sont réunies."
        columns = _together
    counted = grid(material, NAME, title, columns(rows), note=note, produced=PRODUCED, annex=True)
    return Blocks(tuple(filter(None, (counted, away))))


def _rows(material: Material) -> pd.DataFrame:
    """Rows counted here, with the names of their places."""
    places, sheets = door.rows(material, "experience_places"), door.rows(material, "experiences")
    rows = study.rows(places, sheets, material.provenance)
    geo = material.geography
    communes = rows["commune_code"].map(geo.commune_names)
    departements = rows["departement_code"].map(geo.departement_names)
    return rows.assign(
        place=communes.fillna(departements).fillna(NOT_GIVEN),
        evidence=rows["evidence"].fillna(NOT_GIVEN),
        told=[door.words(note, missing="aucune") for note in rows["contradiction_note"]],
        source=[file_name(name) for name in rows["file"]],
    )


def stated_here(material: Material) -> Block | None:
    """Places that the file puts here and that the evidence puts elsewhere, row by row."""
    away = door.elsewhere(material)
    if away.empty:
        return None
    away = away.loc[sorted(away.index, key=lambda i: plain(str(away["title"][i])))]
    last = material.provenance.drop_duplicates("id", keep="last").set_index("id")
    behind = last.reindex(away["place_id"])
    kinds = labels("place_evidence")
    columns = {
        "Expérience": [door.title(title) for title in away["title"]],
        "Ce que dit le fichier": [_stated(r, material.geography) for r in away.itertuples()],
        "Où la preuve le situe": [_found(r, material.geography) for r in away.itertuples()],
        "Preuve": [kinds.get(str(kind), NOT_GIVEN) for kind in away["evidence"]],
        "Fichier": [file_name(name) for name in behind["file"]],
        "Ligne": [_line(sheet, [row]) for sheet, row in zip(behind["sheet"], behind["row"])],
    }
    note = "Ces lieux ne comptent pas ici. À vérifier avec qui a écrit le fichier."
    return grid(material, AWAY, AWAY_TITLE, columns, note=note, produced=PRODUCED, annex=True)


def _stated(place: Any, geo: Geography) -> str:
    """Write what the file says of a place."""
    code = departement_code(place.stated_departement) if _said(place.stated_departement) else None
    name = geo.departement_names.get(code or "")
    departement = f"{name} ({code})" if name else place.stated_departement
    postal = f"code postal {place.stated_postal_code}" if _said(place.stated_postal_code) else ""
    parts = [p for p in (place.stated_label, departement, postal) if _said(p)]
    return door.words(", ".join(parts))


def _said(text: Any) -> bool:
    return isinstance(text, str) and bool(text.strip())


def _found(place: Any, geo: Geography) -> str:
    """Write where the evidence puts a place."""
    commune = geo.commune_names.get(place.commune_code)
    departement = geo.departement_names.get(place.departement_code)
    if not departement:
        return "Hors de France" if place.evidence == "abroad" else NOT_GIVEN
    code = place.departement_code
    return f"{commune} ({code})" if commune else f"{departement} ({code})"


def _one_by_one(rows: pd.DataFrame) -> dict[str, list[Any]]:
    return {
        "Expérience": [door.title(title) for title in rows["title"]],
        "Lieu retenu": list(rows["place"]),
        "Preuve": list(rows["evidence"]),
        "Contradiction": list(rows["told"]),
        "Fichier": list(rows["source"]),
        "Ligne": [_line(sheet, [row]) for sheet, row in zip(rows["sheet"], rows["row"])],
    }


def _together(rows: pd.DataFrame) -> dict[str, list[Any]]:
    keys = ["place", "evidence", "told", "source", "sheet"]
    groups = list(rows.assign(sheet=rows["sheet"].fillna("")).groupby(keys, sort=True))
    names = [dict(zip(keys, key)) for key, _ in groups]
    return {
        "Lieu retenu": [name["place"] for name in names],
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
