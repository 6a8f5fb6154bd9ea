"""One page: nothing asked from the network, nothing executed, everything named."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace

import pytest

from dts_research.reports.document import Document, read_document
from dts_research.reports.html import render_html, safe_url

sample = SimpleNamespace(**run_path(str(Path(__file__).with_name("complete_notebook.py"))))
FORMATS = (("PDF A4", "rapport.pdf"), ("Diaporama", "rapport-diapos.pdf"))


class Page(HTMLParser):
    """Tags of a page, and its words outside styles."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.words, self.current = [], "", ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.current = tag
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        self.current = ""

    def handle_data(self, data):
        self.words += "" if self.current == "style" else data

    def all(self, *names):
        return [attrs for tag, attrs in self.tags if tag in names]


@pytest.fixture(scope="module")
def html():
    return render_html(read_document(sample.notebook(faulty=True)), alternatives=FORMATS)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_nothing_is_asked_from_the_network(html, page):
    policy = page.all("meta")[1]
    assert policy["http-equiv"] == "Content-Security-Policy"
    assert policy["content"].startswith("default-src 'none'; style-src 'unsafe-inline'; img-src")
    for attrs in page.all("img", "link", "script", "iframe", "use", "image", "source"):
        for name in ("src", "href"):
            assert (attrs.get(name) or "#").startswith(("#", "data:"))
    assert not re.search(r"url\((?!data:|#)", html) and "@import" not in html
    assert len(html) < 1_000_000


def test_nothing_is_executed(page):
    assert not page.all("script", "iframe", "object", "embed", "base", "form")
    for _, attrs in page.tags:
        assert not [name for name in attrs if name.startswith("on")]
        assert not (attrs.get("href") or "").lower().startswith(("javascript", "data", "vbscript"))


def test_hostile_texts_are_shown_as_texts(page):
    for text in sample.HOSTILE[:3]:
        assert text in page.words


def test_the_page_says_its_language_title_and_parts(page):
    assert page.all("html")[0]["lang"] == "fr"
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("title")) == 1
    assert page.all("a")[0] == {"class": "skip", "href": "#contenu"}
    assert page.all("header") and page.all("nav")


def test_headings_never_skip(page):
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_identifiers_are_unique_and_links_lead_somewhere(page):
    names = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(names) == len(set(names))
    for _, attrs in page.tags:
        for key in ("href", "aria-labelledby"):
            target = attrs.get(key) or ""
            if key == "aria-labelledby" or target.startswith("#"):
                assert not target or target.lstrip("#") in names


def test_fiction_is_told_on_top(html, page):
    assert html.index('class="band"') < html.index("<main")
    assert '@page{@bottom-left{content:"Données fictives"' in html
    real = Document("Titre", blocks=({"kind": "cover", "title": "Titre", "fictional": False},))
    assert 'class="band"' not in render_html(real)


def test_other_formats_are_linked(page):
    links = [attrs.get("href") for attrs in page.all("a")]
    assert links.count("rapport.pdf") == 2


def test_faults_are_visible(page):
    assert "Brouillon" in page.words and "ZeroDivisionError" in page.words
    assert "Image sans texte de remplacement" in page.words


def test_typography_but_not_in_codes(page):
    assert "Qu’est-ce qui change\u202f?" in page.words
    assert "code_71306 ; x" in page.words


def test_a_box_does_not_say_again_the_heading_above_it():
    heading = {"kind": "heading", "level": 2, "text": "Ce que nous ne savons pas", "slug": "s",
               "inline": [{"type": "text", "text": "Ce que nous ne savons pas"}]}  # fmt: skip
    box = {"kind": "callout", "id": "c", "tone": "inconnu", "title": "Deux silences", "level": 3}
    html = render_html(Document("Titre", blocks=(heading, box)))
    assert html.count(">Ce que nous ne savons pas<") == 1


def test_on_a_phone_each_cell_says_its_column_and_no_column_escapes_its_rule():
    columns = [{"label": "Nom"}, {"label": 'x"}</style><script>'}, {"label": "Où"}]
    table = {"kind": "table", "id": "t", "title": "T", "columns": columns, "rows": [["a"] * 3]}
    html = render_html(Document("Titre", blocks=({**table, "level": 3},)))
    assert html.count("</style>") == 1 and "<script" not in html
    assert '#t td:nth-child(3)::before{content:"Où' in html


def test_looks_shared_by_marks_are_told_once():
    marks = "<path style='fill: #fde737' d='M 0 0 L 1 1'/>" * 3
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{marks}</svg>'
    image = {"kind": "image", "id": "i", "mime": "image/svg+xml", "data": svg, "alt": "Trois"}
    html = render_html(Document("Titre", blocks=(image,)))
    assert html.count("fill: #fde737") == 1 and html.count('class="d0"') == 3


def test_twice_the_same_bytes():
    notebook = sample.notebook()
    assert render_html(read_document(notebook)) == render_html(read_document(notebook))


@pytest.mark.parametrize(
    ("href", "kept"),
    [("a.pdf", "a.pdf"), ("https://a.fr", "https://a.fr"), ("mailto:a@b.fr", "mailto:a@b.fr"),
     ("javascript:x", ""), ("JAVASCRIPT:x", ""), ("//a.fr", ""), ("data:text/html,x", ""),
     ('a"b', "a&quot;b")],
)  # fmt: skip
def test_addresses(href, kept):
    assert safe_url(href) == kept
