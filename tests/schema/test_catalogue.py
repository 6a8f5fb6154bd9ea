"""The schema files: complete, coherent, in French, and readable as Table Schema."""

from __future__ import annotations

import dataclasses
import json
import re
from importlib.resources import files

import pytest

from dts_research.schema import Schema, catalogue
from dts_research.schema.checks import check

TABLES = sorted(catalogue().tables)
ANNEX_A = {
    "territories", "territory_communes", "actors", "structures", "structure_kinds", "memberships",
    "experiences", "experience_places", "experience_steps", "quotes", "cycles", "sessions",
    "contributions", "hypotheses", "decisions", "common_references", "indicators", "observations",
    "authority_events", "direct_purchases", "codes", "codings", "consents",
}  # fmt: skip


def raw(table: str) -> dict:
    path = files("dts_research.schema").joinpath("tables", f"{table}.json")
    return json.loads(path.read_text("utf-8"))


def test_every_table_of_the_data_model_is_there() -> None:
    assert set(TABLES) >= ANNEX_A


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_named_described_versioned(table: str) -> None:
    schema = catalogue().tables[table]
    assert schema.name == table
    assert schema.title
    assert schema.description
    assert re.fullmatch(r"\d+\.\d+\.\d+", schema.version)
    key = schema.field(schema.key)
    assert key.required
    assert key.unique
    assert {"source", "updated_on", "diffusion"} <= set(schema.names)


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_titled_once_in_french_and_exemplified(table: str) -> None:
    schema = catalogue().tables[table]
    assert len(schema.titles) == len(schema.fields)
    for field in schema.fields:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", field.name)
        assert field.title[0].isupper(), field
        assert field.description, field
        assert field.type in {"string", "integer", "number", "date", "boolean"}, field
        assert field.sensitivity in {"none", "structure", "personal"}, field
        assert field.diffusion in catalogue().codelists["diffusion"].labels, field


@pytest.mark.parametrize("table", TABLES)
def test_links_and_lists_exist(table: str) -> None:
    schema = catalogue().tables[table]
    for column, target in schema.foreign_keys:
        assert column in schema.names
        assert target in catalogue().tables
    for field in schema.fields:
        assert field.codelist is None or field.codelist in catalogue().codelists


@pytest.mark.parametrize("table", TABLES)
def test_the_examples_satisfy_their_own_schema(table: str) -> None:
    import pandas as pd

    schema = catalogue().tables[table]
    row = {f.name: [f.example or None] for f in schema.fields}
    _, issues = check(pd.DataFrame(row, dtype=object), schema)
    wrong = issues[(issues["severity"] != "note") & (issues["rule"] != "required")]
    assert wrong.empty, wrong[["column", "value", "message"]].to_dict("records")


@pytest.mark.parametrize("table", TABLES)
def test_official_codes_are_text(table: str) -> None:
    for field in catalogue().tables[table].fields:
        if field.name.endswith(("_code", "siret", "siren", "_id")) or field.name == "code":
            assert field.type == "string", field


@pytest.mark.parametrize("name", sorted(catalogue().codelists))
def test_a_list_reads_codes_and_labels_back(name: str) -> None:
    codelist = catalogue().codelists[name]
    assert len(codelist.labels) > 1
    assert len(set(codelist.labels.values())) == len(codelist.labels)
    for code, label in codelist.labels.items():
        assert code.isascii()
        assert codelist.code_of(code) == code
        assert codelist.code_of(label) == code
        assert codelist.code_of(label.upper()) == code
        assert label.strip() == label
    assert codelist.code_of("rien de tel") is None


def test_every_list_serves_a_column() -> None:
    used = {f.codelist for s in catalogue().tables.values() for f in s.fields}
    # Lists that the code itself writes with, or that another list refers to.
    assert set(catalogue().codelists) - used <= {"place_evidence"}


def test_the_nearest_code_is_suggested() -> None:
    missions = catalogue().codelists["stages"]
    code, label = next(iter(missions.labels.items()))
    assert missions.nearest(label[:-1] + "x") == code
    assert missions.nearest("zzzzzzzzzz") is None


def test_our_forms_ask_for_what_other_sources_may_lack() -> None:
    experiences = catalogue().tables["experiences"]
    for name in ("what_resisted", "surprises", "open_questions"):
        field = experiences.field(name)
        assert field.required_in_form
        assert not field.required


def test_schemas_cannot_be_changed_by_accident() -> None:
    schema: Schema = catalogue().tables["quotes"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        schema.name = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        catalogue().tables["new"] = schema  # type: ignore[index]


def test_frictionless_reads_the_same_schemas(require) -> None:
    try:
        from frictionless import Schema as TableSchema
    except ImportError:
        TableSchema = None
    require(TableSchema, "frictionless is only in the maintainers' environment")
    for table in TABLES:
        descriptor = raw(table)
        descriptor["primaryKey"] = [descriptor["primaryKey"]]
        read = TableSchema.from_descriptor(descriptor)
        assert [f.name for f in read.fields] == list(catalogue().tables[table].names)


def test_a_text_is_compared_with_labels_and_not_with_our_codes() -> None:
    lists = catalogue().codelists
    assert all(lists[name].nearest("Cantine") is None for name in ("themes", "sectors"))
    assert lists["structure_kinds"].nearest("ETI") == "ETTI"
