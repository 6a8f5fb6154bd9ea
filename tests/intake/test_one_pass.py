"""A text file is cut in one pass: the same records as a reader given the whole text."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dts_research.errors import MaterialError
from dts_research.intake.delimited import _lines, read_delimited

ALPHABET = 'ab;"\r\n\u2028é'
FILLED = "Titre;Résumé\n"


@given(st.text(alphabet=ALPHABET, max_size=40))
def test_lines_are_those_of_a_file_opened_as_it_is(text: str) -> None:
    assert list(_lines(text)) == list(io.StringIO(text, newline=""))


@given(st.lists(st.tuples(*[st.text(alphabet=ALPHABET, max_size=8)] * 2), max_size=6))
def test_records_come_back_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL).writerows([("Titre", "Résumé"), *rows])
    path = tmp_path_factory.mktemp("x") / "x.csv"
    path.write_bytes(out.getvalue().encode("utf-8"))
    (grid,) = read_delimited(path)
    assert list(grid.rows[1:]) == [tuple(cell or None for cell in row) for row in rows]


@pytest.mark.parametrize(
    "tail", ['"', '"ouvert', 'a;"ouvert\n', '"";"', 'a"b;c\n"d"e;f\n"ouvert;\n', '"a""', '";']
)
def test_a_quote_left_open_is_told_wherever_it_stands(tmp_path: Path, tail: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(FILLED + tail, encoding="utf-8", newline="")
    with pytest.raises(MaterialError, match="jamais refermé"):
        read_delimited(path)


@pytest.mark.parametrize("tail", ["", "a;b", "a;b\n", '"a;";b', ";", ";\n", "\n\n", '"a"', "a\r"])
def test_a_file_that_closes_its_quotes_is_read_to_its_end(tmp_path: Path, tail: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(FILLED + tail, encoding="utf-8", newline="")
    (grid,) = read_delimited(path)
    said = list(csv.reader(io.StringIO(FILLED + tail, newline=""), delimiter=";"))
    assert [[cell or "" for cell in row] for row in grid.rows] == said
