"""Indirect standardisation against R."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dts_research.analysis.standardisation import indirect

KNOWN = json.loads((Path(__file__).parent / "reference/standardisation.json").read_text("utf-8"))
UNITS = list("hgfedcba")


def test_the_same_as_r() -> None:
    table = indirect(UNITS, KNOWN["obs"], KNOWN["pop"]).table
    assert list(table["unit"]) == UNITS
    names = ("observed", "O"), ("expected", "E"), ("ratio", "SMR")
    for name, known in (*names, ("low", "SMR_exact_l"), ("high", "SMR_exact_u")):
        np.testing.assert_allclose(table[name], KNOWN[known], rtol=1e-9)


def test_rates_of_a_reference_may_be_given_with_totals() -> None:
    found = indirect(["a", "b"], [12, 0], [[100, 50], [10, 0]], rates=[0.1, 0.04])
    assert list(found.table["expected"]) == [12, 1]
    assert list(found.table["ratio"]) == [1, 0]
    assert found.table["low"][1] == 0
    assert found.table["high"][1] == pytest.approx(stats.chi2.ppf(0.975, 2) / 2)


def test_what_is_unknown_stays_missing_and_in_its_place() -> None:
    found = indirect(["b", "a", "c"], [[1, 2], [np.nan, 2], [0, 0]], [[10, 20], [10, 20], [0, 0]])
    assert list(found.table["unit"]) == ["b", "a", "c"]
    assert found.table["ratio"].isna().tolist() == [False, True, True]
    assert found.rates == (0.1, 0.1)
    assert found.n == 1


def test_a_stratum_where_nobody_is_adds_nothing_even_without_a_rate() -> None:
    found = indirect(["a", "b"], [[1, 0], [3, 0]], [[10, 0], [30, 0]])
    assert list(found.table["expected"]) == [1, 3]


def test_events_are_needed_by_stratum_to_draw_rates_from_them() -> None:
    with pytest.raises(ValueError, match="by stratum"):
        indirect(["a"], [3], [[10, 20]])


counts = st.lists(st.tuples(*[st.integers(0, 40)] * 4), min_size=1, max_size=12)


@given(counts, st.data())
def test_expected_events_add_up_and_the_order_never_changes(
    rows: list[tuple[int, ...]], data: st.DataObject
) -> None:
    grid = np.array(rows)
    events, people = grid[:, :2], grid[:, :2] + grid[:, 2:]
    units = [f"T{(5 * i) % 13}" for i in range(len(rows))]
    table = indirect(units, events, people).table
    assert table["expected"].sum() == pytest.approx(events.sum())
    changed = events.copy()
    at = data.draw(st.integers(0, len(rows) - 1))
    changed[at, 0] = data.draw(st.integers(0, int(people[at, 0])))
    assert list(indirect(units, changed, people).table["unit"]) == list(table["unit"]) == units
    known = table.dropna()
    assert (known["low"] <= known["ratio"]).all()
    assert (known["ratio"] <= known["high"]).all()
