"""dts trace, dts undo and dts history: what they print, their JSON, their exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dts_research.cli import main

HEAD = "Identifiant de l'acteur;Type d'acteur;Nom diffusable\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a workbook with two files received, the second one correcting the first."""
    monkeypatch.delenv("DTS_WORKBOOK", raising=False)
    made = tmp_path / "classeur"
    assert dts("init", made).exit_code == 0
    monkeypatch.chdir(made)
    for name, text in (
        ("un", "A-1;commune;Avant\nA-2;commune;Deux\n"),
        ("deux", "A-1;commune;Après\n"),
    ):
        path = made / "data" / "inbox" / f"{name}.csv"
        path.write_text(HEAD + text, encoding="utf-8")
        assert dts("receive", path).exit_code == 0
    return made


def dts(*words: object, answer: str | None = None) -> Result:
    return CliRunner().invoke(main, [*map(str, words)], prog_name="dts", input=answer)


def value(*words: object) -> Any:
    result = dts(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_trace_says_where_a_value_comes_from() -> None:
    (one,) = value("trace", "A-1", "Nom diffusable")
    assert {k: one[k] for k in ("record", "column", "value", "raw", "file", "sheet", "row")} == {
        "record": "A-1", "column": "label", "value": "Après", "raw": "Après",
        "file": "deux.csv", "sheet": "", "row": 2,
    }  # fmt: skip
    assert one["rule"] == "as_written"
    shown = dts("trace", "A-1").stdout
    assert "deux.csv, ligne 2 (import n° 2)" in shown and "Nom diffusable : Après" in shown
    assert "dts history A-1" in shown


def test_trace_of_the_unknown_is_answered_in_a_sentence() -> None:
    result = dts("trace", "A-3")
    assert result.exit_code == 2 and result.stdout == ""
    assert "A-3" in result.stderr and "Le plus proche : A-" in result.stderr
    assert dts("trace", "A-1", "Nomm").exit_code == 2


def test_history_lists_imports_then_the_versions_of_a_record() -> None:
    assert [(one["import_id"], one["file"], one["read"]) for one in value("history")] == [
        (1, "un.csv", 2), (2, "deux.csv", 1),
    ]  # fmt: skip
    first, second = value("history", "A-1")
    assert first["changes"] == []
    (change,) = second["changes"]
    assert (change["before"], change["after"]) == ("Avant", "Après")
    assert "Nom diffusable : « Avant » → « Après »" in dts("history", "A-1").stdout


def test_of_two_long_texts_the_history_shows_where_they_part(folder: Path) -> None:
    for end in ("jaune", "verte"):
        path = folder / "data" / "inbox" / "long.csv"
        path.write_text(f"{HEAD}A-9;commune;{'mot ' * 50}{end}\n", encoding="utf-8")
        dts("receive", path)
    shown = dts("history", "A-9").stdout
    assert "mot jaune »" in shown and "mot verte »" in shown
    assert max(map(len, shown.splitlines())) < 200


def test_a_change_is_said_at_the_reception_and_one_back_too(folder: Path) -> None:
    shown = dts("receive", folder / "data" / "inbox" / "un.csv").stdout
    assert "2 lignes lues = 1 acceptée + 1 déjà reçue" in shown
    assert (
        "1 ligne modifiée (A-1), l'état d'avant est gardé, dont 1 revient à un état antérieur"
        in shown
    )
    again = dts("receive", folder / "data" / "inbox" / "un.csv").stdout
    assert "2 lignes lues = 2 déjà reçues (import n° 3" in again


def test_undo_asks_and_takes_the_last_import_back() -> None:
    refused = dts("undo")
    assert refused.exit_code == 2 and "--yes" in refused.stderr
    assert "Rien n'a été annulé" in dts("undo", answer="non\n").stdout
    assert len(value("history")) == 2 and value("history")[1]["undone_at"] is None
    done = dts("undo", answer="oui\n")
    assert done.exit_code == 0
    assert "Import n° 2 annulé (deux.csv)." in done.stdout and "1 revenu" in done.stdout
    (one,) = value("trace", "A-1", "label")
    assert (one["value"], one["file"], one["version"]) == ("Avant", "un.csv", 1)
    assert value("history")[1]["undone_at"]
    assert "annulé le" in dts("history").stdout


def test_an_older_import_told_again_since_is_refused_by_name() -> None:
    result = dts("undo", 1, "--yes")
    assert result.exit_code == 2
    assert re.search(r"n° 2 \(deux.csv, reçu le \d\d/\d\d/\d{4}\)", result.stderr)
    assert "dts undo 2" in result.stderr
    assert dts("undo", 7, "--yes").exit_code == 2


def test_undo_of_everything_then_of_nothing() -> None:
    assert value("undo", "--yes")["restored"] == [{"table": "actors", "record": "A-1"}]
    assert len(value("undo", "--yes")["removed"]) == 2
    assert value("undo", "--yes") == {"import": None, "file": None, "removed": [], "restored": []}
    assert "Rien à annuler" in dts("undo").stdout
    assert "il ne reste rien à annuler." in dts("history").stdout
    assert value("list", "actors") == []


def test_list_gives_the_ids_of_a_table() -> None:
    assert [row["id"] for row in value("list", "actors")] == ["A-1", "A-2"]


def test_a_damaged_copy_is_an_error_of_the_check(folder: Path) -> None:
    before = {issue["rule"] for issue in json.loads(dts("check", "--json").stdout)}
    assert "raw_file" not in before
    kept = sorted((folder / "data" / "store" / "raw").iterdir())[0]
    kept.chmod(0o644)
    kept.write_bytes(b"autre chose")
    result = dts("check")
    assert result.exit_code == 1
    assert "Erreur · Fichiers gardés : 1" in result.stdout and "octets" in result.stdout
    (issue,) = [i for i in json.loads(dts("check", "--json").stdout) if i["rule"] == "raw_file"]
    assert (issue["table"], issue["severity"]) == ("imports", "error")


def test_an_interrupted_reception_names_what_was_not_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dts_research.workbook import arrival

    paths = [folder / "data" / "inbox" / f"{name}.csv" for name in ("trois", "quatre")]
    for path in paths:
        path.write_text(f"{HEAD}{path.stem};commune;Nom\n", encoding="utf-8")
    real = arrival.receive

    def interrupted(path: Path, **options: Any) -> Any:
        if path.stem == "quatre":
            raise KeyboardInterrupt
        return real(path, **options)

    monkeypatch.setattr(arrival, "receive", interrupted)
    result = dts("receive", *paths)
    assert result.exit_code == 130
    assert "trois.csv : 1 ligne lue = 1 acceptée" in result.stdout
    assert "Rien n'a été gardé de : quatre.csv." in result.stderr


def test_a_report_names_the_files_it_stands_on() -> None:
    assert dts("trace", "territoire-nulle-part").exit_code == 2
    places = "Identifiant du lieu;Identifiant de la fiche;Code commune déclaré\nL-1;F-1;01053\n"
    sheets = "Identifiant de la fiche;Titre;Missions;Diffusion\nF-1;Une laverie;M1;public\n"
    for name, text in (("lieux", places), ("fiches", sheets)):
        path = Path("data") / "inbox" / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        dts("receive", path)
    found = value("trace", "territoire-01")
    assert {"lieux.csv", "fiches.csv"} <= {one["file"] for one in found}
    assert "territoire-01 s'appuie sur :" in dts("trace", "territoire-01").stdout


def test_what_lies_in_the_inbox_and_is_no_table_is_told(tmp_path: Path) -> None:
    book = tmp_path / "autre"
    assert dts("init", book).exit_code == 0
    inbox = book / "data" / "inbox"
    (inbox / "affiche.pdf").write_bytes(b"%PDF-1.7\n")
    (inbox / "ancien").mkdir()
    (inbox / "~$fiches.xlsx").write_bytes(b"ouvert ailleurs")
    done = dts("--workbook", book, "receive")
    assert done.exit_code == 3
    assert "affiche.pdf » est un PDF, pas un classeur" in done.stderr
    assert "ancien » est un dossier" in done.stderr
    assert "~$" not in done.stderr
