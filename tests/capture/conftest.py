"""A small workbook with a session behind it, and its capture sheet to be filled in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from dts_research.reflection.capture import Capture, capture_of, write_capture
from dts_research.workbook import open_workbook
from dts_research.workbook.arrival import Arrival, receive_files

SESSION = "SE-71-2026-12-10-k7q2"
NEXT = "SE-71-2027-03-11-z3m8"
HEADER = 3
Cell = tuple[str, str, str, Any]
Known = dict[tuple[str, str, date], tuple[Capture, bytes]]
FIGURES = [{"figure_id": "collectivites", "title": "Ce que les collectivités ont changé"},
           {"figure_id": "structures", "title": "Onze structures"}]  # fmt: skip
TABLES = {
    "cycles": pd.DataFrame(
        [{"cycle_id": "C3", "label": "Cycle 3", "research_question": "Que change une séance ?"}]
    ),
    "sessions": pd.DataFrame(
        [{"session_id": "SE-71-06", "label": "Séance de juin", "level": "local",
          "territory_id": "71", "date": "2026-06-04"}]
    ),
    "decisions": pd.DataFrame(
        [{"decision_id": "D-71-01", "statement": "Écrire une plaquette commune.",
          "session_id": "SE-71-06", "territory_id": "71", "carrier_role": "Le collectif",
          "decided_on": "2026-06-04", "due_on": "2026-11-30", "status": "in_progress",
          "what_happened": "Un brouillon circule.", "scope": "local"},
         {"decision_id": "D-71-02", "statement": "Rencontrer les trois communes du canal.",
          "session_id": "SE-71-06", "territory_id": "71", "carrier_role": "La coordination",
          "decided_on": "2026-06-04", "due_on": "2027-01-31", "status": "to_do"},
         {"decision_id": "D-71-03", "statement": "Tenir un registre des appels.",
          "session_id": "SE-71-06", "territory_id": "71", "decided_on": "2026-06-04",
          "status": "done", "what_happened": "Il est tenu."}]
    ),
    "hypotheses": pd.DataFrame(
        [{"hypothesis_id": "H-01", "statement": "Une offre commune facilite l'écoute.",
          "status": "examined", "territory_id": "71", "cycle_id": "C3", "moved_by": "SE-71-06"},
         {"hypothesis_id": "H-02", "statement": "Les petites communes répondent plus vite.",
          "status": "stated", "territory_id": "71"}]
    ),
    "common_references": pd.DataFrame(
        [{"reference_id": "R-71-01", "statement": "Commencer par un service visible.",
          "status": "adopted", "territory_id": "71", "session_id": "SE-71-06",
          "experience_ids": "F-71-01"}]
    ),
    "experiences": pd.DataFrame(
        [{"experience_id": "F-71-01", "title": "Un atelier vélo", "stage": "en_cours"},
         {"experience_id": "F-71-02", "title": "Un verger, partagé", "stage": "en_cours"}]
    ),
}  # fmt: skip


class Room:
    """A workbook, and what is written in the room."""

    session, next = SESSION, NEXT

    def __init__(self, book: Any, folder: Path, known: Known) -> None:
        self.book = book
        self.folder = folder
        self.known = known
        self.prepared: dict[str, tuple[Capture, bytes]] = {}

    def capture(self, session: str = SESSION, day: date = date(2026, 12, 10)) -> Capture:
        """The capture sheet of a session of the territory, as it was first prepared."""
        return self._first(session, day)[0]

    def blank(self, name: str, session: str = SESSION, day: date = date(2026, 12, 10)) -> Path:
        """Write the same as a file."""
        out = self.folder / name
        out.write_bytes(self._first(session, day)[1])
        return out

    def _first(self, session: str, day: date) -> tuple[Capture, bytes]:
        """Prepare a sheet; in another test, the same store had given the same one."""
        if session not in self.prepared:
            with self.book.store() as store:
                key = (store.state(), session, day)
            if key not in self.known:
                self.known[key] = self._made(session, day)
            self.prepared[session] = self.known[key]
        return self.prepared[session]

    def _made(self, session: str, day: date) -> tuple[Capture, bytes]:
        made = capture_of(
            self.book.territory("71"), session_id=session, date=day, figures=FIGURES,
            cycle_id="C3",
        )  # fmt: skip
        write_capture(made, self.folder / "vierge.xlsx")
        return made, (self.folder / "vierge.xlsx").read_bytes()

    def filled(
        self, cells: Iterable[Cell] = (), *, name: str = "saisie.xlsx",
        change: Callable[[Any], None] | None = None, **session: Any,
    ) -> Path:  # fmt: skip
        """Write the sheet, then fill cells: sheet, a text of its row, column, what is typed."""
        out = self.blank(name, **session)
        opened = openpyxl.load_workbook(out)
        for sheet, row, column, typed in cells:
            cell_of(opened[sheet], row, column).value = typed
        if change is not None:
            change(opened)
        opened.save(out)
        return out

    def received(self, path: Path, *, session: str = "") -> Arrival:
        """Receive a file that can be read; its counts add up."""
        facts = {"session_id": session} if session else {}
        arrivals, refused = receive_files(self.book, [path], session=facts)
        assert not refused, [str(error) for _, error in refused]
        assert arrivals[0].reception.counts.balanced
        return arrivals[0]

    def recorded(self, cells: Iterable[Cell] = (), **options: Any) -> Arrival:
        """Fill a sheet and receive it."""
        return self.received(self.filled(cells, **options))

    def record(self, table: str, key: str) -> dict[str, Any]:
        """A record as it stands, blank cells as None."""
        (frame,) = self.book.frames(table)
        found = frame[frame.iloc[:, 0] == key].astype(object)
        assert len(found) == 1, key
        return dict(found.where(found.notna(), None).iloc[0])

    def texts(self, table: str, column: str) -> list[str]:
        """All that a table says in a column, sorted."""
        (frame,) = self.book.frames(table)
        return sorted(frame[column].dropna())

    @staticmethod
    def told(arrival: Arrival) -> list[str]:
        """What is said of each cell that is not kept as it is: where, and the sentence."""
        issues = arrival.reception.issues
        issues = issues[issues["severity"].ne("note") | issues["rule"].eq("outside")]
        lines = issues[["sheet", "row", "column", "message", "fix"]].values
        return [f"{s} {r} {c} : {m}{f' ; {x}' if x else ''}" for s, r, c, m, x in lines]


def cell_of(sheet: Any, row: str, column: str) -> Any:
    """The cell of a row that bears a text, under a title; on the first sheet, the one beside."""
    line = next(line for line in sheet.iter_rows() if row in [cell.value for cell in line])
    if not column:
        return line[1]
    place = next(c.column for c in sheet[HEADER] if c.value == column)
    return line[place - 1]


@pytest.fixture(scope="session")
def held_before(new_book: Callable[..., Any]) -> Any:
    """A workbook that one session has already been held in."""
    return new_book("seance", **TABLES)


@pytest.fixture(scope="session")
def room_in(held_before: Any) -> Callable[..., Room]:
    """Copy it in a folder, or the workbook of another room, to be changed."""
    known: Known = {}

    def copied(folder: Path, other: Room | None = None) -> Room:
        shutil.copytree((other.book if other else held_before).workspace.data, folder / "data")
        room = Room(open_workbook(folder / "data"), folder, known)
        room.prepared.update(other.prepared if other else {})
        return room

    return copied


@pytest.fixture
def room(room_in: Callable[..., Room], tmp_path: Path) -> Room:
    """The same, in a folder of the test's own."""
    return room_in(tmp_path)
