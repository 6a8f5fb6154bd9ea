"""The capture sheet as a workbook: what is typed is white and framed, the rest is locked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter

from dts_research.reflection.capture_rows import Row, rows_of
from dts_research.schema.capture import (
    GUIDE,
    HEADING,
    OPENING,
    SESSION_LINES,
    SHEETS,
    TIES,
    CaptureSheet,
    Column,
)
from dts_research.schema.row_heights import row_height

if TYPE_CHECKING:
    from dts_research.reflection.capture import Capture

# Title, what is asked, header.
ASKED_ROW, HEADER_ROW, FIRST_ROW = 1, 2, 3
LEAST, ROOMY = 32, 48
A4 = 9
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
# Lines of the first sheet that a person reads; those after them tie the sheet to the workbook.
READ = 6


def write_sheet(capture: Capture, path: Path) -> None:
    """Write a capture sheet.

    Parameters
    ----------
    capture
        The session and what it follows up.
    path
        Workbook to write (.xlsx).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        created = datetime.combine(capture.date, time())
        book.set_properties({"title": f"{HEADING} — {capture.label}", "created": created})
        looks = _looks(book)
        _Opening(book, looks).write(capture)
        for sheet in SHEETS:
            _Filled(book, looks, sheet, capture.session_id).write(rows_of(sheet, capture))


def _looks(book: Any) -> dict[str, Any]:
    text = {"text_wrap": True, "valign": "top", "font_name": "Calibri", "font_size": 11,
            "align": "left", "indent": 1}  # fmt: skip
    line = {"border": 1, "border_color": "#9AA7B4"}
    grey = {**text, "bg_color": "#EEF1F4", "font_color": "#4D545C", "border": 1,
            "border_color": "#FFFFFF"}  # fmt: skip
    typed = {**text, **line, "locked": False, "bg_color": "#FFFFFF"}
    head = {**text, "bold": True, "valign": "vcenter", "border": 1, "border_color": "#FFFFFF"}
    looks = {
        "title": {"font_name": "Calibri", "font_size": 17, "bold": True, "font_color": "#12436D",
                  "valign": "vcenter"},
        "name": {"font_name": "Calibri", "font_size": 12, "font_color": "#A83E07",
                 "valign": "top"},
        "asks": {"font_name": "Calibri", "font_size": 11, "italic": True,
                 "font_color": "#4D545C", "valign": "top", "text_wrap": True},
        "said": {**text, "valign": "vcenter", "indent": 0},
        "part": {**text, "bold": True, "font_color": "#A83E07", "valign": "bottom", "indent": 0},
        "id": {**grey, "font_size": 9, "font_color": "#7A838C"},
        "shown": {**grey, "font_color": "#1B1B1B"},
        "shown_date": {**grey, "font_color": "#1B1B1B", "num_format": "dd/mm/yyyy",
                       "align": "left"},
        "label": {**grey, "bold": True, "valign": "vcenter"},
        "typed_head": {**head, "bg_color": "#12436D", "font_color": "#FFFFFF"},
        "shown_head": {**head, "bg_color": "#DCE7F1", "font_color": "#12436D", "bold": False},
        "string": {**typed, "num_format": "@"},
        "date": {**typed, "num_format": "dd/mm/yyyy", "align": "left"},
        "integer": {**typed, "num_format": "0", "align": "left"},
    }  # fmt: skip
    looks["long"] = looks["string"]
    return {name: book.add_format(look) for name, look in looks.items()}


class _Opening:
    """The first sheet: how to fill in, and which session it is."""

    def __init__(self, book: Any, looks: Mapping[str, Any]) -> None:
        self.sheet = book.add_worksheet(OPENING)
        self.looks = looks

    def write(self, capture: Capture) -> None:
        """Write the heading, the four lines, then a line per fact of the session."""
        sheet, looks = self.sheet, self.looks
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 84)
        sheet.set_row(0, 32)
        sheet.write_string(0, 0, HEADING, looks["title"])
        sheet.write_string(1, 0, capture.label, looks["name"])
        for row, text in enumerate(GUIDE, start=3):
            sheet.set_row(row, 26)
            sheet.merge_range(row, 0, row, 1, f"{row - 2}.  {text}", looks["said"])
        self._facts(capture, 3 + len(GUIDE))
        sheet.protect(options={"format_columns": True, "format_rows": True})
        _print(sheet, HEADING, capture.session_id, header=None)

    def _facts(self, capture: Capture, row: int) -> None:
        for title, lines in zip(TIES, (SESSION_LINES[:READ], SESSION_LINES[READ:])):
            self.sheet.set_row(row, 34)
            self.sheet.merge_range(row, 0, row, 1, title, self.looks["part"])
            for row, line in enumerate(lines, start=row + 1):  # noqa: B020
                self._line(row, line, rows_of_session(capture).get(line.field, ""))
            row += 1

    def _line(self, row: int, line: Column, value: str) -> None:
        look = self.looks[line.type if line.typed else "shown"]
        self.sheet.set_row(row, 22)
        self.sheet.write_string(row, 0, line.title, self.looks["label"])
        if value:
            self.sheet.write_string(row, 1, value, look)
        else:
            self.sheet.write_blank(row, 1, None, look)
        if line.typed:
            self.sheet.data_validation(row, 1, row, 1, _rule(line, ()))


