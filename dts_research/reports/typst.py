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
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unicodedata import category

import typst as engine

from dts_research.errors import DtsError
from dts_research.reports.document import Document
from dts_research.reports.pages import a4_pages
from dts_research.reports.slides import slide_pages
from dts_research.reports.tags import finish

STANDARDS: list[Any] = ["a-2a", "ua-1"]
MISSING = "□"
# The typeface Typst falls back on, which comes with the charts' library too.
FALLBACK = "DejaVuSansMono.ttf"
_log = logging.getLogger(__name__)


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
    """Compile; where a sign still resists, keep only what our typeface draws."""
    text = json.dumps(pages, ensure_ascii=False)
    try:
        return _attempt(main, only(text, drawable(FALLBACK)), moment)
    except engine.TypstError as error:
        _log.warning("Typst : %s", error.message)
    text = only(text, drawable())
    try:
        return _attempt(main, text, moment)
    except engine.TypstError as error:
        _log.error("PDF fait sans la norme d'accessibilité : %s", error.message)
    try:
        return _attempt(main, text, moment, standards=[])
    except engine.TypstError as error:
        message = f"Le PDF n'a pas pu être fait : {error.message}."
        raise DtsError(message, "La version HTML reste disponible.") from error


def only(text: str, known: frozenset[int]) -> str:
    """Replace the signs that no font draws; marks that only change another sign go with it."""
    unknown = {c for c in set(text) if ord(c) not in known and c not in "\n\t"}
    if not unknown:
        return text
    _log.warning("Signes remplacés par %s : %s", MISSING, " ".join(map(ascii, sorted(unknown))))
    marks = {"Mn", "Mc", "Me", "Cf", "Sk"}
    place = {ord(c): "" if category(c) in marks else MISSING for c in unknown}
    return text.translate(place)


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


@cache
def drawable(*others: str) -> frozenset[int]:
    """Code points of our typeface, and of others that stand in for it."""
    from fontTools.ttLib import TTFont

    with as_file(files("dts_research.reports").joinpath("fonts/DTSSans-Regular.ttf")) as path:
        known = set(TTFont(path).getBestCmap())
    charts = find_spec("matplotlib")  # where it stands; it is not imported
    folders = charts.submodule_search_locations or [] if charts else []
    for name, folder in product(others, folders):
        known |= set(TTFont(Path(folder) / "mpl-data" / "fonts" / "ttf" / name).getBestCmap())
    return frozenset(known)
