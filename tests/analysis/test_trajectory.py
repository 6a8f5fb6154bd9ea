"""A territory beside itself: differences with their interval, none across a break."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dts_research.analysis.intervals import wilson
from dts_research.analysis.trajectory import Change, of_shares, of_values

YEARS = ["2019", "2020", "2021", "2022", "2023"]


def latest(count: list[int], total: list[int]) -> Change:
    change = of_shares(YEARS[: len(count)], count, total).latest
    assert change is not None
    return change


@pytest.mark.parametrize(
    ("one", "two", "low", "high"),
    [  # R. G. Newcombe, Statistics in Medicine 17, 1998, table II, method 10
        ((48, 80), (56, 70), 0.0524, 0.3339), ((3, 10), (9, 10), 0.1705, 0.8090),
        ((0, 29), (5, 56), -0.0381, 0.1926), ((0, 20), (0, 10), -0.1611, 0.2775),
        ((0, 10), (10, 10), 0.6075, 1.0),
    ],
)  # fmt: skip
def test_published_intervals_of_a_difference(
    one: tuple[int, int], two: tuple[int, int], low: float, high: float
) -> None:
    found = latest([one[0], two[0]], [one[1], two[1]])
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_a_share_is_followed_with_its_intervals() -> None:
    found = of_shares(YEARS, [5, 8, 3, np.nan, 20], [20, 20, 7, 30, 40])
    assert list(found.table["state"]) == ["known", "known", "few", "missing", "known"]
    assert found.table["value"][0] == 0.25
    assert found.table["low"][0] == wilson(5, 20).low
    assert found.table["value"].isna().tolist() == [False, False, True, True, False]
    assert found.latest is not None
    assert (found.latest.first, found.latest.last) == ("2019", "2023")
    assert found.latest.difference == 0.25


def test_nothing_is_subtracted_across_a_break() -> None:
    found = of_values(YEARS, [10, 12, 30, 31, 33], breaks=["2021"])
    assert list(found.table["stretch"]) == [0, 0, 1, 1, 1]
    assert found.breaks == ("2021",)
    spans = [(c.first, c.last, c.difference) for c in found.changes]
    assert spans == [("2019", "2020", 2), ("2021", "2023", 3)]
    assert found.latest == found.changes[1]
    assert np.isnan([found.changes[0].low, found.changes[0].high]).all()


def test_one_value_after_the_last_break_tells_no_change() -> None:
    found = of_values(YEARS, [10, 12, 30, 31, 33], breaks=["2023"])
    assert len(found.changes) == 1
    assert found.latest is None


def test_a_break_between_months_and_breaks_outside_the_series() -> None:
    months = ["2024-06", "2024-09", "2024-12"]
    found = of_values(months, [1, 2, 4], breaks=["2024-08", "2020", "2024-06", "2031"])
    assert found.breaks == ("2024-08",)
    assert list(found.table["stretch"]) == [0, 1, 1]


def test_periods_that_do_not_grow_are_refused_and_none_is_nothing() -> None:
    for periods in (["2020", "2019"], ["2020", "2020"]):
        with pytest.raises(ValueError, match="order of time"):
            of_values(periods, [1, 2])
    empty = of_values([], [])
    assert empty.changes == ()
    assert empty.latest is None


cases = st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.lists(cases, min_size=5, max_size=5), st.sets(st.sampled_from(YEARS)), st.data())
def test_periods_stay_in_the_order_of_time_and_breaks_hold(
    rows: list[tuple[int, int]], breaks: set[str], data: st.DataObject
) -> None:
    changed = list(rows)
    changed[data.draw(st.integers(0, 4))] = data.draw(cases)
    for given_ in (rows, changed):
        found = of_shares(YEARS, *zip(*given_), breaks=sorted(breaks))
        assert list(found.table["period"]) == YEARS
        for change in found.changes:
            assert not [cut for cut in breaks if change.first < cut <= change.last]
            assert -1 <= change.low <= change.difference <= change.high <= 1
