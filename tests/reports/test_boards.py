"""Drafts to contest in every format: cells whole, none dropped, links that lead somewhere."""

from __future__ import annotations

import io
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace

import pypdf
import pytest

from dts_research.display import blocks
from dts_research.errors import DtsError
from dts_research.reports.document import read_document
from dts_research.reports.extras_tables import sheets_of
from dts_research.reports.html import render_html
from dts_research.reports.posters import poster_pages, render_posters
from dts_research.reports.slides import slide_pages
from dts_research.reports.typst import render_pdf

sample = SimpleNamespace(**run_path(str(Path(__file__).with_name("complete_notebook.py"))))
WORDS = {"text": "« On y va à trois. »", "origin": "Une fiche", "leads_to": "fiche-f-1--need"}


def board(rows=1, columns=2, **more):
    """A board whose first cell holds a passage and whose others ask."""
    line = [{"passages": [WORDS]}] + [
        {"passages": [], "question": f"Et {n} ?"} for n in range(1, columns)
    ]
    fields = {
        "id": "un-brouillon", "title": "Un brouillon", "columns": [f"C{n}" for n in range(columns)],
        "alt": "Tableau de quelques lignes ; une case pose une question.", "limits": "tout.",
        "left_out": "le reste.", "source": "Fiches",
        "rows": [{"label": f"Ligne {n}", "cells": line} for n in range(rows)],
        "data": {"columns": ["Passage", "Fiche"], "rows": [["On y va à trois, sinon pas.", "F-1"]]},
    }  # fmt: skip
    return blocks.board(**{**fields, **more})


def sheet():
    told = {"label": "Besoin de départ", "text": "Y aller à trois.", "name": "need"}
    return blocks.sheet(id="fiche-f-1", title="Une fiche", fields=[told])


def document(*made, tags=()):
    book = sample.notebook()
    book.cells = book.cells[:1] + [sample.shown(one, tags=list(tags)) for one in made]
    return read_document(book)


def test_a_cell_is_never_empty():
    with pytest.raises(DtsError) as refused:
        fields = board().data | {"rows": [{"label": "L", "cells": [{"passages": []}] * 2}]}
        blocks.board(**fields)
    assert refused.value.message == (
        "Bloc board « un-brouillon » : une case de la ligne 1 est vide."
    )
    assert refused.value.fix == "Y poser une question."


def test_a_passage_leads_to_the_field_of_its_sheet_where_the_document_holds_it():
    page = render_html(document(board(), sheet()))
    assert '<a href="#fiche-f-1--need">Une fiche</a>' in page
    assert 'id="fiche-f-1--need"' in page
    alone = document(board())
    assert not alone.faults
    assert "#fiche-f-1" not in render_html(alone)
    assert "Une fiche" in render_html(alone)


def test_what_it_is_and_what_it_does_not_say_are_on_the_page():
    page = render_html(document(board()))
    assert "Brouillon à contester · brouillon 1" in page
    assert "Ce que ce brouillon laisse de côté\u00a0: le reste." in page
    assert "Ce qu’il ne permet pas de dire\u00a0: tout." in page
    assert "Tous les passages, en entier" in page


def test_many_rows_take_several_posters_and_none_is_left_out():
    pages = poster_pages(document(board(rows=13, columns=4), tags=["affiche"]))[0]["posters"]
    assert [len(page["rows"]) for page in pages] == [5, 5, 3]
    assert [row["label"] for page in pages for row in page["rows"]] == [
        f"Ligne {n}" for n in range(13)
    ]
    assert [page["title"] for page in pages] == [
        f"Un brouillon, feuille {n}\u00a0sur 3" for n in (1, 2, 3)
    ]
    assert all("data" not in page for page in pages)


def test_a_poster_is_a_lying_a3_page_that_says_what_it_is():
    pages = pypdf.PdfReader(
        io.BytesIO(render_posters(document(board(rows=2, room=True), tags=["affiche"])))
    ).pages
    assert [(round(p.mediabox.width), round(p.mediabox.height)) for p in pages] == [(1191, 842)]
    text = pages[0].extract_text().replace("\u00a0", " ")
    assert "Brouillon à contester" in text and "On y va à trois" in text


@pytest.mark.parametrize(("columns", "side"), [(2, "upright"), (6, "lying")])
def test_on_a4_it_lies_on_its_side_when_it_has_many_columns(columns, side):
    pages = pypdf.PdfReader(io.BytesIO(render_pdf(document(board(12, columns))))).pages
    held = [p for p in pages if "Ligne 3" in (p.extract_text() or "").replace("\u00a0", " ")]
    (width, height) = (held[0].mediabox.width, held[0].mediabox.height)
    assert (width > height) is (side == "lying")
    text = " ".join(p.extract_text() for p in pages).replace("\u00a0", " ")
    assert all(f"Ligne {n}" in text for n in range(12))


def test_a_screen_tells_a_small_one_and_sends_to_a_large_one():
    small = slide_pages(document(board()))[0]["slides"][1]
    assert small["title"] == "Brouillon à contester\u00a0: Un brouillon"
    assert [item["lead"] for item in small["items"]] == ["Ligne 0", "Ligne 0"]
    large = slide_pages(document(*[board(9, 3, id=f"b{n}") for n in range(3)]))[0]["slides"]
    assert large[-1]["title"] == "À lire dans le document"
    assert [item["lead"] for item in large[-1]["items"]] == [f"Brouillon {n}" for n in (1, 2, 3)]


def test_the_workbook_holds_every_passage_in_full():
    (made,) = [one for one in sheets_of(document(board())) if one.name.startswith("Brouillon")]
    assert made.name == "Brouillon 1"
    assert list(made.columns[0].values) == ["On y va à trois, sinon pas."]
