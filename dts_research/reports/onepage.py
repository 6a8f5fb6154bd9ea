"""What the single A4 page holds, handed to an elected official: figures, findings, questions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dts_research.display.typography import quantity, typeset
from dts_research.reports.added import added, named
from dts_research.reports.document import Document
from dts_research.reports.pages import Beside, front, soft_words
from dts_research.reports.pictures import Files, chart, lettering, svg_size

Block = dict[str, Any]
DRAWINGS = 2
QUESTIONS = 3
# Width in points of a drawing that stands beside another, and of the page inside its margins.
HALF, WIDTH = 260, 510
# Least size, in points, of the letters of a figure on paper.
READABLE = 7.0
METHOD = 330
UNKNOWN = 420


def one_page(document: Document, beside: Beside = ()) -> tuple[dict[str, Any], Files]:
    """JSON of the single page, and its drawings.

    Parameters
    ----------
    document
        What is said to an elected official.
    beside
        Other forms of the same document: what each is called, and its file.
    """
    pictures: Files = {}
    drawn = [_widest(b) for b in document.body if b["kind"] == "chart"]
    drawn = [b for b in drawn if _least(b) <= 1][:DRAWINGS]
    more = added(document.body, {str(block.get("id")) for block in drawn}, pictures)
    page = {
        "items": _items(document),
        "findings": _first(document, "summary").get("findings", []),
        "charts": [_drawing(block, pictures) for block in drawn],
        "questions": _questions(document),
        "unknown": list(_unknown(document)),
        "added": more,
        "sources": _sources(drawn),
        "method": _method(document),
        "elsewhere": [*_left(document), *named(document.body, [*drawn, *more])],
    }
    return soft_words(typeset(front(document, beside) | page)), pictures


def _first(document: Document, kind: str) -> Block:
    return next((b for b in document.body if b["kind"] == kind), {})


def _items(document: Document) -> list[Block]:
    block = _first(document, "summary") or _first(document, "key_figures")
    return [{**item, "value": quantity(item["value"])} for item in block.get("items", [])]


def _questions(document: Document) -> list[str]:
    """Questions of the summary; else the first and the last of the discussion."""
    asked = list(_first(document, "summary").get("questions", []))
    asked = asked or list(_first(document, "discussion").get("questions", []))
    return asked if len(asked) <= QUESTIONS else [*asked[: QUESTIONS - 1], asked[-1]]


def _widest(block: Block) -> Block:
    """A figure as it was drawn across a page, where it was."""
    return {**block, "svg": block.get("wide") or block["svg"]}


def _least(block: Block) -> float:
    """Part of the width under which the letters of a figure are too small to be read."""
    return READABLE / lettering(block["svg"], (WIDTH, float("inf")))


def _drawing(block: Block, pictures: Files) -> Block:
    made = chart(block, pictures)
    wide = svg_size(block["svg"])[0]
    return {**made, "half": wide <= HALF, "least": _least(block)}


def _left(document: Document) -> Iterator[str]:
    """What is cut short here and read whole elsewhere."""
    asked = _first(document, "summary").get("questions", [])
    if len(asked) > QUESTIONS:
        yield f"{len(asked) - QUESTIONS} autres questions"
    told = sum(map(len, _unknown(document)))
    if told < sum(len(text) for block in document.body for text in _silences(block)):
        yield "tout ce que nous ne savons pas"


def _silences(block: Block) -> list[str]:
    """What a block says is not known."""
    if block["kind"] == "callout" and block.get("tone") == "inconnu":
        return [text for text in [*(block.get("items") or []), block.get("text") or ""] if text]
    return [f"{block['title']} : {block['mark']}."] if block["kind"] == "absence" else []


def _unknown(document: Document) -> Iterator[str]:
    """What is not known, as many sentences as the page has room for."""
    told = 0
    for block in document.body:
        for text in _silences(block):
            told += len(text)
            if told <= UNKNOWN or block["kind"] == "absence":
                yield text


def _sources(drawn: list[Block]) -> str:
    """Sources of the drawings, each told once."""
    sources = dict.fromkeys(str(b.get("source") or "").strip(" .") for b in drawn)
    told = " ; ".join(source for source in sources if source)
    return f"Source : {told}." if told else ""


def _method(document: Document) -> str:
    """First sentences of the method."""
    told = ""
    for item in _first(document, "method").get("items", []):
        text = str(item["text"]).split("\n")[0].strip()
        if len(told) + len(text) > METHOD:
            break
        told = f"{told} {text}".strip()
    return told
