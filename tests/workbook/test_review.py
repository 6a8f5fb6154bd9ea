"""The store read again: links, dates, places, decisions without a follow-up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from dts_research.schema import catalogue
from dts_research.schema.checks import check
from dts_research.store import Store
from dts_research.workbook.review import COLUMNS, review

DAY = date(2026, 11, 22)


@pytest.fixture
def keep(tmp_path: Path):
    with Store(tmp_path / "workbook.sqlite") as store:

        def put(table: str, **cells: str) -> Store:
            schema = catalogue().tables[table]
            frame, _ = check(pd.DataFrame([cells], dtype=object), schema)
            store.save(table, frame, import_id=1)
            return store

        yield put


def found(store: Store) -> set[tuple[str, str, str]]:
    issues = review(store, today=DAY)
    assert list(issues.columns) == list(COLUMNS)
    assert issues[["message", "fix"]].map(bool).all().all()
    return set(zip(issues["table"], issues["record"], issues["rule"]))


def test_an_empty_store_has_nothing_wrong(tmp_path: Path) -> None:
    with Store(tmp_path / "workbook.sqlite") as store:
        assert found(store) == set()


def test_a_link_that_leads_nowhere(keep: Callable[..., Store]) -> None:
    store = keep("experience_steps", step_id="E-1", experience_id="F-9", what="On a ouvert")
    assert ("experience_steps", "E-1", "reference") in found(store)


def test_an_end_before_the_start_and_no_place(keep: Callable[..., Store]) -> None:
    store = keep(
        "experiences", experience_id="F-1", title="T", started_on="2024-05-01",
        ended_on="2024-04-30",
    )  # fmt: skip
    assert found(store) == {("experiences", "F-1", "dates"), ("experiences", "F-1", "place")}


def test_a_contradicted_place(keep: Callable[..., Store]) -> None:
    keep("experiences", experience_id="F-1", title="T")
    store = keep(
        "experience_places", place_id="L-1", experience_id="F-1", evidence="coordinates",
        contradiction="oui", contradiction_note="Le fichier dit Ain, le point est en Corse.",
    )  # fmt: skip
    assert found(store) == {("experience_places", "L-1", "contradiction")}


def test_a_decision_past_its_date_without_news(keep: Callable[..., Store]) -> None:
    common = {"statement": "Rappeler", "status": "to_do"}
    keep("decisions", decision_id="D-1", due_on="2026-11-21", **common)
    keep("decisions", decision_id="D-2", due_on="2026-11-22", **common)
    store = keep(
        "decisions", decision_id="D-3", due_on="2026-01-01", what_happened="Reportée", **common
    )
    late = {record for _, record, rule in found(store) if rule == "follow_up"}
    assert late == {"D-1"}
