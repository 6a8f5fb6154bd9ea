"""One demo workbook for the whole room, and an empty one."""

from __future__ import annotations

from pathlib import Path

import pytest

from dts_research.starter import make_workbook
from dts_research.workbook import Workbook, open_workbook
from dts_research.workbook.arrival import receive_files


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    workspace = make_workbook(tmp_path_factory.mktemp("explore") / "demo", demo=True)
    book = open_workbook(workspace.data)
    _, refused = receive_files(book, sorted(workspace.inbox.iterdir()))
    assert not refused
    return book


@pytest.fixture
def empty(tmp_path: Path) -> Workbook:
    return open_workbook(make_workbook(tmp_path / "vide").data)
