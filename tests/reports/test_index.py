"""The index page: every report found, its state said, nothing asked of the outside."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from dts_research.reports.freshness import Status
from dts_research.reports.index import index_page, write_index
from dts_research.reports.index_map import departements
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


def fresh(count, codes=None):
    codes = codes or [f"{n:02}" for n in range(count)]
    return [
        Status(Report(f"t-{code}", "t.ipynb", code, label=f"Nom {code}"), "fresh", "",
               replace(MADE, id=f"t-{code}", outputs={f"t-{code}.html": {}}))
        for code in codes
    ]  # fmt: skip


def stale(count, why):
    return [
        Status(Report(f"v-{n}", "t.ipynb", f"V{n}", label=f"Vieux {n}"), "stale", why)
        for n in range(count)
    ]


def test_the_network_comes_first_then_territories_by_name(statuses, press):
    page = index_page(statuses, press)
    found = re.findall(r'<li id="rapport-([^"]+)"', page)
    assert found == ["reseau", "t-01", "t-67", "t-38", "t-13"]


def test_every_format_is_linked_relatively(statuses, press):
    links = re.findall(r'href="([^"#]+)"', index_page(statuses, press))
    assert list(dict.fromkeys(links)) == [*OUTPUTS, "t-13-echec.html"]
    assert links.count("t-01.html") == 2  # on the map and in the list


def test_names_of_files_are_written_for_any_disk(press):
    entry = replace(MADE, id="à 100 %", outputs={"à 100 %.html": {}})
    page = index_page([Status(Report("à 100 %", "t.ipynb", "P-É", label="É"), "fresh", "", entry)],
                      press)  # fmt: skip
    assert 'href="%C3%A0%20100%20%25.html"' in page


def test_states_are_said_with_their_reason(statuses, press):
    page = index_page(statuses, press)
    assert "1\u00a0à faire, 1\u00a0à jour, 2\u00a0à refaire, 1\u00a0en échec" in page
    assert "À refaire\u00a0: le carnet a changé" in page
    assert "&lt;script&gt;" in page and "Ain &amp; &lt;b&gt;" in page


def test_what_all_reports_share_is_said_once(press):
    page = index_page([*fresh(3), *stale(2, "les données ont changé")], press)
    assert page.count("22\u00a0novembre 2026") == 1
    assert page.count("les données ont changé") == 1
    assert page.count("Brouillon") == 1
    assert "À jour" not in page and "Un rapport sans mention est à jour." in page


def test_what_differs_is_said_on_its_line(press):
    one, other, last = fresh(3)
    late = replace(other, entry=replace(other.entry, made_at="2026-11-30T10:00:00+00:00"))
    checked = replace(last, entry=replace(last.entry, strict=True))
    page = index_page([one, late, checked], press).replace("\u00a0", " ")
    assert "Faits le 22 novembre 2026, sauf mention contraire." in page
    assert page.count("Fait le 30 novembre 2026.") == 1
    assert page.count("Forme contrôlée.") == 1
    assert "1 à la forme contrôlée, 2 brouillons." in page


def test_a_territory_comes_once_with_its_variants(press):
    (one,) = fresh(1)
    report = replace(one.report, id="t-00-elu", variant="lecteur : élu")
    entry = replace(MADE, id="t-00-elu", outputs={"t-00-elu.html": {}})
    page = index_page([Status(report, "fresh", "", entry), one], press)
    assert re.findall(r'data-k="([^"]+)"', page) == ["nom 00 00"]
    assert page.index('href="t-00.html"') < page.index('href="t-00-elu.html"')
    assert "Lecteur\u00a0: élu" in page


def test_the_map_leads_to_reports_and_says_their_state_in_words(statuses, press):
    page = index_page(statuses, press)
    links = re.findall(r'<a href="([^"]+)" class="(\w+)" aria-label="([^"]+)"', page)
    assert ("t-01.html", "fresh", "Ain &amp; &lt;b&gt;\u00a0: rapport à jour") in links
    assert ("#rapport-t-38", "missing", "Isère\u00a0: rapport à faire") in links
    assert {state for _, state, _ in links} == {"fresh", "stale", "failed", "missing"}
    assert (
        "à refaire : 1 département" in page.replace("\u00a0", " ") and "sans rapport prévu" in page
    )


def test_perimeters_are_listed_beside_the_map(statuses, press):
    one = Status(Report("t-p", "t.ipynb", "P-BRESSE", label="Bresse"), "missing", "jamais fait")
    page = index_page([*statuses, one], press)
    assert re.search(r'hors-carte.*<a href="#rapport-t-p">Bresse</a>', page)
    assert "hors-carte" not in index_page([one], press)


def test_the_page_is_whole_and_closed(statuses, press):
    for some in (statuses, fresh(12)):
        page = index_page(some, press)
        assert "default-src 'none'" in page
        assert not re.search(r"https?:|@import|<iframe|<form", page)
        HTMLParser().feed(page)
        assert len(page.encode()) < 300_000


def test_a_long_list_has_letters_and_a_search_that_its_digest_allows(press):
    page = index_page(fresh(12), press)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert 'role="search" hidden' in page and 'href="#lettre-N"' in page
    assert not re.search(r"fetch|import|XMLHttp|eval|innerHTML|storage", script)


def test_a_short_list_needs_no_search(statuses, press):
    page = index_page(statuses, press)
    assert "<script" not in page and "script-src" not in page and "#lettre" not in page


def test_the_whole_country_stays_light_and_the_same_twice(press):
    codes = sorted(departements())
    assert len(codes) == 101
    some = [*fresh(101, codes), *stale(1, "le carnet a changé")]
    page = index_page(some, press)
    assert len(page.encode()) < 300_000
    assert page == index_page(some, press)
    assert all(f'href="t-{code}.html" class="fresh"' in page for code in codes[:-1])


def test_fiction_is_said(statuses, press):
    assert "fictives" not in index_page(statuses, press)
    assert "Données fictives" in index_page(statuses, replace(press, fictional=True))


def test_an_empty_plan_makes_a_page_too(press):
    assert "aucun." in write_index(press.out, [], press).read_text("utf-8")
