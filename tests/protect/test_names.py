"""Names of persons are masked; places, institutions and ordinary words are not."""

from __future__ import annotations

import pytest

from dts_research.protect.names import CONTACT, MASK, mask_persons

NAMED = [
    ("Mme Dupont a téléphoné.", f"{MASK} a téléphoné."),
    ("M. Le Goff est venu", f"{MASK} est venu"),
    ("Monsieur Durand", MASK),
    ("On a vu Fatima Benali hier.", f"On a vu {MASK} hier."),
    ("Jean-Pierre Martin signe", f"{MASK} signe"),
    ("Avec Élodie D., au jardin", f"Avec {MASK}, au jardin"),
    ("Rencontre de Mamadou DIALLO.", f"Rencontre de {MASK}."),
    ("Michel de La Tour", MASK),
    ("Marie Lefèvre-Durand", MASK),
]
REACHED = [
    ("Écrire à jean.dupont@exemple.fr svp", f"Écrire à {CONTACT} svp"),
    ("Tél. 06 12 34 56 78.", f"Tél. {CONTACT}."),
    ("au 06.12.34.56.78", f"au {CONTACT}"),
    ("+33 6 12 34 56 78", CONTACT),
    ("0612345678", CONTACT),
    ("n° 2 85 05 71 076 123 45", f"n° {CONTACT}"),
    ("1 80 01 2A 004 001", CONTACT),
]
LEFT = [
    "La rue Jean Jaurès est barrée.",
    "Le collège Marie Curie a rappelé.",
    "Le lycée Simone Weil et le stade Pierre Brossolette",
    "Place Charles de Gaulle",
    "On a livré Saint-Étienne et Bourg-en-Bresse.",
    "Les communes de Montceau-les-Mines et du Creusot",
    "Une salariée a 12 ans de métier ; 71 230 habitants.",
    "La facture de 2024 : 1 250 € payés à 94 jours.",
    "France Travail, le Département de Saône-et-Loire, la Région",
    "SIRET 732 829 320 00074",
    "Le maire adjoint aux travaux et la directrice",
    "",
]


@pytest.mark.parametrize(("text", "expected"), NAMED)
def test_persons_are_masked(text: str, expected: str) -> None:
    assert mask_persons(text) == expected


@pytest.mark.parametrize(("text", "expected"), REACHED)
def test_what_reaches_a_person_is_masked(text: str, expected: str) -> None:
    assert mask_persons(text) == expected


@pytest.mark.parametrize("text", LEFT)
def test_the_rest_is_left_alone(text: str) -> None:
    assert mask_persons(text) == text


@pytest.mark.parametrize("text", [t for t, _ in NAMED + REACHED])
def test_masking_twice_changes_nothing(text: str) -> None:
    once = mask_persons(text)
    assert mask_persons(once) == once


def test_long_texts_are_masked_in_time() -> None:
    import time

    text = "Rue de la Paix, la personne Jean a dit que " * 5000
    start = time.process_time()
    mask_persons(text)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "text",
    ["MADAME DURAND", "madame Durand", "Mme. Lepetit", "Madame de Villiers", "M.Durand",
     "Dr Petit", "Madame É" + "lise".upper()],
)  # fmt: skip
def test_a_civility_in_any_dress_masks_the_name(text: str) -> None:
    assert mask_persons(text) == "[nom masqué]"


@pytest.mark.parametrize("text", ["+33 (0)6 12 34 56 78", "06 - 12 - 34 - 56 - 78"])
def test_a_telephone_in_any_dress_is_masked(text: str) -> None:
    assert mask_persons(text) == "[coordonnées masquées]"


@pytest.mark.parametrize("text", ["Madame la directrice", "M. le maire", "mmes les élues"])
def test_a_function_is_not_a_name(text: str) -> None:
    assert mask_persons(text) == text
