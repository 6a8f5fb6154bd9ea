"""Cells that we read beside those that another program read in the same file.

Two shapes are known: `csvs/NAME.csv` with `json/NAME.json` beside the folder (csv-spectrum), and
`NAME.xlsx` with `NAME.xlsx.N.csv`, the sheet N as a spreadsheet shows it. A cell shown otherwise
(« 1,234.50 » for 1234.5, « 50% » for 0.5, a date in another shape) is the same cell.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path

from dts_research.intake.readers import read_table
from dts_research.intake.sheets import Sheet
from dts_research.intake.workbooks import read_workbook

Row = Sequence[str]
_MARKS = re.compile(r"[\s$€£,%()]|USD|EUR")
_SHOWN_DATES = (
    "%m/%d/%y", "%m/%d/%Y", "%d/%m/%Y", "%d/%m/%y", "%Y-%m-%d", "%d-%b-%y", "%d-%b-%Y",
    "%m/%d/%y %H:%M", "%m/%d/%Y %H:%M", "%Y-%m-%d %H:%M:%S",
)  # fmt: skip
MOST_SHEETS = 257
_BOOLEANS = {"TRUE": "VRAI", "FALSE": "FAUX"}


def compare(path: Path) -> tuple[int, list[str]]:
    """Compare a file with its references.

    Returns
    -------
    compared : int
        Cells of the references.
    differing : list of str
        Those that we read otherwise or not at all, as « theirs » and « ours ».
    """
    told = path.parent.parent / "json" / f"{path.stem}.json"
    if path.parent.name == "csvs" and path.suffix == ".csv" and told.is_file():
        records = json.loads(told.read_text("utf-8"))
        records = [records] if isinstance(records, dict) else records
        return _with_records(read_table(path)[0], records)
    sheets = {
        n: p
        for n in range(1, MOST_SHEETS)
        if (p := path.with_name(f"{path.name}.{n}.csv")).is_file()
    }
    if not sheets:
        return 0, []
    names = [grid.name for grid in read_workbook(path)]
    read = {sheet.name: sheet for sheet in read_table(path)}
    found = [
        _with_rows(read.get(names[n - 1]), _rows(p)) for n, p in sheets.items() if n <= len(names)
    ]
    return sum(c for c, _ in found), [text for _, differing in found for text in differing]


def _with_records(sheet: Sheet, records: list[dict[str, str]]) -> tuple[int, list[str]]:
    """Records of another program, in order; blank ones are nowhere."""
    filled = [record for record in records if any(map(str.strip, record.values()))]
    rows = [
        {str(title): str(text) for title, text in row.items()}
        for _, row in sheet.cells.fillna("").iterrows()
    ]
    differing = []
    nothing: dict[str, str] = {}
    for theirs, mine in zip_longest(filled, rows, fillvalue=nothing):
        titled = {" ".join(title.split()): text for title, text in theirs.items()}
        for title in dict.fromkeys((*titled, *mine)):
            shown, text = titled.get(title, ""), mine.get(title, "")
            if _plain(shown) != _plain(text):
                differing.append(_said(shown, text))
    return sum(map(len, filled)), differing


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def _said(shown: str, text: str) -> str:
    return f"« {shown[:40]} » / « {text[:40]} »"


def _rows(path: Path) -> list[list[str]]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return list(csv.reader(io.StringIO(text, newline="")))


def _with_rows(sheet: Sheet | None, rows: list[list[str]]) -> tuple[int, list[str]]:
    """Compare rows of the same number, from the header down; what stands above it is said."""
    if sheet is None:
        lost = [text for row in rows for text in _filled(row)]
        return len(lost), [_said(text, "") for text in lost]
    mine = {int(n): _filled(row) for n, row in zip(sheet.cells.index, _texts(sheet))}
    titles = " ".join(sheet.columns)
    compared, differing = 0, list[str]()
    for number, row in enumerate(rows, start=1):
        theirs = _filled(row)
        if number <= sheet.header_row or (number not in mine and _in_titles(theirs, titles)):
            continue
        compared += len(theirs)
        differing += _differing(theirs, mine.get(number, []))
    return compared, differing


def _texts(sheet: Sheet) -> Iterable[list[str]]:
    return (list(row) for row in sheet.cells.fillna("").values)


def _filled(row: Row) -> list[str]:
    return [cell.strip() for cell in row if cell.strip()]


def _in_titles(cells: Row, titles: str) -> bool:
    return all(" ".join(cell.split()) in titles for cell in cells)


def _differing(theirs: list[str], mine: list[str]) -> list[str]:
    if len(theirs) == len(mine):
        return [_said(a, b) for a, b in zip(theirs, mine) if not same(a, b)]
    blocks = SequenceMatcher(None, theirs, mine, autojunk=False).get_opcodes()
    apart = [(theirs[a:b], mine[c:d]) for kind, a, b, c, d in blocks if kind != "equal"]
    pairs = [pair for one, other in apart for pair in zip_longest(one, other, fillvalue="")]
    return [_said(a, b) for a, b in pairs if not same(a, b)]


def same(shown: str, text: str) -> bool:
    """Tell whether a cell as a spreadsheet shows it holds the text that we read."""
    if " ".join(shown.split()) == " ".join(text.split()) or _BOOLEANS.get(shown.upper()) == text:
        return True
    return _same_number(shown, text) or _same_date(shown, text)


def _same_number(shown: str, text: str) -> bool:
    bare = _MARKS.sub("", shown)
    try:
        number, told = float(text), float(bare)
    except ValueError:
        return False
    number = number * 100 if "%" in shown else number
    told = -told if shown.startswith("(") else told
    head, _, exponent = bare.lower().partition("e")
    step = 10.0 ** (int(exponent or 0) - len(head.partition(".")[2]))
    return abs(number - told) <= step / 2 * 1.001 + abs(told) * 1e-12


def _same_date(shown: str, text: str) -> bool:
    try:
        day: date = datetime.fromisoformat(text).date()
    except ValueError:
        return False
    for shape in _SHOWN_DATES:
        try:
            if datetime.strptime(shown, shape).date() == day:
                return True
        except ValueError:
            continue
    return False
