"""The tables of a document as one workbook: to read, filter, and count again.

Every text is written as a text: none can be taken for a formula.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter

from dts_research.display.style import MARKS
from dts_research.display.typography import french, printable
from dts_research.reports.document import FICTION, Document
from dts_research.reports.extras_values import DATE, NUMBER, Column, read_column
from dts_research.schema.row_heights import row_height

Block = Mapping[str, Any]
README, DICTIONARY = "Lisez-moi", "Dictionnaire"
NAMES = {"chart": "Figure", "board": "Brouillon"}
LONGEST = 32_000
CUT = " … [texte coupé : voir le rapport]"
WIDEST, NARROWEST = 60, 9
README_WIDTHS = (22, 62, 52, 52)
# Signs that each text in a margin of the page may have, of the 255 of a whole margin.
MARGIN = 110
AUDIENCES = {
    "territory": "le territoire : ne pas diffuser au-delà sans l'accord de l'animation",
    "network": "le réseau : ne pas diffuser au-delà sans l'accord de l'animation",
    "public": "tout public",
}
REUSE = (
    "Ces tableaux disent ce que dit le rapport, ni plus ni moins. Les réutiliser en citant le "
    "titre, le territoire, la date et la source de chaque feuille. Codes et contours des "
    "territoires : INSEE, IGN et Etalab, Licence Ouverte 2.0."
)
COUNTING = (
    "Une colonne de nombres, ou de dates, se calcule et se trie. Ailleurs les cellules sont du "
    "texte, comme dans le rapport. La feuille « Dictionnaire » dit ce que porte chaque colonne."
)
LAYOUT = (
    "Dans chaque feuille de tableau ou de figure, la première ligne porte les noms des colonnes, "
    "et rien d'autre que les données ne suit. À l'impression, le titre est en haut de la page, la "
    "source en bas."
)
MEANINGS = {
    "secret": "La valeur existe, mais elle désignerait quelqu'un : moins de {floor} personnes.",
    "not_published": "Celui qui a la valeur ne la publie pas.",
    "not_given": "Personne ne nous l'a dite.",
    "zero": "On a regardé : il n'y en a pas.",
    "not_applicable": "La question ne se pose pas ici.",
}


@dataclass(frozen=True)
class Sheet:
    """One table of the document, or the data of one figure."""

    name: str
    columns: tuple[Column, ...]
    title: str = ""
    subtitle: str = ""
    source: str = ""
    meaning: str = ""


def make_workbook(document: Document, day: date) -> bytes:
    """Write the tables of a document and the data of its figures as an .xlsx file.

    Parameters
    ----------
    day
        Day written in the file, so that two makings give the same bytes.
    """
    sheets = [*sheets_of(document)]
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_urls": False})
    book.set_properties(
        {
            "title": _title(document), "author": str(document.cover.get("author") or ""),
            "comments": FICTION if document.fictional else "",
            "created": datetime(day.year, day.month, day.day),
        }
    )  # fmt: skip
    paper = _Paper(book)
    _write_readme(paper, document, day, sheets)
    for sheet in sheets:
        _write_sheet(paper, sheet)
    _write_dictionary(paper, sheets)
    book.close()
    return content.getvalue()


def sheets_of(document: Document) -> Iterator[Sheet]:
    """Tables and data of figures, in the order of the document."""
    for block in document.body:
        title, subtitle, source = (
            str(block.get(key) or "") for key in ("title", "subtitle", "source")
        )
        if block["kind"] == "table":
            heads = [(head.get("label") or "", head.get("unit") or "") for head in block["columns"]]
            columns, meaning = _columns(heads, block["rows"]), str(block.get("note") or "")
            yield Sheet(f"Tableau {block['number']}", columns, title, subtitle, source, meaning)
        elif block["kind"] in NAMES and block["data"].get("rows"):
            data = block["data"]
            columns = _columns([(head, "") for head in data["columns"]], data["rows"])
            meaning = str(data.get("caption") or block.get("reading") or "")
            name = f"{NAMES[block['kind']]} {block['number']}"
            yield Sheet(name, columns, title, subtitle, source, meaning)


def _columns(heads: list[tuple[str, str]], rows: list[list[str]]) -> tuple[Column, ...]:
    return tuple(
        read_column(label, [row[x] for row in rows], unit=unit)
        for x, (label, unit) in enumerate(heads)
    )


def _title(document: Document) -> str:
    place = str(document.cover.get("territory") or "")
    return " – ".join(words for words in (document.title, place) if words)


class _Paper:
    """A workbook and the few dresses of its cells."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.text = {"font_name": "Arial", "font_size": 10, "valign": "top", "text_wrap": True}
        head = {"bold": True, "bottom": 1, "bg_color": "#F3F6F9", "quote_prefix": True}
        self.plain = self._dress()
        self.typed = self._dress(quote_prefix=True)
        self.head = self._dress(**head)
        self.title = self._dress(bold=True, font_size=14, font_color="#12436D", text_wrap=False)
        self.part = self._dress(bold=True, font_size=12, font_color="#12436D", text_wrap=False)
        self.label = self._dress(bold=True)
        self.warning = self._dress(bold=True, font_color="#A83E07")
        self.link = self._dress(font_color="#12436D", underline=1)
        self.forms: dict[str, Any] = {}

    def _dress(self, **more: Any) -> Any:
        return self.book.add_format({**self.text, **more})

    def form(self, pattern: str) -> Any:
        """Dress of the numbers or dates of one column."""
        if pattern not in self.forms:
            self.forms[pattern] = self._dress(num_format=pattern, text_wrap=False)
        return self.forms[pattern]

    def write(self, page: Any, place: tuple[int, int], value: Any, dress: Any = None) -> None:
        """Write a text as a text, whatever its first sign; words in French typography."""
        text = printable(str(value))
        risky = text[:1] in {"=", "+", "-", "@"}
        words = any(map(str.isalpha, text)) and not risky
        text = french(text) if words else text
        text = text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT
        page.write_string(*place, text, dress or (self.typed if risky else self.plain))


