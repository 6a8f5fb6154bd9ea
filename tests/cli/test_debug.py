"""What stumbles on a file says where, when the technical detail is asked for, and only then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dts_research.cli import main
from dts_research.workbook import arrival


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workbook whose program stumbles on one of two files."""
    monkeypatch.delenv("DTS_WORKBOOK", raising=False)
    folder = tmp_path / "classeur"
    assert dts("init", folder).exit_code == 0
    for name in ("bon", "mauvais"):
        text = f"Identifiant de l'acteur;Type d'acteur;Nom diffusable\n{name};commune;Nom\n"
        (folder / "data" / "inbox" / f"{name}.csv").write_text(text, encoding="utf-8")
    real = arrival.receive

    def stumbling(path: Path, **options: Any) -> Any:
        if path.stem == "mauvais":
            raise ZeroDivisionError("là précisément")
        return real(path, **options)

    monkeypatch.setattr(arrival, "receive", stumbling)
    return folder


def dts(*words: object) -> Result:
    return CliRunner().invoke(main, [*map(str, words)], prog_name="dts")


def test_without_debug_it_is_a_sentence_and_the_gesture(book: Path) -> None:
    done = dts("--workbook", book, "receive")
    assert done.exit_code == 1
    assert done.stderr == (
        "mauvais.csv : Ce fichier a mis le programme en défaut (ZeroDivisionError) ; il n'est pas "
        "reçu.\n→ Recommencer avec « dts --debug receive », et transmettre ce qui s'affiche à qui "
        "maintient le classeur.\n"
    )
    assert "bon.csv : 1 ligne lue = 1 acceptée" in done.stdout


def test_with_debug_the_place_is_shown_and_the_other_file_is_received(book: Path) -> None:
    done = dts("--debug", "--workbook", book, "receive")
    assert done.exit_code == 1
    assert "Traceback" in done.stderr and "in stumbling" in done.stderr
    assert "ZeroDivisionError: là précisément" in done.stderr
    assert "bon.csv : 1 ligne lue = 1 acceptée" in done.stdout
