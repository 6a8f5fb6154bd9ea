"""Facts of the sheets of an OpenDocument spreadsheet that their cells do not tell."""

from collections import defaultdict
from typing import Any
from xml.sax.handler import ContentHandler

from sheet_xml import Ranges

MOST_COLUMNS = 500
_HIDDEN = ("collapse", "filter")


class _Table:
    """What was met of one table so far."""

    def __init__(self) -> None:
        self.row = self.column = self.width = self.formulas = 0
        self.repeated = 1
        self.rows, self.columns = Ranges(), Ranges()
        self.unsolved: dict[int, Ranges] = defaultdict(Ranges)
        self.errors: dict[int, Ranges] = defaultdict(Ranges)
        self.percents: dict[int, Ranges] = defaultdict(Ranges)
        self.merged: list[list[int]] = []

    def add_columns(self, attrs: Any) -> None:
        """Go past columns."""
        last = self.width + _number(attrs, "table:number-columns-repeated")
        if attrs.get("table:visibility") in _HIDDEN:
            self.columns.add(self.width + 1, last)
        self.width = last

    def add_rows(self, attrs: Any) -> None:
        """Come to the next rows."""
        self.row += self.repeated
        self.repeated = _number(attrs, "table:number-rows-repeated")
        self.column = 0
        if attrs.get("table:visibility") in _HIDDEN:
            self.rows.add(self.row, self.row + self.repeated - 1)

    def add_cell(self, attrs: Any) -> None:
        """Come to a cell."""
        first, times = self.column + 1, _number(attrs, "table:number-columns-repeated")
        self.column += times
        down = _number(attrs, "table:number-rows-spanned")
        across = _number(attrs, "table:number-columns-spanned")
        if down > 1 or across > 1:
            self.merged.append([self.row, first, self.row + down - 1, first + across - 1])
        if attrs.get("calcext:value-type") == "error":
            self.errors[first].add(self.row, self.row + self.repeated - 1)
        if attrs.get("office:value-type") == "percentage":
            for column in range(first, first + min(times, MOST_COLUMNS)):
                self.percents[column].add(self.row, self.row + self.repeated - 1)
        if "table:formula" in attrs:
            self.formulas += times * self.repeated
            if "office:value-type" not in attrs:
                self.unsolved[first].add(self.row, self.row + self.repeated - 1)

    def found(self) -> dict[str, Any]:
        """Give the facts."""
        return {
            "merged": self.merged,
            "hidden_rows": self.rows.found,
            "hidden_columns": self.columns.found,
            "formulas": self.formulas,
            "unsolved": {column: ranges.found for column, ranges in self.unsolved.items()},
            "errors": {column: ranges.found for column, ranges in self.errors.items()},
            "percents": {column: ranges.found for column, ranges in self.percents.items()},
        }


class Tables(ContentHandler):
    """The facts of every table of a document."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, _Table] = {}
        self.links = self.comments = 0
        self.scripts = False
        self.table = _Table()

    def startElement(self, name: str, attrs: Any) -> None:
        """Take note of an element."""
        if name in ("table:table-cell", "table:covered-table-cell"):
            self.table.add_cell(attrs)
        elif name == "table:table-row":
            self.table.add_rows(attrs)
        elif name == "table:table-column":
            self.table.add_columns(attrs)
        elif name == "table:table":
            self._begin(attrs.get("table:name", ""))
        elif name == "office:annotation":
            self.comments += 1
        elif name in ("table:table-source", "table:cell-range-source", "office:dde-source"):
            self.links += 1
        elif name in ("script:event-listener", "office:script"):
            self.scripts = True

    def _begin(self, name: str) -> None:
        self.table = self.tables[name] = _Table()
        self.table.row, self.table.repeated = 0, 1
        self.links += name.startswith("'file:")

    def found(self) -> dict[str, dict[str, Any]]:
        """Give the facts of each table by its name."""
        return {name: table.found() for name, table in self.tables.items()}


def _number(attrs: Any, name: str) -> int:
    return max(1, int(attrs.get(name, 1)))
