"""Axes of tables of counts and of quantities, against FactoMineR and against what must hold."""

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

from dts_research.analysis.factorial import Axes, correspondence, poles, principal
from dts_research.analysis.supplementary import correlations, more_columns, more_rows
from dts_research.errors import MaterialError

REFERENCE = Path(__file__).parent / "reference"
CLOSE = {"rtol": 1e-9, "atol": 1e-13}


def known(name: str) -> tuple[dict[str, Any], pd.DataFrame]:
    found = json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8"))
    table = found["table"]
    return found, pd.DataFrame.from_dict(table["rows"], orient="index", columns=table["columns"])


def signs(ours: pd.DataFrame, theirs: Any) -> np.ndarray:
    """The sign that each axis of the reference has, beside ours."""
    return np.sign((ours.to_numpy() * np.asarray(theirs)).sum(axis=0))


def same(ours: pd.DataFrame, theirs: Any, turned: Any = 1.0) -> None:
    np.testing.assert_allclose(ours.to_numpy(), np.asarray(theirs) * turned, **CLOSE)


def same_map(found: Axes, ca: dict[str, Any]) -> np.ndarray:
    """Compare every number of a map; give the signs of the axes."""
    same(found.eigenvalues, ca["eigenvalues"])
    turned = signs(found.columns.coordinates, ca["col_coord"])
    for side, ours in (("row", found.rows), ("col", found.columns)):
        same(ours.coordinates, ca[f"{side}_coord"], turned)
        same(ours.contributions, ca[f"{side}_contrib"])
        same(ours.cos2, ca[f"{side}_cos2"])
    return turned


def test_children_as_factominer() -> None:
    truth, table = known("ca_children")
    active = table.iloc[:14, :5].astype(int)
    found = correspondence(active)
    turned = same_map(found, truth["ca"])
    np.testing.assert_allclose(found.rows.inertia, truth["ca"]["row_inertia"], **CLOSE)
    np.testing.assert_allclose(found.columns.inertia, truth["ca"]["col_inertia"], **CLOSE)
    rows = more_rows(found, table.iloc[14:, :5])
    columns = more_columns(found, table.iloc[:14, 5:])
    for side, laid in (("row", rows), ("col", columns)):
        same(laid.coordinates, truth["ca"][f"{side}_sup_coord"], turned)
        same(laid.cos2, truth["ca"][f"{side}_sup_cos2"])
    assert list(rows.coordinates.index) == list(table.index[14:])


def test_children_as_the_ca_package() -> None:
    truth, table = known("ca_children")
    found = correspondence(table.iloc[:14, :5].astype(int))
    np.testing.assert_allclose(found.scales, truth["singular_values"], **CLOSE)
    standard = found.rows.coordinates / found.scales
    same(standard, truth["standard_rows"], signs(standard, truth["standard_rows"]))


def test_robespierre_as_factominer() -> None:
    truth, table = known("ca_robespierre")
    same_map(correspondence(table), truth["ca"])


def test_what_made_a_map_falls_on_its_own_points_when_laid_on_it() -> None:
    _, table = known("ca_robespierre")
    found = correspondence(table)
    np.testing.assert_allclose(more_rows(found, table).coordinates, found.rows.coordinates)
    np.testing.assert_allclose(more_columns(found, table).cos2, found.columns.cos2, atol=1e-12)
    values = pd.DataFrame(np.random.default_rng(5).normal(size=(12, 4)), columns=list("abcd"))
    axes = principal(values)
    np.testing.assert_allclose(more_rows(axes, values).coordinates, axes.rows.coordinates)
    # The coordinate of a standardised quantity is its correlation with the axis.
    np.testing.assert_allclose(correlations(axes, values), axes.columns.coordinates)
    np.testing.assert_allclose(
        correlations(axes, values)[1].to_numpy(),
        [np.corrcoef(values[c], axes.rows.coordinates[1])[0, 1] for c in values],
    )


