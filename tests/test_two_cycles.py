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
FIRST, SECOND = "2026-11-17", "2026-11-26"
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
        return plain(" ".join(" ".join(_texts(b)) for b in self.blocks if b.get("id") == name))

    @property
    def text(self) -> str:
        """What the page says, French blanks as plain ones."""
        bare = re.sub(r"<style.*?</style>|<[^>]+>", " ", self.page, flags=re.S)
        return plain(bare.replace("&#x27;", "'"))


def plain(text: str) -> str:
    """Text with its French blanks and apostrophes as typed on a keyboard."""
    return " ".join(re.sub("[\u00a0\u202f]", " ", text.replace("’", "'")).split())


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
    if not column:  # on the first sheet, the answer stands beside its label
        return line[1]
    place = next(c.column for c in sheet[HEADER] if c.value == column)
    return line[place - 1]


def blank(path: Path, sheet: str, number: int = 0) -> str:
    """Id of a row that is still blank."""
    opened = openpyxl.load_workbook(path)[sheet]
    rows = [line for line in opened.iter_rows(min_row=HEADER + 1) if not line[1].value]
    return str(rows[number][0].value)


@pytest.fixture(params=["openpyxl", "LibreOffice"])
def filled(request: pytest.FixtureRequest) -> Callable[[Path, Path, Cells], Path]:
    """Fill a sheet as one program or the other does."""
    if request.param == "openpyxl":
        return fill
    in_calc = request.getfixturevalue("in_calc")

    def type_in_calc(path: Path, out: Path, cells: Cells) -> Path:
        opened = openpyxl.load_workbook(path)
        places = [(sheet, cell_of(opened[sheet], row, column), typed)
                  for sheet, row, column, typed in cells]  # fmt: skip
        told = [(sheet, cell.column - 1, cell.row - 1, str(typed)) for sheet, cell, typed in places]
        return Path(in_calc(path, out, told))

    return type_in_calc


@pytest.fixture
def loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loop:
    """The demo received in June, in a workbook of its own."""
    made = Loop(tmp_path / "classeur", monkeypatch)
    assert CliRunner().invoke(main, ["init", str(made.folder), "--demo"]).exit_code == 0
    made.on("2026-06-20")
    made.dts("receive", "--json")
    return made


def kept_view(loop: Loop) -> str:
    """Keep a figure in the exploration, as somebody does by its buttons."""
    panel = Panel(loop.book)
    panel.filters.fields["territory"].value = "71"
    panel.figure.value = "obstacles"
    panel.keeping.caption.value = CAPTION
    panel.keeping.question.value = "Qui a trouvé de quoi tenir ?"
    panel.keeping.keep()
    lines = (loop.folder / "data" / "selection" / "selection.jsonl").read_text("utf-8")
    return str(json.loads(lines.splitlines()[-1])["id"])


def first_answers(sheet: Path, view: str) -> Cells:
    """What a tired group types, with its mistakes."""
    return [
        ("Séance", "Jusqu'où ce qui est noté peut circuler", "", "réseau"),
        ("Suite donnée", DONE, "Statut aujourd'hui", "FAITE "),
        ("Suite donnée", DONE, "Ce qui s'est passé", "Deux fiches écrites avec la trame."),
        ("Suite donnée", DONE, "Preuve", EVIDENCE),
        ("Suite donnée", DROPPED, "Statut aujourd'hui", "abandonnee"),
        ("Suite donnée", DROPPED, "Motif, ou ce qu'elle devient", "Personne n'a pu y aller."),
        ("Lectures", view, "Constat", READ),
        ("Lectures", view, "Groupe", "Table du fond"),
        ("Accords et désaccords", blank(sheet, "Accords et désaccords"), "Énoncé",
         "Faut-il raconter les actions qui se sont arrêtées ?"),
        ("Accords et désaccords", blank(sheet, "Accords et désaccords"), "Accord ou désaccord",
         "desaccord"),
        ("Accords et désaccords", blank(sheet, "Accords et désaccords"), "Positions en présence",
         "Trois associations : oui, en entier. Une autre : pas avant la fin des conventions."),
        ("Décisions", blank(sheet, "Décisions"), "Énoncé",
         "Écrire à six mains la fiche de l'application arrêtée."),
        ("Décisions", blank(sheet, "Décisions"), "Échéance", "fin mars 2027"),
        ("Hypothèses", "H-10", "Statut aujourd'hui", "en examen"),
        ("Participants", "Salariés en parcours", "Nombre", 7),
        ("Participants", "Élus", "Nombre", "2 ou 3"),
    ]  # fmt: skip


