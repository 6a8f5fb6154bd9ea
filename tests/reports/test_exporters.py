"""Exporters of nbconvert: found by name, right extension, strict where asked."""

from pathlib import Path
from runpy import run_path
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from dts_research.errors import DtsError
from dts_research.reports.exporters import (
    HtmlExporter,
    PdfExporter,
    PosterExporter,
    SlidesExporter,
)

sample = SimpleNamespace(**run_path(str(Path(__file__).with_name("complete_notebook.py"))))


@pytest.mark.parametrize(
    ("exporter", "extension", "start"),
    [
        (HtmlExporter, ".html", "<!DOCTYPE html>"),
        (PdfExporter, ".pdf", b"%PDF-"),
        (SlidesExporter, "-diapos.pdf", b"%PDF-"),
        (PosterExporter, "-affiches.pdf", b"%PDF-"),
    ],
)
def test_each_exporter_writes_its_format(exporter, extension, start):
    content, resources = exporter().from_notebook_node(sample.notebook())
    assert content.startswith(start)
    assert resources["output_extension"] == extension


def test_the_names_are_declared():
    import tomllib

    text = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    declared = tomllib.loads(text)["project"]["entry-points"]["nbconvert.exporters"]
    assert set(declared) >= {"dts-html", "dts-pdf", "dts-slides", "dts-poster"}


def test_strict_refuses_what_cannot_be_published():
    with pytest.raises(DtsError) as refused:
        HtmlExporter(strict=True).from_notebook_node(sample.notebook(faulty=True))
    lines = str(refused.value).splitlines()
    assert lines[0] == "Ce document ne peut pas être publié :"
    told = [line for line in lines if line.startswith("- Cellule ")]
    assert len(told) == len(lines) - 2
    assert any("n'a pas de texte de remplacement. Écrire « alt »" in line for line in told)
    clean = new_notebook(cells=[new_markdown_cell("# Question\n\n## Partie\n\nUn texte.")])
    assert HtmlExporter(strict=True).from_notebook_node(clean)


def test_the_reader_is_chosen():
    for reader, seen in (("animateur", False), ("chercheur", True)):
        content, _ = HtmlExporter(reader=reader).from_notebook_node(sample.notebook())
        assert ("Pour les chercheurs seulement" in content) is seen
