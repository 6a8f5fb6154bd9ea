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
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst as engine

from dts_research.errors import DtsError
from dts_research.reports.document import Document
from dts_research.reports.onepage import one_page
from dts_research.reports.pages import Beside, Files, a4_pages
from dts_research.reports.signs import faces_in, only
from dts_research.reports.slides import slide_pages
from dts_research.reports.tags import finish, pages_of

STANDARDS: list[Any] = ["a-2a", "ua-1"]
_log = logging.getLogger(__name__)


def render_pdf(document: Document, *, beside: Beside = ()) -> bytes:
    """Write a document as an A4 PDF that readers of screens can read (PDF/UA-1, PDF/A-2a).

    Parameters
    ----------
    document
        What is said; for an elected official it takes a single page.
    beside
        Other forms of the same document, told in it: what each is called, and its file, such
        as ``("page web", "territoire-71.html")``.
    """
    if not document.one_page:
        return written(document, "report.typ", *a4_pages(document, beside))
    made = written(document, "onepage.typ", *one_page(document, beside))
    if (count := pages_of(made)) > 1:
        _log.warning("Le document d'une page en prend %d : l'alléger dans le notebook.", count)
    return made


def render_slides(document: Document) -> bytes:
    """Write a document as 16:9 pages to project, one thing per page."""
    return written(document, "slides.typ", *slide_pages(document))


def written(document: Document, template: str, pages: dict[str, Any], pictures: Files) -> bytes:
    """Compile a template on its pages, in a folder of its own; the file is then finished."""
    with TemporaryDirectory(prefix="dts-") as name:
        folder = Path(name)
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
        return _attempt(main, only(text), moment)
    except engine.TypstError as error:
        _log.warning("Typst : %s", error.message)
    text = only(text, alone=True)
    for drawn in main.parent.glob("*.svg"):
        drawn.write_text(only(drawn.read_text("utf-8"), alone=True), "utf-8")
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
        str(main), root=str(main.parent), font_paths=_fonts(main.parent), ignore_system_fonts=True,
        format="pdf", pdf_standards=STANDARDS if standards is None else standards,
        timestamp=moment, package_path=str(main.parent), package_cache_path=str(main.parent),
    )  # fmt: skip
    for warning in warnings:
        _log.warning("Typst : %s", warning.message)
    return bytes(made)


def _fonts(folder: Path) -> Any:
    """Our typeface and those that stand in for it, without what else their folder holds."""
    spare = faces_in(folder)
    with as_file(files("dts_research.reports").joinpath("fonts")) as ours:
        return engine.Fonts(include_system_fonts=False, font_paths=[str(ours), spare])
