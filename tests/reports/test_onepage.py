"""The page that stands alone, and the single page handed to an official."""

import io
from dataclasses import replace

import nbformat
import pikepdf
import pypdf
import pytest

from dts_research.display import blocks
from dts_research.reports.document import Document, read_document
from dts_research.reports.faults import Fault
from dts_research.reports.onepage import one_page
from dts_research.reports.typst import render_pdf

BESIDE = (("page web", "territoire-71.html"), ("diaporama", "territoire-71-diapos.pdf"))
FORCED = (("territory.ipynb", "71"), ("territory.ipynb", "2A"), ("network.ipynb", ""))
CLOSE = 'viewBox="0 0 236 180"'
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" {CLOSE}><text x="9" y="20">Autun</text></svg>'


def figure(name, number, *, svg=SVG):
    made = blocks.chart(
        id=name, title=f"Message {number}", svg=svg, source="Registre",
        alt="Barres : 34 à Autun, 12 à Louhans, 5 à Cluny.",
        data={"columns": ["Lieu", "N"], "rows": [["Autun", "34"]]},
    )  # fmt: skip
    return {**made.as_json(), "level": 3, "number": number}


def summary(*, words=6):
    made = blocks.summary(
        id="essentiel", title="L'essentiel en une page",
        items=[{"value": "12500", "unit": "h", "label": "travaillées", "comparison": "9 000"}] * 4,
        findings=[{"text": "Le temps manque aux élus. " * words, "href": "fig-a"}] * 3,
        questions=["Qui n'est pas dans la pièce ?"],
    ).as_json()  # fmt: skip
    found = [{**item, "label": "figure 1"} for item in made["findings"]]
    return {**made, "findings": found, "level": 3}


def heading(text, slug):
    inline = [{"type": "text", "text": text}]
    return {"kind": "heading", "level": 2, "text": text, "slug": slug, "inline": inline}


def document(*, reader="elu", words=6, charts=2):
    drawn = [figure(f"fig-{letter}", n) for n, letter in enumerate("abcd"[:charts], start=1)]
    return Document(
        "Ce que nous apprenons",
        blocks=(heading("Ensemble", "ensemble"), summary(words=words), *drawn,
                heading("La suite", "suite")),
        reader=reader,
    )  # fmt: skip


def pages(pdf):
    return [
        " ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages
    ]


def links(pdf):
    """Addresses of the links, and the pages of the links inside the file."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    found = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    uris = [str(note["/A"]["/URI"]) for note in found if "/URI" in note.get("/A", {})]
    return uris, len(found) - len(uris)


@pytest.mark.parametrize(("book", "place"), FORCED)
def test_every_report_of_the_demo_holds_on_one_page(executed, book, place, caplog):
    read = read_document(executed(book, place)(), reader="élu")
    (text,) = pages(render_pdf(read, beside=BESIDE))
    assert read.one_page and not caplog.records
    summed = next(b for b in read.body if b["kind"] == "summary")
    for item in summed["items"]:
        assert item["label"].split()[0] in text
    assert "Ce que nous ne savons pas" in text or "CE QUE NOUS NE SAVONS PAS" in text
    assert "Source" in text and "territoire-71.html" in text and "Données fictives" in text


def test_the_page_of_an_official_says_all_it_was_given():
    (text,) = pages(render_pdf(document(), beside=BESIDE))
    for part in ("12 500 h".replace(" ", "\u202f", 1), "Message 1", "Message 2", "Registre",
                 "Le temps manque", "(figure 1)", "Qui n’est pas dans la pièce"):  # fmt: skip
        assert "".join(part.split()) in "".join(text.split())


def test_what_has_no_room_is_named():
    page, pictures = one_page(document(charts=4))
    assert len(pictures) == 2 and page["elsewhere"] == [
        "la figure «\u00a0Message 3\u00a0»", "la figure «\u00a0Message 4\u00a0»"
    ]  # fmt: skip
    (text,) = pages(render_pdf(document(charts=4)))
    assert "Message 4" in text.split("À lire dans la page web")[1]


def person(*cells):
    """The page of an official, with cells that a person added to the notebook."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(cell) for cell in cells])
    said = document()
    body = (*said.blocks, *read_document(made, reader="élu").blocks)
    return replace(said, blocks=tuple({**b, "id": f"bloc-{n}"} for n, b in enumerate(body)))


