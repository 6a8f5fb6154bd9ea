"""How far axes and classes hold: clear groups come back, noise does not, and it is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dts_research.analysis.profiles import Recipe, made_from, profile
from dts_research.analysis.stability import stability
from dts_research.errors import MaterialError, RequestError


def groups(apart: float, *, n: int = 45, seed: int = 4) -> pd.DataFrame:
    """Territories of our own in three groups, more or less apart."""
    chance = np.random.default_rng(seed)
    corners = np.array([[0, 0, 0, 0], [1, 0, 1, 0], [0, 1, 1, 1]]) * apart
    values = corners[np.arange(n) % 3] + chance.normal(size=(n, 4))
    return pd.DataFrame(values, [f"T{i:02}" for i in range(n)], list("abcd"))


@pytest.mark.parametrize("share", [0.0, 0.8])
def test_groups_far_apart_come_back_and_noise_does_not(share: float) -> None:
    recipe = Recipe("pca", axes=2, k=3)
    clear, noise = groups(12), groups(0)
    held = stability(clear, profile(clear, recipe), runs=40, seed=1, share=share)
    lost = stability(noise, profile(noise, recipe), runs=40, seed=1, share=share)
    assert held.classes["found"].to_list() == [40, 40, 40]
    assert (held.classes["likeness"] > 0.99).all()
    assert held.axes["found"].min() > 35
    assert lost.classes["likeness"].mean() < 0.8 < held.classes["likeness"].mean()
    assert lost.axes["likeness"].mean() < held.axes["likeness"].mean()


def test_the_sentence_tells_what_was_done_and_what_held() -> None:
    table = groups(12)
    held = stability(table, profile(table, Recipe("pca", axes=2, k=3)), runs=20, seed=1)
    assert held.reading == (
        "Sur 20 tirages des lignes avec remise, on retrouve la classe A 20 fois, la classe B 20 "
        "fois, la classe C 20 fois (plus de la moitié des lignes en commun), et l'axe 1 20 fois, "
        "l'axe 2 20 fois (à peu près la même direction). Ce qui se retrouve rarement tient à "
        "quelques lignes : à ne pas nommer trop vite."
    )


def test_the_seed_alone_settles_the_draws() -> None:
    table = groups(2)
    made = profile(table, Recipe("pca", axes=2, k=3))
    one, same, other = (stability(table, made, runs=12, seed=seed) for seed in (7, 7, 8))
    pd.testing.assert_frame_equal(one.classes, same.classes)
    pd.testing.assert_frame_equal(one.axes, same.axes)
    assert not one.classes.equals(other.classes)


def test_counts_and_answers_are_drawn_too() -> None:
    chance = np.random.default_rng(2)
    shares = np.array([[0.7, 0.2, 0.1], [0.1, 0.2, 0.7]])
    counts = np.stack([chance.multinomial(200, shares[i % 2]) for i in range(20)])
    table = pd.DataFrame(counts, columns=list("xyz"))
    found = stability(table, profile(table, Recipe("ca", k=2)), runs=15, seed=3)
    assert found.classes["found"].to_list() == [15, 15]
    answers = pd.DataFrame(np.where(counts > 70, "beaucoup", "peu"), columns=list("xyz"))
    found = stability(answers, profile(answers, Recipe("mca", axes=1, k=2)), runs=15, seed=3)
    assert found.classes["found"].to_list() == [15, 15]


def test_draws_that_make_no_map_are_counted_and_told() -> None:
    table = pd.DataFrame({"x": [0.0, 0.0, 0.0, 9.0], "y": [1.0, 1.0, 1.0, 0.0]})
    found = stability(table, made_from(table, Recipe("pca", k=2)), runs=40, seed=5)
    assert found.failed > 2
    assert found.runs + found.failed == 40
    assert f" ({found.failed} autres n'ont pas donné de carte), on retrouve " in found.reading


def test_no_map_at_all_is_told() -> None:
    table = pd.DataFrame({"x": [0.0, 1.0], "y": [1.0, 0.0]})
    found = stability(table, made_from(table, Recipe("pca", k=2)), runs=4, seed=5, share=0.5)
    assert (found.runs, found.failed, found.classes["found"].to_list()) == (0, 4, [0, 0])
    assert found.classes["likeness"].isna().all()
    assert found.reading == (
        "Aucun tirage n'a donné de carte : il y a trop peu de lignes différentes."
    )


def test_what_cannot_be_drawn_is_refused() -> None:
    table = groups(2)
    made = profile(table, Recipe("pca", k=3))
    with pytest.raises(RequestError) as told:
        stability(table, made, runs=0, seed=1)
    assert told.value.message == (
        "Au moins 1 tirage et une part entre 0 et 1 sont attendus ; reçu 0 et 0.0."
    )
    with pytest.raises(RequestError) as told:
        profile(table, Recipe("pca", axes=0))
    assert told.value.message == "Nombre d'axes attendu : 1 ou plus ; reçu 0."
    with pytest.raises(MaterialError, match=r"^Il manque un nombre à : T03 \(b\)\."):
        profile(table.where(table != table.loc["T03", "b"]), Recipe("pca"))


def test_too_little_to_make_profiles_is_refused() -> None:
    with pytest.raises(MaterialError) as told:
        profile(groups(2, n=9), Recipe("pca"))
    assert told.value.message == "Des profils se lisent à partir de 10 lignes ; reçu 9."
    assert told.value.fix == "Lire ces lignes une à une, ou en ajouter."
    counts = pd.DataFrame(np.add(np.eye(12, 4, dtype=int), [1, 0, 0, 0]))
    with pytest.raises(MaterialError) as told:
        profile(counts, Recipe("ca"))
    assert told.value.message == (
        "Plus de la moitié des cases de ce tableau sont des zéros : la carte ne montrerait que "
        "des absences."
    )
    assert told.value.fix == "Regrouper des colonnes, ou prendre une période plus longue."


def test_profiles_keep_the_number_of_axes_and_classes_made() -> None:
    table = groups(12)
    made = profile(table, Recipe("pca", axes=9))
    assert made.recipe == Recipe("pca", axes=4, k=made.classes.suggested)
    assert list(made.places.columns) == [1, 2, 3, 4]
    assert list(made.places.index) == list(table.index) == list(made.classes.labels.index)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), apart=st.floats(0, 6))
def test_likeness_is_a_share_and_found_a_count(seed: int, apart: float) -> None:
    table = groups(apart, n=15, seed=seed)
    found = stability(table, profile(table, Recipe("pca", axes=2, k=3)), runs=5, seed=seed)
    for frame in (found.classes, found.axes):
        known = frame["likeness"].dropna()
        assert known.between(0, 1 + 1e-12).all()
        assert frame["found"].between(0, found.runs).all()
    assert list(found.classes.index) == ["A", "B", "C"]
