"""A store made by an older version opens, is brought up to date, and can be undone."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from dts_research.schema import catalogue
from dts_research.schema.checks import check
from dts_research.store import Store

# The registers as version 0.2 made them.
OLD = """
CREATE TABLE imports(import_id INTEGER PRIMARY KEY, received_at TEXT NOT NULL,
  file TEXT NOT NULL, sha256 TEXT NOT NULL, mapping TEXT NOT NULL, counts TEXT NOT NULL);
CREATE TABLE source_rows(digest TEXT PRIMARY KEY, import_id INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE history(tbl TEXT, id TEXT, version INTEGER, replaced_at TEXT NOT NULL,
  record TEXT NOT NULL, PRIMARY KEY(tbl, id, version)) WITHOUT ROWID;
"""
LINES = {"quote_id": ["Q-1"], "experience_id": ["F-1"], "text": ["avant"],
         "contradicts_figures": ["oui"]}  # fmt: skip


def frame(text: str) -> pd.DataFrame:
    rows = pd.DataFrame(LINES | {"text": [text]}, index=[2], dtype=object)
    return check(rows, catalogue().tables["quotes"])[0]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store with two versions of a record, its registers put back as they were made before."""
    path = tmp_path / "workbook.sqlite"
    with Store(path) as store:
        for text in ("avant", "après"):
            number = store.begin_import(file=f"{text}.csv", sha256="0" * 64, counts={"read": 1})
            store.save("quotes", frame(text), import_id=number)
    with sqlite3.connect(path) as db:
        kept = {t: db.execute(f"SELECT * FROM {t}").fetchall() for t in ("imports", "history")}
        for table in ("imports", "history", "source_rows", "undone", "contexts", "unfiled",
                      "readings", "remarks"):  # fmt: skip
            db.execute(f"DROP TABLE {table}")
        for statement in OLD.split(";"):
            db.execute(statement)
        db.executemany("INSERT INTO imports VALUES(?,?,?,?,?,?)", kept["imports"])
        db.executemany("INSERT INTO history VALUES(?,?,?,?,?)", [r[:5] for r in kept["history"]])
        db.execute("PRAGMA user_version=0")
    db.close()
    return path


@pytest.mark.parametrize("readonly", [True, False])
def test_an_older_store_opens_and_says_the_same(old: Path, readonly: bool) -> None:
    with Store(old, readonly=readonly) as store:
        assert store.load("quotes")["text"].tolist() == ["après"]
        assert store.history("quotes", "Q-1")["text"].tolist() == ["avant"]
        assert [one["file"] for one in store.import_rows()] == ["avant.csv", "après.csv"]
        assert not store.unfiled()


def test_the_former_versions_of_an_older_store_stand_again_on_undo(old: Path) -> None:
    with Store(old) as store, Store(old.with_name("new.sqlite")) as fresh:
        store.undo(2)
        number = fresh.begin_import(file="avant.csv", sha256="0" * 64)
        fresh.save("quotes", frame("avant"), import_id=number)
        assert store.digest() == fresh.digest()
        pd.testing.assert_frame_equal(store.load("quotes"), fresh.load("quotes"))


def test_the_same_row_is_recognised_after_the_upgrade(old: Path) -> None:
    with Store(old) as store:
        number = store.begin_import(file="encore.csv", sha256="1" * 64)
        assert store.save("quotes", frame("après"), import_id=number) == 0
        written = store.write("quotes", frame("avant"), import_id=number)
        assert written.back == {"Q-1"} and list(written.changed) == ["Q-1"]


def test_digests_are_those_of_the_record_as_json(tmp_path: Path) -> None:
    """Digests kept by older stores are still those of the same records."""
    import hashlib

    with Store(tmp_path / "s.sqlite") as store:
        store.save("quotes", frame('« 100 % » "cité"\n\x07é'), import_id=1)
        names = catalogue().tables["quotes"].names
        record = dict.fromkeys(names) | {k: v[0] for k, v in LINES.items()}
        record |= {"text": '« 100 % » "cité"\n\x07é', "contradicts_figures": True}
        shown = store.load("quotes").iloc[0]
        record["text"] = shown["text"]
        text = json.dumps(record, ensure_ascii=False, sort_keys=True)
        expected = hashlib.sha256(text.encode()).hexdigest()[:32]
        assert store._db.execute("SELECT digest FROM records").fetchone()[0] == expected
