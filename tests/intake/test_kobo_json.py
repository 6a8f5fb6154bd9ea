"""Submissions in JSON: the same sheets, records and ids as in the spreadsheet export."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dts_research.errors import MaterialError
from dts_research.intake import Mapping, Reception, receive
from dts_research.intake.readers import read_table

Writer = Callable[..., Any]
A, B = "11111111-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "22222222-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
FORMS = Path("forms") / "kobo"
ONE: dict[str, Any] = {
    "_id": 901, "_uuid": A, "formhub/uuid": "f0", "__version__": "vA1",
    "meta/instanceID": f"uuid:{A}", "_xform_id_string": "aXyz", "_status": "submitted_via_web",
    "_geolocation": [43.3, 5.4], "_attachments": [{"filename": "a/b.jpg", "id": 3}], "_tags": [],
    "_notes": [], "_validation_status": {}, "_submission_time": "2026-03-01T10:00:00",
    "_submitted_by": None, "identite/title": "Un repas partagé", "identite/missions": "M1 M3",
    "identite/started_on": "2024-02-01",
    "experience_steps": [
        {"experience_steps/date": "2024-02-01", "experience_steps/event": "Première réunion"},
        {"experience_steps/date": "2024-05-01", "experience_steps/event": "Ouverture"},
    ],
    "experience_steps_count": "2",
}  # fmt: skip
TWO = {
    "_id": 902, "_uuid": B, "_submission_time": "2026-03-01T11:00:00",
    "identite/title": "Atelier vélo", "experience_steps": [],
}  # fmt: skip


def write(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def notes(found: Reception) -> str:
    return "\n".join(found.issues.loc[found.issues["rule"] == "reading", "message"])


@pytest.mark.parametrize("wrapped", [True, False])
def test_answers_of_the_interface(tmp_path: Path, wrapped: bool) -> None:
    page = {"count": 2, "next": None, "previous": None, "results": [ONE, TWO]}
    found = receive(write(tmp_path / "data.json", page if wrapped else [ONE, TWO]))
    assert found.records == {"experiences": 2, "experience_steps": 2}
    frame = found.accepted["experiences"]
    assert frame["missions"].tolist() == [("M1", "M3"), ()]
    assert set(found.accepted["experience_steps"]["experience_id"]) == {frame["experience_id"][2]}
    assert found.unused == ()
    assert "_attachments" in notes(found) and notes(found).count("colonnes techniques") == 1


def test_one_submission_per_line(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text("\n".join(json.dumps(item) for item in (ONE, TWO)), encoding="utf-8")
    assert receive(path).records == {"experiences": 2, "experience_steps": 2}


def test_a_point_is_cut_as_in_the_spreadsheet(tmp_path: Path) -> None:
    place = {"lieux/position": "43.3 5.4 0 4.0"}
    one = {**ONE, "experience_places": [{"experience_places/position": "43.5 5.5 0 0"}]}
    found = receive(write(tmp_path / "data.json", [{**one}, {**TWO, **place}]))
    frame = found.accepted["experience_places"]
    assert sorted(frame["latitude"]) == [43.3, 43.5]
    assert set(frame["experience_id"]) == set(found.accepted["experiences"]["experience_id"])


def test_a_page_of_several_is_said(tmp_path: Path) -> None:
    page = {"count": 250, "next": "https://kf.example/?start=2", "results": [ONE, TWO]}
    assert "2 soumissions sur 250" in notes(receive(write(tmp_path / "data.json", page)))


def test_the_ids_are_those_of_the_spreadsheet(tmp_path: Path, write_xlsx: Writer) -> None:
    head = ["identite/title", "identite/missions", "identite/started_on", "_id", "_uuid", "_index"]
    under = ["date", "event", "_index", "_parent_table_name", "_parent_index"]
    book = write_xlsx(
        tmp_path / "e.xlsx",
        Fiche=[head, ["Un repas partagé", "M1 M3", "2024-02-01", 901, A, 1]],
        experience_steps=[under, ["2024-02-01", "Première réunion", 1, "Fiche", 1],
                          ["2024-05-01", "Ouverture", 2, "Fiche", 1]],
    )  # fmt: skip
    left, right = receive(book), receive(write(tmp_path / "data.json", [ONE]))
    for table in ("experiences", "experience_steps"):
        rows = [f.accepted[table].astype(object).fillna("").values.tolist() for f in (left, right)]
        assert rows[0] == rows[1], table


def test_groups_and_repeats_of_odk_central(tmp_path: Path) -> None:
    submission = {
        "__id": f"uuid:{A}", "__system": {"submissionDate": "2026-03-01T10:00:00Z", "edits": 0},
        "identite": {"title": "Un repas", "missions": "M1"},
        "recit": {"experience_steps": [{"__id": "x1", "date": "2024-02-01", "event": "Réunion"}]},
    }  # fmt: skip
    found = receive(write(tmp_path / "Submissions.json", {"value": [submission]}))
    assert found.records == {"experiences": 1, "experience_steps": 1}
    assert found.accepted["experiences"]["title"].tolist() == ["Un repas"]
    assert found.unused == ()


def version(name: str, question: dict[str, Any], answers: list[dict[str, Any]]) -> dict[str, Any]:
    survey = [question, {"type": "text", "name": "q9", "label": ["Abstract", "Résumé"]}]
    content = {"survey": survey, "translations": ["English (en)", "Français (fr)"]}
    return {"version": name, "content": content, "submissions": answers}


def test_labels_of_the_form_stand_for_names_of_its_own(tmp_path: Path) -> None:
    content = {
        "survey": [
            {"type": "text", "name": "q1", "label": ["Titre"]},
            {"type": "select_multiple l", "name": "q2", "label": ["Missions"]},
        ],
        "choices": [
            {"list_name": "l", "name": "a", "label": ["Création d'activités"]},
            {"list_name": "l", "name": "b", "label": ["Animation des territoires"]},
        ],
    }
    answers = [{"_uuid": A, "q1": "Un repas", "q2": "a b"}]
    found = receive(write(tmp_path / "f.json", {"content": content, "submissions": answers}))
    frame = found.accepted["experiences"]
    assert frame[["title", "missions"]].values.tolist() == [["Un repas", ("M1", "M3")]]


@pytest.mark.parametrize("hint", [{"$kuid": "k1"}, {"$prev": "nom"}])
def test_a_question_renamed_is_one_column(tmp_path: Path, hint: dict[str, str]) -> None:
    old = version("v1", {"type": "text", "name": "nom", "$kuid": "k1"}, [{"_uuid": A, "nom": "Un"}])
    new = version("v2", {"type": "text", "name": "title", **hint}, [{"_uuid": B, "title": "Deux"}])
    found = receive(write(tmp_path / "versions.json", [old, new]))
    assert found.accepted["experiences"]["title"].tolist() == ["Un", "Deux"]
    assert "renommée" not in notes(found)


def test_what_cannot_be_decided_is_said(tmp_path: Path) -> None:
    old = version("v1", {"type": "text", "name": "nom"}, [{"_uuid": A, "nom": "Un", "q9": "r"}])
    new = version("v2", {"type": "text", "name": "libelle"}, [{"_uuid": B, "libelle": "Deux"}])
    sheets = read_table(write(tmp_path / "versions.json", [old, new]))
    assert {"nom", "libelle", "Résumé"} <= set(sheets[0].columns)
    assert any("« nom » n'est plus dans la version « v2 »" in note for note in sheets[0].notes)


def test_a_form_without_answers_is_refused(tmp_path: Path) -> None:
    content = {"survey": [{"type": "text", "name": "q1"}]}
    for whole in ({"content": content, "submissions": []}, content):
        with pytest.raises(MaterialError, match="1 question et aucune réponse"):
            receive(write(tmp_path / "form.json", whole))


def test_other_json_is_read_as_before(tmp_path: Path) -> None:
    rows = [{"title": "Un", "missions": ["M1", "M2"]}, {"title": "Deux"}]
    for content in (rows, {"results": rows}):
        frame = receive(write(tmp_path / "a.json", content)).accepted["experiences"]
        assert frame["missions"].tolist() == [("M1", "M2"), ()]


def count(value: Any, key: str) -> int:
    """How many items the lists of some name hold, at any depth: told without our reader."""
    if isinstance(value, dict):
        mine = sum(len(v) for k, v in value.items() if k.rpartition("/")[2] == key)
        return mine + sum(count(v, key) for v in value.values() if isinstance(v, list | dict))
    return sum(count(v, key) for v in value) if isinstance(value, list) else 0


TREES = "group_tree/group_nest"
REAL = [
    ("nested_grouped_repeatable/v1.json", "group_tree", "group_tree/What_kind_of_tree_is_this"),
    ("nested_grouped_repeatable/v2.json", "group_nest",
     f"{TREES}/How_high_above_the_ground_is_the_nest"),
    ("nested_grouped_repeatable/v1.json", "group_egg", f"{TREES}/group_egg/Describe_the_egg"),
    ("grouped_repeatable/v1.json", "houshold_member_repeat",
     "household_visit/houshold_member_repeat/household_member_name"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "repeat", "question"), REAL)
def test_real_repeats_are_all_there(real_data: Path, name: str, repeat: str, question: str) -> None:
    path = real_data / FORMS / name
    with pytest.raises(MaterialError, match=f"répétition « {repeat} »"):
        receive(path)
    link, place = "Soumission", "Place dans la soumission"
    mapping = Mapping(
        source=repeat, table="experience_steps",
        columns={question: ("experience_steps.event",), link: ("experience_steps.experience_id",)},
        constants={"experience_steps.date": "2020-01-01"}, key=(link, place),
    )  # fmt: skip
    found = receive(path, mapping=mapping)
    content = json.loads(path.read_text(encoding="utf-8"))["submissions"]
    assert found.counts.read == found.counts.accepted == count(content, repeat)
    assert found.records["experience_steps"] == count(content, repeat)
    ids = {(s.get("_uuid") or s["meta/instanceID"]).removeprefix("uuid:") for s in content}
    assert set(found.accepted["experience_steps"]["experience_id"]) == ids


@pytest.mark.parametrize("name", ["restaurant_profile/v4.json", "sanitation_report/v1.json"])
def test_real_forms_of_others(real_data: Path, name: str) -> None:
    path = real_data / FORMS / name
    with pytest.raises(MaterialError, match=r"4 soumissions .*« restaurant_name »"):
        receive(path)
    columns = {"restaurant_name": ("experiences.title",)}
    found = receive(path, mapping=Mapping(source="r", table="experiences", columns=columns))
    wanted = json.loads(path.read_text(encoding="utf-8"))["submissions"]
    titles = found.accepted["experiences"]["title"].tolist()
    assert titles == [item["restaurant_name"] for item in wanted]
    assert found.counts.balanced


def test_every_real_form_is_read_or_refused_by_name(real_data: Path) -> None:
    paths = sorted((real_data / FORMS).glob("*/*.json"))
    assert len(paths) > 20
    for path in paths:
        with pytest.raises(MaterialError) as refused:
            receive(path)
        said = refused.value.message
        assert "soumission" in said or path.name in said or "« q1 »" in said, path


KEYS = st.sampled_from(
    ["_uuid", "_id", "meta", "instanceID", "results", "submissions", "content", "survey", "name",
     "choices", "type", "versions", "version", "title", "grp/title", "experience_steps", "date",
     "_submission_time", "__system", "label", "count", "translations", "$kuid", ""],
)  # fmt: skip
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
ANY_JSON = st.recursive(
    VALUES, lambda inside: st.lists(inside, max_size=4) | st.dictionaries(KEYS, inside, max_size=5)
)


@settings(deadline=None)
@given(ANY_JSON)
def test_any_json_is_read_or_refused_by_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: Any
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    try:
        found = receive(path)
    except MaterialError as error:
        assert error.message and error.fix
    else:
        assert found.counts.balanced


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000, '{"a":' * 100_000, '{"_uuid": "a", "g": ' * 5000 + "1" + "}" * 5000,
        '[{"title": ' + "9" * 5000 + "}]", '[{"_uuid": "a"},', "[1, 2]", "[[], {}]",
    ],
)  # fmt: skip
def test_hostile_json_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MaterialError, match=r"a\.json|colonnes|tables"):
        receive(path)


def test_characters_that_no_text_holds_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"title": "Ca\\ud83df\\u0000e", "summary": "a\\\\u0000"}]', encoding="utf-8")
    found = receive(path)
    row = found.accepted["experiences"].iloc[0]
    assert (row["title"], row["summary"]) == ("Ca\ufffdf\ufffde", "a\\u0000")
    assert "caractère perdu" in notes(found)


def test_objects_of_too_many_names_are_refused(tmp_path: Path) -> None:
    rows = [{f"k{n}": 1, "_uuid": str(n)} for n in range(3000)]
    for content in (rows, [{f"k{n}": 1} for n in range(3000)]):
        with pytest.raises(MaterialError, match="au plus 2000"):
            receive(write(tmp_path / "a.json", content))
