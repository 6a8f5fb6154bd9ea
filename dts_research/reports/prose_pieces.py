"""Pieces of prose: texts, paragraphs, the lines that blocks come down to, asides and notes."""

from __future__ import annotations

from typing import Any

from dts_research.reports.foreign import boxed
from dts_research.reports.foreign_html import SCRIPT

Blocks = list[dict[str, Any]]
_TONES = {
    "attention": "attention",
    "warning": "attention",
    "caution": "attention",
    "important": "attention",
    "inconnu": "inconnu",
}
_DISCUSSION = {"debat", "débat", "discussion", "question", "questions"}


def plain(inline: Blocks) -> str:
    """Text of an inline content, without its marks."""
    return "".join(item.get("text", "") + plain(item.get("content", [])) for item in inline)


def text_piece(text: str) -> dict[str, Any]:
    """A text, as a piece of inline content."""
    return {"type": "text", "text": text}


def live_note(names: list[str], *, alone: bool = False) -> Blocks:
    """Note for what only a browser shows; a program is one where nothing else was there."""
    if not set(names) - {SCRIPT} and not (names and alone):
        return []
    fix = "Le montrer par une cellule de code, ou l'écrire en mots."
    return [boxed(f"Contenu interactif ({', '.join(names)})", "", fix=fix, lost=True)]


def raw_lines(tokens: list[Any]) -> Blocks:
    """Raw text of a paragraph, its line breaks kept."""
    return [
        {"text": "\n" if t["type"] in {"softbreak", "linebreak"} else t.get("raw", "")}
        | ({"content": raw_lines(t["children"])} if t.get("children") else {})
        for t in tokens
    ]


def paragraph(inline: Blocks) -> Blocks:
    """A paragraph, none where nothing is said."""
    return [{"kind": "paragraph", "inline": inline}] if plain(inline).strip() else []


def lines_of(blocks: Blocks) -> list[Blocks]:
    """Lines of inline content that blocks come down to."""
    lines: list[Blocks] = []
    for block in blocks:
        if block["kind"] == "list":
            items = [line for item in block["items"] for line in lines_of(item)]
            lines += [[{"type": "text", "text": "– "}, *line] for line in items]
        elif "blocks" in block:
            lines += lines_of(block["blocks"])
        elif block["kind"] == "code":
            lines.append([{"type": "code", "text": block["text"]}])
        else:
            lines += [block["inline"]] if "inline" in block else []
    return lines


def aside(word: str, title: str, inner: Blocks) -> dict[str, Any]:
    """Discussion where there are questions, boxed remark otherwise."""
    questions = [
        " ".join(plain(line) for line in lines_of(item))
        for block in inner
        if block["kind"] == "list"
        for item in block["items"]
    ]
    if word in _DISCUSSION and questions:
        before = [b for b in inner if b["kind"] != "list"]
        return {"kind": "discussion", "title": title, "questions": questions, "before": before}
    return {"kind": "aside", "tone": _TONES.get(word, "note"), "title": title, "blocks": inner}
