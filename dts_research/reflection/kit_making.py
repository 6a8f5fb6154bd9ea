"""Make a kit: run the session notebook once, write each of its documents, and the capture sheet."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dts_research.errors import RequestError
from dts_research.reflection.capture import Capture, capture_of, write_capture
from dts_research.reflection.capture_paper import capture_paper
from dts_research.reflection.kit_folder import (
    FOLDER,
    Prepared,
    Written,
    known,
    remember,
    write_folder,
)
from dts_research.reflection.kit_handout import cycle_of
from dts_research.reflection.kit_pieces import PIECES, POSTERS
from dts_research.reflection.kit_session import Session, place_id, prepare
from dts_research.reflection.kit_stories import chosen
from dts_research.reports.document import Document, read_document
from dts_research.reports.html import render_html
from dts_research.reports.leaflet import render_leaflet
from dts_research.reports.plan import Report
from dts_research.reports.posters import ON_THE_WALL, render_posters
from dts_research.reports.press import Press
from dts_research.reports.run import execute
from dts_research.reports.typst import render_slides
from dts_research.workbook import Workbook

NOTEBOOK = "session.ipynb"


@dataclass(frozen=True)
class Asked:
    """What is asked of ``dts session prepare``, as typed."""

    territory: str
    date: str
    format: str = "3h"
    start: str = ""
    stories: tuple[str, ...] = ()
    audience: str | None = None
    out: Path | None = None


@dataclass(frozen=True)
class Kit:
    """A kit that was made.

    Parameters
    ----------
    figures
        What hangs on the wall, in order: ``figure_id`` and ``title``.
    stories
        Ids of the experiences to tell.
    """

    session_id: str
    session: Session
    written: Written
    figures: tuple[Mapping[str, str], ...]
    stories: tuple[str, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the files, in the order of use."""
        return tuple(sorted(self.written.digests))


def make_kit(book: Workbook, press: Press, asked: Asked) -> Kit:
    """Make one folder, ready to print and to project.

    Raises
    ------
    RequestError
        When the place, the day, the length, the hour or a story is not known.
    DtsError
        When the notebook fails or the folder cannot be written; nothing is then changed.
    """
    session = _session(book, asked)
    stories, place = chosen(session), place_id(book, asked.territory)
    day = session.material.today.isoformat()
    former = known(book.workspace, place, day)
    documents = _documents(press, asked, session, place)
    wall = documents[POSTERS]
    figures = tuple(
        {"figure_id": str(b["id"]), "title": f"Affiche {n} : {b['title']}"}
        for n, b in enumerate(_hung(wall), 1)
    )
    contents = _written(documents) | _sheets(session, former.session_id, figures)
    target = asked.out or book.workspace.reports / FOLDER / f"{place}-{day}"
    base = book.workspace.reports
    written = write_folder(target.expanduser().resolve(), contents, former.within(base))
    now = Prepared(former.session_id, place, day, _beside(written.folder, base), written.digests)
    remember(
        book.workspace, now, format=session.length, level=session.level, stories=list(stories),
        figures=[one["figure_id"] for one in figures],
    )  # fmt: skip
    return Kit(former.session_id, session, written, figures, stories)


def _session(book: Workbook, asked: Asked) -> Session:
    """Open what the kit is made from, once a day is named."""
    if not str(asked.date).strip():
        fix = f"Écrire par exemple : dts session prepare {asked.territory} --date 2026-12-10"
        raise RequestError("Il manque le jour de la séance.", fix)
    return prepare(
        book, asked.territory, date=asked.date, format=asked.format, start=asked.start,
        stories=asked.stories, audience=asked.audience or "",
    )  # fmt: skip


def _beside(folder: Path, base: Path) -> str:
    """Where a folder is, from the reports where it is among them: a workbook may be moved."""
    return folder.relative_to(base).as_posix() if folder.is_relative_to(base) else str(folder)


def _documents(
    press: Press, asked: Asked, session: Session, place: str
) -> dict[str, Document]:  # fmt: skip
    """Run the notebook, and read each of the documents that it holds."""
    values: dict[str, Any] = {
        "date": session.material.today.isoformat(), "format": session.length,
        "start": asked.start, "stories": list(session.wanted),
    }  # fmt: skip
    report = Report(
        id=f"seance-{place}", notebook=NOTEBOOK, territory=place, parameters=values,
        audience=session.material.audience, label=session.place,
    )  # fmt: skip
    executed = execute(report, press)
    return {p.name: read_document(executed, piece=p.name) for p in PIECES if p.name}


def _hung(document: Document) -> list[dict[str, Any]]:
    return [b for b in document.body if b.get("poster") and b["kind"] in ON_THE_WALL]


def _written(documents: Mapping[str, Document]) -> dict[str, bytes]:
    """Files of the documents; posters only where there is something to hang."""
    made = {}
    for piece in PIECES:
        document = documents.get(piece.name)
        if document and (piece.form != "posters" or _hung(document)):
            made[piece.file] = _FORMS[piece.form](document)
    links = tuple((p.file, p.file) for p in PIECES[1:] if p.file in made or not p.name)
    page = render_html(documents[PIECES[0].name], alternatives=links)
    return made | {PIECES[0].file: page.encode("utf-8")}


def _sheets(
    session: Session, session_id: str, figures: tuple[Mapping[str, str], ...]
) -> dict[str, bytes]:
    """Capture sheet as a workbook and on paper."""
    capture = _capture(session, session_id, figures)
    files = {piece.form: piece.file for piece in PIECES if not piece.name}
    with tempfile.TemporaryDirectory(prefix="dts-") as folder:
        path = Path(folder) / files["sheet"]
        write_capture(capture, path)
        sheet = path.read_bytes()
    paper = capture_paper(capture, fictional=session.material.fictional)
    return {files["sheet"]: sheet, files["paper"]: paper}


def _capture(
    session: Session, session_id: str, figures: tuple[Mapping[str, str], ...]
) -> Capture:  # fmt: skip
    material, cycle = session.material, cycle_of(session)
    whole = material.whole_network
    return capture_of(
        material, session_id=session_id, date=material.today, figures=figures,
        cycle_id=str(cycle.cycle_id) if cycle else "",
        report_id="reseau" if whole else f"territoire-{material.territory.id}",
    )  # fmt: skip


_FORMS: Mapping[str, Callable[[Document], bytes]] = {
    "page": lambda document: b"",
    "leaflet": render_leaflet,
    "posters": render_posters,
    "slides": render_slides,
}
