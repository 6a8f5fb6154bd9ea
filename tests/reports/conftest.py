"""Tiny one-purpose notebooks, and a press that only runs them."""

from pathlib import Path

import nbformat
import pytest

from dts_research.reports.press import Press

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def write(path: Path, *cells: str, parameters: str = "") -> Path:
    """Write a notebook whose first code cell declares parameters."""
    book = nbformat.v4.new_notebook(metadata=KERNEL)
    book.cells = [nbformat.v4.new_markdown_cell("# Question")]
    if parameters:
        book.cells.append(nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    book.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(book, path)
    return path


@pytest.fixture
def press(tmp_path):
    for name in ("notebooks", "data", "out"):
        (tmp_path / name).mkdir()
    return Press(
        tmp_path / "notebooks", tmp_path / "data", tmp_path / "out", formats=(), version="1"
    )


@pytest.fixture
def write_notebook():
    return write
