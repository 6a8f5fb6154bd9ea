"""A drawing weighs little and still says the same: places, circles, styles."""

from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib.markers import MarkerStyle

from dts_research.display import style
from dts_research.display.canvas import SHAPES, canvas
from dts_research.display.drawings import safe_drawing


def places(path: str) -> list[tuple[float, float]]:
    """Follow a path of straight relative steps from an absolute first place."""
    found: list[tuple[float, float]] = []
    x = y = 0.0
    for command, text in re.findall(r"([Mlhvz])([^a-zA-Z]*)", path):
        numbers = [float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", text)]
        steps = {"h": [(n, 0.0) for n in numbers], "v": [(0.0, n) for n in numbers]}
        pairs = steps.get(command, list(zip(numbers[::2], numbers[1::2])))
        for across, down in pairs:
            x, y = x + across, y + down
            found.append((x, y))
    return found


def drawn(*, hatch: bool = False) -> tuple[str, list[np.ndarray]]:
    rng = np.random.default_rng(7)
    rings = [rng.uniform(0, 90, (30, 2)).round(1) for _ in range(3)]
    with canvas(100, width=100) as sheet:
        sheet.polygons(rings, color=style.HATCHED if hatch else style.LAND)
        sheet.marks([10, 30, 50], [20, 20, 20], size=8)
        return sheet.svg(), rings


def test_a_shorter_path_goes_through_the_same_places() -> None:
    svg, rings = drawn()
    paths = re.findall(r'<path d="([^"]+)"', svg)
    assert len(paths) == len(rings)
    for path, ring in zip(paths, rings):
        assert not re.search("[A-Z]", path[1:])
        assert np.allclose(places(path)[: len(ring)], ring, atol=0.051)


def test_round_marks_are_circles_and_say_their_style_once() -> None:
    svg, _ = drawn()
    circles = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"', svg)
    assert circles == [("10", "20", "4"), ("30", "20", "4"), ("50", "20", "4")]
    assert svg.count(style.HERE.lower()) == 1
    assert svg.count(style.LAND) == 1


def test_no_data_is_hatched_and_stays_so_in_the_page() -> None:
    svg, _ = drawn(hatch=True)
    assert style.HATCHED not in svg
    safe = safe_drawing(svg, prefix="carte")
    assert '<pattern id="carte--hatch"' in safe
    assert "url(#carte--hatch)" in safe


MARKERS = {"square": "s", "diamond": "D", "up": "^", "down": "v", "star": "P", "cross": "x"}


@pytest.mark.parametrize("shape", MARKERS)
def test_marks_have_the_outline_of_those_of_matplotlib(shape: str) -> None:
    marker = MarkerStyle(MARKERS[shape])
    path = marker.get_path().transformed(marker.get_transform())
    theirs = {(round(x, 3) + 0.0, round(-y, 3) + 0.0) for x, y in path.vertices}
    mine = {(round(x, 3) + 0.0, round(y, 3) + 0.0) for one in SHAPES[shape] for x, y in one}
    assert mine == theirs


def test_every_shape_of_mark_has_an_outline_but_a_dot() -> None:
    assert {name for name, outlines in SHAPES.items() if outlines} == {*MARKERS}
    assert {*SHAPES} == {*MARKERS, "dot"}


def test_words_are_written_as_words_whatever_their_signs() -> None:
    with canvas(40) as sheet:
        sheet.text(3.04, 20.06, "a < b & c", color=style.INK_EDGED, align="right", italic=True)
        svg = sheet.svg()
    assert "a &lt; b &amp; c</text>" in svg
    assert 'x="3" y="20.1"' in svg
    assert "font-style: italic" in svg and "text-anchor: end" in svg
    assert f"fill: {style.INK}; stroke: {style.PAPER}" in svg and "paint-order: stroke" in svg


def test_a_broken_line_stays_open_and_a_rectangle_is_closed() -> None:
    with canvas(40) as sheet:
        sheet.line([0, 10, 10], [0, 0, 5], dashed=True, thick=2)
        sheet.bar(1, 2, 30, 4, color=style.HERE)
        svg = sheet.svg()
    assert 'd="M0 0h10v5"' in svg and "stroke-dasharray: 6,4.8" in svg
    assert 'd="M1 2h30v4h-30z"' in svg and f"fill: {style.HERE.lower()}" in svg


def test_what_stands_nowhere_is_not_drawn() -> None:
    nan = float("nan")
    with canvas(40) as sheet:
        sheet.line([0, 1, nan, 3, 4], [0, 0, 0, 0, 0])
        sheet.marks([nan, 5], [1, 6])
        sheet.bar(0, 0, nan, 3)
        sheet.text(nan, 0, "nulle part")
        sheet.polygons([np.zeros((0, 2)), np.array([(0, 0), (2, 0), (nan, 1), (2, 2)])])
        sheet.line([], [])
        svg = sheet.svg()
    assert 'd="M0 0h1M3 0h1"' in svg and 'd="M0 0h2v2z"' in svg
    assert svg.count("<circle") == 1 and "nulle part" not in svg
    assert not re.search(r"nan|inf|9{3}|\d{6}", svg)
