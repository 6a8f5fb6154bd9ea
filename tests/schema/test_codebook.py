"""The codebook page: everything is there, readable by everybody, without script or request."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from dts_research.schema import catalogue
from dts_research.schema.codebook import codebook_page

VOID = {"meta", "br", "link", "img", "hr", "input"}


class Reader(HTMLParser):
    """Open and close tags in order; gather texts, anchors and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def page() -> str:
    return codebook_page()


@pytest.fixture(scope="module")
def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


def test_every_table_column_list_and_label_is_there(read: Reader) -> None:
    text = " ".join(" ".join(read.text).split())
    for schema in catalogue().tables.values():
        assert schema.title in text
        assert schema.description in text
        for field in schema.fields:
            assert " ".join(field.title.split()) in text
            assert " ".join(field.description.split()) in text
            assert " ".join(field.example.split()) in text
    for codelist in catalogue().codelists.values():
        for code, label in codelist.labels.items():
            assert code in text
            assert label in text


def test_it_asks_nothing_from_anywhere(page: str, read: Reader) -> None:
    tags = {tag for tag, _ in read.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "form"}
    assert "default-src 'none'" in page
    assert "unsafe-inline" not in page
    assert not re.search(r"https?:|url\(|@import", page)
    assert not [a for _, attrs in read.tags for a in attrs if a.startswith("on") or a == "style"]


def test_links_lead_somewhere_and_ids_are_unique(read: Reader) -> None:
    ids = [attrs["id"] for _, attrs in read.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = {str(attrs["href"])[1:] for _, attrs in read.tags if "href" in attrs}
    assert targets <= set(ids)
    labels = {attrs["aria-labelledby"] for _, attrs in read.tags if "aria-labelledby" in attrs}
    assert labels <= set(ids)


def test_it_can_be_heard_and_seen(page: str, read: Reader) -> None:
    assert '<html lang="fr">' in page
    assert "prefers-color-scheme: dark" in page
    tables = sum(tag == "table" for tag, _ in read.tags)
    assert tables == sum(tag == "caption" for tag, _ in read.tags)
    assert all("scope" in attrs for tag, attrs in read.tags if tag == "th")
    levels = [int(tag[1]) for tag, _ in read.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_what_it_holds_is_escaped() -> None:
    from dataclasses import replace

    found = catalogue()
    bad = replace(found.tables["codes"], title="<script>alert(1)</script>")
    page = codebook_page(replace(found, tables={**found.tables, "codes": bad}))
    assert "<script" not in page
