"""The blank sheet on paper: few pages, every question, every choice to tick, accessible."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace
from typing import Any

import pypdf
import pytest

from dts_research.display.typography import french
from dts_research.reports.paper import LEFT_OUT, paper_form, sheet_of
from dts_research.reports.tags import unfit
from dts_research.schema.forms import form_tables

VERAPDF = Path(__file__).parents[2] / ".ci" / "verapdf" / "check.py"


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("paper") / "fiche.pdf"
    path.write_bytes(paper_form(name="Réseau d'essai"))
    return path


def letters(text: str) -> str:
    """Letters and digits alone: lines are cut, words hyphenated."""
    return re.sub(r"\W", "", text.replace("\u00ad", "")).lower()


def test_it_holds_on_two_sheets_of_paper(sheet: Path) -> None:
    with pypdf.PdfReader(sheet) as pdf:
        assert 2 <= len(pdf.pages) <= 4
        assert {tuple(map(round, p.mediabox[2:])) for p in pdf.pages} == {(595, 842)}


def test_every_question_and_every_choice_is_on_it(sheet: Path) -> None:
    with pypdf.PdfReader(sheet) as pdf:
        text = letters(" ".join(page.extract_text() for page in pdf.pages))
    main = form_tables()[0]
    for question in main.questions:
        if question.field.name in LEFT_OUT:
            continue
        title = "Structure porteuse" if question.field.name == "organisation" else ""
        assert letters(french(title or question.field.title)) in text, question.field.name
        for label in question.codelist.labels.values() if question.codelist else ():
            assert letters(french(label)) in text, label
    assert letters("Réseau d'essai") in text
    for words in ("jamais des noms", "rien à signaler", "Commune", "Consentement", "Tournant"):
        assert letters(words) in text


def test_what_is_not_written_by_hand_is_not_asked() -> None:
    asked = str(sheet_of())
    for words in ("Identifiant", "Latitude", "SIRET"):
        assert words not in asked


def test_it_says_it_is_accessible_and_durable(sheet: Path) -> None:
    assert unfit(sheet.read_bytes()) == ""


def test_it_conforms_to_pdfua_and_pdfa(sheet: Path, require: Callable[..., Any]) -> None:
    verapdf = SimpleNamespace(**run_path(str(VERAPDF)))
    lacks = verapdf.missing()
    require(not lacks, f"veraPDF needs {lacks}")
    assert not [str(rule) for rules in verapdf.check([sheet]).values() for rule in rules]


def test_the_lint_finds_nothing(sheet: Path, require: Callable[..., Any]) -> None:
    require(find_spec("pdfua"), "pdfua is not installed: it comes with `make`")
    from pdfua import validate

    assert not [f.message for f in validate(str(sheet)).findings]


def test_the_same_schema_gives_the_same_bytes(sheet: Path) -> None:
    assert paper_form(name="Réseau d'essai") == sheet.read_bytes()
    assert io.BytesIO(paper_form()).read(5) == b"%PDF-"
