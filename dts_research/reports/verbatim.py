"""The words of a person, as prose blocks: set as Markdown, or else exactly as they were typed.

Markdown moves notes, renumbers lists, drops marks and addresses. Where a word or a sign would
be lost, added or moved, the text is shown as it stands in its file.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from dts_research.reports.prose import read_markdown
from dts_research.reports.prose_pieces import lines_of, plain

Blocks = list[dict[str, Any]]
_SET = {"paragraph", "list", "quotation", "code"}
# Signs by which Markdown marks, and blanks: the others are words.
_MARKS = re.compile(r"[\s*_#>\-+~|\[\]()\\`<=:.]+")
# A mark between two letters may be a sign: 2*3*4, C:\temp.
_INSIDE = re.compile(r"\w[*\\]\w|\\[^\w\s]")


def said_in(text: str) -> Blocks:
    """Prose blocks of what somebody wrote.

    Parameters
    ----------
    text
        Markdown as typed.
    """
    if not _INSIDE.search(text):
        found = read_markdown(text, inside=True)
        if _only_prose(found) and _words(text) == _words("\n".join(_lines(found))):
            return found
    return as_typed(text)


def as_typed(text: str) -> Blocks:
    """Paragraphs and lines as they stand in the text, no sign of it being a mark."""
    blocks: Blocks = []
    for part in re.split(r"\n[^\S\n]*\n", text):
        pieces: Blocks = []
        for line in filter(str.strip, part.split("\n")):
            pieces += [{"type": "break"}] if pieces else []
            pieces.append({"type": "text", "text": line.strip()})
        blocks += [{"kind": "paragraph", "inline": pieces}] if pieces else []
    return blocks


def _only_prose(blocks: Blocks) -> bool:
    inner = [b for block in blocks for b in (*block.get("blocks", ()), *_items(block))]
    return all(block["kind"] in _SET for block in blocks) and (not inner or _only_prose(inner))


def _items(block: dict[str, Any]) -> Blocks:
    return [one for item in block.get("items", ()) for one in item]


def _words(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFC", text))


def _lines(blocks: Blocks) -> list[str]:
    """Lines of prose blocks, with the numbers of lists and the addresses of links."""
    lines = []
    for block in blocks:
        if block["kind"] == "list":
            for number, item in enumerate(block["items"], start=1):
                lines += [str(number)] if block["ordered"] else []
                lines += _lines(item)
        elif "blocks" in block:
            lines += _lines(block["blocks"])
        elif "inline" in block:
            lines.append(_spelled(block["inline"]))
        else:
            lines += [plain(line) for line in lines_of([block])]
    return lines


def _spelled(pieces: Blocks) -> str:
    """Text of inline pieces; an address is told unless it is what is read."""
    told = ""
    for piece in pieces:
        inner = piece.get("text", "") + _spelled(piece.get("content", []))
        address = piece.get("url") or ("" if piece["type"] != "ref" else piece["href"])
        told += inner if not address or address == inner else f"{inner}{address}"
    return told
