"""What the single A4 page holds, handed to an elected official: figures, findings, questions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dts_research.display.typography import quantity, typeset
from dts_research.reports.document import Document
from dts_research.reports.pages import Beside, front, soft_words
from dts_research.reports.pictures import Files, chart, svg_size

Block = dict[str, Any]
DRAWINGS = 2
QUESTIONS = 3
# Width, in points, of a drawing that stands beside another.
HALF = 260
METHOD = 330
UNKNOWN = 420
# Kinds that say something of their own: the page tells where those it has no room for are read.
TOLD = {"table": "le tableau", "chart": "la figure", "quotes": "les paroles"}
TOLD |= {"thread": "le fil", "follow_up": "les décisions", "sheet": "la fiche"}


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
    drawn = [b for b in document.body if b["kind"] == "chart"][:DRAWINGS]
    page = {
        "items": _items(document),
        "findings": _first(document, "summary").get("findings", []),
        "charts": [_drawing(block, pictures) for block in drawn],
        "questions": _questions(document),
        "unknown": list(_unknown(document)),
        "sources": _sources(drawn),
        "method": _method(document),
        "elsewhere": _elsewhere(document, drawn),
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


def _drawing(block: Block, pictures: Files) -> Block:
    made = chart(block, pictures)
    return {**made, "half": svg_size(block["svg"])[0] <= HALF}


def _unknown(document: Document) -> Iterator[str]:
    """What is not known, as many sentences as the page has room for."""
    told = 0
    for block in document.body:
        if block["kind"] == "callout" and block.get("tone") == "inconnu":
            for text in [*(block.get("items") or []), block.get("text") or ""]:
                told += len(text)
                if text and told <= UNKNOWN:
                    yield text
        elif block["kind"] == "absence":
            yield f"{block['title']} : {block['mark']}."


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


def _elsewhere(document: Document, drawn: list[Block]) -> list[str]:
    """What only the other forms of the document hold."""
    ids = {block.get("id") for block in drawn}
    return [
        f"{TOLD[b['kind']]} « {b['title']} »"
        for b in document.body
        if b["kind"] in TOLD and b.get("title") and b.get("id") not in ids
    ]
