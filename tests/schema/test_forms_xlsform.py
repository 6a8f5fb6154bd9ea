"""The XLSForm: what pyxform and ODK Validate accept, named as our fields, tables and codes."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any

import openpyxl
import pytest
from defusedxml import ElementTree

from dts_research.schema import Catalogue, catalogue
from dts_research.schema.forms import form_tables, hanging
from dts_research.schema.forms_xlsform import LANGUAGE, xlsform

TABLES = form_tables()
LABEL = f"label::{LANGUAGE}"
H = "{http://www.w3.org/1999/xhtml}"
X = "{http://www.w3.org/2002/xforms}"


def rows_of(sheet: str, source: Catalogue | None = None) -> list[dict[str, str]]:
    book = openpyxl.load_workbook(io.BytesIO(xlsform(source)))
    heads, *rows = book[sheet].iter_rows(values_only=True)
    return [{str(h): str(v) for h, v in zip(heads, row) if v is not None} for row in rows]


@pytest.fixture(scope="module")
def made(require: Callable[..., Any]) -> Any:
    """The XForm that pyxform makes, read by ODK Validate."""
    require(find_spec("pyxform"), "pyxform is not installed: it comes with the extra « ci »")
    require(shutil.which("java"), "ODK Validate needs Java (default-jdk-headless)")
    from pyxform.xls2xform import convert

    return convert(xlsform=io.BytesIO(xlsform()), validate=True, file_type=".xlsx")


def test_pyxform_and_odk_validate_accept_it_without_a_warning(made: Any) -> None:
    assert made.warnings == []
    assert len(made.xform) > 10_000


def test_the_form_holds_every_question_under_our_names(made: Any) -> None:
    root = ElementTree.fromstring(made.xform)
    data = root.find(f"{H}head/{X}model/{X}instance")[0]
    held = {part.tag.split("}")[1]: [c.tag.split("}")[1] for c in part] for part in data}
    main = TABLES[0]
    for part in main.parts:
        assert held[part.name] == [q.field.name for q in part.questions if not q.is_key]
    for table in hanging(TABLES):
        asked = [q.field.name for q in table.questions if q.refers_to is None]
        assert sorted(held[table.schema.name]) == sorted(asked)


def test_names_of_questions_and_repeats_are_fields_and_tables() -> None:
    tables = catalogue().tables
    here = "experiences"
    for row in rows_of("survey"):
        kind = row["type"].split()[0]
        if kind == "begin_repeat":
            here = row["name"]
            assert here in tables
        elif kind == "end_repeat":
            here = "experiences"
        elif kind not in ("begin_group", "end_group", "note"):
            assert row["name"] in tables[here].names, row


def test_choices_are_our_codes_with_french_labels() -> None:
    lists: dict[str, dict[str, str]] = {}
    for row in rows_of("choices"):
        lists.setdefault(row["list_name"], {})[row["name"]] = row[LABEL]
    assert lists.pop("oui_non") == {"oui": "Oui", "non": "Non"}
    for name, labels in lists.items():
        assert labels == dict(catalogue().codelists[name].labels)


def test_ids_made_at_reception_are_not_asked() -> None:
    keys = {table.schema.key for table in TABLES}
    assert not keys & {row.get("name", "") for row in rows_of("survey")}


def test_each_question_is_typed_and_guided() -> None:
    rows = {row["name"]: row for row in rows_of("survey") if "name" in row}
    assert rows["missions"]["type"] == "select_multiple missions"
    assert rows["stage"]["type"] == "select_one stages"
    assert rows["started_on"]["type"] == "date"
    assert rows["people_count"]["type"] == "integer"
    assert rows["people_count"]["constraint"] == ". >= 0"
    assert rows["latitude"]["type"] == "decimal"
    assert rows["summary"] == rows["summary"] | {"type": "text", "appearance": "multiline"}
    assert rows["title"]["required"] == rows["what_resisted"]["required"] == "yes"
    assert "${started_on}" in rows["ended_on"]["constraint"]
    assert "début" in rows["ended_on"][f"constraint_message::{LANGUAGE}"]
    assert "'terminee'" in rows["ended_on"]["relevant"]


def test_the_shape_of_a_code_is_checked_on_the_phone() -> None:
    ours = catalogue()
    schema = ours.tables["experiences"]
    siret = replace(ours.tables["actors"].field("siret"), example="55208131766522")
    tables = {**ours.tables, "experiences": replace(schema, fields=(*schema.fields, siret))}
    source = replace(ours, tables=MappingProxyType(tables))
    row = next(row for row in rows_of("survey", source) if row.get("name") == "siret")
    assert row["constraint"] == r"regex(., '^(?:\d{14})$')"
    assert "55208131766522" in row[f"constraint_message::{LANGUAGE}"]


def test_a_refusal_is_always_said_in_french() -> None:
    for row in rows_of("survey"):
        if "constraint" in row:
            assert row[f"constraint_message::{LANGUAGE}"].endswith("."), row
        if row.get("required"):
            assert row[f"required_message::{LANGUAGE}"], row


def test_settings_name_the_form_and_its_language() -> None:
    (settings,) = rows_of("settings")
    assert settings["default_language"] == LANGUAGE
    assert settings["form_id"] == "fiche_experience"
    assert settings["version"] == catalogue().tables["experiences"].version
