"""Order of a document: cover first, headings without a gap, numbers, identifiers, annexes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dts_research.display.blocks import slug
from dts_research.reports.faults import Fault

Block = dict[str, Any]
DEEPEST = 6
# Kinds whose own title is a heading: not said twice under a heading of the same words.
TITLED = frozenset((
    "key_figures", "summary", "glossary", "quotes", "discussion", "thread", "follow_up", "sheet",
    "method",
))  # fmt: skip


def arrange(found: list[Block], *, title: str, faults: list[Fault]) -> tuple[str, list[Block]]:
    """Title of a document and its blocks in reading order.

    Parameters
    ----------
    found
        Blocks in the order of the notebook.
    title
        Title asked for; else that of the cover, else the first heading.
    faults
        Faults to which two blocks with one identifier are added.
    """
    covers = [b for b in found if b["kind"] == "cover"]
    body = [b for b in found if b["kind"] != "cover"]
    first = next((b for b in body if b["kind"] == "heading" and b["level"] == 1), None)
    title = (covers[0]["title"] if covers else "") or title or (first["text"] if first else "")
    title = title or "Document sans titre"
    body = [b for b in body if not (b is first and b["text"] == title)]
    body = _levels(_annexed(body))
    _name(body, faults)
    _number(body)
    return title, covers[:1] + body


def _annexed(body: list[Block]) -> list[Block]:
    """Move the tables meant for the annex to the end, with a word at their place."""
    annexes = [b for b in body if b.get("annex")]
    if not annexes:
        return body
    kept = [{"kind": "see_annex", "target": b} if b.get("annex") else b for b in body]
    heading = {"kind": "heading", "cell": 0, "level": 0, "text": "Annexes", "slug": "annexes"}
    return [*kept, heading | {"inline": [{"type": "text", "text": "Annexes"}]}, *annexes]


def _levels(body: list[Block]) -> list[Block]:
    """Headings from 2 on, never skipping one; each block knows the level of its own title.

    A notebook's only first-level heading is its question, not a part that holds all the others.
    """
    tops = [b["level"] for b in body if b["kind"] == "heading" and b["level"]]
    shift = 1 if tops.count(1) > 1 else 2 - min([top for top in tops if top > 1], default=2)
    level, last, placed = 1, "", []
    for block in body:
        if block["kind"] == "heading":
            last = block["text"]
            level = min(max(2, block["level"] + shift), level + 1, DEEPEST)
            placed.append({**block, "level": level})
        else:
            again = bool(last) and block.get("title") == last and block["kind"] in TITLED
            placed.append({**block, "level": min(level + 1, DEEPEST), "untitled": again})
    return placed


def _name(body: list[Block], faults: list[Fault]) -> None:
    """Give each heading and block an identifier of its own."""
    taken: set[str] = {"contenu", "sommaire", "haut", "notes"}
    given = [b for b in body if b["kind"] != "heading" and b.get("id")]
    for block in given:
        if block["id"] in taken:
            said = f"Deux blocs portent l'identifiant « {block['id']} »."
            faults.append(Fault(said, int(block.get("cell", 0)), "Donner un autre nom à celui-ci."))
        block["id"] = _free(block["id"], taken)
    for block in body:
        key = "slug" if block["kind"] == "heading" else "id"
        if key == "slug" or not block.get("id"):
            wanted = str(block.get(key) or slug(str(block.get("title") or block["kind"])))
            block[key] = _free(wanted, taken)


def _free(wanted: str, taken: set[str]) -> str:
    name, count = wanted, 2
    while name in taken:
        name, count = f"{wanted}-{count}", count + 1
    taken.add(name)
    return name


def _number(body: list[Block]) -> None:
    counts = {"chart": 0, "table": 0, "board": 0}
    for block in body:
        kind = "chart" if block["kind"] == "image" else block["kind"]
        if kind in counts:
            counts[kind] += 1
            block["number"] = counts[kind]
    for block in body:
        if block["kind"] == "see_annex":
            target = block.pop("target")
            same = next(b for b in body if b.get("annex") and b["rows"] is target["rows"])
            block |= {"text": f"Tableau {same['number']} : {same['title']}", "href": same["id"]}


def headings(body: Iterator[Block] | tuple[Block, ...], *, deepest: int = 3) -> list[Block]:
    """Headings of the table of contents."""
    return [b for b in body if b["kind"] == "heading" and b["level"] <= deepest]
