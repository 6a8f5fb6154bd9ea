"""Which version stands, and which ones part, whatever the order in which they are told."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dts_research.reflection.bundles_lineage import (
    Lineage,
    Version,
    ancestors,
    digest_of,
    last_ones,
    standing,
    together,
)

TOLD = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=5)


def version(word: str, at: int = 0, **cells: str) -> Version:
    says = {"id": "D-1", "statement": word, **cells}
    return Version(digest_of(says), says, f"2026-01-01 {at:06d}")


def chain(words: list[str], start: int = 0) -> Lineage:
    """One place that says words one after the other."""
    told = [version(word, start + n) for n, word in enumerate(words)]
    links = {(a.digest, b.digest): b.at for a, b in pairwise(told) if a.digest != b.digest}
    return Lineage({one.digest: one for one in reversed(told)}, links)


def words(lineage: Lineage, digests: list[str] | tuple[str, ...]) -> list[str]:
    return [str((lineage.versions[d].says or {})["statement"]) for d in digests]


def test_a_column_that_nobody_fills_changes_nothing() -> None:
    assert digest_of({"a": "x", "b": None}) == digest_of({"a": "x"})


@given(TOLD)
def test_what_one_place_said_last_stands(said: list[str]) -> None:
    lineage = chain(said)
    assert words(lineage, last_ones(lineage)) == [said[-1]]
    stands = standing(lineage, "decisions")
    assert words(lineage, [stands.shown]) == [said[-1]]
    assert not stands.apart


@given(TOLD, TOLD, TOLD)
def test_the_order_and_the_number_of_times_do_not_matter(
    one: list[str], other: list[str], third: list[str]
) -> None:
    parts = [chain(["z", *said], 10 * n) for n, said in enumerate((one, other, third))]
    whole = together(parts)
    assert together(reversed(parts)) == whole
    assert together([whole, *parts, whole]) == whole
    assert together([together(parts[:2]), parts[2]]) == together([parts[0], together(parts[1:])])
    assert set(whole.versions) == set().union(*(part.versions for part in parts))


@given(TOLD, TOLD)
def test_every_version_is_shown_or_led_to_one_that_is(one: list[str], other: list[str]) -> None:
    whole = together([chain(["z", *one]), chain(["z", *other], 10)])
    ends = last_ones(whole)
    assert ends
    assert set(whole.versions) == set().union(*(ancestors(whole, end) for end in ends))


def test_what_parts_stays_as_it_was_before() -> None:
    whole = together([chain(["avant", "une"]), chain(["avant", "autre"], 10)])
    stands = standing(whole, "decisions")
    assert words(whole, [stands.shown]) == ["avant"]
    assert sorted(words(whole, stands.apart)) == ["autre", "une"]
    own = version("une").digest
    assert standing(whole, "decisions", own).shown == own


def test_what_one_side_took_back_does_not_part() -> None:
    whole = together([chain(["avant", "une", "avant"]), chain(["avant", "autre"], 10)])
    assert words(whole, last_ones(whole)) == ["autre"]


def test_dates_and_sources_alone_do_not_part() -> None:
    one, other = (version("dit", updated_on=day) for day in ("2026-03-01", "2026-03-02"))
    whole = Lineage({v.digest: v for v in (one, other)})
    assert standing(whole, "decisions").shown == other.digest
    assert not standing(whole, "decisions").apart


def test_a_withdrawal_wins() -> None:
    kept, gone = version("x", level="quote"), version("x", withdrawn_on="2026-04-01")
    whole = Lineage({v.digest: v for v in (kept, gone)})
    assert standing(whole, "consents").shown == gone.digest
    assert standing(whole, "decisions").apart


def test_a_version_known_by_its_digest_only_is_never_shown() -> None:
    lost = Version("f" * 24, None)
    whole = together([chain(["dit"]), Lineage({lost.digest: lost})])
    assert words(whole, [standing(whole, "decisions").shown]) == ["dit"]
