"""A page pasted into a title or a cell costs its length: it is compared with no name of ours."""

from __future__ import annotations

import subprocess
import sys

import pytest

from dts_research.schema.catalogue import LONGEST_NAME, nearest_name

SECONDS = 60
READ = """
from dts_research.intake.kobo_columns import bare_names, technical
from dts_research.intake.synonyms import targets_of
from dts_research.schema.catalogue import catalogue
from dts_research.schema.repairs import departement_code
title, cell = "_/" * 100_000, "a" + " " * 100_000 + "b"
assert technical(["_uuid", "_submission_time", title]) == ["_uuid", "_submission_time"]
assert bare_names([title]) == {title: title}
assert targets_of("a - " * 50_000, catalogue(), "experiences") == []
assert departement_code(cell) == cell
"""


def test_titles_and_cells_of_a_page_are_read_in_a_few_seconds() -> None:
    subprocess.run([sys.executable, "-c", READ], check=True, timeout=SECONDS)


@pytest.mark.parametrize(
    ("text", "names", "found"),
    [
        ("titre", ["titres", "x" * 100_000], "titres"),
        ("titre" * LONGEST_NAME, ["titre" * LONGEST_NAME], None),
        ("titre", [], None),
    ],
)
def test_only_short_names_are_compared(text: str, names: list[str], found: str | None) -> None:
    assert nearest_name(text, names, 0.5) == found
