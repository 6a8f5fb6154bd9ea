"""Kobo and ODK: versions of one submission, and the CSV files of ODK Central."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from dts_research.intake import Reception, receive, write_issues
from dts_research.intake.kobo import form_of, join
from dts_research.intake.sheets import Sheet
from dts_research.intake.taking import take_sheet
from dts_research.schema.catalogue import catalogue
from dts_research.starter import make_workbook
from dts_research.workbook import open_workbook
from dts_research.workbook.arrival import receive_files

Writer = Callable[..., Any]
A, B, C = (
    "11111111-aaaa-4aaa-8aaa-aaaaaaaaaaaa",
    "22222222-bbbb-4bbb-8bbb-bbbbbbbbbbbb",
    "33333333-cccc-4ccc-8ccc-cccccccccccc",
)
HEAD = ["title", "missions", "_id", "_uuid", "_submission_time", "meta/rootUuid", "_index"]
UNDER = ["date", "event", "_index", "_parent_table_name", "_parent_index", "_submission__uuid"]


def kobo(path: Path, write_xlsx: Writer, main: list[Any], steps: list[Any] | None = None) -> Path:
    sheets = {"Fiche": [HEAD, *main]}
    if steps:
        sheets["experience_steps"] = [UNDER, *steps]
    return write_xlsx(path, **sheets)


def notes(found: Reception) -> str:
    return "\n".join(found.issues.loc[found.issues["rule"] == "reading", "message"])


def test_an_edit_received_later_is_a_new_version(tmp_path: Path, write_xlsx: Writer) -> None:
    book = open_workbook(make_workbook(tmp_path / "w").data)
    first = kobo(
        tmp_path / "mars.xlsx", write_xlsx,
        [["Un repas", "M1", 1, A, "2026-03-01T10:00:00", f"uuid:{A}", 1],
         ["Atelier vélo", "M2", 2, B, "2026-03-01T11:00:00", f"uuid:{B}", 2]],
        [["2024-02-01", "Réunion", 1, "Fiche", 1, A]],
    )  # fmt: skip
    later = kobo(
        tmp_path / "avril.xlsx", write_xlsx,
        [["Atelier vélo", "M2", 2, B, "2026-03-01T11:00:00", f"uuid:{B}", 1],
         ["Un repas de quartier", "M1", 1, C, "2026-03-01T10:00:00", f"uuid:{A}", 2]],
        [["2024-02-01", "Réunion publique", 1, "Fiche", 2, C]],
    )  # fmt: skip
    arrivals, refused = receive_files(book, [first, later])
    assert not refused
    assert arrivals[1].reception.counts.duplicates == 1  # its index moved, its answers did not
    with book.store() as store:
        assert sorted(store.load("experiences")["title"]) == [
            "Atelier vélo",
            "Un repas de quartier",
        ]
        assert store.load("experience_steps")["event"].tolist() == ["Réunion publique"]
        (changed,) = arrivals[1].written["experiences"].changed
        assert store.history("experiences", changed)["title"].tolist() == ["Un repas"]


def test_several_versions_in_one_file_are_one_record(tmp_path: Path, write_xlsx: Writer) -> None:
    path = kobo(
        tmp_path / "e.xlsx", write_xlsx,
        [["Le dernier", "M1", 7, C, "2026-05-01T10:00:00", A, 1],
         ["Le premier", "M1", 1, A, "2026-03-01T10:00:00", A, 2]],
        [["2024-02-01", "Ancienne", 1, "Fiche", 2, A],
         ["2024-02-01", "Nouvelle", 2, "Fiche", 1, C]],
    )  # fmt: skip
    found = receive(path)
    assert found.accepted["experiences"]["title"].tolist() == ["Le dernier"]
    assert found.accepted["experience_steps"]["event"].tolist() == ["Nouvelle"]
    assert found.counts.as_dict() == {
        "read": 4, "accepted": 2, "quarantined": 0, "duplicates": 2, "withdrawn": 0,
    }  # fmt: skip
    assert "Ligne 3 : versions antérieures" in notes(found)


def test_the_same_uuid_later_replaces(tmp_path: Path, write_xlsx: Writer) -> None:
    path = kobo(
        tmp_path / "e.xlsx", write_xlsx,
        [["Ancien", "M1", 1, A, "2026-03-01T10:00:00", "", 1],
         ["Neuf", "M1", 1, A, "2026-03-02T10:00:00", "", 2]],
    )  # fmt: skip
    found = receive(path)
    assert found.accepted["experiences"]["title"].tolist() == ["Neuf"]
    assert found.counts.duplicates == 1


def test_what_is_deprecated_is_followed_to_the_first(tmp_path: Path, write_csv: Writer) -> None:
    head = ["title", "missions", "_uuid", "meta/instanceID", "meta/deprecatedID"]
    rows = [
        ["Troisième", "M1", C, f"uuid:{C}", f"uuid:{B}"],
        ["Première", "M1", A, f"uuid:{A}", ""],
        ["Deuxième", "M1", B, f"uuid:{B}", f"uuid:{A}"],
    ]
    found = receive(write_csv(tmp_path / "e.csv", [head, *rows]))
    assert found.accepted["experiences"]["title"].tolist() == ["Troisième"]
    alone = receive(write_csv(tmp_path / "a.csv", [head, rows[1]]))
    assert [*found.accepted["experiences"]["experience_id"]] == [
        *alone.accepted["experiences"]["experience_id"]
    ]


def test_deleted_and_refused_submissions_are_said(tmp_path: Path, write_xlsx: Writer) -> None:
    head = ["title", "_uuid", "_submission_time", "_validation_status", "deletedAt", "_index"]
    rows = [
        ["Gardée", A, "2026-03-01", "Approved", "", 1],
        ["Supprimée", B, "2026-03-01", "", "2026-03-02", 2],
        ["Pas approuvée", C, "2026-03-01", "Not approved", "", 3],
    ]
    steps = [UNDER, ["2024-02-01", "Avec elle", 1, "Fiche", 2, B]]
    path = write_xlsx(tmp_path / "e.xlsx", Fiche=[head, *rows], experience_steps=steps)
    found = receive(path)
    assert found.accepted["experiences"]["title"].tolist() == ["Gardée", "Pas approuvée"]
    assert found.counts.quarantined == 2
    assert "Ligne 4 : « non approuvées »" in notes(found)
    assert found.issues["message"].str.contains("marquée comme supprimée").sum() == 2


def test_refused_rows_corrected_come_back_as_the_same_record(
    tmp_path: Path, write_xlsx: Writer
) -> None:
    path = kobo(
        tmp_path / "e.xlsx", write_xlsx,
        [["Un repas", "M1", 1, A, "2026-03-01", A, 1]],
        [["2024-02-31", "Réunion", 1, "Fiche", 1, A]],
    )  # fmt: skip
    found = receive(path)
    assert found.counts.quarantined == 1
    back = write_issues(found, tmp_path / "e.issues.xlsx")
    book = openpyxl.load_workbook(back)
    sheet = book["Lignes refusées"]
    place = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, place["date"], "2024-02-28")
    book.save(back)
    again = receive(back)
    step = again.accepted["experience_steps"].iloc[0]
    assert step["experience_id"] == found.accepted["experiences"]["experience_id"].iloc[0]
    assert step["event"] == "Réunion"


ODK = ["SubmissionDate", "start", "identite-title", "identite-missions", "identite-missions/M1",
       "identite-missions/M2", "meta-instanceID", "meta-instanceName", "KEY", "SubmitterID",
       "SubmitterName", "AttachmentsPresent", "AttachmentsExpected", "Status", "ReviewState",
       "DeviceID", "Edits", "FormVersion"]  # fmt: skip


def odk(title: str, uuid: str) -> list[Any]:
    return ["2026-03-01T10:00:00.000Z", "2026-03-01", title, "M1 M2", 1, 1, f"uuid:{uuid}", "",
            f"uuid:{uuid}", 12, "Poste 1", 0, 0, "", "", "collect:x", 0, "3"]  # fmt: skip


def test_odk_central_files_meet_by_their_keys(tmp_path: Path, write_csv: Writer) -> None:
    main = write_csv(tmp_path / "fiche.csv", [ODK, odk("Un repas", A), odk("Vélo", B)])
    rows = [
        ["recit-date", "recit-event", "PARENT_KEY", "KEY"],
        ["2024-02-01", "Réunion", f"uuid:{B}", f"uuid:{B}/recit/experience_steps[1]"],
        ["2024-03-01", "Ouverture", f"uuid:{B}", f"uuid:{B}/recit/experience_steps[2]"],
    ]
    repeat = write_csv(tmp_path / "fiche-experience_steps.csv", rows)
    parents, steps = receive(main), receive(repeat)
    frame = parents.accepted["experiences"]
    assert frame["missions"].tolist() == [("M1", "M2")] * 2
    assert parents.unused == ()
    ids = dict(zip(frame["title"], frame["experience_id"]))
    assert steps.accepted["experience_steps"]["experience_id"].tolist() == [ids["Vélo"]] * 2


def test_the_two_tools_give_the_same_ids(
    tmp_path: Path, write_csv: Writer, write_xlsx: Writer
) -> None:
    rows = [["recit-date", "recit-event", "PARENT_KEY", "KEY"]]
    rows += [["2024-02-01", "Réunion", f"uuid:{A}", f"uuid:{A}/recit/experience_steps[1]"]]
    one = receive(write_csv(tmp_path / "fiche-experience_steps.csv", rows))
    other = receive(
        kobo(
            tmp_path / "e.xlsx", write_xlsx,
            [["Un repas", "M1", 1, A, "2026-03-01", "", 1]],
            [["2024-02-01", "Réunion", 1, "Fiche", 1, A]],
        )
    )  # fmt: skip
    names = ["step_id", "experience_id", "event"]
    left, right = one.accepted["experience_steps"], other.accepted["experience_steps"]
    assert left[names].values.tolist() == right[names].values.tolist()


UUIDS = st.sampled_from(["", "a1", "b2", "c3", "uuid:a1", "uuid:d4"])
SMALL = st.sampled_from(["", "1", "2", "3", "x"])
DAYS = st.sampled_from(["", "2026-03-01T10:00:00", "2026-03-02 10:00:00", "hier"])
ANSWERS = st.tuples(st.sampled_from(["", "Un", "Deux"]), UUIDS, UUIDS, UUIDS, DAYS, SMALL)
REPEATED = st.tuples(
    st.sampled_from(["", "2024-02-01"]), SMALL, SMALL, st.sampled_from(["Fiche", "", "autre"]),
    SMALL, UUIDS,
)  # fmt: skip


def sheet(name: str, columns: list[str], rows: list[tuple[str, ...]]) -> Sheet:
    numbers = pd.Index(range(2, len(rows) + 2), name="row")
    texts = [[cell or None for cell in row] for row in rows]
    cells = pd.DataFrame(texts, index=numbers, columns=columns, dtype="str")
    return Sheet("e.xlsx", name, 1, tuple(columns), cells)


def joined(main: list[tuple[str, ...]], steps: list[tuple[str, ...]]) -> list[Any]:
    """Fate of each row, and the ids of the records taken."""
    head = ["title", "_uuid", "meta/rootUuid", "meta/deprecatedID", "_submission_time", "_index"]
    sheets = [sheet("Fiche", head, main)]
    if steps:
        sheets.append(sheet("experience_steps", UNDER, steps))
    found = join(sheets, catalogue())
    taken = []
    for one in found.sheets:
        mapping = form_of(one, catalogue())
        assert mapping is not None
        taken.append(take_sheet(one, mapping, catalogue(), known=found.older))
    return taken


@settings(deadline=None, max_examples=60)
@given(st.lists(ANSWERS, min_size=1, max_size=6), st.lists(REPEATED, max_size=6))
def test_whatever_the_technical_columns_say_every_row_is_counted(
    main: list[tuple[str, ...]], steps: list[tuple[str, ...]]
) -> None:
    for taken in joined(main, steps):
        assert taken.counts.balanced
        for frame in taken.accepted.values():
            assert frame.iloc[:, 0].is_unique


ROOTS = enumerate([("a", "a"), ("b", "a"), ("c", ""), ("d", "d")], start=1)
ROWS = [("Un", own, root, "", f"2026-03-0{n}", str(n)) for n, (own, root) in ROOTS]


@settings(deadline=None, max_examples=12)
@given(st.permutations(ROWS))
def test_the_order_of_rows_does_not_matter(rows: list[tuple[str, ...]]) -> None:
    (taken,) = joined(rows, [])
    frame = taken.accepted["experiences"]
    assert len(frame) == 3
    assert sorted(frame["experience_id"]) == sorted(
        joined([("Un", u, "", "", "", "")], [])[0].accepted["experiences"]["experience_id"].iloc[0]
        for u in ("a", "c", "d")
    )