def rows_of_session(capture: Capture) -> dict[str, str]:
    """Facts of a session as they are printed on the first sheet, by field."""
    from dts_research.schema import catalogue

    return {
        "label": capture.label, "date": f"{capture.date:%d/%m/%Y}",
        "territory": capture.territory, "session_id": capture.session_id,
        "level": catalogue().label("session_levels", capture.level),
        "territory_id": capture.territory_id, "cycle_id": capture.cycle_id,
        "report_id": capture.report_id,
    }  # fmt: skip


class _Filled:
    """One sheet to be filled in."""

    def __init__(
        self, book: Any, looks: Mapping[str, Any], told: CaptureSheet, session_id: str
    ) -> None:
        self.sheet = book.add_worksheet(told.title)
        self.looks = looks
        self.told = told
        self.session_id = session_id

    def write(self, rows: Sequence[Row]) -> None:
        """Write the title, what is asked, the header, and the rows."""
        sheet, columns = self.sheet, self.told.columns
        sheet.hide_gridlines(2)
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, self.told.title, self.looks["title"])
        sheet.merge_range(
            ASKED_ROW, 0, ASKED_ROW, len(columns) - 1, self.told.asks, self.looks["asks"]
        )
        wide = sum(column.width for column in columns)
        sheet.set_row(ASKED_ROW, max(22, row_height([self.told.asks], [wide]) + 6))
        sheet.set_row(HEADER_ROW, 32)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            look = "typed_head" if column.typed else "shown_head"
            sheet.write_string(HEADER_ROW, place, column.title, self.looks[look])
        for number, row in enumerate(rows, start=FIRST_ROW):
            self._row(number, row)
        sheet.freeze_panes(FIRST_ROW, 2 if columns[0].title != columns[1].title else 1)
        allowed = ("format_columns", "format_rows", "select_locked_cells",
                   "select_unlocked_cells")  # fmt: skip
        sheet.protect(options=dict.fromkeys(allowed, True))
        _print(sheet, self.told.title, self.session_id, header=HEADER_ROW)

    def _row(self, number: int, row: Row) -> None:
        columns = self.told.columns
        texts = [_text(row.values.get(c.title)) for c in columns]
        roomy = ROOMY if any(c.typed and c.type == "long" for c in columns) else LEAST
        height = max(roomy, row_height(texts, [c.width for c in columns]))
        self.sheet.set_row(number, height)
        for place, column in enumerate(columns):
            value, open_ = row.values.get(column.title), column.typed or column.title in row.open
            look = self.looks[_look(column, value, open_=open_)]
            if isinstance(value, date):
                self.sheet.write_datetime(number, place, value, look)
            elif value:
                self.sheet.write_string(number, place, str(value), look)
            else:
                self.sheet.write_blank(number, place, None, look)
            if column.typed:
                rule = _rule(column, row.choices.get(column.title, ()))
                self.sheet.data_validation(number, place, number, place, rule)


def _look(column: Column, value: object, *, open_: bool) -> str:
    if open_:
        return column.type if column.typed else "string"
    if isinstance(value, date):
        return "shown_date"
    return "id" if column.field.endswith("_id") or column.field == "target" else "shown"


def _rule(column: Column, choices: Iterable[str]) -> dict[str, Any]:
    """What a cell offers; a word that is not offered is asked about, not forbidden."""
    rule: dict[str, Any] = {
        "ignore_blank": True, "input_title": column.title[:32], "input_message": column.hint[:255],
        "error_type": "warning",
    }  # fmt: skip
    if labels := list(choices):
        rule |= {"validate": "list", "source": labels, "error_title": "Pas dans la liste",
                 "error_message": "Choisir si possible une réponse de la liste."}  # fmt: skip
    elif column.type == "date":
        rule |= {"validate": "date", "criteria": "between", "minimum": EARLIEST,
                 "maximum": LATEST, "error_title": "Ce n'est pas une date",
                 "error_message": "Écrire si possible jj/mm/aaaa."}  # fmt: skip
    elif column.type == "integer":
        rule |= {"validate": "integer", "criteria": ">=", "value": 0,
                 "error_title": "Ce n'est pas un nombre", "error_type": "stop",
                 "error_message": "Écrire un nombre entier, jamais un nom."}  # fmt: skip
    else:
        rule["validate"] = "any"
    return rule


def _text(value: object) -> str:
    return "" if value is None else "0" * 10 if isinstance(value, date) else str(value)


def _print(sheet: Any, title: str, session_id: str, *, header: int | None) -> None:
    """Lay a sheet out on A4, lying."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(0.4, 0.4, 0.5, 0.6)
    sheet.fit_to_pages(1, 0)
    if header is not None:
        sheet.repeat_rows(0, header)
    sheet.set_footer(f"&L&8{title}&C&8{session_id}&R&8&P / &N")
