"""``dts forms``: what it writes, where, and what it answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dts_research.cli import main


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Stand in a folder that is in no workbook."""
    monkeypatch.delenv("DTS_WORKBOOK", raising=False)
    monkeypatch.chdir(tmp_path)


def dts(*words: object) -> Result:
    return CliRunner().invoke(main, list(map(str, words)), prog_name="dts")


def test_all_three_are_written_in_the_workbook(tmp_path: Path) -> None:
    book = tmp_path / "classeur"
    assert dts("init", book).exit_code == 0
    said = dts("--workbook", book, "forms")
    assert said.exit_code == 0, said.output
    written = {path.name for path in (book / "data" / "forms").iterdir()}
    assert written == {
        "fiche-experience.xlsx",
        "fiche-experience-kobo.xlsx",
        "fiche-experience.pdf",
    }
    lines = said.stdout.splitlines()
    assert len(lines) == 3
    for line, name in zip(lines, ("Excel", "KoboToolbox", "imprimer")):
        assert name in line.split(" : ")[0]
        assert Path(line.split(" : ")[1]).is_file()


def test_those_asked_for_go_where_they_are_asked(tmp_path: Path) -> None:
    said = dts("forms", "--xlsform", "--excel", "--out", tmp_path / "a" / "b", "--json")
    paths = [Path(path) for path in json.loads(said.stdout)]
    assert [path.name for path in paths] == ["fiche-experience.xlsx", "fiche-experience-kobo.xlsx"]
    assert all(path.parent == tmp_path / "a" / "b" and path.stat().st_size for path in paths)
    assert len(list((tmp_path / "a" / "b").iterdir())) == 2


def test_the_same_command_again_gives_the_same_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert dts("forms", "--excel", "--xlsform", "--out", tmp_path / name).exit_code == 0
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_outside_a_workbook_a_folder_is_asked_for() -> None:
    said = dts("forms")
    assert said.exit_code == 2
    assert "--out" in said.stderr
    assert said.stdout == ""


def test_where_nothing_can_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("x", encoding="utf-8")
    said = dts("forms", "--excel", "--out", tmp_path / "fichier")
    assert said.exit_code == 1
    assert "ne peut pas être écrit" in said.stderr
    assert "Traceback" not in said.stderr
