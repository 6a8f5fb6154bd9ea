"""Runs killed at any moment, and long ones: the short version of ``benchmarks.soak``."""

import sys

import pytest

from benchmarks.soak import kills

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="processes are followed on Linux"
)


def test_a_run_killed_at_any_moment_ends_with_the_bytes_of_a_calm_one():
    found = kills(3, reports=5, seed=11)
    assert found["kills"] == 3 and found["completed"] >= 1 and found["files"] == 11
    wrong = {name: found[name] for name in ("different", "half", "orphans", "temporary")}
    assert wrong == dict.fromkeys(wrong, 0)
