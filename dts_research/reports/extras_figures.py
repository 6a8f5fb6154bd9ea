"""The figures of a document as files that stand alone: drawings, pictures, legends."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst as engine

from dts_research.display.drawings import safe_drawing
from dts_research.display.fragments import with_prefix
from dts_research.display.typography import french, typeset
from dts_research.reports.build_fonts import FAMILY
from dts_research.reports.document import FICTION, Document
from dts_research.reports.signs import faces_in, only

Block = Mapping[str, Any]
PPI = 200.0
NARROWEST = 300.0
# Points between which a drawing made elsewhere is kept, and how long it may be for its width.
SMALLEST, WIDEST, TALLEST, LONGEST = 120.0, 720.0, 1400.0, 50.0
STYLES = {
    "Regular": (400, "normal"), "Italic": (400, "italic"),
    "Semibold": (600, "normal"), "Bold": (700, "normal"),
}  # fmt: skip
_STYLED = re.compile(r"font-(weight|style): ?(\w+)")
_SIZE = re.compile(r'viewBox="([-\d.eE]+)[ ,]+([-\d.eE]+)[ ,]+([\d.eE]+)[ ,]+([\d.eE]+)"')


@dataclass(frozen=True)
class Figure:
    """One figure: its drawing made safe, its size in points, its words."""

    name: str
    svg: str
    width: float
    height: float
    block: Block


def figures_of(document: Document) -> Iterator[Figure]:
    """Drawn figures, in the order of the document; the wide one too, where there are two."""
    for block in document.body:
        drawings = {"": block.get("svg"), "-large": block.get("wide")}
        if block["kind"] == "image" and block["mime"] == "image/svg+xml":
            drawings = {"": block["data"]}
        for suffix, drawing in drawings.items():
            name = f"figure-{block.get('number', 0):02d}-{block.get('id')}{suffix}"
            svg = safe_drawing(drawing, prefix="f", font=True) if drawing else ""
            width, height = _drawn(svg)
            if width:
                yield Figure(name, svg, width, height, block)


def _drawn(svg: str) -> tuple[float, float]:
    """Size at which a drawing is shown, (0, 0) where it has no shape that can be."""
    size = _SIZE.search(svg)
    width, height = (float(size[3]), float(size[4])) if size else (0.0, 0.0)
    if not width or not 1 / LONGEST < height / width < LONGEST:
        return 0.0, 0.0
    drawn = min(max(width, SMALLEST), WIDEST, TALLEST * width / height)
    return drawn, drawn * height / width


def bitmaps_of(document: Document) -> dict[str, bytes]:
    """Pictures made elsewhere, as they are, by file name."""
    return {
        f"figure-{block['number']:02d}-{block['id']}.{block['mime'][6:]}": base64.b64decode(
            block["data"]
        )
        for block in document.body
        if block["kind"] == "image" and block["mime"] != "image/svg+xml"
    }


def standalone(figure: Figure) -> bytes:
    """Write a figure as an SVG file: its colours, its typeface and its words inside."""
    title, alt = words_of(figure.block)
    size = f'width="{figure.width:g}pt" height="{figure.height:g}pt" role="img" '
    size += f'aria-labelledby="titre texte" font-family="{FAMILY}, Arial, sans-serif"'
    start, _, rest = figure.svg.partition(">")
    start = re.sub(r' font-family="[^"]*"', "", start) + f" {size}>"
    inner = f'<title id="titre">{escape(title)}</title><desc id="texte">{escape(alt)}</desc>'
    inner += f"<style>{_faces(figure.svg)}</style>"
    inner += '<rect x="0" y="0" width="100%" height="100%" fill="#ffffff"/>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{start}{inner}{rest}\n'.encode()


def words_of(block: Block) -> tuple[str, str]:
    """Title and description of a figure, with French typography."""
    alt = french(str(block.get("alt") or ""))
    return french(str(block.get("title") or alt)), alt


def _faces(svg: str) -> str:
    """Typeface of the drawing, in the weights it uses only."""
    used = {(400, "normal")}
    for kind, value in _STYLED.findall(svg):
        weight = int(value) if value.isdigit() else {"bold": 700}.get(value, 400)
        used.add((weight, "normal") if kind == "weight" else (400, value))
    return "".join(_face(name) for name, style in STYLES.items() if style in used)


@cache
def _face(name: str) -> str:
    weight, slope = STYLES[name]
    file = f"fonts/{FAMILY.replace(' ', '')}-{name}.woff2"
    data = base64.b64encode(files("dts_research.reports").joinpath(file).read_bytes()).decode()
    return (
        f'@font-face{{font-family:"{FAMILY}";font-weight:{weight};font-style:{slope};'
        f"src:url(data:font/woff2;base64,{data}) format('woff2')}}"
    )


def pictures(document: Document, figures: Sequence[Figure]) -> list[bytes]:
    """Make figures into PNG pictures, each with its title, its second line and its source."""
    if not figures:
        return []
    told = typeset(list(map(_told, figures)))
    page = {"figures": told, "fictional": document.fictional, "fiction": FICTION}
    text = only(json.dumps(page, ensure_ascii=False))
    room = files("dts_research.reports")
    with TemporaryDirectory(prefix="dts-") as name, as_file(room.joinpath("fonts")) as fonts:
        folder = Path(name)
        for figure in figures:
            (folder / f"{figure.name}.svg").write_text(only(figure.svg), encoding="utf-8")
        for file in ("base.typ", "figures.typ"):
            (folder / file).write_bytes(room.joinpath(f"templates/{file}").read_bytes())
        (folder / "data.json").write_text(text, encoding="utf-8")
        made: Any = engine.compile(
            str(folder / "figures.typ"), root=name,
            font_paths=[str(fonts), faces_in(folder)], ignore_system_fonts=True, format="png",
            ppi=PPI, package_path=name, package_cache_path=name,
        )  # fmt: skip
    return [made] if isinstance(made, bytes) else list(made)


def _told(figure: Figure) -> dict[str, Any]:
    block = figure.block
    return {
        "file": f"{figure.name}.svg",
        "title": str(block.get("title") or ""),
        "subtitle": str(block.get("subtitle") or ""),
        "source": with_prefix("Source", block.get("source")),
        "reading": with_prefix("Lecture", block.get("reading")),
        "drawn": figure.width,
        "width": max(figure.width, NARROWEST),
    }


def legends(document: Document) -> str:
    """Write the words of every figure: what goes with it wherever it is shown again."""
    lines = [document.title, str(document.cover.get("territory") or "")]
    lines += [FICTION] if document.fictional else []
    for block in document.body:
        if block["kind"] in ("chart", "image"):
            lines += ["", f"Figure {block.get('number', '')} : {block.get('title') or ''}"]
            for label, key in _LEGENDS.items():
                if block.get(key):
                    lines.append(f"{label} : {block[key]}")
    return "\n".join(french(line) for line in lines).strip() + "\n"


_LEGENDS = {
    "Sous-titre": "subtitle", "Description": "alt", "Lecture": "reading", "Source": "source",
}  # fmt: skip
