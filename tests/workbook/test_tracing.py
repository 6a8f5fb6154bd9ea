"""Where a value comes from, what a record was before, and what an undo may not bring back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook as Spreadsheet

from dts_research.errors import ProtectionError, RequestError
from dts_research.workbook.arrival import receive_files
from dts_research.workbook.tracing import trace
from dts_research.workbook.undoing import undo
from dts_research.workbook.versions import versions

HEAD = ["Identifiant de la fiche", "Titre", "Missions", "Date de début", "Étape", "Diffusion"]
FIRST = ["F-1", "Une laverie", "M2, M3", "1/2/2024", "En cours", "public"]


def sheet(path: Path, *rows: list[str]) -> Path:
    book = Spreadsheet()
    book.active.title = "Fiches"
    book.active.append(["Fiches du réseau"])
    for row in (HEAD, *rows):
        book.active.append(row)
    book.save(path)
    return path


def table(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def book(new_book: Any) -> Any:
    made = new_book("trace")
    receive(made, sheet(made.workspace.inbox / "fiches.xlsx", FIRST))
    return made


def receive(book: Any, path: Path) -> Any:
    arrivals, refused = receive_files(book, [path])
    assert not refused, [str(error) for _, error in refused]
    return arrivals[0]


def origins(book: Any, record: str, column: str | None = None) -> dict[str, Any]:
    with book.store() as store:
        return {one.column: one for one in trace(store, record, column)}


def test_each_value_says_its_file_sheet_row_column_text_and_rule(book: Any) -> None:
    found = origins(book, "F-1")
    assert found.keys() >= {"experience_id", "title", "missions", "started_on", "stage"}
    for one in found.values():
        assert (one.file, one.sheet, one.row, one.version) == ("fiches.xlsx", "Fiches", 3, 1)
        assert len(one.sha256) == 64 and one.source_column in HEAD
    assert (found["title"].raw, found["title"].rule) == ("Une laverie", "as_written")
    started = found["started_on"]
    assert (started.value, started.raw, started.rule) == ("2024-02-01", "1/2/2024", "read")
    assert found["missions"].raw == "M2, M3" and found["missions"].value == "M2|M3"
    assert found["stage"].raw == "En cours" and found["stage"].value == "en_cours"


def test_a_column_is_named_in_french_or_by_its_field(book: Any) -> None:
    assert list(origins(book, "f-1", "titre")) == ["title"]
    assert list(origins(book, "F-1", "started_on")) == ["started_on"]
    with pytest.raises(RequestError, match="pas une colonne") as refusal:
        origins(book, "F-1", "titrre")
    assert "« Titre »" in refusal.value.fix
    with pytest.raises(RequestError, match="est vide"):
        origins(book, "F-1", "Date de fin")


def test_an_unknown_record_suggests_the_nearest(book: Any) -> None:
    with pytest.raises(RequestError, match="F-11") as refusal:
        origins(book, "F-11")
    assert "F-1" in refusal.value.fix


def test_what_was_set_aside_and_repaired_is_said(book: Any, tmp_path: Path) -> None:
    receive(book, sheet(tmp_path / "b.xlsx", ["F-2", "B", "M1", "31/02/2024", "En cours", ""]))
    aside = origins(book, "F-2", "started_on")["started_on"]
    assert aside.value is None and aside.raw == "31/02/2024"
    assert aside.rule not in ("read", "as_written") and "31/02/2024" in aside.said
    lines = "Identifiant du lieu;Identifiant de la fiche;Département déclaré", "L-1;F-2;1"
    receive(book, table(tmp_path / "lieux.csv", *lines))
    found = origins(book, "L-1")
    assert found["departement_code"].value == "01"
    assert found["departement_code"].rule == "place"
    assert found["stated_departement"].raw in ("1", "01")


def test_versions_say_field_by_field_what_changed(book: Any, tmp_path: Path) -> None:
    receive(book, sheet(tmp_path / "suite.xlsx", [*FIRST[:1], "Une laverie fermée", *FIRST[2:]]))
    with book.store() as store:
        first, second = versions(store, "F-1")
    assert (first["file"], first["changes"]) == ("fiches.xlsx", [])
    assert (second["file"], second["row"], second["version"]) == ("suite.xlsx", 3, 2)
    (change,) = second["changes"]
    assert (change["title"], change["before"], change["after"]) == (
        "Titre", "Une laverie", "Une laverie fermée",
    )  # fmt: skip
    assert origins(book, "F-1", "title")["title"].file == "suite.xlsx"


CONSENT = "Identifiant du consentement;Table;Enregistrement;Niveau;Donné le;Retiré le"


@pytest.fixture
def withdrawn(book: Any, tmp_path: Path) -> Any:
    """Sheets sent twice; then F-1 is taken back."""
    changed = [*FIRST[:1], "Une laverie fermée", *FIRST[2:]]
    receive(book, sheet(tmp_path / "deux.xlsx", changed, ["F-2", *FIRST[1:]]))
    line = f"CS-1;experiences;F-1;quote;2024-01-02;{date.today().isoformat()}"
    receive(book, table(tmp_path / "accords.csv", CONSENT, line))
    return book


def test_rows_of_a_withdrawn_record_sent_again_are_counted_and_not_taken(
    withdrawn: Any, tmp_path: Path
) -> None:
    rows = ["F-1", "Encore", *FIRST[2:]], ["F-3", "Autre", *FIRST[2:]]
    counts = receive(withdrawn, sheet(tmp_path / "c.xlsx", *rows)).reception.counts
    assert (counts.read, counts.accepted, counts.withdrawn) == (2, 1, 1)
    with withdrawn.store() as store:
        assert "Encore" not in set(store.load("experiences")["title"])
    assert set(withdrawn.frames("experiences")[0]["experience_id"]) == {"F-2", "F-3"}


def test_a_withdrawn_record_is_neither_traced_nor_told(withdrawn: Any) -> None:
    with pytest.raises(ProtectionError, match="retiré"):
        origins(withdrawn, "F-1")
    with withdrawn.store() as store, pytest.raises(ProtectionError, match="retiré"):
        versions(store, "F-1")


def test_an_undo_stops_at_a_withdrawal(withdrawn: Any) -> None:
    with withdrawn.store() as store:
        state = store.state()
    with pytest.raises(ProtectionError, match="CS-1"):
        undo(withdrawn, 3)
    with pytest.raises(ProtectionError, match="F-1"):
        undo(withdrawn, 2)
    with withdrawn.store() as store:
        assert store.state() == state


def test_an_undone_file_may_be_received_again(book: Any) -> None:
    with book.store() as store:
        digest = store.digest()
    undone = undo(book, 1)
    assert undone.removed == (("experiences", "F-1"),)
    assert book.frames("experiences")[0].empty
    counts = receive(book, book.workspace.inbox / "fiches.xlsx").reception.counts
    assert (counts.accepted, counts.duplicates) == (1, 0)
    with book.store() as store:
        assert store.digest() == digest


def test_an_id_made_for_a_submission_is_said_made_and_has_no_column(
    book: Any, tmp_path: Path
) -> None:
    head = "title,started_on,missions,_id,_uuid,_submission_time,_index"
    tail = "901,11111111-aaaa-4aaa-8aaa-aaaaaaaaaaaa,2026-03-01T10:00:00,1"
    arrival = receive(book, table(tmp_path / "kobo.csv", head, f"Un repas,2024-02-01,M1,{tail}"))
    record = arrival.reception.accepted["experiences"]["experience_id"].iloc[0]
    made = origins(book, record)["experience_id"]
    assert (made.source_column, made.raw, made.rule) == ("", None, "made")
    assert made.said == "fait à la réception"
