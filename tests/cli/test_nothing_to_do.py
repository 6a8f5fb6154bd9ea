"""Where there is nothing to do, the command answers without pandas, papermill nor matplotlib."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HEAVY = ("pandas", "numpy", "papermill", "matplotlib", "nbconvert")
CODE = """
import json, sys
from dts_research.cli import main
try:
    main(sys.argv[1:], prog_name="dts")
except SystemExit as stop:
    print("\\n" + json.dumps([stop.code or 0, sorted({HEAVY} & set(sys.modules))]))
""".replace("{HEAVY}", str(set(HEAVY)))


def loaded(*words: str) -> tuple[int, list[str], str]:
    """Run a command; give its exit code, what heavy it loaded, and what it said."""
    environment = {k: v for k, v in os.environ.items() if k != "DTS_WORKBOOK"}
    shown = subprocess.run([sys.executable, "-c", CODE, *words], capture_output=True, text=True,
                           env=environment, check=True, timeout=120)  # fmt: skip
    said, _, last = shown.stdout.rstrip().rpartition("\n")
    code, heavy = json.loads(last)
    return code, heavy, said


@pytest.fixture
def folder(new_book: Any, demo_inbox: list[Path]) -> str:
    """A workbook with two files of the demonstration in its inbox, received."""
    some = [path for path in demo_inbox if path.stem in ("sessions", "cycles")]
    folder = str(new_book("rien", some).workspace.data)
    assert loaded("--workbook", folder, "receive")[0] == 0  # notes what they depend on
    return folder


def test_help_and_history_load_nothing_heavy(folder: str) -> None:
    for words in (["--help"], ["receive", "--help"], ["--workbook", folder, "history"]):
        assert loaded(*words)[:2] == (0, [])


def test_files_all_known_are_counted_without_being_read(folder: str) -> None:
    code, heavy, said = loaded("--workbook", folder, "receive", "--json")
    assert (code, heavy) == (0, [])
    for one in json.loads(said):
        assert one["read"] == one["duplicates"] > 0
        assert one["accepted"] == one["quarantined"] == one["withdrawn"] == 0
        assert one["table"] and one["issues"] == []
    code, heavy, said = loaded("--workbook", folder, "receive")
    assert (code, heavy) == (0, [])
    assert "0 acceptée" in said and "(import n° 1" in said


def test_what_would_change_the_outcome_is_read_again(folder: str) -> None:
    (Path(folder) / "mappings").mkdir(exist_ok=True)
    (Path(folder) / "mappings" / "autre.toml").write_text(
        'source = "x"\ntable = "sessions"\n[columns]\n"Rien" = "sessions.title"\n', "utf-8"
    )
    code, heavy, said = loaded("--workbook", folder, "receive", "--json")
    assert code == 0 and "pandas" in heavy
    assert all(
        one["accepted"] == 0 and one["read"] == one["duplicates"] for one in json.loads(said)
    )
    assert loaded("--workbook", folder, "receive")[:2] == (0, [])
    kept = next((Path(folder) / "store" / "raw").iterdir())
    kept.unlink()
    assert "pandas" in loaded("--workbook", folder, "receive")[1]
    assert kept.is_file()


def test_an_undo_with_nothing_to_undo_loads_nothing_heavy(folder: str) -> None:
    for _ in range(2):
        assert loaded("--workbook", folder, "undo", "--yes")[0] == 0
    code, heavy, said = loaded("--workbook", folder, "undo")
    assert (code, heavy) == (0, [])
    assert "Rien à annuler" in said
