"""How codes and names of places are written in the files people keep, and how we write them."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

MISSING = frozenset(
    (
        *("", "-", "--", "?", "/", ".", "na", "nan", "n/a", "#n/a", "n.a.", "<na>"),
        *("nc", "nd", "nr", "none", "null", "neant", "vide", "inconnu"),
        *("non renseigne", "non communique", "sans objet"),
    )
)


def key(text: str) -> str:
    """Reduce a name to what two spellings of it share: no accent, case, hyphen or apostrophe."""
    bare = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe")).lower()
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    words = re.sub(r"[^a-z0-9]+", " ", bare).split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


def stated(value: Any) -> str:
    """Give the text of a cell, empty when the cell only says that nothing was written."""
    text = "" if value is None else str(value).replace("\u00a0", " ").strip()
    text = text.removesuffix(".0")
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return "" if plain.strip() in MISSING else text


def departement_code(text: str) -> str | None:
    """Read a département code: « 13 », « 1 », « 013 », « 02A », « 28D », « 59L », « 971 ».

    Three characters with a leading zero and two digits with a trailing letter are the codes of
    the agency that pays the structures; « 20 » is nobody's code since 1976.
    """
    found = re.fullmatch(r"0?(2[AB]|9[78]\d|\d{1,2})(?:(?<=\d\d)[A-Z])?", text.strip().upper())
    if not found or found[1] == "20":
        return None
    return found[1].zfill(2)


def region_code(text: str) -> str | None:
    """Read a région code: « 93 », « R93 », « 24R », « 1 »."""
    found = re.fullmatch(r"R?(\d{1,3})R?", text.strip().upper())
    return found[1].zfill(2) if found else None


def commune_code(text: str) -> str | None:
    """Read a commune code, giving back the zero that a spreadsheet took."""
    found = re.fullmatch(r"\d{4,5}|2[AB]\d{3}", text.strip().upper())
    return found[0].zfill(5) if found else None


def postal_code(text: str) -> str | None:
    """Read a postal code, giving back the zero that a spreadsheet took."""
    found = re.fullmatch(r"(?:F-?)?(\d{4,5})", text.replace(" ", "").upper())
    return found[1].zfill(5) if found else None


def at(name: str) -> str:
    """Write « à Paris », « au Mans », « aux Lilas »."""
    for article, short in (("Le ", "au "), ("Les ", "aux ")):
        if name.startswith(article):
            return short + name.removeprefix(article)
    return f"à {name}"
