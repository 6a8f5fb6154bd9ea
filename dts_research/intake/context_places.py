"""Codes of territories as a column of context data writes them, and as we write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from dts_research.intake.context import Country
from dts_research.schema import repairs
from dts_research.schema.catalogue import plain

ENOUGH, MOST, FEW, NEAR = 0.9, 0.6, 2, 0.6
_SHAPES = {
    "departement": re.compile(r"\d{2}|2[AB]|9[78]\d"),
    "region": re.compile(r"\d{2}"),
    "epci": re.compile(r"2\d{8}"),
    "commune": re.compile(r"(?:\d{2}|2[AB])\d{3}"),
}
_REPAIRS: dict[str, Callable[[str], str]] = {
    "departement": repairs.departement,
    "region": lambda text: repairs.region(text.removeprefix("R")),
    "epci": repairs.siren,
    "commune": repairs.commune,
}
_TITLES = {
    "departement": re.compile(r"dep"), "region": re.compile(r"reg"),
    "epci": re.compile(r"epci|siren"), "commune": re.compile(r"com|insee|cog"),
}  # fmt: skip
# A code that is no plain number.
_MARKED = re.compile(r"0\d|2[AB]|97\d|\d{5}|2[AB]\d{3}|2\d{8}")
# Rows that speak of more than one territory.
_WHOLE = re.compile(
    r"(?:france|metropole|ensemble|totals?|total general)(?: (?:entiere|metropolitaine|dom|et|"
    r"hors|mayotte|france|general|metropole))*|moyenne(?: nationale| france)?"
)
CODED = re.compile(r"(?:^|[^a-z])(?:code|codes|cd|id|insee|siren|siret|cog|codgeo|numero)")


def code_of(text: str, level: str) -> str:
    """Give back to a code what spreadsheets took from it: « 1 » -> « 01 »."""
    return _REPAIRS[level](text.strip())


def shaped(code: str, level: str) -> bool:
    """Tell whether a code has the shape of those of a level, known or not."""
    return _SHAPES[level].fullmatch(code) is not None


def known(code: str, level: str, country: Country) -> bool:
    """Tell a code of today, or a former one of a commune."""
    return code in country.places[level] or (level == "commune" and code in country.former)


def territory_id(code: str, level: str) -> str:
    """Write a code as the territories of the workbook are asked for: « 01 », « R84 »."""
    return f"R{code}" if level == "region" else code


def whole_country(text: str) -> bool:
    """Tell the name of a row of totals: « France », « Ensemble »."""
    return _WHOLE.fullmatch(folded(text)) is not None


def titled_as_codes(title: str, level: str) -> bool:
    """Tell a title that announces codes of territories of a level."""
    words = plain(title.replace("_", " "))
    found = CODED.search(words) or _TITLES[level].search(words) or "territoire" in words
    return bool(found)


def unknown_codes(title: str, texts: Iterable[str], country: Country) -> tuple[str, list[str]]:
    """Level whose codes a column nearly holds, and those that are none; empty when it does not."""
    told, best = [text for text in texts if text and not whole_country(text)], ("", list[str]())
    for level in country.places:
        others = [text for text in told if not known(code_of(text, level), level, country)]
        near = titled_as_codes(title, level) and len(others) <= NEAR * len(told)
        if near and (not best[0] or len(others) < len(best[1])):
            best = (level, others)
    return best


def level_of(
    title: str, texts: Iterable[str], names: Iterable[str], country: Country
) -> str | None:
    """Level of the territories whose codes a column holds, or None.

    Parameters
    ----------
    title
        Its title.
    texts, names
        Its distinct texts, and all the words of its sheet: a column of « 84 », « 93 » may hold
        départements or régions, its title or the names beside it tell.
    """
    told = list(texts)
    fitting = []
    for level in country.places:
        codes = [code_of(text, level) for text in told]
        share = sum(known(code, level, country) for code in codes) / max(1, len(codes))
        few = round(len(codes) * (1 - share)) <= FEW and titled_as_codes(title, level)
        if share >= ENOUGH or (share >= MOST and few):
            fitting.append(level)
    if not fitting:
        return None
    words = {folded(name) for name in names}
    beside = {level: len(words & names_of(level, country).keys()) for level in fitting}
    titled = {level: _TITLES[level].search(plain(title)) is not None for level in fitting}
    best = max(fitting, key=lambda level: (beside[level], titled[level]))
    marked = any(_MARKED.fullmatch(text.upper()) for text in told)
    if not marked and not titled[best] and 2 * beside[best] < len(told):
        return None  # small numbers are codes of départements only where something else says so
    return best


def folded(name: str) -> str:
    """A name of territory as two spellings of it compare."""
    words = re.sub(r"[^a-z0-9]+", " ", plain(name)).split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


def names_of(level: str, country: Country) -> Mapping[str, str]:
    """Folded name -> code, for the names that only one territory of the level bears."""
    found: dict[str, str] = {}
    twice = set()
    for code, name in country.places[level].items():
        key = folded(name)
        twice |= {key} & found.keys()
        found[key] = code
    return {name: code for name, code in found.items() if name not in twice}
