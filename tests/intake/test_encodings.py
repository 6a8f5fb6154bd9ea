"""Encodings found out on short and long French texts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dts_research.intake.encodings import MIXED, decode, is_text

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


LOWER = "abcdefghijklmnopqrstuvwxyzéèêàâçîïôùûë"
SURE = set("éèçùîô")  # no other page of the West gives these bytes to letters of French
WORDS = st.text(LOWER, min_size=2, max_size=12)
BREAKS = st.sampled_from([" ", ", ", ";", "\n", " ; ", "\r\n", "\t", ". "])
FRENCH = st.lists(st.tuples(WORDS, BREAKS), min_size=8, max_size=60).map(
    lambda pairs: "".join(word + mark for word, mark in pairs)
)


@settings(deadline=None)
@given(FRENCH)
@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso-8859-1",
     "iso-8859-15", "mac_roman", "cp850", "cp437"],
)  # fmt: skip
def test_any_french_text_comes_back(encoding: str, text: str) -> None:
    if len(set(text) & SURE) < 3:
        text += " à côté, où l'été ça gèle"
    assert decode(text.encode(encoding))[0].removeprefix("\ufeff") == text


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff")))
def test_any_text_of_today_comes_back(text: str) -> None:
    assert decode(text.encode("utf-8")) == (text, "utf-8")


NATURAL = ["Voilà", "là-bas, à la fête", "château", "Noël", "déjà", "½ journée", "3½ h", "garçon",
           "ÉTÉ", "À CÔTÉ", "FORÊT", "crêpe", "PÂQUES", "Gérard;Évry", "tête-à-tête", "n°3",
           "maïs", "naïf", "où", "dû", "sûr;août", "canoë", "Zoë"]  # fmt: skip


@pytest.mark.parametrize("encoding", ["cp1252", "iso-8859-15", "mac_roman", "cp850", "cp437"])
@pytest.mark.parametrize("text", NATURAL)
def test_one_word_is_often_enough(text: str, encoding: str) -> None:
    try:
        content = text.encode(encoding)
    except UnicodeEncodeError:
        return
    assert decode(content)[0] == text


@pytest.mark.parametrize("encoding", ["cp1252", "iso-8859-15", "mac_roman"])
def test_the_linked_letters_and_the_euro(encoding: str) -> None:
    text = "Le cœur à l'œuvre : 5 € la journée, des sœurs"
    assert decode(text.encode(encoding))[0] == text


def test_a_file_glued_from_two_encodings() -> None:
    lines = ["Épicerie d'été\n", "Forêt\n", "Noël\n"]
    content = "".join(lines).encode() + "À côté\n".encode("cp1252")
    assert decode(content) == ("".join([*lines, "À côté\n"]), MIXED)


def test_a_wide_text_without_a_mark_is_not_a_text_full_of_nothing() -> None:
    text = "Titre;Résumé\r\nL’œuvre;à côté\r\n"
    assert decode(text.encode("utf-16-le")) == (text, "utf-16-le")
    assert decode(text.encode("utf-16-be")) == (text, "utf-16-be")


def test_pictures_are_not_texts() -> None:
    assert not is_text(decode(bytes(range(256)) * 40)[0])
    assert is_text("Titre;Résumé\0\nUn;deux\n")
