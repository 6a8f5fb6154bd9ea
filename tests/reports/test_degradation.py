"""What other programs show comes out readable, or as a box that says so, in every document."""

import io
import logging
import re
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace

import pikepdf
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pypdf import PdfReader

from dts_research.reports.document import read_document
from dts_research.reports.foreign import clean, monospace
from dts_research.reports.foreign_html import blocks_of_html
from dts_research.reports.foreign_pictures import LARGEST
from dts_research.reports.html import render_html
from dts_research.reports.typst import render_pdf, render_slides

foreign = SimpleNamespace(**run_path(str(Path(__file__).with_name("foreign_notebook.py"))))


def words(text):
    """Text without the spaces, breaks and hyphens that only a layout adds."""
    return re.sub(r"[\s\u200b\u00ad\u00a0\u202f]+", "", text)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    log = logging.getLogger("dts_research.reports.typst")
    told = []
    handler = logging.Handler()
    handler.emit = lambda record: told.append(record.getMessage())
    log.addHandler(handler)
    notebook = foreign.notebook()
    document = read_document(notebook)
    pdf, slides = render_pdf(document), render_slides(document)
    log.removeHandler(handler)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    projected = [page.extract_text() for page in PdfReader(io.BytesIO(slides)).pages]
    html = re.sub(r"<style>.*?</style>", "", render_html(document), flags=re.DOTALL)
    return SimpleNamespace(
        notebook=notebook, document=document, pdf=pdf, slides=slides, pages=pages, html=html,
        told=told, text=words("".join(pages)), projected=words("".join(projected)),
        page=words(re.sub(r"<[^>]*>", "", html)),
    )  # fmt: skip


def cell_of(made, name):
    """Number of the cell that was given a name."""
    cells = enumerate(made.notebook.cells, start=1)
    return next(n for n, cell in cells if cell.metadata.get("name") == name)


def kinds_of(made, name):
    number = cell_of(made, name)
    return [block["kind"] for block in made.document.blocks if block["cell"] == number]


def faults_of(made, number):
    return [fault.message for fault in made.document.faults if fault.cell == number]


READ = {
    "multi_index": ["zone", "2025 · récits", "Cluny", "4,5"],
    "shortened": [
        "Tableau raccourci dans le carnet : 300 lignes, 2 colonnes en tout.",
        "Commune 299",
    ],
    "long": ["Village 0", "Village 150", "Village 299", "448,5"],
    "wide": ["mois 1", "mois 27", "297", "351"],
    "styler": ["Parts par ville", "Chagny", "25 %"],
    "series": ["Louhans    3", "Tournus    5"],
    "svg": ["La hausse"],
    "broken_png": ["Image illisible : voir le carnet"],
    "ansi": ["rouge puis gras", "étape 2 finie", "a" * 300],
    "error": ["Erreur dans le carnet (ValueError)", "colonne « heures » absente"],
    "nested": ["Gueugnon", "dedans encore"],
    "no_heads": ["Bourbon", "Digoin"],
    "live_html": [
        "Avant la carte.",
        "Carte des lieux",
        "Contenu interactif (page d’un autre site)",
    ],
    "plain_html": ["Deux phrases simples.", "– Deux", "a   b"],
    "iframe": ["Contenu interactif (page d’un autre site) : voir le carnet"],
    "latex": ["$$" + foreign.FORMULA + "$$"],
    "math": [foreign.FORMULA],
    "pdf": ["Document PDF : voir le carnet"],
    "audio": ["Contenu interactif (enregistrement sonore) : voir le carnet"],
    "video": ["Contenu interactif (vidéo) : voir le carnet"],
    "json": ['"ville": "Paray"'],
    "markdown": ["Du gras calculé."],
    "script": ["Programme : voir le carnet"],
    "great_tables": ["Heures par lieu", "Année 2025", "Mesures · Heures", "Relevés des structures"],
    "plotly": ["Graphique interactif : voir le carnet", "Expériences par ville"],
    "altair": ["Graphique interactif : voir le carnet", "Récits par année"],
    "polars": ["2 lignes, 2 colonnes.", "lieu"],
    "widgets": ["Commande interactive : voir le carnet", "IntSlider : Seuil"],
    "sympy": ["sqrt(x)/2"],
    "rich": ["│ Autun │"],
    "polars_printed": ["│ lieu  ┆ heures │"],
}


