"""Kobo and ODK exports: repeats joined, choices put together, edits known as such."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dts_research.intake import Reception, receive

Writer = Callable[..., Any]
TAIL = ["_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status",
        "_submitted_by", "__version__", "_tags", "meta/rootUuid", "_index"]  # fmt: skip
UNDER = ["_index", "_parent_table_name", "_parent_index", "_submission__id", "_submission__uuid",
         "_submission__submission_time", "_submission__validation_status",
         "_submission___version__", "_submission_meta/rootUuid"]  # fmt: skip
FORM = "Fiche d'expérience"
A, B = "11111111-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "22222222-bbbb-4bbb-8bbb-bbbbbbbbbbbb"


def tail(number: int, uuid: str, *, root: str = "", time: str = "2026-03-01T10:00:00") -> list[Any]:
    return [900 + number, uuid, time, "", "", "submitted_via_web", "", "vA1", "", root, number]


def under(number: int, parent: int, uuid: str, *, table: str = FORM) -> list[Any]:
    return [number, table, parent, 900 + parent, uuid, "2026-03-01T10:00:00", "", "vA1", ""]


MAIN = [
    ["start", "end", "identite/title", "identite/started_on", "identite/missions", *TAIL],
    ["2026-03-01", "2026-03-01", "Un repas partagé", "2024-02-01", "M1 M3", *tail(1, A)],
    ["2026-03-01", "2026-03-01", "Atelier vélo", "2023-09-15", "M2", *tail(2, B)],
]
STEPS = [
    ["experience_steps/date", "experience_steps/event", "experience_steps/turning_point", *UNDER],
    ["2024-02-01", "Première réunion", "1", *under(1, 1, A)],
    ["2024-05-01", "Ouverture", "0", *under(2, 1, A)],
    ["2023-09-15", "Don de dix vélos", "", *under(3, 2, B)],
]
QUOTES = [
    ["quotes/text", "quotes/speaker_role", "quotes/consent", *UNDER],
    ["On m'écoute", "Salariée en parcours", "quote", *under(1, 2, B)],
]


def kobo(path: Path, write_xlsx: Writer, **sheets: Any) -> Path:
    return write_xlsx(path, **{FORM: MAIN, **sheets})


def titles(found: Reception) -> dict[str, str]:
    frame = found.accepted["experiences"]
    return dict(zip(frame["experience_id"], frame["title"]))


def notes(found: Reception) -> str:
    return "\n".join(found.issues.loc[found.issues["rule"] == "reading", "message"])


def test_each_repeat_becomes_rows_of_its_table(tmp_path: Path, write_xlsx: Writer) -> None:
    path = kobo(tmp_path / "export.xlsx", write_xlsx, experience_steps=STEPS, quotes=QUOTES)
    found = receive(path)
    assert found.records == {"experiences": 2, "experience_steps": 3, "quotes": 1}
    assert found.counts.read == found.counts.accepted == 6
    names, steps = titles(found), found.accepted["experience_steps"]
    assert [names[i] for i in steps["experience_id"]] == [
        "Un repas partagé", "Un repas partagé", "Atelier vélo",
    ]  # fmt: skip
    assert steps["turning_point"].tolist() == [True, False, pd.NA]
    assert steps["step_id"].is_unique
    assert names[found.accepted["quotes"]["experience_id"].iloc[0]] == "Atelier vélo"
    assert found.accepted["experiences"]["missions"].tolist() == [("M1", "M3"), ("M2",)]


def test_technical_columns_are_said_once_and_are_no_noise(
    tmp_path: Path, write_xlsx: Writer
) -> None:
    found = receive(kobo(tmp_path / "export.xlsx", write_xlsx, experience_steps=STEPS))
    assert notes(found).count("colonnes techniques") == 1
    assert "_uuid" in notes(found) and "_parent_table_name" in notes(found)
    assert found.unused == ()
    assert not (found.issues["rule"] == "column").any()


def choices(*columns: str) -> list[list[Any]]:
    """The same three answers, in the columns of one layout."""
    ticks = {
        "missions": ["M1 M3", "", "M2"],
        "Missions": ["Création d'activités Animation des territoires", "",
                     "Sécurisation des parcours"],
    }  # fmt: skip
    codes = {"M1": "Création d'activités", "M2": "Sécurisation des parcours",
             "M3": "Animation des territoires"}  # fmt: skip
    for code, label in codes.items():
        ticked = [int(code in answer) for answer in ticks["missions"]]
        ticks[f"missions/{code}"] = ticks[f"Missions/{label}"] = ticked  # type: ignore[assignment]
    rows = [[f"Projet {n}", *(ticks[c][n] for c in columns)] for n in range(3)]
    return [["title", *columns], *rows]


@pytest.mark.parametrize(
    "columns",
    [
        ["missions"],
        ["missions/M1", "missions/M2", "missions/M3"],
        ["missions", "missions/M1", "missions/M2", "missions/M3"],
        ["Missions"],
        ["Missions/Création d'activités", "Missions/Sécurisation des parcours",
         "Missions/Animation des territoires"],
        ["Missions", "Missions/Création d'activités", "Missions/Sécurisation des parcours",
         "Missions/Animation des territoires"],
    ],
)  # fmt: skip
def test_several_choices_in_their_three_layouts(
    tmp_path: Path, write_xlsx: Writer, columns: list[str]
) -> None:
    lines = choices(*columns)
    grouped = [[f"groupe/sous-groupe/{name}" for name in lines[0]], *lines[1:]]
    for header in (lines, grouped):
        rows = [[*header[0], *TAIL]]
        rows += [[*row, *tail(n, f"{n}{A}")] for n, row in enumerate(header[1:], start=1)]
        found = receive(write_xlsx(tmp_path / "e.xlsx", **{FORM: rows}))
        frame = found.accepted["experiences"]
        assert frame["missions"].tolist() == [("M1", "M3"), (), ("M2",)]
        assert found.unused == ()


def test_the_summary_tells_what_no_choice_column_does(tmp_path: Path, write_xlsx: Writer) -> None:
    rows = [["title", "missions", "missions/M1", *TAIL], ["Un repas", "M1 M3", 1, *tail(1, A)]]
    found = receive(write_xlsx(tmp_path / "e.xlsx", **{FORM: rows}))
    assert found.accepted["experiences"]["missions"].tolist() == [("M1", "M3")]


def test_french_labels_as_headers_and_values(tmp_path: Path, write_xlsx: Writer) -> None:
    main = [["Titre", "Étape", "Thèmes", *TAIL]]
    main += [["Un repas", "En cours", "Mutualisation de moyens", *tail(1, A)]]
    steps = [["Date", "Événement", *UNDER], ["2024-02-01", "Réunion", *under(1, 1, A)]]
    path = write_xlsx(tmp_path / "e.xlsx", **{FORM: main, "experience_steps": steps})
    found = receive(path)
    row = found.accepted["experiences"].iloc[0]
    assert (row["stage"], row["themes"]) == ("en_cours", ("mutualisation",))
    assert found.accepted["experience_steps"]["experience_id"].tolist() == [row["experience_id"]]


def test_nested_repeats_know_their_record(tmp_path: Path, write_xlsx: Writer) -> None:
    places = [["lieux/nom", *UNDER]]
    places += [["ici", *under(1, 1, A)], ["là", *under(2, 2, B)]]
    steps = [["lieux/experience_steps/date", "lieux/experience_steps/event", *UNDER]]
    steps += [["2024-02-01", "Réunion", *under(1, 2, "", table="lieux")]]
    steps += [["2024-03-01", "Ouverture", *under(2, 1, "", table="lieux")]]
    path = kobo(tmp_path / "e.xlsx", write_xlsx, experience_steps=steps, lieux=places)
    found = receive(path)
    names = titles(found)
    told = [names[i] for i in found.accepted["experience_steps"]["experience_id"]]
    assert told == ["Atelier vélo", "Un repas partagé"]


def test_a_repeat_without_its_record_is_set_aside(tmp_path: Path, write_xlsx: Writer) -> None:
    steps = [*STEPS, ["2024-06-01", "Perdue", "", *under(4, 7, "")]]
    found = receive(kobo(tmp_path / "e.xlsx", write_xlsx, experience_steps=steps))
    assert found.counts.quarantined == 1
    said = found.issues[found.issues["rule"] == "set_aside"]
    assert said["row"].tolist() == [5]
    assert "n'est pas dans le fichier" in said["message"].iloc[0]


def test_blank_repeats_are_counted_and_left(tmp_path: Path, write_xlsx: Writer) -> None:
    steps = [*STEPS, ["", "", "", *under(4, 1, A)]]
    found = receive(kobo(tmp_path / "e.xlsx", write_xlsx, experience_steps=steps))
    assert found.records["experience_steps"] == 3
    assert "1 ligne(s) de répétition sans aucune réponse" in notes(found)


def test_a_point_becomes_coordinates(tmp_path: Path, write_xlsx: Writer) -> None:
    point = ["position", "_position_latitude", "_position_longitude", "_position_altitude",
             "_position_precision"]  # fmt: skip
    rows = [["title", *point, *TAIL]]
    rows += [["Un repas", "43.3 5.4 0 4", "43.3", "5.4", "0", "4", *tail(1, A)]]
    found = receive(write_xlsx(tmp_path / "e.xlsx", **{FORM: rows}))
    place = found.accepted["experience_places"].iloc[0]
    assert (place["latitude"], place["longitude"]) == (43.3, 5.4)
    assert place["experience_id"] == found.accepted["experiences"]["experience_id"].iloc[0]
    assert found.unused == ()


def test_columns_that_look_technical_elsewhere_are_read(tmp_path: Path, write_xlsx: Writer) -> None:
    rows = [["_id", "Titre", "start", "KEY", "Status"], ["1", "Un repas", "x", "y", "z"]]
    found = receive(write_xlsx(tmp_path / "e.xlsx", S=rows), table="experiences")
    assert "colonnes techniques" not in notes(found)
    assert {"start", "KEY", "Status"} & set(found.unused)


def test_a_form_of_the_field_with_few_questions_of_ours(tmp_path: Path, write_xlsx: Writer) -> None:
    more = [f"Question {n}" for n in range(8)]
    rows = [["Infos/Nom_du_projet", "Infos/Résumé", *more, *TAIL]]
    rows += [["Un repas", "Court", *"abcdefgh", *tail(1, A)]]
    steps = [["date", "event", *UNDER], ["2024-02-01", "Réunion", *under(1, 1, A)]]
    found = receive(write_xlsx(tmp_path / "e.xlsx", **{FORM: rows, "experience_steps": steps}))
    assert found.records == {"experiences": 1, "experience_steps": 1}
    assert found.accepted["experiences"]["title"].tolist() == ["Un repas"]
    assert set(found.unused) == set(more)
    ids = found.accepted["experiences"]["experience_id"].tolist()
    assert found.accepted["experience_steps"]["experience_id"].tolist() == ids


def test_the_table_asked_for_is_the_main_one(tmp_path: Path, write_xlsx: Writer) -> None:
    rows = [["Nom", "SIRET", "Type", *TAIL], ["Une AI", "410 717 714 00035", "AI", *tail(1, A)]]
    rows += [["Sans numéro", "", "AI", *tail(2, B)]]
    found = receive(write_xlsx(tmp_path / "e.xlsx", **{FORM: rows}), table="structures")
    assert found.records == {"structures": 2}
    ids = found.accepted["structures"]["structure_id"].tolist()
    assert ids[0] == "S-41071771400035" and ids[1] != ids[0]
    kept = receive(kobo(tmp_path / "k.xlsx", write_xlsx, quotes=QUOTES), table="experiences")
    assert kept.records == {"experiences": 2, "quotes": 1}