def test_two_quantities_have_the_axes_of_the_book() -> None:
    """Correlation r: eigenvalues 1 + r and 1 - r, whatever the units."""
    table = pd.DataFrame({"a": [1.0, 2, 3, 4, 10], "b": [20.0, 10, 50, 30, 70]})
    r = float(np.corrcoef(table["a"], table["b"])[0, 1])
    found = principal(table)
    np.testing.assert_allclose(found.eigenvalues["eigenvalue"], [1 + r, 1 - r], **CLOSE)
    np.testing.assert_allclose(found.columns.contributions, 50, **CLOSE)
    changed = principal(table * [1000, 0.01])
    np.testing.assert_allclose(changed.rows.coordinates, found.rows.coordinates, **CLOSE)


def test_an_axis_is_named_by_both_its_sides() -> None:
    _, table = known("ca_children")
    found = correspondence(table.iloc[:14, :5].astype(int))
    one, other = poles(found, 1, most=2)
    assert [set(one), set(other)] == [{"unqualified", "cep"}, {"university", "high_school_diploma"}]


def refused(message: str, fix: str, make: Any) -> None:
    with pytest.raises(MaterialError) as told:
        make()
    assert (told.value.message, told.value.fix) == (message, fix)


def test_missing_numbers_are_refused_by_name() -> None:
    values = pd.DataFrame(
        {"emploi": [61.2, None, 58.0], "pauvreté": [12.0, "nd", "18"]},
        index=["Ain", "Mayotte", "Aisne"],
    )
    refused(
        "Il manque un nombre à : Mayotte (emploi, pauvreté).",
        "Retirer ces lignes ou ces colonnes et le dire : une case vide ne se remplace pas.",
        lambda: principal(values),
    )
    many = pd.DataFrame(np.nan, index=list("abcdefg"), columns=["x", "y"])
    with pytest.raises(MaterialError, match=r"e \(x, y\) ; et 2 autres lignes\. Retirer"):
        principal(many)


def test_tables_that_make_no_map_are_refused_by_name() -> None:
    places = ["Ain", "Aisne", "Allier"]
    counts = pd.DataFrame([[1, 2, 0], [0, 0, 0], [3, 1, 0]], places, list("xyz"))
    refused(
        "Ces lignes ne comptent que des zéros : « Aisne ».",
        "Les retirer et le dire : sans effectif, il n'y a pas de profil à comparer.",
        lambda: correspondence(counts),
    )
    refused(
        "Ces colonnes ne comptent que des zéros : « z ».",
        "Les retirer et le dire : sans effectif, il n'y a pas de profil à comparer.",
        lambda: correspondence(counts.drop("Aisne")),
    )
    refused(
        "Des effectifs négatifs à : « Ain ».",
        "Une analyse des correspondances compare des effectifs ; corriger ces lignes.",
        lambda: correspondence(counts.replace(2, -2)),
    )
    refused(
        "Toutes les lignes ont le même profil : il n'y a pas d'axe qui les distingue.",
        "Choisir d'autres colonnes.",
        lambda: correspondence(pd.DataFrame([[1, 2], [2, 4]])),
    )
    refused(
        "Ces colonnes ont partout la même valeur : « b ».",
        "Les retirer : elles ne distinguent aucune ligne d'une autre.",
        lambda: principal(pd.DataFrame({"a": [1, 2, 4], "b": [0.1, 0.1, 0.1]})),
    )
    refused(
        "Un même nom désigne plusieurs lignes : « Ain ».",
        "Donner à chaque ligne un nom à elle, par exemple un code.",
        lambda: principal(pd.DataFrame({"a": [1, 2], "b": [2, 1]}, index=["Ain", "Ain"])),
    )
    refused(
        "Il faut au moins 2 lignes et 2 colonnes pour comparer ; reçu 1 et 2.",
        "Ajouter des lignes ou des colonnes.",
        lambda: principal(pd.DataFrame({"a": [1], "b": [2]})),
    )
    refused(
        "Il manque des colonnes de la carte : « b ».",
        "Donner les mêmes colonnes que pour la carte.",
        lambda: more_rows(principal(pd.DataFrame({"a": [1, 2, 4], "b": [2, 1, 0]})),
                          pd.DataFrame({"a": [1]})),
    )  # fmt: skip


