"""Pages to project: what is shown, how many, in which size."""

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
from dts_research.reports.projected import projected
from dts_research.reports.slides import slide_pages
from dts_research.reports.typst import render_slides

sample = SimpleNamespace(**run_path(str(Path(__file__).with_name("complete_notebook.py"))))
FIGURES = [{"value": "12500", "unit": "h", "label": "heures travaillées", "comparison": "+ 8 %"}]
SUMMARY = {
    "items": FIGURES,
    "findings": [{"text": "Trois essais se sont arrêtés."}, {"text": "Deux continuent."}],
    "questions": ["Qui n'est pas dans la pièce ?"],
}


def shown(block, **more):
    return {**block.as_json(), "level": 3, **more}


def heading(text):
    return {"kind": "heading", "level": 2, "text": text, "slug": text, "inline": []}


def drawn(height=260, **more):
    chart = blocks.chart(id="f", svg=sample.drawing(height=height), **sample.CHART, **more)
    return shown(chart, number=3)


def table(*rows, title="Le tableau", columns=2):
    heads = [{"label": f"Colonne {x}"} for x in range(columns)]
    made = blocks.table(id="t", title=title, columns=heads, rows=[list(row) for row in rows])
    return shown(made, number=2)


def absence(title):
    return shown(blocks.absence(id="a", title=title, mark="Non renseigné", text="Rien."))


def pages(*found):
    return slide_pages(Document("Titre", blocks=found))[0]["slides"][1:]


def words(pdf):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


@pytest.fixture(scope="module")
def document():
    return read_document(sample.notebook(faulty=True))


@pytest.fixture(scope="module")
def deck(document):
    return render_slides(document)


def test_they_are_tagged_titled_and_conforming(deck):
    with pikepdf.open(io.BytesIO(deck)) as opened:
        assert str(opened.Root.Lang).lower().startswith("fr")
        assert bool(opened.Root.MarkInfo.Marked)
        assert "Saône-et-Loire" in str(opened.docinfo["/Title"])
        metadata = bytes(opened.Root.Metadata.read_bytes()).decode()
    assert "pdfuaid:part" in metadata and "pdfaid:part" in metadata


def test_the_bytes_do_not_change(document, deck):
    assert render_slides(document) == deck


def test_pages_are_wide_say_the_fiction_and_none_overflows(document, deck):
    found = pypdf.PdfReader(io.BytesIO(deck)).pages
    assert all(abs(float(p.mediabox.width / p.mediabox.height) - 16 / 9) < 0.01 for p in found)
    assert all("Données fictives" in text for text in words(deck))
    assert len(found) == len(slide_pages(document)[0]["slides"])


def test_an_empty_document_is_a_document():
    assert words(render_slides(read_document(new_notebook())))
    prose = read_document(new_notebook(cells=[new_markdown_cell("# Titre\n\n### Bas\n\ntexte")]))
    assert len(words(render_slides(prose))) == 1


def test_one_thing_on_each_page(document):
    kinds = [page["kind"] for page in slide_pages(document)[0]["slides"]]
    assert kinds[0] == "title"
    assert kinds.count("question") == 4 and kinds.count("quote") == 4
    assert kinds.count("chart") == 6


def test_the_summary_is_figures_then_findings_then_its_questions():
    summary = shown(blocks.summary(id="s", **SUMMARY))
    assert [p["kind"] for p in pages(summary)] == ["key_figures", "cards", "question"]
    assert pages(summary)[0]["items"][0]["value"] == "12\u202f500"
    asked = shown(blocks.discussion(id="d", title="À dire", questions=["Et nous ?"]))
    projected = pages(summary, asked)
    assert [p["title"] for p in projected if p["kind"] == "question"] == ["Et nous\u202f?"]
    text = words(render_slides(Document("Titre", blocks=(summary,))))
    assert "Trois essais se sont arrêtés" in text[2] and "dans la pièce" in text[3]


def test_what_is_consulted_alone_is_not_projected():
    mots = blocks.glossary(id="g", title="Mots", items=[{"label": "AI", "text": "Association"}])
    method = blocks.method(id="m", title="Sources", items=[{"label": "L", "text": "etalab"}])
    assert not pages(shown(mots))
    assert not pages(heading("Méthode"), shown(method), drawn())
    assert not pages(heading("annexes"), drawn())


def test_a_part_is_a_heading_once_and_never_said_twice():
    found = pages(heading("Les lieux"), drawn(), drawn(), heading("Le tableau"), table(("a", "b")))
    assert [(p["part"], p["opens"], p["level"]) for p in found] == [
        ("Les lieux", True, 2),
        ("Les lieux", False, 2),
        ("", False, 1),
    ]


def test_a_figure_drawn_for_a_screen_is_shown_instead_of_the_tall_one():
    chart = drawn(900, wide=sample.drawing(height=200))
    page = pages(chart)[0]
    assert page["kind"] == "chart" and page["ratio"] == pytest.approx(200 / 504)
    assert page["layout"] == "under"


