"""A few records out of many: each trait met, always the same choice, no order of merit."""

from __future__ import annotations

from dts_research.analysis.spread import spread

SHEETS = [("M1", "Autun"), ("M1", "Autun"), ("M1", "Mâcon"), ("M2", "Cluny"), ("M3", "Louhans")]


def test_each_trait_is_met_before_any_comes_back() -> None:
    kept = spread(SHEETS, 3)
    assert {SHEETS[i][0] for i in kept} == {"M1", "M2", "M3"}
    assert kept == sorted(kept) == spread(SHEETS, 3)


def test_another_start_shows_others() -> None:
    assert spread(SHEETS, 1) == [0]
    assert spread(SHEETS, 1, start=2) == [2]


def test_asked_for_more_than_there_is_gives_all() -> None:
    assert spread(SHEETS, 9, start=4) == list(range(len(SHEETS)))
    assert spread([], 3) == []
    assert spread([(), ()], 1) == [0]
