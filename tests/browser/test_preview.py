"""The preview in a real browser: the page comes anew by itself, where its reader was."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dts_research.reports.manifest import Failure
from dts_research.reports.preview import Board, serving

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
REPORT = "iframe:not(.next)"
PLACE = f"document.querySelector('{REPORT}').contentWindow.scrollY"
TOP = f"document.querySelector('{REPORT}').contentDocument.getElementById('s9')"
TOP += ".getBoundingClientRect().top"


def page(first: str, *, more: int = 0) -> bytes:
    """Give a long page under the policy of a report, with something added above."""
    from dts_research.reports.html import CSP

    added = "<p style='height:300px'>Ajouté</p>" * more
    parts = "".join(f"<h2 id='s{n}' style='height:600px'>Partie {n}</h2>" for n in range(20))
    policy = f'<meta http-equiv="Content-Security-Policy" content="{CSP}">'
    title = "<meta charset='utf-8'><title>Essai</title><style>html{scroll-behavior:smooth}</style>"
    web = "<a href='https://example.org/'>ailleurs</a><script>document.title = 'joué'</script>"
    body = f"<main><h1>{first}</h1>{web}{added}{parts}</main>"
    return f"<!DOCTYPE html><html lang='fr'><head>{policy}{title}</head>{body}</html>".encode()


@pytest.fixture(scope="module")
def browser(require: Callable[..., Any]) -> Iterator[Any]:
    """A real Chromium, driven by playwright."""
    require(importlib.util.find_spec("playwright"), "playwright is not installed")
    chromium = require(shutil.which("chromium"), "Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture
def opened(browser: Any) -> Iterator[tuple[Board, Any]]:
    """What is shown, and a tab that looks at it."""
    board = Board()
    with serving(board) as address:
        tab = browser.new_page(viewport={"width": 1000, "height": 700})
        errors: list[str] = []
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.goto(address)
        yield board, tab
        assert errors == []
        tab.close()


def banner(tab: Any) -> str:
    found = tab.locator("#bandeau")
    return str(found.inner_text()) if found.is_visible() else ""


def test_the_page_comes_anew_at_the_place_where_its_reader_was(opened: Any) -> None:
    board, tab = opened
    tab.get_by_text("L’aperçu se prépare…").wait_for()
    board.show(page("Premier"))
    report = tab.frame_locator(REPORT)
    report.get_by_text("Premier").wait_for()
    assert tab.title() == "Aperçu – Essai"  # what the report's own script would say is not run
    assert banner(tab) == ""
    tab.evaluate(f"{PLACE.removesuffix('.scrollY')}.scrollTo({{top: 5500, behavior: 'instant'}})")
    top = tab.evaluate(TOP)
    board.making()
    tab.get_by_text("Le rapport se refait…").wait_for()
    assert report.get_by_text("Premier").count() == 1
    board.show(page("Second", more=2))
    report.get_by_text("Second").wait_for(state="attached")  # the frame is at its place by then
    assert tab.evaluate(TOP) == pytest.approx(top, abs=1)
    assert tab.evaluate(PLACE) > 6000
    assert banner(tab) == ""
    link = report.get_by_text("ailleurs")
    assert link.get_attribute("target") == "_blank"


def test_a_failure_is_read_in_the_banner_and_the_former_page_stays(opened: Any) -> None:
    board, tab = opened
    board.show(page("Premier"))
    tab.frame_locator(REPORT).get_by_text("Premier").wait_for()
    board.fail(Failure("La cellule 4 du carnet a échoué : <b>non</b>", 4, "charts.rien(x)"))
    tab.get_by_text("La cellule 4").wait_for()
    assert [line for line in banner(tab).splitlines() if line] == [
        "Le rapport n’a pas pu être refait ; la page montrée est la précédente.",
        "La cellule 4 du carnet a échoué : <b>non</b>",
        "Ligne : charts.rien(x)",
    ]
    assert tab.frame_locator(REPORT).get_by_text("Premier").count() == 1
    board.show(page("Réparé"))
    tab.frame_locator(REPORT).get_by_text("Réparé").wait_for()
    assert banner(tab) == ""


def test_a_preview_that_ended_says_so(browser: Any) -> None:
    board = Board()
    with serving(board) as address:
        board.show(page("Premier"))
        tab = browser.new_page()
        tab.goto(address)
        tab.frame_locator(REPORT).get_by_text("Premier").wait_for()
    tab.get_by_text("L’aperçu est arrêté : cette page ne changera plus.").wait_for()
    assert tab.frame_locator(REPORT).get_by_text("Premier").count() == 1
    tab.close()
