"""Cells written for people, read back as numbers and dates, so that a spreadsheet can count them.

A column is numbers, or dates, only when every cell is one or says why it is not there: what is
doubtful stays text, as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dts_research.display.style import MARKS

NUMBER, DATE, TEXT = "nombre", "date", "texte"
BLANKS = frozenset({"", "–", "—", "-"})
ABSENT = BLANKS | {*MARKS.values()}
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip
_SPACES = r"[ \u00a0\u202f\u2009]"
_NUMBER = re.compile(
    rf"([-−+])?(0|[1-9]\d*|[1-9]\d{{0,2}}(?:{_SPACES}\d{{3}})+)(?:,(\d+))?"
    rf"(?:{_SPACES}?(%|€|k€|M€|km²?|ha|ETP|h|ans))?"
)
_DAY = re.compile(rf"(1er|[1-9]|[12]\d|3[01]){_SPACES}({'|'.join(MONTHS)}){_SPACES}(\d{{4}})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_NAMES_A_THING = re.compile(
    r"(?:n°|numéro|codes?|identifiant|insee|siren|siret|rna|finess|uai|téléphone|empreinte"
    r"|version)\b.*|.*\b(?:postal|insee)|fiche",
    re.IGNORECASE,
)
# Beyond this a spreadsheet rounds.
DIGITS = 15
FIRST_YEAR = 1901


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    Parameters
    ----------
    kind
        ``nombre``, ``date`` or ``texte``.
    values
        Numbers, dates, texts; None for a blank.
    form
        How a spreadsheet shows its numbers or dates, "" for texts.
    marks
        The marks of absence it holds.
    """

    label: str
    kind: str
    values: tuple[Any, ...]
    unit: str = ""
    form: str = ""
    marks: tuple[str, ...] = ()


def read_column(label: str, cells: Sequence[str], *, unit: str = "") -> Column:
    """Read a column of texts as what it is.

    Parameters
    ----------
    label
        Head of the column: one that names things, as a code does, is never numbers.
    cells
        Texts as the report shows them.
    unit
        Unit of the head; one that every cell repeats stands for it.
    """
    texts = [cell.strip() for cell in cells]
    marks = tuple(mark for mark in MARKS.values() if mark in texts)
    present = [text for text in texts if text not in ABSENT]
    if present and all(map(_day, present)):
        values = tuple(_value(text, _day) for text in texts)
        return Column(label, DATE, values, unit, "dd/mm/yyyy", marks)
    found = [_NUMBER.fullmatch(text) for text in present]
    units = {match[4] or "" for match in found if match}
    if present and all(found) and len(units) == 1 and _counts(label, present):
        (own,) = units
        share = own == "%"
        values = tuple(_value(text, _number, share) for text in texts)
        return Column(label, NUMBER, values, unit or own, _form(present, own), marks)
    return Column(label, TEXT, tuple(map(_text, texts)), unit, "", marks)


def _counts(label: str, texts: Sequence[str]) -> bool:
    """Whether figures are quantities: not codes, not too long to stay exact."""
    digits = max(len(re.sub(r"\D", "", text)) for text in texts)
    return not _NAMES_A_THING.fullmatch(label.strip()) and digits <= DIGITS


def _value(text: str, read: Any, *told: Any) -> Any:
    if text in BLANKS:
        return None
    return text if text in ABSENT else read(text, *told)


def _text(text: str) -> str | None:
    return text or None


def _number(text: str, share: bool = False) -> float | int:
    match = _NUMBER.fullmatch(text)
    assert match is not None
    sign = -1 if match[1] in ("-", "−") else 1
    whole, part = re.sub(r"\D", "", match[2]), match[3] or ""
    if share:
        return sign * round(float(f"{whole}.{part or 0}") / 100, len(part) + 4)
    return sign * (float(f"{whole}.{part}") if part else int(whole))


def _form(texts: Sequence[str], unit: str) -> str:
    """Format of a spreadsheet's cells: as many decimals as shown, thousands where they are."""
    matches = [match for match in map(_NUMBER.fullmatch, texts) if match]
    places = max(len(match[3] or "") for match in matches)
    plain = any(re.fullmatch(r"\d{4,}", match[2]) for match in matches)
    form = ("0" if plain else "#,##0") + ("." + "0" * places if places else "")
    if unit == "%":
        return f"{form} %"
    return f'{form} "{unit}"' if unit else form


def _day(text: str) -> date | None:
    match, iso = _DAY.fullmatch(text), _ISO.fullmatch(text)
    try:
        if match:
            day = int(match[1].removesuffix("er"))
            found = date(int(match[3]), MONTHS.index(match[2]) + 1, day)
        elif iso:
            found = date(int(iso[1]), int(iso[2]), int(iso[3]))
        else:
            return None
    except ValueError:
        return None
    return found if found.year >= FIRST_YEAR else None
