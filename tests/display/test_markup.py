"""HTML of the blocks: escaped, named, readable without sight; drawings made safe."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dts_research.display.drawings import safe_drawing
from dts_research.display.fragments import full_date
from dts_research.display.markup import RENDERERS, block_html

HOSTILE = "<script>alert(1)</script>\"' onload=x <img src=x onerror=y> &amp; javascript:z"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">{}</svg>'


class Page(HTMLParser):
    """Tags and attributes of a fragment, with what stays open."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.open, self.wrong, self.words = [], [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in {"br", "img", "meta"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        self.words += data

    def all(self, name):
        return [attrs for tag, attrs in self.tags if tag == name]


def sample(text, svg=None):
    """One block of each kind, the same text everywhere."""
    t = text
    data = {"caption": t, "columns": [t, t], "rows": [[t, t]]}
    pair = [{"label": t, "text": t or "x"}]
    return [
        {"kind": "cover", "title": t, "territory": t, "subtitle": t, "date": t, "fictional": True},
        {"kind": "key_figures", "id": "k", "items": [{"value": t, "unit": t, "label": t}]},
        {"kind": "summary", "id": "e", "items": [{"value": t, "label": t}], "questions": [t],
         "findings": [{"text": t, "href": "c", "label": t}], "lines": 1},
        {"kind": "glossary", "id": "g", "title": t, "items": pair},
        {"kind": "chart", "id": "c", "title": t, "subtitle": t, "alt": t, "source": t,
         "reading": t, "svg": svg or SVG.format("<path d='M0 0'/>"), "data": data},
        {"kind": "table", "id": "t", "title": t, "columns": [{"label": t, "unit": t}] * 2,
         "rows": [[t, t]], "source": t, "note": t},
        {"kind": "board", "id": "b", "title": t, "subtitle": t, "alt": t, "columns": [t, t],
         "left_out": t, "limits": t, "reading": t, "source": t, "room": True, "data": data,
         "rows": [{"label": t, "origin": t, "leads_to": t, "cells": [
             {"head": t, "note": t, "passages": [{"text": t, "origin": t, "leads_to": t}]},
             {"passages": [], "question": t}]}]},
        {"kind": "quote", "text": t, "speaker": t, "place": t, "consent": t},
        {"kind": "quotes", "id": "q", "title": t, "items": [{"text": t, "speaker": t}]},
        {"kind": "discussion", "id": "d", "title": t, "questions": [t, t], "lines": 2},
        {"kind": "callout", "id": "o", "tone": t, "title": t, "text": t, "items": [t]},
        {"kind": "thread", "id": "h", "title": t, "who": t, "unknown": [t], "events": [
            {"date": t, "what": t, "kind": t, "evidence": t, "document": t},
            {"date": "2024-03-01", "what": t}]},
        {"kind": "follow_up", "id": "f", "items": [{"statement": t, "decided": t, "status": t}]},
        {"kind": "sheet", "id": "s", "title": t, "fields": pair},
        {"kind": "method", "id": "m", "title": t, "items": pair},
        {"kind": "absence", "id": "a", "title": t, "mark": t, "text": t},
    ]  # fmt: skip


def one(kind, text):
    return next(block for block in sample(text) if block["kind"] == kind)


def assert_harmless(html):
    page = Page(html)
    assert not page.wrong and not page.open
    for tag, attrs in page.tags:
        assert tag not in {"script", "iframe", "object", "embed", "foreignobject", "style", "link"}
        assert not [name for name in attrs if name.startswith("on")]
        for name in ("href", "src"):
            assert (attrs.get(name) or "#").startswith(("#", "data:image/"))


def test_every_kind_has_its_markup():
    assert {block["kind"] for block in sample("x")} == set(RENDERERS)


@pytest.mark.parametrize("block", sample(HOSTILE), ids=lambda block: block["kind"])
def test_hostile_texts_stay_texts(block):
    html = block_html(block)
    assert_harmless(html)
    assert "alert(1)" in Page(html).words


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40) | st.sampled_from(["<b>", "&lt;", "]]>", "<!--", "\x00", "`'\""]))
def test_any_text_is_harmless(text):
    for block in sample(text):
        assert_harmless(block_html(block))


def test_tables_are_named_on_both_axes():
    page = Page(block_html(one("table", "Mot"), number=3))
    assert [a["scope"] for a in page.all("th")] == ["col", "col", "row"]
    assert "Tableau 3" in page.words
    region = next(a for a in page.all("div") if a.get("role") == "group")
    assert region["tabindex"] == "0"
    assert page.all("caption")[0]["id"] == region["aria-labelledby"]


