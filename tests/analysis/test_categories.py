"""Axes of answers and what is laid on them, against FactoMineR and a case of the books."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dts_research.analysis.complete import complete
from dts_research.analysis.factorial import correspondence, multiple, principal
from dts_research.analysis.supplementary import Categories, categories, correlations, more_rows
from dts_research.errors import MaterialError

CLOSE = {"rtol": 1e-9, "atol": 1e-12}
# Ours, invented: twelve structures, what they answered.
ANSWERS = pd.DataFrame(
    [
        ("AI", "oui", "oui"), ("AI", "oui", "non"), ("ACI", "non", "oui"), ("EI", "non", "non"),
        ("ACI", "oui", "oui"), ("AI", "oui", "oui"), ("AI", "non", "non"), ("EI", "non", "oui"),
        ("ACI", "non", "oui"), ("ACI", "oui", "oui"), ("AI", "oui", "non"), ("EI", "non", "non"),
    ],
    index=[f"S{number}" for number in range(1, 13)],
    columns=["statut", "bourg", "mobilité"],
)  # fmt: skip


@pytest.fixture(scope="module")
def tea(ground_truth: Path) -> pd.DataFrame:
    """Three hundred people who drink tea; the answers stay out of this repository."""
    return pd.read_csv(ground_truth / "factominer" / "data" / "tea.csv")


@pytest.fixture(scope="module")
def reference(ground_truth: Path) -> Path:
    return ground_truth / "factominer" / "reference"


def read(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"mca_tea_{name}.csv", index_col=0)


def same(ours: pd.DataFrame, theirs: pd.DataFrame, turned: np.ndarray | float = 1.0) -> None:
    np.testing.assert_allclose(ours.iloc[:, :5].to_numpy(), theirs.to_numpy() * turned, **CLOSE)


def in_their_order(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """Rows by category; FactoMineR writes a name that two questions share with its question."""
    flat = ours.copy()
    words = [str(word) for _, word in ours.index]
    joined = [f"{name}_{word}" for name, word in ours.index]
    flat.index = [w if w in theirs.index else j for w, j in zip(words, joined)]
    return flat.loc[theirs.index]


def test_tea_as_factominer(tea: pd.DataFrame, reference: Path) -> None:
    found = multiple(tea.iloc[:, :18])
    np.testing.assert_allclose(found.eigenvalues, read(reference, "eig"), **CLOSE)
    theirs = read(reference, "ind_coord")
    turned = np.sign((found.rows.coordinates.iloc[:, :5].to_numpy() * theirs).sum()).to_numpy()
    same(found.rows.coordinates, theirs, turned)
    same(found.rows.contributions, read(reference, "ind_contrib"))
    same(found.rows.cos2, read(reference, "ind_cos2"))
    for name in ("coordinates", "contributions", "cos2"):
        short = {"coordinates": "coord", "contributions": "contrib"}.get(name, name)
        known = read(reference, f"var_{short}")
        ours = in_their_order(getattr(found.columns, name), known)
        same(ours, known, turned if short == "coord" else 1.0)
    own = categories(found, tea.iloc[:, :18])
    same_categories(own, reference, "var", turned)
    laid = categories(found, tea.drop(columns="age").iloc[:, 18:])
    same_categories(laid, reference, "qualisup", turned)
    same(correlations(found, tea[["age"]]), read(reference, "quantisup_coord"), turned)


def same_categories(ours: Categories, folder: Path, kind: str, turned: np.ndarray) -> None:
    eta2 = read(folder, f"{kind}_eta2")
    same(ours.eta2.loc[eta2.index], eta2)
    for found, name in ((ours.coordinates, "coord"), (ours.v_tests, "v.test"), (ours.cos2, "cos2")):
        known = read(folder, f"{kind}_{name}")
        same(in_their_order(found, known), known, 1.0 if name == "cos2" else turned)


def test_two_questions_with_two_answers_have_the_axes_of_the_book() -> None:
    """Correlation phi of two yes/no questions: eigenvalues (1 + phi) / 2 and (1 - phi) / 2."""
    found = multiple(ANSWERS[["bourg", "mobilité"]])
    yes = (ANSWERS[["bourg", "mobilité"]] == "oui").astype(float)
    phi = float(np.corrcoef(yes["bourg"], yes["mobilité"])[0, 1])
    np.testing.assert_allclose(
        sorted(found.eigenvalues["eigenvalue"]), sorted([(1 + phi) / 2, (1 - phi) / 2]), **CLOSE
    )


def test_the_axes_of_answers_are_those_of_the_crossings_of_all_questions() -> None:
    """Greenacre: crossing all questions two by two gives the squares of the eigenvalues."""
    found = multiple(ANSWERS)
    ones = pd.get_dummies(ANSWERS).astype(float)
    crossed = correspondence(ones.T @ ones)
    np.testing.assert_allclose(
        crossed.eigenvalues["eigenvalue"], found.eigenvalues["eigenvalue"] ** 2, **CLOSE
    )
    assert found.eigenvalues["eigenvalue"].sum() == pytest.approx(7 / 3 - 1)
    assert list(found.columns.weights.index)[:3] == [
        ("statut", "ACI"), ("statut", "AI"), ("statut", "EI"),
    ]  # fmt: skip


def test_a_category_of_respondents_stands_at_their_middle() -> None:
    found = multiple(ANSWERS)
    laid = categories(found, ANSWERS)
    pd.testing.assert_frame_equal(laid.coordinates, found.columns.coordinates)
    pd.testing.assert_frame_equal(laid.cos2, found.columns.cos2)
    middle = found.rows.coordinates[ANSWERS["statut"] == "EI"].mean()
    np.testing.assert_allclose(laid.coordinates.loc[("statut", "EI")], middle / found.scales)
    assert laid.counts.to_dict()[("statut", "EI")] == 3
    np.testing.assert_allclose(laid.eta2.mean(), found.eigenvalues["eigenvalue"])
    np.testing.assert_allclose(more_rows(found, ANSWERS).coordinates, found.rows.coordinates)


def test_categories_on_a_map_of_quantities() -> None:
    values = pd.DataFrame(np.random.default_rng(3).normal(size=(12, 3)), ANSWERS.index, list("abc"))
    found = principal(values)
    laid = categories(found, ANSWERS[["statut"]])
    first = found.rows.coordinates[1]
    groups = first.groupby(ANSWERS["statut"])
    np.testing.assert_allclose(laid.coordinates[1], groups.mean())
    between = (groups.size() * groups.mean() ** 2).sum() / (first**2).sum()
    assert laid.eta2.loc["statut", 1] == pytest.approx(between)
    spread = np.sqrt(first.var(ddof=0) / 3 * (12 - 3) / (12 - 1))
    v_test = laid.v_tests[1].to_dict()[("statut", "EI")]
    assert v_test == pytest.approx(groups.mean()["EI"] / spread)
    with pytest.raises(ValueError, match="describe classes instead"):
        categories(correspondence(values.abs()), ANSWERS)


def test_what_cannot_be_laid_is_named() -> None:
    found = multiple(ANSWERS)
    with pytest.raises(MaterialError) as told:
        more_rows(found, ANSWERS.assign(statut="GEIQ").iloc[:1])
    assert told.value.message == "« statut » a des réponses absentes de la carte : « GEIQ »."
    with pytest.raises(MaterialError) as told:
        categories(found, ANSWERS.iloc[2:])
    assert told.value.message == "Il manque des lignes de la carte : « S1 », « S2 »."
    silent = ANSWERS.copy()
    silent.loc["S4", "bourg"] = None
    with pytest.raises(MaterialError) as told:
        multiple(silent)
    assert told.value.message == "Il manque une réponse à : S4 (bourg)."


def test_rows_with_a_hole_are_set_aside_with_what_they_lack() -> None:
    silent = ANSWERS.copy()
    silent.loc["S4", ["bourg", "mobilité"]] = None
    found = complete(silent)
    assert found.aside == {"S4": ("bourg", "mobilité")}
    assert list(found.table.index) == [name for name in ANSWERS.index if name != "S4"]
    multiple(found.table)
