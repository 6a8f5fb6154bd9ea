"""What is said, once, of a Kobo or ODK export as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import pandas as pd

from dts_research.intake.kobo_columns import technical
from dts_research.intake.kobo_links import Links, is_repeat
from dts_research.intake.sheets import Sheet
from dts_research.schema.catalogue import plain

SHOWN = 20
_REFUSED = {
    "not approved", "validation_status_not_approved", "non approuve", "non approuvee", "rejected",
}  # fmt: skip
_STATES = ("_validation_status", "ReviewState", "__system/reviewState")
_DELETED = ("deletedAt", "_deleted_at", "__system/deletedAt")
_GONE = "la soumission est marquée comme supprimée dans l'outil de collecte"


def noted(done: Sequence[Sheet], exports: Sequence[Sheet], links: Sequence[Links]) -> list[Sheet]:
    """Add the sentences to the sheets joined, and set aside the submissions that were deleted."""
    mains = [(s, rows) for s, rows in zip(exports, links) if not is_repeat(s)]
    deleted = {row for sheet, _ in mains for row in _rows_where(sheet, _DELETED, lambda _: True)}
    told = []
    for i, (sheet, export, rows) in enumerate(zip(done, exports, links)):
        notes = [*sheet.notes, *_notes(export, sheet, rows)]
        notes += [_technical(exports)] if i == 0 else []
        gone = rows.rows.index[rows.rows["main"].isin(deleted)] if deleted else pd.Index([])
        aside = {int(row): _GONE for row in gone if row in sheet.cells.index}
        told.append(replace(sheet, notes=tuple(notes), set_aside={**sheet.set_aside, **aside}))
    return told


def described(done: Sequence[Sheet], exports: Sequence[Sheet]) -> str:
    """Say what an export holds: its submissions, its repeats and what they ask."""
    parts = []
    for sheet, export in zip(done, exports):
        lines, name = len(export.cells), f" « {sheet.name} »" if sheet.name else ""
        if is_repeat(export):
            asked = ", ".join(f"« {c} »" for c in export.columns if c in sheet.columns)
            asked = f" : {asked}" if asked else ""
            parts.append(f"répétition{name} ({lines} ligne{'s' * (lines > 1)}{asked})")
        else:
            parts.append(f"{lines} soumission{'s' * (lines > 1)}{name}")
    return f"Formulaire de KoboToolbox ou d'ODK : {', '.join(parts)}"


def _technical(exports: Sequence[Sheet]) -> str:
    names = list(dict.fromkeys(name for sheet in exports for name in technical(sheet.columns)))
    return (
        "Export de KoboToolbox ou d'ODK : ses colonnes techniques restent dans le fichier reçu "
        f"({', '.join(names)})."
    )


def _notes(export: Sheet, sheet: Sheet, links: Links) -> list[str]:
    said = []
    if links.older:
        said.append(
            f"{_lines(links.older)} : versions antérieures de soumissions modifiées depuis ; seule "
            "la dernière version est reçue."
        )
    if links.unnamed:
        said.append(
            f"{_lines(links.unnamed)} : soumissions sans identifiant (_uuid) ; modifiées, elles ne "
            "seront pas reconnues comme les mêmes."
        )
    refused = _rows_where(export, _STATES, lambda text: plain(text) in _REFUSED)
    if refused:
        said.append(
            f"{_lines(refused)} : « non approuvées » dans l'outil de collecte ; reçues quand même, "
            "à vérifier."
        )
    blank = len(export.cells) - len(sheet.cells)
    if blank:
        said.append(f"{blank} ligne(s) de répétition sans aucune réponse, laissée(s) de côté.")
    return said


def _rows_where(sheet: Sheet, names: Iterable[str], test: Callable[[str], bool]) -> list[int]:
    """Rows whose cell, in one of some columns, is filled and passes a test."""
    found: list[int] = []
    for name in names:
        if name in sheet.cells:
            text = sheet.cells[name].dropna().str.strip()
            found += [int(row) for row, t in text.items() if t and test(t)]
    return found


def _lines(rows: Iterable[int]) -> str:
    numbers = sorted(rows)
    more = ", etc." if len(numbers) > SHOWN else ""
    word = "Ligne" if len(numbers) == 1 else "Lignes"
    return f"{word} {', '.join(map(str, numbers[:SHOWN]))}{more}"
