"""Markdown of a notebook as prose blocks: headings, paragraphs, lists, quotes, asides, tables.

Only structure and text go through: raw HTML gives its text, and links lead to the web or to a
mailbox, nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import mistune

from dts_research.display.blocks import slug
from dts_research.reports.foreign import picture, text_of_html

Node = Mapping[str, Any]
Blocks = list[dict[str, Any]]
_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>\"]+", re.IGNORECASE)
_ASIDE = re.compile(r"\[!(\w+)\][ \t]*([^\n]*)\n?")
_TONES = {
    "attention": "attention",
    "warning": "attention",
    "caution": "attention",
    "important": "attention",
    "inconnu": "inconnu",
}
_DISCUSSION = {"debat", "débat", "discussion", "question", "questions"}
_PARSE = mistune.create_markdown(renderer="ast", plugins=["table", "footnotes", "strikethrough"])


def read_markdown(source: str, attachments: Node | None = None) -> Blocks:
    """Prose blocks of one Markdown text.

    Parameters
    ----------
    source
        Markdown as written in a cell.
    attachments
        Pictures attached to the cell, by name and MIME type.
    """
    tokens: list[Any] = list(_PARSE(source))  # type: ignore[arg-type]
    notes = {
        item["attrs"]["key"]: item.get("children", [])
        for token in tokens
        if token["type"] == "footnotes"
        for item in token["children"]
    }
    return _Reader(notes, attachments or {}).blocks(tokens)


def plain(inline: Blocks) -> str:
    """Text of an inline content, without its marks."""
    return "".join(item.get("text", "") + plain(item.get("content", [])) for item in inline)


class _Reader:
    """Walks one syntax tree, with the notes and pictures it refers to."""

    def __init__(self, notes: Mapping[str, list[Any]], attachments: Node) -> None:
        self.notes = notes
        self.attachments = attachments

    def blocks(self, tokens: list[Any]) -> Blocks:
        found: Blocks = []
        for token in tokens:
            read: Callable[[Node], Blocks] | None = getattr(self, f"_{token['type']}", None)
            found += read(token) if read else self._unknown(token)
        return found

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
            case "codespan":
                return [{"type": "code", "text": token["raw"]}]
            case "strong":
                return [{"type": "strong", "content": self.inline(inner)}]
            case "emphasis":
                return [{"type": "emphasis", "content": self.inline(inner)}]
            case "link":
                return self._link(token)
            case "image":
                return [{"type": "text", "text": f"[image : {plain(self.inline(inner))}]"}]
            case "inline_html":
                return [{"type": "text", "text": text_of_html(token["raw"])}]
            case "footnote_ref":
                return [{"type": "note", "blocks": self.blocks(self.notes.get(token["raw"], []))}]
        return [{"type": "text", "text": token["raw"]}] if "raw" in token else self.inline(inner)

    def _link(self, token: Node) -> Blocks:
        url, content = token["attrs"]["url"], self.inline(token.get("children", []))
        return (
            [{"type": "link", "url": url, "content": content}] if _LINK.fullmatch(url) else content
        )

    def _unknown(self, token: Node) -> Blocks:
        if token.get("children"):
            return self.blocks(token["children"])
        return _paragraph([{"type": "text", "text": token.get("raw", "")}])

    def _blank_line(self, token: Node) -> Blocks:
        return []

    _thematic_break = _footnotes = _blank_line

    def _heading(self, token: Node) -> Blocks:
        content = self.inline(token["children"])
        return [
            {
                "kind": "heading",
                "level": token["attrs"]["level"],
                "text": plain(content),
                "slug": slug(plain(content)),
                "inline": content,
            }
        ]

    def _paragraph(self, token: Node) -> Blocks:
        children = token["children"]
        if len(children) == 1 and children[0]["type"] == "image":
            found = self._picture(children[0])
            if found:
                return [found]
        return _paragraph(self.inline(children))

    _block_text = _paragraph

    def _picture(self, token: Node) -> dict[str, Any] | None:
        url, alt = token["attrs"]["url"], plain(self.inline(token.get("children", [])))
        if url.startswith("attachment:"):
            bundle = self.attachments.get(url.removeprefix("attachment:"), {})
            return picture(bundle, alt=alt)
        match = re.fullmatch(r"data:(image/(?:png|jpeg));base64,(.+)", url, re.DOTALL)
        return picture({match.group(1): match.group(2)}, alt=alt) if match else None

    def _list(self, token: Node) -> Blocks:
        items = [self.blocks(item.get("children", [])) for item in token["children"]]
        return [{"kind": "list", "ordered": bool(token["attrs"].get("ordered")), "items": items}]

    def _block_code(self, token: Node) -> Blocks:
        return [{"kind": "code", "text": token["raw"].rstrip("\n")}]

    def _block_html(self, token: Node) -> Blocks:
        return _paragraph([{"type": "text", "text": text_of_html(token["raw"])}])

    def _table(self, token: Node) -> Blocks:
        head, *bodies = token["children"]
        columns = [
            {"label": plain(self.inline(c["children"])), "align": c["attrs"].get("align") or "left"}
            for c in head["children"]
        ]
        rows = [
            [plain(self.inline(cell["children"])) for cell in row["children"]]
            for body in bodies
            for row in body["children"]
        ]
        return [{"kind": "table", "title": "", "columns": columns, "rows": rows}]

    def _block_quote(self, token: Node) -> Blocks:
        children = token.get("children", [])
        first = children[0] if children and children[0]["type"] == "paragraph" else None
        opening = plain(_lines(first["children"])) if first else ""
        aside = _ASIDE.match(opening)
        if not aside:
            return [{"kind": "quotation", "blocks": self.blocks(children)}]
        rest = self._after_title(first["children"]) if first else []
        inner = (_paragraph(self.inline(rest)) if rest else []) + self.blocks(children[1:])
        return [_aside(aside.group(1).lower(), aside.group(2).strip(), inner)]

    @staticmethod
    def _after_title(tokens: list[Any]) -> list[Any]:
        """What follows the first line of a paragraph."""
        for number, token in enumerate(tokens):
            if token["type"] in {"softbreak", "linebreak"}:
                return tokens[number + 1 :]
        return []


def _lines(tokens: list[Any]) -> Blocks:
    """Raw text of a paragraph, its line breaks kept."""
    return [
        {"text": "\n" if t["type"] in {"softbreak", "linebreak"} else t.get("raw", "")}
        | ({"content": _lines(t["children"])} if t.get("children") else {})
        for t in tokens
    ]


def _paragraph(inline: Blocks) -> Blocks:
    return [{"kind": "paragraph", "inline": inline}] if plain(inline).strip() else []


def _aside(word: str, title: str, inner: Blocks) -> dict[str, Any]:
    """Discussion where there are questions, boxed remark otherwise."""
    questions = [
        plain([i for block in item for i in block.get("inline", [])])
        for block in inner
        if block["kind"] == "list"
        for item in block["items"]
    ]
    if word in _DISCUSSION and questions:
        before = [b for b in inner if b["kind"] != "list"]
        return {"kind": "discussion", "title": title, "questions": questions, "before": before}
    return {"kind": "aside", "tone": _TONES.get(word, "note"), "title": title, "blocks": inner}