def test_a_figure_takes_nearly_all_the_page_where_its_letters_need_it():
    assert [pages(drawn(tall))[0]["layout"] for tall in (180, 320, 400)] == [
        "under",
        "full",
        "beside",
    ]


def test_a_map_stands_beside_its_title():
    page = pages({**drawn(420), "alt": "Carte du territoire, avec un cercle par commune."})[0]
    assert page["kind"] == "chart" and page["layout"] == "beside"


def test_a_tall_figure_is_told_in_words_and_several_are_listed():
    alone = pages(drawn(900))
    assert alone[0]["kind"] == "message" and "bassin minier 34" in alone[0]["text"]
    assert alone[0]["where"].startswith("Figure 3")
    several = pages(drawn(900), drawn(900))
    assert [(p["kind"], len(p["items"])) for p in several] == [("list", 2)]


def test_many_quotes_threads_and_sheets_are_not_all_projected():
    quotes = {"kind": "quotes", "id": "q", "level": 3, "items": [{"text": "oui"}] * 49}
    sheet = {"kind": "sheet", "id": "s", "level": 3, "title": "S",
             "fields": [{"label": "Lieu", "text": "Autun"}]}  # fmt: skip
    assert len(pages(quotes)) == 5
    assert len(pages(sheet)) == 1 and not pages(*[sheet] * 9)
    days = [f"2024-0{n}-01" for n in range(1, 9)]
    threads = [
        shown(blocks.thread(id="t", title=day, events=[{"date": day, "what": "Un fait."}]))
        for day in days
    ]
    assert [p["kind"] for p in pages(*threads[:2])] == ["cards", "cards"]
    told = pages(*threads)
    assert len(told) == 1
    assert told[0]["title"] == "Les 6\xa0derniers faits connus, sur 8\xa0fils suivis"
    assert "août" in told[0]["items"][0]["lead"]


def test_decisions_are_told_six_a_page_in_their_order():
    items = [{"statement": f"Décision {n}", "status": "En cours"} for n in range(1, 17)]
    told = pages(shown(blocks.follow_up(id="s", title="Suites", items=items)))
    assert [p["title"] for p in told] == [f"Suites ({n}\xa0sur 3)" for n in (1, 2, 3)]
    assert [len(p["items"]) for p in told] == [5, 5, 6]
    assert [i["text"] for p in told for i in p["items"]] == [f"Décision {n}" for n in range(1, 17)]


def test_a_small_table_is_shown_and_a_few_rows_of_prose_are_told():
    long = "Une phrase assez longue pour ne pas tenir dans une case sans passer à la ligne."
    assert pages(table(("a", "1"), ("b", "2")))[0]["kind"] == "table"
    told = pages(table(("Un essai", long), ("Un autre", long)))[0]
    assert told["items"][1] == {"lead": "Un autre", "text": long}
    alone = pages(table(("Un essai", "Autun", "Arrêtée"), columns=3))[0]
    assert alone["items"] == [{"lead": "Un essai", "text": "Autun · Arrêtée"}]


def test_a_longer_table_of_questions_is_told_on_two_pages():
    long = "Une question assez longue pour ne pas tenir dans une case de tableau brève, non ?"
    found = pages(table(*[(f"Ligne {x}", f"{long} {x}") for x in range(10)]))
    assert [page["title"] for page in found] == [f"Le tableau ({n}\u00a0sur 2)" for n in (1, 2)]
    assert [item["lead"] for item in found[1]["items"]] == [f"Ligne {x}" for x in range(5, 10)]


def test_single_rows_are_gathered_and_long_tables_found_elsewhere():
    long = "Une phrase assez longue pour ne pas tenir dans une case sans passer à la ligne."
    told = pages(heading("Récits"), table(("Un essai", long)), table(("Un autre", long)))
    assert [(p["kind"], len(p["items"])) for p in told] == [("cards", 2)]
    many = [{**table(*[(long, long)] * 8), "number": n} for n in (2, 3, 4)]
    assert [item["lead"] for item in pages(*many)[0]["items"]] == [
        "Tableau 2",
        "Tableau 3",
        "Tableau 4",
    ]


def test_what_is_missing_is_gathered_on_one_page():
    found = pages(absence("Pas de carte"), drawn(), absence("Pas de voix"))
    assert [p["kind"] for p in found] == ["chart", "list"]
    assert found[1]["eyebrow"] == "Non renseigné"
    told = [{"lead": "", "text": text} for text in ("Pas de carte", "Pas de voix")]
    assert found[1]["items"] == told
    many = pages(*[absence(f"Rien {n}") for n in range(20)])
    assert many[0]["items"][-1]["text"].startswith("9\xa0autres")


def test_points_without_room_are_counted_on_the_screen():
    made = blocks.callout(id="c", tone="note", title="T", items=[f"point {n}" for n in range(9)])
    (page,) = projected({**made.as_json(), "level": 2}, {})
    assert [item["text"] for item in page["items"]] == [
        *(f"point {n}" for n in range(5)),
        "Et 4 autres points, dans le document.",
    ]