@pytest.mark.parametrize("name", READ)
def test_each_output_is_read_on_paper_and_on_the_page(made, name):
    assert kinds_of(made, name)
    for text in READ[name]:
        assert words(text) in made.text, text
        assert words(escaped(text)) in made.page, text


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def test_nothing_is_lost_but_what_shows_nothing(made):
    shown = {block["cell"] for block in made.document.blocks}
    silent = [
        cell.metadata["name"]
        for number, cell in enumerate(made.notebook.cells, start=1)
        if cell.metadata.get("name") and number not in shown
    ]
    assert silent == ["empty"]


def test_no_norm_was_given_up(made):
    assert not made.told
    for content in (made.pdf, made.slides):
        with pikepdf.open(io.BytesIO(content)) as pdf:
            with pdf.open_metadata() as metadata:
                assert metadata["pdfuaid:part"] == "1" and metadata["pdfaid:part"] == "2"
            assert pdf.Root.MarkInfo.Marked


def test_a_long_table_repeats_its_head_on_each_page(made):
    held = [page for page in made.pages if page.count("Village") > 5]
    assert len(held) > 4
    assert all("heures" in page.split("Village")[0] for page in held)


def test_a_wide_table_repeats_the_names_of_its_rows(made):
    parts = [page for page in made.pages if "Ouest" in page and "mois" in page]
    assert len(parts) == 3
    assert all(page.count("mois") == 9 for page in parts)


def test_screens_name_what_they_leave_out(made):
    shown = ["Parts par ville", "Heures par lieu", "La hausse"]
    named = ["300 lignes", "Sorties du carnet à voir dans le document", "Image absente du carnet"]
    for text in shown + named:
        assert words(text) in made.projected, text


def test_nothing_foreign_runs_in_the_page(made):
    assert not re.search(r"<(?:script|iframe|video|audio|object|embed)\b", made.html)
    assert "javascript:" not in made.html
    assert not re.search(r'(?:src|href)="https?://example\.org', made.html)


def test_signs_of_the_world(made):
    prose = next(number for number, cell in enumerate(made.notebook.cells, start=1)
                 if "Signes du monde" in cell.source)  # fmt: skip
    assert faults_of(made, prose) == [
        "Aucune police ne dessine U+1F389 (PARTY POPPER) : le papier montre □."
    ]
    assert "□à toutes." in made.text.replace("àtoutes", "à toutes")
    assert "Combiné" in made.text and "café" in made.text
    assert made.text.count("constitutionnellement") > 195
    fonts = {str(font) for font in _fonts(made.pdf)}
    assert any("DejaVuSans" in font and "Mono" not in font for font in fonts)
    assert any(0x5D0 <= ord(sign) <= 0x5EA for sign in made.text)
    assert any(0x600 <= ord(sign) <= 0xFEFC and sign.isalpha() for sign in made.text)


def _fonts(content):
    for page in PdfReader(io.BytesIO(content)).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            yield font.get_object()["/BaseFont"]


def test_formulas_of_the_text_are_left_as_typed(made):
    assert words(foreign.FORMULA) in made.text
    assert words("$\\bar x_1 * y_1$") in made.text
    assert "Prixde5$à10$" in made.text


def test_what_a_list_holds_comes_after_it(made):
    number = next(n for n, c in enumerate(made.notebook.cells, 1) if "Images du texte" in c.source)
    blocks = [b for b in made.document.blocks if b["cell"] == number]
    assert [b["kind"] for b in blocks] == [
        "heading", "paragraph", "image", "interactive", "list", "image", "table", "quotation",
    ]  # fmt: skip
    assert blocks[5]["alt"] == "Point bleu dans une liste"
    assert blocks[6]["rows"] == [["Autun dans une liste", "12"]]
    assert words("– et sa fin, avec elle-même") in made.text
    assert words("Plan du quartier") in made.text
    assert faults_of(made, number) == ["Image absente du carnet : rien ne s'en lit hors du carnet."]


