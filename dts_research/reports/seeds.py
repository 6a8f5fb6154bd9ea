"""Chance, the same each time a report is made: drawn from its identifier."""

from __future__ import annotations

import hashlib
import random

import numpy as np


def seed_of(report_id: str) -> int:
    """Number from which the chance of a report starts; numpy takes 32 bits."""
    return int.from_bytes(hashlib.sha256(report_id.encode()).digest()[:4], "big")


def seed(report_id: str) -> None:
    """Start the chance of this process, Python's and numpy's."""
    random.seed(seed_of(report_id))
    np.random.seed(seed_of(report_id))


def seeding(report_id: str) -> str:
    """Line of Python that does the same in an ordinary kernel, and leaves no name there."""
    number = seed_of(report_id)
    return f"__import__('random').seed({number}); __import__('numpy').random.seed({number});"
