"""PDFs: structure, language, pages and words, read back; hostile texts stay texts."""

import io
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace

import pikepdf
import pypdf
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from dts_research.display import blocks
from dts_research.reports.document import Document, read_document
from dts_research.reports.pages import a4_pages, columns
from dts_research.reports.typst import render_pdf

sample = SimpleNamespace(**run_path(str(Path(__file__).with_name("complete_notebook.py"))))


def words(pdf):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def flat(pages):
    return " ".join(" ".join(pages).replace("\u200b", "").split())


@pytest.fixture(scope="module")
def document():
    return read_document(sample.notebook(faulty=True), reader="chercheur")


@pytest.fixture(scope="module")
def a4(document):
    return render_pdf(document)


def test_it_is_tagged_titled_and_conforming(a4):
    with pikepdf.open(io.BytesIO(a4)) as opened:
        assert str(opened.Root.Lang).lower().startswith("fr")
        assert bool(opened.Root.MarkInfo.Marked)
        title = str(opened.docinfo["/Title"])
        metadata = bytes(opened.Root.Metadata.read_bytes()).decode()
    assert title == "Ce que nos territoires changent, et ce qui les en empêche – Saône-et-Loire"
    assert "pdfuaid:part" in metadata and "pdfaid:part" in metadata


def test_the_bytes_do_not_change(document, a4):
    assert render_pdf(document) == a4


def test_a4_pages_and_fiction_on_each(a4):
    reader = pypdf.PdfReader(io.BytesIO(a4))
    portrait = [p for p in reader.pages if abs(float(p.mediabox.width) - 595.3) < 1]
    assert len(portrait) >= len(reader.pages) - 1
    total = len(reader.pages)
    for number, text in enumerate(words(a4), start=1):
        assert "Données fictives" in text
        if number > 1:
            assert f"{number} / {total}" in " ".join(text.split())
            assert "Saône-et-Loire" in text


def test_contents_lead_to_headings(a4):
    text = words(a4)
    assert "Sommaire" in text[1] and "Où agissons-nous" in text[1]
    assert pypdf.PdfReader(io.BytesIO(a4)).outline


def test_hostile_texts_stay_texts(a4):
    text = flat(words(a4))
    assert "C’est 100 # et $x$ @tous [entre crochets] _souligné_ <b>gras</b> & fin" in text
    assert "{{7*7}}" in text and "root:" not in text
    assert "".join(words(a4)).replace("\u200b", "").replace("\n", "").count("anti") >= 740


def test_long_tables_repeat_their_head_and_wide_ones_turn(a4):
    text = words(a4)
    pages = [
        t
        for t in text
        if "Commune n° 30" in t.replace("\u00a0", " ")
        or "Commune n° 60" in t.replace("\u00a0", " ")
    ]
    assert len(pages) >= 1 and all("Heures" in page for page in pages)
    wide = next(i for i, t in enumerate(text) if "Association 8" in t)
    page = pypdf.PdfReader(io.BytesIO(a4)).pages[wide]
    assert page.mediabox.width > page.mediabox.height


def elements(pdf, kind):
    """Structure elements of one type."""
    found = []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for item in opened.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == kind:
                found.append({k: str(item[k]) for k in ("/Alt", "/A") if k in item})
    return found


def test_figures_have_their_description_and_rows_their_head(a4):
    figures = elements(a4, pikepdf.Name.Figure)
    assert len(figures) >= 5 and all(f.get("/Alt") for f in figures)
    heads = elements(a4, pikepdf.Name.TH)
    assert sum("/Row" in head.get("/A", "") for head in heads) >= 60


def test_signs_no_font_draws_are_replaced(caplog):
    quote = {"kind": "quotes", "id": "q", "title": "T", "level": 2,
             "items": [{"text": "Bravo 🎉 \U0010fffd"}]}  # fmt: skip
    text = flat(words(render_pdf(Document("Titre", blocks=(quote,)))))
    assert "Bravo □" in text
    assert "remplacés" in caplog.text


def test_an_empty_document_is_a_document():
    assert words(render_pdf(read_document(new_notebook())))
    prose = read_document(new_notebook(cells=[new_markdown_cell("# Titre\n\n### Bas\n\ntexte")]))
    assert words(render_pdf(prose))


def test_very_wide_tables_are_cut_in_parts():
    heads = [{"label": f"c{i}"} for i in range(30)]
    table = {"kind": "table", "id": "t", "title": "T", "number": 1, "level": 2,
             "columns": heads, "rows": [[f"x{i}" for i in range(30)]]}  # fmt: skip
    pages, _ = a4_pages(Document("T", blocks=(table,)))
    parts = pages["blocks"]
    assert [p["title"] for p in parts] == [f"T ({n}\u00a0sur 3)" for n in (1, 2, 3)]
    assert all(p["columns"][0]["label"] == "c0" and len(p["widths"]) <= 14 for p in parts)


def test_widths_leave_room_to_words():
    block = {"columns": [{"label": "a"}, {"label": "b", "align": "right"}],
             "rows": [["x " * 45, "12"]]}  # fmt: skip
    fitted = columns(block)
    assert fitted["widths"] == [1, 0] and fitted["share"] > 0.9


def test_every_kind_of_block_is_printed(a4):
    text = flat(words(a4)).lower()
    for part in ("92", "rencontrer les trois", "à discuter", "ce que nous ne savons pas",
                 "non publié", "licence", "le marché est reconduit", "ce qui a résisté",
                 "données des figures", "contenu interactif", "ligne imprimée",
                 "brouillon"):  # fmt: skip
        assert part in text


