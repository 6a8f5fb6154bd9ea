"""A real browser drives a real JupyterLab: filter, redraw, open a sheet, keep the view."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dts_research.starter import make_workbook
from dts_research.workbook import Workbook, open_workbook
from dts_research.workbook.arrival import receive_files

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
MENUS = ["Fichier", "Édition", "Affichage", "Exécution", "Noyau", "Onglets", "Paramètres", "Aide"]
TROUBLE = '[data-mime-type="application/vnd.jupyter.error"], [data-mime-type$=".stderr"]'
STARTING = 90  # seconds given to JupyterLab
SLOWLY = 90_000  # milliseconds given to a cold kernel


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    """A folder as « dts init --demo » makes it, its files received."""
    made = open_workbook(make_workbook(tmp_path_factory.mktemp("lab") / "demo", demo=True).data)
    _, refused = receive_files(made, sorted(made.workspace.inbox.iterdir()))
    assert not refused
    return made


@pytest.fixture(scope="module")
def lab(book: Workbook, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a JupyterLab on the notebooks of the workbook, stopped at the end."""
    home, port, token = tmp_path_factory.mktemp("home"), _free_port(), secrets.token_hex(16)
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}",
        "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}", f"--notebook-dir={book.workspace.notebooks}",
        "--LabApp.default_url=/lab/tree/explore.ipynb",
    ]  # fmt: skip
    apart = {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / "config"),
             "JUPYTER_RUNTIME_DIR": str(home / "runtime"), "LANGUAGE": "fr"}  # fmt: skip
    environment = {k: v for k, v in os.environ.items() if k != "DTS_WORKBOOK"} | apart
    log = home / "jupyterlab.log"
    with log.open("wb") as out:
        server = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
    try:
        _wait(f"http://127.0.0.1:{port}/api?token={token}", server, log)
        yield f"http://127.0.0.1:{port}/?token={token}"
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="module")
def page(lab: str, require: Callable[..., Any]) -> Iterator[Any]:
    """A page of Chromium on JupyterLab."""
    require(importlib.util.find_spec("playwright"), "playwright is not installed")
    chromium = require(shutil.which("chromium"), "Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        opened = browser.new_page(viewport={"width": 1400, "height": 900}, locale="fr-FR")
        opened.set_default_timeout(SLOWLY)
        opened.faults = []
        opened.on("pageerror", lambda error: opened.faults.append(str(error)))
        opened.goto(lab)
        yield opened
        browser.close()


# The browser is asked for first: where it is missing, no server is started.
@pytest.fixture(scope="module", autouse=True)
def _tools(require: Callable[..., Any]) -> None:
    require(importlib.util.find_spec("playwright"), "playwright is not installed")
    require(shutil.which("chromium"), "Chromium is not installed")
    require(importlib.util.find_spec("jupyterlab"), "JupyterLab is not installed")


def _free_port() -> int:
    with socket.socket() as there:
        there.bind(("127.0.0.1", 0))
        return int(there.getsockname()[1])


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(STARTING * 2):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _run_all(page: Any) -> None:
    """Run every cell from the menu; a page quicker than its kernel is asked which one it wants."""
    page.get_by_text("Python 3 (ipykernel) | Inactif").wait_for()
    asked = page.locator(".jp-Dialog .jp-mod-accept")
    for _ in range(3):
        page.locator(".lm-MenuBar-itemLabel", has_text="Exécution").click()
        page.get_by_text("Exécuter toutes les cellules", exact=True).click()
        page.wait_for_selector(f".dts-count span, {TROUBLE}, .jp-Dialog .jp-mod-accept")
        if not asked.count():
            return
        asked.click()
        page.wait_for_timeout(2000)


def _count(page: Any) -> str:
    return str(page.locator(".dts-count").inner_text()).strip()


def _until(page: Any, found: Callable[[], bool], what: str) -> None:
    for _ in range(100):
        if found():
            return
        page.wait_for_timeout(200)
    pytest.fail(what)


def test_a_person_explores_and_keeps_a_view(page: Any, book: Workbook) -> None:
    page.wait_for_selector(".jp-NotebookPanel .jp-RenderedMarkdown h1")
    assert page.locator(".lm-MenuBar-itemLabel").all_inner_texts() == MENUS
    _run_all(page)
    assert not page.locator(TROUBLE).count(), page.locator(TROUBLE).all_inner_texts()
    everything = _count(page)
    assert re.fullmatch(r"\d+\sexpériences sur 69", everything)
    assert page.locator(".dts-view svg").count()

    figure = page.locator(".dts-view").inner_html()
    page.get_by_label("Mission", exact=True).select_option(label="Animation des territoires")
    _until(page, lambda: _count(page) != everything, "the count did not follow the filter")
    _until(page, lambda: page.locator(".dts-view").inner_html() != figure, "no figure redrawn")
    filtered = _count(page)

    opened = page.locator(".dts-item:visible").first
    title = opened.inner_text().splitlines()[-1]
    opened.click()
    page.wait_for_selector(".dts-view .sheet")
    sheet = page.locator(".dts-view .sheet")
    assert sheet.locator(".b-title").inner_text() == title
    assert "Ce qui a résisté" in sheet.inner_text()

    page.get_by_label("Légende", exact=True).fill("Une fiche pour la séance")
    page.get_by_label("Votre question", exact=True).fill("Qu'aurions-nous fait, <b>nous</b> ?")
    page.get_by_role("button", name="Garder pour la séance").click()
    page.wait_for_selector(".dts-kept-row")
    assert "data/selection/selection.jsonl" in page.locator(".dts-keeping").inner_text()
    assert "<b>nous</b>" in page.locator(".dts-kept-row").inner_text()

    lines = (book.workspace.selection / "selection.jsonl").read_text("utf-8").splitlines()
    (entry,) = [json.loads(line) for line in lines]
    assert entry["kind"] == "sheet"
    assert entry["filters"] == {"mission": "M3"}
    assert filtered.replace("\N{NO-BREAK SPACE}", " ") in entry["scope"]  # records stay plain
    assert entry["caption"] == "Une fiche pour la séance"
    assert entry["block"]["kind"] == "sheet"
    assert not page.faults


def test_the_whole_panel_fits_the_page(page: Any) -> None:
    inside = page.locator(".dts-explore").first
    assert inside.evaluate("e => e.scrollWidth <= e.clientWidth + 1")