def _write_sheet(paper: _Paper, sheet: Sheet) -> None:
    page = paper.book.add_worksheet(sheet.name)
    count = max((len(column.values) for column in sheet.columns), default=0)
    heads = [f"{c.label} ({c.unit})" if c.unit else c.label for c in sheet.columns]
    widths = [_width(head, column) for head, column in zip(heads, sheet.columns)]
    page.set_row(0, row_height(heads, widths))
    for x, (column, head, width) in enumerate(zip(sheet.columns, heads, widths)):
        paper.write(page, (0, x), head, paper.head)
        page.set_column(x, x, width)
        for y, value in enumerate(column.values, start=1):
            _write_cell(paper, page, (y, x), column, value)
    for y, values in enumerate(zip(*(column.values for column in sheet.columns)), start=1):
        texts = [value if isinstance(value, str) else "" for value in values]
        page.set_row(y, row_height(texts, widths))
    page.freeze_panes(1, 1 if len(sheet.columns) > 1 else 0)
    page.autofilter(0, 0, count, max(0, len(sheet.columns) - 1))
    _printed(page, sheet)


def _write_cell(
    paper: _Paper, page: Any, place: tuple[int, int], column: Column, value: Any
) -> None:
    if value is None:
        return
    if isinstance(value, str):
        paper.write(page, place, value)
    elif column.kind == NUMBER:
        page.write_number(*place, value, paper.form(column.form))
    else:
        page.write_datetime(*place, datetime(value.year, value.month, value.day),
                            paper.form(column.form))  # fmt: skip


def _width(head: str, column: Column) -> float:
    if column.kind == DATE:
        longest = 12
    elif column.kind == NUMBER:
        longest = max(len(str(value)) + 2 for value in column.values if value is not None)
    else:
        longest = max((len(str(value)) for value in column.values if value), default=0)
    return max(NARROWEST, min(WIDEST, max(longest, min(len(head), 24)) * 0.95 + 3))


