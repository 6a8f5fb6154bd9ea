"""French typography: spaces and signs only, never the words, addresses or codes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dts_research.display.typography import french, quantity, set_inline, typeset


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("Qui décide ?", "Qui décide\u202f?"),
        ("Qui décide?", "Qui décide\u202f?"),
        ("Voilà !", "Voilà\u202f!"),
        ("oui ; non", "oui\u202f; non"),
        ("Source : Insee", "Source\u00a0: Insee"),
        ("Source: Insee", "Source\u00a0: Insee"),
        ("« oui »", "«\u00a0oui\u00a0»"),
        ("«oui»", "«\u00a0oui\u00a0»"),
        ("45 %", "45\u00a0%"),
        ("12 €", "12\u00a0€"),
        ("12500 heures", "12\u202f500 heures"),
        ("1 234 567 habitants", "1\u202f234\u202f567 habitants"),
        ("l'eau d'Autun", "l’eau d’Autun"),
        ("1er janvier", "1er\u00a0janvier"),
        ("et puis...", "et puis…"),
        ("Quoi ?!", "Quoi\u202f?!"),
        ("n° 12", "n°\u00a012"),
    ],
)
def test_rules(typed, set_):
    assert french(typed) == set_


@pytest.mark.parametrize(
    "kept",
    [
        "en 2026",
        "1984",
        "le code 71306",
        "commune 71306",
        "71000 Mâcon",
        "01234",
        "12345678901234",
        "https://exemple.fr/a?b=1;c=2!d:e",
        "quelqu.un@exemple.fr",
        "S-71-AI-01",
        "F-71-2024-AB12",
        "fichier.csv",
        "10:30",
        "x != y",
    ],
)
def test_left_alone(kept):
    assert french(kept) == kept


texts = st.text(alphabet=st.sampled_from("aé1 05  .,:;!?«»()%€'’-/@\u00a0\u202f\nZ°k"), max_size=60)


@given(texts)
def test_twice_is_once(text):
    assert french(french(text)) == french(text)


@given(texts)
def test_words_stay(text):
    def bare(value):
        return re.sub(r"[\s'’]|\.\.\.|…", "", value)

    assert bare(french(text)) == bare(text)


def test_no_regular_expression_runs_away():
    for char in " «»:;1a.-'@":
        french(char * 100_000)


def test_a_text_cut_by_marks_is_set_as_one():
    pieces = [
        {"type": "text", "text": "Voir "},
        {"type": "strong", "content": [{"type": "text", "text": "ici"}]},
        {"type": "text", "text": " ? et "},
        {"type": "code", "text": "a ; b"},
        {"type": "text", "text": " !"},
    ]
    done = set_inline(pieces)
    assert done[2]["text"] == "\u202f? et "
    assert done[3]["text"] == "a ; b"
    assert done[4]["text"] == "\u202f!"


def test_blocks_are_set_except_identifiers_and_drawings():
    block = {"kind": "chart", "id": "a : b", "svg": "<svg a='b ; c'>", "title": "Oui ; non"}
    done = typeset(block)
    assert done["id"] == "a : b" and done["svg"] == block["svg"]
    assert done["title"] == "Oui\u202f; non"
    assert typeset({"kind": "code", "text": "a ; b"})["text"] == "a ; b"


def test_what_cannot_be_printed_or_turns_the_order_is_left_out():
    assert french("a\x00\x1b\u202eb\ud800\ufeff\tc") == "ab\tc"


def test_quantities():
    assert quantity("12500") == "12\u202f500"
    assert quantity("2026") == "2026"
    assert quantity("01234") == "01234"
    assert quantity("Secret") == "Secret"


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("2 leviers sur 35 fiches", "2\xa0leviers sur 35\xa0fiches"),
        ("(1 commune)", "(1\xa0commune)"),
        ("l'un des 12 départements", "l’un des 12\xa0départements"),
        ("120 fiches, 2026 fiches", "120 fiches, 2026 fiches"),
        (
            "en 3 Louhans, 4 intercommunalités, 2,5 tours",
            "en 3 Louhans, 4 intercommunalités, 2,5 tours",
        ),
        ("fiche F-71-2 lue, n° 2 vu", "fiche F-71-2 lue, n°\xa02\xa0vu"),
    ],
)
def test_a_small_number_stays_with_its_noun(typed, set_):
    assert french(typed) == set_ == french(set_)
