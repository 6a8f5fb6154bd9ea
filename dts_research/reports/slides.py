"""Which pages are projected: one figure, one question, one quote each, few words, large type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from dts_research.display.fragments import full_date
from dts_research.display.typography import quantity, typeset
from dts_research.reports.document import Document
from dts_research.reports.pages import Files, front, prepared, soft_words

Block = dict[str, Any]
PER_PAGE = 3
WORTH_A_PAGE = 3
QUOTES = 8
SHEETS = 3
# Height over width from which the words of a figure become too small to project.
TALL = 0.85
ROWS, COLUMNS = 9, 6
EXCERPT = 420


def slide_pages(document: Document) -> tuple[dict[str, Any], Files]:
    """JSON of the projection template, and the pictures it places.

    What is consulted alone (long tables, method, glossary) is not projected.
    """
    pictures: Files = {}
    slides: list[Block] = [{"kind": "title"}]
    kinds = [b["kind"] for b in document.body]
    many = kinds.count("sheet") > SHEETS
    asked = "discussion" in kinds
    for part, blocks in _parts(document.body):
        blocks = [b for b in blocks if not (many and b["kind"] == "sheet")]
        blocks = [b | {"questions": []} if asked and b["kind"] == "summary" else b for b in blocks]
        made = [s for block in blocks for s in _slides(prepared(block, pictures))]
        opened = bool(part) and len(made) >= WORTH_A_PAGE
        slides += [{"kind": "part", "title": part, "level": 1}] if opened else []
        slides += [{"part": part, **s, "level": 2 if opened else 1} for s in made]
    return soft_words(typeset(front(document) | {"slides": slides})), pictures


def _parts(body: Iterable[Block]) -> list[tuple[str, list[Block]]]:
    """Blocks under each main heading, the annexes left out."""
    parts: list[tuple[str, list[Block]]] = [("", [])]
    for block in body:
        if block["kind"] == "heading" and block["level"] == 2:
            if block["slug"] == "annexes":
                break
            parts.append((block["text"], []))
        parts[-1][1].append(block)
    return parts


def _slides(block: Block) -> Iterator[Block]:
    make = _MAKERS.get(block["kind"])
    if make:
        yield from make(block)


def _size(text: str, *, large: int = 34) -> int:
    """Size of a text alone on its page."""
    return next(
        (size for length, size in ((110, large), (220, 28), (400, 22)) if len(text) < length), 17
    )


def _key_figures(block: Block) -> Iterator[Block]:
    yield {
        "kind": "key_figures",
        "title": block.get("title") or "Chiffres clés",
        "items": block["items"],
    }


def _summary(block: Block) -> Iterator[Block]:
    """Its figures, its findings; its questions where nothing else asks them."""
    items = [{**item, "value": quantity(item["value"])} for item in block["items"]]
    yield from _key_figures({**block, "items": items, "title": ""})
    findings = [{"text": finding["text"]} for finding in block["findings"]]
    yield from _listed(block.get("title") or "Ce que nous apprenons", findings)
    yield from _questions({"questions": block["questions"]})


def _chart(block: Block) -> Iterator[Block]:
    """A figure; one too tall to be read from afar is told in words."""
    if block["ratio"] <= TALL:
        yield block
        return
    text = _cut(str(block["alt"]))
    where = f"Figure {block.get('number', '')} : à lire dans le document."
    yield {"kind": "text", "title": block["title"], "text": f"{text}\n\n{where}"}


def _questions(block: Block) -> Iterator[Block]:
    for question in block["questions"]:
        yield {
            "kind": "question",
            "eyebrow": "À discuter",
            "topic": block.get("title", ""),
            "title": question,
            "size": _size(question, large=38),
        }


def _quotes(block: Block) -> Iterator[Block]:
    items = block["items"]
    step = max(1, -(-len(items) // QUOTES))
    for item in items[::step]:
        yield {"kind": "quote", **item, "size": _size(item["text"])}


def _table(block: Block) -> Iterator[Block]:
    """Small tables only: the others are for reading, in the document."""
    if len(block["rows"]) <= ROWS and len(block["columns"]) <= COLUMNS:
        yield block


def _callout(block: Block) -> Iterator[Block]:
    items = [{"text": item} for item in block.get("items") or []]
    yield {
        "kind": "text",
        "title": block["title"],
        "text": _cut(block.get("text", "")),
        "items": items,
    }


def _thread(block: Block) -> Iterator[Block]:
    """Its last events; one without any is told by what is not known."""
    events = [{"lead": e["date"], "text": _cut(e["what"], 180)} for e in block["events"]]
    unknown = [{"lead": "Ce que nous ne savons pas", "text": text} for text in block["unknown"]]
    yield from _listed(block["title"], (events[-PER_PAGE:] or unknown)[:PER_PAGE])


def _follow_up(block: Block) -> Iterator[Block]:
    items = []
    for item in block["items"]:
        facts = {fact["label"]: fact["text"] for fact in item["facts"]}
        state = facts.get("Où on en est", "")
        items.append({"lead": state, "text": item["statement"]})
    yield from _listed(block.get("title") or "Ce que sont devenues les décisions", items)


def _listed(title: str, items: list[Block]) -> Iterator[Block]:
    for start in range(0, len(items), PER_PAGE):
        yield {"kind": "text", "title": title, "items": items[start : start + PER_PAGE]}


def _sheet(block: Block) -> Iterator[Block]:
    """A sheet alone; many of them are for reading, in the document."""
    text = (block["fields"] or block["facts"])[0]["text"]
    yield {"kind": "text", "title": block["title"], "text": _cut(full_date(text))}


def _absence(block: Block) -> Iterator[Block]:
    yield {
        "kind": "text",
        "eyebrow": block["mark"],
        "title": block["title"],
        "text": _cut(block["text"]),
    }


def _cut(text: str, length: int = EXCERPT) -> str:
    """Beginning of a text, whole words only."""
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0] + " …"


_MAKERS: dict[str, Callable[[Block], Iterator[Block]]] = {
    "key_figures": _key_figures,
    "summary": _summary,
    "chart": _chart,
    "discussion": _questions,
    "quotes": _quotes,
    "table": _table,
    "callout": _callout,
    "thread": _thread,
    "follow_up": _follow_up,
    "sheet": _sheet,
    "absence": _absence,
}
