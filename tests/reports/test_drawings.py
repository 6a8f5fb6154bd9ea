"""Drawings of other programs: what they say is kept and drawn, or told; nothing odd is printed."""

import base64
import io
import logging
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace

import pikepdf
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pypdf import PdfReader

from dts_research.display.drawings import safe_drawing
from dts_research.errors import DtsError
from dts_research.reports import exporters
from dts_research.reports.document import read_document
from dts_research.reports.tags import unfit
from dts_research.reports.typst import render_pdf, render_slides

sample = SimpleNamespace(**run_path(str(Path(__file__).with_name("complete_notebook.py"))))
ALT = "Courbe qui monte de 1 à 3 entre 2021 et 2023."
SPACE = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(inner):
    return f'<svg {SPACE} viewBox="0 0 200 100">{inner}</svg>'


def notebook(mime, data, alt=ALT):
    output = new_output("display_data", {mime: data}, metadata={"alt": alt})
    return new_notebook(cells=[new_markdown_cell("## A"), new_code_cell("x", outputs=[output])])


def drawn(inner):
    return read_document(notebook("image/svg+xml", svg(inner)))


def text_of(content):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def fonts_of(content):
    for page in PdfReader(io.BytesIO(content)).pages:
        for holder in [page, *page["/Resources"].get("/XObject", {}).values()]:
            resources = holder.get_object().get("/Resources", {})
            for font in resources.get("/Font", {}).values():
                yield str(font.get_object()["/BaseFont"])


@pytest.mark.parametrize("sign", ["&#xF6C5;", "&#xEF00;", "\uf6c5", "&#x1F389;"])
def test_a_sign_no_typeface_draws_is_told_and_the_norms_stand(sign, caplog):
    document = drawn(f'<text x="9" y="50">Mots {sign} lisibles</text>')
    (fault,) = document.faults
    assert "Aucune police ne dessine" in fault.message
    with caplog.at_level(logging.ERROR):
        made = render_pdf(document)
    assert not caplog.records and not unfit(made)
    assert "Mots □ lisibles" in text_of(made)
    assert not any("LastResort" in font for font in fonts_of(made))


def test_a_private_sign_of_the_text_does_not_cost_the_norms(caplog):
    document = read_document(new_notebook(cells=[new_markdown_cell("Un mot \uef00 ici.")]))
    assert "U+EF00" in document.faults[0].message
    with caplog.at_level(logging.ERROR):
        assert not unfit(render_pdf(document))
    assert not caplog.records


def without_norms(*arguments, **options):
    made = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(made)
    return made.getvalue()


def test_strict_reads_the_file_itself(monkeypatch):
    clean = new_notebook(cells=[new_markdown_cell("# Question\n\n## Partie\n\nUn texte.")])
    assert exporters.PdfExporter(strict=True).from_notebook_node(clean)
    monkeypatch.setattr(exporters, "render_pdf", without_norms)
    assert exporters.PdfExporter().from_notebook_node(clean)
    with pytest.raises(DtsError, match="PDF/UA"):
        exporters.PdfExporter(strict=True).from_notebook_node(clean)


def test_a_single_page_is_one_page():
    pages = io.BytesIO()
    with pikepdf.open(io.BytesIO(render_pdf(drawn("<path d='M0 0h9'/>")))) as pdf:
        pdf.pages.append(pdf.pages[0])
        pdf.save(pages)
    assert not unfit(pages.getvalue())
    assert unfit(pages.getvalue(), single=True) == (
        f"La page unique en prend {len(PdfReader(pages).pages)} : l'alléger dans le carnet"
    )


LOOPS = [
    '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g><use href="#a"/>',
    '<g id="a"><use xlink:href="#a"/></g>',
    '<g id="a"><g><use href="#b"/></g></g><g id="b"><g id="c"><use href="#c"/></g></g>',
]


@pytest.mark.parametrize("inner", LOOPS)
def test_a_drawing_that_holds_itself_is_printed(inner):
    document = drawn(inner + '<rect width="9" height="9"/><text y="50">Vu</text>')
    for render in (render_pdf, render_slides):
        assert "Vu" in text_of(render(document))


