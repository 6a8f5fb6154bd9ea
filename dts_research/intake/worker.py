"""Read one workbook in a process of its own, under limits, and print its cells as JSON.

Run as a script by `intake.workbooks`, never imported: a hostile file can exhaust or abort this
process without harm to the other. It imports nothing of the package so as to start fast.
"""

import datetime
import json
import sys
from typing import Any

MEMORY = 1 << 30
SECONDS = 60
MOST_ROWS, MOST_COLUMNS = 200_000, 500


def _limit() -> None:
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return None if value is None else str(value)


def _sheet(workbook: Any, meta: Any) -> dict[str, Any]:
    sheet = workbook.get_sheet_by_name(meta.name)
    if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
        return {"name": meta.name, "extent": [sheet.total_height, sheet.total_width], "rows": []}
    rows = sheet.to_python(skip_empty_area=False) if sheet.total_height else []
    hidden = not str(meta.visible).endswith(".Visible")
    return {"name": meta.name, "hidden": hidden, "rows": [[_text(v) for v in r] for r in rows]}


def main(path: str) -> None:
    """Print the sheets of a workbook, or ``{"error": ...}``."""
    _limit()
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_path(path)
        sheets = [m for m in workbook.sheets_metadata if str(m.typ).endswith("WorkSheet")]
        answer: dict[str, Any] = {"sheets": [_sheet(workbook, meta) for meta in sheets]}
    except MemoryError:
        raise
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
