"""A page pasted into a title or a cell costs its length: it is compared with no name of ours."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from dts_research.errors import MaterialError
from dts_research.intake.readers import read_table
from dts_research.schema.catalogue import LONGEST_NAME, nearest_name

SECONDS = 60
READ = """
from dts_research.intake.kobo_columns import bare_names, technical
from dts_research.intake.kobo_links import repeat_of
from dts_research.intake.synonyms import targets_of
from dts_research.schema.catalogue import catalogue
from dts_research.schema.repairs import departement_code
title, cell = "_/" * 100_000, "a" + " " * 100_000 + "b"
assert technical(["_uuid", "_submission_time", title]) == ["_uuid", "_submission_time"]
assert bare_names([title]) == {title: title}
assert targets_of("a - " * 50_000, catalogue(), "experiences") == []
assert departement_code(cell) == cell
assert repeat_of("uuid" + "(" * 200_000 + "/steps[2]") == "steps"
"""


def test_titles_and_cells_of_a_page_are_read_in_a_few_seconds() -> None:
    subprocess.run([sys.executable, "-c", READ], check=True, timeout=SECONDS)


def test_a_cell_with_an_endless_place_is_refused_before_it_is_counted(
    tmp_path: Path, write_xlsx: Callable[..., Path]
) -> None:
    whole = write_xlsx(tmp_path / "a.xlsx", S=[["Titre", "Lien"], ["a", "b"]])
    with zipfile.ZipFile(whole) as book, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as other:
        for name in book.namelist():
            content = book.read(name)
            other.writestr(name, content.replace(b'r="B2"', b'r="B' + b"a b " * 200_000 + b'2"'))
    with pytest.raises(MaterialError, match="n'est pas un classeur lisible"):
        read_table(tmp_path / "b.xlsx")


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