def test_charts_say_what_they_show_and_carry_their_data():
    page = Page(block_html(one("chart", "Barres : 3"), number=2))
    assert page.all("svg")[0]["role"] == "img"
    assert page.all("svg")[0]["aria-label"] == "Barres\u00a0: 3"
    assert "Données de la figure 2" in page.words
    assert page.all("details") and page.all("figcaption")


def test_findings_lead_to_the_figure_the_document_knows():
    block = one("summary", "Constat")
    assert {"href": "#c"} in Page(block_html(block)).all("a")
    block["findings"] = [{"text": "Constat", "href": "absente"}]
    page = Page(block_html(block))
    assert not page.all("a") and "L’essentiel" not in page.words
    assert page.all("section")[0]["aria-label"] == "L’essentiel"


def test_words_are_defined():
    page = Page(block_html({"kind": "glossary", "id": "g", "title": "", "items": [
        {"label": "EPCI", "text": "Intercommunalité"}]}))  # fmt: skip
    assert page.all("dl") and page.all("dt") and page.words == "GlossaireEPCIIntercommunalité"


def test_threads_are_dated_and_quotes_are_quoted():
    thread = Page(block_html(one("thread", "x")))
    assert {"datetime": "2024-03-01"} in thread.all("time")
    assert "1er\u00a0mars 2024" in thread.words
    quote = Page(block_html({"kind": "quote", "text": "« oui »", "speaker": "Élue"}))
    assert quote.all("blockquote") and quote.words.count("«") == 1


def test_a_mention_all_quotes_bear_is_said_once():
    said = ["Citation : accord donné", "Citation : accord donné ; contredit les chiffres"]
    items = [{"text": str(i), "consent": said[i % 2]} for i in range(4)]
    page = Page(block_html({"kind": "quotes", "id": "q", "items": items}))
    assert page.words.count("accord donné") == 1
    assert page.words.count("Contredit les chiffres") == 2


def test_dates():
    assert full_date("2024-03-01") == "1er mars 2024"
    assert full_date("2024-11") == "novembre 2024"
    for odd in ("2024", "printemps", "2024-13-01", "2024-02-31"):
        assert full_date(odd) == odd


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        "<foreignObject><body/></foreignObject>",
        "<a href='javascript:alert(1)'><text>x</text></a>",
        "<path onclick='alert(1)' d='M0 0'/>",
        "<use href='https://exemple.fr/x.svg#a'/>",
        "<image href='https://exemple.fr/x.png'/>",
        "<image href='data:image/svg+xml;base64,AAAA'/>",
        "<rect style='fill: url(https://exemple.fr/x)'/>",
        "<rect style='background: u\\72l(https://exemple.fr/x)'/>",
        "<animate attributeName='href' to='javascript:alert(1)'/>",
        "<set attributeName='onload' to='alert(1)'/>",
        "<style>@import url(https://exemple.fr)</style>",
        "<text>&lt;script&gt;alert(1)&lt;/script&gt;</text>",
    ],
)
def test_drawings_only_draw(inner):
    drawn = safe_drawing(SVG.format(inner), prefix="p")
    assert_harmless(drawn)
    assert "exemple.fr" not in drawn and "javascript" not in drawn


def test_identifiers_of_drawings_do_not_meet():
    inner = "<defs><clipPath id='a'/></defs><g clip-path='url(#a)'/><use href='#a'/>"
    drawn = safe_drawing(SVG.format(inner), prefix="fig")
    assert 'id="fig--a"' in drawn and "url(#fig--a)" in drawn and 'href="#fig--a"' in drawn


def test_inks_follow_the_page_but_scales_do_not():
    inner = "<rect style='fill: #1b1b1b'/><rect fill='#12436D'/><rect fill='#fde737'/>"
    assert "var(--ink)" in safe_drawing(SVG.format(inner), prefix="p", recolour=True)
    assert "var(--blue)" in safe_drawing(SVG.format(inner), prefix="p", recolour=True)
    assert "#fde737" in safe_drawing(SVG.format(inner), prefix="p", recolour=True)
    assert "var(" not in safe_drawing(SVG.format(inner), prefix="p")


@pytest.mark.parametrize(
    "svg",
    ["", "rien", "<html/>", "<svg", '<!DOCTYPE x [<!ENTITY a "b">]><svg>&a;</svg>',
     SVG.format("<g>" * 3000 + "</g>" * 3000)],
)  # fmt: skip
def test_an_unreadable_drawing_leaves_its_words(svg):
    drawn = safe_drawing(svg, prefix="p")
    assert drawn == "" or drawn.startswith("<svg")
    html = block_html({**one("chart", "Ce que montre la figure"), "svg": svg})
    assert "Ce que montre la figure" in html
