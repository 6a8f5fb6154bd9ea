"""What a column holds, told by its cells alone: identifiers, places, days, words of our lists.

A kind is given only when its cells can hardly be anything else: five digits are a postal code or
a commune code when they look like a list of them, a column of small numbers is never a list of
departements.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from dts_research.schema import casts
from dts_research.schema.catalogue import Catalogue, Codelist, Field, plain
from dts_research.schema.departements import departement_named, departements
from dts_research.schema.repairs import departement, departement_of, luhn_is_right, siren, siret

ENOUGH = 0.8
FEWEST = 3
MOST = 200
LONGEST = 512  # twice an electronic address, the longest identifier of a person
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
_PHONE = re.compile(
    r"(?<!\d)(?:(?:\+|00)33|\(\+?33\)|0)\s*(?:\(0\))?[1-9](?:[\s.\-/]?\d{2}){4}(?!\d)"
)
_NIR = re.compile(
    r"(?<!\d)[12]\s?\d{2}\s?(?:0[1-9]|1[0-2]|[2-9]\d)\s?(?:\d{2}|2[AB])(?:\s?\d{3}){2}"
    r"(?:\s?\d\d)?(?!\d)"
)
_TITLE = re.compile(
    r"\b(?:e-?mails?|mails?|courriels?|adresses? electroniques?|telephones?|tel(?!-| que)|"
    r"prenoms?|nom du contact|date de naissance|nir|securite sociale)\b|"
    # « Équipe mobile », « Ordinateur portable » are words of an activity.
    r"(?:^|\b(?:numeros?|n°|no|tel\.?)(?: de)? )(?:portables?|mobiles?)\b(?! et| d')"
)
_DEGREES = re.compile(r"-?\d{1,3}[.,]\d{3,}")
_FIVE = re.compile(r"\d{5}|2[AB]\d{3}")
PRIVATE: dict[str, re.Pattern[str]] = {
    "adresses électroniques": _EMAIL,
    "numéros de téléphone": _PHONE,
    "numéros de sécurité sociale": _NIR,
}


@dataclass(frozen=True)
class Content:
    """What a column holds (`kind`), what share of its cells, and the same in French."""

    kind: str
    share: float
    words: str

    @property
    def said(self) -> str:
        """For a sentence: « 98 % de SIRET dont la clé est juste »."""
        return _share(self.share, self.words)


def _share(share: float, words: str) -> str:
    of = "d'" if words[0] in "aeiou" else "de "
    return f"{100 * share:.0f} % {of}{words}"


def private(title: str, cells: pd.Series) -> str | None:
    """Name the personal identifiers that most cells are, or that the title announces, or None."""
    text = _texts(cells)
    for words, pattern in PRIVATE.items():
        found = text.map(lambda t, p=pattern: _is_mostly(p, t))
        if len(text) and found.mean() >= 0.5:
            return _share(float(found.mean()), words)
    announced = _TITLE.search(plain(title))
    return f"d'après son titre, « {announced[0]} »" if announced else None


def _is_mostly(pattern: re.Pattern[str], text: str) -> bool:
    found = pattern.search(text) if len(text) <= LONGEST else None
    return found is not None and len(found[0]) >= len(text) / 2


def content_of(cells: pd.Series) -> Content | None:
    """Recognise what a column holds; None when its cells do not tell."""
    text = _texts(cells)
    if len(text) < FEWEST:
        return None
    for kind, (words, holds) in _KINDS.items():
        share = float(text.map(holds).mean())
        if share >= ENOUGH and _likely(kind, text):
            return Content(kind, share, words)
    return None


def codes_of(cells: pd.Series, field: Field, codes: Codelist) -> Content | None:
    """Tell whether the words of a column are those of the list of a field."""
    text = _texts(cells)
    if len(text) < FEWEST or text.nunique() < 2:
        return None
    share = float(text.map(lambda t: _all_known(t, field, codes)).mean())
    words = f"mots de la liste « {field.title} »"
    return Content(field.name, share, words) if share >= ENOUGH else None


def _all_known(text: str, field: Field, codes: Codelist) -> bool:
    pieces = casts.split_list(text, codes) if field.is_list else (text,)
    return all(codes.code_of(piece) or codes.alike(piece) for piece in pieces)


def code_fields(ours: Catalogue, table: str) -> dict[str, Field]:
    """Closed list -> the only field of a table that takes it."""
    found: dict[str, list[Field]] = {}
    for field in ours.tables[table].fields:
        if field.codelist:
            found.setdefault(field.codelist, []).append(field)
    return {codes: fields[0] for codes, fields in found.items() if len(fields) == 1}


def _texts(cells: pd.Series) -> pd.Series:
    text = cells.dropna().astype("str").str.strip()
    return text[text != ""].head(MOST)


def _is_siret(text: str) -> bool:
    number = siret(text)
    return len(number) == 14 and number.isdigit() and luhn_is_right(number)


def _is_siren(text: str) -> bool:
    number = siren(text)
    return len(number) == 9 and number.isdigit() and luhn_is_right(number)


def _is_five(text: str) -> bool:
    return _FIVE.fullmatch(text) is not None and departement_of(text) in _starts()


def _starts() -> set[str]:
    return {*departements().labels, "20"}


def _is_departement(text: str) -> bool:
    return departement(text) in departements().labels and len(text) <= 4 and text[-1] not in "rR"


def _is_name(text: str) -> bool:
    return departement_named(text) is not None


def _is_day(text: str) -> bool:
    return not casts.is_serial_date(text) and casts.to_date(text) is not None


def _degrees(low: float, high: float) -> Callable[[str], bool]:
    def holds(text: str) -> bool:
        number = casts.to_number(text) if _DEGREES.fullmatch(text) else None
        return number is not None and low <= number <= high

    return holds


def _likely(kind: str, text: pd.Series) -> bool:
    """Ask for a sign that no plain number gives: a leading zero, a letter, one same beginning."""
    if kind in ("postal_code", "commune_code"):
        rounded = text.str.endswith("0").mean()
        starts = text.map(departement_of).value_counts(normalize=True)
        marked = text.str.match(r"0|2[AB]").any() or (starts.iloc[0] >= 0.8 and text.nunique() > 3)
        return marked and (rounded >= 0.5 if kind == "postal_code" else rounded <= 0.25)
    if kind == "departement":
        return bool(text.str.match(r"0\d|2[AB]|\d\d[A-Z]", case=False).any())
    return kind != "departement_name" or text.nunique() >= FEWEST


_KINDS: dict[str, tuple[str, Callable[[str], bool]]] = {
    "siret": ("SIRET dont la clé est juste", _is_siret),
    "siren": ("SIREN dont la clé est juste", _is_siren),
    "postal_code": ("codes postaux", _is_five),
    "commune_code": ("codes de commune", _is_five),
    "departement": ("codes de département", _is_departement),
    "departement_name": ("noms de département", _is_name),
    "latitude": ("latitudes de métropole", _degrees(41, 51.5)),
    "longitude": ("longitudes de métropole", _degrees(-5.5, 9.7)),
    "date": ("dates", _is_day),
}
