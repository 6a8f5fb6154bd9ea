"""A file arrives: what is kept, where it is filed, what comes back, what is never touched."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from dts_research.errors import DtsError
from dts_research.workbook import counts_of, open_workbook
from dts_research.workbook.arrival import receive_files

SHEETS = pd.DataFrame(
    {
        "experience_id": ["F-1", "F-2"],
        "title": ["Une laverie", "Un atelier vélo"],
        "missions": ["M1", "M2|M3"],
        "started_on": ["2023-01-10", "2024-02-01"],
        "summary": ["On a ouvert.", "On a fermé."],
        "diffusion": ["public", "private"],
    }
)
PLACES = pd.DataFrame(
    {
        "place_id": ["L-1", "L-2"],
        "experience_id": ["F-1", "F-2"],
        "stated_commune_code": ["2A004", "01053"],
    }
)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "inbox"
    folder.mkdir(parents=True)
    (tmp_path / "data" / "workbook.toml").write_text('name = "Essai"\n', encoding="utf-8")
    SHEETS.to_csv(folder / "experiences.csv", index=False)
    PLACES.to_csv(folder / "experience_places.csv", index=False)
    return folder


@pytest.fixture
def book(inbox: Path):
    return open_workbook(inbox)


def test_received_files_are_read_and_kept_as_they_came(book, inbox: Path) -> None:
    before = {path.name: path.read_bytes() for path in inbox.iterdir()}
    arrivals, refused = receive_files(book, sorted(inbox.iterdir()))
    assert refused == []
    assert {path.name: path.read_bytes() for path in inbox.iterdir()} == before
    for arrival in arrivals:
        kept = list(book.workspace.raw.glob(f"{arrival.reception.sha256}*"))
        assert [path.read_bytes() for path in kept] == [before[arrival.reception.file]]
    experiences, places = book.frames("experiences", "experience_places")
    told = dict(zip(experiences["experience_id"], experiences["missions"]))
    assert told == {"F-1": ("M1",), "F-2": ("M2", "M3")}
    assert dict(zip(places["place_id"], places["departement_code"])) == {"L-1": "2A", "L-2": "01"}


def test_records_are_filed_under_the_territory_of_their_place(book, inbox: Path) -> None:
    receive_files(book, sorted(inbox.iterdir()))
    with book.store() as store:
        for code, record in (("2A", "F-1"), ("01", "F-2")):
            found = store.load("experiences", territory=code)
            assert found["experience_id"].tolist() == [record]
    assert {t.id for t in book.territories()} == {"2A", "01"}


def test_the_order_of_arrival_does_not_matter(book, inbox: Path) -> None:
    for path in sorted(inbox.iterdir(), reverse=True):
        receive_files(book, [path])
    with book.store() as store:
        assert len(store.load("experiences", territory="2A")) == 1


def test_the_same_file_twice_changes_nothing(book, inbox: Path) -> None:
    receive_files(book, sorted(inbox.iterdir()))
    with book.store() as store:
        first = store.digest()
    arrivals, _ = receive_files(book, sorted(inbox.iterdir()))
    for arrival in arrivals:
        counts = arrival.reception.counts
        assert (counts.accepted, counts.duplicates) == (0, counts.read)
    with book.store() as store:
        assert store.digest() == first


def test_a_corrected_file_makes_a_new_version(book, inbox: Path) -> None:
    receive_files(book, sorted(inbox.iterdir()))
    SHEETS.assign(title=["Une laverie fermée", "Un atelier vélo"]).to_csv(
        inbox / "experiences.csv", index=False
    )
    receive_files(book, [inbox / "experiences.csv"])
    with book.store() as store:
        assert store.load("experiences", ids={"F-1"})["title"].tolist() == ["Une laverie fermée"]
        assert store.history("experiences", "F-1")["title"].tolist() == ["Une laverie"]
        assert store.history("experiences", "F-2").empty
        told = store.provenance("experiences", "F-1")
        assert told["file"].tolist() == ["experiences.csv"] * 2
        assert told["row"].tolist() == [2, 2]


def test_a_refused_file_does_not_stop_the_others_nor_leave_a_trace(book, inbox: Path) -> None:
    bad = inbox / "a.xlsx"
    bad.write_bytes(b"PK\x03\x04 broken")
    arrivals, refused = receive_files(book, [bad, inbox / "absent.csv", inbox / "experiences.csv"])
    assert [path.name for path, _ in refused] == ["a.xlsx", "absent.csv"]
    assert all(isinstance(error, DtsError) and error.fix for _, error in refused)
    assert len(arrivals) == 1
    with book.store() as store:
        assert store.imports()["file"].tolist() == ["experiences.csv"]


def test_imports_say_how_many_rows(book, inbox: Path) -> None:
    receive_files(book, sorted(inbox.iterdir()))
    with book.store() as store:
        told = counts_of(store.imports())
    assert told["read"].tolist() == [2, 2]
    parts = told[["accepted", "quarantined", "duplicates", "withdrawn"]].sum(axis=1)
    assert parts.tolist() == told["read"].tolist()


def test_an_arrival_is_plain_json(book, inbox: Path) -> None:
    arrivals, _ = receive_files(book, sorted(inbox.iterdir()))
    for arrival in arrivals:
        value = json.loads(json.dumps(arrival.as_json(), default=str))
        assert value["file"] == arrival.reception.file
        assert value["records"]


def test_nothing_received_is_an_empty_workbook(empty_book) -> None:
    assert empty_book.territories() == []
    (experiences,) = empty_book.frames("experiences")
    assert experiences.empty


def test_a_name_borne_by_several_communes_is_to_confirm(book, inbox: Path) -> None:
    (inbox / "lieux.csv").write_text(
        "Fiche;Commune;Département\nF-1;Saint-Denis;\nF-2;Saint-Denis;93\n", encoding="utf-8"
    )
    arrivals, _ = receive_files(book, [inbox / "experiences.csv", inbox / "lieux.csv"])
    issues = arrivals[1].reception.issues
    told = issues[issues["severity"] == "to_confirm"]
    assert told[["row", "message", "fix"]].values.tolist() == [
        [2, "Des communes de plusieurs départements s'appellent « Saint-Denis » : Aude (11), "
         "Gard (30), Seine-Saint-Denis (93), La Réunion (974)",
         "écrire aussi le code postal ou le département, ou corriger les coordonnées"],
    ]  # fmt: skip
    assert arrivals[1].contradictions == 0
