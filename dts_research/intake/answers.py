"""The sheet of what is to be confirmed: written with two columns to answer in, and read again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from dts_research.errors import MaterialError
from dts_research.intake.sheets import Sheet

TO_CONFIRM = "À confirmer"
VALUE, YES = "Valeur juste", "C'est bien cela"
DOUBT, RECORD, FIELD = "Ce qui est à confirmer", "Enregistrement", "Champ"
PLACE = ("Feuille", "Ligne")
HEADINGS = {
    "sheet": PLACE[0], "row": PLACE[1], "column": "Colonne", "value": "Valeur", "message": DOUBT,
    "fix": "Que faire", "answer": VALUE, "yes": YES, "record": RECORD, "target": FIELD,
}  # fmt: skip
TO_FILL = (VALUE, YES)


def questions(issues: pd.DataFrame) -> pd.DataFrame:
    """Doubts of the rows received, each with its record and its field, under French headings.

    Those of a refused row stand beside it: they are corrected with it.
    """
    asked = issues[issues["severity"].eq("to_confirm") & issues["record"].ne("")]
    target = asked["table"] + "." + asked["field"]
    asked = asked.assign(answer="", yes="", target=target)
    return asked.rename(columns=HEADINGS)[list(HEADINGS.values())]


def unasked(issues: pd.DataFrame, refused: pd.DataFrame) -> pd.Series:
    """Tell the doubts that no record answers for: on a whole sheet, or a row of many values."""
    rows = set(zip(refused.iloc[:, 0], refused.index))
    beside = [place in rows for place in zip(issues["sheet"], issues["row"])]
    with_row = pd.Series(beside, index=issues.index, dtype=bool)
    return issues["severity"].eq("to_confirm") & issues["record"].eq("") & ~with_row


def apart(sheets: Iterable[Sheet]) -> tuple[list[Sheet], list[Sheet]]:
    """Set apart the sheets of answers, with their answered rows alone; then the other sheets."""
    whole = list(sheets)
    ours = [sheet for sheet in whole if {VALUE, YES, RECORD, FIELD} <= set(sheet.columns)]
    others = [sheet for sheet in whole if not any(sheet is one for one in ours)]
    return [replace(sheet, cells=_answered(sheet.cells)) for sheet in ours], others


def unanswered(file: str) -> MaterialError:
    """Say that a file holds questions only."""
    return MaterialError(
        f"« {file} » ne porte ni réponse ni ligne corrigée.",
        f"Répondre dans la feuille « {TO_CONFIRM} », l'enregistrer, puis le recevoir à nouveau.",
    )


def _answered(cells: pd.DataFrame) -> pd.DataFrame:
    filled = cells[list(TO_FILL)].fillna("").map(str.strip).ne("").any(axis=1)
    return cells[filled]
