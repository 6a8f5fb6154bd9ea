"""What a spreadsheet or a hand has damaged and can only be read in one way; what cannot."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from dts_research.reference import geography
from dts_research.schema import catalogue
from dts_research.schema.checks import check
from dts_research.schema.departements import departements
from dts_research.schema.repairs import departement_code, luhn_is_right, siren, siret

TABLES = catalogue().tables


def said(table: str, **cells: str) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Typed values of the cells of one row, and (rule, whole sentence) of what is said of them."""
    typed, issues = check(pd.DataFrame([cells], index=[12]), TABLES[table])
    mine = issues[issues["column"].isin(cells)]
    sentences = [f"{m} ; {f}" if f else m for m, f in zip(mine["message"], mine["fix"])]
    values = {k: None if pd.isna(v) else v for k, v in typed.iloc[0].items() if k in cells}
    return values, list(zip(mine["rule"], sentences))


def with_zero() -> str:
    """A SIRET that begins with a zero, both of its keys right."""
    start = next(f"0055{n:05}" for n in range(10_000) if luhn_is_right(f"0055{n:05}"))
    return next(f"{start}{n:05}" for n in range(100) if luhn_is_right(f"{start}{n:05}"))


def test_a_lost_zero_of_a_siret_is_given_back_when_both_keys_agree() -> None:
    whole = with_zero()
    assert siret(whole.lstrip("0").zfill(13)) == whole
    lost = whole[1:]
    assert said("structures", siret=lost) == (
        {"siret": whole},
        [("repair", f"« {lost} » a été lu « {whole} »")],
    )
    assert siren(whole[1:9]) == whole[:9]


def test_thirteen_digits_without_their_keys_stay_as_they_are() -> None:
    assert siret("4107171400035") == "4107171400035"
    value, told = said("structures", siret="4107171400035")
    assert value == {"siret": None}
    assert told == [
        ("pattern", "« 4107171400035 » a 13 chiffres, « SIRET » compte 14 chiffres ; vérifier le "
         "numéro")
    ]  # fmt: skip


@pytest.mark.parametrize("written", ["4,10717714E+13", "4.10717714e13"])
def test_a_siret_rounded_by_a_spreadsheet_is_not_guessed(written: str) -> None:
    value, told = said("structures", siret=written)
    assert value == {"siret": None}
    assert told == [
        ("pattern", f"« {written} » a été arrondi par le tableur : ses derniers chiffres sont "
         "perdus ; reprendre les 14 chiffres, dans une cellule au format Texte")
    ]  # fmt: skip


def test_a_letter_for_a_digit_is_suggested_not_read() -> None:
    value, told = said("structures", siret="41O71771400035")
    assert value == {"siret": None}
    assert told[0][1] == (
        "« 41O71771400035 » contient des lettres, « SIRET » compte 14 chiffres ; écrire peut-être "
        "41071771400035 (la lettre O pour le chiffre 0 ?)"
    )


@pytest.mark.parametrize(
    ("written", "code"),
    [("Nord", "59"), ("nord (59)", "59"), ("59 - Nord", "59"), ("Bouches du Rhône", "13"),
     ("PAS-DE-CALAIS", "62"), ("VAL-D'OISE", "95"), ("Réunion", "974"), ("La Réunion", "974"),
     ("2a", "2A"), ("75D", "75"), ("1", "01"), ("1.0", "01"), ("59L", "59"), ("013", "13"),
     ("13\u00a0", "13")],
)  # fmt: skip
def test_departements_by_code_or_name(written: str, code: str) -> None:
    assert departement_code(written) == code
    value, told = said("structures", departement_code=written)
    assert value == {"departement_code": code}
    assert [rule for rule, _ in told] in (["repair"], [])


def test_every_name_of_a_departement_is_read() -> None:
    for code, name in departements().labels.items():
        assert departement_code(name) == departement_code(name.upper()) == code


