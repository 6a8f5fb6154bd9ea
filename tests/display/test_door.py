"""The door: what must not be seen does not get out, even by subtraction."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from dts_research.display import charts, door, tables
from dts_research.display.several import Blocks
from dts_research.display.style import NOT_GIVEN, SECRET
from dts_research.display.tables_sources import KEPT_EVENTS
from dts_research.protect.disclosure import Policy
from dts_research.schema.catalogue import Field, catalogue
from dts_research.workbook.material import Material

POLICY = Policy()


@pytest.fixture(scope="module")
def here(demo_book: Any) -> Material:
    return demo_book.looking_back(demo_book.territory("71", reader="chercheur"))


def everything(material: Material) -> str:
    """All that charts and tables let out, as one text."""
    shown = [getattr(charts, name)(material) for name in charts.__all__]
    for name in tables.__all__:
        block = getattr(tables, name)(material)
        shown += list(block) if isinstance(block, Blocks) else [block]
    return json.dumps([block.as_json() for block in shown], ensure_ascii=False)


def with_rows(material: Material, table: str, **columns: Any) -> Material:
    frames = dict(material.frames)
    return replace(material, frames=frames | {table: frames[table].assign(**columns)})


@pytest.mark.parametrize(
    ("count", "written"), [(0, "0"), (1, SECRET), (4, SECRET), (5, "5"), (None, NOT_GIVEN)]
)
def test_few_people_are_secret(count: int | None, written: str) -> None:
    assert door.people(count, POLICY) == written
    assert door.people(pd.NA if count is None else count, POLICY) == written


def test_a_raised_threshold_hides_more() -> None:
    assert door.people(9, Policy(people=11)) == SECRET


def test_one_hidden_category_takes_a_second_with_it() -> None:
    shown = door.people_by({"a": 20, "b": 3, "c": 8, "d": 0}, POLICY)
    assert shown == {"a": "20", "b": SECRET, "c": SECRET, "d": "0"}


def test_two_hidden_categories_that_add_up_to_few_take_a_third() -> None:
    shown = door.people_by({"a": 20, "b": 1, "c": 2}, POLICY)
    assert shown["a"] == SECRET


def test_two_hidden_categories_cover_each_other() -> None:
    assert door.people_by({"a": 20, "b": 4, "c": 4}, POLICY)["a"] == "20"


def test_without_a_total_nothing_more_is_hidden() -> None:
    assert door.people_by({"a": 20, "b": 3}, POLICY, total=False)["a"] == "20"


@pytest.mark.parametrize(
    ("parts", "written"),
    [
        ((10.0, 10.0), SECRET), ((90.0, 5.0, 5.0), SECRET), ((40.0, 30.0, 30.0), "100"),
        ((), NOT_GIVEN),
    ],
)  # fmt: skip
def test_totals_of_structures(parts: tuple[float, ...], written: str) -> None:
    assert door.magnitude(parts, POLICY) == written


def test_a_hidden_part_of_a_shown_total_takes_a_second_with_it() -> None:
    parts = {"a": (10.0, 10.0, 10.0), "b": (5.0,), "c": (40.0, 40.0, 40.0)}
    shown = door.magnitudes(parts, POLICY)
    assert dict(shown.shown) == {"a": SECRET, "b": SECRET, "c": "120"}
    assert dict(shown.values) == {"c": 120.0}


def test_names_of_persons_are_masked_wherever_they_stand(here: Material) -> None:
    leaky = "Madame Lefèvre a rappelé au 06 12 34 56 78."
    catalogue_of = catalogue().tables
    for table in TABLES:
        free = [f.name for f in catalogue_of[table].fields if f.type == "string" and _is_free(f)]
        shown = everything(with_rows(here, table, **dict.fromkeys(free, leaky)))
        assert "Lefèvre" not in shown, table
        assert "06 12" not in shown, table


TABLES = (
    "experiences", "experience_steps", "quotes", "structures", "actors", "memberships", "decisions",
    "contributions", "hypotheses", "common_references", "authority_events", "direct_purchases",
    "sessions", "cycles", "territories",
)  # fmt: skip


def _is_free(field: Field) -> bool:
    """A text that anybody writes as they like: neither a code, nor an identifier, nor a list."""
    closed = field.codelist or field.pattern or field.is_list
    return not closed and not field.name.endswith(("_id", "_ids"))


def test_a_quote_without_consent_never_gets_out(here: Material) -> None:
    said = "Parole que personne ne doit lire"
    for consent in ("analysis", "aggregate", None, "autre"):
        shown = everything(with_rows(here, "quotes", text=said, consent=consent))
        assert said not in shown
    assert said in everything(with_rows(here, "quotes", text=said, consent="quote"))


def test_what_is_private_stays_in(here: Material) -> None:
    hidden = with_rows(here, "experiences", title="Fiche privée", diffusion="private")
    assert "Fiche privée" not in everything(hidden)
    assert tables.experiences(hidden).kind == "absence"


@pytest.mark.parametrize("audience", ["network", "public"])
def test_a_wider_audience_sees_less(here: Material, audience: str) -> None:
    wide = replace(here, policy=Policy(audience=audience))
    kept = with_rows(wide, "experiences", title="Fiche du territoire", diffusion="territory")
    assert "Fiche du territoire" not in everything(kept)


def test_what_another_collective_keeps_never_comes_here(here: Material) -> None:
    everyone, _ = door.beside(here)
    others = here.others.assign(diffusion="territory")
    ours, _ = door.beside(replace(here, others=others))
    assert set(ours["experience_id"]) <= set(here.experiences["experience_id"])
    assert len(everyone) > len(ours)


SILENCES = re.compile(
    r"aucune trace|sans trace|rien n'est noté|pas encore de fiche|aucun événement", re.IGNORECASE
)


@pytest.mark.parametrize("reader", ["élu", "animateur", "chercheur"])
@pytest.mark.parametrize("audience", ["network", "public"])
def test_what_is_kept_back_is_never_told_as_a_silence_of_somebody(
    demo_book: Any, reader: str, audience: str
) -> None:
    for material in (
        demo_book.territory("71", reader=reader, audience=audience),
        demo_book.network(reader=reader, audience=audience),
    ):
        assert door.withheld(material, "authority_events")
        page = tables.summary(material)
        made = [page, *tables.unknowns(material), *tables.threads(material)]
        said = json.dumps([block.as_json() for block in made], ensure_ascii=False)
        assert not SILENCES.search(said), SILENCES.search(said)
        assert KEPT_EVENTS in said
        assert not re.search("Tournus|Paray|Bâti Creusot", said)
        assert not any("échange ou un acte" in item["label"] for item in page.data["items"])
        assert not any(
            "événement" in block.data["title"].lower()
            for block in made[1:]
            if block.kind == "absence"
        )


def test_supports_are_people(here: Material) -> None:
    block = list(tables.contributions(with_rows(here, "contributions", supports=3)))[-1]
    assert {row[-1] for row in block.data["rows"]} == {SECRET}


def test_people_concerned_are_secret_in_the_sheets(here: Material) -> None:
    for sheet in tables.sheets(with_rows(here, "experiences", people_count=2)):
        fields = {field["label"]: field["text"] for field in sheet.data["fields"]}
        assert fields["Personnes concernées"] == SECRET


def test_blanks_are_said(here: Material) -> None:
    assert door.words(None) == door.words("  ") == door.words(pd.NA) == NOT_GIVEN
