"""Short outlines go through the same points."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dts_research.display.paths import short_path

SIZES = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "q": 4}


def absolute(data):
    """Points of a path whose letters are all small, as a browser reads them."""
    assert data[0] == "M" and "M" not in data[1:]
    tokens = re.findall(r"[a-z]|-?(?:\d+\.?\d*|\.\d+)", data.lower())
    points, x, y, start, letter = [], 0.0, 0.0, (0.0, 0.0), ""
    while tokens:
        letter = tokens.pop(0) if tokens[0].isalpha() else letter
        if letter == "z":
            x, y = start
            continue
        values = [float(tokens.pop(0)) for _ in range(SIZES[letter])]
        if letter in "hv":
            values = [values[0], 0] if letter == "h" else [0, values[0]]
        pairs = [(x + a, y + b) for a, b in zip(values[::2], values[1::2])]
        points += pairs
        x, y = pairs[-1]
        if letter == "m":
            start, letter = (x, y), "?"
    return [(round(a, 3), round(b, 3)) for a, b in points]


number = st.integers(-5000, 5000).map(lambda n: n / 10)
pair = st.tuples(number, number)
step = st.one_of(
    pair.map(lambda p: ("L", [p])),
    st.tuples(pair, pair, pair).map(lambda p: ("C", list(p))),
    st.tuples(pair, pair).map(lambda p: ("Q", list(p))),
    st.just(("z", [])),
    pair.map(lambda p: ("M", [p])),
)


@given(pair, st.lists(step, max_size=12))
def test_no_point_moves(first, steps):
    steps = [("M", [first]), *steps]
    told = " ".join(f"{c} " + " ".join(f"{x} {y}" for x, y in points) for c, points in steps)
    points = [point for _, points in steps for point in points]
    short = short_path(told)
    assert absolute(short) == points


def test_levels_and_uprights_take_one_number():
    assert short_path("M 126.5 25 L 371.5 25 L 371.5 38 L 126.5 38 z") == "M126.5 25h245v13h-245z"


@pytest.mark.parametrize("odd", ["", "rien", "a 1 2", "M 1", "M 1 2 A 1 1 0 0 1 3 4", "L 1 2",
                                 "M 0.123456 1 L 2 3", "M 1e5 2"])  # fmt: skip
def test_what_is_not_understood_stays(odd):
    assert short_path(odd) == odd
