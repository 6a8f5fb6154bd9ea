"""What a chart says to a reader: nothing untrue when little is known or little may be shown."""

from __future__ import annotations

import re
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace
from typing import Any

import pytest

from dts_research.display import charts, style
from dts_research.display.blocks import Block
from dts_research.display.map_marks import unnamed
from dts_research.display.style import NOT_PUBLISHED
from dts_research.workbook.material import Material

drawn = SimpleNamespace(**run_path(str(Path(__file__).with_name("drawn.py"))))


def column(block: Block, head: str) -> list[str]:
    place = block.data["data"]["columns"].index(head)
    return [row[place] for row in block.data["data"]["rows"]]


def texts(block: Block) -> str:
    data = block.data
    rows = [cell for row in data.get("data", {}).get("rows", []) for cell in row]
    return " ".join([*(str(v) for k, v in data.items() if k != "data"), *rows])


@pytest.mark.parametrize("audience", ["network", "public"])
def test_what_may_not_circulate_is_never_said_to_be_nothing(demo_book: Any, audience: str) -> None:
    material = demo_book.territory("71", audience=audience)
    block = charts.authority_thread(material)
    said = texts(block)
    assert "diffusés à ce public" in block.data["title"]
    assert not re.search(r"aucun|sans événement|rien n'est su", said, re.IGNORECASE)
    seen = set(demo_book.territory("71", audience=audience).authority_events["actor_id"])
    names = material.actors.set_index("actor_id")["label"]
    assert not any(name in said for key, name in names.items() if key not in seen)
    if audience == "public":
        assert (block.kind, block.data["mark"]) == ("absence", NOT_PUBLISHED)
        assert charts.purchases(material).data["mark"] == NOT_PUBLISHED


def test_the_page_of_an_official_has_a_narrow_thread(demo_book: Any) -> None:
    block = charts.authority_thread(demo_book.territory("P-BRESSE", reader="élu"))
    assert drawn.size(block.data["svg"])[0] == style.HALF
    assert drawn.outside(block.data["svg"]) == []
    assert drawn.overlapping(block.data["svg"]) == []
    many_lines = charts.authority_thread(demo_book.territory("71", reader="élu"))
    assert drawn.size(many_lines.data["svg"])[0] == style.FULL


def test_a_peak_between_two_years_is_told(here: Material) -> None:
    hours = column(charts.purchases(here), "Heures")
    assert charts.purchases(here).data["title"].count(" en ") == 3
    assert hours[2] in charts.purchases(here).data["title"]


EVERY = [getattr(charts, name) for name in charts.__all__]


@pytest.mark.parametrize("draw", EVERY, ids=charts.__all__)
def test_questions_suit_one_sheet_and_the_whole_network(
    draw: Any, alone: Material, network: Material, here: Material
) -> None:
    for material in (alone, network):
        asked = draw(material).data.get("questions")
        if asked:
            assert len(set(asked)) == 3
            assert all(question.endswith(" ?") for question in asked)
            assert not any("s'est arrêté ?" in question for question in asked[: material is alone])
    asked = draw(network).data.get("questions", [])
    assert not any("ce territoire" in question for question in asked)


def test_a_figure_without_what_it_looks_for_does_not_ask_about_it(alone: Material) -> None:
    assert "arrêté" not in " ".join(charts.stages(alone).data["questions"])
    one = charts.missions(alone)
    assert one.data["title"].startswith("La seule expérience relève")
    assert charts.themes(alone).data["title"].startswith("La seule fiche raconte")


def test_the_band_says_that_the_network_holds_the_territory(here: Material) -> None:
    for draw in (charts.missions, charts.stages):
        block = draw(here)
        assert block.data["data"]["columns"][-1] == "Réseau, ce territoire compris"
        assert "ce territoire compris" in block.data["svg"].replace("\u00a0", " ")


def test_a_structure_whose_sheet_is_withheld_is_not_without_sheet(demo_book: Any) -> None:
    block = charts.structures(demo_book.territory("71", audience="public"))
    assert "diffusée à ce public" in block.data["title"]
    assert not re.search(r"sans fiche|n'ont pas|n'a pas", texts(block))


def test_what_stopped_or_stepped_back_is_no_alarm(here: Material, network: Material) -> None:
    for material in (here, network):
        for draw in (charts.stages, charts.small_multiples_missions, charts.authority_thread):
            assert style.ACCENT.lower() not in draw(material).data["svg"].lower()


def test_themes_without_experience_are_named(here: Material) -> None:
    block = charts.themes(here)
    told = dict(zip(column(block, "Thème"), column(block, "Expériences")))
    left = [label for label, count in told.items() if count == "0"]
    assert left
    assert all(f"« {label} »" in block.data["reading"] for label in left)


def named_on(svg: str, rows: list[list[str]]) -> list[str]:
    """Places of the table whose label stands on a map."""
    told = {w.text.replace("\u00a0", " ") for w in drawn.words(svg)}
    return [row[0] for row in rows if f"{row[0]} {row[2]}" in told]


@pytest.mark.parametrize("code", ["71", "13", "P-BRESSE"])
def test_every_circle_of_a_map_has_its_name_or_is_counted(demo_book: Any, code: str) -> None:
    for reader in ("animateur", "élu"):
        block = charts.map_territory(demo_book.territory(code, reader=reader))
        rows = block.data["data"]["rows"]
        for svg in filter(None, (block.data["svg"], block.data.get("wide"))):
            left = len(rows) - len(named_on(svg, rows))
            told = " ".join(w.text.replace("\u00a0", " ") for w in drawn.words(svg))
            assert not left or re.search(rf"\b{left} cercles? sans nom", told)
            assert "expérience" in told, "the size of a circle is told"


def test_circles_without_room_for_their_name_are_named_under_the_map(demo_book: Any) -> None:
    assert unnamed(()) == ""
    assert unnamed(("Autun 3",)) == " Le cercle sans nom est Autun 3."
    many_left = [f"Lieu {n}" for n in range(14)]
    assert unnamed(many_left).endswith("Lieu 10, Lieu 11 et 2 autres.")
    block = charts.map_territory(demo_book.territory("71", reader="élu"))
    rows = block.data["data"]["rows"]
    assert len(named_on(block.data["svg"], rows)) == len(named_on(block.data["wide"], rows)) == 26


def test_the_twenty_six_communes_are_named_on_paper_and_on_screen(here: Material) -> None:
    block = charts.map_territory(here)
    rows = block.data["data"]["rows"]
    assert len(rows) > 20
    assert len(named_on(block.data["svg"], rows)) == len(rows)
    assert len(named_on(block.data["wide"], rows)) == len(rows)
    assert "communes teintées" in block.data["reading"]


def test_a_map_and_its_neighbour_figures_cover_the_same_years(network: Material) -> None:
    ends = {d(network).data["subtitle"][-9:] for d in (charts.map_network, charts.stages)}
    assert len(ends) == 1


def test_the_title_of_threads_counts_the_lines_without_a_mark(here: Material) -> None:
    block = charts.authority_thread(here)
    empty = column(block, "Date").count("aucun connu")
    assert f"{empty} sont sans événement daté" in block.data["title"]
