"""HTML made by other programs: its words, its tables and its pictures, in order, nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

from dts_research.reports.foreign_pictures import drawing, embedded, picture
from dts_research.reports.foreign_tables import Grid, span, table_of

Block = dict[str, Any]
Attached = Mapping[str, Any]
SCRIPT = "contenu animé par un programme"
_ATTACH = "Glisser l'image dans la cellule, ou la montrer par une cellule de code."
_WEB = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)
# What the head of a page holds; anything else tells that the head is over.
_OF_HEAD = {"title", "meta", "link", "style", "script", "base", "noscript", "template", "head"}
_SILENT = {"script", "style", "template", "noscript", "head", "object", "iframe", "math", "canvas"}
_SILENT |= {"video", "audio", "select"}
_LIVE = {
    "iframe": "page d'un autre site",
    "video": "vidéo",
    "audio": "enregistrement sonore",
    "canvas": "dessin animé par un programme",
    "object": "objet inséré",
    "embed": "objet inséré",
    "script": SCRIPT,
    "math": "formule",
}
_LINES = {"p", "div", "br", "tr", "ul", "ol", "section", "article", "header", "footer", "dt", "dd"}
_LINES |= {"h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "summary", "figcaption"}
_SVG = re.compile(r"<svg\b.*?</svg\s*>", re.DOTALL | re.IGNORECASE)
_BOILERPLATE = re.compile(
    r"Make this Notebook Trusted to load map: File -> Trust Notebook"
    r"|Your browser does not support the (?:video|audio)[^\n]*"
)
_SHAPE = re.compile(r"(?:shape: \()?([\d_,]+)(?: rows × |, )([\d_,]+)(?: columns|\))")


class Page(HTMLParser):
    """Reads a page to its end, whatever is left open in it.

    Attributes
    ----------
    pieces
        Texts, tables and blocks, in order.
    live
        Elements that only work in a browser, left out.
    """

    def __init__(self, html: str, attached: Attached | None = None) -> None:
        super().__init__(convert_charrefs=True)
        self.attached = attached or {}
        self.link: tuple[str, list[str], int] | None = None
        self.pieces: list[str | Grid | Block] = []
        self.live: set[str] = set()
        self.tables: list[Grid] = []
        self.words: list[str] = []
        self.cell: list[str] | None = None
        self.silent: list[str] = []
        self.depth, self.verbatim = 0, False
        self.drawings: list[str] = _SVG.findall(html)
        self.feed(_SVG.sub("<dts-drawing>", html))
        self.close()
        self._end_cell()
        self._end_words()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a cell, a line, or what is left out."""
        self.live |= {tag} & set(_LIVE)
        if self.silent == ["head"] and tag not in _OF_HEAD:
            self.silent.clear()
        if self.silent or tag in _SILENT:
            self.silent += [tag] if tag in _SILENT else []
        elif tag == "a":
            self._follow(dict(attrs).get("href") or "")
        elif tag in _PICTURES:
            self._place(_PICTURES[tag](self, dict(attrs)))
        elif tag == "table":
            self._open_table()
        elif self.depth == 1:
            self._start_in_table(tag, dict(attrs))
        elif tag == "pre":
            self._end_words()
            self.verbatim = True
        elif self.depth:
            self._text(" ")
        elif tag in _LINES or tag == "li":
            self._text("\n– " if tag == "li" else "\n")

    def _follow(self, address: str) -> None:
        """Begin a link; its words are then followed by its address."""
        self.link = None
        if _WEB.fullmatch(address):
            held = self.words if self.cell is None else self.cell
            self.link = (address.removeprefix("mailto:"), held, len(held))

    def _end_link(self) -> None:
        link, self.link = self.link, None
        held = self.words if self.cell is None else self.cell
        if link and link[1] is held:
            said = "".join(held[link[2] :]).strip()
            self._text(f" ({link[0]})" if said and link[0] not in said else "")

    def _open_table(self) -> None:
        self.depth += 1
        if self.depth == 1:
            self._end_words()
            self.tables.append(Grid())
            self.pieces.append(self.tables[-1])
        else:
            self.tables[-1].flattened = True
            self._text(" ")

    def _start_in_table(self, tag: str, attrs: dict[str, str | None]) -> None:
        table = self.tables[-1]
        if tag == "tr":
            self._end_cell()
            table.open_row()
        elif tag in {"thead", "tbody", "tfoot"}:
            self._end_cell()
            table.part = tag
        elif tag in {"td", "th", "caption"}:
            self._end_cell()
            self.cell = []
            table.next = (tag, span(attrs.get("colspan")), span(attrs.get("rowspan")))
        else:
            self._text(" ")

    def handle_endtag(self, tag: str) -> None:
        """End what was begun."""
        if self.silent:
            if tag == self.silent[-1]:
                self.silent.pop()
        elif tag == "a":
            self._end_link()
        elif tag == "table":
            if self.depth == 1:
                self._end_cell()
            self.depth = max(0, self.depth - 1)
        elif self.depth == 1:
            self._end_in_table(tag)
        elif tag == "pre" and self.verbatim:
            self._end_words()
            self.verbatim = False
        elif tag in _LINES:
            self._text("\n" if not self.depth else " ")

    def _end_in_table(self, tag: str) -> None:
        if tag in {"td", "th", "caption", "tr", "thead", "tbody", "tfoot"}:
            self._end_cell()
        if tag in {"thead", "tfoot"}:
            self.tables[-1].part = "tbody"

    def handle_data(self, data: str) -> None:
        """Keep the words, unless they are a program."""
        if not self.silent:
            self._text(data)

    def _text(self, text: str) -> None:
        (self.words if self.cell is None else self.cell).append(text)

    def _place(self, block: Block | str) -> None:
        """Put a picture at its place; inside a table, only its words can be kept."""
        if isinstance(block, str):
            self._text(block)
        elif self.cell is not None or self.depth:
            said = block.get("alt") or block.get("text")
            self._text(f"[image : {said}]" if said else "[image]")
        else:
            self._end_words()
            self.pieces.append(block)

    def image(self, attrs: dict[str, str | None]) -> Block | str:
        """Picture of an ``img``; a note with its description for one that is elsewhere."""
        alt = attrs.get("alt") or ""
        return placed(attrs.get("src") or "", self.attached, alt=alt) or absent(alt)

    def drawn(self, attrs: dict[str, str | None]) -> Block | str:
        """Drawing found in the page; icons are left out."""
        return drawing(self.drawings.pop(0), icons=False) or ""

    def _end_words(self) -> None:
        text, self.words = "".join(self.words), []
        if self.verbatim:
            shown = text.strip("\n").rstrip()
            self.pieces += [{"kind": "code", "text": shown}] if shown.strip() else []
            return
        text = _BOILERPLATE.sub("", text)
        lines = [" ".join(line.split()) for line in text.split("\n")]
        kept = "\n".join(line for line in lines if line.strip(" –"))
        self.pieces += [kept] if kept else []

    def _end_cell(self) -> None:
        if self.cell is not None:
            text, self.cell = " ".join("".join(self.cell).split()), None
            self.tables[-1].add(text)