ADDED = (
    "## Un mot de l'animatrice\n\nLa mairie attend *notre* retour.",
    "- apporter le budget\n- prévenir Louhans",
    "| Lieu | Heures |\n|---|---|\n| Cluny | 34 |",
)


def test_what_a_person_adds_is_set_on_the_page():
    (text,) = pages(render_pdf(person(*ADDED)))
    for part in ("Un mot de l’animatrice", "attend notre retour", "le budget", "Cluny"):
        assert part in text.replace("\xa0", " ")
    assert "À lire dans la page web" not in text


@pytest.mark.parametrize("cells", [("Un long récit. " * 90,), ("Un long récit. " * 50,) * 9])
def test_what_a_person_adds_and_has_no_room_is_named(cells):
    (text,) = pages(render_pdf(person(*cells)))
    left = text.replace("\xa0", " ").split("À lire dans la page web")[1]
    assert "un texte : « Un long récit. Un long" in left
    assert text.count("Un long récit. Un") > 1 or len(cells) == 1


def test_a_drawing_whose_letters_cannot_be_read_is_named():
    wide = SVG.replace("0 0 236", "0 0 1800").replace("<text", '<text style="font:9px Sans"')
    tiny = replace(document(charts=0), blocks=(summary(), figure("fig-a", 1, svg=wide)))
    page, pictures = one_page(tiny)
    assert not pictures and page["elsewhere"] == ["la figure «\u00a0Message 1\u00a0»"]


def test_a_draft_says_so_in_one_line():
    faults = (Fault("Une image n'est pas décrite.", 3), Fault("Un autre défaut."))
    (text,) = pages(render_pdf(replace(document(), faults=faults)))
    assert "Brouillon : 2 défauts à corriger, listés dans la page web." in text.replace("\xa0", " ")
    assert "n’est pas décrite" not in text


def test_too_many_words_take_a_second_page_and_say_so(caplog):
    made = pages(render_pdf(document(words=120)))
    assert len(made) == 2 and "en prend 2" in caplog.text
    assert "Qui n’est pas dans la pièce" in " ".join(made)


def test_many_words_are_set_smaller_before_they_overflow():
    assert len(pages(render_pdf(document(words=16)))) == 1


def test_the_summary_has_its_own_page_that_says_where_its_figures_are():
    made = render_pdf(document(reader="animateur"), beside=BESIDE)
    text = pages(made)
    alone = [t for t in text if "Le temps manque" in t]
    assert len(alone) == 1 and "Message 1" not in alone[0]
    number = next(n for n, t in enumerate(text, start=1) if "Message 1" in t)
    assert f"voir la figure 1, page {number}" in alone[0].replace("\u00a0", " ")


def test_a_document_leads_to_its_other_forms_by_relative_addresses():
    uris, inside = links(render_pdf(document(reader="animateur"), beside=BESIDE))
    assert uris == ["territoire-71.html", "territoire-71-diapos.pdf"] * 2
    assert inside >= 3 + 2
    uris, _ = links(render_pdf(document(), beside=BESIDE))
    assert uris == ["territoire-71.html", "territoire-71-diapos.pdf"]
    assert links(render_pdf(document()))[0] == []


def test_data_are_annexed_for_researchers_only():
    brief, full = (
        " ".join(pages(render_pdf(document(reader=r)))) for r in ("animateur", "chercheur")
    )
    assert "Données des figures" in full and "Les données de chaque figure" not in full
    assert "Données des figures" not in brief
    assert "Les données de chaque figure se lisent dans la page web" in brief


def test_the_title_is_the_heading_of_the_parts_of_the_page():
    with pikepdf.open(io.BytesIO(render_pdf(document()))) as opened:
        objects = [one for one in opened.objects if isinstance(one, pikepdf.Dictionary)]
        parts = [str(one.S) for one in objects if one.get("/Type") == "/StructElem"]
    assert parts.count("/H1") == 1 and parts.count("/H2") == 2
    assert "/Title" not in parts and "/H3" not in parts
