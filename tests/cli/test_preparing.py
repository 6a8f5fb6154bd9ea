"""``dts session prepare``: what it prints, and what it answers to a wrong request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dts_research.cli import main


def dts(*words: object, book: Path) -> Any:
    asked = ["--workbook", str(book), *map(str, words)]
    return CliRunner().invoke(main, asked, prog_name="dts")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with the demo received."""
    folder = tmp_path_factory.mktemp("seances") / "classeur"
    assert CliRunner().invoke(main, ["init", str(folder), "--demo"]).exit_code == 0
    assert dts("receive", "--json", book=folder).exit_code == 0
    return folder


def test_a_folder_is_made_then_left_alone_once_changed(book: Path) -> None:
    done = dts("session", "prepare", "71", "--date", "10/12/2026", "--json", book=book)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    folder = Path(told["folder"])
    assert folder == (book / "reports" / "seances" / "71-2026-12-10").resolve()
    assert all(Path(file).is_file() for file in told["files"])
    assert (told["kept"], told["replaced"], told["spared"]) == (0, False, None)
    (folder / "photo.jpg").write_bytes(b"une affiche annotee")
    story = told["stories"][1]
    again = dts("session", "prepare", "71", "--date", "2026-12-10", "--story", story, book=book)
    assert again.exit_code == 0, again.output
    lines = again.stdout.splitlines()
    assert lines[0] == "Séance du 10 décembre 2026, Saône-et-Loire, 3 h."
    assert lines[1] == (
        "Le dossier « 71-2026-12-10 » a été modifié depuis : il reste tel quel, le nouveau "
        "s'appelle « 71-2026-12-10-2 »."
    )
    assert f"Récits : {story}. Pour en choisir d'autres : --story FICHE" in lines
    sheet = folder.with_name("71-2026-12-10-2") / "7-feuille-de-seance.xlsx"
    assert lines[-1] == f'Après la séance : dts session record "{sheet}" ; puis : dts report 71'


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["71"], "Il manque le jour de la séance."),
        (["71", "--date", "2026-12-10", "--format", "5h"], "Aucun déroulé ne dure « 5h »."),
        (["71", "--date", "2026-12-10", "--story", "F-99"], "La fiche « F-99 » n'est pas de"),
        (["Atlantide", "--date", "2026-12-10"], "Aucun territoire ne porte le code ou le nom"),
    ],
)
def test_a_wrong_request_is_answered_and_nothing_is_written(
    book: Path, words: list[str], answer: str
) -> None:
    before = sorted((book / "reports").rglob("*"))
    done = dts("session", "prepare", *words, book=book)
    assert done.exit_code == 2
    assert done.stderr.startswith(answer)
    assert sorted((book / "reports").rglob("*")) == before


def test_help_is_french_to_the_last_word() -> None:
    shown = CliRunner().invoke(main, ["session", "prepare", "--help"], prog_name="dts").output
    assert "Exemple : dts session prepare 71 --date 2026-12-10" in shown
    assert "required" not in shown