def test_names_are_those_of_the_geography() -> None:
    names = geography().departement_names
    assert {code: names[code] for code in departements().labels} == departements().labels


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("13 - Nord", "« 13 - Nord » n'est pas un département ; écrire peut-être 59 (Nord)"),
        ("Bouche du Rone", "« Bouche du Rone » n'est pas un département ; écrire peut-être 13 "
         "(Bouches-du-Rhône)"),
        ("20", "« 20 » n'est pas un département ; écrire son code (01, 2A, 971…) ou son nom"),
        ("99", "« 99 » n'est pas un département ; écrire son code (01, 2A, 971…) ou son nom"),
    ],
)  # fmt: skip
def test_what_is_no_departement_is_to_confirm(written: str, sentence: str) -> None:
    assert said("structures", departement_code=written) == (
        {"departement_code": None},
        [("pattern", sentence)],
    )


@pytest.mark.parametrize(
    ("written", "code"),
    [("13\u00a0001", "13001"), ("13\u202f001", "13001"), ("1500", "01500"), ("1500.0", "01500"),
     ("\ufeff13001", "13001"), ("13001\u200b", "13001")],
)  # fmt: skip
def test_postal_codes_with_blanks_that_cannot_be_seen(written: str, code: str) -> None:
    assert said("structures", postal_code=written)[0] == {"postal_code": code}


@pytest.mark.parametrize(
    ("written", "kind"),
    [("Associations intermédiaires", "AI"), ("A.C.I.", "ACI"), ("entreprises d'insertion", "EI"),
     ("Ateliers et chantiers d'insertion", "ACI"), ("Entreprises adaptées", "EA")],
)  # fmt: skip
def test_plurals_and_full_stops_of_a_label_are_read_and_listed(written: str, kind: str) -> None:
    label = catalogue().codelists["structure_kinds"].label(kind)
    assert said("structures", kind=written) == (
        {"kind": kind},
        [("repair", f"« {written} » a été lu « {label} »")],
    )


@pytest.mark.parametrize("written", ["Fait", "fait", "FAITES"])
def test_a_status_of_another_gender_is_read(written: str) -> None:
    assert said("decisions", status=written)[0] == {"status": "done"}


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("association intermediare", "écrire peut-être « Association intermédiaire »"),
        ("Chantier", "écrire peut-être « Atelier et chantier d'insertion »"),
        ("ETI", "écrire peut-être « Entreprise de travail temporaire d'insertion »"),
    ],
)
def test_what_is_only_near_is_suggested(written: str, sentence: str) -> None:
    value, told = said("structures", kind=written)
    assert value == {"kind": None}
    assert told == [("code", f"« {written} » n'est pas dans la liste ; {sentence}")]


def test_letters_that_a_mac_cuts_in_two_are_put_together() -> None:
    value, told = said("structures", label="Re\u0301gie")
    assert value == {"label": "Régie"}
    assert [rule for rule, _ in told] == ["repair"]


def test_a_repaired_piece_of_a_list_is_listed_alone() -> None:
    value, told = said("experiences", missions="Création d'activité ; M3 ; M9")
    assert value == {"missions": ("M1", "M3")}
    assert told[0] == ("repair", "« Création d'activité » a été lu « Création d'activités »")
    assert told[1][1].startswith("« M9 » n'est pas dans la liste")


@pytest.mark.parametrize(
    ("table", "field", "written", "code"),
    [
        ("structures", "postal_code", "１３００１", "13001"),
        ("structures", "departement_code", "２Ａ", "2A"),
        ("structures", "siret", "４１０ 717 714 00035", "41071771400035"),
        ("experiences", "people_count", "１２", 12),
    ],
)
def test_digits_of_another_width_are_read_and_told(
    table: str, field: str, written: str, code: str | int
) -> None:
    assert said(table, **{field: written}) == (
        {field: code},
        [("repair", f"« {written} » a été lu « {code} »")],
    )


def test_a_mark_of_a_note_is_no_digit_of_a_code() -> None:
    values, told = said("structures", postal_code="13001²")
    assert values == {"postal_code": None}
    assert told[0][0] == "pattern"
