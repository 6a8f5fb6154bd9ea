"""Columns without a telling title, recognised by what they hold; those of persons kept aside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dts_research.errors import MaterialError
from dts_research.intake import Mapping, receive
from dts_research.intake.content import content_of, private

Writer = Callable[..., Any]
SIRETS = ["41071771400035", "34356040500023", "82454114801871", "44229377500031"]


def column(*texts: str) -> pd.Series:
    return pd.Series(texts, dtype="str")


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (column(*SIRETS), "siret"),
        (column(*(f"{s[:3]} {s[3:6]} {s[6:9]} {s[9:]}" for s in SIRETS)), "siret"),
        (column("410717714", "343560405", "824541148"), "siren"),
        (column("01500", "13001", "69000", "75010"), "postal_code"),
        (column("01004", "13055", "2A004", "69123"), "commune_code"),
        (column("01", "13", "2A", "75"), "departement"),
        (column("75D", "69D", "13D"), "departement"),
        (column("Ain", "Nord", "Côtes d'Armor"), "departement_name"),
        (column("43.29650", "45.7640", "48.8566"), "latitude"),
        (column("5,36980", "4,8357", "-1,5536"), "longitude"),
        (column("12/03/2024", "2024-01-02", "1er mars 2023"), "date"),
    ],
)
def test_what_a_column_holds(cells: pd.Series, kind: str) -> None:
    found = content_of(cells)
    assert found is not None
    assert (found.kind, found.share) == (kind, 1.0)


@pytest.mark.parametrize(
    "cells",
    [
        column("12", "34", "56", "78"),
        column("12000", "25000", "50000", "31000"),
        column("45000", "45001", "45002"),
        column("12345678901234", "22345678901234", "32345678901234"),
        column("Paris", "Paris", "Paris"),
        column("un", "deux", "trois"),
        column(*SIRETS[:2]),
    ],
)
def test_plain_numbers_and_few_cells_say_nothing(cells: pd.Series) -> None:
    assert content_of(cells) is None


@pytest.mark.parametrize(
    ("title", "cells", "said"),
    [
        ("Qui", column("a@b.fr", "c.d@e.org"), "100 % d'adresses électroniques"),
        ("Qui", column("06 12 34 56 78", "+33 4 91 00 00 00"), "100 % de numéros de téléphone"),
        ("Qui", column("1 84 12 75 108 002 32"), "100 % de numéros de sécurité sociale"),
        ("Adresse e-mail", column("", ""), "d'après son titre, « e-mail »"),
        ("Prénom du référent", column("Zoé"), "d'après son titre, « prenom »"),
        ("SIRET", column(*SIRETS), None),
        ("Mobilité", column("vélo"), None),
        ("Équipe mobile", column("oui"), None),
        ("Ordinateur portable prêté", column("oui"), None),
        ("Résultat tel que perçu", column("bon"), None),
        ("Mobiles d'engagement", column("l'utilité"), None),
        *[(word, column("oui"), None) for word in ("Hôtel", "Immobilier", "Téléphonie sociale")],
        ("Mobile de la référente", column("…"), "d'après son titre, « mobile »"),
        ("N° de portable", column("…"), "d'après son titre, « n° de portable »"),
        ("Tél. du contact", column("…"), "d'après son titre, « tel »"),
        ("Résumé", column("Écrire à a@b.fr pour en savoir davantage sur ce projet", "x"), None),
    ],
)
def test_identifiers_of_persons(title: str, cells: pd.Series, said: str | None) -> None:
    assert private(title, cells) == said


HEAD = ["Raison sociale", "Type", "Numéro", "Zone", "CP", "Code postal", "Contact", "Couleur"]
ROWS = [
    ["Régie", "Régie de quartier ou de territoire", SIRETS[0], "Nord", "", "59000", "a@b.fr", "v"],
    ["Atelier", "ACI", SIRETS[1], "Ain", "01000", "01000", "c@d.fr", "b"],
    ["Relais", "AI", SIRETS[2], "Gard", "", "30000", "e@f.fr", "r"],
]


def test_each_column_says_how_sure_it_is_and_why(tmp_path: Path, write_csv: Writer) -> None:
    path = write_csv(tmp_path / "x.csv", [HEAD, *ROWS])
    taken = receive(path, mappings=tmp_path / "maps", table="structures")
    why = Mapping.load(taken.mapping_saved).why
    assert why == {
        "Raison sociale": "sûr : titre connu",
        "Type": why["Type"],
        "Numéro": "à vérifier : d'après le contenu, 100 % de SIRET dont la clé est juste",
        "Zone": "à vérifier : d'après le contenu, 100 % de noms de département",
        "CP": "laissée de côté : « Code postal » donne déjà « Code postal » (mieux remplie)",
        "Code postal": why["Code postal"],
        "Contact": "laissée de côté, données personnelles : 100 % d'adresses électroniques",
    }
    assert why["Code postal"].startswith("sûr : ")
    assert why["Type"].startswith("sûr : ")
    kept = taken.accepted["structures"]
    assert kept["siret"].tolist() == SIRETS[:3]
    assert kept["departement_code"].tolist() == ["59", "01", "30"]
    assert taken.unused == ("CP", "Contact", "Couleur")
    said = dict(zip(taken.issues["column"], taken.issues["message"]))
    assert said["Numéro"] == (
        "La colonne « Numéro » est lue comme « SIRET » (Structures) d'après son contenu : 100 % de "
        "SIRET dont la clé est juste"
    )
    assert said["Contact"] == (
        "La colonne « Contact » semble contenir des données personnelles (100 % d'adresses "
        "électroniques) : elle n'est pas prise et reste dans le fichier d'origine"
    )
    assert said["CP"] == (
        "La colonne « CP » est laissée de côté : « Code postal » donne déjà « Code postal » (mieux "
        "remplie)"
    )
    assert said["Couleur"] == (
        "La colonne « Couleur » n'a pas de correspondance ; elle reste dans le fichier"
    )


def test_a_label_beside_its_code_is_recognised_and_compared(
    tmp_path: Path, write_csv: Writer
) -> None:
    head = ["Raison sociale", "Type", "CODE_DEPARTEMENT", "LIB"]
    rows = [["a", "AI", "01", "Ain"], ["b", "AI", "59", "NORD"], ["c", "AI", "75", "Paris"]]
    taken = receive(
        write_csv(tmp_path / "x.csv", [head, *rows, ["d", "EI", "30", "Ain"]]), table="structures"
    )
    assert taken.mapping.compared == {"LIB": "structures.departement_code"}
    said = taken.issues[taken.issues["rule"] == "contradiction"]
    assert said["message"].tolist() == [
        "« Ain » (LIB) contredit « 30 » (CODE_DEPARTEMENT), qui est gardé"
    ]


def test_a_header_in_two_languages_is_known_when_both_agree(
    tmp_path: Path, write_csv: Writer
) -> None:
    head = ["Intitulé du projet - operation name", "Résumé - summary", "Contact - Nom"]
    taken = receive(write_csv(tmp_path / "x.csv", [head, ["a", "b", "c"]]))
    assert taken.mapping.columns == {
        head[0]: ("experiences.title",), head[1]: ("experiences.summary",)
    }  # fmt: skip
    assert taken.mapping.why[head[0]] == "probable : titre proche d'un titre connu"


def test_a_page_pasted_in_a_cell_is_not_searched_for_persons() -> None:
    longest = f"{'x' * 64}@{'y' * 185}.fr"
    assert private("Note", column(f"écrire à {longest}")) is not None
    assert private("Note", column("x" * 2_000_000, "a b " * 500_000)) is None


def test_electronic_addresses_are_not_taken_under_any_title(
    tmp_path: Path, write_csv: Writer
) -> None:
    rows = [["Titre", "Site web"], ["a", "a@b.fr"], ["b", "c@d.fr"], ["c", "e@f.fr"]]
    taken = receive(write_csv(tmp_path / "x.csv", rows))
    assert taken.accepted["experiences"]["url"].isna().all()
    assert (taken.issues["rule"] == "privacy").sum() == 1


def test_words_of_one_of_our_lists_are_recognised(tmp_path: Path, write_csv: Writer) -> None:
    rows = [["Titre", "Résumé", "Où on en est"], ["a", "x", "En cours"], ["b", "y", "Terminée"]]
    taken = receive(write_csv(tmp_path / "x.csv", [*rows, ["c", "z", "terminées"]]))
    assert taken.accepted["experiences"]["stage"].tolist() == ["en_cours", "terminee", "terminee"]
    assert taken.mapping.guessed == ("Où on en est",)


def test_codes_under_the_title_of_names_are_read_as_codes(
    tmp_path: Path, write_csv: Writer
) -> None:
    rows = [["Titre", "Résumé", "Commune"], ["a", "x", "01004"], ["b", "y", "13055"]]
    taken = receive(write_csv(tmp_path / "x.csv", [*rows, ["c", "z", "2A004"]]))
    places = taken.accepted["experience_places"]
    assert places["stated_commune_code"].tolist() == ["01004", "13055", "2A004"]


def test_an_indicator_file_is_not_taken_for_structures(tmp_path: Path, write_csv: Writer) -> None:
    rows = [["siren", "nom", "population"], ["200000172", "CC Faucigny", "27764"]]
    with pytest.raises(MaterialError, match="aucune de nos tables"):
        receive(write_csv(tmp_path / "x.csv", rows))
