"""The map of an indicator: shades for ratios only, blanks seen, small counts never."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace
from typing import Any

import pytest

from dts_research.display import charts, style
from dts_research.display.blocks import Block
from dts_research.workbook.material import Material

drawn = SimpleNamespace(**run_path(str(Path(__file__).with_name("drawn.py"))))


def column(block: Block, head: str) -> list[str]:
    place = block.data["data"]["columns"].index(head)
    return [row[place] for row in block.data["data"]["rows"]]


def observed(material: Material, **cells: Any) -> Material:
    """The same material, where the observations of département 01 are changed."""
    frame = material.frames["observations_everywhere"]
    there = frame["territory_id"].eq("01") & frame["indicator_id"].eq("IND-01")
    changed = frame.copy()
    for name, value in cells.items():
        changed.loc[there, name] = value
    return replace(material, frames=dict(material.frames) | {"observations_everywhere": changed})


def ratio(material: Material) -> Block:
    return charts.map_indicator(material, indicator="IND-01", over="IND-03")


def test_a_ratio_is_drawn_in_shades_with_its_reference_and_its_blanks(here: Material) -> None:
    block = ratio(here)
    svg = block.data["svg"]
    assert block.data["scale_card"]
    assert "url(#hatch)" in svg
    assert style.BORDER in svg
    told = [w.text.replace("\u00a0", " ") for w in drawn.words(svg)]
    assert "pas de donnée" in told
    top = sum(float(v) for v in observed_values("IND-01", here))
    bottom = sum(float(v) for v in observed_values("IND-03", here))
    assert f"{style.french_number(100 * top / bottom, decimals=1)} pour 100" in told
    assert "89 départements n'ont pas de donnée" in block.data["reading"]
    assert str(here.geography.vintage) in block.data["reading"]
    assert column(block, "Pour 100")[0] == "13,3"
    assert drawn.overlapping(svg) == []
    assert drawn.outside(svg) == []
    assert drawn.outside(block.data["wide"]) == []


def observed_values(indicator: str, material: Material) -> list[float]:
    frame = material.frames["observations_everywhere"]
    kept = frame[(frame["indicator_id"] == indicator) & (frame["period"] == "2024")]
    return list(kept["value"][~kept["territory_id"].str.startswith("P-")])


def test_a_total_is_never_a_shade(here: Material) -> None:
    svg = charts.map_indicator(here, indicator="IND-01").data["svg"]
    assert not {color.lower() for color in style.SCALE[:-1]} & set(
        re.findall(r"#[0-9a-f]{6}", svg.lower())
    )
    assert "<circle" in svg


@pytest.mark.parametrize(("state", "mark"), [("secret", "Secret"), ("not_published", "Non publié")])
def test_what_is_not_published_says_why(here: Material, state: str, mark: str) -> None:
    block = ratio(observed(here, state=state))
    assert column(block, "Pour 100")[0] == mark
    assert "11 départements" in block.data["title"]


def test_few_people_are_never_drawn_nor_added_up(here: Material) -> None:
    block = ratio(observed(here, value=3.0))
    assert column(block, "Pour 100")[0] == "Secret"
    assert "11 départements" in block.data["title"]


def test_what_others_keep_for_their_territory_stays_there(here: Material, demo_book: Any) -> None:
    block = ratio(observed(here, diffusion="territory"))
    assert column(block, "Pour 100")[0] == "Non publié"
    own = observed(demo_book.territory("01"), diffusion="territory")
    assert column(ratio(own), "Pour 100")[0] == "13,3"


def test_an_indicator_nobody_knows_is_said_to_be_missing(here: Material) -> None:
    assert charts.map_indicator(here, indicator="IND-99").kind == "absence"
    assert charts.map_indicator(here, indicator="IND-01", over="IND-99").kind == "absence"
