"""``dts export-territory`` and ``dts merge``, as a facilitator writes them."""

from __future__ import annotations

import json
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from dts_research.cli import main

HERE = Path(__file__).resolve().parent.parent
lots = SimpleNamespace(**run_path(str(HERE / "reflection" / "bundled.py")))


@pytest.fixture
def pair(new_book: Any, tmp_path: Path) -> tuple[Any, Any]:
    start = lots.base(new_book, "commun")
    return lots.copy_of(start, tmp_path / "une"), lots.copy_of(start, tmp_path / "autre")


def dts(book: Any, *words: object) -> Result:
    return CliRunner().invoke(main, ["--workbook", str(book.workspace.data), *map(str, words)])


def happened(book: Any, said: str) -> None:
    lots.told(book, "decisions", {**lots.DECISIONS[0], "what_happened": said})


def test_from_two_machines_to_one_choice(pair: tuple[Any, Any], tmp_path: Path) -> None:
    une, autre = pair
    happened(une, "La mairie a répondu.")
    happened(autre, "Toujours rien.")
    path = tmp_path / "lot.zip"
    made = dts(autre, "export-territory", 71, "--out", path)
    assert made.exit_code == 0
    assert made.stdout.splitlines() == [
        f"Contributions réunies (Saône-et-Loire) : {path}",
        "    Temps collectifs : 1 ; Contributions des séances : 2 ; Décisions : 3.",
    ]
    joined = dts(une, "merge", path)
    assert joined.exit_code == 1  # something waits for a choice
    assert dts(une, "check").stdout.splitlines()[:3] == [
        "À confirmer · Décisions : 1",
        "    D-71-01 : cette ligne a été écrite différemment de deux côtés",
        "    → Choisir dans le classeur que « dts merge » écrit.",
    ]
    target = une.workspace.quarantine / "deux-versions.xlsx"
    lines = joined.stdout.splitlines()
    assert lines[0] == "lot.zip (Saône-et-Loire) : rien de nouveau."
    assert lines[1] == (
        "À choisir : 1 ligne a été écrite différemment de deux côtés ; elle reste comme elle "
        "était, aucune version n'est perdue."
    )
    assert lines[2] == "    Décisions · D-71-01 · Décision 1."
    assert lines[3].endswith("(ce classeur) : Ce qui s'est passé depuis : La mairie a répondu.")
    assert lines[4].endswith("(lot « lot.zip ») : Ce qui s'est passé depuis : Toujours rien.")
    assert lines[5] == (
        f"→ Mettre un x devant la version à garder dans « {target} », puis : dts merge, suivi de "
        "son chemin."
    )
    filled = openpyxl.load_workbook(target)
    sheet = filled["À choisir"]
    cell = next(r for r in sheet.iter_rows(min_row=2) if "Toujours rien." in str(r[3].value))[0]
    cell.value = "X"
    filled.save(target)
    chosen = dts(une, "merge", target)
    assert chosen.exit_code == 0
    assert chosen.stdout.splitlines() == [
        "1 choix pris ; les autres versions restent dans l'historique.", "Rien n'attend de choix."
    ]  # fmt: skip
    assert "« La mairie a répondu. » → « Toujours rien. »" in dts(une, "history", "D-71-01").stdout


def test_a_workbook_that_somebody_began_to_fill_is_not_written_over(
    pair: tuple[Any, Any], tmp_path: Path
) -> None:
    une, autre = pair
    happened(une, "Oui.")
    happened(autre, "Non.")
    path = lots.bundle(autre, tmp_path, "lot")
    dts(une, "merge", path)
    target = une.workspace.quarantine / "deux-versions.xlsx"
    filled = openpyxl.load_workbook(target)
    filled["À choisir"]["A2"] = "x"
    filled.save(target)
    before = target.read_bytes()
    assert "deux-versions-2.xlsx" in dts(une, "merge").stdout
    assert target.read_bytes() == before


def test_nothing_waits(pair: tuple[Any, Any]) -> None:
    done = dts(pair[0], "merge")
    assert (done.exit_code, done.stdout) == (0, "Rien n'attend de choix.\n")


def test_json_is_one_value(pair: tuple[Any, Any], tmp_path: Path) -> None:
    une, autre = pair
    lots.told(autre, "decisions", {**lots.DECISIONS[0], "decision_id": "D-71-09"})
    path = tmp_path / "lot.zip"
    made = json.loads(dts(autre, "export-territory", 71, "--out", path, "--json").stdout)
    assert (made["territory"], made["counts"]["decisions"]) == ("71", 4)
    found = json.loads(dts(une, "merge", path, "--json").stdout)
    assert found["merged"][0]["new"] == {"decisions": ["D-71-09"]}
    assert found["waiting"] == []


def test_a_file_that_is_no_bundle_is_refused_in_one_sentence(
    pair: tuple[Any, Any], tmp_path: Path
) -> None:
    (path := tmp_path / "photo.zip").write_bytes(b"...")
    done = dts(pair[0], "merge", path)
    assert done.exit_code == 3
    assert "photo.zip : « photo.zip » n'est pas un lot de contributions." in done.stderr
    assert "Traceback" not in done.output


def test_all_says_that_it_is_not_to_be_handed_on(pair: tuple[Any, Any], tmp_path: Path) -> None:
    une, _ = pair
    kept = {**lots.DECISIONS[0], "decision_id": "D-71-07", "diffusion": "territory"}
    lots.told(une, "decisions", kept)
    plain = dts(une, "export-territory", 71, "--out", tmp_path / "a.zip").stdout
    assert "    1 ligne : sa diffusion la garde au territoire.\n→ Entre personnes" in plain
    whole = dts(une, "export-territory", 71, "--all", "--out", tmp_path / "b.zip").stdout
    assert (
        "Ce lot porte aussi ce que le territoire garde pour lui : ne le donner qu'à qui y "
        "travaille." in whole
    )


def test_undoing_a_merge_takes_its_comments_back_too(pair: tuple[Any, Any], tmp_path: Path) -> None:
    une, autre = pair
    lots.comment(autre, "figure-1", "Lu.")
    dts(une, "merge", lots.bundle(autre, tmp_path, "lot"))
    assert lots.seen(une)["texts"] == {"71/tous/figure-1.md": "Lu."}
    assert dts(une, "undo", "--yes").exit_code == 0
    assert lots.seen(une)["texts"] == {}


def test_a_bundle_that_is_received_is_sent_to_merge(pair: tuple[Any, Any], tmp_path: Path) -> None:
    une, autre = pair
    path = lots.bundle(autre, tmp_path, "lot")
    done = dts(une, "receive", path)
    assert done.exit_code == 3
    assert "« lot.zip » est un lot de contributions, pas un classeur." in done.stderr
    assert "→ Le joindre : dts merge lot.zip" in done.stderr


def test_out_never_writes_over_another_file(pair: tuple[Any, Any], tmp_path: Path) -> None:
    (path := tmp_path / "notes.docx").write_bytes(b"Mes notes.")
    done = dts(pair[0], "export-territory", 71, "--out", path)
    assert done.exit_code == 2
    assert (
        f"« {path} » existe déjà, et n'est pas un lot de « Saône-et-Loire » fait par ce classeur "
        ": il reste comme il est." in done.stderr
    )
    assert "→ Donner un autre nom avec --out." in done.stderr
    assert path.read_bytes() == b"Mes notes."
