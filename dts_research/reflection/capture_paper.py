"""The capture sheet on paper: the same parts and rows as the workbook, with room for a pen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dts_research.display.typography import typeset
from dts_research.reflection.capture import Capture
from dts_research.reflection.capture_rows import Row, rows_of
from dts_research.reports.document import Document
from dts_research.reports.pages import front
from dts_research.reports.typst import written
from dts_research.schema.capture import SESSION_LINES, SHEETS, CaptureSheet, Column

TITLE = "Feuille de séance"
GUIDE = (
    "Une feuille par table, ou une par moment : chaque partie commence une page.",
    "Les cases à titre gris s'écrivent ; les autres disent de quoi l'on parle.",
    "Tout est facultatif, sauf l'énoncé d'une ligne nouvelle. Une case vide ne change rien.",
    "Des structures et des rôles, jamais des noms. Un désaccord s'écrit avec ses positions.",
    "Au retour, recopier dans le classeur .xlsx : mêmes parties, mêmes lignes, mêmes identifiants.",
)
FACTS = ("label", "date", "territory", "duration_min", "facilitator_role", "formats")
# Height of a row in millimetres: one that is written at length, another, and a short one.
ROOMY, PLAIN, SHORT = 16.8, 12.0, 8.6
TICKED = 20
# On paper the number of the poster stands for the id of its figure.
HIDDEN, POSTER = ("target",), "Titre"
Sheet = dict[str, Any]


def capture_paper(capture: Capture, *, fictional: bool = False) -> bytes:
    """Write the capture sheet as an A4 PDF, lying, to be filled in by hand."""
    cover = {"kind": "cover", "title": TITLE, "territory": capture.territory,
             "date": capture.date.isoformat(), "fictional": fictional}  # fmt: skip
    document = Document(TITLE, fictional=fictional, blocks=(cover,))
    known = {"label": capture.label, "date": f"{capture.date:%d/%m/%Y}",
             "territory": capture.territory}  # fmt: skip
    lines = [line for line in SESSION_LINES if line.field in FACTS]
    pages = {
        "label": capture.label,
        "guide": list(GUIDE),
        "facts": [{"label": line.title, "text": known.get(line.field, "")} for line in lines],
        "parts": [_part(sheet, rows_of(sheet, capture)) for sheet in SHEETS],
    }
    return written(document, "capture.typ", typeset(front(document) | pages), {})


def _part(sheet: CaptureSheet, rows: Sequence[Row]) -> Sheet:
    columns = [column for column in sheet.columns if column.field not in HIDDEN]
    long = any(column.typed and column.type == "long" for column in columns)
    spare = ROOMY if long else PLAIN if len(columns) > 2 else SHORT
    return {
        "title": sheet.title,
        "asks": sheet.asks,
        "columns": [_head(column) for column in columns],
        "rows": [{"tall": spare, "cells": [_cell(c, row) for c in columns]} for row in _told(rows)],
    }


def _told(rows: Sequence[Row]) -> list[Row]:
    """Rows whose title is said once: the next ones are for other groups before the same poster."""
    last, told = "", []
    for row in rows:
        title = str(row.values.get(POSTER, ""))
        again = bool(title) and title == last
        short = title.split(" : ")[0]
        told.append(Row({**row.values, POSTER: f"{short}, autre groupe"}) if again else row)
        last = title
    return told


def _head(column: Column) -> Sheet:
    """Head of a column; boxes to tick need room for their words."""
    share = max(column.width, TICKED) if column.codelist else column.width
    return {"label": column.title, "share": share, "typed": column.typed}


def _cell(column: Column, row: Row) -> Sheet:
    value = row.values.get(column.title)
    text = f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value or "")
    small = column.field.endswith("_id")
    kind = column.type if column.typed else "string"
    choices = list(row.choices.get(column.title, ())) if column.typed else []
    return {"text": text, "choices": choices, "kind": kind, "small": small}
