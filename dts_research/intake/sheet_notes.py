"""Notes on a sheet as a whole, beside those on its cells."""

from __future__ import annotations

import pandas as pd

from dts_research.errors import MaterialError
from dts_research.intake.sheets import Sheet
from dts_research.intake.taking import ISSUE_COLUMNS
from dts_research.intake.unreadable import PASSED_OVER


def unread(sheet: Sheet, why: str) -> pd.DataFrame:
    """Say of a sheet why it is not read, and what its titles are."""
    titles = ", ".join(f"« {name[:40]} »" for name in sheet.columns[:4])
    more = ", …" if len(sheet.columns) > 4 else ""
    rows = f"{len(sheet.cells)} ligne{'s' if len(sheet.cells) > 1 else ''}"
    said = f"Feuille « {sheet.name} » : {why} ({rows} sous les titres {titles}{more})"
    return _note("sheet", sheet.name, said)


def passed_over(error: MaterialError, sheet: str) -> pd.DataFrame:
    """Say of a saved mapping that it could not be read and did not serve."""
    said = error.message.removesuffix(".")
    return _note("reading", sheet, f"{said} : elle n'a pas servi", PASSED_OVER)


def _note(rule: str, sheet: str, message: str, fix: str = "") -> pd.DataFrame:
    """One note on a sheet as a whole."""
    note = {**dict.fromkeys(ISSUE_COLUMNS, ""), "sheet": sheet, "row": 0, "severity": "note"}
    return pd.DataFrame([{**note, "rule": rule, "message": message, "fix": fix}])
