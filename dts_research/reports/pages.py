"""What the A4 template needs of a document: texts set, drawings in files, widths of columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from dts_research.display.fragments import brief, full_date
from dts_research.display.markup import DECISION
from dts_research.display.markup_boards import DRAFT, LEFT_OUT, LIMITS
from dts_research.display.typography import printable, quantity, typeset
from dts_research.reports.document import FICTION, READERS, Document
from dts_research.reports.pictures import Files, chart, image, svg_size, under
from dts_research.reports.widths import LONG_WORD, WIDE_LINE, columns

Block = dict[str, Any]
Beside = Sequence[tuple[str, str]]
HELD = "Les données de chaque figure se lisent dans la page web de ce rapport, sous la figure."
WEB_PAGE = ", lisible à l'écran et par les lecteurs d'écran"
BRIEF = ("decided", "carrier", "due", "said")  # told on one line
_WHOLE = {"url", "file", "anchor", "id", "href", "leads_to", "svg", "data"}
# Signs that fill about two thirds of a page.
LONG = 2600
TALL = 700
# Width of a page between its margins, in points, and height of a figure from which the one drawn
# for a screen stands in for it.
PAPER, TALLEST = 480, 430
PORTRAIT = 8
LANDSCAPE = 14


def a4_pages(document: Document, beside: Beside = ()) -> tuple[dict[str, Any], Files]:
    """JSON of the A4 template, and the pictures it places.

    Parameters
    ----------
    document
        What is said.
    beside
        Other forms of the same document: what each is called, and its file.
    """
    pictures: Files = {}
    blocks = [prepared(block, pictures) for block in document.body]
    blocks = paired([part for block in blocks for part in _split(_weighed(block))])
    opening, blocks = _opened(blocks)
    full = document.reader == READERS[-1]
    blocks += _data_annex(document.body) if full else []
    contents = sum(b["kind"] == "heading" for b in document.body) > 1
    pages = front(document, beside) | {"opening": opening, "blocks": blocks, "contents": contents}
    told = any(b["kind"] == "chart" for b in document.body) and not full
    pages["held"] = HELD if told else ""
    return soft_words(typeset(pages)), pictures


def _opened(blocks: list[Block]) -> tuple[list[Block], list[Block]]:
    """What is read before the page that stands alone: beside the contents, when it is short."""
    kinds = [block["kind"] for block in blocks]
    if "summary" not in kinds:
        return [], blocks
    at = kinds.index("summary")
    before, alone = blocks[:at], blocks[at]
    if before and before[-1]["kind"] == "heading":
        alone = {**alone, "head": before.pop()}
    prose = sum(map(weight, before)) < LONG and not {*kinds[:at]} - {"heading", "paragraph", "list"}
    return (
        (before, [alone, *blocks[at + 1 :]]) if prose else ([], [*before, alone, *blocks[at + 1 :]])
    )


def weight(value: Any) -> int:
    """Signs of all the texts of a block."""
    if isinstance(value, dict):
        return sum(weight(item) for key, item in value.items() if key not in _WHOLE)
    return sum(map(weight, value)) if isinstance(value, list) else len(str(value))


def _weighed(block: Block) -> Block:
    """Tell a block too long for one page: it may be cut."""
    return {**block, "long": True} if weight(block) > LONG else block


def companions(beside: Beside) -> list[Block]:
    """Sentence that leads to the other forms of the document."""
    told = []
    for rank, (name, file) in enumerate(beside):
        how = WEB_PAGE if name == "page web" else ""
        before = " ; en" if rank else "Ce document existe aussi en"
        told.append({"before": f"{before} {name}{how} : ", "url": file, "file": file})
    return told


def front(document: Document, beside: Beside = ()) -> dict[str, Any]:
    """What every template says of the document itself."""
    cover = {**document.cover, "date": full_date(str(document.cover.get("date") or ""))}
    territory = str(cover.get("territory") or "")
    words = [w for w in (territory, "Développeurs de Territoires Solidaires") if w]
    return {
        "title": document.title,
        "author": str(cover.get("author") or "Animation du réseau"),
        "keywords": [*words, *([FICTION] if document.fictional else [])],
        "description": str(cover.get("subtitle") or ""),
        "cover": cover,
        "fictional": document.fictional,
        "fiction": FICTION,
        "faults": list(map(str, document.faults)),
        "origin": document.origin,
        "beside": companions(beside),
    }


def prepared(block: Block, pictures: Files) -> Block:
    """One block as the template reads it."""
    if block["kind"] == "chart":
        return chart(_on_paper(block), pictures)
    if block["kind"] == "image":
        return image(block, pictures)
    return _PREPARED.get(block["kind"], lambda block: block)(block)


def _on_paper(block: Block) -> Block:
    """Take the drawing made for a screen where the other would push the text off the page."""
    wide, high = svg_size(block["svg"])
    tall = high * min(1.0, PAPER / wide) > TALLEST and block.get("wide")
    return {**block, "svg": block["wide"]} if tall else block


def _sheet(block: Block) -> Block:
    """Short fields together at the top, then the texts."""
    facts = [f for f in block["fields"] if brief(f["text"])]
    return {**block, "facts": facts, "fields": [f for f in block["fields"] if f not in facts]}


def _key_figures(block: Block) -> Block:
    items = [{**item, "value": quantity(item["value"])} for item in block["items"]]
    return {**block, "items": items}


def _tall(block: Block) -> bool:
    """Whether a row may be taller than half a page, so that it must be cut."""
    return any(len(cell) > TALL for row in block["rows"] for cell in row)


def _quote(item: Mapping[str, Any]) -> Block:
    text = str(item["text"]).strip().removeprefix("«").removesuffix("»").strip()
    who = ", ".join(str(item[k]) for k in ("speaker", "place") if item.get(k))
    return {"text": f"« {text} »", "who": who, "consent": str(item.get("consent") or "")}


def _thread(block: Block) -> Block:
    events = [{**event, "date": full_date(event["date"])} for event in block["events"]]
    return {**block, "events": events, "unknown": block.get("unknown") or []}


def _decision(item: Mapping[str, Any]) -> Block:
    """The statement and its state; what is brief on one line, then the texts."""
    told = {k: full_date(str(item.get(k) or "").strip()) for k in DECISION}
    facts = {k: {"label": DECISION[k], "text": text} for k, text in told.items() if text}
    meta = [facts[k] for k in BRIEF if k in facts]
    texts = [fact for k, fact in facts.items() if k not in (*BRIEF, "status")]
    card = {"statement": item["statement"], "status": told["status"], "meta": meta}
    figures = item.get("figures") or []
    return {**card, "texts": texts, "facts": list(facts.values()), "figures": figures}


def _board(block: Block) -> Block:
    """Cells of a draft, what it is said to be, and what it owns up to; its data stay behind."""
    kept = {key: value for key, value in block.items() if key != "data"}
    told = ((LEFT_OUT, block["left_out"]), (LIMITS, block["limits"]))
    honest = [{"label": label, "text": text} for label, text in told]
    return {**kept, **under(block), "mark": DRAFT, "honest": honest}


_PREPARED: dict[str, Callable[[Block], Block]] = {
    "heading": lambda block: {**block, "anchor": block["slug"]},
    "key_figures": _key_figures,
    "summary": _key_figures,
    "table": lambda block: {**block, **columns(block), **under(block), "tall": _tall(block)},
    "board": _board,
    "quote": lambda block: {"kind": "quotes", "items": [_quote(block)], "level": block["level"]},
    "quotes": lambda block: {**block, "items": [_quote(item) for item in block["items"]]},
    "discussion": lambda block: {**block, "lines": int(block.get("lines") or 3)},
    "sheet": _sheet,
    "thread": _thread,
    "follow_up": lambda block: {**block, "items": [_decision(item) for item in block["items"]]},
}


def _split(block: Block) -> list[Block]:
    """Turn a wide table on its side; cut a very wide one, its first column repeated."""
    if block["kind"] != "table":
        return [block]
    if len(block["columns"]) <= PORTRAIT and not block["tight"]:
        return [block]
    parts = []
    others = max(1, len(block["columns"]) - 1)
    step = -(-others // -(-others // (LANDSCAPE - 1)))
    starts = range(1, others + 1, step)
    for part, start in enumerate(starts, start=1):
        kept = [0, *range(start, min(start + step, len(block["columns"])))]
        one = {**block, "landscape": True, "columns": [block["columns"][x] for x in kept]}
        one["rows"] = [[row[x] for x in kept] for row in block["rows"]]
        if len(starts) > 1:
            one["title"] = f"{block['title']} ({part} sur {len(starts)})".strip()
        parts.append({**one, **columns(one, line=WIDE_LINE), "share": 1.0})
    return parts


def paired(blocks: list[Block]) -> list[Block]:
    """Set two half figures that follow each other side by side."""
    placed: list[Block] = []
    for block in blocks:
        last = placed[-1] if placed else {}
        half = block["kind"] == "chart" and block.get("width") == "half"
        if half and last.get("kind") == "pair" and len(last["charts"]) == 1:
            last["charts"].append(block)
        else:
            placed.append({"kind": "pair", "charts": [block]} if half else block)
    return [_alone(b) if b["kind"] == "pair" and len(b["charts"]) == 1 else b for b in placed]


def _alone(pair: Block) -> Block:
    """A half figure with no other beside it keeps its size."""
    return {**pair["charts"][0], "share": min(0.5, pair["charts"][0].get("share", 1))}


def _data_annex(body: Iterable[Block]) -> list[Block]:
    """Tables behind the figures, at the end."""
    tables: list[Block] = []
    for block in body:
        if block["kind"] == "chart" and block["data"].get("rows"):
            names = block["data"]["columns"]
            sides = _sides(block["data"]["rows"])
            heads = [{"label": c, "align": side} for c, side in zip(names, sides)]
            title = f"Figure {block['number']} : {block['data'].get('caption') or block['title']}"
            one = {"kind": "table", "title": title, "columns": heads, "size": 8.5}
            one |= {"rows": block["data"]["rows"], "level": 3}
            tables += _split(one | columns(one))
    words = "Données des figures"
    heading = {"kind": "heading", "level": 2, "anchor": "donnees-des-figures"}
    return [heading | {"inline": [{"type": "text", "text": words}]}, *tables] if tables else []


def _sides(rows: list[list[str]]) -> list[str]:
    """Side of each column: texts to the left, numbers to the right."""
    numbers = [
        all(re.fullmatch(r"[-+−]?[\d\s.,]+ ?[%€]?|—|", cell) for cell in c) for c in zip(*rows)
    ]
    return ["right" if x and number else "left" for x, number in enumerate(numbers)]


def soft_words(value: Any) -> Any:
    """Let very long words break; codes of files and addresses of links stay whole."""
    if isinstance(value, str):
        value = printable(value)
        return re.sub(rf"[^\s\u00a0\u202f\u200b]{{{LONG_WORD},}}", _breakable, value)
    if isinstance(value, dict):
        return {k: v if k in _WHOLE else soft_words(v) for k, v in value.items()}
    return [soft_words(item) for item in value] if isinstance(value, list) else value


def _breakable(match: re.Match[str]) -> str:
    return "\u200b".join(re.findall(rf".{{1,{LONG_WORD // 2}}}", match.group()))
