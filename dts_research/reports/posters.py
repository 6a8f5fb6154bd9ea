"""Posters for a wall: one figure each, what to ask of it, and room to write.

People walk along the wall, read, and stick notes: what they write matters more than the figure.
"""

from __future__ import annotations

from typing import Any

from dts_research.display.fragments import brief
from dts_research.display.typography import typeset
from dts_research.errors import DtsError
from dts_research.reports.document import POSTER, Document
from dts_research.reports.pages import Files, front, prepared, soft_words
from dts_research.reports.pictures import lettering
from dts_research.reports.projected import cut
from dts_research.reports.prose_pieces import lines_of, plain
from dts_research.reports.typst import written

Block = dict[str, Any]
QUESTIONS = [
    "Que voit-on ?",
    "Qu'est-ce qui surprend, qu'est-ce qui manque ?",
    "Que faudrait-il vérifier, et avec qui ?",
]
# Most room for the figure in points, the rest of the page being for the title and for writing.
LYING, STANDING = (1077.0, 250.0), (728.0, 500.0)
GAIN = 1.1
# Most rows of a draft on one page: what is written in them must be read standing.
ROWS, ROWS_TO_FILL = 6, 2
# Most signs of a comment under a figure.
SAID = 320
STORY = 700
ON_THE_WALL = ("chart", "image", "sheet", "board")
_FIGURE = {"silence": "Ce que cette figure ne dit pas :"}
SILENCE = {"chart": _FIGURE, "image": _FIGURE, "sheet": {"silence": "Ce que ce récit ne dit pas :"}}
SILENCE["board"] = {}  # a draft says itself what it does not allow one to say


def render_posters(document: Document) -> bytes:
    """Write the figures of a document as A3 pages to hang on a wall.

    Raises
    ------
    DtsError
        Where the document has no figure.
    """
    return written(document, "poster.typ", *poster_pages(document))


def poster_pages(document: Document) -> tuple[dict[str, Any], Files]:
    """JSON of the poster template, and the pictures it places."""
    tagged = [b for b in document.body if b.get("poster") and b["kind"] in ON_THE_WALL]
    of = {kind: [b for b in document.body if b["kind"] == kind] for kind in ON_THE_WALL}
    chosen = tagged or of["chart"] or of["image"] or of["board"]
    if not chosen:
        fix = f"Montrer une figure dans le carnet, puis marquer sa cellule « {POSTER} »."
        raise DtsError("Ce document n'a aucune figure à mettre en affiche.", fix)
    pictures: Files = {}
    said = [b for b in document.body if b["kind"] == "comment"]
    posters = [
        SILENCE[block["kind"]] | page | {"said": _said(block, said)}
        for block in chosen
        for page in _pages(block, pictures)
    ]
    return soft_words(typeset(front(document) | {"posters": posters})), pictures


def _pages(block: Block, pictures: Files) -> list[Block]:
    """Pages of one poster: a draft of many rows takes several, and leaves none out."""
    if block["kind"] != "board":
        return [_poster(block, pictures)]
    rows, most = block["rows"], ROWS_TO_FILL if block.get("room") else ROWS
    count = -(-len(rows) // most)
    step = -(-len(rows) // count)
    parts = [rows[start : start + step] for start in range(0, len(rows), step)]
    part = "" if len(parts) == 1 else ", feuille {} sur {}"
    return [
        prepared(block | {"rows": some, "title": block["title"] + part.format(n, len(parts))}, {})
        for n, some in enumerate(parts, start=1)
    ]


def _poster(block: Block, pictures: Files) -> Block:
    """One page, on the side where the letters of the figure are the largest."""
    if block["kind"] == "image":
        return _photo(block, pictures)
    if block["kind"] == "sheet":
        return _story(block)
    drawings = [block["svg"], *([block["wide"]] if block.get("wide") else [])]
    sides = [(svg, lying) for svg in drawings for lying in (True, False)]
    svg, lying = max(sides, key=lambda side: _letters(*side))
    drawn = {key: value for key, value in block.items() if key != "wide"} | {"svg": svg}
    made = prepared(drawn, pictures)
    width, height = LYING if lying else STANDING
    tall = min(height, width * made["ratio"])
    asked = block.get("questions") or QUESTIONS
    return {**made, "lying": lying, "height": tall, "questions": asked}


def _said(figure: Block, comments: list[Block]) -> list[str]:
    """What people wrote of a figure: in full where it is short, else named."""
    told = []
    for one in comments:
        if figure.get("id") not in {piece.get("href") for piece in one["about"]}:
            continue
        text = " ".join(plain(line) for line in lines_of(one["blocks"]))
        whole = f"{text} ({', '.join(filter(None, (one['by'], *one['said'])))})"
        where = "à lire dans le rapport." if one["by"] else text
        told.append(f"{one['title']} : {whole if one['by'] and len(whole) <= SAID else where}")
    return told


def _photo(block: Block, pictures: Files) -> Block:
    """One page of a picture made by another program, on the side that suits its shape."""
    made: Block = {"reading": "", "source": ""} | prepared(block, pictures)
    title = made.get("title") or f"Figure {made.get('number', '')}".strip()
    lying = made["ratio"] < 1
    width, height = LYING if lying else STANDING
    tall = min(height, width * made["ratio"])
    return {**made, "title": title, "lying": lying, "height": tall, "questions": QUESTIONS}


def _story(block: Block) -> Block:
    """One page of an experience in words: its first text, which people read standing."""
    told = next((f["text"] for f in block["fields"] if not brief(f["text"])), "")
    asked = block.get("questions") or QUESTIONS
    said = {"alt": cut(told or block["title"], STORY), "reading": "", "source": ""}
    return {**said, **block, "lying": True, "height": 0.0, "questions": asked}


def _letters(svg: str, lying: bool) -> float:
    """Size of the letters of a drawing; the lying side is kept unless much is gained."""
    return lettering(svg, LYING) * GAIN if lying else lettering(svg, STANDING)
