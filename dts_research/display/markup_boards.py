"""Boards as HTML: a draft to contest, its cells, and what it leaves aside said under it."""

from __future__ import annotations

from dts_research.display.fragments import (
    Data,
    grid,
    identifier,
    listing,
    paragraphs,
    section,
    tag,
    target,
    with_prefix,
    words,
)

DRAFT = "Brouillon à contester"
LEFT_OUT, LIMITS = "Ce que ce brouillon laisse de côté", "Ce qu'il ne permet pas de dire"


def board(data: Data, level: int, number: int | None) -> str:
    """Fragment of a board: what kind of thing it is comes first, then its cells."""
    name = identifier(data, "t")
    mark = tag("p", words(f"{DRAFT} · brouillon {number}" if number else DRAFT), class_="eyebrow")
    title = tag("span", words(data.get("title") or ""), class_="message")
    title += tag("span", words(data.get("subtitle") or ""), class_="subtitle")
    title = tag("p", title, class_="heading", id=name)
    told = [f"{LEFT_OUT} : {data['left_out']}", f"{LIMITS} : {data['limits']}"]
    honest = listing(told, class_="honest")
    heads = "".join(f'<th scope="col">{words(head)}</th>' for head in data["columns"])
    body = "".join(_row(row, data) for row in data["rows"])
    broad = " broad" if len(data["columns"]) > 3 else ""
    table = (
        f'<div class="grid board{broad}" role="group" tabindex="0" aria-labelledby="{name}">'
        f'<table aria-labelledby="{name}"><thead><tr><td></td>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
    content = f"{mark}{title}{honest}{table}{_under(data)}{_behind(data)}"
    return section(data, content, kind="to-contest")


def _row(row: Data, data: Data) -> str:
    label = _linked(row["label"], row.get("leads_to"))
    label += tag("span", words(row.get("origin") or ""), class_="origin")
    room = bool(data.get("room"))
    cells = (_cell(cell, of, room) for cell, of in zip(row["cells"], data["columns"]))
    return f'<tr><th scope="row">{label}</th>{"".join(cells)}</tr>'


def _cell(cell: Data, of: str, room: bool) -> str:
    """A cell; on a phone, where it stands alone, it says again which column it is of."""
    again = tag("p", words(of), class_="of", aria_hidden="true")
    head = again + tag("p", words(cell.get("head") or ""), class_="cell-head")
    said = "".join(map(_passage, cell["passages"]))
    asked = paragraphs(cell.get("question"), class_="asked")
    note = paragraphs(cell.get("note"), class_="under")
    blank = '<div class="blank" aria-hidden="true"></div>' if room else ""
    return f"<td>{head}{said}{asked}{note}{blank}</td>"


def _passage(passage: Data) -> str:
    origin = _linked(passage.get("origin") or "", passage.get("leads_to"))
    return f'<p class="passage">{words(passage["text"])}{tag("span", origin, class_="origin")}</p>'


def _linked(text: str, place: str | None) -> str:
    return f'<a href="#{target(place)}">{words(text)}</a>' if text and place else words(text)


def _under(data: Data) -> str:
    texts = (
        with_prefix("Lecture", data.get("reading")),
        with_prefix("Source", data.get("source")),
    )
    return "".join(paragraphs(text, class_="under") for text in texts)


def _behind(data: Data) -> str:
    behind = data["data"]
    if not behind.get("rows"):
        return ""
    caption = words(behind.get("caption") or data["title"])
    columns: list[Data] = [{"label": c, "align": "left"} for c in behind["columns"]]
    table = grid(columns, behind["rows"], caption=caption, name=identifier(data, "d"))
    return f"<details><summary>{words('Tous les passages, en entier')}</summary>{table}</details>"
