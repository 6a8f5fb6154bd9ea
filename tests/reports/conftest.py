"""Tiny one-purpose notebooks, and a press that only runs them."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from runpy import run_path

import nbformat
import pytest

from dts_research.reports.document import read_document
from dts_research.reports.press import POSTERS, SUFFIXES, Press, output_name, render

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


# Where each document says that it comes from, in as many words as the longest.
ORIGIN = (
    "Fait à partir de 35 fiches d'expérience et de 41 faits sur les collectivités, état au 23 "
    "novembre 2026, avec le carnet territory.ipynb et le programme dts-research 0.1.0 (empreinte "
    "3f2a9c1b) ; ce rapport porte l'empreinte 81bc4d2e (dts why 81bc4d2e)."
)
# What is printed to be checked: notebook, territory, parameters.
REPORTS = {
    "territory-71": ("territory.ipynb", "71", {}),
    "territory-71-elu": ("territory.ipynb", "71", {"reader": "élu"}),
    "territory-71-chercheur": ("territory.ipynb", "71", {"reader": "chercheur"}),
    "territory-2A": ("territory.ipynb", "2A", {}),
    "gallery-71": ("gallery.ipynb", "71", {}),
    "network": ("network.ipynb", "", {}),
    "compare-71": ("compare.ipynb", "71", {"count": "IND-02", "base": "IND-03"}),
}
PDFS = tuple(kind for kind, suffix in SUFFIXES.items() if suffix.endswith(".pdf"))
SAMPLES = ("complete_notebook", "foreign_notebook")


@pytest.fixture(scope="session")
def document_of(executed):
    """Read a report of the demo at a fixed day, or a notebook full of anything, by its name."""

    @cache
    def read(name):
        if name in REPORTS:
            return replace(read_document(_start(executed, name)()), origin=ORIGIN)
        make = run_path(str(_sample(name)))["notebook"]
        found = read_document(make(faulty=True) if name == "complete_notebook" else make())
        return replace(found, origin=ORIGIN)

    return read


def _start(executed, name):
    book, place, parameters = REPORTS[name]
    return executed(book, place, **parameters)


def _sample(name):
    return Path(__file__).with_name(f"{name}.py")


@pytest.fixture(scope="session")
def printed(executed, document_of, tmp_path_factory):
    """Every PDF of every document, in files."""
    for name in REPORTS:
        _start(executed, name)
    names = [*REPORTS, *(name for name in SAMPLES if _sample(name).is_file())]
    documents = {name: document_of(name) for name in names}
    return _write_pdfs(documents, tmp_path_factory.mktemp("printed"))


@pytest.fixture(scope="session")
def write_pdfs():
    return _write_pdfs


def _write_pdfs(documents, folder):
    """Write each document in each kind of PDF; give the files."""
    paths = []
    for name, document in documents.items():
        drawn = any(block["kind"] == "chart" for block in document.body)
        for kind in (kind for kind in PDFS if drawn or kind != POSTERS):
            paths.append(folder / output_name(name, kind))
            paths[-1].write_bytes(render(kind, document, name, ()))
    return paths
