"""A document as PDF, A4 or 16:9, through Typst.

Texts reach Typst as strings of a JSON file, in an empty folder of their own: none can be taken
for markup, and nothing outside the folder can be read.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst as engine

from dts_research.errors import DtsError
from dts_research.reports.document import Document
from dts_research.reports.pages import a4_pages
from dts_research.reports.slides import slide_pages
from dts_research.reports.tags import finish

STANDARDS: list[Any] = ["a-2a", "ua-1"]
MISSING = "□"
TRIES = 24
_log = logging.getLogger(__name__)
_GLYPH = re.compile(r"could not be displayed|no glyph|missing glyph|not be displayed with any font")


def render_pdf(document: Document) -> bytes:
    """Write a document as an A4 PDF that readers of screens can read (PDF/UA-1, PDF/A-2a)."""
    return _render(document, "report.typ")


def render_slides(document: Document) -> bytes:
    """Write a document as 16:9 pages to project, one thing per page."""
    return _render(document, "slides.typ")


def _render(document: Document, template: str) -> bytes:
    with TemporaryDirectory(prefix="dts-") as name:
        folder = Path(name)
        prepare = a4_pages if template == "report.typ" else slide_pages
        pages, pictures = prepare(document)
        for file, content in pictures.items():
            (folder / file).write_bytes(content)
        for item in files("dts_research.reports").joinpath("templates").iterdir():
            if item.name.endswith(".typ"):
                (folder / item.name).write_bytes(item.read_bytes())
        return finish(_compile(folder / template, pages, _moment(document)))


def _moment(document: Document) -> datetime:
    """Date written in the file: that of the document, so that two renderings are the same."""
    match = re.match(r"(\d{4})-(\d{2})-(\d{2})", str(document.cover.get("date") or ""))
    try:
        return datetime.fromisoformat(f"{match.group()}T00:00:00+00:00") if match else _EPOCH
    except ValueError:
        return _EPOCH


_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def _compile(main: Path, pages: Mapping[str, Any], moment: datetime) -> bytes:
    """Compile, replacing the characters no font can draw, by their names, then all of them."""
    text = json.dumps(pages, ensure_ascii=False)
    for _ in range(TRIES):
        try:
            return _attempt(main, text, moment)
        except engine.TypstError as error:
            unknown = _undrawn(error)
            if not unknown or not set(unknown) & set(text):
                break
            _log.warning("Signes remplacés par %s : %s", MISSING, " ".join(map(ascii, unknown)))
            text = "".join(MISSING if c in unknown else c for c in text)
    return _last_resort(main, text, moment)


def _last_resort(main: Path, text: str, moment: datetime) -> bytes:
    """Keep only what our own typeface draws; then give up the standards, and say so."""
    text = "".join(c if ord(c) in drawable() or c in "\n\t" else MISSING for c in text)
    try:
        return _attempt(main, text, moment)
    except engine.TypstError as error:
        _log.error("PDF fait sans la norme d'accessibilité : %s", error.message)
    try:
        return _attempt(main, text, moment, standards=[])
    except engine.TypstError as error:
        message = f"Le PDF n'a pas pu être fait : {error.message}."
        raise DtsError(message, "La version HTML reste disponible.") from error


def _attempt(main: Path, text: str, moment: datetime, *, standards: Any = None) -> bytes:
    (main.parent / "data.json").write_text(text, encoding="utf-8")
    made, warnings = engine.compile_with_warnings(
        str(main), root=str(main.parent), font_paths=_fonts(), ignore_system_fonts=True,
        format="pdf", pdf_standards=STANDARDS if standards is None else standards,
        timestamp=moment, package_path=str(main.parent), package_cache_path=str(main.parent),
    )  # fmt: skip
    for warning in warnings:
        _log.warning("Typst : %s", warning.message)
    return bytes(made)


@cache
def _fonts() -> Any:
    with as_file(files("dts_research.reports").joinpath("fonts")) as folder:
        return engine.Fonts(include_system_fonts=False, font_paths=[str(folder)])


def _undrawn(error: engine.TypstError) -> str:
    """Characters a refusal names."""
    told = " ".join([error.message, *(error.hints or [])])
    if not _GLYPH.search(told):
        return ""
    named = re.findall(r"U\+([0-9A-Fa-f]{4,6})|\\u\{([0-9a-fA-F]+)\}", told)
    quoted = "".join(re.findall(r"[\"'`‘“](.+?)[\"'`’”]", told))
    return "".join(chr(int(a or b, 16)) for a, b in named) + re.sub(r"[\x00-\x7f]", "", quoted)


@cache
def drawable() -> frozenset[int]:
    """Code points of our typeface."""
    from fontTools.ttLib import TTFont

    with as_file(files("dts_research.reports").joinpath("fonts/DTSSans-Regular.ttf")) as path:
        return frozenset(TTFont(path).getBestCmap())