def test_pictures_are_told_and_brought_to_size(made):
    for name, count in {"png_without_alt": 1, "huge_png": 1, "gif": 1, "svg": 0}.items():
        assert kinds_of(made, name) == ["image"]
        missing = [m for m in faults_of(made, cell_of(made, name)) if "remplacement" in m]
        assert len(missing) == count, name
    huge = next(b for b in made.document.blocks if b["cell"] == cell_of(made, "huge_png"))
    assert max(huge["pixels"]) == LARGEST
    gif = next(b for b in made.document.blocks if b["cell"] == cell_of(made, "gif"))
    assert gif["mime"] == "image/png"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("error", "La cellule s'est arrêtée : ValueError : colonne « heures » absente."),
        ("nested", "Le tableau avait des cellules fusionnées ou emboîtées, mises à plat."),
        ("no_heads", "Le tableau a des colonnes sans intitulé."),
        ("broken_png", "Image illisible : rien ne s'en lit hors du carnet."),
        ("plotly", "Graphique interactif : rien ne s'en lit hors du carnet."),
        ("signs", "Aucune police ne dessine U+1F389 (PARTY POPPER) : le papier montre □."),
    ],
)
def test_the_faults_of_foreign_outputs(made, name, said):
    assert faults_of(made, cell_of(made, name)) == [said]


@pytest.mark.parametrize(
    "name", ["multi_index", "long", "wide", "styler", "great_tables", "polars", "ansi"]
)
def test_what_can_be_read_is_no_fault(made, name):
    assert not faults_of(made, cell_of(made, name))


def test_terminal_text_as_it_ends_up():
    assert clean("10 %\r100 %\n\x1b]8;;https://a.fr\x1b\\lien\x1b]8;;\x1b\\") == "100 %\nlien"
    assert clean("a\r\nb".replace("\r\n", "\n")) == "a\nb"
    (cut,) = monospace("x" * 7000)
    assert cut["text"].endswith("[… suite coupée : voir le carnet]")


def test_a_figure_described_beside_it_is_no_fault():
    data = {"application/vnd.plotly.v1+json": {"data": [], "layout": {}}}
    output = new_output("display_data", data, metadata={"alt": foreign.ALT})
    document = read_document(new_notebook(cells=[new_code_cell("x", outputs=[output])]))
    assert document.blocks[0]["text"] == foreign.ALT and not document.faults


@pytest.mark.parametrize(
    "html",
    ["<svg", "<table><svg></svg>", "<pre><table>", "<td></pre>", "<table><tr><td>a<pre>b</table>",
     "<img>", "<svg viewBox='0 0 99 99'><script/></svg><svg>", "<li><table><li></table></table>"],
)  # fmt: skip
def test_broken_pages_do_not_crash(html):
    found, _ = blocks_of_html(html)
    assert all(block["kind"] for block in found)


def test_a_foreign_page_keeps_its_order():
    html = (
        "<p>Avant.</p><table><tr><th>a</th></tr><tr><td>1</td></tr></table><p>Après.</p>"
        '<svg width="90" height="90"><rect width="9" height="9"/></svg>'
    )
    found, live = blocks_of_html(html)
    assert [block["kind"] for block in found] == ["paragraph", "table", "paragraph", "image"]
    assert not live


def test_markdown_nested_at_will_is_printed():
    text = "> # Un titre\n>\n> | a | b |\n> |---|---|\n> | x | y |\n>\n> ![un point](data:x)\n\n"
    text += "1. un\n\n       du code\n\n   > [!DEBAT] Sujet\n   > - Pourquoi ?\n"
    document = read_document(new_notebook(cells=[new_markdown_cell(text)]))
    pdf = render_pdf(document)
    said = words("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))
    for part in ("Un titre", "du code", "Sujet", "Pourquoi ?", "Image absente", "un point"):
        assert words(part) in said, part


def test_headings_of_any_making_are_printed_within_the_norms():
    text = "## Un titre[^1] avec [lien](https://a.fr) et [](#suite)\n\n[^1]: Sa note.\n\n"
    text += "## ![image seule](data:x)\n\n## Suite\n\nUn mot[^1]."
    document = read_document(new_notebook(cells=[new_markdown_cell(text)]))
    levels = [b["text"] for b in document.blocks if b["kind"] == "heading"]
    assert levels == ["Un titre avec lien et « Suite »", "Suite"]
    pdf = render_pdf(document)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    assert "Sa note." in pages[-1] and "image seule" in pages[-1]
    assert pages[-1].count("Sa note.") == 2 and "Sa note" not in "".join(pages[:-1])
    with pikepdf.open(io.BytesIO(pdf)) as opened, opened.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"


def test_a_table_without_rows_is_shown():
    html = "<table><thead><tr><th>Ville</th><th>Récits</th></tr></thead></table>"
    output = new_output("display_data", {"text/html": html})
    document = read_document(new_notebook(cells=[new_code_cell("x", outputs=[output])]))
    for content in (render_pdf(document), render_slides(document)):
        said = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        assert "Ville" in said
