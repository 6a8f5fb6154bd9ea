"""Two full turns of the collective loop, from the command line, with real files only.

Report, kit, capture sheet filled in the room with its mistakes, next report, data revised, comment
older than its data, second session, a hypothesis moves, the network reads both territories. What
people type in the two sheets is all that the test supplies.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from dts_research.cli import main
from dts_research.explore.panel import Panel
from dts_research.store import clock
from dts_research.workbook import open_workbook

HEADER = 3
Cells = list[tuple[str, str, str, Any]]
FIRST, SECOND = "2026-09-10", "2026-11-05"
CAPTION = "Aucun levier en face de l'argent"
READ = "On nomme le frein économique partout, et personne ne raconte comment il s'est levé."
EVIDENCE = "Délibération du 18 septembre 2026, deux pages."
DONE, DROPPED = "D-71-12", "D-71-15"


class Loop:
    """A workbook, its calendar, and what people do with it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._patch = folder, monkeypatch

    def on(self, day: str) -> None:
        """Have a day of the calendar."""
        moment = datetime.fromisoformat(f"{day}T09:00:00").astimezone(UTC)
        self._patch.setattr(clock, "now", lambda: moment.isoformat(timespec="seconds"))
        self._patch.setenv("SOURCE_DATE_EPOCH", str(int(moment.timestamp())))

    def dts(self, *words: object, code: int = 0) -> str:
        """Run a command; give what it prints."""
        asked = ["--workbook", str(self.folder), *map(str, words)]
        done = CliRunner().invoke(main, asked, prog_name="dts")
        assert done.exit_code == code, f"{words}: {done.output}\n{done.exception}"
        return done.stdout

    def report(self, name: str) -> Report:
        """Make a report; give what it says."""
        self.dts("report", name, "--formats", "html", "--workers", 1)
        return Report(self.folder / "reports", name)

    def kit(self, place: str, day: str) -> Path:
        """Prepare a session; give its capture sheet."""
        told = json.loads(self.dts("session", "prepare", place, "--date", day, "--json"))
        return Path(told["folder"]) / "7-feuille-de-seance.xlsx"

    @property
    def book(self) -> Any:
        return open_workbook(self.folder)


class Report:
    """A report that was made: its blocks and its page."""

    def __init__(self, folder: Path, name: str) -> None:
        kept = f"territoire-{name}" if name != "reseau" else name
        self.page = (folder / f"{kept}.html").read_text("utf-8")
        book = nbformat.read(folder / "carnets" / f"{kept}.ipynb", 4)
        outputs = [one for cell in book.cells for one in cell.get("outputs", [])]
        self.blocks = [block for one in outputs for block in _blocks(one.get("data", {}))]

    def block(self, name: str) -> str:
        """All that a block says, as one text."""
        return " ".join(" ".join(_texts(b)) for b in self.blocks if b.get("id") == name)

    @property
    def text(self) -> str:
        """What the page says, French blanks as plain ones."""
        bare = re.sub(r"<style.*?</style>|<[^>]+>", " ", self.page, flags=re.S)
        bare = bare.replace("&#x27;", "'").replace("’", "'")
        return " ".join(re.sub("[\u00a0\u202f]", " ", bare).split())


def _blocks(data: dict[str, Any]) -> list[dict[str, Any]]:
    for kind, value in data.items():
        if kind.startswith("application/vnd.dts"):
            return value if isinstance(value, list) else value.get("blocks", [value])
    return []


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            if key != "svg":
                yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif value is not None:
        yield str(value)


def fill(path: Path, out: Path, cells: Cells) -> Path:
    """Type in a capture sheet: sheet, text of the row, column, what is typed."""
    opened = openpyxl.load_workbook(path)
    for sheet, row, column, typed in cells:
        cell_of(opened[sheet], row, column).value = typed
    opened.save(out)
    return out


def cell_of(sheet: Any, row: str, column: str) -> Any:
    line = next(line for line in sheet.iter_rows() if row in [cell.value for cell in line])
    place = next(c.column for c in sheet[HEADER] if c.value == column)
    return line[place - 1]


def blank(path: Path, sheet: str, number: int = 0) -> str:
    """Id of a row that is still blank."""
    opened = openpyxl.load_workbook(path)[sheet]
    rows = [line for line in opened.iter_rows(min_row=HEADER + 1) if not line[1].value]
    return str(rows[number][0].value)
