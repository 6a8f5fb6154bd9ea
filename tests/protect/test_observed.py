"""Observations as an audience reads them: few people, and what a territory keeps for itself."""

from __future__ import annotations

import pandas as pd
import pytest

from dts_research.protect.disclosure import Policy
from dts_research.protect.observed import guarded

KNOWN = pd.DataFrame(
    {"indicator_id": ["suivis", "taux", "part", "couverture"],
     "unit": ["personnes", "%", "%", "structures membres sur structures éligibles"]}
)  # fmt: skip


def read(policy: Policy, *cells: tuple) -> list[tuple]:
    """State and value of rows told by indicator, place, value, numerator and diffusion."""
    heads = ["indicator_id", "territory_id", "value", "numerator", "diffusion"]
    rows = pd.DataFrame(cells, columns=heads).assign(state="published", denominator=9.0)
    found = guarded(rows, KNOWN, {"71"}, policy)
    return [(r.state, None if pd.isna(r.value) else r.value) for r in found.itertuples()]


def test_few_people_are_secret_whatever_says_them_and_a_small_share_is_not() -> None:
    assert read(
        Policy(),
        ("suivis", "71", 3.0, None, "public"), ("taux", "71", 3.0, None, "public"),
        ("part", "71", 30.0, 3.0, "public"), ("couverture", "71", 30.0, 3.0, "public"),
        ("suivis", "71", 5.0, None, "public"), ("suivis", "71", 0.0, None, "public"),
    ) == [
        ("secret", None), ("published", 3.0), ("secret", None), ("published", 30.0),
        ("published", 5.0), ("published", 0.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("audience", "own", "other"),
    [("territory", "published", "not_published"), ("network", "not_published", "not_published")],
)
def test_what_a_territory_keeps_is_read_there_only(audience: str, own: str, other: str) -> None:
    for level in ("territory", None):
        found = read(Policy(audience=audience), ("taux", "71", 12.0, None, level),
                     ("taux", "01", 12.0, None, level))  # fmt: skip
        assert [state for state, _ in found] == [own, other]
