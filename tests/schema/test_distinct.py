"""A column is checked once per distinct text: each row gets what it would get alone."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from dts_research.schema import catalogue
from dts_research.schema.checks import check
from dts_research.schema.distinct import by_distinct, distinct, trimmed

SCHEMA = catalogue().tables["experiences"]
CELLS = {
    "title": st.sampled_from([None, "", "Jardin", " Jardin ", "Sport &amp; <b>", "Vélo"]),
    "started_on": st.sampled_from([None, "31/02/2024", "2024-03-01", "45000", " 1er mars 2024 "]),
    "people_count": st.sampled_from([None, "12", "-3", "douze", "14.0", "1 200", " 12"]),
    "missions": st.sampled_from([None, "M1|zz|yy", "M1", "zz", "M2;M1"]),
    "stage": st.sampled_from([None, "en_cours", "En cours", "encour"]),
}
ROWS = st.lists(st.tuples(*CELLS.values()), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_a_row_is_checked_among_others_as_it_is_alone(rows: list[tuple[str | None, ...]]) -> None:
    frame = pd.DataFrame(rows, columns=list(CELLS), dtype="str").assign(
        experience_id=[f"F-{n}" for n in range(len(rows))]
    )
    frame.index = frame.index * 3 + 2
    typed, issues = check(frame, SCHEMA)
    for number in frame.index:
        alone, said = check(frame.loc[[number]], SCHEMA)
        assert typed.loc[number].map(repr).tolist() == alone.loc[number].map(repr).tolist()
        mine = issues[issues["row"] == number].reset_index(drop=True)
        assert mine.astype(str).values.tolist() == said.astype(str).values.tolist()
    assert list(issues["row"]) == sorted(issues["row"])


def test_values_and_sentences_stand_where_the_text_stands() -> None:
    text = pd.Series(["b", None, "a", "b"], index=[2, 4, 7, 9], dtype="str")
    once = distinct(text)
    assert once.texts.fillna("").tolist() == ["b", "", "a"]
    assert once.spread(by_distinct(once.texts, str.upper)).fillna("").to_dict() == {
        2: "B", 4: "", 7: "A", 9: "B"
    }  # fmt: skip
    found = pd.DataFrame({"row": [0, 0, 2], "message": ["first", "second", "third"]})
    assert once.everywhere(found).values.tolist() == [
        [2, "first"], [2, "second"], [7, "third"], [9, "first"], [9, "second"]
    ]  # fmt: skip


def test_outer_blanks_are_taken_off_and_blank_cells_are_missing() -> None:
    plain = pd.Series(["Jardin", None, "Vélo"], index=[2, 3, 5], dtype="str")
    assert trimmed(plain).equals(plain)
    odd = pd.Series([" Jardin\u00a0", "  ", None], index=[2, 3, 5], dtype="str")
    assert trimmed(odd).fillna("").tolist() == ["Jardin", "", ""]
    assert trimmed(odd).isna().tolist() == [False, True, True]
    assert trimmed(odd).index.tolist() == [2, 3, 5]
