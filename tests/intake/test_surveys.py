"""Exports of survey tools, typed by hand in their shapes, received without any mapping."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dts_research.intake import Mapping, Reception, receive
from dts_research.intake.sheets import Grid
from dts_research.intake.surveys import flattened

Writer = Callable[..., Any]


def notes(found: Reception) -> str:
    return "\n".join(found.issues.loc[found.issues["rule"] == "reading", "message"])


def first(found: Reception) -> dict[str, Any]:
    return dict(found.accepted["experiences"].iloc[0])


BOXES = ["Création d'activités", "Sécurisation des parcours", "Animation des territoires"]
LIME = {
    "texts": ["ID de la réponse", "Date de soumission", "Dernière page", "Langue de départ",
              "Tête de série", "Titre de la fiche : donnez un titre court",
              *(f"Missions : cochez tout ce qui convient [{b}]" for b in BOXES),
              "Quelle est la date de début ?", "Résumé (en trois lignes)",
              "Ce qui a marché<br />"],
    "codes and texts": ["id. ID de la réponse", "submitdate. Date de soumission",
                        "lastpage. Dernière page", "startlanguage. Langue de départ",
                        "seed. Tête de série", "G01Q01. <p>Titre de la fiche&nbsp;:</p>",
                        *(f"G01Q02[SQ00{n}]. Missions [{b}]" for n, b in enumerate(BOXES, 1)),
                        "G02Q01. Date de début *", "G02Q02. Résumé", "G02Q03. Ce qui a marché ?"],
    "codes": ["id", "submitdate", "lastpage", "startlanguage", "seed", "title",
              "missions[M1]", "missions[M2]", "missions[M3]", "started_on", "summary",
              "what_worked"],
}  # fmt: skip


@pytest.mark.parametrize("shape", list(LIME))
@pytest.mark.parametrize(("yes", "no"), [("Oui", "Non"), ("Y", ""), ("Oui", "N/A")])
def test_limesurvey(tmp_path: Path, write_csv: Writer, shape: str, yes: str, no: str) -> None:
    rows = [
        ["12", "2026-03-01 10:00:00", "4", "fr", "123456", "Un repas partagé", yes, no, yes,
         "2024-02-01 00:00:00", "On cuisine ensemble", "Le marché"],
        ["13", "", "2", "fr", "123457", "Atelier vélo", no, yes, no, "", "", ""],
    ]  # fmt: skip
    found = receive(write_csv(tmp_path / "results-survey.csv", [LIME[shape], *rows], ";"))
    frame = found.accepted["experiences"]
    assert frame["title"].tolist() == ["Un repas partagé", "Atelier vélo"]
    assert frame["missions"].tolist() == [("M1", "M3"), ("M2",)]
    assert first(found)["started_on"] == date(2024, 2, 1)
    assert (first(found)["summary"], first(found)["what_worked"]) == (
        "On cuisine ensemble", "Le marché",
    )  # fmt: skip
    assert found.unused == ()
    assert "Export de LimeSurvey" in notes(found)
    assert "Ligne(s) 3 : réponses non terminées" in notes(found)


def test_google_forms(tmp_path: Path, write_csv: Writer) -> None:
    rows = [
        ["Horodateur", "Adresse e-mail", "1. Titre de l'expérience *", "2. Vos missions",
         "3) Thèmes (plusieurs réponses possibles)", "4 - Quelle est l'étape ?",
         "5. Personnes concernées : combien ?"],
        ["2026/03/01 10:00:12 AM UTC+1", "a@exemple.fr", "Un repas partagé",
         "Création d'activités, Animation des territoires",
         "Mutualisation de moyens, Nouvelle filière", "En cours", "1\u202f234"],
    ]  # fmt: skip
    found = receive(write_csv(tmp_path / "Formulaire (réponses).csv", rows))
    row = first(found)
    assert row["title"] == "Un repas partagé"
    assert row["missions"] == ("M1", "M3")
    assert row["themes"] == ("mutualisation", "nouvelle_filiere")
    assert (row["stage"], row["people_count"]) == ("en_cours", 1234)
    assert found.unused == ()
    assert "Export de Google Forms" in notes(found) and "Adresse e-mail" in notes(found)


DRUPAL = [
    ["Recensement des expériences", "", "", "", "", "", "", "", "", "", ""],
    ["Détails de la soumission", "", "", "", "", "", "", "", "Missions", "", ""],
    ["Numéro de série", "SID", "Heure de soumission", "Brouillon", "Adresse IP", "UID",
     "Nom d'utilisateur", "Titre de la fiche", *BOXES, "Résumé", "Étape"],
    ["1", "4001", "01/03/2026 - 10:00", "", "192.0.2.1", "0", "", "Un repas partagé", "X", "", "X",
     "On cuisine", "En cours"],
    ["2", "4002", "01/03/2026 - 11:00", "", "192.0.2.2", "0", "", "Atelier vélo", "", "X", "",
     "", "En cours"],
]  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_framaforms_and_its_three_rows_of_titles(
    tmp_path: Path, write_csv: Writer, write_xlsx: Writer, kind: str
) -> None:
    path = tmp_path / f"recensement.{kind}"
    made = write_csv(path, DRUPAL, "\t") if kind == "csv" else write_xlsx(path, Feuille=DRUPAL)
    found = receive(made)
    frame = found.accepted["experiences"]
    assert frame["title"].tolist() == ["Un repas partagé", "Atelier vélo"]
    assert frame["missions"].tolist() == [("M1", "M3"), ("M2",)]
    assert frame["stage"].tolist() == ["en_cours"] * 2
    assert list(frame.index) == [4, 5]
    assert found.unused == ()
    assert "Recensement des expériences" in notes(found)


def test_a_question_after_the_boxes_is_not_one_of_them() -> None:
    rows = (("", ""), ("Détails", "Outils", ""), ("Numéro de série", "Scie", "Ville"),
            ("1", "X", "Lyon"))  # fmt: skip
    assert flattened(Grid("", rows)).rows[2] == ("Numéro de série", "Outils [Scie]", "Ville")


def test_webforms_of_today_in_one_row(tmp_path: Path, write_csv: Writer) -> None:
    rows = [
        ["Numéro de série", "ID de soumission", "Jeton", "Titre de la fiche",
         *(f"Missions: {b}" for b in BOXES)],
        ["1", "77", "abc", "Un repas", "X", "", "X"],
    ]  # fmt: skip
    found = receive(write_csv(tmp_path / "webform.csv", rows))
    assert first(found)["missions"] == ("M1", "M3")
    assert found.unused == ()


def test_yeswiki(tmp_path: Path, write_csv: Writer) -> None:
    rows = [
        ["datetime_create", "datetime_latest", "Titre de la fiche *", "Missions *", "Étape"],
        ["2026-03-01 10:00:00", "2026-03-02 10:00:00", "Un repas", f"{BOXES[0]}, {BOXES[2]}",
         "En cours"],
    ]  # fmt: skip
    found = receive(write_csv(tmp_path / "bazar.csv", rows))
    assert first(found)["missions"] == ("M1", "M3")
    assert "Export de YesWiki" in notes(found)


def test_questions_of_others_stay_whole_and_are_told(tmp_path: Path, write_csv: Writer) -> None:
    rows = [
        ["Horodateur", "Titre de la fiche", "Aimez-vous cela ?", "Résumé", "Résumé (2)"],
        ["01/03/2026", "Un repas", "Oui", "Court", "Long"],
    ]  # fmt: skip
    found = receive(write_csv(tmp_path / "g.csv", rows))
    assert "Aimez-vous cela ?" in found.unused
    assert first(found)["summary"] == "Court"


def test_an_ordinary_file_is_left_alone(tmp_path: Path, write_csv: Writer) -> None:
    rows = [["Titre", "Missions [Création d'activités]"], ["Un repas", "Oui"]]
    assert receive(write_csv(tmp_path / "a.csv", rows)).unused == (rows[0][1],)


def test_a_mapping_speaks_of_the_columns_as_they_stand(tmp_path: Path, write_csv: Writer) -> None:
    rows = [["Horodateur", "1. Titre *"], ["01/03/2026 10:00:00", "Un repas"]]
    path = write_csv(tmp_path / "g.csv", rows)
    columns = {"Horodateur": ("experiences.written_on",), "1. Titre *": ("experiences.title",)}
    mapping = Mapping(source="g", table="experiences", columns=columns)
    given = receive(path, mapping=mapping)
    assert first(given)["written_on"] == date(2026, 3, 1)
    three = ["Horodateur", "1. Titre *", "2. Résumé"]
    path = write_csv(tmp_path / "h.csv", [three, ["01/03/2026 10:00:00", "Un repas", "Court"]])
    columns["2. Résumé"] = ("experiences.summary",)
    kept = Mapping(source="g", table="experiences", columns=columns)
    kept.save(tmp_path / "mappings" / "g.toml")
    assert first(receive(path, mappings=tmp_path / "mappings"))["written_on"] == date(2026, 3, 1)
