"""Markdown of a notebook as prose blocks: headings, paragraphs, lists, quotes, asides, tables.

Only structure and text go through: raw HTML gives its words, its tables and its pictures, and
links lead to the web, to a mailbox or to a block of the document, nowhere else. Pictures and
tables written inside a list or a quotation come right after it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape
from typing import Any
from urllib.parse import unquote

import mistune
from mistune.plugins.table import table_in_list, table_in_quote

from dts_research.display.blocks import slug
from dts_research.reports.foreign_html import absent, blocks_of_html, placed
from dts_research.reports.prose_pieces import (
    aside,
    lines_of,
    live_note,
    paragraph,
    plain,
    raw_lines,
    text_piece,
)
from dts_research.reports.prose_tables import table_of_markdown

Node = Mapping[str, Any]
Blocks = list[dict[str, Any]]
_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>\"]+", re.IGNORECASE)
_ANCHOR = re.compile(r"<a\s[^>]*?href=[\"']((?:https?://|mailto:)[^\"'\s]+)[\"']", re.IGNORECASE)
_ASIDE = re.compile(r"\[!(\w+)\][ \t]*([^\n]*)\n?")
# A file beside the notebook: it has no address in a document, and its name is kept.
_NEAR = re.compile(r"(?![a-z][a-z0-9+.-]*:|//|#)\S+", re.IGNORECASE)
_SHIFTED = {
    "sup": str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ"),
    "sub": str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋"),
}
_STRUCK = {"s", "del", "strike"}
_PLUGINS: list[Any] = ["table", table_in_list, table_in_quote, "footnotes", "strikethrough", "math"]
_PARSE = mistune.create_markdown(renderer="ast", plugins=_PLUGINS)


def read_markdown(source: str, attachments: Node | None = None, *, inside: bool = False) -> Blocks:
    """Prose blocks of one Markdown text.

    Parameters
    ----------
    source
        Markdown as written in a cell.
    attachments
        Pictures attached to the cell, by name and MIME type.
    inside
        Whether it is held by a block: its headings are then words in bold.
    """
    tokens: list[Any] = list(_PARSE(source))  # type: ignore[arg-type]
    notes = {
        item["attrs"]["key"]: item.get("children", [])
        for token in tokens
        if token["type"] == "footnotes"
        for item in token["children"]
    }
    reader = _Reader(notes, attachments or {})
    reader.depth = int(inside)
    return [block for token in tokens for block in [*reader.blocks([token]), *reader.released()]]


class _Reader:
    """Walks one syntax tree, with the notes and pictures it refers to."""

    def __init__(self, notes: Mapping[str, list[Any]], attachments: Node) -> None:
        self.notes = dict(notes)
        self.attachments = attachments
        self.held: Blocks = []
        self.addresses: list[str] = []
        self.depth = 0
        self.shifted: dict[int, int] = {}

    def blocks(self, tokens: list[Any]) -> Blocks:
        found: Blocks = []
        for token in tokens:
            read: Callable[[Node], Blocks] | None = getattr(self, f"_{token['type']}", None)
            found += read(token) if read else self._unknown(token)
        return found

    def inner(self, tokens: list[Any]) -> Blocks:
        """Blocks held by another one."""
        self.depth += 1
        found = self.blocks(tokens)
        self.depth -= 1
        return found

    def released(self) -> Blocks:
        """Pictures and tables that come after the block they were written in."""
        held, self.held = self.held, []
        return held

    def inline(self, tokens: list[Any]) -> Blocks:
        """Inline content: texts, emphasis, codes, links, notes."""
        found: Blocks = []
        for token in tokens:
            found += self._piece(token)
        return found

    def _piece(self, token: Node) -> Blocks:
        kind, inner = token["type"], token.get("children", [])
        match kind:
            case "softbreak":
                return [{"type": "text", "text": " "}]
            case "linebreak":
                return [{"type": "break"}]
            case "codespan" | "inline_math":
                mark = "$" if kind == "inline_math" else ""
                return [{"type": "code", "text": f"{mark}{token['raw']}{mark}"}]
            case "strong" | "emphasis":
                return [{"type": kind, "content": self.inline(inner)}]
            case "link":
                return self._link(token)
            case "image":
                self.held.append(self._picture(token))
                return []
            case "inline_html":
                return self._inline_html(token["raw"])
            case "strikethrough":  # a line across words is not heard: it is said
                return [text_piece("(barré : "), *self.inline(inner), text_piece(")")]
            case "footnote_ref":
                return self._note(token["raw"])
        said = token.get("raw")
        return self.inline(inner) if said is None else [text_piece(said.translate(self.shifted))]

    def _note(self, key: str) -> Blocks:
        """One paragraph, whatever the note is made of; a note never holds itself."""
        tokens = self.notes.pop(key, None)
        if tokens is None:
            return []
        lines = lines_of(self.inner(tokens))
        self.notes[key] = tokens
        pieces = [piece for line in lines for piece in [{"type": "break"}, *line]][1:]
        return [{"type": "note", "blocks": [{"kind": "paragraph", "inline": pieces}]}]

    def _link(self, token: Node) -> Blocks:
        url, content = token["attrs"]["url"], self.inline(token.get("children", []))
        if url.startswith("#"):
            return [{"type": "ref", "href": unquote(url[1:]), "text": plain(content)}]
        if not _LINK.fullmatch(url):
            near = _NEAR.fullmatch(url) and unquote(url) not in plain(content)
            return [*content, text_piece(f" ({unquote(url)})")] if near else content
        named = plain(content).strip()
        shown = [] if named else [{"type": "text", "text": url.removeprefix("mailto:")}]
        return [{"type": "link", "url": url, "content": [*content, *shown]}]

    def _inline_html(self, raw: str) -> Blocks:
        """Words, pictures and addresses of one mark of HTML."""
        opened = _ANCHOR.match(raw)
        if opened:
            self.addresses.append(unescape(opened.group(1)))
        if raw.lower().startswith("</a") and self.addresses:
            url = self.addresses.pop()
            named = {"type": "text", "text": url.removeprefix("mailto:")}
            link = {"type": "link", "url": url, "content": [named]}
            return [{"type": "text", "text": " ("}, link, {"type": "text", "text": ")"}]
        mark = raw.lower().strip("<>/ ").partition(" ")[0]
        if mark == "br":
            return [{"type": "break"}]
        if mark in _SHIFTED:
            self.shifted = {} if raw.startswith("</") else _SHIFTED[mark]
            return []
        if mark in _STRUCK:
            return [text_piece(")" if raw.startswith("</") else "(barré : ")]
        found, live = blocks_of_html(raw, attached=self.attachments)
        self.held += [block for block in found if block["kind"] != "paragraph"]
        self.held += live_note(live)
        texts = (plain(block["inline"]) for block in found if block["kind"] == "paragraph")
        return [{"type": "text", "text": "\n".join(texts)}]

    def _unknown(self, token: Node) -> Blocks:
        if token.get("children"):
            return self.blocks(token["children"])
        return paragraph([{"type": "text", "text": token.get("raw", "")}])

    def _blank_line(self, token: Node) -> Blocks:
        return []

    _thematic_break = _footnotes = _blank_line

    def _heading(self, token: Node) -> Blocks:
        pieces = self.inline(token["children"])
        content = [piece for piece in pieces if piece["type"] != "note"]
        notes = [note for piece in pieces for note in piece.get("blocks", [])]
        self.held += notes  # a contents and a running head could not call them
        if self.depth:
            return paragraph([{"type": "strong", "content": content}])
        name = plain(content)
        if not name.strip():
            return []
        heading = {"kind": "heading", "level": token["attrs"]["level"], "text": name}
        return [heading | {"slug": slug(name), "inline": content}]

    def _paragraph(self, token: Node) -> Blocks:
        return paragraph(self.inline(token["children"]))

    _block_text = _paragraph

    def _picture(self, token: Node) -> dict[str, Any]:
        """Picture brought by the cell; a note for one that is elsewhere."""
        url, alt = token["attrs"]["url"], plain(self.inline(token.get("children", [])))
        title = str(token["attrs"].get("title") or "")
        found = placed(url, self.attachments, alt=alt) or absent(alt)
        return found | ({"title": title} if title and found["kind"] == "image" else {})

    def _block_math(self, token: Node) -> Blocks:
        return [{"kind": "code", "text": token["raw"].strip()}]

    def _list(self, token: Node) -> Blocks:
        items = [self.inner(item.get("children", [])) for item in token["children"]]
        return [{"kind": "list", "ordered": bool(token["attrs"].get("ordered")), "items": items}]

    def _block_code(self, token: Node) -> Blocks:
        return [{"kind": "code", "text": token["raw"].rstrip("\n")}]

    def _block_html(self, token: Node) -> Blocks:
        found, live = blocks_of_html(token["raw"], attached=self.attachments)
        found += live_note(live, alone=not found)
        self.held += found if self.depth else []
        return [] if self.depth else found

    def _table(self, token: Node) -> Blocks:
        made = table_of_markdown(token, self.inline)
        self.held += [made] if self.depth else []
        return [] if self.depth else [made]

    def _block_quote(self, token: Node) -> Blocks:
        children = token.get("children", [])
        first = children[0] if children and children[0]["type"] == "paragraph" else None
        opening = plain(raw_lines(first["children"])) if first else ""
        mark = _ASIDE.match(opening)
        if not mark:
            return [{"kind": "quotation", "blocks": self.inner(children)}]
        rest = self._after_title(first["children"]) if first else []
        inner = (paragraph(self.inline(rest)) if rest else []) + self.inner(children[1:])
        made = aside(mark.group(1).lower(), mark.group(2).strip(), inner)
        if self.depth and made["kind"] == "discussion":
            self.held.append(made)
            return []
        return [made]

    @staticmethod
    def _after_title(tokens: list[Any]) -> list[Any]:
        """What follows the first line of a paragraph."""
        for number, token in enumerate(tokens):
            if token["type"] in {"softbreak", "linebreak"}:
                return tokens[number + 1 :]
        return []
