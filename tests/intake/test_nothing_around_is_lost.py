"""What stands around the rows that are read is told: error cells, other sheets, other fields."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from dts_research.intake import receive
from dts_research.intake.readers import read_table

HEAD = ["Nom de l'action", "Ville", "Code postal", "Descriptif"]


def test_sheets_of_the_same_shape_are_all_read(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for year in ("2022", "2023", "2024"):
        page = made.create_sheet(year)
        page.append(HEAD)
        for number in range(4):
            page.append([f"Action {number} de {year}", "Lille", "59000", "Un texte."])
    made.save(tmp_path / "actions.xlsx")
    found = receive(tmp_path / "actions.xlsx")
    assert found.counts.accepted == found.counts.read == 12
    assert set(found.by_sheet) == {"2022", "2023", "2024"}


def test_our_own_id_is_kept_among_foreign_titles(tmp_path: Path) -> None:
    path = tmp_path / "bilan.csv"
    path.write_text(
        "Identifiant de la fiche;Titre;Bilan de Paul;Suites à donner\n"
        "F-1;Atelier vélo;a;b\nF-2;Atelier vélo;c;d\nF-3;Atelier vélo;e;f\n",
        encoding="utf-8",
    )
    found = receive(path)
    assert found.accepted["experiences"]["experience_id"].tolist() == ["F-1", "F-2", "F-3"]


def test_a_mapping_saved_for_other_titles_does_not_serve_our_form(tmp_path: Path) -> None:
    for name, title in (("autre", "Le titre"), ("nôtre", "Titre")):
        made = openpyxl.Workbook()
        made.active.append(["Identifiant de la fiche", title, "Résumé", "Contexte"])
        made.active.append(["F-1", "Boulangerie", "Un résumé", "Un contexte"])
        made.save(tmp_path / f"{name}.xlsx")
    receive(tmp_path / "autre.xlsx", table="experiences", mappings=tmp_path / "m")
    found = receive(tmp_path / "nôtre.xlsx", mappings=tmp_path / "m")
    assert found.accepted["experiences"]["title"].tolist() == ["Boulangerie"]


def test_cells_in_error_are_told_in_opendocument_too(
    tmp_path: Path, require: Callable[..., Any]
) -> None:
    import shutil

    office = require(shutil.which("soffice"), "LibreOffice writes the file")
    made = openpyxl.Workbook()
    for row in (["Titre", "Structure porteuse (libellé)"], ["Un", "=1/0"], ["Deux", "Relais"]):
        made.active.append(row)
    made.save(tmp_path / "a.xlsx")
    command = [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"]
    command += ["--convert-to", "ods", "--outdir", str(tmp_path), str(tmp_path / "a.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    (sheet,) = read_table(tmp_path / "a.ods")
    assert any("Cellules en erreur" in note and "B2" in note for note in sheet.notes), sheet.notes


def test_what_stands_around_a_list_is_told(tmp_path: Path) -> None:
    told = {"auteur": "Paul", "fiches": [{"Titre": "A"}, {"Titre": "B"}]}
    (tmp_path / "f.json").write_text(json.dumps(told), encoding="utf-8")
    found = receive(tmp_path / "f.json", table="experiences")
    assert any("« auteur »" in message for message in found.issues["message"])
