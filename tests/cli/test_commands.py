"""What each command does, prints and returns; what it answers to a wrong request."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dts_research.cli import main
from dts_research.cli.listing import lines_of
from dts_research.cli.making import Order


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Stand in a folder that is in no workbook."""
    monkeypatch.delenv("DTS_WORKBOOK", raising=False)
    monkeypatch.chdir(tmp_path)


def dts(*words: object, book: Path | None = None) -> Result:
    chosen = ["--workbook", str(book)] if book else []
    return CliRunner().invoke(main, [*chosen, *map(str, words)], prog_name="dts")


def one_value(result: Result) -> Any:
    """The one JSON value on standard output."""
    return json.loads(result.stdout)


def refused(result: Result, code: int) -> str:
    """Check that a refusal is one short French answer, and give it."""
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert 1 <= len(result.stderr.strip().splitlines()) <= 3
    return result.stderr


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A workbook just made."""
    folder = tmp_path / "classeur"
    assert dts("init", folder).exit_code == 0
    return folder


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with the demo received."""
    folder = tmp_path_factory.mktemp("recu") / "classeur"
    assert dts("init", folder, "--demo").exit_code == 0
    result = dts("receive", "--json", book=folder)
    assert result.exit_code == 0, result.output
    return folder


def test_init_lays_a_folder_out_and_never_twice(tmp_path: Path) -> None:
    folder = tmp_path / "mon classeur"
    assert one_value(dts("init", folder, "--json")) == {"workbook": str(folder)}
    assert (folder / "data" / "workbook.toml").is_file()
    assert (folder / "notebooks" / "plan.toml").is_file()
    assert (folder / "notebooks" / "territory.ipynb").is_file()
    before = (folder / "data" / "workbook.toml").read_bytes()
    assert "déjà" in refused(dts("init", folder), 2)
    assert (folder / "data" / "workbook.toml").read_bytes() == before


def test_init_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("x", encoding="utf-8")
    refused(dts("init", tmp_path / "fichier" / "classeur"), 1)
    assert (tmp_path / "fichier").read_text(encoding="utf-8") == "x"


def test_receive_counts_every_row(tmp_path: Path, demo_inbox: list[Path]) -> None:
    folder = tmp_path / "classeur"
    dts("init", folder)
    result = dts("receive", *demo_inbox, "--json", book=folder)
    assert result.exit_code == 0, result.output
    for one in one_value(result):
        parts = ("accepted", "quarantined", "duplicates", "withdrawn")
        assert one["read"] == sum(one[part] for part in parts)
        assert {"file", "table", "repairs", "issues"} <= one.keys()
    again = one_value(dts("receive", *demo_inbox, "--json", book=folder))
    assert sum(one["accepted"] for one in again) == 0
    assert sum(one["duplicates"] for one in again) == sum(one["read"] for one in again)


def test_receive_with_refused_rows_ends_with_1_and_brings_them_back(fresh: Path) -> None:
    bad = fresh / "data" / "inbox" / "sessions.csv"
    bad.write_text(
        "session_id,level,date\nSE-1,local,2024-05-02\n,local,2024-05-03\n", encoding="utf-8"
    )
    result = dts("receive", "--json", "--table", "sessions", book=fresh)
    (one,) = one_value(result)
    assert result.exit_code == 1
    assert one["quarantined"] >= 1
    assert one["issues"][0]["message"]
    assert list((fresh / "data" / "quarantine").glob("*.xlsx"))


@pytest.mark.parametrize(
    ("name", "content"),
    [("vide.csv", b""), ("photo.xlsx", b"\x89PNG\r\n"), ("rien.xls", b"\x00" * 40)],
)
def test_a_file_that_cannot_be_read_is_said_in_a_sentence(
    fresh: Path, name: str, content: bytes
) -> None:
    path = fresh / name
    path.write_bytes(content)
    result = dts("receive", path, book=fresh)
    assert result.exit_code == 3, result.output
    assert name in result.stderr
    assert "Traceback" not in result.output
    assert path.read_bytes() == content
    value = one_value(dts("receive", path, "--json", book=fresh))
    assert value[0]["error"]


def test_one_bad_file_does_not_stop_the_others(fresh: Path, demo_inbox: list[Path]) -> None:
    bad = fresh / "absent.csv"
    good = next(path for path in demo_inbox if path.stem == "sessions")
    result = dts("receive", bad, good, "--json", book=fresh)
    assert result.exit_code == 1
    assert [one["accepted"] > 0 for one in one_value(result)].count(True) == 1


