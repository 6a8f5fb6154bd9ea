"""Nearest territories: the right ones, how stable, and never in the order of their distance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dts_research.analysis import neighbours
from dts_research.analysis.neighbours import nearest


def frame(rows: object, names: str = "xy", units: str = "abcdefghijkl") -> pd.DataFrame:
    grid = np.array(rows, float)
    return pd.DataFrame(grid, index=list(units[: len(grid)]), columns=list(names))


def test_the_nearest_are_found_and_stand_in_the_order_given() -> None:
    values = frame([[0, 0], [9, 9], [1, 0], [0, 1], [9, 8]])
    found = nearest(values, ["x", "y"], k=2)
    assert list(found.of("a")["neighbour"]) == ["c", "d"]
    assert list(nearest(values.loc[list("adcbe")], ["x", "y"], k=2).of("a")["neighbour"]) == [
        "d", "c",
    ]  # fmt: skip
    assert list(found.of("e")["neighbour"]) == ["b", "c"]
    assert list(found.table.columns) == ["unit", "neighbour", "stability"]
    assert (found.n, found.k, found.variables) == (5, 2, ("x", "y"))


def test_stability_is_the_share_of_the_runs_where_a_neighbour_remains() -> None:
    """Nothing but z tells b from a: without it, b takes the place of c."""
    values = frame([[0, 0, 0], [0, 0, 4], [2, 2, 0], [9, 9, 9]], names="xyz")
    found = nearest(values, list("xyz"), k=1)
    assert found.of("a").to_dict("list") == {"neighbour": ["c"], "stability": [2 / 3]}


def test_at_equal_distance_the_first_given_is_taken() -> None:
    values = frame([[0, 0], [3, 0], [0, 3], [-3, 0], [0, -3]])
    assert list(nearest(values, ["x", "y"], k=2).of("a")["neighbour"]) == ["b", "c"]
    turned = values.loc[list("aedcb")]
    assert list(nearest(turned, ["x", "y"], k=2).of("a")["neighbour"]) == ["e", "d"]


def test_a_territory_that_lacks_a_variable_is_compared_to_none() -> None:
    values = frame([[0, 0], [1, np.nan], [2, 2], [np.nan, np.inf], [3, 1]])
    found = nearest(values, ["x", "y"], k=3)
    assert found.set_aside.to_dict("list") == {
        "unit": ["b", "d"], "lacking": [("y",), ("x", "y")],
    }  # fmt: skip
    assert set(found.table["unit"]) == set(found.table["neighbour"]) == set("ace")
    assert (found.n, found.k) == (3, 2)


def test_a_variable_that_is_the_same_everywhere_tells_nobody_apart() -> None:
    values = frame([[0, 0.1], [1, 0.1], [5, 0.1]])
    found = nearest(values, ["x", "y"], k=1)
    assert found.flat == ("y",)
    assert list(found.of("a")["neighbour"]) == ["b"]
    assert found.table["stability"].isna().all()


@pytest.mark.parametrize("count", [0, 1])
def test_nobody_to_compare_with(count: int) -> None:
    found = nearest(frame(np.ones((count, 2)), units="ab"), ["x", "y"])
    assert found.table.empty
    assert (found.n, found.k) == (count, 0)


def test_all_alike_are_neighbours_in_the_order_given() -> None:
    found = nearest(frame(np.ones((4, 2))), ["x", "y"], k=2)
    assert found.flat == ("x", "y")
    assert list(found.of("d")["neighbour"]) == ["a", "b"]


def test_a_question_that_means_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="names must differ"):
        nearest(frame([[1, 2], [1, 2]], units="aa"), ["x"])
    with pytest.raises(ValueError, match="at least one variable"):
        nearest(frame([[1, 2]]), [])


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    values = pd.DataFrame(np.random.default_rng(7).normal(size=(40, 4)), columns=list("wxyz"))
    whole = nearest(values, list("wxyz"), k=4).table
    monkeypatch.setattr(neighbours, "AT_ONCE", 90)
    pd.testing.assert_frame_equal(nearest(values, list("wxyz"), k=4).table, whole)


def naive(values: pd.DataFrame, names: list[str], k: int) -> dict[str, list[str]]:
    """Nearest by plain loops and a stable sort."""
    table = values[names]
    table = table.loc[:, table.max() > table.min()]
    scaled = (table - table.mean()) / table.std(ddof=0)
    found = {}
    for unit in values.index:
        away = [
            (round(float(((scaled.loc[unit] - scaled.loc[o]) ** 2).sum()), 9), i)
            for i, o in enumerate(values.index)
            if o != unit
        ]
        found[unit] = [values.index[i] for i in sorted(i for _, i in sorted(away)[:k])]
    return found


grids = st.integers(3, 9).flatmap(
    lambda n: st.lists(st.tuples(*[st.integers(-20, 20)] * 3), min_size=n, max_size=n)
)


@settings(deadline=None, max_examples=40)
@given(grids, st.integers(1, 4))
def test_the_same_as_plain_loops(rows: list[tuple[int, ...]], k: int) -> None:
    names = list("xyz")
    values = frame(rows, names="xyz")
    found = nearest(values, names, k=k)
    assert {u: list(found.of(u)["neighbour"]) for u in values.index} == naive(values, names, k)
    runs = [n for n in names if n not in found.flat]
    if len(runs) > 1:
        without = [naive(values, [m for m in names if m != n], k) for n in runs]
        for row in found.table.itertuples():
            remains = sum(row.neighbour in run[row.unit] for run in without)
            assert row.stability == pytest.approx(remains / len(runs))


@settings(deadline=None)
@given(grids, st.data())
def test_one_changed_value_never_changes_the_order(
    rows: list[tuple[int, ...]], data: st.DataObject
) -> None:
    values = frame(rows, names="xyz")
    order = {unit: i for i, unit in enumerate(values.index)}
    changed = values.copy()
    unit = data.draw(st.sampled_from(list(values.index)))
    changed.loc[unit, data.draw(st.sampled_from("xyz"))] = data.draw(st.integers(-99, 99))
    for given_ in (values, changed):
        found = nearest(given_, list("xyz"), k=3).table
        stand = [(order[u], order[o]) for u, o in zip(found["unit"], found["neighbour"])]
        assert stand == sorted(stand)
    rescaled = values.assign(x=values["x"] * 1000 + 5)
    pairs = ["unit", "neighbour"]
    assert (
        nearest(values, list("xyz"))
        .table[pairs]
        .equals(nearest(rescaled, list("xyz")).table[pairs])
    )
