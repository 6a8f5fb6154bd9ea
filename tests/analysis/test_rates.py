"""Counts and percentages, exits by rule, equipment under three denominators."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dts_research.analysis.equipment import DENOMINATORS, equipment, flip, flips
from dts_research.analysis.exits import (
    BY_KIND,
    RULES,
    dynamic_beside_reference,
    exits,
    exits_by_kind,
)
from dts_research.analysis.intervals import wilson
from dts_research.analysis.rates import rate
from dts_research.errors import RequestError


def test_under_ten_cases_there_is_a_count_and_no_percentage() -> None:
    few = rate(3, 7)
    assert few.share is None
    assert few.words == "3 sur 7"
    assert few.reading == "Effectif trop faible pour un pourcentage : 3 sur 7."
    assert rate(0, 0).reading == "Aucun cas : pas de pourcentage."


def test_from_ten_cases_on_the_share_comes_with_its_interval() -> None:
    found = rate(3, 10)
    assert found.share == wilson(3, 10)
    assert found.reading == ""


def test_the_guard_may_be_raised_never_lowered() -> None:
    assert rate(3, 20, fewest=30).share is None
    assert rate(3, 9, fewest=2).share is None
    with pytest.raises(ValueError, match="not a share"):
        rate(8, 7)


def left(*rows: tuple[object, ...]) -> pd.DataFrame:
    names = ["unit", "kind", "durable", "transition", "positive", "other", "withdrawn"]
    return pd.DataFrame(rows, columns=names)


ROWS = left(
    ("b", "AI", 10, 5, 5, 20, 3), ("a", "ETTI", 6, 3, 1, 10, 0),
    ("a", "ACI", 1, 2, 3, 4, 1), ("b", "EI", 2, 2, 2, 4, 0),
)  # fmt: skip


def test_exits_counted_alike_are_put_together_with_their_three_parts() -> None:
    found = exits(ROWS[ROWS["kind"].isin(["AI", "ETTI"])])
    assert found.kinds == ("AI", "ETTI")
    assert found.dynamic.words == "30 sur 60"
    parts = (found.durable, found.transition, found.positive)
    assert [part.words for part in parts] == ["16 sur 60", "8 sur 60", "6 sur 60"]
    assert (found.withdrawn, found.missing) == (3, 0)
    assert found.rule == "plus de 150 heures travaillées en tout"


def test_exits_not_counted_alike_are_not_pooled_and_why_is_said() -> None:
    with pytest.raises(RequestError) as refused:
        exits(ROWS)
    assert refused.value.message == (
        "Pas de taux de sortie commun : une sortie n'est pas comptée selon la même règle partout "
        "(AI et ETTI, plus de 150 heures travaillées en tout ; ACI et EI, plus de 3 mois en tout "
        "et au moins une heure l'année de la sortie)."
    )
    assert (
        refused.value.fix
        == BY_KIND
        == (
            "Donner un taux par type de structure, ou comparer des territoires par standardisation "
            "indirecte selon le type."
        )
    )


@pytest.mark.parametrize("one", RULES)
@pytest.mark.parametrize("two", RULES)
def test_two_kinds_are_pooled_only_under_one_rule(one: str, two: str) -> None:
    rows = left(("a", one, 1, 1, 1, 1, 0), ("a", two, 1, 1, 1, 1, 0))
    if RULES[one] == RULES[two]:
        assert exits(rows).dynamic.count == 6
    else:
        with pytest.raises(RequestError, match="pas comptée selon la même règle"):
            exits(rows)


def test_a_kind_without_a_known_rule_is_refused() -> None:
    rows = left(("a", "GEIQ", 1, 1, 1, 1, 0), ("a", None, 1, 1, 1, 1, 0))
    with pytest.raises(RequestError) as refused:
        exits(rows)
    assert str(refused.value) == (
        "Pas de taux de sortie : aucune règle de comptage n'est connue pour type non renseigné, "
        "GEIQ. Ne garder que les types qui en ont une : AI, ACI, EI, ETTI, EITI."
    )


def test_each_kind_apart_in_the_order_of_the_list_and_what_is_missing_is_counted() -> None:
    rows = pd.concat([ROWS, left(("a", "AI", 9, None, 1, 1, 0))])
    found = exits_by_kind(rows)
    assert [one.kinds for one in found] == [("AI",), ("ACI",), ("EI",), ("ETTI",)]
    assert [one.missing for one in found] == [1, 0, 0, 0]
    assert found[0].dynamic.words == "20 sur 40"
    assert exits(ROWS[:0]).dynamic.n == 0


def test_territories_of_unlike_mix_are_set_beside_what_their_mix_would_give() -> None:
    found = dynamic_beside_reference(ROWS, ["b", "c", "a"])
    assert list(found.table["unit"]) == ["b", "c", "a"]
    assert found.rates == (0.5, 0.6, 0.6, 0.5)
    assert list(found.table["observed"]) == [26, 0, 16]
    assert list(found.table["expected"]) == pytest.approx([26, 0, 16])
    assert np.isnan(found.table["ratio"][1])


def test_a_territory_with_an_unknown_count_is_not_expected_less() -> None:
    rows = pd.concat([ROWS, left(("a", "AI", 9, None, 1, 1, 0))])
    table = dynamic_beside_reference(rows, ["a", "b"]).table
    assert table["ratio"].isna().tolist() == [True, False]


UNITS = ["13", "84", "06"]
JOBS = [100, 100, 100]


def test_three_denominators_side_by_side_and_the_absent_one_is_said() -> None:
    found = equipment(
        UNITS, JOBS, {"active_population": [50_000, 100_000, 0], "job_seekers": [5000, 4000, 2500]}
    )
    assert list(found.table.columns) == ["unit", "numerator", "job_seekers", "active_population"]
    assert list(found.table["unit"]) == UNITS
    assert list(found.table["job_seekers"]) == [20, 25, 40]
    assert found.absent == ("minimum_income",)
    assert found.lacking == {"job_seekers": (), "active_population": ("06",)}
    assert found.reference["active_population"] == pytest.approx(1000 * 200 / 150_000)


def test_the_reading_flips_when_the_sign_changes_with_the_denominator() -> None:
    found = equipment(
        UNITS, JOBS,
        {"job_seekers": [5000, 4000, 2500], "active_population": [5e4, 1e5, 1e5],
         "minimum_income": None},
    )  # fmt: skip
    one = flip(found, "13", "84")
    assert one.flips
    assert (one.higher, one.lower) == (("active_population",), ("job_seekers",))
    assert one.unknown == ("minimum_income",)
    assert not flip(found, "84", "06").flips
    assert [(pair.unit, pair.other) for pair in flips(found)] == [("13", "84"), ("13", "06")]
    assert flips(found, ["84", "06"]) == ()
    alone = flip(found, "13")
    assert (alone.higher, alone.lower) == (("active_population",), ("job_seekers",))


def test_an_empty_denominator_is_absent_and_a_strange_one_is_refused() -> None:
    found = equipment(["a"], [3], {"job_seekers": [np.nan], "minimum_income": [0]})
    assert found.absent == DENOMINATORS
    assert flip(found, "a").unknown == DENOMINATORS
    with pytest.raises(ValueError, match="households"):
        equipment(["a"], [3], {"households": [4]})
    with pytest.raises(ValueError, match="among the units"):
        flip(found, "b")


people = st.one_of(st.none(), st.integers(0, 5000))


@given(st.lists(st.tuples(people, people, people, people), min_size=1, max_size=8), st.data())
def test_one_changed_value_never_changes_the_order(
    rows: list[tuple[int | None, ...]], data: st.DataObject
) -> None:
    units = [f"T{(5 * i) % 9}" for i in range(len(rows))]
    changed = [list(row) for row in rows]
    at = data.draw(st.integers(0, len(rows) - 1))
    changed[at][data.draw(st.integers(0, 3))] = data.draw(people)
    for given_ in (rows, changed):
        top, *under = np.array(given_, float).T
        found = equipment(units, top, dict(zip(DENOMINATORS, under)))
        assert list(found.table["unit"]) == units
        order = {unit: i for i, unit in enumerate(units)}
        pairs = [(order[pair.unit], order[pair.other]) for pair in flips(found)]
        assert pairs == sorted(pairs)
        for pair in flips(found):
            back = flip(found, pair.other, pair.unit)
            assert (back.higher, back.lower) == (pair.lower, pair.higher)
