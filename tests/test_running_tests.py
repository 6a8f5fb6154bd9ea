"""How the tests themselves are run: in several processes, and once only in two environments."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

SHARING = """
import os, pathlib, pytest

@pytest.fixture
def document_of():
    return pathlib.Path(__file__)

@pytest.mark.parametrize("number", range(4))
def test_reads(document_of, number):
    document_of.with_suffix(".told").write_text(os.environ["PYTEST_XDIST_WORKER"])
"""
PLAIN = """
def test_passes(): pass

def test_needs_a_tool(require): require(None, "no such tool")
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A folder of a few tests, run as these are."""
    tests = tmp_path / "tests"
    tests.mkdir()
    shutil.copyfile(Path(__file__).with_name("conftest.py"), tests / "conftest.py")
    for name in "abc":
        (tests / f"test_{name}.py").write_text(SHARING)
    for name in "de":
        (tests / f"test_{name}.py").write_text(PLAIN)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -q --import-mode=importlib\n")
    return tmp_path


def run(suite: Path, *words: str, **told: str) -> tuple[int, str]:
    """Run them; give the code and what is said."""
    apart = ("PYTEST_", "DTS_CI", "DTS_TESTS_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(apart)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words], cwd=suite, env=environment | told,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


def test_files_of_the_same_reports_share_a_process_and_what_passed_is_not_run_again(
    suite: Path, require: Callable[..., Any]
) -> None:
    require(find_spec("xdist"), "pytest-xdist is not installed: it comes with `make`")
    passed = suite / "passed"
    code, said = run(suite, "-n", "2", DTS_TESTS_PASSED=str(passed))
    assert (code, said.splitlines()[-1].split(" in ")[0]) == (0, "14 passed, 2 skipped"), said
    assert len({path.read_text() for path in suite.glob("tests/*.told")}) == 1
    lines = passed.read_text().splitlines()
    assert len(lines) == len(set(lines)) == 14  # told once, by who gathers the reports
    # The second environment runs the rest, in one process here: what lacks there is a failure.
    code, said = run(suite, "-p", "no:xdist", DTS_TESTS_KNOWN=str(passed), DTS_CI="1")
    assert (code, said.count("no such tool (required when DTS_CI=1)") >= 2) == (1, True), said
    assert "2 failed, 14 deselected" in said
