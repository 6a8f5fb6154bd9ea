"""What leaves with a bundle, what stays at home, and what its reader opens."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from dts_research.errors import MaterialError
from dts_research.reflection.bundles_making import export_territory
from dts_research.reflection.bundles_reading import read_bundle

lots = SimpleNamespace(**run_path(str(Path(__file__).with_name("bundled.py"))))


@pytest.fixture(scope="module")
def book(new_book: Any) -> Any:
    """A territory that keeps things for itself, and from which one thing was taken back."""
    texts = [("CO-71-01", "network"), ("CO-71-02", "territory"), ("CO-71-03", "private"),
             ("CO-71-04", None), ("CO-71-05", "public"), ("CO-71-06", "network")]  # fmt: skip
    contributions = [{**lots.CONTRIBUTIONS[0], "contribution_id": key, "diffusion": level,
                      "text": f"=Dit dans {key}"} for key, level in texts]  # fmt: skip
    elsewhere = {**lots.SESSION, "session_id": "SE-13-01", "territory_id": "13"}
    made = new_book(
        "foyer", sessions=pd.DataFrame([lots.SESSION, elsewhere]),
        decisions=pd.DataFrame(lots.DECISIONS), contributions=pd.DataFrame(contributions),
    )  # fmt: skip
    lots.told(made, "consents", {
        "consent_id": "CS-1", "record_table": "contributions", "record_id": "CO-71-06",
        "level": "quote", "given_on": "2026-03-12", "withdrawn_on": "2026-04-01",
    })  # fmt: skip
    lots.comment(made, "prete", "---\nétat : diffusable\ndiffusion : réseau\n---\n\nPrête.\n")
    lots.comment(made, "brouillon", "---\nétat : brouillon\n---\n\nPas prête.\n")
    lots.comment(made, "sans-diffusion", "---\nétat : diffusable\n---\n\nSans mention.\n")
    lots.comment(made, "corps", "Lu.\n\ndiffusion : public\n")
    head = "---\nétat : diffusable\ndiffusion : territoire\n---\n"
    lots.comment(made, "interne", f"{head}\nEntre nous.\n")
    return made


def contributions_of(path: Path) -> list[str]:
    return sorted(key for table, key in read_bundle(path).things if table == "contributions")


def test_what_the_territory_keeps_stays(book: Any, tmp_path: Path) -> None:
    made = export_territory(book, "71", path := tmp_path / "lot.zip")
    assert contributions_of(path) == ["CO-71-01", "CO-71-05"]
    assert list(made.stayed.sentences()) == [
        "1 ligne retirée : elle ne sort jamais",
        "3 lignes : leur diffusion les garde au territoire",
        "4 commentaires : leur diffusion les garde au territoire",
    ]
    assert [key for table, key in read_bundle(path).things if table == "texts"] == [
        "71/tous/prete.md"
    ]
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert b"CO-71-06" in whole  # the withdrawal itself has to reach the other copies
    forbidden = ("Dit dans CO-71-06", "Dit dans CO-71-03", "Entre nous", "Pas prête",
                 "Sans mention", "diffusion : public")  # fmt: skip
    for said in forbidden:
        assert said.encode() not in whole
    assert content


def test_all_lets_out_what_diffusion_keeps_and_never_what_was_taken_back(
    book: Any, tmp_path: Path
) -> None:
    made = export_territory(book, "71", path := tmp_path / "lot.zip", everything=True)
    assert contributions_of(path) == [f"CO-71-0{n}" for n in range(1, 6)]
    assert list(made.stayed.sentences()) == ["1 ligne retirée : elle ne sort jamais"]
    with zipfile.ZipFile(path) as archive:
        told = archive.read("LISEZ-MOI.txt").decode()
    assert (
        "Ce fichier porte aussi ce que le territoire garde pour lui : ne pas le faire suivre."
        in told
    )


def test_only_this_territory_leaves(book: Any, tmp_path: Path) -> None:
    export_territory(book, "71", path := tmp_path / "lot.zip")
    assert ("sessions", "SE-13-01") not in read_bundle(path).things
    assert ("sessions", "SE-71-01") in read_bundle(path).things


def test_the_same_contributions_make_the_same_bytes(book: Any, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.zip", "b.zip")]
    for path in paths:
        export_territory(book, "71", path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_anybody_opens_it(book: Any, tmp_path: Path) -> None:
    export_territory(book, "71", path := tmp_path / "lot.zip")
    with zipfile.ZipFile(path) as archive:
        told = archive.read("LISEZ-MOI.txt").decode()
        sheet = archive.read("tableaux/contributions.csv").decode("utf-8-sig")
        manifest = json.loads(archive.read("manifeste.json"))
        assert archive.read("commentaires/71/tous/prete.md").decode().endswith("Prête.\n")
    assert told.startswith("Contributions : Saône-et-Loire\nClasseur « foyer », état au ")
    assert "- tableaux/contributions.csv : Contributions des séances, 2 lignes" in told
    assert "- 3 lignes : leur diffusion les garde au territoire" in told
    rows = list(csv.DictReader(io.StringIO(sheet), delimiter=";"))
    assert [row["Énoncé"] for row in rows] == ["'=Dit dans CO-71-01", "'=Dit dans CO-71-05"]
    assert set(manifest["files"]) == set(zipfile.ZipFile(path).namelist()) - {"manifeste.json"}


def test_a_former_version_leaves_no_further_than_its_own_diffusion(
    book: Any, tmp_path: Path
) -> None:
    other = lots.copy_of(book, tmp_path / "autre")
    row = {**lots.CONTRIBUTIONS[0], "contribution_id": "CO-71-03", "text": "Dit à tous."}
    lots.told(other, "contributions", {**row, "diffusion": "network"})
    export_territory(other, "71", path := tmp_path / "lot.zip")
    versions = read_bundle(path).things["contributions", "CO-71-03"].versions.values()
    assert sorted(str((one.says or {}).get("text")) for one in versions) == ["Dit à tous.", "None"]


def test_names_that_may_not_be_said_do_not_leave(demo_book: Any, tmp_path: Path) -> None:
    export_territory(demo_book, "71", path := tmp_path / "lot.zip")
    (version,) = read_bundle(path).things["structures", "S-71-AI-02"].versions.values()
    assert (version.says or {})["label"] == "Structure non nommée (AI)"
    (structures,) = demo_book.frames("structures")
    with demo_book.store() as store:
        name = store.record("structures", "S-71-AI-02")["label"]
    assert name not in set(structures["label"])
    with zipfile.ZipFile(path) as archive:
        whole = "".join(archive.read(one).decode() for one in archive.namelist())
    assert name not in whole


def test_a_territory_without_anything_says_so(book: Any, tmp_path: Path) -> None:
    with pytest.raises(MaterialError) as caught:
        export_territory(book, "2A", tmp_path / "lot.zip")
    assert caught.value.message == "« Corse-du-Sud » n'a rien à faire sortir."
    assert not (tmp_path / "lot.zip").exists()


def test_the_national_level_leaves_too(demo_book: Any, tmp_path: Path) -> None:
    export_territory(demo_book, "reseau", path := tmp_path / "lot.zip")
    assert ("sessions", "SE-NAT-01") in read_bundle(path).things
    assert not [key for table, key in read_bundle(path).things if table == "experiences"]


def test_one_cycle_leaves_alone(demo_book: Any, tmp_path: Path) -> None:
    export_territory(demo_book, "71", path := tmp_path / "lot.zip", cycle="C1", everything=True)
    things = read_bundle(path).things
    assert {key for table, key in things if table == "sessions"} == {"SE-71-01", "SE-71-02"}
    assert ("decisions", "D-71-03") in things
    assert ("decisions", "D-71-09") not in things
    assert {key for table, key in things if table == "cycles"} == {"C1"}


def test_a_prepared_session_leaves_between_people_of_the_territory_only(
    book: Any, tmp_path: Path
) -> None:
    une, autre = (lots.copy_of(book, tmp_path / name) for name in ("une", "autre"))
    journal = une.workspace.data / "sessions" / "prepared.jsonl"
    journal.parent.mkdir()
    lines = [
        {"session_id": f"SE-{code}-2026-12-10-ab12", "territory": code, "date": "2026-12-10"}
        for code in ("71", "13")
    ]
    journal.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    made = export_territory(une, "71", tmp_path / "reseau.zip")
    assert made.counts["seances.jsonl"] == 0
    assert "1 vue gardée ou séance préparée : elle est pour le territoire" in list(
        made.stayed.sentences()
    )
    lots.joined_all(autre, [lots.bundle(une, tmp_path, "tout")])
    there = (autre.workspace.data / "sessions" / "prepared.jsonl").read_text("utf-8")
    assert [json.loads(line) for line in there.splitlines()] == lines[:1]
