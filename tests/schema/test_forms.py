"""What the forms ask follows the schema: nothing needed is left out, nothing ours is asked."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from dts_research.schema import Catalogue, Codelist, Field, catalogue
from dts_research.schema.forms import (
    AFTER,
    ASKED_WHEN,
    HINTS,
    NOT_ASKED,
    PARTS,
    form_tables,
    hanging,
)
from dts_research.schema.forms_xlsform import choice_name, code_of_choice

TABLES = form_tables()


def with_field(table: str, field: Field) -> Catalogue:
    """The catalogue with one more field."""
    ours = catalogue()
    schema = ours.tables[table]
    longer = replace(schema, fields=(*schema.fields, field))
    return replace(ours, tables=MappingProxyType({**ours.tables, table: longer}))


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.schema.name)
def test_what_reception_needs_is_asked(table: object) -> None:
    asked = {q.field.name for q in table.questions}  # type: ignore[attr-defined]
    schema = table.schema  # type: ignore[attr-defined]
    needed = {f.name for f in schema.fields if f.required or f.required_in_form} - {schema.key}
    assert needed <= asked
    assert len(asked) == len(table.questions)  # type: ignore[attr-defined]


def test_names_written_by_hand_are_in_the_schema() -> None:
    tables = catalogue().tables
    for table, names in NOT_ASKED.items():
        known = tables[table].names if table else tables["experiences"].names
        assert set(names) <= set(known), table
    for _, names in PARTS.values():
        assert set(names.split()) <= set(tables["experiences"].names)
    for target in HINTS:
        table, _, name = target.partition(".")
        assert name in tables[table].names, target
    for name, (other, codes) in ASKED_WHEN.items():
        assert {name, other} <= set(tables["experiences"].names)
        stages = catalogue().codelists[str(tables["experiences"].field(other).codelist)]
        assert set(codes) <= set(stages.labels)
    assert {*AFTER, *AFTER.values()} <= set(tables["experiences"].names)


def test_a_key_is_asked_only_where_another_sheet_names_it() -> None:
    keys = {t.schema.name for t in TABLES if any(q.is_key for q in t.questions)}
    assert keys == {"experiences", "actors"}


def test_only_what_needs_nothing_else_hangs_on_the_main_table() -> None:
    names = [table.schema.name for table in hanging(TABLES)]
    assert names == ["experience_places", "experience_steps", "quotes"]


def test_a_new_field_is_asked_without_a_word_more() -> None:
    new = Field("colour", "Couleur", "La couleur du lieu", "string")
    for table in ("experiences", "quotes"):
        asked = {t.schema.name: t for t in form_tables(with_field(table, new))}[table]
        assert [q.field.name for q in asked.parts[-1].questions][-1] == "colour"


def test_examples_are_written_as_people_write() -> None:
    examples = {q.field.name: q.example for q in TABLES[0].questions}
    assert examples["missions"] == "Création d'activités"
    assert examples["started_on"] == "01/09/2010"
    places = {q.field.name: q.example for q in TABLES[1].questions}
    assert places["latitude"] == "43,2965"


def test_codes_that_xlsform_refuses_come_back_to_themselves() -> None:
    codes = Codelist("c", {"a b/c": "Un", "é": "Deux", "M1": "Trois"}, {})
    for code in codes.labels:
        assert " " not in choice_name(code)
        assert code_of_choice(codes, choice_name(code)) == code
    assert choice_name("M1") == "M1"
    assert code_of_choice(codes, "inconnu") is None


def test_names_of_choices_stay_apart() -> None:
    for codes in catalogue().codelists.values():
        names = [choice_name(code) for code in codes.labels]
        assert len(set(names)) == len(names), codes.name
        assert names == list(codes.labels), codes.name
