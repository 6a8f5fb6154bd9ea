"""Receiving a file: nothing is dropped in silence."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dts_research.intake import Mapping, receive

Writer = Callable[..., Any]
TITLES = ["Nom du projet", "Structure porteuse", "Thématique", "Date de début", "lat", "long"]


def rows_of(*rows: list[str]) -> list[list[str]]:
    return [TITLES, *rows]


def test_one_experience_in_several_places(tmp_path: Path, write_csv: Writer) -> None:
    rows = rows_of(
        ["Jardin", "AI du Lac", "Emploi", "12/03/2024", "43.3", "5.4"],
        ["JARDIN ", "AI du lac", "", "", "45.7", "4.8"],
        ["Vélo", "ACI", "", "", "48.8", "2.3"],
    )
    taken = receive(write_csv(tmp_path / "x.csv", rows))
    assert taken.counts.as_dict() == {
        "read": 3, "accepted": 3, "quarantined": 0, "duplicates": 0, "withdrawn": 0
    }  # fmt: skip
    assert taken.records == {"experiences": 2, "experience_places": 3}
    sheets, places = taken.accepted["experiences"], taken.accepted["experience_places"]
    assert list(sheets.index) == [2, 4]
    assert places["experience_id"].tolist() == [sheets["experience_id"].iloc[i] for i in (0, 0, 1)]
    assert places["latitude"].tolist() == [43.3, 45.7, 48.8]
    assert sheets["started_on"].tolist() == [date(2024, 3, 12), None]


def test_later_rows_complete_blanks_and_disagreements_are_told(
    tmp_path: Path, write_csv: Writer
) -> None:
    rows = rows_of(
        ["Jardin", "AI", "", "", "43.3", "5.4"],
        ["Jardin", "AI", "Emploi", "12/03/2024", "45.7", "4.8"],
        ["Jardin", "AI", "Santé", "13/03/2024", "48.8", "2.3"],
    )
    taken = receive(write_csv(tmp_path / "x.csv", rows))
    sheet = taken.accepted["experiences"].iloc[0]
    assert sheet["source_themes"] == ("Emploi",)
    assert sheet["started_on"] == date(2024, 3, 12)
    told = taken.issues[taken.issues["rule"] == "disagreement"]
    assert list(zip(told["row"], told["column"], told["value"], told["severity"])) == [
        (4, "Date de début", "2024-03-13", "note"),
        (4, "Thématique", "Santé", "note"),
    ]


def test_the_same_content_gives_the_same_ids(tmp_path: Path, write_csv: Writer) -> None:
    rows = rows_of(["Jardin", "AI", "", "", "43.3", "5.4"], ["Vélo", "ACI", "", "", "", ""])
    first = receive(write_csv(tmp_path / "a.csv", rows))
    second = receive(write_csv(tmp_path / "b.csv", [rows[0], rows[2], rows[1]], ";", "utf-16"))
    for table in first.accepted:
        key = "experience_id" if table == "experiences" else "place_id"
        assert set(first.accepted[table][key]) == set(second.accepted[table][key])
    assert all(i.startswith("F-") for i in first.accepted["experiences"]["experience_id"])


def test_rows_received_before_are_known_again(tmp_path: Path, write_csv: Writer) -> None:
    rows = rows_of(["Jardin", "AI", "", "", "", ""], ["Vélo", "ACI", "", "", "", ""])
    path = write_csv(tmp_path / "x.csv", rows)
    first = receive(path)
    again = receive(path, known=first.digests)
    assert again.counts.duplicates == 2
    assert again.records["experiences"] == 0
    more = receive(write_csv(path, [*rows, ["Four", "EI", "", "", "", ""]]), known=first.digests)
    assert (more.counts.accepted, more.counts.duplicates) == (1, 2)


def test_a_bad_required_cell_sends_the_row_back_as_it_was(
    tmp_path: Path, write_csv: Writer
) -> None:
    rows = [["Raison sociale", "Type de structure", "SIRET"], ["A", "ETI", " 123"], ["B", "AI", ""]]
    taken = receive(write_csv(tmp_path / "x.csv", rows))
    assert taken.counts.quarantined == taken.counts.accepted == 1
    assert taken.quarantined.loc[2].tolist() == ["", "A", "ETI", " 123"]
    error = taken.issues[taken.issues["severity"] == "error"].iloc[0]
    assert (error["row"], error["column"], error["value"]) == (2, "Type de structure", "ETI")
    assert "« Entreprise de travail temporaire d'insertion »" in error["fix"]


def test_a_bad_optional_cell_is_set_aside_and_the_row_kept(
    tmp_path: Path, write_csv: Writer
) -> None:
    rows = rows_of(["Jardin", "AI", "", "31/02/2024", "", ""])
    taken = receive(write_csv(tmp_path / "x.csv", rows))
    assert taken.counts.accepted == 1
    assert taken.accepted["experiences"]["started_on"].isna().all()
    assert taken.raw["experiences"].loc[2, "started_on"] == "31/02/2024"
    issue = taken.issues[taken.issues["severity"] == "to_confirm"].iloc[0]
    assert (issue["column"], issue["value"]) == ("Date de début", "31/02/2024")


def test_words_for_nothing_are_blanks(tmp_path: Path, write_csv: Writer) -> None:
    rows = rows_of(["Jardin", "nr", "NULL", "n/a", "-", "NC"])
    taken = receive(write_csv(tmp_path / "x.csv", rows))
    assert taken.accepted["experiences"]["organisation"].isna().all()
    assert taken.accepted["experience_places"].empty
    assert taken.raw["experiences"].loc[2, "organisation"] == "nr"
    assert taken.issues.empty


def test_columns_left_in_the_file_are_said(tmp_path: Path, write_csv: Writer) -> None:
    path = write_csv(tmp_path / "x.csv", [[*TITLES, "Couleur"], ["Jardin", *[""] * 5, "vert"]])
    issue = receive(path).issues.iloc[0]
    assert (issue["rule"], issue["column"], issue["severity"]) == ("column", "Couleur", "note")


def test_several_columns_feed_one_list(tmp_path: Path, write_csv: Writer) -> None:
    mapping = Mapping(
        source="x", table="experiences", key=("Titre",),
        columns={
            "Titre": ("experiences.title",), "T1": ("experiences.source_themes",),
            "T2": ("experiences.source_themes",), "T3": ("experiences.source_themes",),
        },
    )  # fmt: skip
    rows = [["Titre", "T1", "T2", "T3"], ["Jardin", "Emploi", "", "Emploi"]]
    rows.append(["Vélo", "A, B", "C", ""])
    taken = receive(write_csv(tmp_path / "x.csv", rows), mapping=mapping)
    themes = taken.accepted["experiences"]["source_themes"].tolist()
    assert themes == [("Emploi",), ("A, B", "C")]


def test_withdrawn_records_are_counted_and_not_taken(tmp_path: Path, write_csv: Writer) -> None:
    rows = [["Identifiant de la fiche", "Titre"], ["F-1", "a"], ["F-2", "b"]]
    taken = receive(write_csv(tmp_path / "experiences.csv", rows), withdrawn={"F-1"})
    assert (taken.counts.withdrawn, taken.counts.accepted) == (1, 1)
    assert taken.counts.balanced


def test_an_id_given_twice_sends_the_second_row_back(tmp_path: Path, write_csv: Writer) -> None:
    rows = [["Identifiant de la fiche", "Titre"], ["F-1", "a"], ["F-1", "b"], ["", "c"]]
    taken = receive(write_csv(tmp_path / "experiences.csv", rows))
    assert list(taken.quarantined.index) == [3]
    assert taken.accepted["experiences"]["title"].tolist() == ["a", "c"]


def test_sheets_that_are_not_ours_are_said(tmp_path: Path, write_xlsx: Writer) -> None:
    own = [["Identifiant de la fiche", "Titre", "Missions"], ["F-1", "a", "M1"]]
    lists = [["valeur", "sens"], ["x", "y"]]
    taken = receive(write_xlsx(tmp_path / "x.xlsx", Fiches=own, Listes=lists))
    note = taken.issues[taken.issues["rule"] == "sheet"].iloc[0]
    assert (note["sheet"], note["severity"]) == ("Listes", "note")
    assert taken.counts.read == 1


def test_codes_survive_a_spreadsheet(tmp_path: Path, write_xlsx: Writer) -> None:
    rows: list[list[Any]] = [["Raison sociale", "Département", "Code postal", "Type de structure"]]
    rows += [["a", 1, 1500, "AI"], ["b", "2A", 20000, "EI"], ["c", 971, "97100", "ACI"]]
    taken = receive(write_xlsx(tmp_path / "x.xlsx", S=rows))
    frame = taken.accepted["structures"]
    assert frame["departement_code"].tolist() == ["01", "2A", "971"]
    assert frame["postal_code"].tolist() == ["01500", "20000", "97100"]
    repairs = taken.repairs[["row", "column", "before", "after"]].values.tolist()
    assert [2, "Département", "1", "01"] in repairs
    assert len(repairs) == 2


WORDS = ["", "AI", "EI", "ETI", "NR", "2A", "x;y", 'a"b', "é\nà"]
LETTERS = st.characters(blacklist_categories=("Cs", "Cc"))
CELL = st.one_of(st.sampled_from(WORDS), st.text(alphabet=LETTERS, max_size=6))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8), st.sampled_from([",", ";"]))
@example([("", "", "")] * 3 + [("", "AI", "x"), ("", "0", "0")], ",")
def test_every_row_read_is_accounted_for(rows: list[tuple[str, ...]], delimiter: str) -> None:
    out = io.StringIO()
    titles = ("Raison sociale", "Type de structure", "Département")
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([titles, *rows])
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_text(out.getvalue(), encoding="utf-8", newline="")
        taken = receive(path)
    assert taken.counts.balanced
    assert taken.counts.read == len(filled)
    assert len(taken.quarantined) == taken.counts.quarantined
    refused = set(taken.issues.loc[taken.issues["severity"] == "error", "row"])
    assert refused == set(taken.quarantined.index)


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(["01", "2A", "2B", "971", "13"]), min_size=1).map(sorted))
def test_codes_survive_a_text_file(codes: list[str]) -> None:
    lines = ["Raison sociale;Type de structure;Département", *(f"s{c};AI;{c}" for c in codes)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_text("\n".join(lines), encoding="cp1252")
        taken = receive(path)
    assert taken.accepted["structures"]["departement_code"].tolist() == codes


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+33 6", "-5", "\t=cmd"])
def test_formulas_are_only_text(tmp_path: Path, write_csv: Writer, text: str) -> None:
    taken = receive(write_csv(tmp_path / "x.csv", rows_of([text, "AI", "", "", "", ""])))
    assert taken.accepted["experiences"]["title"].tolist() == [text.strip()]


def test_a_mark_of_absence_in_a_required_cell_is_quoted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Titre;Résumé\nNA;Jardin partagé\nJardin;NR\n;Vélo\n", encoding="utf-8")
    found = receive(path)
    told = found.issues[found.issues["severity"] == "error"]
    assert told[["row", "value", "message", "fix"]].values.tolist() == [
        [2, "NA", "« Titre » est obligatoire, et « NA » se lit « non renseigné »",
         "la remplir, ou écrire autrement si c'est bien là ce qu'il faut lire"],
        [4, "", "« Titre » est obligatoire et la cellule est vide",
         "la remplir (exemple : Remplacer les agents absents des collèges)"],
    ]  # fmt: skip
    assert found.accepted["experiences"]["summary"].isna().tolist() == [True]
