"""Classes without order, against FactoMineR's partitions and against what must hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from benchmarks.comparison_profiles import loop_axes, loop_classes, table_of
from dts_research.analysis.clusters import cluster, consolidate, paragons, suggested, ward
from dts_research.analysis.factorial import correspondence, multiple, principal
from dts_research.errors import RequestError

REFERENCE = Path(__file__).parent / "reference" / "ca_children.json"


def same_partition(ours: Any, theirs: Any) -> bool:
    """Whether two partitions are one, whatever the names of the classes."""
    pairs = set(zip(ours, theirs, strict=True))
    return len(pairs) == len(set(ours)) == len(set(theirs))


@pytest.fixture(scope="module")
def tea(ground_truth: Path) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    folder = ground_truth / "factominer"
    answers = pd.read_csv(folder / "data" / "tea.csv").iloc[:, :18]
    names = ("clust", "noconsol_clust", "tree_height", "inertgain")
    known = {name: pd.read_csv(folder / "reference" / f"hcpc_tea_{name}.csv") for name in names}
    return multiple(answers).rows.coordinates[[1, 2, 3, 4, 5]], known


def test_tea_has_the_classes_of_factominer(tea: Any) -> None:
    points, known = tea
    found = cluster(points)
    assert found.suggested == 3
    np.testing.assert_allclose(
        found.tree.merges[:, 2], known["tree_height"]["x"], rtol=1e-9, atol=1e-15
    )
    np.testing.assert_allclose(found.tree.gains, known["inertgain"]["x"], rtol=1e-9, atol=1e-15)
    assert same_partition(found.labels, known["clust"]["clust"])
    assert found.moved == 25
    cut = cluster(points, consolidated=False)
    assert same_partition(cut.labels, known["noconsol_clust"]["clust"])
    assert found.explained > cut.explained


def test_a_map_of_counts_has_the_classes_of_factominer() -> None:
    """Rows weigh by their counts: the tree of equal weights is another one."""
    truth = json.loads(REFERENCE.read_text(encoding="utf-8"))
    table = truth["table"]
    rows = pd.DataFrame.from_dict(table["rows"], orient="index", columns=table["columns"])
    found = correspondence(rows.iloc[:14, :5].astype(int))
    classes = cluster(found.rows.coordinates, weights=found.rows.weights)
    assert classes.suggested == 5
    assert list(classes.labels.index) == list(rows.index[:14])
    assert same_partition(classes.labels, [truth["hcpc"][row] for row in classes.labels.index])
    unweighted = cluster(found.rows.coordinates, k=5)
    assert not same_partition(unweighted.labels, classes.labels)
    total = found.eigenvalues["eigenvalue"].sum()
    assert classes.tree.gains.sum() == pytest.approx(total)


def test_plain_loops_make_the_same_axes_and_classes() -> None:
    """The same formulas written another way: every pair of classes looked at, every move tried."""
    table = table_of(60, 4) + np.random.default_rng(1).normal(scale=2, size=(60, 4))
    axes = principal(table)
    places = np.array(loop_axes(table.to_numpy().tolist()))
    turned = np.sign((places * axes.rows.coordinates).sum()).to_numpy()
    np.testing.assert_allclose(places * turned, axes.rows.coordinates, atol=1e-7)
    found = cluster(axes.rows.coordinates, k=4)
    assert found.moved > 0
    members = [table.index.get_indexer(list(rows)).tolist() for rows in found.members.values()]
    assert sorted(members) == sorted(loop_classes(places.tolist()))


def test_letters_follow_the_rows_of_the_caller_and_nothing_else() -> None:
    points = pd.DataFrame({1: [5.0, 5.1, -3.0, 0.0, 0.1, -3.1]}, index=list("uvwxyz"))
    found = cluster(points, k=3)
    assert found.labels.to_dict() == dict(zip("uvwxyz", "AABCCB"))
    assert found.members == {"A": ("u", "v"), "B": ("w", "z"), "C": ("x", "y")}
    assert found.sizes.to_dict() == {"A": 2, "B": 2, "C": 2}
    assert found.centres[1].to_list() == pytest.approx([5.05, -3.05, 0.05])
    turned = cluster(points.iloc[::-1], k=3)
    assert turned.labels.to_dict() == dict(zip("uvwxyz", "CCABBA"))


def test_rows_near_a_centre_stand_in_the_order_of_the_caller() -> None:
    points = pd.DataFrame({1: [0.0, 1.0, 0.6, 0.4, 9.0]}, index=list("abcde"))
    found = paragons(points, cluster(points, k=2), most=2)
    assert found[["class", "row"]].to_numpy().tolist() == [["A", "c"], ["A", "d"], ["B", "e"]]
    assert found["distance"].to_list() == pytest.approx([0.1, 0.1, 0.0])


def test_a_row_moves_only_where_it_gains() -> None:
    """Hartigan and Wong's case: the nearest centre is not enough, nor is it needed."""
    points = np.array([[0.0], [1.0], [1.9], [3.1], [4.0]])
    found = consolidate(points, np.array([0, 0, 0, 0, 1]), np.ones(5))
    assert found.tolist() == [0, 0, 0, 1, 1]
    alone = consolidate(points, np.array([0, 0, 0, 0, 1]) * 0 + np.arange(5), np.ones(5))
    assert alone.tolist() == [0, 1, 2, 3, 4]


