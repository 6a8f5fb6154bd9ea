"""The page that stands alone, and the single page handed to an official."""

import io

import pypdf
import pytest

from dts_research.display import blocks
from dts_research.reports.document import Document, read_document
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
