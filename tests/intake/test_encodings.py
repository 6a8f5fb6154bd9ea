"""Encodings found out on short and long French texts."""

from __future__ import annotations

import pytest

from dts_research.intake.encodings import decode

TEXTS = {
    "short": "Nom;Ville\nCafé;Besançon\n",
    "plain": "Titre;Résumé\nÉpicerie d'été;à côté du marché, où l'on répare\nVélo;Déjà là\n",
    "capitals": "TITRE;RÉSUMÉ;DÉPARTEMENT\nÉTÉ;À CÔTÉ;HÉRAULT\n",
    "late": "a;b\n" * 90_000 + "Forêt;Nîmes\n",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso-8859-15"])
@pytest.mark.parametrize("name", list(TEXTS))
def test_texts_come_back_as_they_were(name: str, encoding: str) -> None:
    assert decode(TEXTS[name].encode(encoding))[0].lstrip("\ufeff") == TEXTS[name]


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850"])
@pytest.mark.parametrize("name", ["short", "plain", "late"])
def test_older_machines(name: str, encoding: str) -> None:
    assert decode(TEXTS[name].encode(encoding))[0] == TEXTS[name]


def test_typographic_signs_of_windows() -> None:
    text = "L’épicerie d’à côté – « bio » – ouvre à 8 h… pour 3 €"
    assert decode(text.encode("cp1252")) == (text, "cp1252")


def test_greek_is_not_taken_for_french() -> None:
    text = "Όνομα;Πόλη\nΚαφενείο στη γειτονιά;Θεσσαλονίκη\n" * 3
    assert decode(text.encode("iso-8859-7"))[0] == text
