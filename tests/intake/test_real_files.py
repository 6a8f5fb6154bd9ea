"""Files met in the field, received without a question; counts taken by other means."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dts_research.intake import receive
from dts_research.intake.mapping import MISSING
from dts_research.schema.catalogue import plain

FFE_CSV = "experiences/BDD FFE - TEST - V0.csv"
FFE_XLSX = "experiences/BDD FFE TEST - V3.xlsx"
FEDER = "experiences/20160711_listeoperations_FEDER_FSE_14-20.xls"
SIAE = "structures/2019_07_liste_siae_sans_contacts.csv"
GEIQ = "structures/2019_11_geiq_sans_contacts.csv"
INCLUSION = "forms/data-inclusion_dataset.xlsx"


def records(path: Path, delimiter: str) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def kept(frame: pd.DataFrame, *columns: str) -> list[Any]:
    return frame[list(columns)].iloc[0].tolist()


@pytest.mark.parametrize("name", [FFE_CSV, FFE_XLSX, FEDER, SIAE, GEIQ, INCLUSION])
def test_every_row_is_accounted_for(real_data: Path, name: str) -> None:
    taken = receive(real_data / name)
    assert taken.counts.balanced
    assert taken.mapping.kept_aside, "a mapping of the package was found"
    again = receive(real_data / name, known=taken.digests)
    assert again.counts.accepted == 0
    assert again.counts.read == taken.counts.read


def test_projects_with_one_row_per_place(real_data: Path) -> None:
    taken = receive(real_data / FFE_CSV)
    source = records(real_data / FFE_CSV, ",")
    assert taken.counts.read == taken.counts.accepted == len(source) == 303
    assert taken.records == {"experiences": 150, "experience_places": 303}
    assert len({row["ID CIS"] for row in source}) == 150
    sheets, places = taken.accepted["experiences"], taken.accepted["experience_places"]
    located = [row for row in source if row["lat"].strip()]
    assert places["latitude"].notna().sum() == len(located)
    assert kept(sheets, "title", "source_themes") == [
        "La Cravate Solidaire", ("EMPLOI", "SOLIDARITE")
    ]  # fmt: skip
    stated = ["stated_departement", "stated_postal_code", "stated_region"]
    assert kept(places, *stated) == ["28", "28700", "Centre-Val de Loire"]
    assert places["address"].isna().all(), "NR means that nothing was given"


def test_the_same_projects_in_a_later_workbook(real_data: Path) -> None:
    taken = receive(real_data / FFE_XLSX)
    assert taken.counts.read == 150
    assert taken.records == {"experiences": 150, "experience_places": 150}
    more = taken.repairs["before"] != taken.repairs["before"].str.strip()
    fields = {"stated_departement", "summary", "title"}
    assert set(taken.repairs.loc[~more, "field"]) == fields
    assert more.sum() == 76, "blanks around a text are repairs too"
    assert dict(zip(taken.repairs["before"], taken.repairs["after"]))["28D"] == "28"
    unread = taken.issues[taken.issues["rule"] == "sheet"]
    assert len(unread) == 2
    before = receive(real_data / FFE_CSV).accepted["experiences"]["experience_id"]
    assert len(set(before) & set(taken.accepted["experiences"]["experience_id"])) == 146


def test_operations_of_the_european_funds(real_data: Path) -> None:
    taken = receive(real_data / FEDER)
    assert taken.counts.read == taken.counts.accepted == 1834
    assert taken.records == {"experiences": 1834, "experience_places": 1816}
    assert taken.accepted["experiences"]["started_on"].notna().all()
    codes = taken.accepted["experience_places"]["stated_postal_code"]
    assert codes.str.fullmatch(r"\d{5}").all()
    assert (taken.repairs["field"] == "stated_postal_code").sum() == 69
    out_of_order = taken.issues[taken.issues["rule"] == "order"]
    assert len(out_of_order) == 6, "six operations end before they begin; both days are kept"
    categories = taken.accepted["experiences"]["source_themes"].map(len)
    assert set(categories) == {0, 1}, "a category that holds commas is one category"


def test_structures_with_their_measures(real_data: Path) -> None:
    taken = receive(real_data / SIAE)
    source = records(real_data / SIAE, ";")
    distinct = {tuple(row.values()) for row in source}
    assert taken.counts.read == len(source) == 3932
    assert taken.counts.accepted == len(distinct)
    assert taken.counts.duplicates == len(source) - len(distinct) == 38
    structures, kinds = taken.accepted["structures"], taken.accepted["structure_kinds"]
    assert len(structures) == len({row["SIRET"] for row in source}) == 3637
    assert len(kinds) == len({(row["SIRET"], row["MESURE"]) for row in source})
    assert set(kinds["structure_id"]) == set(structures["structure_id"])
    codes = set(structures["departement_code"])
    assert {"01", "13", "2A", "2B", "59", "971"} <= codes
    assert not {"013", "02A", "59L", "59V"} & codes


def test_rows_that_a_file_asks_not_to_read(real_data: Path) -> None:
    taken = receive(real_data / INCLUSION)
    assert taken.counts.as_dict() == {
        "read": 3, "accepted": 1, "quarantined": 2, "duplicates": 0, "withdrawn": 0
    }  # fmt: skip
    assert kept(taken.accepted["structures"], "kind", "siret") == ["AUTRE", "82454114801871"]
    assert set(taken.issues.loc[taken.issues["rule"] == "set_aside", "row"]) == {2, 3}
    assert taken.issues["value"].eq("750121").any()
    unread = taken.issues[taken.issues["rule"] == "sheet"]["sheet"].tolist()
    assert "Services" in unread
    assert any("2026-02-23" in message for message in taken.issues["message"])


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_naughty_strings_come_through_as_they_are(
    real_data: Path, tmp_path: Path, write_xlsx: Any, kind: str
) -> None:
    text = (real_data / "security" / "blns.json").read_text(encoding="utf-8")
    strings = [s for s in json.loads(text) if s.strip()]
    if kind == "xlsx":
        strings = [s for s in strings if s.isprintable() and not s.startswith("=")]
    rows = [["Titre", "Résumé"], *([f"t{n}", s] for n, s in enumerate(strings))]
    path = tmp_path / f"x.{kind}"
    if kind == "xlsx":
        write_xlsx(path, S=rows)
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    taken = receive(path)
    assert taken.counts.read == taken.counts.accepted == len(strings)
    gone = {plain(word) for word in MISSING}
    summaries = taken.accepted["experiences"]["summary"].tolist()
    lost = [s for s, seen in zip(strings, summaries) if seen != s.strip() and plain(s) not in gone]
    assert not lost
