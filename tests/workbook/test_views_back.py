"""A view kept while exploring comes back after the session, as the group saw it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dts_research.reflection.selection import View, keep, retire, selection_path
from dts_research.schema import catalogue
from dts_research.store import clock
from dts_research.workbook import open_workbook
from dts_research.workbook.arrival import receive_files

VIEW = View("figure", "missions", {"kind": "chart", "id": "missions", "title": "Alors"})
SESSION = {"session_id": "SE-1", "label": "Juin", "level": "local", "date": "2026-06-04",
           "territory_id": "71"}  # fmt: skip


def receive(book: Any, monkeypatch: pytest.MonkeyPatch, day: str, **rows: list[dict[str, str]]):
    monkeypatch.setattr(clock, "now", lambda: f"{day}T09:00:00+00:00")
    for table, told in rows.items():
        path = book.workspace.inbox / f"{table}-{day}.csv"
        frame = pd.DataFrame(told).rename(columns=catalogue().tables[table].titles)
        frame.to_csv(path, index=False)
        _, refused = receive_files(book, [path])
        assert not refused


def dated(book: Any, *days: str) -> None:
    """Say on which days the lines of the selection were written."""
    path = selection_path(book.workspace)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    told = [line | {"at": f"{day}T10:00:00+00:00"} for line, day in zip(lines, days, strict=True)]
    path.write_text("".join(json.dumps(line) + "\n" for line in told), encoding="utf-8")


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    data = tmp_path / "data"
    (data / "inbox").mkdir(parents=True)
    (data / "workbook.toml").write_text('name = "Essai"\n', encoding="utf-8")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1788000000")  # 29 August 2026
    found = open_workbook(data)
    view_id = keep(found.workspace, VIEW)
    said = {"contribution_id": "C-1", "session_id": "SE-1", "type": "finding", "target": view_id,
            "text": "On anime en faisant.", "territory_id": "71"}  # fmt: skip
    receive(found, monkeypatch, "2026-06-10", sessions=[SESSION], contributions=[said])
    return found


def titles(book: Any) -> list[str]:
    return [one.view.block.get("title", "") for one in book.territory("71").views]


def test_it_comes_back_as_it_was_on_the_day_of_the_session(book: Any) -> None:
    workspace = book.workspace
    keep(workspace, dataclasses.replace(VIEW, block=VIEW.block | {"title": "Depuis"}))
    dated(book, "2026-06-01", "2026-07-01")
    assert titles(book) == ["Alors"]
    dated(book, "2026-05-01", "2026-06-04")
    assert titles(book) == ["Depuis"]


def test_it_comes_back_even_when_it_was_put_away(book: Any) -> None:
    (one,) = book.territory("71").views
    retire(book.workspace, one.id)
    assert titles(book) == ["Alors"]


def test_a_view_that_nobody_spoke_of_does_not_come_back(book: Any) -> None:
    keep(book.workspace, dataclasses.replace(VIEW, question="Et ensuite ?"))
    assert titles(book) == ["Alors"]


@pytest.mark.parametrize(
    ("withdrawn", "shown"), [("2026-07-01", [""]), ("2027-07-01", ["Alors"])]
)  # fmt: skip
def test_a_word_taken_back_since_takes_the_drawing_with_it(
    book: Any, monkeypatch: pytest.MonkeyPatch, withdrawn: str, shown: list[str]
) -> None:
    dated(book, "2026-06-01")
    consent = {"consent_id": "K-1", "record_table": "experiences", "record_id": "F-1",
               "level": "quote", "given_on": "2026-01-01", "withdrawn_on": withdrawn}  # fmt: skip
    receive(book, monkeypatch, "2026-05-01", consents=[consent])
    assert titles(book) == shown