def _printed(page: Any, sheet: Sheet) -> None:
    """Set on paper: as wide as the page, heads repeated, a title above, a source below."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_header(f"&L&B{_told(sheet.title)}&B\n&9 {_told(sheet.subtitle)}")
    page.set_footer(f"&L&8{_told(f'{sheet.name}. {sheet.source}', 2 * MARGIN)}&R&8&P / &N")


def _told(text: str, most: int = MARGIN) -> str:
    """A text in a margin of the page, which holds few signs and reads « & » as a command."""
    text = french(printable(text))
    return (text if len(text) <= most else f"{text[: most - 2]} …").replace("&", "&&")


def _write_readme(paper: _Paper, document: Document, day: date, sheets: list[Sheet]) -> None:
    page = paper.book.add_worksheet(README)
    for x, width in enumerate(README_WIDTHS):
        page.set_column(x, x, width)
    paper.write(page, (0, 0), _title(document), paper.title)
    y = 2
    for label, text in _facts(document, day):
        dress = paper.warning if label == FICTION else None
        paper.write(page, (y, 0), label, dress or paper.label)
        paper.write(page, (y, 1), text, dress)
        page.set_row(y, row_height((label, text), README_WIDTHS))
        y += 1
    y = _write_contents(paper, page, y + 1, sheets)
    paper.write(page, (y + 1, 0), "Cinq façons de ne pas avoir de valeur", paper.part)
    floor = str(document.parameters.get("min_count") or 5)
    for row, (code, mark) in enumerate(MARKS.items(), start=y + 2):
        paper.write(page, (row, 0), mark, paper.label)
        told = MEANINGS[code].format(floor=floor)
        paper.write(page, (row, 1), told)
        page.set_row(row, row_height((mark, told), README_WIDTHS))
    page.hide_gridlines(2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _facts(document: Document, day: date) -> Iterator[tuple[str, str]]:
    """What a person who finds the file alone must know of it."""
    cover = document.cover
    if document.fictional:
        yield FICTION, "Tout est inventé : ce fichier sert à la démonstration."
    for label, key in (("Territoire", "territory"), ("Sujet", "subtitle")):
        if cover.get(key):
            yield label, str(cover[key])
    if cover.get("date"):
        yield "Date", f"{day:%d/%m/%Y}"
    for label, key in (("Version", "version"), ("Statut", "status"), ("Auteur", "author")):
        if cover.get(key):
            yield label, str(cover[key])
    audience = AUDIENCES.get(str(document.parameters.get("audience") or ""))
    if audience:
        yield "Circulation", audience
    yield "Réutilisation", REUSE
    yield "Nombres et dates", COUNTING
    yield "Mise en page", LAYOUT


def _write_contents(paper: _Paper, page: Any, y: int, sheets: list[Sheet]) -> int:
    paper.write(page, (y, 0), "Les feuilles", paper.part)
    for x, head in enumerate(("Feuille", "Ce qu'on y lit", "De quoi il s'agit", "Source")):
        paper.write(page, (y + 1, x), head, paper.head)
    for row, sheet in enumerate(sheets, start=y + 2):
        page.write_url(row, 0, f"internal:'{sheet.name}'!A1", paper.link, sheet.name)
        texts = (sheet.name, sheet.title, sheet.subtitle or sheet.meaning, sheet.source)
        page.set_row(row, row_height(texts, README_WIDTHS))
        for x, text in enumerate(texts[1:], 1):
            paper.write(page, (row, x), text)
    return y + 2 + len(sheets)


def _write_dictionary(paper: _Paper, sheets: list[Sheet]) -> None:
    page = paper.book.add_worksheet(DICTIONARY)
    heads = ("Feuille", "Colonne", "Unité", "Nature", "Absences", "Sens", "Source")
    widths = (12, 34, 10, 10, 24, 52, 52)
    for x, (head, width) in enumerate(zip(heads, widths)):
        paper.write(page, (0, x), head, paper.head)
        page.set_column(x, x, width)
    rows = [(sheet, column) for sheet in sheets for column in sheet.columns]
    for y, (sheet, column) in enumerate(rows, start=1):
        known = (sheet.name, column.label, column.unit, column.kind, ", ".join(column.marks))
        texts = (*known, sheet.meaning or sheet.title, sheet.source)
        page.set_row(y, row_height(texts, widths))
        for x, text in enumerate(texts):
            paper.write(page, (y, x), text)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(1, len(rows)), len(heads) - 1)
    _printed(page, Sheet(DICTIONARY, (), title=f"{DICTIONARY} des colonnes"))
