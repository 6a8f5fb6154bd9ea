"""Rules between the cells of a record: each said in one whole sentence, none on right rows."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dts_research.schema import Schema, catalogue
from dts_research.schema.catalogue import Field, Rule
from dts_research.schema.checks import check
from dts_research.schema.rules import contradictions

TABLES = catalogue().tables
FILES = Path(__file__).resolve().parents[2] / "dts_research" / "schema" / "tables"
KINDS = {
    "order", "needs", "excludes", "together", "begins", "departement", "shape", "distinct",
    "total", "share",
}  # fmt: skip


def told(table: str | Schema, *rows: dict[str, Any]) -> list[str]:
    """Sentences said of some rows of a table, given as text."""
    schema = TABLES[table] if isinstance(table, str) else table
    text = pd.DataFrame([{k: v for k, v in row.items()} for row in rows], dtype="str")
    text.index = range(2, len(text) + 2)
    typed, _ = check(text, schema)
    found = contradictions(typed, schema, text=text)
    return [f"{i.row} {i.severity} : {i.message} ; {i.fix}" for i in found.itertuples()]


WRONG = [
    ("experiences", {"started_on": "15/06/2023", "ended_on": "12/03/2023"},
     "2 to_confirm : « Date de fin » (12/03/2023) vient avant « Date de début » (15/06/2023) ; "
     "corriger celle des deux dates qui est fausse"),
    ("consents", {"given_on": "2024-05-02", "withdrawn_on": "2024-05-01"},
     "2 to_confirm : « Retiré le » (01/05/2024) vient avant « Donné le » (02/05/2024) ; "
     "corriger celle des deux dates qui est fausse"),
    ("codings", {"start": "12", "end": "3"},
     "2 to_confirm : « Fin » (3) est plus petit que « Début » (12) ; "
     "corriger celle des deux cellules qui est fausse"),
    ("decisions", {"status": "Faite"},
     "2 note : « Statut » (Faite), mais ni « Ce qui s'est passé depuis » ni « Preuve » n'est "
     "rempli ; remplir « Ce qui s'est passé depuis », ou corriger « Statut »"),
    ("decisions", {"status": "Abandonnée"},
     "2 note : « Statut » (Abandonnée), mais « Motif » est vide ; remplir « Motif », ou corriger "
     "« Statut »"),
    ("memberships", {"status": "Membre"},
     "2 to_confirm : « Statut » (Membre), mais « Entrée le » est vide ; remplir « Entrée le », ou "
     "corriger « Statut »"),
    ("observations", {"state": "Publié"},
     "2 to_confirm : « État » (Publié), mais « Valeur » est vide ; remplir « Valeur », ou corriger "
     "« État »"),
    ("observations", {"state": "Secret", "value": "12"},
     "2 to_confirm : « État » (Secret) ne va pas avec une valeur écrite, « Valeur » (12) ; vider "
     "« Valeur », ou corriger « État »"),
    ("observations", {"state": "Publié", "value": "60", "numerator": "12", "denominator": "40"},
     "2 to_confirm : « Valeur » (60) n'est pas « Numérateur » (12) rapporté à « Dénominateur » "
     "(40) ; vérifier les trois nombres"),
    ("observations", {"state": "Publié", "value": "150", "numerator": "60", "denominator": "40"},
     "2 to_confirm : « Numérateur » (60) est plus grand que « Dénominateur » (40) : une part "
     "dépasse 100 % ; corriger celle des deux cellules qui est fausse"),
    ("observations", {"state": "Publié", "value": "1", "numerator": "1", "denominator": "0"},
     "2 to_confirm : « Dénominateur » (0) est nul : « Valeur » (1) ne peut pas se calculer ; "
     "corriger celle des deux cellules qui est fausse"),
    ("actors", {"siren": "343560405", "siret": "41071771400035"},
     "2 to_confirm : « SIRET » (41071771400035) ne commence pas par « SIREN » (343560405) ; "
     "vérifier les deux numéros (les 9 premiers chiffres du SIRET sont le SIREN)"),
    ("structures", {"commune_code": "13055", "departement_code": "84"},
     "2 to_confirm : « Commune du siège » (13055) n'est pas dans « Département » (84) ; corriger "
     "celle des deux cellules qui est fausse"),
    ("structures", {"postal_code": "13001", "departement_code": "84"},
     "2 note : « Code postal » (13001) n'est pas dans « Département » (84) ; corriger celle des "
     "deux cellules qui est fausse (quelques communes ont le code postal d'un département voisin)"),
    ("experience_places", {"latitude": "43,3"},
     "2 to_confirm : « Latitude » vaut 43,3, mais « Longitude » est vide ; remplir les deux "
     "cellules, ou aucune"),
    ("territories", {"level": "Département", "code": "13055"},
     "2 to_confirm : « Code officiel » (13055) n'a pas la forme d'un code pour « Niveau » "
     "(Département) ; corriger le code ou le niveau"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "row", "sentence"), WRONG)
def test_a_contradiction_is_one_sentence_with_both_values(
    table: str, row: dict[str, str], sentence: str
) -> None:
    assert sentence in told(table, row)


RIGHT = [
    ("experiences", {"started_on": "2023-06-15", "ended_on": "2023-06-15"}),
    ("experiences", {"started_on": "2023-06-15"}),
    ("decisions", {"status": "Faite", "evidence": "le marché publié"}),
    ("memberships", {"status": "Contactée"}),
    ("observations", {"state": "Publié", "value": "30", "numerator": "12", "denominator": "40"}),
    ("observations", {"state": "Publié", "value": "0,3", "numerator": "12", "denominator": "40"}),
    ("observations", {"state": "Publié", "value": "33,3", "numerator": "1", "denominator": "3"}),
    ("observations", {"state": "Publié", "value": "120", "numerator": "1200", "denominator": "10"}),
    ("observations", {"state": "Publié", "value": "3,4", "numerator": "34", "denominator": "1e4"}),
    ("structures", {"commune_code": "2A004", "departement_code": "2A", "postal_code": "20000"}),
    ("structures", {"commune_code": "97105", "departement_code": "971", "postal_code": "97100"}),
    ("territories", {"level": "EPCI", "code": "200000172"}),
    ("territories", {"level": "Périmètre libre", "code": "nord-est"}),
    ("actors", {"siren": "410717714", "siret": "41071771400035"}),
]  # fmt: skip


@pytest.mark.parametrize(("table", "row"), RIGHT)
def test_right_rows_are_left_in_peace(table: str, row: dict[str, str]) -> None:
    assert told(table, row) == []


def test_a_siret_of_two_records_is_told_on_the_second() -> None:
    rows = [{"structure_id": i, "siret": "41071771400035"} for i in ("a", "a", "b")]
    assert told("structures", *rows) == [
        "4 to_confirm : « SIRET » (41071771400035) est déjà celui d'un autre enregistrement ; "
        "garder une seule ligne, ou corriger l'un des deux numéros"
    ]


def test_parts_of_a_commune_do_not_exceed_it() -> None:
    row = {"territory_id": "T", "commune_code": "13055"}
    over = told("territory_communes", {**row, "weight": "0,7"}, {**row, "weight": "0,6"})
    assert over == [
        "3 to_confirm : les parts « Poids » de « Territoire » (T) et « Commune » (13055) ne font "
        "pas 1 au plus ; vérifier ces parts : leur somme doit faire 1 au plus"
    ]
    other = {**row, "commune_code": "13001"}
    assert told("territory_communes", {**row, "weight": "0,7"}, {**other, "weight": "0,6"}) == []


@pytest.mark.parametrize(("parts", "right"), [((60, 39.5), True), ((60, 30), False)])
def test_shares_of_a_whole_sum_to_a_hundred_within_one(
    parts: tuple[float, float], right: bool
) -> None:
    fields = tuple(Field(n, n, "", t) for n, t in (("id", "string"), ("part", "number")))
    rule = Rule("total", ("part",), by=("id",), total=100)
    schema = Schema("toy", "Jouet", "", "1.0.0", fields, "id", rules=(rule,))
    said = told(schema, *({"id": "x", "part": str(part)} for part in parts))
    assert said == [] if right else "leur somme doit faire 100" in said[0]


def test_the_cell_is_quoted_as_it_was_written() -> None:
    text = pd.DataFrame({"started_on": ["45000"], "ended_on": ["12 mars 2020"]}, index=[9])
    typed, _ = check(text, TABLES["experiences"])
    issue = contradictions(typed, TABLES["experiences"], text=text).iloc[0]
    assert (issue["row"], issue["column"], issue["value"]) == (9, "ended_on", "12 mars 2020")
    assert typed.loc[9, "ended_on"] == date(2020, 3, 12), "both values are kept"


@pytest.mark.parametrize("table", sorted(TABLES))
def test_rules_speak_of_fields_of_their_table(table: str) -> None:
    schema = TABLES[table]
    declared = json.loads((FILES / f"{table}.json").read_text("utf-8")).get("dts:rules", [])
    assert len(declared) == len(schema.rules)
    for rule in schema.rules:
        assert rule.kind in KINDS
        assert rule.severity in ("to_confirm", "note")
        assert set(rule.fields) | set(rule.by) <= set(schema.names)
        coded = schema.field(rule.fields[0]).codelist
        known = catalogue().codelists[coded].labels if coded else {}
        assert set(rule.values) <= set(known)
        assert {code for code, _ in rule.shapes} <= set(known)


@pytest.mark.parametrize("table", sorted(TABLES))
def test_the_examples_of_the_schema_do_not_contradict_each_other(table: str) -> None:
    row = {field.name: field.example for field in TABLES[table].fields}
    assert told(table, row) == []


def test_every_pair_of_dates_is_in_order_somewhere() -> None:
    pairs = {(t, *r.fields) for t, s in TABLES.items() for r in s.rules if r.kind == "order"}
    assert {
        ("experiences", "started_on", "ended_on"), ("cycles", "started_on", "ended_on"),
        ("decisions", "decided_on", "due_on"), ("memberships", "joined_on", "left_on"),
        ("consents", "given_on", "withdrawn_on"), ("structure_kinds", "valid_from", "valid_to"),
    } <= pairs  # fmt: skip
