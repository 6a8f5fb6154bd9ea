"""What is said of days and numbers that cannot be read, and that nothing is ever raised."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dts_research.schema import catalogue
from dts_research.schema.checks import check
from dts_research.schema.rules import contradictions

TABLES = catalogue().tables


def days(*texts: str) -> tuple[list[date | None], list[str]]:
    """Days read in a column, and what is said of its cells."""
    frame = pd.DataFrame({"started_on": texts}, index=range(2, len(texts) + 2))
    typed, issues = check(frame, TABLES["experiences"])
    mine = issues[issues["column"] == "started_on"]
    return list(typed["started_on"]), [f"{m} ; {f}" for m, f in zip(mine["message"], mine["fix"])]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("31/02/2024", "« 31/02/2024 » n'est pas une date ; écrire jj/mm/aaaa"),
        ("12/03/24", "« 12/03/24 » n'a que deux chiffres pour l'année ; écrire l'année en entier, "
         "par exemple 12/03/2024"),
        ("03/25/2024", "« 03/25/2024 » n'est pas une date : le mois serait 25 ; écrire jj/mm/aaaa, "
         "peut-être 25/03/2024"),
        ("2024", "« 2024 » est une année, pas un jour ; écrire jj/mm/aaaa"),
        ("au printemps", "« au printemps » n'est pas une date ; écrire jj/mm/aaaa"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_day_says_why(text: str, sentence: str) -> None:
    assert days(text) == ([None], [sentence])


def test_in_an_american_column_no_day_is_read_silently() -> None:
    read, said = days("03/25/2024", "04/05/2024", "05/05/2024", "2024-01-02")
    assert read == [None, None, date(2024, 5, 5), date(2024, 1, 2)]
    assert said[1] == (
        "« 04/05/2024 » peut se lire jour/mois ou mois/jour : la colonne contient « 03/25/2024 » ; "
        "écrire jj/mm/aaaa"
    )


def test_a_slip_in_a_french_column_casts_no_doubt_on_the_others() -> None:
    read, said = days("25/03/2024", "04/05/2024", "03/25/2024")
    assert read == [date(2024, 3, 25), date(2024, 5, 4), None]
    assert len(said) == 1


@pytest.mark.parametrize(
    ("text", "number"),
    [("1\u202f234\u202f567", 1234567), ("1\u00a0234,5", 1234.5), ("1\u2009234", 1234),
     ("12,50\u00a0€", 12.5)],
)  # fmt: skip
def test_thousands_apart_by_blanks_that_do_not_break(text: str, number: float) -> None:
    typed, issues = check(pd.DataFrame({"amount": [text]}), TABLES["direct_purchases"])
    assert typed["amount"].iloc[0] == number
    assert "amount" not in set(issues["column"])


@pytest.mark.parametrize("text", ["12 personnes", "10 à 15", "12 %"])
def test_a_number_with_words_is_not_a_number_alone(text: str) -> None:
    issues = check(pd.DataFrame({"amount": [text]}), TABLES["direct_purchases"])[1]
    issue = issues[issues["column"] == "amount"].iloc[0]
    assert issue["message"] == f"« {text} » n'est pas un nombre seul"
    assert issue["fix"] == "écrire le nombre seul, par exemple 12,5"


def test_a_repeated_identifier_names_the_row_that_has_it() -> None:
    frame = pd.DataFrame({"experience_id": ["F-1", "F-2", "F-1"], "title": list("abc")})
    frame.index = [4, 5, 9]
    issue = check(frame, TABLES["experiences"])[1].iloc[0]
    assert (issue["row"], issue["message"]) == (9, "« F-1 » est déjà pris par la ligne 4")


CELL = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["03/25/2024", "04/05/2024", "45000", "4,1E+13", "Nord", "M1|M9", "13 001"]),
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(TABLES)), st.data())
def test_any_text_is_typed_or_told_and_no_row_is_lost(table: str, data: st.DataObject) -> None:
    schema = TABLES[table]
    rows = data.draw(
        st.lists(st.fixed_dictionaries({n: CELL for n in schema.names}), min_size=1, max_size=4)
    )
    text = pd.DataFrame(rows, columns=list(schema.names), dtype="str")
    text.index = range(2, len(rows) + 2)
    typed, issues = check(text, schema)
    more = contradictions(typed, schema, text=text)
    assert list(typed.index) == list(text.index)
    told = pd.concat([issues, more])
    assert set(told["row"]) <= set(text.index)
    assert told["message"].str.strip().ne("").all()
    for name in schema.names:
        lost = typed[name].isna() & (text[name].str.strip() != "")
        field = schema.field(name)
        if not field.is_list:
            assert set(text.index[lost]) <= set(issues.loc[issues["column"] == name, "row"])