def test_impossible_numbers_of_classes_are_refused() -> None:
    points = pd.DataFrame({1: [0.0, 1.0, 2.0]})
    with pytest.raises(RequestError) as told:
        cluster(points, k=4)
    assert told.value.message == (
        "Nombre de classes attendu entre 1 et 3 (il y a 3 lignes) ; reçu 4."
    )
    assert told.value.fix == (
        "Donner un nombre plus petit, ou 0 pour celui que l'arbre suggère."
    )  # fmt: skip
    assert cluster(points, k=1).explained == pytest.approx(0)
    assert cluster(points, k=3).explained == pytest.approx(1)


def test_few_rows_are_suggested_few_classes() -> None:
    assert suggested(ward(np.array([[0.0], [1.0]]), np.full(2, 0.5))) == 1
    same = ward(np.zeros((6, 2)), np.full(6, 1 / 6))
    assert suggested(same) == 3


def test_rows_that_do_not_differ_do_not_move_for_ever() -> None:
    alike = np.full((9, 2), 3.3) + np.arange(18).reshape(9, 2) * 1e-17
    cut = np.array([0, 1, 2] * 3)
    assert set(consolidate(alike, cut, np.full(9, 1 / 9))) == {0, 1, 2}
    assert cluster(pd.DataFrame(alike), k=3).sizes.sum() == 9


POINTS = arrays.arrays(
    np.float64, st.tuples(st.integers(6, 25), st.integers(1, 3)), elements=st.floats(-50, 50)
)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(6, 40), weighted=st.booleans())
def test_another_order_of_rows_gives_the_same_classes(seed: int, n: int, weighted: bool) -> None:
    chance = np.random.default_rng(seed)
    points = pd.DataFrame(chance.normal(size=(n, 3)), [f"T{i}" for i in range(n)])
    weights = pd.Series(chance.uniform(0.5, 2, n) if weighted else np.ones(n), points.index)
    found = cluster(points, weights=weights, k=4)
    order = chance.permutation(n)
    again = cluster(points.iloc[order], weights=weights.iloc[order], k=4)
    assert list(again.labels.index) == list(points.index[order])
    assert same_partition(again.labels.loc[points.index], found.labels)
    assert list(dict.fromkeys(again.labels)) == list("ABCD")


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(3, 40))
def test_weights_that_hardly_differ_give_the_tree_of_equal_weights(seed: int, n: int) -> None:
    """Two ways to the same tree: scipy's, and the one that weights need."""
    chance = np.random.default_rng(seed)
    points = chance.normal(size=(n, 2))
    even = ward(points, np.full(n, 1 / n)).merges
    weights = np.full(n, 1 / n)
    weights[0] *= 1 + 1e-9
    near = ward(points, weights).merges
    np.testing.assert_allclose(near[:, 2], even[:, 2], rtol=1e-6)
    np.testing.assert_array_equal(near[:, [0, 1, 3]], even[:, [0, 1, 3]])


@settings(max_examples=60, deadline=None)
@given(values=POINTS, row=st.integers(0, 5), value=st.floats(-500, 500))
def test_one_value_changed_may_move_classes_and_never_the_order(
    values: np.ndarray, row: int, value: float
) -> None:
    points = pd.DataFrame(values, [f"T{i}" for i in range(len(values))])
    changed = points.copy()
    changed.iloc[row, 0] = value
    for one in (points, changed):
        found = cluster(one, k=3)
        assert list(found.labels.index) == list(points.index)
        assert list(found.centres.index) == list(dict.fromkeys(found.labels))
        assert list(found.members) == sorted(found.members)
        near = paragons(one, found)
        place = [points.index.get_loc(name) for name in near["row"]]
        for _, inside in near.assign(place=place).groupby("class"):
            assert inside["place"].is_monotonic_increasing


@settings(max_examples=40, deadline=None)
@given(values=POINTS)
def test_no_single_move_is_left_to_gain_anything(values: np.ndarray) -> None:
    assume(np.ptp(values) > 1e-3)
    points = pd.DataFrame(values)
    found = cluster(points, k=3)
    total = within(points, found.labels.map(lambda _: "A"))
    for i in range(len(values)):
        for letter in "ABC":
            moved = found.labels.copy()
            moved.iloc[i] = letter
            if moved.nunique() == 3:
                assert within(points, moved) >= within(points, found.labels) - 1e-9 * total


def within(points: pd.DataFrame, labels: pd.Series) -> float:
    gaps = points - points.groupby(labels).transform("mean")
    return float((gaps**2).to_numpy().sum())
