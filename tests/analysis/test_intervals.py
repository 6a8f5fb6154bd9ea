"""Intervals against published values and a reference implementation."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dts_research.analysis.intervals import Share, bounds, exact, jeffreys, poisson, wilson

KNOWN = json.loads((Path(__file__).parent / "reference/intervals.json").read_text("utf-8"))
SCALAR = {"wilson": wilson, "jeffreys": jeffreys, "exact": exact}


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [  # R. G. Newcombe, Statistics in Medicine 17, 1998, table I, method 3 (score)
        (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)  # fmt: skip
def test_published_values(count: int, n: int, low: float, high: float) -> None:
    found = wilson(count, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize("method", SCALAR)
def test_the_same_as_r(method: str) -> None:
    known = np.array(KNOWN[method])
    low, high = bounds(KNOWN["cases"]["x"], KNOWN["cases"]["n"], method=method)
    np.testing.assert_allclose(low, known[:, 0], rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(high, known[:, 1], rtol=1e-9)
    alone = [SCALAR[method](x, n) for x, n in zip(KNOWN["cases"]["x"], KNOWN["cases"]["n"])]
    assert [(s.low, s.high) for s in alone] == list(zip(low, high))


def test_poisson_limits_are_those_of_r() -> None:
    low, high = poisson(range(16))
    known = np.array(KNOWN["poisson"])
    np.testing.assert_allclose(low, known[:, 0], rtol=1e-9)
    np.testing.assert_allclose(high, known[:, 1], rtol=1e-9)


@pytest.mark.parametrize("n", [1, 7, 10, 35])
def test_ends_and_middle(n: int) -> None:
    assert wilson(0, n).low == 0
    assert wilson(n, n).high == 1
    for count in range(n + 1):
        found, mirror = wilson(count, n), wilson(n - count, n)
        assert found.low <= found.share <= found.high
        assert found.low == pytest.approx(1 - mirror.high)


def test_nothing_is_known_without_any_case() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0, 1)
    with pytest.raises(ValueError, match="not a share"):
        wilson(4, 3)


@pytest.mark.parametrize("method", SCALAR)
def test_a_missing_number_gives_missing_ends_and_leaves_the_others(method: str) -> None:
    low, high = bounds([3, np.nan, 4], [10, 10, np.nan], method=method)
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [False, True, True]


def test_jeffreys_is_pinned_at_both_ends() -> None:
    assert jeffreys(0, 8).low == 0
    assert jeffreys(8, 8).high == 1
    assert jeffreys(0, 8).high < 1


def test_a_count_is_not_negative() -> None:
    with pytest.raises(ValueError, match="-1 is not a count"):
        poisson([2, -1])


@given(st.integers(0, 400), st.integers(0, 400), st.sampled_from(sorted(SCALAR)))
def test_a_higher_level_is_wider_and_a_higher_count_is_higher(
    count: int, more: int, method: str
) -> None:
    ask: Callable[..., Share] = SCALAR[method]
    n = count + more
    narrow, wide = ask(count, n, level=0.8), ask(count, n, level=0.99)
    assert 0 <= wide.low <= narrow.low <= narrow.high <= wide.high <= 1
    if more:
        above = ask(count + 1, n, level=0.8)
        assert narrow.low <= above.low
        assert narrow.high <= above.high


@given(st.integers(1, 300), st.data())
def test_exact_holds_jeffreys(n: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, n))
    inner, outer = jeffreys(count, n), exact(count, n)
    assert outer.low <= inner.low + 1e-12
    assert inner.high <= outer.high + 1e-12