def test_a_drawing_that_cannot_be_read_leaves_its_words():
    chart = blocks.chart(id="f", svg=sample.drawing(), **sample.CHART).as_json()
    chart |= {"svg": "<svg", "level": 2, "number": 1}
    text = flat(words(render_pdf(Document("T", blocks=(chart,)))))
    assert "Barres horizontales" in text


def test_short_columns_keep_their_words_whole():
    heads = [{"label": n} for n in ("Expérience", "Étape", "Récit")]
    rows = [["Un titre assez long pour passer à la ligne", "Arrêtée", "x " * 90]]
    first, second, third = columns({"columns": heads, "rows": rows})["widths"]
    assert len("Arrêtée") <= second < first < third


def table(count, rows, *, word="x", **more):
    heads = [{"label": f"Colonne {i}"} for i in range(count)]
    cells = [[f"{word}{row}-{i}" for i in range(count)] for row in range(rows)]
    return {"kind": "table", "id": "t", "title": "T", "number": 1, "level": 2,
            "columns": heads, "rows": cells, **more}  # fmt: skip


def test_forty_columns_are_all_printed():
    made = render_pdf(Document("T", blocks=(table(40, 4),)))
    text = flat(words(made))
    assert all(f"x{row}-{i}" in text for row in range(4) for i in range(40))
    wide = [p for p in pypdf.PdfReader(io.BytesIO(made)).pages if p.mediabox.width > 600]
    assert len(wide) == 3 and all(inside(page) for page in wide)


def inside(page):
    """Whether every text of a page starts and ends between its margins."""
    spots = []
    page.extract_text(
        visitor_text=lambda text, cm, tm, *_: spots.append(
            (tm[4] * cm[0] + cm[4], tm[4] * cm[0] + cm[4] + 3 * len(text.strip()))
        )
    )
    width = float(page.mediabox.width)
    return all(first >= 0 and last <= width for first, last in spots)


def test_three_hundred_rows_repeat_their_head_on_each_page():
    text = words(render_pdf(Document("T", blocks=(table(4, 300),))))
    pages = [page for page in text if "-2" in page]
    assert 5 <= len(pages) <= 12
    assert all("Colonne 3" in page for page in pages)


def test_long_words_of_a_table_do_not_cover_their_neighbours():
    rows = [["experience_places.csv", "23 novembre 2026", "lignes_acceptees"] * 3] * 3
    columns_ = [{"label": f"c{i}"} for i in range(9)]
    fitted = columns({"columns": columns_, "rows": rows})
    assert fitted["tight"]
    made = render_pdf(Document("T", blocks=(table(9, 0) | {"rows": rows, "columns": columns_},)))
    assert any(p.mediabox.width > 600 for p in pypdf.PdfReader(io.BytesIO(made)).pages)


@pytest.fixture(scope="module")
def territory(executed):
    return render_pdf(read_document(executed("territory.ipynb", "71")()))


@pytest.mark.parametrize("which", ["a4", "territory"])
def test_no_page_is_empty_and_no_heading_ends_a_page(which, request):
    reader = pypdf.PdfReader(io.BytesIO(request.getfixturevalue(which)))
    for page in reader.pages[1:]:
        assert len(" ".join(page.extract_text().split())) > 250
    heads = [item for item in flattened(reader.outline) if item.page is not None]
    assert len(heads) >= 5
    for item in heads:
        height = float(item.page.get_object()["/MediaBox"][3])
        assert height > float(item["/Top"]) > 68 + 40, item.title


def flattened(outline):
    for item in outline:
        if isinstance(item, list):
            yield from flattened(item)
        else:
            yield item


def test_a_reference_leads_to_its_block_or_stays_words():
    def sentence(href, words_):
        pieces = [{"type": "ref", "href": href, "text": words_}]
        return {"kind": "paragraph", "level": 2, "inline": pieces}

    blocks_ = (sentence("t", "tableau 1"), sentence("nulle-part", "figure 9"), table(3, 2))
    made = render_pdf(Document("T", blocks=blocks_))
    assert "tableau 1" in flat(words(made)) and "figure 9" in flat(words(made))
    (page,) = [p for p in pypdf.PdfReader(io.BytesIO(made)).pages if "/Annots" in p]
    assert len(page["/Annots"]) == 1


def test_notes_stand_at_the_foot_of_their_page(a4):
    page = next(t for t in words(a4) if "Texte avec note" in t)
    assert "La note, avec code." in page.replace("\n", " ")
    assert len(elements(a4, pikepdf.Name.Note)) == 1


def test_pages_are_marked_up_whatever_they_hold(a4):
    count = {name: len(elements(a4, pikepdf.Name("/" + name))) for name in
             ("Table", "TH", "TD", "L", "LI", "Caption", "H1", "TOC", "BlockQuote")}  # fmt: skip
    assert all(count.values()), count


def test_long_heads_leave_room_for_the_names_of_the_rows():
    heads = ["Territoire", "Demandeurs d'emploi (catégories A, B, C) (2025)",
             "Foyers allocataires du RSA (2024)", "Travailleurs indépendants"]  # fmt: skip
    names = ["Saône-et-Loire", "Bouches-du-Rhône", "Ain"]
    block = {
        "columns": [{"label": head} for head in heads],
        "rows": [[name, "39 290", "9 280", "Zéro constaté"] for name in names],
    }
    found = columns(block)
    assert min(found["widths"]) > 0 and found["widths"][0] >= max(map(len, names))
    short = columns(block | {"columns": [{"label": head[:6]} for head in heads]})
    assert short["widths"] == [1, 0, 0, 0]
