"""The store as it stood at a moment: what was known then, and nothing that came since."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from dts_research.schema import catalogue
from dts_research.schema.checks import check
from dts_research.store import Store, clock
from dts_research.store.codebooks import codebook_of

MARCH, MAY, JULY = (f"2026-0{month}-10T09:00:00+00:00" for month in (3, 5, 7))
BEFORE, BETWEEN, AFTER = "2026-01-01T00:00:00+00:00", "2026-04-01T00:00:00+00:00", "2026-08-01T00"
ROW = {"decision_id": "D-1", "statement": "Écrire une plaquette", "status": "to_do",
       "decided_on": "2026-03-01", "territory_id": "71"}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path):
    with Store(tmp_path / "workbook.sqlite") as opened:
        yield opened


def tell(store: Store, monkeypatch: pytest.MonkeyPatch, moment: str, *rows: dict[str, str]) -> int:
    """Receive decisions at a moment, filed under their territory."""
    monkeypatch.setattr(clock, "now", lambda: moment)
    frame = pd.DataFrame(rows, index=range(2, 2 + len(rows)), dtype=object)
    typed, issues = check(frame, catalogue().tables["decisions"])
    assert issues.empty, issues.to_dict("records")
    number = store.begin_import(file=f"{moment[:10]}.csv", sha256=moment)
    store.save("decisions", typed, import_id=number)
    store.file("decisions", {row["decision_id"]: row["territory_id"] for row in rows})
    return number


def test_each_record_stands_in_the_version_of_that_moment(store: Store, monkeypatch) -> None:
    tell(store, monkeypatch, MARCH, ROW)
    tell(store, monkeypatch, MAY, ROW | {"status": "done"}, ROW | {"decision_id": "D-2"})
    tell(store, monkeypatch, JULY, ROW | {"status": "abandoned", "territory_id": "13"})
    states = {
        moment: dict(zip(frame["decision_id"], frame["status"]))
        for moment in (BEFORE, BETWEEN, "2026-06-01T00:00:00+00:00", AFTER)
        for frame in [store.as_of(moment).load("decisions")]
    }
    assert list(states.values()) == [
        {}, {"D-1": "to_do"}, {"D-1": "done", "D-2": "to_do"}, {"D-1": "abandoned", "D-2": "to_do"},
    ]  # fmt: skip


def test_a_slice_is_cut_where_the_record_was_filed_then(store: Store, monkeypatch) -> None:
    tell(store, monkeypatch, MARCH, ROW)
    tell(store, monkeypatch, MAY, ROW | {"territory_id": "13"})
    then = store.as_of(BETWEEN)
    assert then.load("decisions", territory="71")["decision_id"].tolist() == ["D-1"]
    assert then.load("decisions", territory="13").empty
    assert store.as_of(AFTER).load("decisions", territory="71").empty
    assert then.ids_among("decisions", {"D-1", "D-9"}) == {"D-1"}


def test_now_is_a_moment_like_any_other(store: Store, monkeypatch) -> None:
    tell(store, monkeypatch, MARCH, ROW)
    tell(store, monkeypatch, MAY, ROW | {"status": "done", "evidence": "Facture"})
    pd.testing.assert_frame_equal(store.as_of(AFTER).load("decisions"), store.load("decisions"))
    short = {"columns": ["decision_id", "decided_on"], "texts": False}
    pd.testing.assert_frame_equal(
        store.as_of(AFTER).load("decisions", **short), store.load("decisions", **short)
    )
    assert store.as_of(BETWEEN).load("decisions")["decided_on"].tolist() == [date(2026, 3, 1)]


def test_an_import_taken_back_was_never_received(store: Store, monkeypatch) -> None:
    tell(store, monkeypatch, MARCH, ROW)
    number = tell(store, monkeypatch, MAY, ROW | {"status": "done"})
    store.undo(number)
    assert store.as_of(AFTER).load("decisions")["status"].tolist() == ["to_do"]


def test_nothing_is_known_before_the_first_reception(store: Store, monkeypatch) -> None:
    tell(store, monkeypatch, MARCH, ROW)
    assert not store.as_of(BEFORE).received
    assert store.as_of(BEFORE).codebook is None
    assert store.as_of(MARCH).received
    assert store.as_of(BETWEEN).codebook == codebook_of(catalogue())


def test_a_schema_is_noted_once_until_it_changes(store: Store, monkeypatch) -> None:
    tell(store, monkeypatch, MARCH, ROW)
    tell(store, monkeypatch, MAY, ROW)
    count = store._db.execute("SELECT count(*) FROM codebooks").fetchone()[0]
    assert count == 1


def test_a_day_ends_at_midnight_on_the_wall() -> None:
    assert clock.day_of(clock.end_of(date(2026, 6, 4))) == date(2026, 6, 5)
    assert clock.end_of(date(2026, 6, 4)) < clock.end_of(date(2026, 6, 5))
    # The wall is in Paris, in summer and in winter, whatever the zone of the machine.
    assert clock.end_of(date(2026, 6, 4)) == "2026-06-04T22:00:00+00:00"
    assert clock.end_of(date(2026, 11, 4)) == "2026-11-04T23:00:00+00:00"
    assert clock.day_of("2026-11-04T23:30:00+00:00") == date(2026, 11, 5)