SHAPES = arrays.array_shapes(min_dims=2, max_dims=2, min_side=3, max_side=8)
COUNTS = arrays.arrays(np.int64, SHAPES, elements=st.integers(0, 60))


def separate(found: Axes) -> bool:
    """Axes far enough from one another to be told apart."""
    values = found.eigenvalues["eigenvalue"].to_numpy()
    return bool(values[-1] > 1e-5 * values[0] and np.all(-np.diff(values) > 1e-4 * values[0]))


def named(values: np.ndarray) -> pd.DataFrame:
    rows, columns = values.shape
    return pd.DataFrame(values, [f"T{i}" for i in range(rows)], [f"c{j}" for j in range(columns)])


@settings(max_examples=60, deadline=None)
@given(counts=COUNTS, chance=st.randoms(use_true_random=False))
def test_another_order_of_rows_gives_the_same_map(counts: np.ndarray, chance: Any) -> None:
    assume((counts.sum(axis=0) > 0).all() and (counts.sum(axis=1) > 0).all())
    table = named(counts)
    try:
        found = correspondence(table)
    except MaterialError:
        assume(False)
    assume(separate(found))
    order = list(table.index)
    chance.shuffle(order)
    again = correspondence(table.loc[order])
    assert list(again.rows.coordinates.index) == order
    pd.testing.assert_frame_equal(
        again.rows.coordinates.loc[table.index], found.rows.coordinates, atol=1e-6
    )
    pd.testing.assert_frame_equal(
        again.columns.contributions, found.columns.contributions, atol=1e-6
    )


@settings(max_examples=60, deadline=None)
@given(counts=COUNTS)
def test_what_must_hold_of_any_map(counts: np.ndarray) -> None:
    assume((counts.sum(axis=0) > 0).all() and (counts.sum(axis=1) > 0).all())
    try:
        found = correspondence(named(counts))
    except MaterialError:
        assume(False)
    total = found.eigenvalues["eigenvalue"].sum()
    assert found.eigenvalues["cumulated"].iloc[-1] == pytest.approx(100)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    assert total == pytest.approx(((counts - expected) ** 2 / expected).sum() / counts.sum())
    for side in (found.rows, found.columns):
        np.testing.assert_allclose(side.contributions.sum(), 100)
        assert side.inertia.sum() == pytest.approx(total)
        np.testing.assert_allclose(side.weights.to_numpy() @ side.coordinates, 0, atol=1e-7)
        apart = side.inertia > 1e-9
        np.testing.assert_allclose(side.cos2[apart].sum(axis=1), 1, rtol=1e-6)
    assert (found.columns.coordinates.max() >= (-found.columns.coordinates).max() - 1e-8).all()


@settings(max_examples=40, deadline=None)
@given(
    values=arrays.arrays(np.float64, (9, 4), elements=st.floats(-99, 99, width=16)),
    row=st.integers(0, 8), column=st.integers(0, 3), value=st.floats(-500, 500),
)  # fmt: skip
def test_one_value_changed_moves_points_and_never_their_order(
    values: np.ndarray, row: int, column: int, value: float
) -> None:
    table = named(values)
    changed = table.copy()
    changed.iloc[row, column] = value
    assume((table.std() > 1e-3).all() and (changed.std() > 1e-3).all())
    for one in (table, changed):
        found = principal(one)
        for frame in (found.rows.coordinates, found.rows.contributions, found.rows.cos2):
            assert list(frame.index) == list(table.index)
        np.testing.assert_allclose(found.columns.contributions.sum(), 100)
        assert found.eigenvalues["eigenvalue"].sum() == pytest.approx(4)
