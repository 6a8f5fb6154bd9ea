"""The French of the reports, on full, small, outside and empty material: read as a proofreader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from dts_research.display import charts, tables
from dts_research.display.captions import TITLE_WORDS
from dts_research.display.several import Blocks
from dts_research.workbook.material import Material

# Where our own sentences stand; cells, quotes and statements are the words of others.
OURS = {"title", "subtitle", "note", "reading", "alt", "comparison", "label", "unit", "caption"}
LONGER = {"text", "items", "findings", "unknown"}
THEIRS = {"quote", "quotes", "sheet", "thread", "follow_up", "discussion", "glossary", "method"}
FORBIDDEN = re.compile(
    r"\b(?:classements?|palmarès|top|podium|meilleure?s?|pires?|bons? élèves?|mauvais élèves?|"
    r"retardataires?|champions?|scores?|notes? sur|performances?|benchmark)\b",
    re.IGNORECASE,
)
SINGULAR = "fiche|expérience|structure|collectivité|parole|lieu|décision|territoire|passage|fait"
WRONG = {
    "un mot deux fois": re.compile(r"\b(?!nous nous|vous vous)(\w{2,}) \1\b", re.IGNORECASE),
    "un pluriel après 0 ou 1": re.compile(
        r"(?<![\d,\u202f])\b[01] (?!fois|mois|sans|dans|plus|sous|temps|champs?\b)\w+(?:s|x)\b"
    ),
    "un singulier après 2": re.compile(rf"\b(?:[2-9]|\d\d+) (?:{SINGULAR})\b"),
    "un verbe au pluriel après 1": re.compile(rf"\b1 (?:{SINGULAR}) (?:ont|sont|\w+ent)\b"),
    "un verbe au singulier après 2": re.compile(rf"\b(?:[2-9]|\d\d+) (?:{SINGULAR})s (?:a|est)\b"),
    "deux ponctuations": re.compile(r"\.\.|,,|;;|::|\? ?\?|[,;:] ?[.,;:]|\. ?» ?[?.]"),
    "une valeur vide": re.compile(r"\b(?:None|nan|NaT|<NA>)\b|« ?»|\( ?\)"),
    "deux espaces": re.compile(r"\S  +\S"),
    "un mot à bannir": FORBIDDEN,
}


def blank_sheets(material: Material) -> Material:
    """The same sheets, with nothing but their titles: what a file from outside often is."""
    sheets = material.experiences
    for name in sheets.columns.difference(["experience_id", "title", "diffusion"]):
        lists = name in ("missions", "themes", "obstacles", "levers", "authority_ids")
        lists |= name in ("financial_means", "source_themes")
        sheets = sheets.assign(**{name: pd.Series([() if lists else pd.NA] * len(sheets))})
    return replace(material, frames=dict(material.frames) | {"experiences": sheets})


Shown = list[tuple[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def shown(demo_book: Any, empty_book: Any, single_book: Any) -> Shown:
    """Every block of every table and chart, with the name of the material it was made from."""
    deep, small = demo_book.territory("71"), demo_book.territory("2A")
    (place,) = single_book.frames("experience_places")
    one = single_book.territory(place["departement_code"].iloc[0], reader="chercheur")
    drawn = {"71": deep, "2A": small, "971": demo_book.territory("971"),
             "réseau": demo_book.network(), "vide": empty_book.territory("13")}  # fmt: skip
    told = {"44": demo_book.territory("44"), "une fiche": one, "71 d'ailleurs": blank_sheets(deep),
            "71 élu": replace(deep, reader="élu"), "2A d'ailleurs": blank_sheets(small),
            "71 chercheur": replace(deep, reader="chercheur")}  # fmt: skip
    return [
        *((where, block) for where, here in drawn.items() for block in blocks_of(here, charts)),
        *((where, block) for where, here in (drawn | told).items()
          for block in blocks_of(here, tables)),
    ]  # fmt: skip


def blocks_of(material: Material, room: Any) -> Iterator[dict[str, Any]]:
    for name in room.__all__:
        made = getattr(room, name)(material)
        yield from (b.as_json() for b in (made if isinstance(made, Blocks) else (made,)))


def sentences(block: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Our sentences in a block, each with the name of its field."""
    keys = OURS | (set() if block["kind"] in THEIRS else LONGER)

    def walk(value: Any, key: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, str):
            if key in keys:
                yield key, value
        elif isinstance(value, dict):
            for name, inner in value.items():
                yield from walk(inner, name)
        elif isinstance(value, list) and key not in ("rows", "questions"):
            for inner in value:
                yield from walk(inner, key)

    for name, value in block.items():
        yield from walk(value, name)


def test_no_sentence_would_be_corrected_by_a_proofreader(shown: Shown) -> None:
    said = {
        text: f"{where}, {block.get('id')}"
        for where, block in shown
        for _, text in sentences(block)
    }
    assert len(said) > 200
    found = [
        f"{where} : {what} : {text}"
        for text, where in said.items()
        for what, wrong in WRONG.items()
        if wrong.search(text if what == "une valeur vide" else re.sub("« [^»]+ »", "« x »", text))
    ]
    assert not found, "\n".join(sorted(set(found)))


def test_titles_are_messages_of_fifteen_words(shown: Shown) -> None:
    for where, block in shown:
        title = block.get("title", "")
        words = [w for w in title.split() if any(c.isalnum() for c in w)]
        if block["kind"] not in ("sheet", "thread"):
            assert len(words) <= TITLE_WORDS, f"{where} : {title}"
            assert not title.endswith((".", "…")), f"{where} : {title}"


def test_the_questions_are_questions_once(shown: Shown) -> None:
    asked = {question for _, block in shown for question in block.get("questions", [])}
    assert asked
    for question in asked:
        assert question.endswith(" ?"), question
        assert not re.search(r"\?\W*\?$|\. » \?", question), question


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ("un mot deux fois", "Animation des des territoires"),
        ("un pluriel après 0 ou 1", "Il reste 1 fiches"),
        ("un singulier après 2", "5 parole gardées"),
        ("un verbe au pluriel après 1", "1 fiche racontent"),
        ("deux ponctuations", "Où en est le désaccord : « Que faire. » ?"),
        ("une valeur vide", "depuis None"),
        ("un mot à bannir", "le meilleur territoire"),
    ],
)
def test_the_proofreader_sees_the_fault(fault: str, text: str) -> None:
    assert WRONG[fault].search(text)
