"""The index page: every report found, its state said, nothing asked of the outside."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from dts_research.reports.freshness import Status
from dts_research.reports.index import index_page, write_index
from dts_research.reports.manifest import Entry, Failure
from dts_research.reports.plan import Report

OUTPUTS = {"t-01.html": {}, "t-01.pdf": {}, "t-01-diapos.pdf": {}, "carnets/t-01.ipynb": {}}
MADE = Entry("t-01", "t.ipynb", "fresh", outputs=OUTPUTS, made_at="2026-11-22T10:00:00+00:00")
FAILED = Entry(
    "t-13", "t.ipynb", "failed", failure=Failure("La cellule 4 a échoué", 4, "<script>", "x")
)


@pytest.fixture
def statuses():
    return [
        Status(Report("t-13", "t.ipynb", "13", label="Var"), "failed", "La cellule 4", FAILED),
        Status(Report("t-38", "t.ipynb", "38", label="Isère"), "missing", "jamais fait"),
        Status(Report("t-01", "t.ipynb", "01", label="Ain & <b>"), "fresh", "", MADE),
        Status(Report("t-67", "t.ipynb", "67", label="Évreux"), "stale", "le carnet a changé"),
        Status(Report("reseau", "n.ipynb"), "stale", "les données ont changé"),
    ]


def test_the_network_comes_first_then_territories_by_name(statuses, press):
    page = index_page(statuses, press)
    found = re.findall(r'<li id="rapport-([^"]+)"', page)
    assert found == ["reseau", "t-01", "t-67", "t-38", "t-13"]


def test_every_format_is_linked_relatively(statuses, press):
    page = index_page(statuses, press)
    assert re.findall(r'href="([^"#]+)"', page) == list(OUTPUTS)


def test_states_are_said_with_their_reason(statuses, press):
    page = index_page(statuses, press)
    assert "1 à faire, 1 à jour, 2 à refaire, 1 en échec" in page
    assert "À refaire\u00a0: le carnet a changé" in page
    assert "&lt;script&gt;" in page and "Ain &amp; &lt;b&gt;" in page


def test_the_page_is_whole_closed_and_without_script(statuses, press):
    page = index_page(statuses, press)
    assert "default-src 'none'" in page
    assert (
        "http:" not in page
        and "https:" not in page
        and "@import" not in page
        and "<script" not in page
    )
    HTMLParser().feed(page)


def test_fiction_is_said(statuses, press):
    assert "fictives" not in index_page(statuses, press)
    assert "Données fictives" in index_page(statuses, replace(press, fictional=True))


def test_an_empty_plan_makes_a_page_too(press):
    assert "aucun." in write_index(press.out, [], press).read_text("utf-8")
