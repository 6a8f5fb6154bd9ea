"""Facts of a sheet of Office Open XML that its cells do not tell."""

import re
from collections import defaultdict
from typing import Any
from xml.sax.handler import ContentHandler

# A cell with a plain value says nothing here. They are nearly all of them, and taken out before
# the XML is parsed; what does not look exactly like this goes through the parser.
_PLAIN = (
    r'<c r="[A-Z]+\d+"(?: s="%s\d+")?(?: t="(?:s|n|b|str|inlineStr)")?'
    r'(?:/>|>(?:<v>[^<]*</v>|<is><t(?: xml:space="preserve")?>[^<]*</t></is>)</c>)'
)
TRUE = ("1", "true", "on")


def plain_cells(percents: frozenset[str]) -> re.Pattern[bytes]:
    """Pattern of the cells to take out of the XML: those shown as percentages stay."""
    kept = f'(?!(?:{"|".join(sorted(percents))})")' if percents else ""
    return re.compile((_PLAIN % kept).encode())


class Styles(ContentHandler):
    """Styles of cells under which a number is shown as a percentage."""

    def __init__(self) -> None:
        super().__init__()
        self.formats = {"9", "10"}
        self.inside, self.count = False, 0
        self.percents: set[str] = set()

    def startElement(self, name: str, attrs: Any) -> None:
        """Take note of a format, or of the style of a cell."""
        local = name.rpartition(":")[2]
        if local == "numFmt" and "%" in re.sub(r'"[^"]*"|\\.', "", attrs.get("formatCode", "")):
            self.formats.add(attrs.get("numFmtId", ""))
        elif local == "cellXfs":
            self.inside = True
        elif local == "xf" and self.inside:
            if attrs.get("numFmtId", "") in self.formats:
                self.percents.add(str(self.count))
            self.count += 1

    def endElement(self, name: str) -> None:
        """Leave the styles of cells."""
        if name.rpartition(":")[2] == "cellXfs":
            self.inside = False


class Ranges:
    """Numbers kept as ranges, as they come in order."""

    def __init__(self) -> None:
        self.found: list[list[int]] = []

    def add(self, first: int, last: int) -> None:
        """Add a range, joined to the one before when it follows it."""
        if self.found and first <= self.found[-1][1] + 1:
            self.found[-1][1] = max(last, self.found[-1][1])
        else:
            self.found.append([first, last])


class SheetFacts(ContentHandler):
    """Hidden rows and columns, formulas, errors, numbers shown as percentages."""

    def __init__(self, percents: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.styles = percents
        self.percents: dict[int, Ranges] = defaultdict(Ranges)
        self.row = self.column = self.formulas = 0
        self.kind, self.formula, self.inside, self.value = "", False, False, ""
        self.rows, self.columns = Ranges(), Ranges()
        self.unsolved: dict[int, Ranges] = defaultdict(Ranges)
        self.errors: dict[int, Ranges] = defaultdict(Ranges)

    def startElement(self, name: str, attrs: Any) -> None:
        """Take note of an element."""
        local = name.rpartition(":")[2]
        if local == "c":
            self._cell(attrs)
        elif local == "f":
            self.formula = True
            self.formulas += 1
        elif local == "v":
            self.inside = True
        elif local == "row":
            self.row = int(attrs.get("r", self.row + 1))
            self.column = 0
            if attrs.get("hidden") in TRUE:
                self.rows.add(self.row, self.row)
        elif local == "col" and attrs.get("hidden") in TRUE:
            self.columns.add(int(attrs["min"]), int(attrs["max"]))

    def _cell(self, attrs: Any) -> None:
        letters = attrs.get("r", "").rstrip("0123456789")
        self.column = column_number(letters) if letters else self.column + 1
        self.kind, self.formula, self.value = attrs.get("t", "n"), False, ""
        if self.kind == "n" and attrs.get("s") in self.styles:
            self.percents[self.column].add(self.row, self.row)

    def characters(self, content: str) -> None:
        """Keep the value of a cell."""
        if self.inside:
            self.value += content[:40]

    def endElement(self, name: str) -> None:
        """Judge a cell."""
        local = name.rpartition(":")[2]
        if local == "v":
            self.inside = False
        elif local == "c" and self.kind == "e" and self.value:
            self.errors[self.column].add(self.row, self.row)
        elif local == "c" and self.formula and not self.value and self.kind != "str":
            self.unsolved[self.column].add(self.row, self.row)

    def found(self) -> dict[str, Any]:
        """Give the facts."""
        return {
            "hidden_rows": self.rows.found,
            "hidden_columns": self.columns.found,
            "formulas": self.formulas,
            "unsolved": {column: ranges.found for column, ranges in self.unsolved.items()},
            "errors": {column: ranges.found for column, ranges in self.errors.items()},
            "percents": {column: ranges.found for column, ranges in self.percents.items()},
        }


def column_number(letters: str) -> int:
    """Turn AB into 28; a longer text than XFD is no column."""
    if len(letters) > 3:
        raise ValueError(letters[:40])
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
