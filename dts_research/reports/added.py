"""What a person added to the single page: set there in its own words, or named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from dts_research.reports.pages import prepared, weight
from dts_research.reports.pictures import Files

Block = dict[str, Any]
# What the page itself says of a document, in a form of its own.
OWN = {"heading", "summary", "method", "absence", "glossary"}
# What can be set as it is, where it is short: signs, rows and columns.
PLAIN = {"paragraph", "list", "quotation", "aside", "callout", "quote", "code", "image", "table",
         "comment"}  # fmt: skip
SHORT, ROWS, COLUMNS = 900, 6, 5
PICTURE = 0.45
BEGINNING = 48
NAMES = {"table": "le tableau", "chart": "la figure", "quotes": "les paroles", "quote": "la parole"}
NAMES |= {"thread": "le fil", "follow_up": "les décisions", "sheet": "la fiche"}
NAMES |= {"board": "le brouillon"}
NAMES |= {"image": "l'image", "discussion": "les questions", "key_figures": "les chiffres"}
NAMES |= {"comment": "le commentaire"}
NAMES |= {"callout": "la note", "list": "une liste", "error": "une erreur du carnet"}


def added(body: Sequence[Block], drawn: set[str], pictures: Files) -> list[Block]:
    """Blocks to set on the page, each with the name it goes by where it has no room.

    Parameters
    ----------
    body
        Blocks of the document.
    drawn
        Identifiers of the figures that the page already draws.
    pictures
        Files of the drawings; the pictures that are set are added.
    """
    kept = []
    for before, block in zip([{}, *body], body):
        if block.get("id") not in drawn and _settable(block):
            made = prepared(block, pictures)
            head = before["text"] if before.get("kind") == "heading" else ""
            share = {"share": min(PICTURE, made["share"])} if block["kind"] == "image" else {}
            told = {"head": head, "called": _called(block), "id": block.get("id", "")}
            kept.append(made | share | told)
    return kept


def named(body: Iterable[Block], shown: Iterable[Block]) -> list[str]:
    """What the page neither says nor shows."""
    ids = {block.get("id") for block in shown}
    return [_called(block) for block in body if not _own(block) and block.get("id") not in ids]


def _own(block: Block) -> bool:
    unknown = block["kind"] == "callout" and block.get("tone") == "inconnu"
    return unknown or block["kind"] in OWN


def _settable(block: Block) -> bool:
    """Whether a block is short and plain enough for the page."""
    if _own(block) or block["kind"] not in PLAIN:
        return False
    if block["kind"] == "table" and (len(block["rows"]) > ROWS or len(block["columns"]) > COLUMNS):
        return False
    return block["kind"] == "image" or weight(block) <= SHORT


def _called(block: Block) -> str:
    """Name of a block: what it is, then its title or its first words."""
    words = " ".join(str(block.get("title") or block.get("alt") or "".join(_words(block))).split())
    if len(words) > BEGINNING and not block.get("title"):
        words = words[:BEGINNING].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
    name = NAMES.get(block["kind"], "un texte")
    between = " : " if name.startswith("un") else " "
    return f"{name}{between}« {words} »" if words else name


def _words(value: Any) -> Iterator[str]:
    """Texts of a block, in order."""
    if isinstance(value, dict):
        for key in ("text", "message", "content", "inline", "blocks", "items", "questions", "rows"):
            if key in value:
                yield from _words(value[key])
    elif isinstance(value, list):
        for item in value:
            yield from _words(item)
            yield "" if isinstance(item, dict) and "type" in item else " "
    else:
        yield str(value)
