"""Nothing lost: the promises of a reception, on any small file of any content."""

from __future__ import annotations

import csv
import io
import stat
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook as Spreadsheet

from dts_research.workbook import open_workbook
from dts_research.workbook.arrival import Arrival, receive_files

HEAD = ("Identifiant de l'acteur", "Type d'acteur", "Nom diffusable", "Hors du réseau")
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # a file is small enough as it is
FEW = settings(
    max_examples=4,
    deadline=None,
    phases=PHASES,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
label = st.sampled_from(["Ville d'Ici", " Régie  ", "Éts Ñandú;x", 'dit "le gué"', "01", ""])
row = st.tuples(
    st.sampled_from(["A1", "A2", "A3", "A4", ""]),
    st.sampled_from(["commune", "Commune ", "licorne"]),
    label,
    st.sampled_from(["oui", "VRAI", "non", "0", ""]),
)
rows_ = st.lists(row, min_size=1, max_size=6)
good = st.dictionaries(
    st.sampled_from(["A1", "A2", "A3", "A4"]),
    st.tuples(st.sampled_from(["commune", "epci"]), label.filter(str.strip)),
).map(lambda found: [(key, kind, name, "oui") for key, (kind, name) in found.items()])
Row = tuple[str, str, str, str]


def csv_of(rows: list[Row]) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows([HEAD, *rows])
    return out.getvalue().encode("utf-8-sig")


@contextmanager
def a_book() -> Iterator[Any]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        (data / "inbox").mkdir(parents=True)
        (data / "workbook.toml").write_text('name = "Essai"\n', encoding="utf-8")
        yield open_workbook(data)


def received(book: Any, name: str, content: bytes) -> Arrival:
    path = book.workspace.inbox / name
    path.write_bytes(content)
    arrivals, refused = receive_files(book, [path])
    assert not refused, [str(error) for _, error in refused]
    return arrivals[0]


def digest(book: Any) -> str:
    with book.store() as store:
        return str(store.digest())


@FEW
@given(rows=rows_)
def test_raw_bytes_are_kept_read_only_under_their_digest(rows: list[Row]) -> None:
    content = csv_of(rows)
    with a_book() as book:
        received(book, "acteurs.csv", content)
        (kept,) = book.workspace.raw.iterdir()
        assert kept.read_bytes() == content
        assert kept.name == f"{sha256(content).hexdigest()}.csv"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o444
        assert not list(book.workspace.raw.glob("*.partial"))


@FEW
@given(sheets=st.lists(rows_, min_size=1, max_size=3), again=st.booleans())
def test_counts_are_those_of_an_independent_counter_by_sheet(
    sheets: list[list[Row]], again: bool
) -> None:
    spreadsheet = Spreadsheet()
    for number, rows in enumerate(sheets):
        sheet = spreadsheet.create_sheet(f"Feuille {number}") if number else spreadsheet.active
        sheet.title = f"Feuille {number}"
        for line in (HEAD, *rows):
            sheet.append([cell or None for cell in line])
    out = io.BytesIO()
    spreadsheet.save(out)
    with a_book() as book:
        arrival = received(book, "acteurs.xlsx", out.getvalue())
        if again:
            arrival = received(book, "acteurs.xlsx", out.getvalue())
        counts = arrival.reception.by_sheet
        assert {name: one.read for name, one in counts.items()} == {
            f"Feuille {n}": len(rows) for n, rows in enumerate(sheets)
        }
        assert all(one.balanced for one in counts.values())
        assert arrival.reception.counts.read == sum(map(len, sheets))
        if again:
            assert arrival.reception.counts.accepted == 0


@FEW
@given(rows=rows_)
def test_every_cell_of_a_quarantined_row_is_found_again(rows: list[Row]) -> None:
    with a_book() as book:
        arrival = received(book, "acteurs.csv", csv_of(rows))
        refused = arrival.reception.quarantined
        for number, cells in refused.fillna("").iterrows():
            assert tuple(cells.iloc[1:]) == rows[int(number) - 2]
        if len(refused):
            back = pd.read_excel(
                arrival.quarantine, sheet_name="Lignes refusées", dtype=str, engine="calamine"
            )
            written = back.reindex(columns=list(HEAD)).fillna("").values.tolist()
            assert written == [list(rows[int(number) - 2]) for number in refused.index]


@FEW
@given(rows=rows_, before=rows_)
def test_the_same_file_twice_changes_nothing(rows: list[Row], before: list[Row]) -> None:
    with a_book() as book:
        received(book, "avant.csv", csv_of(before))
        received(book, "acteurs.csv", csv_of(rows))
        with book.store() as store:
            state = store.state()
        arrival = received(book, "acteurs.csv", csv_of(rows))
        with book.store() as store:
            assert store.state() == state
        counts = arrival.reception.counts
        assert counts.accepted == 0
        assert counts.duplicates + counts.quarantined == counts.read == len(rows)


@FEW
@given(rows=rows_)
def test_each_accepted_value_has_its_address_and_its_raw_text(rows: list[Row]) -> None:
    from dts_research.workbook.tracing import trace

    content = csv_of(rows)
    fields = ("actor_id", "type", "label", "outside_network")
    with a_book() as book:
        received(book, "acteurs.csv", content)
        with book.store() as store:
            for key in store.load("actors")["actor_id"]:
                origins = {one.column: one for one in trace(store, key)}
                for one in origins.values():
                    assert (one.file, one.sha256) == ("acteurs.csv", sha256(content).hexdigest())
                    assert one.rule and one.said and one.received_at
                written = rows[next(iter(origins.values())).row - 2]
                for title, name, text in zip(HEAD, fields, written):
                    if text.strip():
                        assert origins[name].source_column == title
                        assert origins[name].raw == text.strip()
                        assert origins[name].value is not None


@FEW
@given(rows=good, seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[Row], seed: Any) -> None:
    mixed = rows.copy()
    seed.shuffle(mixed)
    with a_book() as one, a_book() as other:
        if rows:
            received(one, "acteurs.csv", csv_of(rows))
            received(other, "acteurs.csv", csv_of(mixed))
            assert digest(one) == digest(other)


@FEW
@given(rows=good, cut=st.integers(0, 4), seed=st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter_where_they_agree(
    rows: list[Row], cut: int, seed: Any
) -> None:
    files = [part for part in (rows[:cut], rows[cut:], rows[:1]) if part]
    mixed = list(enumerate(files))
    seed.shuffle(mixed)
    with a_book() as one, a_book() as other:
        for number, part in enumerate(files):
            received(one, f"{number}.csv", csv_of(part))
        for number, part in mixed:
            received(other, f"{number}.csv", csv_of(part))
        if files:
            assert digest(one) == digest(other)


@FEW
@given(files=st.lists(good.filter(bool), min_size=1, max_size=4))
def test_the_last_file_received_holds_and_nothing_told_before_is_lost(
    files: list[list[Row]],
) -> None:
    told: dict[str, list[str]] = {}
    with a_book() as book:
        for number, rows in enumerate(files):
            received(book, f"{number}.csv", csv_of(rows))
            for key, _, name, _ in rows:
                kept = " ".join(name.split()) if name.strip() else ""
                told.setdefault(key, [])
                told[key] += [kept] if told[key][-1:] != [kept] else []
        with book.store() as store:
            now = store.load("actors").set_index("actor_id")["label"].fillna("")
            for key, names in told.items():
                assert " ".join(now[key].split()) == names[-1]
                past = store.history("actors", key)
                before = [] if past.empty else past["label"].fillna("").tolist()
                assert set(names) <= {" ".join(n.split()) for n in (*before, now[key])}


@FEW
@given(files=st.lists(rows_, min_size=1, max_size=4))
def test_undo_gives_back_each_state_before(files: list[list[Row]]) -> None:
    from dts_research.workbook.undoing import undo

    with a_book() as book:
        states: list[str] = []
        for number, rows in enumerate(files):
            with book.store(readonly=False) as store:
                before, count = store.state(), len(store.import_rows())
            received(book, f"{number}.csv", csv_of(rows))
            with book.store() as store:
                states += [before] if len(store.import_rows()) > count else []
        for number in range(len(states), 0, -1):
            undo(book, number)
            with book.store() as store:
                assert store.state() == states[number - 1]
        again = received(book, "0.csv", csv_of(files[0])).reception.counts
        distinct = Counter(files[0])
        assert again.duplicates <= len(files[0]) - len(distinct)
