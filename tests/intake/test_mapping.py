"""Correspondences: saved, found again, proposed, refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dts_research.errors import MaterialError
from dts_research.intake import Mapping, find, receive, suggest
from dts_research.intake.mapping import fingerprint, ready
from dts_research.intake.readers import read_table
from dts_research.schema import catalogue

Writer = Callable[..., Any]
ODD = Mapping(
    source='Recueil "été" \\ 2024',
    table="experiences",
    columns={"Quoi ?": ("experiences.title",), "a.b": ("experiences.stage", "experiences.need")},
    key=("Quoi ?",),
    values={"experiences.stage": {"Fini = fait": "terminee", "#": "idee"}},
    constants={"experiences.source": "l'enquête\nde 2024"},
    kept_aside=("Téléphone",),
    missing=("NR", "-"),
    whole=("experiences.source_themes",),
    scope="s",
    exact=True,
    guessed=("a.b",),
)


def test_a_mapping_survives_its_file(tmp_path: Path) -> None:
    ODD.save(tmp_path / "deep" / "odd.toml")
    assert Mapping.load(tmp_path / "deep" / "odd.toml") == ODD


def test_a_damaged_mapping_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text('source = "x"\n', encoding="utf-8")
    with pytest.raises(MaterialError, match="correspondance"):
        Mapping.load(tmp_path / "m.toml")


def test_fingerprints_ignore_case_blanks_order_and_dates() -> None:
    first = fingerprint(["Nom du projet ", "2026-02-23", "Été"])
    assert first == fingerprint(["ete", "nom  du projet", "2026-03-03"])
    assert first != fingerprint(["Nom du projet", "2026-02-23"])


def test_the_mappings_of_the_package_speak_of_our_fields() -> None:
    ours = catalogue().tables
    assert len(ready()) >= 6
    for mapping in ready():
        for target in (*mapping.targets, *mapping.constants):
            table, _, name = target.partition(".")
            assert name in ours[table].names, (mapping.source, target)


def test_a_saved_mapping_wins_over_those_of_the_package(tmp_path: Path, write_csv: Writer) -> None:
    rows = [["Quoi ?", "a.b", "Téléphone"], ["Jardin", "Fini = fait", "01"]]
    path = write_csv(tmp_path / "x.csv", rows)
    sheet = read_table(path)[0]
    assert find(sheet) is None
    replace(ODD, fingerprint=fingerprint(sheet.columns)).save(tmp_path / "maps" / "odd.toml")
    assert find(sheet, tmp_path / "maps").source == ODD.source
    taken = receive(path, mappings=tmp_path / "maps")
    assert taken.accepted["experiences"]["stage"].tolist() == ["terminee"]
    assert taken.accepted["experiences"]["source"].tolist() == ["l'enquête\nde 2024"]


@pytest.mark.parametrize(
    ("titles", "targets"),
    [
        (["Intitulé du projet", "Porteur", "CP", "Date de début"],
         {"experiences.title", "experiences.organisation", "experience_places.stated_postal_code",
          "experiences.started_on"}),
        (["Project name", "Summary", "Lat", "Lng"],
         {"experiences.title", "experiences.summary", "experience_places.latitude",
          "experience_places.longitude"}),
        (["Raison sociale", "N° SIRET", "Type de structure", "Ville"],
         {"structures.label", "structures.siret", "structures.kind", "structures.commune_label"}),
    ],
)  # fmt: skip
def test_foreign_headers_are_recognised(
    tmp_path: Path, write_csv: Writer, titles: list[str], targets: set[str]
) -> None:
    sheet = read_table(write_csv(tmp_path / "x.csv", [titles, ["x", "y", "1", "2"]]))[0]
    assert set(suggest(sheet).targets) == targets


def test_coordinates_and_sirets_are_recognised_by_their_content(
    tmp_path: Path, write_csv: Writer
) -> None:
    rows = [["Titre du récit", "Titre", "N", "E"]]
    rows += [["r", f"t{n}", f"4{n}.29650", f"{n}.36980"] for n in range(3, 8)]
    mapping = suggest(read_table(write_csv(tmp_path / "x.csv", rows))[0])
    assert mapping.columns["N"] == ("experience_places.latitude",)
    assert mapping.columns["E"] == ("experience_places.longitude",)
    assert mapping.guessed == ("N", "E")


def test_columns_that_say_nothing_are_refused(tmp_path: Path, write_csv: Writer) -> None:
    path = write_csv(tmp_path / "x.csv", [["alpha", "beta"], ["1", "2"]])
    with pytest.raises(MaterialError, match="aucune de nos tables"):
        receive(path)


@pytest.mark.parametrize(
    "wrong",
    [{"columns": {"Absente": ("experiences.title",)}, "key": ()},
     {"columns": {"Quoi ?": ("experiences.tilte",)}}],
)  # fmt: skip
def test_a_mapping_that_does_not_suit_is_refused(
    tmp_path: Path, write_csv: Writer, wrong: dict[str, Any]
) -> None:
    path = write_csv(tmp_path / "x.csv", [["Quoi ?", "a.b"], ["Jardin", "x"]])
    with pytest.raises(MaterialError, match="correspondance"):
        receive(path, mapping=replace(ODD, **wrong))


@pytest.mark.parametrize("heading", ["title", "name"])
@pytest.mark.parametrize("table", sorted(catalogue().tables))
def test_our_own_forms_need_no_mapping(
    tmp_path: Path, write_xlsx: Writer, table: str, heading: str
) -> None:
    schema = catalogue().tables[table]
    fields = schema.fields
    row = [f.example or ("x" if f.type == "string" and not f.codelist else None) for f in fields]
    names = [getattr(f, heading) for f in fields]
    path = write_xlsx(tmp_path / "saisie.xlsx", Consignes=[["À lire"]], Saisie=[names, row])
    taken = receive(path)
    assert taken.mapping.table == table
    assert taken.counts.accepted == 1, taken.issues["message"].tolist()
    frame = taken.accepted[table]
    assert frame[schema.key].iloc[0] == schema.field(schema.key).example
    assert frame.attrs == {"file": "saisie.xlsx", "sheet": "Saisie"}


def test_published_sources_may_be_shown() -> None:
    for mapping in ready():
        shown = {t.partition(".")[0] for t in mapping.constants if t.endswith(".diffusion")}
        assert shown == set(mapping.tables), mapping.source
        assert {mapping.constants[f"{table}.diffusion"] for table in shown} == {"public"}
