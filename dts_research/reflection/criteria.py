"""What a reader answers before something is published, declared once in ``review_criteria.csv``."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dts_research.schema.catalogue import plain

YES, NO, NOT_RELEVANT = "yes", "no", "not_relevant"
ANSWERS: Mapping[str, str] = {YES: "Oui", NO: "Non", NOT_RELEVANT: "Sans objet"}
_SHORT = {"o": YES, "n": NO, "so": NOT_RELEVANT, "s.o.": NOT_RELEVANT, "s. o.": NOT_RELEVANT}


@dataclass(frozen=True)
class Criterion:
    """One thing to look at, in one of four groups."""

    group: str
    code: str
    label: str
    definition: str


@cache
def criteria() -> Mapping[str, Criterion]:
    """Every criterion by its code, those of a group together."""
    text = files("dts_research.reflection").joinpath("review_criteria.csv").read_text("utf-8")
    return {row["code"]: Criterion(**row) for row in csv.DictReader(io.StringIO(text))}


def answer_of(text: str) -> str:
    """Code of an answer as it was typed, "" when it is none."""
    known = {plain(label): code for code, label in ANSWERS.items()}
    return known.get(plain(text)) or _SHORT.get(plain(text), "")
