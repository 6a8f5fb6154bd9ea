"""Funnels against R and against counts of what chance gives; the order given is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from dts_research.analysis.dispersion import SCALES, dispersion, widened
from dts_research.analysis.funnel import Funnel, funnel_of_ratios, funnel_of_shares
from dts_research.analysis.funnel_limits import binomial_limits, poisson_limits
from dts_research.analysis.intervals import poisson

KNOWN = json.loads((Path(__file__).parent / "reference/funnel.json").read_text("utf-8"))
UNITS = KNOWN["data"]["group"]
COUNT, TOTAL = (np.array(KNOWN["data"][name], float) for name in ("num", "den"))
SHARE = KNOWN["target"]
GRID = np.array(KNOWN["grid"], float)
LEVELS = ((0.95, "95"), (0.998, "998"))
# FunnelPlotR keeps six decimals of the normal quantiles: these are the levels they stand for.
ROUNDED = tuple(
    (2 * stats.norm.cdf(z) - 1, name) for z, name in ((1.959964, "95"), (3.090232, "998"))
)
# Variant of the reference -> scale, trimming, values, sizes, what units are set beside.
VARIANTS: dict[str, tuple[Any, ...]] = {
    "PR_winsor": ("arcsine", "winsorise", COUNT / TOTAL, TOTAL, SHARE),
    "PR_trunc": ("arcsine", "truncate", COUNT / TOTAL, TOTAL, SHARE),
    "SR_SHMI_trunc": ("log", "truncate", COUNT / (TOTAL * SHARE), TOTAL * SHARE, 1.0),
    "SR_CQC_winsor": ("sqrt", "winsorise", COUNT / (TOTAL * SHARE), TOTAL * SHARE, 1.0),
}


def close(found: Any, known: Any) -> None:
    known = np.array(known, float)  # what R left out (null) is left out here too
    np.testing.assert_allclose(np.asarray(found, float), known, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("variant", VARIANTS)
def test_dispersion_is_that_of_r(variant: str) -> None:
    scale, trim, values, sizes, reference = VARIANTS[variant]
    known = KNOWN[variant]
    found = dispersion(values, sizes, reference, scale=scale, trim=trim)
    close(SCALES[scale].forward(values, sizes), known["Y"])
    close(SCALES[scale].spread(sizes), known["s"])
    close(found.z, known["Uz"])
    close(found.trimmed, known["Wz"])
    close([found.units, found.phi, found.tau2], [known["n"], known["phi"], known["tau2"]])
    assert found.applies == (known["tau2"] > 0)


@pytest.mark.parametrize(("level", "name"), LEVELS)
def test_exact_limits_are_those_of_r(level: float, name: str) -> None:
    low, high = binomial_limits(GRID, SHARE, level=level)
    close(low, KNOWN["binomial_interpolated"][f"l{name}"])
    close(high, KNOWN["binomial_interpolated"][f"u{name}"])
    low, high = poisson_limits(GRID, level=level)
    close(low, KNOWN["poisson_interpolated"][f"l{name}"])
    close(high, KNOWN["poisson_interpolated"][f"u{name}"])


@pytest.mark.parametrize(("level", "name"), ROUNDED)
@pytest.mark.parametrize(
    ("table", "prefix", "tau2"),
    [("limits_PR_unadj", "", 0.0), ("limits_PR_od", "od", KNOWN["PR_winsor"]["tau2"])],
)
def test_limits_on_the_arcsine_scale_are_those_of_r(
    level: float, name: str, table: str, prefix: str, tau2: float
) -> None:
    """Where R goes past the start of the scale and comes back up, the limit is 0 here."""
    known = KNOWN[table]
    low, high = widened(GRID, SHARE, tau2, scale="arcsine", level=level)
    close(SCALES["arcsine"].spread(GRID), known["s"])
    close(high, known[f"{prefix}ul{name}"])
    half = stats.norm.ppf(0.5 + level / 2) * np.sqrt(0.25 / GRID + tau2)
    angle = np.arcsin(np.sqrt(SHARE)) - half
    assert (angle < 0).sum() == (name == "998")
    close(np.where(angle < 0, np.sin(angle) ** 2, low), known[f"{prefix}ll{name}"])
    assert (low[angle < 0] == 0).all()


@pytest.mark.parametrize(("level", "name"), LEVELS)
def test_limits_of_ratios_are_those_of_r(level: float, name: str) -> None:
    low, high = poisson(GRID, level=level)
    close(low / GRID, KNOWN["limits_SR_unadj"][f"ll{name}"])
    close(high / GRID, KNOWN["limits_SR_unadj"][f"ul{name}"])
    level = dict((name, level) for level, name in ROUNDED)[name]
    low, high = widened(GRID, 1.0, KNOWN["SR_SHMI_trunc"]["tau2"], scale="log", level=level)
    close(low, KNOWN["limits_SR_od"][f"odll{name}"])
    close(high, KNOWN["limits_SR_od"][f"odul{name}"])


def test_a_funnel_says_where_each_unit_stands_in_the_order_given() -> None:
    found = funnel_of_shares(UNITS, COUNT, TOTAL)
    assert list(found.table["unit"]) == UNITS
    assert found.reference == pytest.approx(SHARE, rel=1e-12)
    assert found.widened
    assert found.n == 30
    first = found.limits(0.95)
    away = first[first["position"] != "within"]
    assert dict(zip(away["unit"], away["position"])) == {
        "T09": "below", "T15": "below", "T23": "above", "T29": "below",
    }  # fmt: skip
    close(first["low"], widened(TOTAL, SHARE, KNOWN["PR_winsor"]["tau2"], scale="arcsine")[0])


def test_without_widening_more_units_stand_beyond_chance() -> None:
    found = funnel_of_shares(UNITS, COUNT, TOTAL, widen=False)
    assert not found.widened
    assert found.dispersion.applies
    low, high = binomial_limits(TOTAL, SHARE)
    close(found.limits(0.95)["low"], np.clip(low, 0, 1))
    close(found.limits(0.95)["high"], np.clip(high, 0, 1))
    assert (found.limits(0.95)["position"] != "within").sum() > 4


def test_the_spread_beyond_chance_is_not_measured_on_few_units() -> None:
    found = funnel_of_shares(UNITS[:9], COUNT[:9], TOTAL[:9])
    assert found.dispersion.why_not == "few_units"
    assert not found.widened


def test_units_closer_than_chance_leave_the_limits_alone() -> None:
    total = np.full(20, 100.0)
    found = funnel_of_shares([f"T{i}" for i in range(20)], total * 0.3, total)
    assert (found.dispersion.phi, found.dispersion.tau2) == (pytest.approx(0, abs=1e-20), 0)
    assert found.dispersion.why_not == "no_excess"


def test_a_unit_without_cases_or_without_a_count_has_no_position() -> None:
    found = funnel_of_shares(["a", "b", "c"], [3, 0, np.nan], [10, 0, 12])
    assert list(found.table["position_95"]) == ["within", "", ""]
    assert found.n == 1
    assert found.reference == 0.3


def test_a_count_that_chance_readily_gives_is_not_said_above() -> None:
    """6 of 10 lies past the interpolated limit of R, yet one unit in 13 would have as many."""
    found = funnel_of_shares(["a", "b"], [6, 8], [10, 10], reference=SHARE)
    assert (found.table["value"] > found.table["high_95"]).all()
    assert stats.binom.sf(5, 10, SHARE) > 0.07
    assert list(found.table["position_95"]) == ["within", "above"]


@pytest.mark.parametrize(("counts", "totals"), [([4], [3]), ([-1], [3])])
def test_what_is_no_count_is_refused(counts: list[int], totals: list[int]) -> None:
    with pytest.raises(ValueError, match="count"):
        funnel_of_shares(["a"], counts, totals)
    with pytest.raises(ValueError, match="not a share"):
        funnel_of_shares(["a"], [1], [2], reference=1.5)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_reference_at_an_end_puts_nobody_beyond(share: float) -> None:
    total = np.array([1, 5, 40])
    found = funnel_of_shares(["a", "b", "c"], total * share, total)
    assert list(found.table["position_95"]) == ["within"] * 3


@settings(deadline=None)
@given(st.floats(0.02, 0.98), st.integers(1, 5000), st.floats(0.5, 0.97), st.floats(0.001, 0.02))
def test_each_limit_is_the_quantile_of_scipy(
    share: float, n: int, level: float, more: float
) -> None:
    """The whole count just above a limit is the quantile; a higher level is never narrower."""
    (low,), (high,) = binomial_limits([n], share, level=level)
    for limit, q in ((low, (1 - level) / 2), (high, (1 + level) / 2)):
        r = stats.binom.ppf(q, n, share)
        a = (stats.binom.cdf(r, n, share) - q) / stats.binom.pmf(r, n, share)
        assert limit == pytest.approx((r - a) / n, rel=1e-6, abs=1e-8)
    (lower,), (higher,) = binomial_limits([n], share, level=level + more)
    assert lower <= low <= high <= higher


@settings(deadline=None)
@given(st.floats(0.2, 3000), st.floats(0.2, 4), st.floats(0.5, 0.97))
def test_poisson_limits_are_quantiles_too(expected: float, reference: float, level: float) -> None:
    (low,), (high,) = poisson_limits([expected], reference=reference, level=level)
    mean = expected * reference
    for limit, q in ((low, (1 - level) / 2), (high, (1 + level) / 2)):
        r = stats.poisson.ppf(q, mean)
        a = (stats.poisson.cdf(r, mean) - q) / stats.poisson.pmf(r, mean)
        assert limit == pytest.approx((r - a) / expected, rel=1e-6, abs=1e-8)


@settings(deadline=None)
@given(st.floats(0.05, 0.95), st.integers(20, 2000))
def test_four_times_as_many_cases_narrow_the_limits(share: float, n: int) -> None:
    assume(min(n * share, n * (1 - share)) >= 5)
    low, high = binomial_limits([n, 4 * n], share)
    assert low[0] < low[1] < high[1] < high[0]


Cases = list[tuple[int, int]]
cases = st.lists(
    st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=1, max_size=30,
)  # fmt: skip


def both(units: list[str], rows: Cases) -> tuple[Funnel, Funnel]:
    count, base = np.array(rows, float).T
    return funnel_of_shares(units, count, base), funnel_of_ratios(units, count, base)


@settings(deadline=None)
@given(cases, st.data())
def test_one_changed_value_never_changes_the_order(rows: Cases, data: st.DataObject) -> None:
    units = [f"T{(7 * i) % 31}" for i in range(len(rows))]
    changed = list(rows)
    at = data.draw(st.integers(0, len(rows) - 1))
    changed[at] = (data.draw(st.integers(0, rows[at][1])), rows[at][1])
    for before, after in zip(both(units, rows), both(units, changed)):
        assert list(before.table["unit"]) == list(after.table["unit"]) == units
        assert list(before.table.columns) == list(after.table.columns)


@settings(deadline=None)
@given(cases)
def test_a_position_agrees_with_the_limits(rows: Cases) -> None:
    for found in both([str(i) for i in range(len(rows))], rows):
        table = found.table
        for level in found.levels:
            one = found.limits(level)
            assert (table["value"] > one["high"])[one["position"] == "above"].all()
            assert (table["value"] < one["low"])[one["position"] == "below"].all()
            assert (one["position"] == "").eq(table["value"].isna()).all()
        outer = table["position_99.8"].isin(("above", "below"))
        assert (table["position_99.8"] == table["position_95"])[outer].all()
