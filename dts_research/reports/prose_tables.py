"""Tables of Markdown: cells of plain text, their links told by address, their notes under them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from string import ascii_lowercase
from typing import Any

Node = Mapping[str, Any]
Blocks = list[dict[str, Any]]


def table_of_markdown(token: Node, inline: Callable[[list[Any]], Blocks]) -> dict[str, Any]:
    """Table block of a token.

    Parameters
    ----------
    token
        Table as the syntax tree gives it.
    inline
        How the content of a cell is read.
    """
    notes: list[str] = []
    head, *bodies = token["children"]
    columns = [
        {"label": _said(inline(c["children"]), notes), "align": c["attrs"].get("align") or "left"}
        for c in head["children"]
    ]
    rows = [
        [_said(inline(cell["children"]), notes) for cell in row["children"]]
        for body in bodies
        for row in body["children"]
    ]
    made = {"kind": "table", "title": "", "columns": columns, "rows": rows, "foreign": True}
    told = "\n".join(f"({_letter(n)}) {note}" for n, note in enumerate(notes))
    return made | ({"note": told} if told else {})


def _letter(number: int) -> str:
    return ascii_lowercase[number] if number < len(ascii_lowercase) else str(number + 1)


def _said(pieces: Blocks, notes: list[str]) -> str:
    """Text of a cell; the notes it calls are added to those of the table, each once."""
    text = ""
    for piece in pieces:
        if piece["type"] == "note":
            note = " ".join(_said(block["inline"], []) for block in piece["blocks"])
            if note not in notes:
                notes.append(note)
            text += f" ({_letter(notes.index(note))})"
        elif piece["type"] == "ref":
            text += piece["text"] or f"« {piece['href']} »"
        elif piece["type"] == "break":
            text += " "
        else:
            inner = _said(piece.get("content", []), notes)
            url = piece.get("url", "").removeprefix("mailto:")
            text += piece.get("text", "") + inner + (f" ({url})" if url not in inner else "")
    return text
