"""Names follow the rows of a class, not its letter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dts_research.workbook.class_names import UNNAMED, jaccard, named

SAVED = {"Rural âgé": ("03", "15", "23"), "Grande ville": ("13", "59", "69", "75")}


def test_a_class_keeps_its_name_when_one_row_changes() -> None:
    found = named({"A": ("13", "59", "69", "75", "33"), "B": ("15", "23")}, SAVED)
    assert found == {"A": "Grande ville", "B": "Rural âgé"}


def test_a_class_that_holds_too_little_of_any_is_to_be_named() -> None:
    found = named({"A": ("03", "13", "59"), "B": ("15", "23", "69", "75")}, SAVED)
    assert found == {"A": UNNAMED, "B": UNNAMED} == {"A": "à nommer", "B": "à nommer"}
    # Exactly half is not more than half.
    assert named({"A": ("13", "59")}, SAVED) == {"A": UNNAMED}
    assert named({"A": ()}, {"Personne": ()}) == {"A": UNNAMED}
    assert jaccard("ab", "bc") == 1 / 3


LABELS = st.lists(st.integers(0, 3), min_size=12, max_size=12)


def groups(labels: list[int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row, label in enumerate(labels):
        found.setdefault("ABCD"[label], []).append(row)
    return found


@given(before=LABELS, after=LABELS)
def test_no_name_is_given_twice_nor_by_order(before: list[int], after: list[int]) -> None:
    saved, classes = groups(before), groups(after)
    found = named(classes, saved)
    assert list(found) == list(classes)
    given_names = [name for name in found.values() if name != UNNAMED]
    assert len(given_names) == len(set(given_names))
    again = named(dict(reversed(classes.items())), dict(reversed(saved.items())))
    assert again == found


@given(labels=LABELS)
def test_the_same_classes_keep_all_their_names(labels: list[int]) -> None:
    classes = groups(labels)
    saved = {f"nom de {letter}": rows for letter, rows in classes.items()}
    assert named(classes, saved) == {letter: f"nom de {letter}" for letter in classes}
