"""What changed since a day: each difference has one cause, and none is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dts_research.analysis.changes import (
    DEFINITION,
    KINDS,
    PERIMETER,
    REAL,
    REVISED,
    Known,
    changes,
)
from dts_research.schema import catalogue

DAY = date(2026, 6, 4)
KNOWN = Known(DAY, "SE-1")
Tables = dict[str, list[dict[str, Any]]]


def frames(tables: Tables) -> dict[str, pd.DataFrame]:
    return {
        name: pd.DataFrame(rows, columns=list(catalogue().tables[name].names), dtype=object)
        for name, rows in tables.items()
    }


def told(before: Tables, after: Tables, known: Known = KNOWN) -> list[tuple[str, str, str]]:
    """Kind, way and record of each change."""
    every = {name: [] for name in {**before, **after}}
    found = changes(frames(every | before), frames(every | after), known)
    return [(item.kind, item.what, item.record) for item in found.items]


def sheet(**fields: Any) -> dict[str, Any]:
    return {"experience_id": "F-1", "title": "Une fiche", **fields}


NEW_OR_LATE = [
    (date(2026, 7, 1), (REAL, "new")),
    (DAY, (REVISED, "late")),
    (date(2024, 7, 1), (REVISED, "late")),
    (None, (REVISED, "undated")),
]


@pytest.mark.parametrize(("day", "cause"), NEW_OR_LATE)
def test_what_came_after_is_new_only_when_it_is_dated_after(day: date | None, cause: Any) -> None:
    assert told({}, {"experiences": [sheet(started_on=day)]}) == [(*cause, "F-1")]


def test_a_corrected_record_is_revised_unless_what_is_corrected_is_dated_after() -> None:
    before = {"experiences": [sheet(started_on=date(2025, 1, 1))]}
    corrected = {"experiences": [sheet(started_on=date(2025, 1, 1), sector="nettoyage")]}
    ended = {"experiences": [sheet(started_on=date(2025, 1, 1), ended_on=date(2026, 9, 1))]}
    moved = {"experiences": [sheet(started_on=date(2026, 9, 1))]}
    assert told(before, corrected) == [(REVISED, "corrected", "F-1")]
    assert told(before, moved) == [(REVISED, "corrected", "F-1")]  # one day put for another
    assert told(before, ended) == [(REAL, "went_on", "F-1")]


def test_the_day_a_line_was_touched_is_no_change() -> None:
    before, after = sheet(updated_on=date(2025, 1, 1)), sheet(updated_on=date(2026, 8, 1))
    assert told({"experiences": [before]}, {"experiences": [after]}) == []


def test_a_decision_that_moved_is_real_and_one_reworded_is_revised() -> None:
    row = {"decision_id": "D-1", "statement": "Écrire", "status": "to_do"}
    assert told({"decisions": [row]}, {"decisions": [row | {"status": "done"}]}) == [
        (REAL, "moved", "D-1")
    ]
    assert told({"decisions": [row]}, {"decisions": [row | {"statement": "Relire"}]}) == [
        (REVISED, "corrected", "D-1")
    ]


def test_what_the_session_itself_wrote_is_no_change_since() -> None:
    rows = {
        "sessions": [{"session_id": "SE-1", "date": DAY}],
        "session_participants": [{"row_id": "P-1", "session_id": "SE-1", "count": 9}],
        "decisions": [{"decision_id": "D-1", "session_id": "SE-1", "status": "to_do"}],
        "hypotheses": [{"hypothesis_id": "H-1", "status": "examined", "moved_by": "SE-1"}],
    }
    past = {"hypotheses": [{"hypothesis_id": "H-1", "status": "stated"}]}
    empty = {name: [] for name in rows}
    found = changes(frames(empty | past), frames(rows), KNOWN)
    assert found.items == ()
    assert [record for _, record in found.own] == ["D-1", "H-1", "P-1", "SE-1"]


def test_a_sheet_that_was_elsewhere_changes_the_perimeter_with_all_its_parts() -> None:
    known = Known(DAY, ids_before={"experiences": frozenset({"F-1"})})
    after = {
        "experiences": [sheet(started_on=date(2026, 8, 1))],
        "experience_steps": [{"step_id": "E-1", "experience_id": "F-1"}],
    }
    assert told({}, after, known) == [(PERIMETER, "entered", "F-1")]
    gone = Known(DAY, ids_after={"experiences": frozenset({"F-1"})})
    assert told(after, {}, gone) == [(PERIMETER, "left", "F-1")]
    assert told(after, {}) == [(REVISED, "gone", "F-1")]


@pytest.mark.parametrize(
    ("joined", "cause"),
    [(date(2026, 7, 1), (REAL, "new")), (date(2025, 7, 1), (PERIMETER, "entered")),
     (None, (PERIMETER, "entered"))],
)  # fmt: skip
def test_a_member_joins_or_was_not_counted(joined: date | None, cause: Any) -> None:
    row = {"membership_id": "A-1", "structure_id": "S-1", "joined_on": joined}
    assert told({}, {"memberships": [row]}) == [(*cause, "A-1")]


def test_communes_of_a_perimeter_and_structures_change_the_perimeter() -> None:
    after = {
        "territory_communes": [{"row_id": "T-1", "territory_id": "P-1", "commune_code": "71001"}],
        "structures": [{"structure_id": "S-1"}],
    }
    assert told({}, after) == [(PERIMETER, "entered", "S-1"), (PERIMETER, "bounds", "P-1")]


def test_an_observation_is_new_late_corrected_or_restated() -> None:
    row = {"observation_id": "O-1", "indicator_id": "I-1", "territory_id": "71",
           "period": "2024", "value": 12.0, "vintage": "2025"}  # fmt: skip
    past = {"observations": [row]}
    assert told({}, {"observations": [row | {"period": "2026"}]}) == [(REAL, "new", "I-1")]
    assert told({}, past) == [(REVISED, "late", "I-1")]
    assert told({}, {"observations": [row | {"period": None}]}) == [(REVISED, "undated", "I-1")]
    assert told(past, {"observations": [row | {"value": 13.0}]}) == [(REVISED, "corrected", "I-1")]
    other = row | {"value": 13.0, "vintage": "2026"}
    assert told(past, {"observations": [other]}) == [(DEFINITION, "restated", "I-1")]
    beside = [row, other | {"observation_id": "O-2"}]
    assert told(past, {"observations": beside}) == [(DEFINITION, "restated", "I-1")]


def test_an_indicator_that_means_something_else_takes_its_values_with_it() -> None:
    one = {"indicator_id": "I-1", "label": "Chômage", "unit": "%"}
    row = {"observation_id": "O-1", "indicator_id": "I-1", "period": "2024", "value": 12.0}
    before = {"indicators": [one], "observations": [row]}
    after = {"indicators": [one | {"unit": "‰"}], "observations": [row | {"value": 120.0}]}
    assert told(before, after) == [(DEFINITION, "defined", "I-1")]


def test_without_a_former_state_only_what_is_dated_after_is_told() -> None:
    after = {
        "experiences": [sheet(started_on=date(2024, 1, 1))],
        "experience_steps": [
            {"step_id": "E-1", "experience_id": "F-1", "date": date(2026, 9, 1)},
            {"step_id": "E-2", "experience_id": "F-1", "date": date(2025, 9, 1)},
        ],
        "structures": [{"structure_id": "S-1"}],
    }
    empty = {name: [] for name in after}
    found = changes(frames(empty), frames(after), Known(DAY, received=False))
    assert [(item.kind, item.records) for item in found.items] == [
        (REAL, (("experience_steps", "E-1"),))
    ]
    assert [record for _, record in found.untold] == ["E-2", "F-1", "S-1"]


DATES = st.sampled_from([None, date(2024, 1, 1), DAY, date(2026, 8, 1)])
STATUS = st.sampled_from(["to_do", "done"])
ROWS = {
    "experiences": st.fixed_dictionaries({"started_on": DATES, "sector": st.sampled_from("ab")}),
    "experience_steps": st.fixed_dictionaries(
        {"experience_id": st.sampled_from(["0", "1", "9"]), "date": DATES}
    ),
    "decisions": st.fixed_dictionaries(
        {"status": STATUS, "decided_on": DATES, "session_id": st.sampled_from([None, "SE-1"]),
         "followed_in": st.sampled_from([None, "SE-1"])}),
    "memberships": st.fixed_dictionaries({"joined_on": DATES}),
    "territory_communes": st.fixed_dictionaries({"territory_id": st.sampled_from("pq")}),
    "indicators": st.fixed_dictionaries({"unit": st.sampled_from("ab")}),
    "observations": st.fixed_dictionaries(
        {"indicator_id": st.sampled_from("01"), "period": st.sampled_from(["2024", "2026"]),
         "value": st.sampled_from([1.0, 2.0]), "vintage": st.sampled_from("ab")}),
}  # fmt: skip


@st.composite
def books(draw: st.DrawFn) -> Tables:
    return {
        table: [
            {catalogue().tables[table].key: key, **draw(row)}
            for key in sorted(draw(st.sets(st.sampled_from(["0", "1", "2"]))))
        ]
        for table, row in ROWS.items()
    }


@settings(max_examples=150, deadline=None)
@given(books(), books(), st.booleans(), st.sampled_from(["", "SE-1"]))
def test_a_change_is_in_one_kind_and_none_is_lost(
    before: Tables, after: Tables, received: bool, session: str
) -> None:
    if not received:
        before = {name: [] for name in before}
    ids = {name: frozenset({"2"}) for name in ROWS}
    known = Known(DAY, session, received, ids, ids)
    found = changes(frames(before), frames(after), known)
    covered = [place for item in found.items for place in item.records]
    covered += [*found.own, *found.untold]
    assert len(covered) == len(set(covered))
    assert set(covered) == differing(before, after)
    assert {item.kind for item in found.items} <= set(KINDS)
    assert all(len(item.parts) == len(item.records) for item in found.items)


def differing(before: Tables, after: Tables) -> set[tuple[str, str]]:
    found = set()
    for table in after:
        key = catalogue().tables[table].key
        sides = [{row[key]: row for row in side[table]} for side in (before, after)]
        ids = set(sides[0]) | set(sides[1])
        found |= {(table, i) for i in ids if sides[0].get(i) != sides[1].get(i)}
    return found


@settings(max_examples=50, deadline=None)
@given(books())
def test_nothing_changed_in_what_is_the_same(book: Tables) -> None:
    found = changes(frames(book), frames(book), KNOWN)
    assert (found.items, found.own, found.untold) == ((), (), ())
