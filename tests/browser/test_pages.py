"""The report and the index page as a browser and a PDF reader meet them."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from runpy import run_path
from typing import Any

import pikepdf
import pytest

from dts_research.cli.making import make
from dts_research.reference.geography import geography
from dts_research.reports.document import read_document
from dts_research.reports.freshness import STATES, Status
from dts_research.reports.html import render_html
from dts_research.reports.index import index_page
from dts_research.reports.index_map import departements
from dts_research.reports.manifest import Entry
from dts_research.reports.plan import Report
from dts_research.reports.press import Press

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


@pytest.fixture(scope="module")
def pages(folder: Path, executed: Callable[..., Any]) -> dict[str, Path]:
    """Every kind of page people open, by its name."""
    runs = {
        "elu": executed("territory.ipynb", "71", reader="élu"),
        "network": executed("network.ipynb"),
        "compare": executed("compare.ipynb", "71", count="IND-02", base="IND-03"),
    }
    found = {"report": folder / "territoire-71.html", "index": folder / "index.html"}
    written = {name: render_html(read_document(run())) for name, run in runs.items()}
    for name in ("complete_notebook", "foreign_notebook"):
        written[name] = render_html(read_document(_sample(name)), alternatives=OTHERS)
    written["country"] = index_page(_country(), Press(folder, folder, folder, fictional=True))
    for name, html in written.items():
        found[name] = folder / f"{name}.html"
        found[name].write_text(html, encoding="utf-8")
    return found


def _sample(name: str) -> Any:
    path = Path(__file__).parent.parent / "reports" / f"{name}.py"
    return run_path(str(path))["notebook"]()


def _country() -> list[Status]:
    """Reports of every département, in every state, and a perimeter."""
    statuses, names = [], geography().departement_names
    for number, code in enumerate(sorted(departements())):
        report = Report(f"t-{code}", "t.ipynb", code, label=names[code])
        made = {f"t-{code}.html": {}, f"t-{code}.pdf": {}}
        entry = Entry(report.id, "t.ipynb", "fresh", outputs=made, made_at="2026-11-22T10:00:00")
        state = list(STATES)[number % 4]
        why = "" if state == "fresh" else "les données ont changé"
        statuses.append(Status(report, state, why, None if state == "missing" else entry))
    free = Report("t-p", "t.ipynb", "P-BRESSE", label="Bresse bourguignonne")
    return [*statuses, Status(free, "missing", "jamais fait")]


NAMES = ("report", "elu", "network", "compare", "index", "country", "complete_notebook",
         "foreign_notebook")  # fmt: skip
OTHERS = (("PDF A4", "autre.pdf"), ("diaporama", "autre-diapos.pdf"))
WIDER_TEXT = """*{line-height:1.5!important;letter-spacing:.12em!important;
word-spacing:.16em!important} p{margin-bottom:2em!important}"""
each_page = pytest.mark.parametrize("name", NAMES)
each_scheme = pytest.mark.parametrize("scheme", ["light", "dark"])


@pytest.fixture
def opened(browser: Any, pages: dict[str, Path]) -> Iterator[Callable[..., Any]]:
    """Open a page where nothing but the page itself may be read; what it asks for is kept."""
    contexts = []

    def open_page(name: str, *, width: int = 1280, scheme: str = "light", **more: Any) -> Any:
        size = {"width": width, "height": 900}
        context = browser.new_context(
            viewport=size, color_scheme=scheme, reduced_motion="reduce", **more
        )
        contexts.append(context)
        page = context.new_page()
        page.asked, page.faults = [], []
        page.route("**", lambda route: _only_files(route, page.asked))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda line: page.faults.append(line.text) if line.type == "error"
                else None)  # fmt: skip
        page.goto(pages[name].as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


def _only_files(route: Any, asked: list[str]) -> None:
    url = route.request.url
    asked.append(url)
    if url.startswith(("file:", "data:")):
        route.continue_()
    else:
        route.abort()


def test_pages_are_light(pages: dict[str, Path]) -> None:
    weights = {name: path.stat().st_size for name, path in pages.items()}
    assert max(weights.values()) <= 300_000, weights


@each_page
@each_scheme
def test_a_page_opens_alone(opened: Any, name: str, scheme: str) -> None:
    page = opened(name, scheme=scheme)
    page.wait_for_timeout(50)
    outside = [url for url in page.asked if not url.startswith("data:")]
    assert outside == [page.url]
    assert page.faults == []
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert page.locator("h1").count() == page.locator("main").count() == 1
    assert name == "foreign_notebook" or "Données fictives" in page.inner_text("body")


@each_page
@pytest.mark.parametrize("width", [320, 360, 640, 768, 1280])
def test_nothing_is_cut_nor_slides_sideways(opened: Any, name: str, width: int) -> None:
    """320 and 640 pixels are what is left of 1280 when letters are four times or twice as big."""
    page = opened(name, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.add_style_tag(content=WIDER_TEXT)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CUT_TEXTS) == []


CUT_TEXTS = """() => [...document.querySelectorAll("p, li, dd, dt, h1, h2, h3, summary, a")]
  .filter((one) => one.clientWidth > 1 && getComputedStyle(one).display !== "inline"
    && one.scrollWidth > one.clientWidth + 2)
  .map((one) => one.outerHTML.slice(0, 120))"""


@each_page
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 360)])
def test_axe_finds_nothing(
    opened: Any, name: str, scheme: str, width: int, require: Callable[..., Any]
) -> None:
    require(importlib.util.find_spec("axe_playwright_python"), "axe is not installed")
    from axe_playwright_python.sync_playwright import Axe

    # The page itself forbids scripts: axe is let in by a context that ignores the policy.
    page = opened(name, width=width, scheme=scheme, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()[:4000]


@each_page
@each_scheme
def test_words_of_drawings_are_readable(opened: Any, name: str, scheme: str) -> None:
    """What axe leaves undecided: each text of a drawing against what is drawn under it."""
    page = opened(name, scheme=scheme)
    assert page.evaluate(FAINT_TEXTS) == []
    every = page.locator("svg text").count()
    page.add_style_tag(content="svg text { fill: #777 !important; stroke: none !important; }")
    assert every == 0 or page.evaluate(FAINT_TEXTS)  # the check can fail


FAINT_TEXTS = """() => {
  const context = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgb = (colour) => {
    context.fillStyle = "#ff00ff"; context.fillStyle = colour;
    context.clearRect(0, 0, 1, 1); context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const light = (colour) => {
    const [r, g, b] = rgb(colour).slice(0, 3).map((v) => v / 255)
      .map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const ground = (text) => {
    const own = getComputedStyle(text);
    if (own.stroke !== "none" && parseFloat(own.strokeWidth) >= 2) return own.stroke;
    const box = text.getBoundingClientRect();
    const under = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    for (const one of under.slice(under.indexOf(text) + 1)) {
      const style = getComputedStyle(one);
      const painted = one.ownerSVGElement && !one.matches("text, tspan, g, a, svg");
      const colour = painted ? style.fill : style.backgroundColor;
      if (colour.startsWith("url(")) return getComputedStyle(document.body).backgroundColor;
      if (colour !== "none" && rgb(colour)[3] > 200) return colour;
    }
    return getComputedStyle(document.body).backgroundColor;
  };
  const faint = [];
  for (const text of document.querySelectorAll("svg text")) {
    const style = getComputedStyle(text);
    if (!text.textContent.trim() || style.display === "none") continue;
    text.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
    const [a, b] = [light(style.fill), light(ground(text))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) faint.push(`${text.textContent} ${ratio.toFixed(2)}`);
  }
  return faint;
}"""


@each_page
@pytest.mark.parametrize("width", [360, 1280])
def test_tab_goes_through_the_page_in_order_and_shows_where_it_is(
    opened: Any, name: str, width: int
) -> None:
    page = opened(name, width=width)
    expected = page.evaluate(FOCUSABLE)
    seen = []
    for _ in expected:
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUSED))
    assert [one["order"] for one in seen] == expected
    assert seen[0]["text"].startswith("Aller au")
    assert [one for one in seen if not one["visible"]] == []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "BODY"


FOCUSABLE = """() => {
  const every = [...document.querySelectorAll("*")];
  const closed = (one) => one.closest("details:not([open])") && !one.matches("summary");
  return every.filter((one) => one.matches("a[href], summary, input, [tabindex='0']")
    && one.getClientRects().length && !closed(one)).map((one) => every.indexOf(one));
}"""
# In sight, not under the band that stays on top, and with a ring around it.
FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const box = one.getBoundingClientRect(), band = document.querySelector(".band");
  const top = band && !one.matches(".skip") ? band.getBoundingClientRect().bottom : 0;
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return {
    order: [...document.querySelectorAll("*")].indexOf(one),
    text: one.textContent.slice(0, 60),
    visible: ring && box.bottom > top + 8 && box.top < innerHeight - 8 && box.right > 0,
  };
}"""


def test_the_keyboard_opens_jumps_and_comes_back(opened: Any) -> None:
    page = opened("report")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    details = page.locator("main details").first
    details.locator("summary").focus()
    assert not details.evaluate("(one) => one.open")
    page.keyboard.press("Enter")
    assert details.evaluate("(one) => one.open")
    assert details.locator("table").is_visible()
    page.keyboard.press("Enter")
    assert not details.evaluate("(one) => one.open")


def test_a_finding_leads_to_its_figure(opened: Any) -> None:
    page = opened("report")
    link = page.locator(".summary .findings a").first
    name = str(link.get_attribute("href"))
    link.click()
    assert page.locator(name).evaluate("(one) => one.matches('figure, .table, section, h2, h3')")
    assert page.locator(name).evaluate("(one) => Math.abs(one.getBoundingClientRect().top) < 200")


def test_the_search_filters_while_typing_and_says_how_many(opened: Any) -> None:
    page = opened("country")
    shown = page.locator("li[data-k]:visible")
    every = shown.count()
    assert every == 102
    field = page.get_by_role("searchbox")
    field.focus()
    page.keyboard.type("SAÔNE")
    assert shown.count() == 2
    page.wait_for_timeout(400)
    assert page.inner_text("#trouves") == "2 territoires trouvés."
    assert page.locator("section.letter:visible h3").all_inner_texts() == ["H", "S"]
    page.keyboard.press("Escape")
    assert shown.count() == every
    for typed, count in {
        "2a": 1,
        "cote d or": 1,
        "cotes-d’armor 22": 1,
        "Réunion": 1,
        "REUNION": 1,
        "zzz": 0,
    }.items():
        field.fill(typed)
        assert shown.count() == count, typed
    page.wait_for_timeout(400)
    assert page.inner_text("#trouves").startswith("Aucun territoire")
    assert page.locator("#trouves").get_attribute("role") == "status"


def test_without_script_the_index_says_how_to_search(opened: Any) -> None:
    page = opened("country", java_script_enabled=False)
    assert not page.locator("#chercher").is_visible()
    assert "Ctrl+F" in page.inner_text("#sans-script")
    assert page.locator("li[data-k]:visible").count() == 102


def test_the_map_leads_to_reports_by_mouse_and_by_keyboard(opened: Any) -> None:
    page = opened("country")
    assert page.locator(".map a").count() == 101
    link = page.get_by_role("link", name="Saône-et-Loire", exact=False).first
    assert "rapport" in str(link.get_attribute("aria-label"))
    link.focus()
    assert page.evaluate("document.activeElement.closest('svg') !== null")
    missing = page.locator(".map a.missing").first
    missing.click()
    assert page.evaluate("location.hash").startswith("#rapport-")


@each_page
def test_paper_has_no_navigation(opened: Any, name: str) -> None:
    page = opened(name)
    page.emulate_media(media="print")
    assert page.locator("nav:visible, .skip:visible, [role=search]:visible").count() == 0
    assert page.locator("details:visible").count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


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
