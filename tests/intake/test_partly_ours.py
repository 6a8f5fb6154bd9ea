"""Files of members whose headers are ours only in part; mappings kept for next time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dts_research.errors import MaterialError
from dts_research.intake import Mapping, receive

Writer = Callable[..., Any]
TITLES = ["Titre", "Structure", "Commune", "Date de début", "Ce qui a marché", "Ce qui a résisté"]
ROW = ["Jardin", "Emmaüs", "Marseille", "12/03/2024", "l'accueil", "le bail"]


def test_a_form_that_is_ours_in_part_gives_its_places(tmp_path: Path, write_xlsx: Writer) -> None:
    more = ["Mission", "Thème", "Code postal", "Département", "Étape"]
    values = ["M1", "Jardinage du lundi", "13001", "13", "En cours"]
    taken = receive(write_xlsx(tmp_path / "x.xlsx", F=[[*TITLES, *more], [*ROW, *values]]))
    sheet, place = (taken.accepted[t].iloc[0] for t in ("experiences", "experience_places"))
    assert sheet["organisation"] == "Emmaüs"
    assert (sheet["missions"], sheet["stage"]) == (("M1",), "en_cours")
    assert sheet["source_themes"] == ("Jardinage du lundi",)
    stated = ["stated_label", "stated_postal_code", "stated_departement"]
    assert place[stated].tolist() == ["Marseille", "13001", "13"]
    assert place["experience_id"] == sheet["experience_id"]
    assert taken.unused == ()


@pytest.mark.parametrize(
    ("header", "target"),
    [("STRUCTURES", "experiences.organisation"), ("Structure porteuse", "experiences.organisation"),
     ("Association", "experiences.organisation"), ("Villes", "experience_places.stated_label"),
     ("lieux", "experience_places.stated_label"), ("Missions", "experiences.missions"),
     ("INSEE", "experience_places.stated_commune_code"), ("etat", "experiences.stage"),
     ("Codes postaux", "experience_places.stated_postal_code"), ("Statut", "experiences.stage"),
     ("Code Commune", "experience_places.stated_commune_code"), ("THEMES", "experiences.themes"),
     ("Départements", "experience_places.stated_departement")],
)  # fmt: skip
def test_names_are_known_in_any_dress(
    tmp_path: Path, write_csv: Writer, header: str, target: str
) -> None:
    cell = "Emploi" if header != "THEMES" else ""
    taken = receive(write_csv(tmp_path / "x.csv", [["Titre", "Résumé", header], ["a", "b", cell]]))
    assert taken.mapping.columns[header] == (target,)


@pytest.mark.parametrize("header", ["Code de l'expérience", "Fiche", "experience_id"])
@pytest.mark.parametrize("table", [None, "experience_places"])
def test_places_alone_are_understood(
    tmp_path: Path, write_csv: Writer, header: str, table: str | None
) -> None:
    rows = [[header, "commune"], ["F-1", "Marseille"], ["F-1", "Aix-en-Provence"]]
    taken = receive(write_csv(tmp_path / "x.csv", rows, ";"), table=table)
    places = taken.accepted["experience_places"]
    assert places["experience_id"].tolist() == ["F-1", "F-1"]
    assert places["stated_label"].tolist() == ["Marseille", "Aix-en-Provence"]


def test_a_proposed_mapping_is_kept_and_its_correction_used(
    tmp_path: Path, write_csv: Writer
) -> None:
    path = write_csv(tmp_path / "Envoi été.csv", [[*TITLES, "Couleur", "Vide"], [*ROW, "vert", ""]])
    first = receive(path, mappings=tmp_path / "maps")
    assert first.mapping_saved == tmp_path / "maps" / "envoi-ete.toml"
    assert first.unused == ("Couleur",)
    assert Mapping.load(first.mapping_saved) == first.mapping
    text = first.mapping_saved.read_text("utf-8")
    corrected = text.replace("\n[columns]", '\n[columns]\n"Couleur" = "experiences.context"')
    first.mapping_saved.write_text(corrected, "utf-8")
    again = receive(path, mappings=tmp_path / "maps")
    assert again.accepted["experiences"]["context"].tolist() == ["vert"]
    assert (again.mapping_saved, again.unused) == (None, ())
    assert len(list((tmp_path / "maps").iterdir())) == 1


def test_an_exact_form_keeps_no_mapping(tmp_path: Path, write_csv: Writer) -> None:
    path = write_csv(tmp_path / "x.csv", [["Titre", "Résumé"], ["a", "b"]])
    assert receive(path, mappings=tmp_path / "maps").mapping_saved is None
    assert not (tmp_path / "maps").exists()


def test_an_unrecognised_table_is_said_in_one_sentence(tmp_path: Path, write_csv: Writer) -> None:
    path = write_csv(tmp_path / "bizarre.csv", [["alpha", "beta"], ["1", "2"]])
    with pytest.raises(MaterialError, match="aucune de nos tables") as caught:
        receive(path)
    said = str(caught.value)
    assert "bizarre" not in said
    assert "« alpha », « beta »" in said
    assert said.count("Renommer les colonnes d'après le dictionnaire (dts codebook)") == 1
    assert caught.value.fix