def test_a_drawing_that_grows_without_end_is_refused():
    bombs = '<g id="n0"><path d="M0 0h9"/></g>'
    for n in range(1, 9):
        bombs += f'<g id="n{n}">' + f'<use href="#n{n - 1}"/>' * 10 + "</g>"
    assert not safe_drawing(svg(bombs), prefix="f")
    (fault,) = drawn(bombs).faults
    assert "Image illisible" in fault.message


@pytest.mark.parametrize("cut", [1, 4, 12, 40])
def test_a_bitmap_cut_at_its_end_is_told(cut):
    whole = base64.b64decode(sample.picture())
    document = read_document(notebook("image/png", base64.b64encode(whole[:-cut]).decode()))
    assert [block["kind"] for block in document.body] == ["heading", "interactive"]
    assert "Image illisible" in document.faults[0].message
    assert ALT in text_of(render_pdf(document)).replace("\n", " ").replace("\xa0", " ")
    assert render_slides(document)


def test_a_bitmap_spoilt_inside_is_told():
    spoilt = bytearray(base64.b64decode(sample.picture()))
    spoilt[29] ^= 0xFF
    document = read_document(notebook("image/png", base64.b64encode(spoilt).decode()))
    assert document.faults


@pytest.mark.parametrize(
    "inner",
    [
        '<a href="https://e.fr"><text y="50">Gardé</text></a>',
        '<text y="50"><a href="https://e.fr">Gardé</a></text>',
        '<switch><foreignObject><p>Autre</p></foreignObject><text y="50">Gardé</text></switch>',
    ],
)
def test_words_of_a_drawing_inside_a_wrapping_are_kept(inner):
    document = drawn(inner)
    assert "Gardé" in text_of(render_pdf(document)) and not document.faults
    assert "e.fr" not in safe_drawing(svg(inner), prefix="f")
    assert "Autre" not in text_of(render_pdf(document))


@pytest.mark.parametrize(
    "inner",
    [
        '<path id="p" d="M0 50h90"/><text y="50"><textPath href="#p">Gardé</textPath></text>',
        '<foreignObject x="9" y="9" width="90" height="30"><div>Gardé</div></foreignObject>',
    ],
)
def test_words_only_a_browser_places_are_kept_and_told(inner):
    document = drawn(inner)
    assert "Gardé" in text_of(render_pdf(document))
    (fault,) = document.faults
    assert "« Gardé »" in fault.message


STYLES = [
    (".a{fill:#f00}", 'class="a"', 'fill="#f00"'),
    ("rect{fill:none;stroke:blue}", "", 'stroke="blue"'),
    ("rect.a.b, .c { fill : #f00 !important }", 'class="b a"', 'fill="#f00"'),
    ("#r{fill:#f00} rect{fill:blue}", 'id="r"', 'fill="#f00"'),
    ("svg .z rect{fill:#f00}", "", 'fill="#f00"'),
    ("/* x */ <![CDATA[ .a{fill:#f00} ]]>", 'class="a"', 'fill="#f00"'),
    (".a{fill:blue}", 'class="a" style="fill:#f00"', 'style="fill:#f00"'),
    (".a:hover{fill:blue} .a{fill:#f00}", 'class="a"', 'fill="#f00"'),
]


@pytest.mark.parametrize(("sheet", "attributes", "said"), STYLES)
def test_the_style_sheet_of_a_drawing_is_followed(sheet, attributes, said):
    inner = f'<style>{sheet}</style><g class="z"><rect {attributes} width="9" height="9"/></g>'
    made = safe_drawing(svg(inner), prefix="f")
    assert said in made and 'fill="blue"' not in made and not drawn(inner).faults


@pytest.mark.parametrize(
    "sheet",
    ["rect:nth-child(2){fill:red}", "@media print{rect{fill:red}}", "[x]{fill:red}",
     ":root{--a:red} rect{fill:var(--a)}"],
)  # fmt: skip
def test_a_drawing_whose_colours_are_lost_is_not_shown_black(sheet):
    document = drawn(f"<style>{sheet}</style><rect width='9' height='9'/>")
    assert document.blocks[-1]["kind"] == "interactive"
    assert document.blocks[-1]["text"] == ALT and document.faults
