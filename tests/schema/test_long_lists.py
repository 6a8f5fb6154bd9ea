"""A page pasted into a cell of a list is cut in the time of its length."""

from __future__ import annotations

import pytest

from dts_research.schema import catalogue
from dts_research.schema.casts import split_list

THEMES = catalogue().codelists["themes"]
PAGE = 50_000


@pytest.mark.parametrize("text", ["ab cd " * PAGE, "x" * PAGE, " ".join(["mutualisation"] * PAGE)])
def test_words_by_thousands_are_cut_without_comparing_each_with_all(text: str) -> None:
    pieces = split_list(text.strip(), THEMES)
    assert pieces in ((text.strip(),), ("mutualisation",))


def test_labels_that_hold_commas_and_blanks_are_kept_whole() -> None:
    labels = [label for label in THEMES.labels.values() if " " in label]
    assert labels
    assert split_list(", ".join(labels), THEMES) == tuple(labels)
    assert split_list("mutualisation  " + next(iter(THEMES.labels)), THEMES) == tuple(
        dict.fromkeys(("mutualisation", next(iter(THEMES.labels))))
    )
