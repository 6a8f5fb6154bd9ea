"""What classes are made of, against FactoMineR and against a case done by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dts_research.analysis.clusters import cluster
from dts_research.analysis.describing import by_categories, by_counts, by_quantities, linked
from dts_research.analysis.factorial import multiple
from dts_research.errors import MaterialError

REFERENCE = Path(__file__).parent / "reference" / "ca_children.json"


@pytest.fixture(scope="module")
def tea(ground_truth: Path) -> tuple[pd.DataFrame, Path]:
    folder = ground_truth / "factominer"
    return pd.read_csv(folder / "data" / "tea.csv").drop(columns="age"), folder / "reference"


def same_class(ours: pd.DataFrame, known: pd.DataFrame) -> None:
    """Compare the categories that the reference kept, p under 0.05, and only those."""
    named = ours.assign(name=ours["variable"].astype(str) + "=" + ours["category"].astype(str))
    named = named.set_index("name")
    assert set(named.index[named["p"] < 0.05]) == set(known.index)
    found = named.loc[known.index]
    columns = {
        "Cla/Mod": 100 * found["count"] / found["everywhere"],
        "Mod/Cla": 100 * found["share"],
        "Global": 100 * found["whole"],
        "p.value": found["p"],
        "v.test": found["v_test"],
    }
    for name, values in columns.items():
        np.testing.assert_allclose(values, known[name], rtol=1e-9)


def same_links(ours: pd.DataFrame, known: pd.DataFrame) -> None:
    kept = ours[ours["p"] < 0.05].set_index("variable")
    assert set(kept.index) == set(known.index)
    np.testing.assert_allclose(kept.loc[known.index, "p"], known["p.value"], rtol=1e-9)
    assert kept.loc[known.index, "degrees"].to_list() == known["df"].to_list()


def test_classes_of_tea_are_described_as_factominer_does(tea: Any) -> None:
    answers, folder = tea
    classes = cluster(multiple(answers.iloc[:, :18]).rows.coordinates[[1, 2, 3, 4, 5]])
    numbered = pd.read_csv(folder / "hcpc_tea_clust.csv")["clust"]
    letters = dict(zip(numbered, classes.labels))
    found = by_categories(answers, classes.labels)
    for number in (1, 2, 3):
        known = pd.read_csv(folder / f"hcpc_tea_category_{number}.csv", index_col=0)
        same_class(found[found["class"] == letters[number]], known)
    known = pd.read_csv(folder / "hcpc_tea_testchi2.csv", index_col=0)
    same_links(linked(answers, classes.labels), known)


def test_any_variable_makes_classes_to_describe(tea: Any) -> None:
    answers, folder = tea
    others = answers.drop(columns="price")
    found = by_categories(others, answers["price"])
    for price in ("branded", "private label", "unknown", "upscale", "variable"):
        name = f"catdes_tea18_category_p_{price.replace(' ', '_')}.csv"
        known = pd.read_csv(folder / name, index_col=0)
        same_class(found[found["class"] == f"p_{price}"], known)
    known = pd.read_csv(folder / "catdes_tea18_testchi2.csv", index_col=0)
    same_links(linked(others, answers["price"]), known)


def test_rows_of_counts_are_described_as_factominer_does() -> None:
    truth = json.loads(REFERENCE.read_text(encoding="utf-8"))
    table = truth["table"]
    rows = pd.DataFrame.from_dict(table["rows"], orient="index", columns=table["columns"])
    found = by_counts(rows.iloc[:14, :5].astype(int))
    kept = found[found["p"] < 0.05]
    assert set(kept["class"]) >= set(truth["descfreq"])
    for word, known in truth["descfreq"].items():
        ours = kept[kept["class"] == word].set_index("column")
        assert set(ours.index) == set(known)
        for name, (count, everywhere, p, v_test) in known.items():
            assert (ours["count"][name], ours["everywhere"][name]) == (count, everywhere)
            assert ours["p"][name] == pytest.approx(p, rel=1e-9)
            assert ours["v_test"][name] == pytest.approx(v_test, rel=1e-9)


def test_classes_of_counts_are_their_sums() -> None:
    table = pd.DataFrame({"x": [4, 1, 7], "y": [2, 9, 1]}, ["Ain", "Aisne", "Allier"])
    found = by_counts(table, pd.Series(["A", "B", "A"], table.index))
    assert found[["class", "column", "count", "size", "everywhere"]].to_numpy().tolist() == [
        ["A", "x", 11, 14, 12], ["A", "y", 3, 14, 12],
        ["B", "x", 1, 10, 12], ["B", "y", 9, 10, 12],
    ]  # fmt: skip
    # By hand: eleven « x » or more among fourteen drawn out of twelve « x » and twelve « y ».
    ways = math.comb(12, 11) * math.comb(12, 3) + math.comb(12, 12) * math.comb(12, 2)
    assert found["p"][0] == pytest.approx(2 * ways / math.comb(24, 14))
    with pytest.raises(MaterialError) as told:
        by_counts(table / 2)
    assert told.value.message == (
        "Des effectifs entiers sont attendus à : « Aisne », « Allier »."
    )  # fmt: skip


def test_a_quantity_is_set_over_what_draws_give() -> None:
    """By hand, the mean of two rows drawn out of five: 3, and sqrt(2 / 2 * 3 / 4) around it."""
    values = pd.DataFrame({"x": [1, 2, 3, 4, 5]}, list("abcde"))
    found = by_quantities(values, pd.Series(["A", "A", "B", "B", "B"], values.index))
    first = found.iloc[0]
    assert (first["class"], first["variable"], first["size"]) == ("A", "x", 2)
    assert (first["mean"], first["whole"], first["deviation"]) == pytest.approx((1.5, 3, 0.5))
    assert first["v_test"] == pytest.approx(-1.5 / math.sqrt(3 / 4))
    assert first["p"] == pytest.approx(math.erfc(abs(first["v_test"]) / math.sqrt(2)))
    drawn = [(a + b) / 2 for a in range(1, 6) for b in range(a + 1, 6)]
    assert first["v_test"] == pytest.approx(-1.5 / np.std(drawn))


def test_nothing_to_tell_is_told_as_nothing() -> None:
    values = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [7.0, 7.0, 7.0]})
    found = by_quantities(values, pd.Series(["A", "A", "A"]))
    assert found["v_test"].to_list() == [0, 0]
    answers = pd.DataFrame({"q": ["oui", "oui", "oui"]})
    found = by_categories(answers, pd.Series(["A", "A", "B"]))
    assert found["v_test"].to_list() == pytest.approx([0, 0])
    assert found["p"].to_list() == pytest.approx([1, 1])


def test_extreme_counts_keep_a_finite_test() -> None:
    table = pd.DataFrame({"x": [10**5, 0], "y": [0, 10**5]}, ["a", "b"])
    assert np.isfinite(by_counts(table)["v_test"]).all()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_rows_in_another_order_describe_the_same_classes(seed: int) -> None:
    chance = np.random.default_rng(seed)
    answers = pd.DataFrame(chance.choice(list("xyz"), (20, 2)), columns=["q", "r"])
    values = pd.DataFrame(chance.normal(size=(20, 2)), columns=["u", "v"])
    labels = pd.Series([*"AB", *chance.choice(list("AB"), 18)])
    order = chance.permutation(20)
    for study, table in ((by_categories, answers), (by_quantities, values)):
        one = study(table, labels)
        again = study(table, labels.iloc[order])
        pd.testing.assert_frame_equal(one, again)
        assert one["class"].is_monotonic_increasing
