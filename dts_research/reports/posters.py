"""Posters for a wall: one figure each, what to ask of it, and room to write.

People walk along the wall, read, and stick notes: what they write matters more than the figure.
"""

from __future__ import annotations

from typing import Any

from dts_research.display.typography import typeset
from dts_research.errors import DtsError
from dts_research.reports.document import POSTER, Document
from dts_research.reports.pages import Files, front, prepared, soft_words
from dts_research.reports.pictures import lettering
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
    shown = [b for b in document.body if b["kind"] in ("chart", "image", "board")]
    of = {kind: [b for b in shown if b["kind"] == kind] for kind in ("chart", "image", "board")}
    tagged = [b for b in shown if b.get("poster")]
    chosen = tagged or of["chart"] or of["image"] or of["board"]
    if not chosen:
        fix = f"Montrer une figure dans le carnet, puis marquer sa cellule « {POSTER} »."
        raise DtsError("Ce document n'a aucune figure à mettre en affiche.", fix)
    pictures: Files = {}
    posters = [page for block in chosen for page in _pages(block, pictures)]
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
    drawings = [block["svg"], *([block["wide"]] if block.get("wide") else [])]
    sides = [(svg, lying) for svg in drawings for lying in (True, False)]
    svg, lying = max(sides, key=lambda side: _letters(*side))
    drawn = {key: value for key, value in block.items() if key != "wide"} | {"svg": svg}
    made = prepared(drawn, pictures)
    width, height = LYING if lying else STANDING
    tall = min(height, width * made["ratio"])
    asked = block.get("questions") or QUESTIONS
    return {**made, "lying": lying, "height": tall, "questions": asked}


def _photo(block: Block, pictures: Files) -> Block:
    """One page of a picture made by another program, on the side that suits its shape."""
    made: Block = {"reading": "", "source": ""} | prepared(block, pictures)
    title = made.get("title") or f"Figure {made.get('number', '')}".strip()
    lying = made["ratio"] < 1
    width, height = LYING if lying else STANDING
    tall = min(height, width * made["ratio"])
    return {**made, "title": title, "lying": lying, "height": tall, "questions": QUESTIONS}


def _letters(svg: str, lying: bool) -> float:
    """Size of the letters of a drawing; the lying side is kept unless much is gained."""
    return lettering(svg, LYING) * GAIN if lying else lettering(svg, STANDING)
