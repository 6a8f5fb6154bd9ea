"""Indicators by place: ratios, totals, absences, periods, classes."""

from __future__ import annotations

import pandas as pd
import pytest

from dts_research.analysis.indicators import by_place, class_bounds

COLUMNS = ["indicator_id", "territory_id", "period", "value", "state", "numerator", "denominator"]


def observed(*rows: tuple[object, ...]) -> pd.DataFrame:
    full = [(*row, None, None)[:7] if len(row) == 5 else row for row in rows]
    return pd.DataFrame(full, columns=COLUMNS).assign(vintage="2025")


ROWS = observed(
    ("A", "01", "2024", 30, "published"), ("B", "01", "2024", 200, "published"),
    ("A", "02", "2024", 10, "published"), ("B", "02", "2024", None, "not_published"),
    ("A", "03", "2024", None, "secret"), ("B", "03", "2024", 100, "published"),
    ("A", "04", "2024", None, "zero"), ("B", "04", "2024", 50, "published"),
    ("A", "05", "2024", 8, "published"), ("A", "01", "2025", 31, "published"),
)  # fmt: skip


def test_a_ratio_needs_both_and_keeps_the_reason_of_an_absence() -> None:
    found = by_place(ROWS, indicator="A", over="B")
    assert (found.period, found.ratio) == ("2024", True)
    assert found.values.to_dict() == {"01": 15.0, "04": 0.0}
    states = dict(zip(found.table["place"], found.table["state"]))
    assert states["02"] == "not_published"
    assert states["03"] == "secret"
    assert states["05"] == "not_given"
    assert found.reference == pytest.approx(100 * 30 / 250)


def test_a_total_is_the_last_one_known() -> None:
    assert by_place(ROWS, indicator="A").values.to_dict() == {"01": 31.0}
    found = by_place(ROWS, indicator="A", period="2024")
    assert not found.ratio
    assert found.reference == 48


def test_its_own_denominator_is_enough() -> None:
    rows = observed(("A", "01", "2024", None, "published", 3, 4))
    found = by_place(rows, indicator="A")
    assert found.ratio
    assert found.values.to_dict() == {"01": 75.0}


def test_nothing_over_zero() -> None:
    rows = observed(("A", "01", "2024", None, "published", 3, 0))
    assert by_place(rows, indicator="A", over="B").values.empty


def test_an_unknown_indicator_gives_nothing() -> None:
    assert by_place(ROWS, indicator="Z").table.empty


@pytest.mark.parametrize("count", [1, 2, 5, 8, 15, 101])
def test_classes_grow_and_hold_every_value(count: int) -> None:
    values = [10 + (i * 7919 % count) / 3 for i in range(count)]
    bounds = class_bounds(values)
    assert bounds == sorted(set(bounds))
    assert 2 <= len(bounds) <= 6
    assert bounds[0] <= min(values) <= max(values) <= bounds[-1]


def test_equal_values_make_one_class() -> None:
    assert len(class_bounds([4.0, 4.0, 4.0])) == 2
