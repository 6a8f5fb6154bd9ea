"""Posters: one A3 page a figure, its message, what to ask of it, room to write."""

import io
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace

import pikepdf
import pypdf
import pytest

from dts_research.display import blocks
from dts_research.errors import DtsError
from dts_research.reports.document import Document, read_document
from dts_research.reports.posters import poster_pages, render_posters

sample = SimpleNamespace(**run_path(str(Path(__file__).with_name("complete_notebook.py"))))


def drawn(height=160, **more):
    return blocks.chart(id="f", svg=sample.drawing(height=height), **{**sample.CHART, **more})


def posters(*charts):
    found = tuple({**chart.as_json(), "level": 3, "number": 1} for chart in charts)
    return poster_pages(Document("Titre", blocks=found))[0]["posters"]


@pytest.fixture(scope="module")
def tagged():
    book = sample.notebook()
    lying = drawn(questions=["Où sont les autres ?", "Depuis quand ?", "Avec qui ?"])
    tall = drawn(620, title="Une figure tout en hauteur")
    book.cells += [sample.shown(one, tags=["affiche"]) for one in (lying, tall)]
    return read_document(book)


@pytest.fixture(scope="module")
def made(tagged):
    return render_posters(tagged)


def pages(pdf):
    return pypdf.PdfReader(io.BytesIO(pdf)).pages


def test_each_tagged_figure_has_its_a3_page_the_tall_one_upright(made):
    boxes = [(round(p.mediabox.width), round(p.mediabox.height)) for p in pages(made)]
    assert boxes == [(1191, 842), (842, 1191)]


def test_every_figure_has_its_page_where_none_is_tagged():
    untagged = read_document(sample.notebook())
    figures = [b for b in untagged.body if b["kind"] == "chart"]
    assert len(pages(render_posters(untagged))) == len(figures) == 4


def test_a_poster_says_where_what_to_ask_and_that_it_is_fiction(made):
    first, second = (" ".join(page.extract_text().split()) for page in pages(made))
    for part in ("Saône-et-Loire", "Le bassin minier porte un tiers", "Où sont les autres",
                 "Ce que cette figure ne dit pas", "Source : collecte du collectif",
                 "Données fictives", "Affiche 1 sur 2"):  # fmt: skip
        assert part in first
    assert "Où sont les autres" not in second
    assert "Que faudrait-il vérifier, et avec qui" in second and "Affiche 2 sur 2" in second


def test_it_is_tagged_titled_and_conforming(made):
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert str(opened.Root.Lang).lower().startswith("fr")
        assert bool(opened.Root.MarkInfo.Marked)
        figures = [item for item in opened.objects if isinstance(item, pikepdf.Dictionary)
                   and item.get("/S") == pikepdf.Name.Figure]  # fmt: skip
        assert [str(figure.Alt)[:19] for figure in figures] == ["Barres horizontales"] * 2
        metadata = bytes(opened.Root.Metadata.read_bytes()).decode()
    assert "pdfuaid:part" in metadata and "pdfaid:part" in metadata


def test_the_bytes_do_not_change(tagged, made):
    assert render_posters(tagged) == made


def test_the_drawing_whose_letters_are_largest_is_hung():
    alone = posters(drawn(900))[0]
    assert not alone["lying"] and alone["ratio"] == pytest.approx(900 / 504)
    wide = posters(drawn(900, wide=sample.drawing(height=160)))[0]
    assert wide["lying"] and wide["ratio"] == pytest.approx(160 / 504)


@pytest.mark.parametrize("height", [60, 260, 1400])
def test_a_long_title_and_long_questions_stay_on_one_page(height):
    texts = ["Une question très longue qui demande " + "beaucoup de mots " * 6 + "?"] * 3
    chart = drawn(height, title="Un message " + "bien trop long " * 9, questions=texts)
    block = {**chart.as_json(), "level": 3, "number": 1}
    assert len(pages(render_posters(Document("Titre", blocks=(block,))))) == 1


def test_a_document_without_figure_says_what_to_do():
    with pytest.raises(DtsError, match="aucune figure") as error:
        render_posters(Document("Titre"))
    assert "affiche" in error.value.fix
