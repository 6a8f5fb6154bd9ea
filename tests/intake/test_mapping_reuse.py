"""A mapping serves every file of one shape; when it does not suit, it says why and what is near."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dts_research.errors import MaterialError
from dts_research.intake import Mapping, mapping, receive

Writer = Callable[..., Any]
HEAD = ["Nom de la structure", "Type structure", "N° SIRET", "Dépt", "Nom du département", "Note"]
ROWS = [
    ["Atelier", "ACI", "41071771400035", "13", "Bouches-du-Rhône", "x"],
    ["Relais", "AI", "34356040500023", "59", "Nord", "y"],
    ["Régie", "REGIE", "82454114801871", "30", "Ain", "z"],
    ["Chantier", "ACI", "44229377500031", "01", "Ain", "z"],
]


@pytest.fixture
def saved(tmp_path: Path, write_csv: Writer) -> Path:
    taken = receive(write_csv(tmp_path / "envoi.csv", [HEAD, *ROWS]), mappings=tmp_path / "maps")
    assert taken.unused == ("Nom du département", "Note")
    return Path(str(taken.mapping_saved))


def test_a_file_of_the_same_shape_is_asked_nothing_and_told_nothing_again(
    tmp_path: Path, write_csv: Writer, saved: Path
) -> None:
    rows = [[*row[::-1]] for row in [HEAD, *ROWS]]
    again = receive(write_csv(tmp_path / "autre.csv", rows), mappings=saved.parent)
    assert (again.mapping.source, again.mapping_saved) == ("envoi.csv", None)
    assert again.unused == ()
    assert not again.issues["rule"].isin(["column", "guess"]).any()
    assert len(again.accepted["structures"]) == 4


def test_a_correction_by_hand_survives_a_new_column_which_is_told(
    tmp_path: Path, write_csv: Writer, saved: Path
) -> None:
    text = saved.read_text("utf-8")
    more = '\n[columns]\n"Note" = "structures.legal_form"'
    saved.write_text(text.replace("\n[columns]", more), "utf-8")
    rows = [[*HEAD, "Agrément"], *([*row, "2024"] for row in ROWS)]
    again = receive(write_csv(tmp_path / "suite.csv", rows), mappings=saved.parent)
    assert again.accepted["structures"]["legal_form"].tolist() == ["x", "y", "z", "z"]
    assert again.unused == ("Agrément",)
    told = again.issues[again.issues["rule"] == "column"]
    assert told["message"].tolist() == [
        "La colonne « Agrément » n'est pas dans la correspondance « envoi.csv » ; elle reste dans "
        "le fichier"
    ]
    assert len(list(saved.parent.iterdir())) == 1


def test_another_shape_is_not_read_with_it(tmp_path: Path, write_csv: Writer, saved: Path) -> None:
    extra = [f"Question {n}" for n in range(6)]
    rows = [[*HEAD, *extra], *([*row, *extra] for row in ROWS)]
    other = receive(write_csv(tmp_path / "autre.csv", rows), mappings=saved.parent)
    assert other.mapping.source == "autre.csv"
    assert other.mapping_saved is not None


def test_a_code_and_its_label_that_contradict_each_other_are_told(
    tmp_path: Path, write_csv: Writer
) -> None:
    taken = receive(write_csv(tmp_path / "x.csv", [HEAD, *ROWS]))
    issue = taken.issues[taken.issues["rule"] == "contradiction"]
    assert issue[["row", "severity", "value"]].values.tolist() == [[4, "to_confirm", "Ain"]]
    assert issue["message"].item() == (
        "« Ain » (Nom du département) contredit « 30 » (Dépt), qui est gardé"
    )
    assert taken.accepted["structures"]["departement_code"].tolist() == ["13", "59", "30", "01"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"structures.siret"', '"structures.sirret"',
         "parle de « structures.sirret » : la table « Structures » n'a pas de champ « sirret » ; "
         "le plus proche est « structures.siret »."),
        ('"structures.siret"', '"structures.Numéro SIRET"', "proche est « structures.siret »."),
        ('"structures.siret"', '"structure.siret"',
         "parle de « structure.siret » : la table « structure » n'existe pas ; la plus proche est "
         "« structures »."),
        ('table = "structures"', 'table = "structure"', "la plus proche est « structures »."),
        ('"structures.departement_code"', '"structures.departemant"',
         "le plus proche est « structures.departement_code »."),
        ('"N° SIRET"', '"Numéro SIRET"',
         "attend la colonne « Numéro SIRET », absente du fichier ; la plus proche est "
         "« N° SIRET »."),
        ('"Type structure"', '"Zut"', "absente du fichier ; il a : « Nom de la structure »"),
        ("[columns]", "[colonnes]", "n'a pas de « columns »."),
        ('"structures.siret"', "12", "n'est pas lisible"),
    ],
)  # fmt: skip
def test_a_mapping_that_does_not_suit_says_what_is_near(
    tmp_path: Path, saved: Path, old: str, new: str, said: str
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(saved.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(MaterialError) as caught:
        receive(tmp_path / "envoi.csv", mapping=wrong)
    assert caught.value.message.startswith("La correspondance « ")
    assert said in caught.value.message
    assert caught.value.fix


def test_a_mapping_given_for_a_workbook_without_its_columns_is_refused(
    tmp_path: Path, write_xlsx: Writer, saved: Path
) -> None:
    sheet = [["Titre", "Résumé"], ["a", "b"]]
    path = write_xlsx(tmp_path / "x.xlsx", Un=sheet, Deux=[["Nom", "Notes"], ["a", "b"]])
    with pytest.raises(MaterialError, match="colonnes absentes"):
        receive(path, mapping=saved)


def test_an_unreadable_saved_mapping_does_not_stop_the_others(
    tmp_path: Path, write_csv: Writer, saved: Path
) -> None:
    (saved.parent / "x.toml").write_text("source = 'a'\n\ntable = = 1\n", "utf-8")
    (saved.parent / "y.toml").write_text("source = 'a'\ntable = 'b'\n", "utf-8")
    path = write_csv(tmp_path / "x.csv", [HEAD, *ROWS])
    notes = receive(path, mappings=saved.parent).issues.query("rule == 'reading' and row == 0")
    assert notes["severity"].eq("note").all()
    assert (notes["message"] + " ; " + notes["fix"]).tolist() == [
        "La correspondance « x.toml » n'est pas lisible (ligne 3) : elle n'a pas servi ; la "
        "corriger, ou la supprimer pour qu'elle soit proposée à nouveau",
        "La correspondance « y.toml » n'a pas de « columns » : elle n'a pas servi ; la "
        "corriger, ou la supprimer pour qu'elle soit proposée à nouveau",
    ]
    with pytest.raises(MaterialError, match=r"« x.toml » n'est pas lisible \(ligne 3\)\. La"):
        receive(path, mapping=saved.parent / "x.toml")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"source = 'a'\n[columns]\n'a' = \"b", "ligne 3"),
        (b"source = '\xe9'", "ce n'est pas du texte en UTF-8"),
        (b"source = 1\ntable = 'b'\n[columns]\n", "« source » attend du texte entre guillemets"),
        (b"source = 'a'\ntable = 'b'\n[columns]\n'c' = 12\n", "n'a pas la forme attendue"),
    ],
)
def test_a_mapping_that_cannot_be_read_says_why_in_french(
    tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "x.toml").write_bytes(content)
    with pytest.raises(MaterialError) as caught:
        Mapping.load(tmp_path / "x.toml")
    assert said in caught.value.message
    assert caught.value.fix.startswith("La corriger")


def test_a_saved_mapping_is_parsed_once_whatever_the_number_of_sheets(
    tmp_path: Path, write_xlsx: Writer, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    parse = tomllib.loads
    monkeypatch.setattr(mapping.tomllib, "loads", lambda text: read.append(text) or parse(text))
    saved.write_text(saved.read_text("utf-8") + "# relu\n", "utf-8")
    sheets = {f"Feuille {n}": [HEAD, *ROWS[n : n + 1]] for n in range(4)}
    assert (
        receive(write_xlsx(tmp_path / "a.xlsx", **sheets), mappings=saved.parent).counts.read == 4
    )
    assert len([text for text in read if text.endswith("# relu\n")]) == 1
