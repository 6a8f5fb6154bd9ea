"""What may be shown: floors that nobody lowers, small counts, dominance, circles."""

from __future__ import annotations

import pandas as pd
import pytest

from dts_research.errors import ProtectionError
from dts_research.protect.consent import quotable
from dts_research.protect.disclosure import CONTRIBUTORS_FLOOR, DOMINANCE, PEOPLE_FLOOR, Policy


def test_the_floors_are_those_of_the_rules() -> None:
    assert (PEOPLE_FLOOR, CONTRIBUTORS_FLOOR, DOMINANCE) == (5, 3, 0.85)


@pytest.mark.parametrize("asked", [-1, 0, 1, 4])
def test_a_threshold_is_never_lowered(asked: int) -> None:
    with pytest.raises(ProtectionError, match="jamais abaissé") as refused:
        Policy(people=asked)
    assert refused.value.exit_code == 4


@pytest.mark.parametrize(
    ("count", "floor", "hidden"),
    [
        (None, 5, False), (0, 5, False), (1, 5, True), (4, 5, True), (5, 5, False),
        (10, 11, True), (11, 11, False), (0.5, 5, True),
    ],
)  # fmt: skip
def test_small_counts_of_people_are_secret_and_zero_is_not(count, floor, hidden) -> None:
    assert Policy(people=floor).hides_people(count) is hidden


@pytest.mark.parametrize(
    ("amounts", "hidden"),
    [
        ([], False), ([0, 0], False), ([10], True), ([10, 10], True), ([10, 10, 10], False),
        ([10, 10, 0], True), ([85, 10, 5], False), ([86, 9, 5], True), ([1e6, 1, 1, 1], True),
    ],
)  # fmt: skip
def test_magnitudes_need_three_contributors_and_none_that_dominates(amounts, hidden) -> None:
    assert Policy().hides_magnitude(amounts) is hidden


CIRCLES = ("private", "territory", "network", "public")


@pytest.mark.parametrize("audience", CIRCLES[1:])
@pytest.mark.parametrize("level", [*CIRCLES, None, "", "inconnu"])
def test_material_goes_no_wider_than_it_may(level: str | None, audience: str) -> None:
    known = level if level in CIRCLES else "territory"
    allowed = CIRCLES.index(known) >= CIRCLES.index(audience)
    assert Policy(audience=audience).lets_through(level) is allowed


def test_private_material_reaches_nobody() -> None:
    assert not any(Policy(audience=a).lets_through("private") for a in CIRCLES[1:])


def test_quotes_without_consent_are_kept_back_and_counted() -> None:
    levels = ["quote", "structure_name", "analysis", "aggregate", None, "inconnu"]
    quotes = pd.DataFrame({"consent": levels, "text": list("abcdef")})
    assert quotable(quotes)["text"].tolist() == ["a", "b"]
