"""Same material, same day: the same notebook; same notebook: the same bytes in every format."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from dts_research.reports.document import read_document
from dts_research.reports.press import FORMATS, render

PROGRAM = """
import hashlib, json, sys, nbformat
from dts_research.reports.document import read_document
from dts_research.reports.press import FORMATS, render
document = read_document(nbformat.read(sys.argv[1], as_version=4))
made = {kind: render(kind, document, "r", tuple(FORMATS)) for kind in FORMATS}
print(json.dumps({kind: hashlib.sha256(body).hexdigest() for kind, body in made.items()}))
"""


@pytest.fixture(scope="module")
def notebook(executed: Callable[..., Any]) -> Any:
    return executed("territory.ipynb", "2A")()


def prints(path: Path, seed: str) -> dict[str, str]:
    """Digest of each format, made by a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)], env=os.environ | {"PYTHONHASHSEED": seed},
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return dict(json.loads(done.stdout))


def test_other_processes_write_the_same_bytes(notebook: Any, tmp_path: Path) -> None:
    nbformat.write(notebook, tmp_path / "r.ipynb")
    found = prints(tmp_path / "r.ipynb", "1")
    assert set(found) == set(FORMATS)
    assert found == prints(tmp_path / "r.ipynb", "2")
    document = read_document(notebook)
    again = {kind: render(kind, document, "r", tuple(FORMATS)) for kind in FORMATS}
    assert found == {kind: hashlib.sha256(body).hexdigest() for kind, body in again.items()}


def test_a_notebook_run_twice_is_the_same_notebook(
    notebook: Any, executed: Callable[..., Any]
) -> None:
    assert executed("territory.ipynb", "2A", again=1)() == notebook


def test_the_day_is_the_one_given(notebook: Any) -> None:
    assert read_document(notebook).cover["date"] == "2026-11-02"
