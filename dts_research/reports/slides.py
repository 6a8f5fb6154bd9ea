"""Which pages are projected: one message each, few words, large type.

What is consulted alone (long tables, method, glossary) is not projected: a last page says where
to find it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from dts_research.display.typography import typeset
from dts_research.reports.document import Document
from dts_research.reports.pages import Files, front, soft_words
from dts_research.reports.projected import CARDS, paged, projected

Block = dict[str, Any]
THREADS = 2
SHEETS = 3
LISTED = 12
PROSE = {"heading", "paragraph", "list", "quotation", "see_annex"}
CONSULTED = {"method", "glossary"}
WORTH_A_PAGE = 3
ABSENT = "Ce que ce rapport ne montre pas"
ELSEWHERE = "À lire dans le document"
WHERE = "Où : la page web et le PDF à imprimer de ce rapport."
OUTSIDE = "Sorties du carnet à voir dans le document"


def slide_pages(document: Document) -> tuple[dict[str, Any], Files]:
    """JSON of the projection template, and the pictures it places."""
    pictures: Files = {}
    asked = any(block["kind"] == "discussion" for block in document.body)
    made = []
    for part, blocks in _parts(document.body):
        for block in blocks:
            if asked and block["kind"] == "summary":
                block = {**block, "questions": []}
            made += [{"part": part, **page} for page in projected(block, pictures)]
    slides = [{"kind": "title"}, *_opened(_gathered(made))]
    return soft_words(typeset(front(document) | {"slides": slides})), pictures


def _parts(body: Iterable[Block]) -> list[tuple[str, list[Block]]]:
    """Blocks under each main heading; annexes are left out, and parts on the method."""
    parts: list[tuple[str, list[Block]]] = [("", [])]
    for block in body:
        if block["kind"] == "heading" and block["level"] == 2:
            if block["slug"] == "annexes":
                break
            parts.append((block["text"], []))
        elif block["kind"] not in PROSE:
            parts[-1][1].append(block)
    return [part for part in parts if part[1] and part[1][0]["kind"] not in CONSULTED]


def _opened(pages: Iterable[Block]) -> Iterator[Block]:
    """Pages with the level of their title; the first of a part bears its heading."""
    last = ""
    for page in pages:
        part = page.get("part", "")
        own = bool(part) and page.get("title", "").startswith(part)
        opens = part not in ("", last) and not own
        shown = "" if own else part
        yield {**page, "part": shown, "level": 2 if shown else 1, "opens": opens}
        last = part


def _gathered(pages: list[Block]) -> Iterator[Block]:
    """Pages where what would stand almost alone is put together."""
    apart = {"absence": ABSENT, "elsewhere": ELSEWHERE, "outside": OUTSIDE}
    for (kind, _), run in groupby(
        (page for page in pages if page["kind"] not in apart),
        key=lambda page: (page["kind"], page["part"]),
    ):
        yield from _TOGETHER.get(kind, iter)(list(run))
    for kind, title in apart.items():
        items = [page["item"] for page in pages if page["kind"] == kind]
        if len(items) >= (WORTH_A_PAGE if kind == "elsewhere" else 1):
            where = {} if kind == "absence" else {"source": WHERE}
            yield {"kind": "list", "title": title, **where} | _short(items)


def _short(items: list[Block]) -> Block:
    """A list that holds on a page; a mark that all items share is said once."""
    marks = {item["lead"] for item in items}
    if len(items) > 1 and len(marks) == 1 and any(marks):
        return {"eyebrow": marks.pop()} | _short([{**item, "lead": ""} for item in items])
    if len(items) > LISTED:
        rest = f"{len(items) - LISTED + 1} autres, à leur place dans le document"
        items = [*items[: LISTED - 1], {"lead": "", "text": rest}]
    return {"items": items}


def _rows_told(run: list[Block]) -> Iterator[Block]:
    """Tables of one row that follow each other, as cards of one page."""
    title = run[0]["title"] if len(run) == 1 else run[0]["part"] or run[0]["title"]
    items = [page["item"] | ({"lead": page["title"]} if len(run) > 1 else {}) for page in run]
    yield from paged(title, items, part=run[0]["part"])


def _mentions(run: list[Block]) -> Iterator[Block]:
    """A figure too tall for a screen is told in words; several are listed."""
    if len(run) == 1:
        page = run[0]
        where = page["item"]["lead"] + " : dans le document et sur la page web"
        yield {**page, "kind": "message", "where": where}
        return
    items = [page["item"] | {"text": page["title"]} for page in run]
    yield {"kind": "list", "title": ELSEWHERE, "part": run[0]["part"], "items": items}


def _threads(run: list[Block]) -> Iterator[Block]:
    """Two threads are told; of many, the last dated facts, the latest first."""
    if len(run) <= THREADS:
        for page in run:
            yield {**page, "kind": "cards"}
        return
    dated = sorted((p for p in run if p["last"]), key=lambda page: page["last"], reverse=True)
    items = []
    for page in dated[:CARDS]:
        event = page["items"][-1]
        items.append({"lead": f"{page['title']}, {event['lead']}", "text": event["text"]})
    if items:
        title = f"Les {len(items)} derniers faits connus, sur {len(run)} fils suivis"
        yield from paged(title, items, part=run[0]["part"])


def _sheets(run: list[Block]) -> Iterator[Block]:
    """A few sheets; many are for reading, in the document."""
    if len(run) <= SHEETS:
        for page in run:
            yield {**page, "kind": "text"}


_TOGETHER: dict[str, Callable[[list[Block]], Iterator[Block]]] = {
    "row": _rows_told,
    "mention": _mentions,
    "thread": _threads,
    "sheet": _sheets,
}
