"""The cells of a workbook as text, read by calamine."""

import datetime
from collections.abc import Iterator
from typing import Any

import python_calamine
from writing import Refused, Writer

MOST_ROWS, MOST_COLUMNS = 200_000, 500


def write(path: str, facts: dict[str, Any], out: Writer) -> None:
    """Write what is known of the workbook, then each sheet with what is known of it."""
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(path)
    except python_calamine.PasswordError as error:
        raise Refused("password") from error
    every = workbook.sheets_metadata
    sheets = [meta for meta in every if str(meta.typ).endswith("WorkSheet")]
    others = [meta.name for meta in every if not str(meta.typ).endswith("WorkSheet")]
    known = facts.pop("sheets")
    out.head({**facts, "others": others})
    for meta in sheets:
        _write_sheet(workbook.get_sheet_by_name(meta.name), meta, known, out)


def _write_sheet(sheet: Any, meta: Any, facts: dict[str, Any], out: Writer) -> None:
    height, width = (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)
    if height > MOST_ROWS or width > MOST_COLUMNS:
        raise Refused("extent", name=meta.name, height=height, width=width)
    merged = [
        [top + 1, left + 1, bottom + 1, right + 1]
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or []
    ]
    hidden = not str(meta.visible).endswith(".Visible")
    known = {"merged": merged, **facts.get(meta.name, {})}
    out.head({"name": meta.name, "hidden": hidden, **known})
    if height:
        out.rows(_rows(sheet))


def _rows(sheet: Any) -> Iterator[list[str]]:
    """Rows as text; calamine gives those above the first cell, and not the columns before it."""
    left = [""] * sheet.start[1]
    for row in sheet.iter_rows():
        yield left + [value if type(value) is str else _text(value) for value in row]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return "" if value is None else str(value)
