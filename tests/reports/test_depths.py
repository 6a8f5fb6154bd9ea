"""Cells that a reader does not see are not run, and the document says the same without them."""

from fnmatch import fnmatchcase

import nbformat
import pytest

from dts_research.reports.depths import UNPLAYED, leave_unread, reads, tags_of
from dts_research.reports.document import _cell_blocks, read_document

BOOKS = (("territory.ipynb", "71"), ("territory.ipynb", "2A"), ("network.ipynb", ""))


def shown(cell):
    return {str(block.get("id") or block.get("slug")) for block in _cell_blocks(cell)}


@pytest.mark.parametrize(("book", "place"), BOOKS)
def test_what_is_told_of_a_cell_is_what_it_shows(executed, book, place):
    """Run for who reads everything: each identifier is told, and nothing is told in vain."""
    whole = executed(book, place, reader="chercheur")()
    told = [cell for cell in whole.cells if cell.metadata.get("shows")]
    assert len(told) > 5
    for cell in told:
        names = cell.metadata.shows
        assert not [one for one in shown(cell) if not any(fnmatchcase(one, n) for n in names)]
    for cell in whole.cells:
        if cell.cell_type == "code" and "lecteur-chercheur" in tags_of(cell):
            assert cell.metadata.get("shows"), cell.source


@pytest.mark.parametrize(("book", "place"), BOOKS)
def test_a_document_is_the_same_without_what_nobody_reads_in_it(executed, book, place):
    whole, short = executed(book, place, reader="chercheur")(), executed(book, place)()
    left = [cell for cell in short.cells if UNPLAYED in tags_of(cell)]
    assert left
    assert not any(cell.outputs or cell.execution_count for cell in left)
    assert not any(reads(cell, 1) for cell in left)
    for text in ("[un renvoi](#sources)", "[une fiche](#fiche-x)", "[rien](#nulle-part)"):
        linked = [nbformat.v4.new_markdown_cell(text)]
        documents = [read_document(_with(nb, linked), reader="animateur") for nb in (whole, short)]
        assert [f.message for f in documents[0].faults] == [f.message for f in documents[1].faults]
        assert len(documents[1].faults) == ("nulle-part" in text)


def _with(notebook, cells):
    """Cells added, and the identifier that a link asks for made sure of."""
    more = nbformat.v4.new_code_cell("1", metadata={"shows": ["sources", "fiche-x"]})
    more.metadata.tags = ["lecteur-chercheur"]
    return nbformat.NotebookNode(notebook | {"cells": [*notebook.cells, *cells, more]})


def test_a_cell_that_does_not_tell_what_it_shows_is_run():
    cells = [nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["lecteur-chercheur"]})]
    notebook = nbformat.v4.new_notebook(cells=cells)
    leave_unread(notebook, {"reader": "élu"})
    assert tags_of(notebook.cells[0]) == {"lecteur-chercheur"}