def test_wrong_requests_are_answered_in_a_sentence(received: Path) -> None:
    assert "Table « rien »" in refused(dts("list", "rien", book=received), 2)
    assert "rien" in refused(dts("receive", "--table", "rien", book=received), 2)
    assert "Atlantide" in refused(dts("report", "Atlantide", book=received), 2)
    assert "01" in refused(dts("report", "1", book=received), 2)
    assert refused(dts("report", "71", "-p", "couleur=bleu", book=received), 2)
    assert refused(dts("report", "71", "-p", "sans-egal", book=received), 2)


def test_a_threshold_under_the_floor_is_refused_for_protection(received: Path) -> None:
    result = dts("report", "09", "-p", "min_count=2", book=received)
    assert result.exit_code in (1, 4), result.output
    assert "plancher" in result.output
    assert "Traceback" not in result.output


def test_without_a_workbook(tmp_path: Path) -> None:
    for words in (["check"], ["list"], ["receive"], ["report"], ["history"]):
        assert "dts init" in refused(dts(*words), 2)
    refused(dts("check", book=tmp_path / "absent"), 2)


def test_without_a_store(fresh: Path) -> None:
    for words in (["check"], ["report"], ["history"], ["list", "experiences"]):
        assert "dts receive" in refused(dts(*words, book=fresh), 3)
    assert "aucun fichier" in refused(dts("receive", book=fresh), 3)


def test_a_broken_store_is_said_and_left_as_it_is(fresh: Path) -> None:
    store = fresh / "data" / "store" / "workbook.sqlite"
    store.parent.mkdir(parents=True, exist_ok=True)
    store.write_bytes(b"pas une base" * 500)
    assert "lisible" in refused(dts("check", book=fresh), 3)
    assert store.read_bytes() == b"pas une base" * 500


def test_broken_settings_are_said(fresh: Path) -> None:
    (fresh / "data" / "workbook.toml").write_text("name = ", encoding="utf-8")
    assert "workbook.toml" in refused(dts("list", book=fresh), 2)