_PICTURES: dict[str, Callable[[Page, dict[str, str | None]], Block | str]] = {
    "img": Page.image,
    "dts-drawing": Page.drawn,
}


def placed(address: str, attached: Attached, *, alt: str) -> Block | None:
    """Picture a cell brings, attached to it or written in the address; None for any other."""
    if not address.startswith("attachment:"):
        return embedded(address, alt=alt)
    return picture(attached.get(unquote(address.removeprefix("attachment:")), {}), alt=alt)


def absent(alt: str) -> Block:
    """Note for a picture that is elsewhere."""
    note = {"kind": "interactive", "title": "Image absente du carnet", "text": alt}
    return note | {"foreign": True, "lost": True, "fix": _ATTACH}


def blocks_of_html(
    html: str, *, title: str = "", attached: Attached | None = None
) -> tuple[list[Block], list[str]]:
    """Tables, pictures and words of a foreign HTML, in order.

    Parameters
    ----------
    html
        What another program wrote.
    title
        Title of its table.
    attached
        Pictures attached to the cell, by name and MIME type.

    Returns
    -------
    tuple
        The blocks; what the page had that only works in a browser, in French words.
    """
    page = Page(html, attached)
    found: list[Block] = []
    for piece in page.pieces:
        if isinstance(piece, Grid):
            found += table_of(piece, title)
        else:
            found += [piece] if isinstance(piece, dict) else _paragraphs(piece)
    return _with_counts(found), [_LIVE[tag] for tag in sorted(page.live)]


def _paragraphs(text: str) -> Iterator[Block]:
    for line in text.split("\n"):
        yield {"kind": "paragraph", "inline": [{"type": "text", "text": line}]}


def _with_counts(found: list[Block]) -> list[Block]:
    """Put « 300 rows × 5 columns » under its table, in French, with what was left out."""
    done: list[Block] = []
    for place, block in enumerate(found):
        match = _SHAPE.fullmatch(block["inline"][0]["text"]) if "inline" in block else None
        near = [b for b in found[max(0, place - 1) : place + 2] if b["kind"] == "table"]
        if match and near:
            near[0]["note"] = _counts(match, near[0])
        else:
            done.append(block)
    return done


def _counts(match: re.Match[str], table: Block) -> str:
    rows, columns = (int(re.sub(r"[_,]", "", number)) for number in match.groups())
    told = f"{rows} ligne{'s' * (rows > 1)}, {columns} colonne{'s' * (columns > 1)}"
    cut = any(set(row) <= {"...", "…"} for row in table["rows"])
    cut = cut or any(column["label"] in {"...", "…"} for column in table["columns"])
    return f"Tableau raccourci dans le carnet : {told} en tout." if cut else f"{told}."
