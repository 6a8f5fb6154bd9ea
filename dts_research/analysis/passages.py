"""Passages of the sheets, word for word, each with the sheet and the field it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from dts_research.analysis.portrait import says_nothing, unanswered
from dts_research.analysis.result import listed
from dts_research.schema.catalogue import catalogue, plain
from dts_research.workbook.criteria import Criterion

# Where each field of a sheet goes in a SEPO matrix; what may be either is for the group to place.
SEPO = {
    "successes": ("what_worked",),
    "failures": ("what_resisted",),
    "potentials": ("transfer_conditions", "would_do_differently"),
    "obstacles": ("open_questions",),
    "to_place": ("observed_effects", "surprises"),
}
_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÀ-Ý0-9«])|\n+")


@dataclass(frozen=True)
class Passage:
    """Words of a sheet.

    Parameters
    ----------
    sheet, title
        Identifier and title of the sheet.
    field
        Name of the field where the words stand.
    text
        The words, as they were written.
    coded
        Whether somebody coded them.
    """

    sheet: str
    title: str
    field: str
    text: str
    coded: bool = False


@dataclass(frozen=True)
class Answers:
    """What the sheets answer in some fields: passages, and how many answers say nothing.

    Parameters
    ----------
    nothing
        How many answers say « rien à signaler ».
    blank
        How many are left blank.
    """

    passages: tuple[Passage, ...]
    nothing: int
    blank: int


def answers(experiences: pd.DataFrame, fields: Sequence[str]) -> Answers:
    """Gather what the sheets say in some fields, sheet by sheet in the order given."""
    told, nothing, blank = [], 0, 0
    for record in experiences.to_dict("records"):
        for name in fields:
            text = record.get(name)
            if unanswered(text):
                blank += 1
            elif says_nothing(text):
                nothing += 1
            else:
                told.append(_passage(record, name, str(text)))
    return Answers(tuple(told), nothing, blank)


def sepo(experiences: pd.DataFrame) -> dict[str, Answers]:
    """Distribute the sheets over successes, failures, potentials, obstacles, and what is neither.

    Nothing is judged: a passage goes where the question it answers sends it.
    """
    return {name: answers(experiences, fields) for name, fields in SEPO.items()}


def noted(experiences: pd.DataFrame, column: str) -> dict[str, int]:
    """Count the sheets that note each code of a list; codes that none notes are left out."""
    counts: dict[str, int] = {}
    for cell in experiences[column]:
        for code in dict.fromkeys(listed(cell)):
            counts[code] = counts.get(code, 0) + 1
    return counts


@dataclass(frozen=True)
class Crossing:
    """What one sheet says of one criterion.

    Parameters
    ----------
    passages
        Coded passages first, then whole fields, then sentences that hold one of the words.
    codes
        Codes of the criterion that the sheet bears: themes, missions, obstacles or levers.
    nothing
        Whether the sheet answers « rien à signaler ».
    """

    passages: tuple[Passage, ...]
    codes: tuple[str, ...] = ()
    nothing: bool = False


def crossed(
    experiences: pd.DataFrame, codings: pd.DataFrame, criteria: Sequence[Criterion]
) -> list[list[Crossing]]:
    """Cross sheets and criteria.

    Returns
    -------
    list of list of Crossing
        One line per sheet, in the order given; one cell per criterion.
    """
    coded = {key: part.to_dict("records") for key, part in codings.groupby("experience_id")}
    patterns = [_pattern(criterion.words) for criterion in criteria]
    return [
        [
            _cell(record, coded.get(record["experience_id"], []), criterion, pattern)
            for criterion, pattern in zip(criteria, patterns)
        ]
        for record in experiences.to_dict("records")
    ]


def _cell(
    record: dict, codings: list[dict], criterion: Criterion, pattern: re.Pattern[str] | None
) -> Crossing:
    whole = [
        _passage(record, name, str(record[name]))
        for name in criterion.fields
        if not says_nothing(record.get(name))
    ]
    found = [*_coded(record, codings, criterion), *whole]
    for passage in _worded(record, pattern):
        inside = (p for p in found if p.field == passage.field)
        if not any(passage.text in p.text or p.text in passage.text for p in inside):
            found.append(passage)
    answered = any(
        says_nothing(record.get(name)) and not unanswered(record.get(name))
        for name in criterion.fields
    )
    return Crossing(tuple(found), _codes(record, criterion), answered)


def _codes(record: dict, criterion: Criterion) -> tuple[str, ...]:
    """Codes of a criterion that a sheet bears, each with what it is a code of."""
    asked = {"themes": criterion.themes, "missions": criterion.missions}
    asked |= {"obstacles": criterion.obstacles, "levers": criterion.obstacles}
    return tuple(
        f"{column}:{code}"
        for column, codes in asked.items()
        for code in listed(record.get(column))
        if code in codes
    )


def _coded(record: dict, codings: list[dict], criterion: Criterion) -> Iterator[Passage]:
    """Passages that somebody coded; two coders of one passage give it once."""
    asked = {*criterion.themes, *criterion.missions}
    seen = set()
    names = catalogue().tables["experiences"].titles
    for row in codings:
        text = record.get(names.get(row["field"], row["field"]))
        if row["code_id"] not in asked or not isinstance(text, str):
            continue
        start, end = (None if pd.isna(row[k]) else int(row[k]) for k in ("start", "end"))
        words = text[start:end].strip()
        if words and (row["field"], words) not in seen:
            seen.add((row["field"], words))
            yield _passage(record, str(row["field"]), words, coded=True)


def _worded(record: dict, pattern: re.Pattern[str] | None) -> Iterator[Passage]:
    """Sentences of a sheet that hold one of the words of a criterion."""
    if pattern is None:
        return
    for field in catalogue().tables["experiences"].fields:
        text = record.get(field.name)
        if not field.long or not isinstance(text, str):
            continue
        for sentence in _SENTENCE.split(text):
            if pattern.search(plain(sentence)):
                yield _passage(record, field.name, sentence.strip())


def _pattern(words: Sequence[str]) -> re.Pattern[str] | None:
    """Look for whole words, in the singular or the plural; a star stands for any ending."""
    parts = []
    for word in words:
        bare = re.escape(plain(word.rstrip("*")))
        ending = r"\w*" if word.endswith("*") else r"(?:s|x|es)?"
        start = r"\b" if re.match(r"\w", bare) else ""
        stop = r"\b" if bare[-1:].isalnum() else ""
        parts.append(f"{start}{bare}{ending if stop else ''}{stop}")
    return re.compile("|".join(parts)) if parts else None


def _passage(record: dict, field: str, text: str, *, coded: bool = False) -> Passage:
    return Passage(str(record["experience_id"]), str(record["title"]), field, text, coded)
