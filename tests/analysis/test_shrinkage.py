"""Shares drawn towards the others, against R and in the cases where there is nothing to fit."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from dts_research.analysis.shrinkage import beta_binomial, marshall

KNOWN = json.loads((Path(__file__).parent / "reference/shrinkage.json").read_text("utf-8"))
COUNT, TOTAL = np.array(KNOWN["num"]), np.array(KNOWN["den"])
UNITS = [f"T{i:02}" for i in range(30)]
R = KNOWN["betabinom"]


def likelihood(alpha: float, beta: float) -> float:
    return float(stats.betabinom.logpmf(COUNT, TOTAL, alpha, beta).sum())


def test_marshall_is_that_of_r() -> None:
    found, known = marshall(UNITS, COUNT, TOTAL), KNOWN["marshall"]
    assert found.mean == pytest.approx(known["m"], rel=1e-9)
    assert found.between[0] == pytest.approx(known["A"], rel=1e-9)
    np.testing.assert_allclose(found.table["weight"], known["weight"], rtol=1e-9)
    np.testing.assert_allclose(found.table["shrunk"], known["eb"], rtol=1e-9)


def test_the_likelihood_is_no_lower_than_where_r_stopped() -> None:
    """R's optim stops once the likelihood gains 1e-8 of itself: its alpha is good to 5 digits."""
    alpha, beta = beta_binomial(UNITS, COUNT, TOTAL).between
    assert likelihood(R["alpha"], R["beta"]) == pytest.approx(R["loglik"], rel=1e-9)
    assert 0 <= likelihood(alpha, beta) - R["loglik"] < 1e-8 * abs(R["loglik"])
    assert (alpha, beta) == pytest.approx((R["alpha"], R["beta"]), rel=2e-4)
    around = [(1 + dx, 1 + dy) for dx in (-1e-4, 0, 1e-4) for dy in (-1e-4, 0, 1e-4) if dx or dy]
    assert all(likelihood(alpha * p, beta * q) < likelihood(alpha, beta) for p, q in around)


def test_shares_and_intervals_are_those_of_r(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = "dts_research.analysis.shrinkage._fitted"
    loose = beta_binomial(UNITS, COUNT, TOTAL).table
    monkeypatch.setattr(fitted, lambda *_: (R["alpha"], R["beta"]))
    exact = beta_binomial(UNITS, COUNT, TOTAL).table
    for name, known in (("shrunk", "post_mean"), ("low", "lo"), ("high", "hi")):
        np.testing.assert_allclose(exact[name], R[known], rtol=1e-9)
        np.testing.assert_allclose(loose[name], R[known], rtol=1e-5)


def test_units_closer_than_chance_are_drawn_the_whole_way() -> None:
    found = beta_binomial(["a", "b", "c"], [10, 20, 30], [100, 200, 300])
    assert found.why_not == "no_excess"
    assert list(found.table["shrunk"]) == pytest.approx([0.1] * 3)
    assert list(found.table["weight"]) == [0, 0, 0]
    assert found.table["low"].isna().all()
    assert marshall(["a", "b"], [10, 20], [100, 200]).why_not == "no_excess"


@pytest.mark.parametrize("method", [beta_binomial, marshall])
def test_a_unit_without_cases_stays_missing_and_in_its_place(method: object) -> None:
    found = method(["c", "a", "b"], [9, 0, 1], [10, 0, 12])  # type: ignore[operator]
    assert list(found.table["unit"]) == ["c", "a", "b"]
    assert found.table["shrunk"].isna().tolist() == [False, True, False]
    empty = method(["a"], [0], [0])  # type: ignore[operator]
    assert empty.table["shrunk"].isna().all()
    with pytest.raises(ValueError, match="between 0 and its total"):
        method(["a"], [4], [3])  # type: ignore[operator]


def test_units_all_at_one_end_or_the_other_keep_their_own_share() -> None:
    table = beta_binomial(list("abcd"), [0, 20, 0, 20], [20, 20, 20, 20]).table
    assert list(table["shrunk"]) == pytest.approx([0, 1, 0, 1], abs=1e-3)


rows = st.lists(
    st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=2, max_size=25,
)  # fmt: skip


@settings(deadline=None)
@given(rows, st.data())
def test_shares_lie_between_their_own_and_the_mean_in_the_order_given(
    rows: list[tuple[int, int]], data: st.DataObject
) -> None:
    count, total = np.array(rows).T
    units = [f"T{(7 * i) % 26}" for i in range(len(rows))]
    for method in (beta_binomial, marshall):
        found = method(units, count, total)
        table = found.table
        ends = np.sort([table["value"], np.full(len(rows), found.mean)], axis=0)
        assert (ends[0] - 1e-9 <= table["shrunk"]).all()
        assert (table["shrunk"] <= ends[1] + 1e-9).all()
        changed = count.copy()
        at = data.draw(st.integers(0, len(rows) - 1))
        changed[at] = data.draw(st.integers(0, int(total[at])))
        assert list(method(units, changed, total).table["unit"]) == units
