"""What the A4 template needs of a document: texts set, drawings in files, widths of columns."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dts_research.display.drawings import safe_drawing
from dts_research.display.fragments import brief, full_date, with_prefix
from dts_research.display.markup import DECISION
from dts_research.display.typography import printable, quantity, typeset
from dts_research.reports.document import FICTION, Document

Block = dict[str, Any]
Files = dict[str, bytes]
PORTRAIT = 8
LANDSCAPE = 14
LONG_WORD = 28
PIXELS = 640.0
LINE, SHORT, STUB = 85, 16, 60


def a4_pages(document: Document) -> tuple[dict[str, Any], Files]:
    """JSON of the A4 template, and the pictures it places."""
    pictures: Files = {}
    names = numbered(document.body)
    blocks = [_referring(prepared(block, pictures), names) for block in document.body]
    blocks = _paired([part for block in blocks for part in _split(block)])
    blocks += _data_annex(document.body)
    contents = sum(b["kind"] == "heading" for b in document.body) > 1
    pages = front(document) | {"blocks": blocks, "contents": contents}
    return soft_words(typeset(pages)), pictures


def front(document: Document) -> dict[str, Any]:
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
    }


def numbered(body: Iterable[Block]) -> dict[str, str]:
    """What each figure and table is called in a sentence, by its identifier."""
    words = {"chart": "la figure", "image": "la figure", "table": "le tableau"}
    return {str(b["id"]): f"{words[b['kind']]} {b['number']}" for b in body if b["kind"] in words}


def _referring(block: Block, names: Mapping[str, str]) -> Block:
    """Tell the figure or table that bears each finding of a summary."""
    if block["kind"] != "summary":
        return block
    findings = [
        {**item, "bearer": names.get(str(item.get("href") or ""), "")} for item in block["findings"]
    ]
    return {**block, "findings": findings, "lines": int(block.get("lines") or 4)}


def prepared(block: Block, pictures: Files) -> Block:
    """One block as the template reads it."""
    if block["kind"] == "chart":
        return _chart(block, pictures)
    if block["kind"] == "image":
        return _image(block, pictures)
    return _PREPARED.get(block["kind"], lambda block: block)(block)


def _sheet(block: Block) -> Block:
    """Short fields together at the top, then the texts."""
    facts = [f for f in block["fields"] if brief(f["text"])]
    return {**block, "facts": facts, "fields": [f for f in block["fields"] if f not in facts]}


def _key_figures(block: Block) -> Block:
    items = [{**item, "value": quantity(item["value"])} for item in block["items"]]
    return {**block, "items": items}


def _chart(block: Block, pictures: Files) -> Block:
    svg = safe_drawing(block["svg"], prefix="f", font=True)
    kept = {key: value for key, value in block.items() if key not in {"svg", "data"}}
    return {**kept, **under(block), **_placed(svg.encode(), "svg", pictures, svg)}


def _image(block: Block, pictures: Files) -> Block:
    """Picture made elsewhere; the words stand in where there is no description."""
    alt = block.get("alt") or block.get("title") or "Image sans description"
    kept = {"kind": "chart", "title": block.get("title", ""), "alt": alt, "level": block["level"]}
    kept |= {"number": block["number"], "undescribed": not block.get("alt")}
    if block["mime"] == "image/svg+xml":
        svg = safe_drawing(block["data"], prefix="f", font=True)
        return kept | _placed(svg.encode(), "svg", pictures, svg)
    return kept | _placed(base64.b64decode(block["data"]), block["mime"][6:], pictures)


def _placed(content: bytes, suffix: str, pictures: Files, svg: str = "") -> Block:
    """Put a picture in a file and say how wide it may be so as to stay on one page."""
    if not content:
        return {"file": "", "share": 1.0, "ratio": 0.5}
    name = f"figure-{len(pictures) + 1}.{suffix}"
    pictures[name] = content
    width, height = _svg_size(svg) if svg else _bitmap_size(content)
    ratio, natural = height / width, 1.0 if svg else width / PIXELS
    return {"file": name, "share": min(1.0, 1.12 / ratio, natural), "ratio": ratio}


def _svg_size(svg: str) -> tuple[float, float]:
    box = re.search(r'viewBox="([-\d.eE ,]+)"', svg)
    sides = [float(n) for n in re.split(r"[ ,]+", box.group(1).strip())] if box else []
    fit = len(sides) == 4 and sides[2] > 0 and sides[3] > 0
    return (sides[2], sides[3]) if fit else (480.0, 300.0)


def _bitmap_size(content: bytes) -> tuple[float, float]:
    """Width and height in points of the screen, read in the head of a PNG."""
    if content[12:16] != b"IHDR":
        return PIXELS, PIXELS * 0.75
    width, height = (int.from_bytes(content[i : i + 4], "big") for i in (16, 20))
    return float(width or 1), float(height or 1)


def under(block: Mapping[str, Any]) -> Block:
    """Source and how to read, each with its word before."""
    return {
        "source": with_prefix("Source", block.get("source")),
        "reading": with_prefix("Lecture", block.get("reading")),
    }


def columns(block: Mapping[str, Any]) -> Block:
    """Widths of the columns: a share for texts, 0 for short ones, as wide as they are.

    A table of few short columns does not fill the page: its rows would be hard to follow.
    """
    cells = [
        [column.get("label", ""), *(row[x] for row in block["rows"])]
        for x, column in enumerate(block["columns"])
    ]
    longest = [max(map(len, texts)) for texts in cells]
    shares = [0 if length <= SHORT else round(min(length, 140) ** 0.75) for length in longest]
    for x in sorted(range(len(longest)), key=longest.__getitem__, reverse=True):
        if sum(n + 3 for n, share in zip(longest, shares) if not share) > LINE * 0.7:
            shares[x] = shares[x] or longest[x]
    shares = shares if any(shares) else [1, *shares[1:]]
    room = (sum(longest) + 5 * len(longest)) / LINE
    return {"widths": shares, "share": max(0.5, min(1.0, room)), "stub": longest[0] <= STUB}


def _quote(item: Mapping[str, Any]) -> Block:
    text = str(item["text"]).strip().removeprefix("«").removesuffix("»").strip()
    who = ", ".join(str(item[k]) for k in ("speaker", "place") if item.get(k))
    return {"text": f"« {text} »", "who": who, "consent": str(item.get("consent") or "")}


def _thread(block: Block) -> Block:
    events = [{**event, "date": full_date(event["date"])} for event in block["events"]]
    return {**block, "events": events, "unknown": block.get("unknown") or []}


def _decision(item: Mapping[str, Any]) -> Block:
    facts = [
        {"label": label, "text": full_date(str(item[key]))}
        for key, label in DECISION.items()
        if str(item.get(key) or "").strip()
    ]
    return {"statement": item["statement"], "facts": facts}


_PREPARED: dict[str, Callable[[Block], Block]] = {
    "heading": lambda block: {**block, "anchor": block["slug"]},
    "key_figures": _key_figures,
    "summary": _key_figures,
    "table": lambda block: {**block, **columns(block), **under(block)},
    "quote": lambda block: {"kind": "quotes", "items": [_quote(block)], "level": block["level"]},
    "quotes": lambda block: {**block, "items": [_quote(item) for item in block["items"]]},
    "discussion": lambda block: {**block, "lines": int(block.get("lines") or 3)},
    "sheet": _sheet,
    "thread": _thread,
    "follow_up": lambda block: {**block, "items": [_decision(item) for item in block["items"]]},
}


def _split(block: Block) -> list[Block]:
    """Turn a wide table on its side; cut a very wide one, its first column repeated."""
    if block["kind"] != "table" or len(block["columns"]) <= PORTRAIT:
        return [block]
    parts = []
    step = LANDSCAPE - 1
    starts = range(1, len(block["columns"]), step)
    for part, start in enumerate(starts, start=1):
        kept = [0, *range(start, min(start + step, len(block["columns"])))]
        one = {**block, "landscape": True, "columns": [block["columns"][x] for x in kept]}
        one["rows"] = [[row[x] for x in kept] for row in block["rows"]]
        if len(starts) > 1:
            one["title"] = f"{block['title']} ({part} sur {len(starts)})"
        parts.append({**one, **columns(one), "share": 1.0})
    return parts


def _paired(blocks: list[Block]) -> list[Block]:
    """Set two half figures that follow each other side by side."""
    placed: list[Block] = []
    for block in blocks:
        last = placed[-1] if placed else {}
        half = block["kind"] == "chart" and block.get("width") == "half"
        if half and last.get("kind") == "pair" and len(last["charts"]) == 1:
            last["charts"].append(block)
        else:
            placed.append({"kind": "pair", "charts": [block]} if half else block)
    return [b["charts"][0] if b["kind"] == "pair" and len(b["charts"]) == 1 else b for b in placed]


def _data_annex(body: Iterable[Block]) -> list[Block]:
    """Tables behind the figures, at the end."""
    tables: list[Block] = []
    for block in body:
        if block["kind"] == "chart" and block["data"].get("rows"):
            names = block["data"]["columns"]
            heads = [{"label": c, "align": "right" if x else "left"} for x, c in enumerate(names)]
            title = f"Figure {block['number']} : {block['data'].get('caption') or block['title']}"
            one = {"kind": "table", "title": title, "columns": heads, "size": 8.5}
            one |= {"rows": block["data"]["rows"], "level": 3}
            tables += _split(one | columns(one))
    words = "Données des figures"
    heading = {"kind": "heading", "level": 2, "anchor": "donnees-des-figures"}
    return [heading | {"inline": [{"type": "text", "text": words}]}, *tables] if tables else []


_WHOLE = {"url", "file", "anchor", "id", "href"}


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
