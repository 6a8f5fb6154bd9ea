"""The gallery shows every block, figure and table, long or empty, and holds in every format."""

from __future__ import annotations

import io
import zipfile

import pytest

from dts_research.display import blocks, charts, comparisons, drafts, tables
from dts_research.display import fields as spec
from dts_research.reports.document import read_document
from dts_research.reports.press import FORMATS, render

# Many sheets, a single one, none.
TERRITORIES = ("71", "2A", "05")
KINDS = {
    name
    for name, value in vars(blocks).items()
    if callable(value) and getattr(value, "__annotations__", {}).get("return") == "Block"
    and not name.startswith("_")
}  # fmt: skip


@pytest.fixture(scope="module")
def galleries(executed):
    runs = {code: executed("gallery.ipynb", code) for code in TERRITORIES}
    return {code: run() for code, run in runs.items()}


@pytest.fixture(scope="module")
def pages(galleries):
    return {code: read_document(notebook) for code, notebook in galleries.items()}


def shown(notebook):
    return [
        output.data[blocks.MIMETYPE]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if blocks.MIMETYPE in output.get("data", {})
    ]


def test_the_kinds_are_those_that_blocks_have():
    assert {"cover", "chart", "table", "absence", "summary", "glossary"} <= KINDS
    assert {kind.replace("_", "") for kind in KINDS} <= {name.lower() for name in vars(spec)}


def test_every_block_figure_and_table_is_there(galleries):
    found = {block["kind"] for block in shown(galleries["71"])}
    assert KINDS - found == set()
    code = "\n".join(cell.source for cell in galleries["71"].cells if cell.cell_type == "code")
    called = [f"charts.{name}(" for name in charts.__all__]
    called += [f"tables.{name}(" for name in tables.__all__]
    called += [f"drafts.{name}(" for name in drafts.__all__]
    called += [f"comparisons.{name}(" for name in comparisons.__all__ if name != "cover"]
    called += [f"blocks.{kind}(" for kind in KINDS - {"cover"}]
    assert [name for name in called if name not in code] == []


def test_each_call_is_told_in_a_sentence_above_it(galleries):
    prose = "\n".join(c.source for c in galleries["71"].cells if c.cell_type == "markdown")
    for room, names in (
        ("charts", charts.__all__),
        ("tables", tables.__all__),
        ("drafts", drafts.__all__),
    ):
        told = [name for name in names if f"`{room}.{name}`" not in prose and name != "cover"]
        assert told == []


@pytest.mark.parametrize("code", TERRITORIES)
def test_it_could_be_published_wherever_it_is_made(code, pages):
    assert [str(fault) for fault in pages[code].faults] == []
    assert pages[code].fictional


def test_where_there_is_nothing_each_figure_says_so(galleries):
    kinds = [block["kind"] for block in shown(galleries["05"])]
    assert kinds.count("absence") > 15
    # Those of the whole country, its decisions and its sessions too, and those drawn by hand.
    assert kinds.count("chart") < 11


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("code", TERRITORIES)
def test_it_is_made_in_every_format(code, kind, pages):
    made = render(kind, pages[code], f"galerie-{code}", tuple(FORMATS))
    start = {"html": b"<!DOCTYPE html>", "extras": b"PK"}.get(kind, b"%PDF-")
    assert made.startswith(start)
    if kind == "html":
        page = made.decode("utf-8")
        for said in (
            "Structure n°\u00a0300",
            "anticonstitutionnellement" * 8,
            "galerie-",
            "dessin",
        ):
            assert said in page
    if kind == "extras":
        names = zipfile.ZipFile(io.BytesIO(made)).namelist()
        assert any(name.endswith("-dessin.png") for name in names)
