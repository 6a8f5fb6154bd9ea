"""Rows that speak about a table and are not records of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from math import isclose

from dts_research.intake.sheets import Row
from dts_research.intake.titles import texts_of
from dts_research.schema.casts import to_number
from dts_research.schema.catalogue import plain

EXPLAINED_SHARE = 0.75
FEWEST_COLUMNS = 3
_TYPE = (
    r"texte|texte libre|texte court|texte long|réponse libre|chaîne( de caractères)?|date|nombre|"
    r"nombre entier|nombre décimal|entier|décimal|numérique|booléen|oui ?/ ?non|vrai ?/ ?faux|"
    r"liste|liste déroulante|liste fermée|choix unique|choix multiples?|"
    r"jj[/-]mm[/-]aaaa|aaaa-mm-jj|text|string|integer|number|boolean|varchar|float"
)
_RULE = (
    r"obligatoire|facultatif|facultative|optionnel|optionnelle|requis|requise|recommandé|"
    r"non obligatoire|si possible|à remplir|à compléter|ne pas remplir|lecture seule"
)
_ORDER = (
    r"(saisir|indiquer|préciser|renseigner|sélectionner|inscrire|reporter|cocher) .+|"
    r"(format|au format|exemple|ex\.|type)( :|:| ).+|\d+ (caractères|chiffres)( max(imum)?)?"
)
_EXPLAINS = re.compile(rf"\(?({_TYPE}|{_RULE}|{_ORDER})( ?[,;(/:].*)?\)?\.?", re.IGNORECASE)
_SUMS = re.compile(r"(sous[- ])?(total|totaux|somme|moyenne)( general| generale| generaux)? ?:?")
_FOOT = re.compile(r"(\*|(sources?|notes?|lecture|champ|n\.?b\.?|légende)\s*[:：.]).*", re.I | re.S)


def without_totals(
    body: Mapping[int, Row], unsolved: Collection[int]
) -> tuple[dict[int, Row], list[str]]:
    """Leave out the last rows that sum up those above, and tell each: they are no records.

    Such a row says « Total », « Moyenne »… and nothing but numbers; `unsolved` rows hold formulas
    without a result. « Ensemble » may well be a title: its numbers must be those of the rows.
    """
    under = set(foot(body, FEWEST_COLUMNS))
    kept = dict(body)
    notes: list[str] = []
    for number in sorted(set(body) - under, reverse=True)[:-1]:
        first, *rest = texts_of(body[number]) or [""]
        named = _SUMS.fullmatch(plain(first)) and (rest or number in unsolved)
        if not named and plain(first) == "ensemble":
            named = _adds_up(body[number], [row for n, row in kept.items() if n < number])
        if not named or any(to_number(text.rstrip(" %")) is None for text in rest):
            break
        del kept[number]
        notes.insert(0, f"Ligne {number}, « {first[:40]} » : elle résume celles du dessus ; ce "
                     "n'est pas un enregistrement, et elle n'est pas lue.")  # fmt: skip
    return kept, notes


def _adds_up(row: Row, above: list[Row]) -> bool:
    """Tell whether a number of a row is the sum or the mean of those above it."""
    for place, cell in enumerate(row):
        said = to_number(cell.strip()) if cell else None
        column = [to_number((line[place] or "").strip()) for line in above if place < len(line)]
        numbers = [number for number in column if number is not None]
        if said is not None and len(numbers) > 1:
            total = sum(numbers)
            if isclose(said, total) or isclose(said, total / len(numbers), rel_tol=0.01):
                return True
    return False


def explains(row: Row) -> bool:
    """Tell a row that says how to fill the columns: « texte libre », « obligatoire »…"""
    texts = texts_of(row)
    told = sum(_EXPLAINS.fullmatch(" ".join(text.split())) is not None for text in texts)
    return told > 1 and told >= EXPLAINED_SHARE * len(texts)


def foot(body: Mapping[int, Row], width: int) -> list[int]:
    """Give the last rows, when each is one sentence: « Source : … », « * provisoire »."""
    rows: list[int] = []
    if width < FEWEST_COLUMNS:
        return rows
    for number in sorted(body, reverse=True):
        texts = texts_of(body[number])
        if len(texts) != 1 or not _FOOT.fullmatch(texts[0]):
            break
        rows.append(number)
    return rows
