"""What is sent again: an older version, a copy under another name, a corrected mapping."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dts_research.store import Store
from dts_research.workbook.arrival import Arrival, Stopped, receive_files

HEAD = "Identifiant de l'acteur;Type d'acteur;Nom diffusable\n"


@pytest.fixture
def book(new_book: Any) -> Any:
    return new_book("encore")


def received(book: Any, name: str, *rows: str) -> Arrival:
    path = book.workspace.inbox / name
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    arrivals, refused = receive_files(book, [path])
    assert not refused, [str(error) for _, error in refused]
    assert arrivals[0].reception.counts.balanced
    return arrivals[0]


def counts_of(arrival: Arrival) -> tuple[int, int]:
    counts = arrival.reception.counts
    return counts.accepted, counts.duplicates


def label(book: Any, key: str) -> str:
    (actors,) = book.frames("actors")
    return str(actors.set_index("actor_id").loc[key, "label"])


def test_an_older_row_sent_again_is_a_new_version_and_is_said(book: Any) -> None:
    received(book, "a.csv", "A1;commune;Avant", "A2;commune;Autre")
    second = received(book, "b.csv", "A1;commune;Après", "A2;commune;Autre")
    assert counts_of(second) == (1, 1)
    third = received(book, "a.csv", "A1;commune;Avant", "A2;commune;Autre")
    assert counts_of(third) == (1, 1)
    assert third.written["actors"].back == {"A1"}
    assert label(book, "A1") == "Avant"
    with book.store() as store:
        assert store.history("actors", "A1")["label"].tolist() == ["Avant", "Après"]
    assert counts_of(received(book, "a.csv", "A1;commune;Avant", "A2;commune;Autre")) == (0, 2)


def test_an_older_row_among_new_ones(book: Any) -> None:
    received(book, "a.csv", "A1;commune;Avant", "A2;commune;Autre")
    received(book, "b.csv", "A1;commune;Après")
    mixed = received(book, "c.csv", "A3;commune;Neuf", "A1;commune;Avant", "A2;commune;Autre")
    assert counts_of(mixed) == (2, 1)
    assert mixed.reception.by_sheet[""].duplicates == 1


def test_the_same_rows_in_another_file_are_known_and_told_by_both(book: Any) -> None:
    received(book, "a.csv", "A1;commune;Un")
    copy = received(book, "copie.csv", "A1;commune;Un", "A2;commune;Deux")
    assert counts_of(copy) == (1, 1)
    with book.store() as store:
        assert store.provenance("actors", "A1")["file"].tolist() == ["a.csv", "copie.csv"]


def test_the_notes_of_known_rows_are_not_told_again(book: Any) -> None:
    first = received(book, "a.csv", "A1;licorne;Un", "A2;commune;Deux")
    again = received(book, "b.csv", "A1;licorne;Un", "A2;commune;Deux", "A3;licorne;Trois")
    told = again.reception.issues
    assert set(told.loc[told["severity"] == "error", "row"]) == {2, 4}
    assert counts_of(first) == (1, 0)
    assert counts_of(again) == (0, 1)


def test_a_record_told_by_two_sheets_keeps_the_first_and_says_so(book: Any, tmp_path: Path) -> None:
    path = tmp_path / "acteurs.xlsx"
    head = HEAD.strip().split(";")
    with pd.ExcelWriter(path, engine="openpyxl") as out:
        for name, title in (("Un", "Premier"), ("Deux", "Second")):
            pd.DataFrame([["A1", "commune", title]], columns=head).to_excel(
                out, sheet_name=name, index=False
            )
    arrivals, _ = receive_files(book, [path])
    assert label(book, "A1") == "Premier"
    told = arrivals[0].reception.issues
    (said,) = told.loc[told["rule"] == "disagreement", "message"]
    assert "A1" in said and "Nom diffusable" in said
    with book.store() as store:
        state = store.state()
    again, _ = receive_files(book, [path])
    assert counts_of(again[0]) == (0, 2)
    with book.store() as store:
        assert store.state() == state


def test_two_receptions_at_once_count_each_row_once(book: Any, tmp_path: Path) -> None:
    rows = "".join(f"A{n};commune;Nom {n}\n" for n in range(60))
    for name in ("un.csv", "deux.csv"):
        (tmp_path / name).write_text(HEAD + rows, encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from dts_research.workbook import open_workbook\n"
        "from dts_research.workbook.arrival import receive_files\n"
        "a, r = receive_files(open_workbook(sys.argv[1]), [Path(sys.argv[2])])\n"
        "c = a[0].reception.counts; print(c.accepted, c.duplicates)"
    )
    told: list[str] = []

    def run(name: str) -> None:
        command = [sys.executable, "-c", code, str(book.workspace.data), str(tmp_path / name)]
        told.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    threads = [threading.Thread(target=run, args=(name,)) for name in ("un.csv", "deux.csv")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.split() for one in told) == [["0", "60"], ["60", "0"]]


def test_a_stopped_reception_names_what_it_did_not_read(
    book: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [book.workspace.inbox / f"{name}.csv" for name in "abc"]
    for path in paths:
        path.write_text(f"{HEAD}{path.stem};commune;Nom\n", encoding="utf-8")
    real = Store.note_counts

    def interrupted(store: Store, number: int, counts: Any) -> None:
        if number == 2:  # in the middle of the second file
            raise KeyboardInterrupt
        real(store, number, counts)

    monkeypatch.setattr(Store, "note_counts", interrupted)
    with pytest.raises(Stopped) as stop:
        receive_files(book, paths)
    assert [one.reception.file for one in stop.value.arrivals] == ["a.csv"]
    assert [path.name for path in stop.value.unread] == ["b.csv", "c.csv"]
    with book.store() as store:
        assert store.load("actors")["actor_id"].tolist() == ["a"]
        assert [one["file"] for one in store.import_rows()] == ["a.csv"]


def test_records_left_unfiled_by_a_killed_reception_are_filed_at_the_next_reading(
    new_book: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dts_research.workbook import arrival

    book = new_book("tue")
    path = book.workspace.inbox / "a.csv"
    path.write_text(
        "Identifiant de l'acteur;Type d'acteur;Nom diffusable;Commune\nA1;commune;Ville;01053\n",
        encoding="utf-8",
    )
    with monkeypatch.context() as patch:
        patch.setattr(arrival._Reception, "finish", lambda *_: None)  # killed just before
        receive_files(book, [path])
    with book.store() as store:
        assert store.load("actors", territory="01")["actor_id"].tolist() == ["A1"]
        assert not store.unfiled()


@pytest.mark.parametrize("refused", ["", "A9;licorne;Refusée"])
def test_two_files_that_disagree_do_not_take_turns_in_the_inbox(book: Any, refused: str) -> None:
    """Receiving the inbox again, or both files again, leaves the last word where it was."""
    inbox = book.workspace.inbox
    for name, title in (("a", "Avant"), ("b", "Après")):
        rows = [f"A1;commune;{title}", *([refused] if refused else [])]
        (inbox / f"{name}.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    assert receiving(book, inbox=True) == ([], 2)
    with book.store() as store:
        state = store.state()
    for inbox_whole in (True, True, False):
        familiar, kept = receiving(book, inbox=inbox_whole)
        assert kept == 0
        assert familiar == ([] if refused else ["a.csv", "b.csv"])
        assert label(book, "A1") == "Après"
        with book.store() as store:
            assert store.state() == state
    received(book, "c.csv", "A2;commune;Neuf")
    assert receiving(book, inbox=True)[1] == 0
    arrivals, _ = receive_files(book, [inbox / "a.csv"])
    assert arrivals[0].written["actors"].back == {"A1"}
    assert label(book, "A1") == "Avant"
    assert receiving(book, inbox=True)[1] == 0
    assert label(book, "A1") == "Avant"


def receiving(book: Any, *, inbox: bool) -> tuple[list[str], int]:
    """Receive as the command does: the whole inbox, or all its files by name."""
    from dts_research.cli.receiving import receive

    paths = [] if inbox else sorted(book.workspace.inbox.iterdir())
    outcome = receive(book.workspace, paths, mapping=None, table=None)
    familiar = [one.path.name for one in outcome.familiar]
    return familiar, sum(a.reception.counts.accepted for a in outcome.arrivals)
