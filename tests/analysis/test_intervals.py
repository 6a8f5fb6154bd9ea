"""Wilson's interval against published values and a reference implementation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dts_research.analysis.intervals import wilson


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


def test_the_same_as_r(ground_truth: Path) -> None:
    known = json.loads((ground_truth / "intervals/reference/intervals.json").read_text())
    cases = zip(known["cases"]["x"], known["cases"]["n"], known["wilson"])
    for count, n, (low, high) in cases:
        found = wilson(count, n)
        assert found.low == pytest.approx(low, abs=1e-12)
        assert found.high == pytest.approx(high, abs=1e-12)


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
