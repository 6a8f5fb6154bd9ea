"""Certain repairs of codes that spreadsheets and file exports have damaged.

A repair is certain when only one code can have given the text found: the lost leading zero of
``1001``, the letter of ``75D`` or ``59L``, the zero in front of ``013``. Everything else is left
as it is and becomes an issue for a person to settle.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable

from dts_research.schema.catalogue import LONGEST_NAME
from dts_research.schema.departements import departement_named, departements

Repair = Callable[[str], str]

_CORSICA = re.compile(r"0?(2[AB])[A-Z]?", re.IGNORECASE)
_PADDED = re.compile(r"0(\d\d)|(\d\d)[A-Z]|(97\d)[A-Z]|0(97\d)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{2,5});")
_REGION = re.compile(r"(\d\d)R", re.IGNORECASE)
_BOTH = re.compile(r"(\d\w{1,2})\s*[-–:]\s*(\D+)|(\D+?)\s*\(\s*(\d\w{1,2})\s*\)")
_BLANKS = re.compile(r"[\s\u200b\u2060\ufeff]+")
_APART = re.compile(r"[A-Za-z][\u0300-\u0302\u0308\u0327]")


def narrow(text: str) -> str:
    """Write with our digits and letters those of other widths and scripts: ``１３`` -> ``13``."""
    return text if text.isascii() else "".join(map(_narrow, text))


def _narrow(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    wide = "\uff01" <= sign <= "\uff5e"
    return unicodedata.normalize("NFKC", sign) if wide else sign


def without_decimal(text: str) -> str:
    """Drop the decimal zeros that a spreadsheet adds: ``13055.0`` -> ``13055``."""
    text = narrow(text)
    head, dot, tail = text.partition(".")
    told = head.isdigit() and tail in ("0", "00")  # « 1.000 » may be a thousand
    return head if dot and told else text


def readable(text: str) -> str:
    """Read the HTML entities that a web export leaves: ``Sport &amp; Cancer``.

    A text that holds markup, written or escaped, keeps them. French letters that a Mac has
    written in two signs, the letter then its accent, are put together.
    """
    if not unicodedata.is_normalized("NFC", text):
        text = _APART.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)
    if "&" not in text or "<" in text or "&lt;" in text:
        return text
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)


def departement(text: str) -> str:
    """Repair a departement code: ``1`` -> ``01``, ``013``, ``13D`` -> ``13``, ``02A`` -> ``2A``."""
    code = without_decimal(_BLANKS.sub("", text)).upper()
    if code.isdigit() and len(code) == 1 and code != "0":
        return f"0{code}"
    corsica = _CORSICA.fullmatch(code)
    if corsica:
        return corsica[1].upper()
    padded = _PADDED.fullmatch(code)
    return next(group for group in padded.groups() if group) if padded else _or_same(code, text)


def departement_code(text: str) -> str:
    """Repair a departement code, or read its name: ``Nord`` -> ``59``, ``Nord (59)`` -> ``59``."""
    code = departement(text)
    if code in departements().labels:
        return code
    match = _BOTH.fullmatch(text) if len(text) <= LONGEST_NAME else None
    if match is None:
        return departement_named(text) or code
    number = departement(match[1] or match[4])
    return number if departement_named(match[2] or match[3]) == number else text


def commune(text: str) -> str:
    """Repair a commune code: ``1001`` -> ``01001``, ``2a004`` -> ``2A004``."""
    code = without_decimal(_BLANKS.sub("", text)).upper()
    return code.zfill(5) if code.isdigit() and len(code) == 4 else _or_same(code, text)


def postal_code(text: str) -> str:
    """Repair a postal code: ``1500`` -> ``01500``, ``13 001`` and ``F-13001`` -> ``13001``."""
    code = without_decimal(_BLANKS.sub("", text))
    code = re.sub(r"^F-?(?=\d{5}$)", "", code, flags=re.IGNORECASE)
    return code.zfill(5) if code.isdigit() and len(code) == 4 else _or_same(code, text)


def region(text: str) -> str:
    """Repair a region code: ``24R`` -> ``24``, ``1`` -> ``01``."""
    code = without_decimal(text)
    if code.isdigit() and len(code) == 1:
        return f"0{code}"
    marked = _REGION.fullmatch(code)
    return marked[1] if marked else code


def digits(text: str) -> str:
    """Join the groups of a long identifier: ``410 717 714 00035`` -> ``41071771400035``."""
    text = text.strip("\u200b\u2060\ufeff")
    joined = without_decimal(re.sub(r"[\s.\-]+(?=\d)", "", text) if _grouped(text) else text)
    return joined if joined.isdigit() else text


def siret(text: str) -> str:
    """Join the groups of a SIRET; give back its lost leading zero when both keys then agree."""
    number = digits(text)
    if len(number) == 13 and number.isdigit():
        whole = number.zfill(14)
        return whole if luhn_is_right(whole) and luhn_is_right(whole[:9]) else number
    return number


def siren(text: str) -> str:
    """Join the groups of a SIREN; give back its lost leading zero when the key then agrees."""
    number = digits(text)
    lost = len(number) == 8 and number.isdigit() and luhn_is_right(number.zfill(9))
    return number.zfill(9) if lost else number


def _grouped(text: str) -> bool:
    return re.fullmatch(r"\d{3}([\s.\-]\d{3}){2}([\s.\-]?\d{5})?", text) is not None


def _or_same(code: str, text: str) -> str:
    """Keep the change of case or blanks only when the result looks like a code."""
    return code if re.fullmatch(r"\d+|2[AB]\d{0,3}", code) else text


_BY_ENDING: tuple[tuple[str, Repair], ...] = (
    ("departement_code", departement_code),
    ("stated_departement", departement),
    ("commune_code", commune),
    ("postal_code", postal_code),
    ("region_code", region),
    ("stated_region", region),
    ("siret", siret),
    ("siren", siren),
    ("epci_code", digits),
)


def repair_of(field: str) -> Repair | None:
    """Return the repair that suits a field, by its name, or None."""
    return next((repair for ending, repair in _BY_ENDING if field.endswith(ending)), None)


def departement_of(code: str) -> str:
    """Departement of a commune code, or the digits by which a postal code begins."""
    return code[:3] if code.startswith(("97", "98")) else code[:2]


def same_departement(place: str, departement_code: str) -> bool:
    """Tell whether a commune code or a postal code may be of a departement (``20`` is Corsica)."""
    start = departement_of(place)
    return start == departement_code or (start == "20" and departement_code in ("2A", "2B"))


def luhn_is_right(number: str) -> bool:
    """Check the control digit of a SIREN or SIRET (La Poste's establishments have a rule apart)."""
    values = [int(digit) for digit in reversed(number)]
    doubled = (2 * v - 9 if v > 4 else 2 * v for v in values[1::2])
    if (sum(values[0::2]) + sum(doubled)) % 10 == 0:
        return True
    return number.startswith("356000000") and sum(values) % 5 == 0
