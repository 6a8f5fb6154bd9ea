"""Form of every chart: palette, size of letters, alt text, the drawing for a screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace

import pytest

from dts_research.display import charts, style
from dts_research.display.blocks import Block
from dts_research.display.markup import block_html
from dts_research.workbook.material import Material

drawn = SimpleNamespace(**run_path(str(Path(__file__).with_name("drawn.py"))))
Chart = Callable[[Material], Block]
EVERY = [getattr(charts, name) for name in charts.__all__]
named = pytest.mark.parametrize("draw", EVERY, ids=charts.__all__)


def colors(svg: str) -> list[str]:
    return [found.lower() for found in re.findall(r"#[0-9a-fA-F]{6}", svg)]


PALETTE = {
    value.lower()
    for name, values in vars(style).items()
    if name.isupper() and name not in ("MARKS", "FAMILY")
    for value in (values if isinstance(values, tuple) else (values,))
    if isinstance(value, str) and value.startswith("#")
}


@named
def test_colours_are_those_of_the_palette_and_no_word_is_small(
    draw: Chart, here: Material, network: Material
) -> None:
    for material in (here, network):
        block = draw(material)
        for svg in filter(None, (block.data.get("svg"), block.data.get("wide"))):
            assert set(colors(svg)) <= PALETTE
            # Half-width and full-width drawings are printed at their own size.
            assert drawn.size(svg)[0] in (style.FULL, style.HALF, style.WIDE)
            sizes = [float(s) for s in re.findall(r"font-size: ([\d.]+)px", svg)]
            assert min(sizes) >= 7
            assert not re.search(r"rotate\(", svg.replace("patternTransform", ""))


@named
def test_its_alt_has_three_sentences_at_most(
    draw: Chart, here: Material, alone: Material, network: Material
) -> None:
    for material in (here, alone, network):
        block = draw(material)
        if block.kind == "chart":
            sentences = re.split(r"(?<=[.!?]) +(?=[A-ZÉÀ0-9])", block.data["alt"])
            assert len(sentences) <= 3, block.data["alt"]
            assert block.data["alt"].endswith(".")


@named
def test_on_a_screen_it_is_wide_and_nothing_is_cut(
    draw: Chart, here: Material, network: Material
) -> None:
    for material in (here, network):
        data = draw(material).data
        if not data.get("wide"):
            continue
        wide, high = drawn.size(data["wide"])
        assert 0.4 <= high / wide <= 0.62
        sizes = [float(s) for s in re.findall(r"font-size: ([\d.]+)px", data["wide"])]
        # On a slide of 842 points, nearly all of it: 774 by 330.
        assert min(sizes) * min(774 / wide, 330 / high) >= 10
        assert drawn.outside(data["wide"]) == []
        assert drawn.overlapping(data["wide"]) == []


def test_a_screen_drawing_never_travels_with_a_page(here: Material) -> None:
    block = charts.themes(here)
    assert block.data["wide"]
    html = block_html({"kind": block.kind, **block.data})
    assert html.count("<svg") == 1
