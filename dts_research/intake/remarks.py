"""Rows that speak about a table and are not records of it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dts_research.intake.sheets import Row
from dts_research.intake.titles import texts_of

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
_FOOT = re.compile(r"(\*|(sources?|notes?|lecture|champ|n\.?b\.?|légende)\s*[:：.]).*", re.I | re.S)


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
