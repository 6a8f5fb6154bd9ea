"""The store: versions, provenance, slices, snapshots."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from dts_research.errors import MaterialError
from dts_research.schema import catalogue
from dts_research.schema.checks import check
from dts_research.store import Store, images
from dts_research.store.slices import Slice
from dts_research.workspace import READS

ROWS = {
    "observation_id": ["O-1", "O-2", "O-3"],
    "indicator_id": ["I-1", "I-1", "I-1"],
    "territory_id": ["13", "2A", "01"],
    "period": ["2024", "2024", "2024"],
    "value": ["12,5", "3", None],
    "state": ["publie", "publie", "non_renseigne"],
}


def typed(table: str, rows: dict[str, list[str | None]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, index=range(2, 2 + len(next(iter(rows.values())))), dtype=object)
    schema = catalogue().tables[table]
    known = {name: frame[name] for name in schema.names if name in frame}
    found, _ = check(pd.DataFrame(known), schema)
    found.attrs["sheet"] = "Feuille 1"
    return found


@pytest.fixture
def store(tmp_path: Path):
    with Store(tmp_path / "data" / "workbook.sqlite") as opened:
        yield opened


def kept(store: Store, table: str = "observations", rows: dict | None = None, **options) -> int:
    number = store.begin_import(file="a.csv", sha256="0" * 64)
    return store.save(table, typed(table, rows or ROWS), import_id=number, **options)


def test_what_is_kept_comes_back_as_it_was(store: Store) -> None:
    kept(store)
    there = store.load("observations")
    expected = typed("observations", ROWS).reset_index(drop=True)
    pd.testing.assert_frame_equal(there, expected, check_like=False, check_dtype=True)
    assert there["value"].dtype == "Float64"
    assert there["value"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize("table", sorted(catalogue().tables))
def test_every_table_comes_back_typed_even_empty(store: Store, table: str) -> None:
    schema = catalogue().tables[table]
    empty = store.load(table)
    assert list(empty.columns) == list(schema.names)
    example = {f.name: [f.example or None] for f in schema.fields}
    frame = typed(table, example)
    if frame[schema.key].isna().any():
        frame[schema.key] = pd.Series(["X-1"], index=frame.index, dtype="str")
    store.save(table, frame, import_id=1)
    pd.testing.assert_frame_equal(store.load(table), frame.reset_index(drop=True))


def test_the_same_row_again_is_no_new_version(store: Store) -> None:
    assert kept(store) == 3
    assert kept(store) == 0
    assert store.history("observations", "O-1").empty
    assert len(store.provenance("observations", "O-1")) == 2


def test_a_changed_row_keeps_what_it_was(store: Store) -> None:
    kept(store)
    changed = ROWS | {"value": ["13,5", "3", None]}
    assert kept(store, rows=changed) == 1
    assert store.load("observations")["value"][0] == 13.5
    past = store.history("observations", "O-1")
    assert past["value"].tolist() == [12.5]
    assert past["version"].tolist() == [1]
    assert store.provenance("observations", "O-1")["version"].tolist() == [1, 2]


def test_provenance_says_file_sheet_row_and_raw_text(store: Store) -> None:
    frame = typed("observations", ROWS)
    raw = pd.DataFrame({"Valeur": ["12,5 ", "3", None]}, index=frame.index)
    kept(store, raw=raw)
    told = store.provenance("observations", "O-1").iloc[0]
    assert (told["file"], told["sheet"], told["row"]) == ("a.csv", "Feuille 1", 2)
    assert told["raw"] == '{"Valeur": "12,5 "}'


def test_long_texts_are_fetched_only_when_asked_for(store: Store) -> None:
    schema = catalogue().tables["experiences"]
    rows = {f.name: [f.example or None, f.example or None] for f in schema.fields}
    rows["experience_id"] = ["F-1", "F-2"]
    kept(store, "experiences", rows)
    short = store.load("experiences", texts=False)
    assert set(schema.names) - set(short.columns) == {f.name for f in schema.fields if f.long}
    assert store.load("experiences", columns=["summary"]).columns.tolist() == ["summary"]
    assert store.load("experiences", columns=["title"]).columns.tolist() == ["title"]
    assert store.load("experiences", ids={"F-2"})["experience_id"].tolist() == ["F-2"]


def test_filing_moves_records_and_codes_stay_text(store: Store) -> None:
    kept(store)
    assert store.load("observations", territory="01").empty
    homes = dict(zip(ROWS["observation_id"], ROWS["territory_id"]))
    assert store.file("observations", homes) == 3
    assert store.file("observations", homes) == 0
    for record, code in homes.items():
        assert store.load("observations", territory=code)["observation_id"].tolist() == [record]
    kept(store, rows=ROWS | {"value": ["1", "2", "3"]})
    assert store.load("observations", territory="2A")["value"].tolist() == [2.0]


def test_a_large_slice_reads_the_same_with_and_without_its_image(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "LARGE", 2)
    count = 7
    rows = {name: [values[0]] * count for name, values in ROWS.items()}
    rows["observation_id"] = [f"O-{n}" for n in range(count)]
    rows["value"] = ["1", None, "2", "2", None, "3", "1"]
    kept(store, rows=rows)
    homes = dict.fromkeys(rows["observation_id"], "13")
    plain = store.load("observations")
    store.file("observations", homes)
    assert store._db.execute("SELECT count(*) FROM images").fetchone()[0] > 0
    drawn = store.load("observations", territory="13")
    pd.testing.assert_frame_equal(drawn, plain)
    some = store.load("observations", territory="13", columns=["value"])
    assert some.columns.tolist() == ["value"]
    store.file("observations", {"O-0": "", "O-6": "2A"})
    both = store.load("observations", territory=("2A", "13", "", "75"))
    assert both["observation_id"].tolist() == ["O-6", *(f"O-{n}" for n in range(1, 6)), "O-0"]
    store._db.execute("DELETE FROM images")
    pd.testing.assert_frame_equal(
        store.load("observations", territory=("2A", "13", "", "75")), both
    )
    store.file("observations", homes)
    none = store.load("observations", territory="75")
    none["value"] = 1.0
    assert store.load("observations", territory="75").equals(plain.iloc[:0])
    kept(store, rows=rows | {"value": ["9"] * count})
    assert store.load("observations", territory="13")["value"].tolist() == [9.0] * count
    store.file("observations", dict.fromkeys(rows["observation_id"], "2A"))
    assert store.load("observations", territory="13").empty
    assert len(store.load("observations", territory="2A")) == count


def test_what_was_read_is_noted_and_changes_with_the_data(
    store: Store, tmp_path, monkeypatch
) -> None:
    noted = tmp_path / "reads"
    monkeypatch.setenv(READS, str(noted))
    kept(store)
    for rows in (ROWS, ROWS | {"value": ["1", "2", "3"]}):
        kept(store, rows=rows)
        with Store(store.path, readonly=True) as reader:
            reader.load("observations", columns=["value"])
    first, second = (Slice.from_line(line) for line in noted.read_text().splitlines())
    assert (
        first == second == Slice("rows", ("observations", "territory", "observation_id", "value"))
    )
    assert (first.count, second.count) == (3, 3)
    assert first.digest != second.digest


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction():
        kept(store)
        raise RuntimeError
    assert store.count("observations") == 0
    assert store.imports().empty


def test_snapshot_is_whole_stable_and_does_not_follow(store: Store, tmp_path: Path) -> None:
    kept(store)
    first = store.snapshot(tmp_path / "one.sqlite")
    assert first == store.snapshot(tmp_path / "two.sqlite")
    kept(store, rows=ROWS | {"value": ["1", "2", "3"]})
    with Store(tmp_path / "one.sqlite", readonly=True) as copy:
        assert copy.load("observations")["value"][0] == 12.5
        assert copy.history("observations", "O-1").empty
        with pytest.raises(sqlite3.OperationalError):
            copy.begin_import(file="x", sha256="y")


def test_known_source_rows(store: Store) -> None:
    number = store.begin_import(file="a.csv", sha256="0" * 64, counts={"read": 2})
    store.remember_rows(["a", "b"], import_id=number)
    store.remember_rows(["b", "c"], import_id=number)
    assert store.known_rows() == {"a", "b", "c"}


def test_dates_and_lists_keep_their_type(store: Store) -> None:
    rows = {
        "session_id": ["SE-1"], "title": ["Une séance"], "level": ["local"],
        "date": ["2024-05-02"], "formats": ["world_cafe"],
    }  # fmt: skip
    kept(store, "sessions", rows)
    there = store.load("sessions")
    assert there["date"][0] == date(2024, 5, 2)
    assert isinstance(there["formats"][0], tuple)


def test_what_is_not_a_store_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MaterialError, match="dts receive"):
        Store(tmp_path / "none.sqlite", readonly=True)
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"not a database, only bytes" * 200)
    with pytest.raises(MaterialError, match="lisible"):
        Store(broken)
    assert broken.read_bytes().startswith(b"not a database")