def revised(loop: Loop) -> None:
    """A sheet comes back corrected: the same experience, other obstacles."""
    path = loop.folder / "data" / "inbox" / "experiences.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame.loc[frame["Identifiant de la fiche"] == "F-71-2021-r4tk", "Freins"] = "juridique"
    target = loop.folder / "data" / "inbox" / "experiences_corrigees.csv"
    frame[frame["Identifiant de la fiche"] == "F-71-2021-r4tk"].to_csv(target, index=False)
    loop.dts("receive", target, "--json")


def test_two_cycles(loop: Loop, filled: Callable[..., Path], tmp_path: Path) -> None:
    view = kept_view(loop)
    loop.on("2026-11-16")
    loop.report("71")
    sheet = loop.kit("71", FIRST)

    # The first session, and the report that opens with it.
    loop.on("2026-11-18")
    answers = first_answers(sheet, view)
    typed = filled(sheet, tmp_path / "seance.xlsx", answers)
    loop.dts("session", "record", typed, code=1)  # « 2 ou 3 » is told, the rest is kept
    after = loop.report("71")
    decided = after.block("suite-des-decisions")
    assert EVIDENCE in decided and "Personne n'a pu y aller." in decided
    assert "Écrire à six mains la fiche" in decided
    told = "À la séance du 17 novembre 2026 : 1 décision faite et 1 abandonnée (Personne n'a pu y"
    assert told in decided
    assert view in {block.get("id") for block in after.blocks}
    assert CAPTION in after.text and READ in after.block("lectures")
    assert "pas avant la fin des conventions" in after.text

    # Only the sheet is supplied: another answer, another report.
    other = [(s, r, c, "en cours" if c == "Statut aujourd'hui" and r == DONE else t)
             for s, r, c, t in answers]  # fmt: skip
    loop.dts("session", "record", filled(sheet, tmp_path / "corrigee.xlsx", other), code=1)
    changed = loop.report("71").block("suite-des-decisions")
    assert "1 décision faite" not in changed and "1 décision abandonnée" in changed
    loop.dts("session", "record", typed, code=1)
    assert told in loop.report("71").block("suite-des-decisions")

    # A comment, then data revised: the comment says that it is older.
    loop.dts("comment", "71", "freins-et-leviers", "--role", "Animatrice", "--text", "Gardons-le.")
    before = loop.report("71").text
    assert "Gardons-le." in before and "version antérieure des données" not in before
    texts = {p: p.read_bytes() for p in (loop.folder / "data" / "commentary").rglob("*.md")}
    loop.on("2026-11-20")
    revised(loop)
    shutil.rmtree(loop.folder / "reports")
    later = loop.report("71")
    assert "Gardons-le." in later.text and "version antérieure des données" in later.text
    assert {p: p.read_bytes() for p in texts} == texts
    assert "experiences_corrigees.csv" in later.block("changements") + later.text

    # The second session, in two territories: a hypothesis moves, they do not read it alike.
    sheet = loop.kit("71", SECOND)
    said = "Tournus a gardé le classeur, la suivante l'a ouvert."
    loop.on("2026-11-27")
    cells = [("Hypothèses", "H-10", "Statut aujourd'hui", "étayée"),
             ("Hypothèses", "H-10", "Pièces pour", said)]  # fmt: skip
    loop.dts("session", "record", filled(sheet, tmp_path / "seconde.xlsx", cells))
    elsewhere = loop.kit("13", SECOND)
    new = blank(elsewhere, "Accords et désaccords")
    cells = [("Séance", "Jusqu'où ce qui est noté peut circuler", "", "Réseau"),
             ("Accords et désaccords", new, "Énoncé", "Raconter les arrêts sert-il à tous ?"),
             ("Accords et désaccords", new, "Accord ou désaccord", "Divergence"),
             ("Accords et désaccords", new, "Positions en présence",
              "Deux directions : non, les financeurs lisent. Les salariés : oui.")]  # fmt: skip
    loop.dts("session", "record", filled(elsewhere, tmp_path / "ailleurs.xlsx", cells))
    moved = loop.report("71").block("hypotheses")
    assert said in moved
    assert "En examen (séance du 17 novembre 2026), puis Étayée (séance du 26 novembre" in moved
    whole = loop.report("reseau")
    for position in ("pas avant la fin des conventions", "les financeurs lisent"):
        assert position in whole.text
    assert loop.book.frames("hypotheses")[0].set_index("hypothesis_id")["status"]["H-10"] == (
        "supported"
    )
