"""The report and the index page as a browser and a PDF reader meet them."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from dts_research.cli.making import make

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(demo_book: Any, root: Path) -> Path:
    """One territory's report of the demo, in every format, with the index page."""
    from dataclasses import replace

    space = replace(demo_book.workspace, notebooks=root / "notebooks")
    made = make(replace(demo_book, workspace=space), ["71"], progress=False)
    assert made.exit_code == 0, made.outcome.failed
    return made.folder


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


@pytest.mark.parametrize("name", ["territoire-71.html", "index.html"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_a_page_opens_alone_and_fits(
    browser: Any, folder: Path, name: str, scheme: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.goto((folder / name).as_uri())
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").count() == 1
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert faults == []
    assert "Données fictives" in page.inner_text("body")
    page.close()


@pytest.mark.parametrize("name", ["territoire-71.html", "index.html"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    browser: Any, folder: Path, name: str, scheme: str, require: Callable[..., Any]
) -> None:
    require(importlib.util.find_spec("axe_playwright_python"), "axe is not installed")
    from axe_playwright_python.sync_playwright import Axe

    # The page itself forbids scripts: axe is let in by a context that ignores the policy.
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto((folder / name).as_uri())
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()[:4000]
    context.close()


@pytest.mark.parametrize("suffix", [".pdf", "-diapos.pdf"])
def test_a_pdf_is_tagged_french_and_says_that_it_is_fiction(folder: Path, suffix: str) -> None:
    from pypdf import PdfReader

    path = folder / f"territoire-71{suffix}"
    with pikepdf.open(path) as pdf:
        assert str(pdf.Root.Lang).lower().startswith("fr")
        assert bool(pdf.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in pdf.Root
        assert "Saône-et-Loire" in str(pdf.docinfo["/Title"])
    pages = [page.extract_text() for page in PdfReader(path).pages]
    assert len(pages) > 10
    assert all("Données fictives" in text for text in pages)


def test_the_pdf_has_a_table_of_contents_with_page_numbers(folder: Path) -> None:
    from pypdf import PdfReader

    reader = PdfReader(folder / "territoire-71.pdf")
    contents = reader.pages[1].extract_text()
    assert "Sommaire" in contents
    number = next(n for n, page in enumerate(reader.pages, 1) if n > 2
                  and "Des voix" in page.extract_text())  # fmt: skip
    line = next(line for line in contents.splitlines() if "Des voix" in line)
    assert line.strip().endswith(str(number))
    assert reader.outline
