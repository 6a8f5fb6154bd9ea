"""Evidence, membership, decisions, partners, places: what the frames say, and no more."""

from __future__ import annotations

from datetime import date

import pandas as pd

from dts_research.analysis import decisions, evidence, membership, partners, places

TODAY = date(2026, 11, 22)


def frame(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(list(rows), dtype=object)


def events(*rows: tuple) -> pd.DataFrame:
    names = ["actor_id", "date", "type", "document", "evidence_level"]
    return pd.DataFrame(list(rows), columns=names, dtype=object)


ACTORS = frame(
    {"actor_id": "B", "type": "commune", "label": "Commune de Belley"},
    {"actor_id": "A", "type": "epci", "label": "Écully et ses voisines"},
    {"actor_id": "H", "type": "hopital", "label": "Hôpital"},
    {"actor_id": "T", "type": "tete_reseau", "label": "Tête de réseau"},
)
PURCHASES = pd.DataFrame(
    [
        ("H", "S1", 2024, 100.0, 2000.0), ("B", "S1", 2024, 50.0, 900.0),
        ("B", "S2", 2024, 10.0, 200.0),
    ],
    columns=["actor_id", "structure_id", "year", "hours", "amount"],
)  # fmt: skip


def test_authorities_come_in_alphabetical_order_those_without_event_included() -> None:
    acts = events(("B", date(2023, 1, 2), "contact", None, "ressenti"))
    found = evidence.threads(acts, ACTORS, PURCHASES, today=TODAY)
    assert [t.who for t in found] == ["Commune de Belley", "Écully et ses voisines", "Hôpital"]
    assert [t.unknown for t in found] == [False, True, False]


def test_events_follow_their_dates_and_steps_back_stay() -> None:
    acts = events(
        ("B", date(2024, 3, 1), "step_back", "Lettre", "document"),
        ("B", date(2022, 3, 1), "contact", None, "ressenti"),
    )
    thread = evidence.threads(acts, ACTORS, PURCHASES, today=TODAY)[0]
    assert list(thread.events["type"]) == ["contact", "step_back"]
    assert (thread.steps_back, thread.undocumented) == (1, 1)
    assert (thread.silent_months, thread.silent) == (32, True)


def test_a_fresh_event_is_not_silence() -> None:
    acts = events(("B", date(2026, 11, 1), "contact", None, None))
    thread = evidence.threads(acts, ACTORS, PURCHASES, today=TODAY)[0]
    assert (thread.silent_months, thread.silent) == (0, False)


def test_months_are_whole() -> None:
    assert evidence.months_between(date(2025, 1, 31), date(2025, 3, 30)) == 1
    assert evidence.months_between(date(2027, 1, 1), TODAY) == 0


def test_purchases_say_what_each_structure_brings() -> None:
    (year,) = evidence.bought_by_year(PURCHASES)
    assert (year.hours, sorted(year.hours_by_structure)) == (160.0, [10.0, 150.0])
    assert [s.who for s in evidence.bought_by_authority(PURCHASES, ACTORS)] == [
        "Commune de Belley", "Hôpital",
    ]  # fmt: skip


def member(key: str, joined: date, left: date | None = None, **more: str) -> dict:
    told = {"status": "member", "denominator_source": None} | more
    return {"collective": "C", "structure_id": key, "joined_on": joined, "left_on": left} | told


STRUCTURES = frame(*({"structure_id": f"S{i}", "kind": "AI"} for i in range(4)))
KINDS = pd.DataFrame(
    [
        ("S0", "AI", date(2000, 1, 1), None), ("S1", "AI", date(2023, 1, 1), None),
        ("S2", "AI", date(2000, 1, 1), date(2023, 6, 1)),
    ],
    columns=["structure_id", "kind", "valid_from", "valid_to"], dtype=object,
)  # fmt: skip


def test_the_denominator_changes_with_the_years() -> None:
    rows = frame(
        member("S0", date(2022, 1, 1)), member("S1", date(2023, 3, 1)),
        member("S2", date(2024, 1, 1)),
    )  # fmt: skip
    (one,) = membership.coverage(rows, STRUCTURES, KINDS, today=TODAY)
    assert list(one.table["members"]) == [1, 2, 3]
    assert list(one.table["eligible"]) == [3, 4, 3]
    assert one.kind == "AI"


def test_the_declared_denominator_comes_first_with_its_source() -> None:
    told = "Liste ASP de janvier 2022 : 11 AI conventionnées"
    rows = frame(member("S0", date(2022, 1, 1), denominator_source=told))
    (one,) = membership.coverage(rows, STRUCTURES, KINDS, today=TODAY)
    assert list(one.table["eligible"]) == [11]
    assert list(one.table["source"]) == [told]


def test_leaving_is_a_step_down_and_observers_are_not_members() -> None:
    rows = frame(
        member("S0", date(2022, 1, 1), date(2024, 1, 1)), member("S1", date(2022, 1, 1)),
        member("S2", date(2022, 1, 1), status="observer"),
    )  # fmt: skip
    (one,) = membership.coverage(rows, STRUCTURES, KINDS, today=TODAY)
    assert list(one.table["members"]) == [2, 1]
    assert one.observers == 1


def decision(key: str, status: str, due: date | None = None, parent: str | None = None) -> dict:
    return {
        "decision_id": key, "statement": f"Décision {key}", "status": status, "due_on": due,
        "decided_on": date(2024, 1, 1), "parent_id": parent,
    }  # fmt: skip


def test_only_open_decisions_can_be_overdue() -> None:
    late = date(2025, 1, 1)
    rows = frame(
        decision("D1", "in_progress", late), decision("D2", "done", late),
        decision("D3", "to_do", date(2027, 1, 1)), decision("D4", "to_do"),
    )  # fmt: skip
    table = decisions.followed(rows, today=TODAY).set_index("decision_id")
    assert table["overdue"].to_dict() == {"D1": True, "D2": False, "D3": False, "D4": False}
    assert set(table["age_months"]) == {34}


def test_a_transformed_decision_says_what_it_became() -> None:
    rows = frame(decision("D1", "transformed"), decision("D2", "done", parent="D1"))
    table = decisions.followed(rows, today=TODAY).set_index("decision_id")
    assert table.loc["D1", "turned_into"] == "Décision D2"
    assert decisions.lineage(rows, "D2") == ("D1", "D2")


def test_a_loop_of_decisions_ends() -> None:
    rows = frame(decision("D1", "transformed", parent="D2"), decision("D2", "done", parent="D1"))
    assert decisions.lineage(rows, "D1") == ("D2", "D1")


def test_partners_by_type_and_role() -> None:
    acts = frame(
        {"experience_id": "F1", "actor_id": "B", "role": "client"},
        {"experience_id": "F2", "actor_id": "B", "role": "client"},
        {"experience_id": "F1", "actor_id": "T", "role": "partenaire"},
    )
    known = ACTORS.assign(outside_network=pd.array([True, True, None, False], dtype="boolean"))
    sheets = frame({"experience_id": "F1"}, {"experience_id": "F2"}, {"experience_id": "F3"})
    found = partners.acting(acts, known, sheets)
    assert (found.actors, found.outside, found.missing) == (2, 1, 1)
    row = found.table.set_index(["type", "role"]).loc[("commune", "client")]
    assert (row["actors"], row["experiences"]) == (1, 2)


def test_places_say_on_what_they_rest() -> None:
    rows = frame(
        {"experience_id": "F1", "evidence": "commune_code", "contradiction": True},
        {"experience_id": "F2", "evidence": "none", "contradiction": False},
        {"experience_id": "F2", "evidence": None, "contradiction": None},
    )
    rows["contradiction"] = rows["contradiction"].astype("boolean")
    sheets = frame({"experience_id": "F1"}, {"experience_id": "F2"})
    result = places.evidence(rows, sheets)
    table = result.table.set_index("code")
    assert table.loc["commune_code", "contradicted"] == 1
    assert (table.loc["none", "count"], table.loc["", "count"], result.missing) == (1, 1, 1)
