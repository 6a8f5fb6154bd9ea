"""Chance, the same each time a report is made: drawn from its identifier."""

from __future__ import annotations

import hashlib
import random
from typing import Any

import numpy as np


def seed_of(report_id: str) -> int:
    """Number from which the chance of a report starts; numpy takes 32 bits."""
    return int.from_bytes(hashlib.sha256(report_id.encode()).digest()[:4], "big")


def seed(report_id: str) -> None:
    """Start the chance of this process, Python's and numpy's."""
    random.seed(seed_of(report_id))
    np.random.seed(seed_of(report_id))


def seed_first_cell(shell: Any, report_id: str) -> None:
    """Start it when the first cell of a kernel runs: the kernel itself draws before."""

    def start(_: Any) -> None:
        shell.events.unregister("pre_run_cell", start)
        seed(report_id)

    shell.events.register("pre_run_cell", start)


def seeding(report_id: str) -> str:
    """Line of Python that asks an ordinary kernel for it, and leaves no name there."""
    return (
        f"__import__({__name__!r}, fromlist=['seeds']).seed_first_cell(get_ipython(), "
        f"{report_id!r});"
    )
