"""What ``dts why`` says of a report: what it depends on, where it stands, what changed since."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dts_research.cli import main


def dts(book: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--workbook", str(book), *words], prog_name="dts")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, demo_book: Any) -> Iterator[Path]:
    """The demo with one report made, as a page."""
    folder = tmp_path_factory.mktemp("pourquoi") / "classeur"
    assert CliRunner().invoke(main, ["init", str(folder), "--demo"]).exit_code == 0
    shutil.copytree(demo_book.workspace.store.parent, folder / "data" / "store", dirs_exist_ok=True)
    result = dts(folder, "report", "09", "--formats", "html")
    assert result.exit_code == 0, result.output
    yield folder


def why(book: Path, name: str) -> dict[str, Any]:
    result = dts(book, "why", name, "--json")
    assert result.exit_code == 0, result.output
    (found,) = json.loads(result.stdout)
    return dict(found)


def test_why_tells_a_report_in_full(made: Path) -> None:
    told = why(made, "territoire-09")
    assert (told["state"], told["why"], told["label"]) == ("fresh", "", "Ariège")
    read = {one["table"]: one for one in told["reads"]}
    sheets = read["experiences"]
    assert sheets["title"] == "Fiches d'expérience"
    assert [one["file"] for one in sheets["files"]] == ["experiences.csv"]
    assert sheets["records"] == sum(one["records"] for one in sheets["files"]) > 0
    assert told["notebook"]["file"] == "territory.ipynb"
    assert told["parameters"]["territory"] == "09" and told["parameters"]["min_count"] == 5
    names = [one["file"] for one in told["outputs"]]
    kept = [f"carnets/territoire-09{end}" for end in (".ipynb", ".manifest.json")]
    assert names == ["territoire-09.html", *kept]
    assert all(Path(one["path"]).stat().st_size == one["bytes"] for one in told["outputs"])
    assert (told["changes"], told["received_since"], told["comments"]) == ([], [], [])
    manifest = json.loads(Path(told["outputs"][-1]["path"]).read_text(encoding="utf-8"))
    assert (told["imprint"], told["engine"]) == (manifest["imprint"], "warm")


def test_why_speaks_french(made: Path) -> None:
    shown = dts(made, "why", "Ariège").stdout
    lines = shown.splitlines()
    assert lines[:3] == ["territoire-09 · Ariège", "Où il en est", "    À jour."]
    mark = why(made, "09")["imprint"][:8]
    assert re.fullmatch(rf"    Fait le .{{16}}, en \d+,\d s ; empreinte {mark}\.", lines[3])
    told = why(made, "09")
    (sheets,) = [one["records"] for one in told["reads"] if one["table"] == "experiences"]
    many = f"{sheets} enregistrement{'s' if sheets > 1 else ''}"
    assert f"    Fiches d'expérience : {many}, de experiences.csv ({sheets})." in lines
    circle = "le territoire : ne pas diffuser au-delà sans l'accord de l'animation"
    assert f"    Public : {circle}." in lines
    assert "    Commentaires : aucun." in lines
    assert "Ce qui a changé depuis" not in lines and "Traceback" not in shown
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("name", ["territoire-09", "09", "ariege", "Ariège"])
def test_a_report_answers_to_all_its_names(name: str, made: Path) -> None:
    assert why(made, name)["id"] == "territoire-09"


def test_a_report_answers_to_the_imprint_printed_on_it(made: Path) -> None:
    page = (made / "reports" / "territoire-09.html").read_text(encoding="utf-8")
    (mark,) = re.findall(r"dts why ([0-9a-f]{8})", page)
    assert why(made, mark)["id"] == "territoire-09"
    lost = dts(made, "why", "0000aaaa")
    assert lost.exit_code == 2
    assert "Aucun rapport de ce classeur ne porte l'empreinte « 0000aaaa »." in lost.stderr


def test_an_unknown_name_is_answered_with_the_nearest(made: Path) -> None:
    for name, said in {
        "teritoire-09": "Vouliez-vous dire « territoire-09 » ?",
        "Arieje": "« Ariège » (09)",
    }.items():
        result = dts(made, "why", name)
        assert (result.exit_code, result.stdout) == (2, "")
        assert said in result.stderr and "Traceback" not in result.stderr
    many = dts(made, "why", "territoire")
    assert many.exit_code == 2
    assert re.search(r"« territoire » nomme \d+ rapports à la fois\.", many.stderr)


def test_what_was_never_made_says_so(made: Path) -> None:
    lines = dts(made, "why", "2A").stdout.splitlines()
    assert lines[:3] == [
        "territoire-2A · Corse-du-Sud", "Où il en est", "    À faire : il n'a jamais été fait.",
    ]  # fmt: skip
    assert "Ses fichiers" not in lines


def test_what_changed_since_is_told(made: Path, tmp_path: Path) -> None:
    book = tmp_path / "classeur"
    shutil.copytree(made, book)
    notebook = book / "notebooks" / "territory.ipynb"
    before = why(book, "09")["notebook"]["sha256"][:8]
    notebook.write_bytes(notebook.read_bytes() + b"\n")
    manifest = book / "reports" / "carnets" / "territoire-09.manifest.json"
    older = json.loads(manifest.read_text(encoding="utf-8"))
    now = older["program"]["dependencies"]["pandas"]
    older["program"]["dependencies"]["pandas"] = "2.0.0"
    manifest.write_text(json.dumps(older), encoding="utf-8")
    late = book / "data" / "inbox" / "codes_de_plus.csv"
    late.write_bytes((book / "data" / "inbox" / "codes.csv").read_bytes() + b"\n")
    assert dts(book, "receive", str(late), "--table", "codes").exit_code == 0
    lines = dts(book, "why", "09").stdout
    assert "À refaire : le carnet a changé" in lines
    assert f"    Pandas : version 2.0.0 alors, {now} maintenant." in lines
    assert re.search(rf"    Carnet : empreinte {before} alors, [0-9a-f]{{8}} maintenant\.", lines)
    assert re.search(r"Fichier reçu le .{16} : codes_de_plus\.csv", lines)


def test_list_says_when_a_report_was_made(made: Path) -> None:
    shown = dts(made, "list").stdout
    assert re.search(r"territoire-09 +Ariège +à jour\n    fait le .{16} · page web\n", shown)
    assert re.search(r"territoire-2A +Corse-du-Sud +à faire \(jamais fait\)\n", shown)
