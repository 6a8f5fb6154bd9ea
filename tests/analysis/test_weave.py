"""The path of a record across levels, and the readings of one hypothesis."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from dts_research.analysis import weave as study

SESSIONS = pd.DataFrame(
    [("SE-N", "Journée nationale", "national"), ("SE-R", "Rencontre", "regional"),
     ("SE-71", "Séance", "local")],
    columns=["session_id", "label", "level"],
)  # fmt: skip


def hypotheses(*rows: tuple[str, str | None, str, str, tuple[str, ...]]) -> pd.DataFrame:
    """Rows of: id, territory, session, scope, what it comes from."""
    names = ["hypothesis_id", "territory_id", "session_id", "scope", "comes_from"]
    frame = pd.DataFrame(rows, columns=names, dtype=object)
    return frame.assign(
        statement=[f"Énoncé {r[0]}." for r in rows], status="stated", evidence_for=None,
        evidence_against=None,
    )  # fmt: skip


PATH = hypotheses(
    ("H-71", "71", "SE-71", "remontee", ()),
    ("H-N", None, "SE-N", "descendue", ("H-71",)),
    ("H-29", "29", None, "descendue", ("H-N",)),
    ("H-13", "13", None, "local", ()),
    ("H-R", None, "SE-R", "local", ()),
)  # type: ignore[arg-type]


def woven(frame: pd.DataFrame) -> study.Weave:
    return study.woven({"hypotheses": frame}, SESSIONS)


def test_the_level_is_that_of_the_territory_then_of_the_session() -> None:
    table = woven(PATH).table.set_index("id")
    assert dict(table["level"]) == {
        "H-71": "local", "H-N": "national", "H-29": "local", "H-13": "local", "H-R": "regional",
    }  # fmt: skip
    assert table["session"]["H-N"] == "Journée nationale"


def test_a_path_goes_up_and_comes_back() -> None:
    weave = woven(PATH)
    for one in ("H-71", "H-N", "H-29"):
        assert weave.path(one) == ["H-71", "H-N", "H-29"]
    assert weave.path("H-13") == ["H-13"]
    assert weave.families() == [["H-71", "H-N", "H-29"]]


def test_what_a_territory_raised_is_told_with_its_answers() -> None:
    found = study.raised(woven(PATH)).set_index("id")
    assert list(found.index) == ["H-71"]
    assert found["answers"]["H-71"] == ["H-N"]
    assert found["back"]["H-71"] == ["H-29"]


def test_what_is_raised_and_unanswered_stays() -> None:
    frame = hypotheses(("H-1", "71", "SE-71", "remontee", ()), ("H-2", "71", "SE-71", "local", ()))
    found = study.raised(woven(frame))
    assert list(found["id"]) == ["H-1"]
    assert list(found["answers"]) == [[]]


def test_what_comes_down_says_where_it_comes_from_and_what_is_done_here() -> None:
    weave = woven(PATH)
    here = study.come_down(weave, "29").set_index("id")
    assert here["here"]["H-N"] == ["H-29"]
    assert here["origins"]["H-N"] == ["H-71"]
    elsewhere = study.come_down(weave, "13").set_index("id")
    assert elsewhere["here"]["H-N"] == []
    assert "H-R" not in elsewhere.index


def test_a_source_that_is_not_known_is_left_out() -> None:
    assert woven(hypotheses(("H-1", "71", "SE-71", "local", ("H-9",)))).path("H-1") == ["H-1"]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
def test_loops_end_and_every_family_is_whole(links: list[tuple[int, int]]) -> None:
    origins = {n: tuple(f"H-{b}" for a, b in links if a == n) for n in range(6)}
    rows = [(f"H-{n}", str(n), "SE-71", "local", origins[n]) for n in range(6)]
    weave = woven(hypotheses(*rows))
    for n in range(6):
        path = weave.path(f"H-{n}")
        assert f"H-{n}" in path
    families = weave.families()
    flat = [one for family in families for one in family]
    assert len(flat) == len(set(flat))
    for a, b in links:
        if a != b:
            family = next(f for f in families if f"H-{a}" in f)
            assert f"H-{b}" in family