def test_every_command_works_from_any_folder_inside(
    received: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for inside in (received, received / "data" / "inbox", received / "notebooks"):
        monkeypatch.chdir(inside)
        assert dts("history").exit_code == 0


@pytest.mark.parametrize(
    "words",
    [["check"], ["list"], ["list", "experiences"], ["list", "decisions"], ["history"]],
    ids=" ".join,
)
def test_json_is_one_value_and_nothing_else(received: Path, words: list[str]) -> None:
    result = dts(*words, "--json", book=received)
    assert result.exit_code == 0, result.output
    value = one_value(result)
    assert isinstance(value, list)
    plain = dts(*words, book=received)
    assert plain.exit_code == 0
    with pytest.raises(json.JSONDecodeError):
        json.loads(plain.stdout)


def test_list_says_where_each_report_stands(received: Path) -> None:
    reports = one_value(dts("list", "--json", book=received))
    keys = {"id", "notebook", "territory", "parameters", "audience", "state", "why", "made_at"}
    assert all(keys | {"outputs"} <= one.keys() for one in reports)
    assert {"71", "2A", "01", "971"} <= {one["territory"] for one in reports}
    assert len({one["id"] for one in reports}) == len(reports)
    assert {one["state"] for one in reports} == {"missing"}


def test_list_gives_the_records_of_a_table(received: Path) -> None:
    rows = one_value(dts("list", "experiences", "--json", book=received))
    assert len(rows) >= 60
    assert all(row["id"] == row["experience_id"] for row in rows)


def test_check_with_an_error_ends_with_1(received: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copie"
    shutil.copytree(received, folder)
    with sqlite3.connect(folder / "data" / "store" / "workbook.sqlite") as db:
        db.execute("UPDATE t_decisions SET session_id='SE-NULLE-PART'")
    db.close()
    result = dts("check", "--json", book=folder)
    assert result.exit_code == 1
    assert any(issue["rule"] == "reference" for issue in one_value(result))


def test_codebook_is_written_where_asked(tmp_path: Path) -> None:
    out = tmp_path / "dictionnaire.html"
    assert dts("codebook", out).exit_code == 0
    assert "<html" in out.read_text(encoding="utf-8")
    refused(dts("codebook", tmp_path / "absent" / "page.html"), 1)


def test_one_report_is_made_then_up_to_date(received: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copie"
    shutil.copytree(received, folder)
    result = dts("report", "09", "--json", book=folder)
    assert result.exit_code == 0, result.output
    value = one_value(result)
    assert len(value["made"]) == 1
    assert value.keys() >= {"made", "skipped", "failed", "seconds", "outputs"}
    outputs = [Path(path) for paths in value["outputs"].values() for path in paths]
    assert {path.suffix for path in outputs} >= {".html", ".pdf"}
    assert all(path.is_file() for path in outputs)
    again = one_value(dts("report", "09", "--json", book=folder))
    assert (len(again["made"]), len(again["skipped"])) == (0, 1)
    states = {r["territory"]: r["state"] for r in one_value(dts("list", "--json", book=folder))}
    assert states["09"] == "fresh"
    assert states["71"] == "missing"


def test_a_page_for_an_official_with_posters_and_an_archive(received: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copie"
    shutil.copytree(received, folder)
    words = ("report", "2A", "--reader", "Elu", "--posters", "--extras", "--strict", "--json")
    result = dts(*words, book=folder)
    assert result.exit_code == 0, result.output
    value = one_value(result)
    (name,) = value["made"]
    files = {Path(path).name for path in value["outputs"][name]}
    endings = (".html", ".pdf", "-diapos.pdf", "-affiches.pdf", "-reprise.zip", ".ipynb",
               ".manifest.json")  # fmt: skip
    assert files == {name + ending for ending in endings}
    assert one_value(dts(*words, book=folder))["skipped"] == [name]
    listed = {r["id"]: r for r in one_value(dts("list", "--json", book=folder))}[name]
    assert listed["variant"] == "Page pour un élu"
    assert listed["formats"] == ["html", "pdf", "slides", "posters", "extras"]
    assert (listed["strict"], listed["faults"], listed["state"]) == (True, 0, "fresh")
    shown = dts("list", book=folder).stdout
    made = r"Page pour un élu · fait le \d\d/\d\d/\d{4} \d\d:\d\d · forme contrôlée · page web, "
    assert re.search(made, shown)
    assert "à refaire" not in shown and max(map(len, shown.splitlines())) <= 100


def test_a_report_with_a_fault_is_refused_and_the_former_one_stays(
    received: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "copie"
    shutil.copytree(received, folder)
    words = ("report", "09", "--formats", "html", "--strict")
    assert dts(*words, book=folder).exit_code == 0
    page = folder / "reports" / "territoire-09.html"
    before = page.read_bytes()
    notebook = folder / "notebooks" / "territory.ipynb"
    content = json.loads(notebook.read_text(encoding="utf-8"))
    code = "from IPython.display import display\ndisplay({'image/png': PNG}, raw=True)"
    png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5C"
    content["cells"].append(
        {"cell_type": "code", "id": "bare", "metadata": {}, "outputs": [],
         "execution_count": None, "source": code.replace("PNG", repr(png + "YII="))}
    )  # fmt: skip
    notebook.write_text(json.dumps(content), encoding="utf-8")
    result = dts(*words, book=folder)
    assert result.exit_code == 1
    assert f"Cellule {len(content['cells'])} : " in result.stdout
    assert "À refaire" not in result.stdout and "Traceback" not in result.output
    assert page.read_bytes() == before
    shown = dts("list", book=folder).stdout
    assert f"Cellule {len(content['cells'])} : " in shown
    assert max(map(len, shown.splitlines())) <= 100
    assert dts("report", "09", "--formats", "html", book=folder).exit_code == 0
    listed = {r["id"]: r for r in one_value(dts("list", "--json", book=folder))}
    assert (listed["territoire-09"]["strict"], listed["territoire-09"]["faults"]) == (False, 1)
    assert "1 défaut" in dts("list", book=folder).stdout


def test_formats_are_chosen_by_their_french_names(received: Path) -> None:
    said = refused(dts("report", "09", "--formats", "html,word", book=received), 2)
    assert "« word »" in said and "html, pdf, diapos, affiches, reprise" in said
    assert Order(formats="Diapos, PDF").kinds() == ("pdf", "slides")
    assert Order(extras=True).kinds() == ("html", "pdf", "slides", "extras")
    assert Order(formats="affiches", extras=True).kinds() == ("posters", "extras")
    assert Order(reader="ÉLU", parameters=("period=2024",)).values() == [
        "reader=élu", "period=2024",
    ]  # fmt: skip
    assert Order(parameters=("reader=elu",)).values() == ["reader=élu"]
    assert "élu, animateur, chercheur" in refused(
        dts("report", "09", "--reader", "préfet", book=received), 2
    )


def test_a_page_for_an_official_says_who_may_read_it(received: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copie"
    shutil.copytree(received, folder)
    words = ("report", "2A", "--reader", "élu", "--formats", "html")
    said = "Cette page contient ce que le collectif du territoire peut lire ;\n"
    said += "pour la remettre en dehors : --audience public\n"
    assert said in dts(*words, book=folder).stdout
    assert "peut lire" not in dts(*words, "--audience", "public", book=folder).stdout


def test_a_variant_is_asked_for_by_the_id_that_the_list_gives(
    received: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "copie"
    shutil.copytree(received, folder)
    made = one_value(
        dts("report", "09", "--formats", "html", "-p", "period=2024", "--json", book=folder)
    )
    (name,) = made["made"]
    again = dts("report", name, "--formats", "html", book=folder)
    assert "0 rapport fait, 1 déjà à jour" in again.stdout, again.output
    (row,) = one_value(dts("why", name, "--json", book=folder))
    assert (row["id"], row["variant"], row["state"]) == (name, "période : 2024", "fresh")
    (folder / "reports" / f"{name}.html").unlink()
    told = dts("report", "09", "--formats", "html", book=folder).stdout
    assert "Restent à refaire, pour d'autres lecteurs ou périodes : 1 rapport." in told
    assert f"    dts report {name}\n" in told
    assert one_value(dts("report", "--only", "*period-2024", "--json", book=folder))["made"]


def test_a_cycle_or_a_place_that_nothing_names_is_refused_and_leaves_nothing(
    received: Path,
) -> None:
    assert "C9" in refused(dts("report", "09", "-p", "cycle=C9", book=received), 2)
    assert "zz" in refused(dts("report", "09", "-p", "reference=zz", book=received), 2)
    ids = [row["id"] for row in one_value(dts("list", "--json", book=received))]
    assert not [name for name in ids if "C9" in name or "zz" in name]
    assert one_value(dts("why", "territoire-09", "--json", book=received))


def test_of_several_faults_the_list_says_the_first_on_one_line() -> None:
    why = "Ce document ne peut pas être publié :\n- Cellule 3 : a\n- Cellule 5 : b\n- c\n Corriger."
    row = {"id": "territoire-01", "label": "Ain", "state": "failed", "why": why, "variant": "",
           "strict": False, "faults": 0, "formats": [], "made_at": None,
           "standing": ""}  # fmt: skip
    line, count = lines_of([row], None)
    assert line.endswith("en échec (Cellule 3 : a et 2 autres)") and count == "1 rapport"
    long = row | {"why": why.replace(": a", ": " + "une image sans description " * 9)}
    head, told, _ = lines_of([long], None)
    assert head.endswith("en échec") and len(told) <= 100
    assert told.startswith("    Cellule 3 : une image") and told.endswith("… et 2 autres")


def test_where_the_demonstration_stands_it_is_named(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(fresh)
    assert "démonstration" not in refused(dts("report", "71"), 3)
    demo = fresh / "data" / "demo"
    demo.mkdir()
    (demo / "workbook.toml").write_text("", encoding="utf-8")
    said = refused(dts("report", "71"), 3)
    assert "ou essayer la démonstration : dts --workbook data/demo receive" in said
    (demo / "store").mkdir()
    (demo / "store" / "workbook.sqlite").touch()
    said = refused(dts("report", "Saône-et-Loire"), 3)
    assert "dts --workbook data/demo report Saône-et-Loire" in said


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid"), reason="POSIX permissions")
def test_reports_that_cannot_be_written(received: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copie"
    shutil.copytree(received, folder)
    shutil.rmtree(folder / "reports", ignore_errors=True)
    (folder / "reports").write_text("un fichier", encoding="utf-8")
    refused(dts("report", "09", book=folder), 1)
    assert (folder / "reports").read_text(encoding="utf-8") == "un fichier"


def test_debug_shows_the_traceback(
    fresh: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr("sys.argv", ["dts", "--debug"])
    result = dts("--debug", "check", book=fresh)
    assert result.exception is not None
    assert not isinstance(result.exception, SystemExit)


def test_interruption_is_resumable(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> Callable[..., Any]:
        raise KeyboardInterrupt

    monkeypatch.setattr("dts_research.workbook.open_workbook", stop)
    result = dts("check", book=fresh)
    assert result.exit_code == 130
    assert "reprendra" in result.stderr
