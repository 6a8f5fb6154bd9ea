"""What a report read: whatever changes, it is out of date or would say the same."""

from __future__ import annotations

import csv
import json
import os
import shutil
from dataclasses import replace
from itertools import count
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.country import make_country
from dts_research.errors import DtsError
from dts_research.reports.manifest import Entry, Manifest
from dts_research.reports.press import Press
from dts_research.reports.reads import rereading
from dts_research.store.present import Present
from dts_research.store.slices import EVERYTHING, FILE, pack, unpack
from dts_research.workbook import Workbook, open_workbook
from dts_research.workbook.arrival import receive_files
from dts_research.workbook.undoing import undo
from dts_research.workspace import READS

PLACES = ("01", "02", "reseau")
LATER = count(1)


@pytest.fixture(scope="module")
def country(tmp_path_factory):
    """Two territories of six sheets, one of which kept a view that a session spoke of."""
    book = make_country(tmp_path_factory.mktemp("pays") / "un", territories=2, experiences=12)
    keep(book, "V-01", "avant")
    receive(book, "contributions", contribution_id="CO-01-09", session_id="SE-01-01",
            type="finding", text="On l'a regardée longtemps.", target="V-01",
            territory_id="01", diffusion="network")  # fmt: skip
    return book


@pytest.fixture
def book(country, tmp_path):
    return copied(country, tmp_path / "copie")


def copied(book: Workbook, folder: Path) -> Workbook:
    """Copy a workbook with its store."""
    shutil.copytree(book.workspace.data, folder / "data")
    return open_workbook(folder / "data")


def receive(book: Workbook, table: str, **cells: str) -> None:
    """Receive one row; the cells that are not given are those of the record that stands."""
    key = next(iter(cells.values()))
    with book.store() as store:
        there = store.record(table, key) if store.ids_among(table, {key}) else {}
    row = {name: value for name, value in {**there, **cells}.items() if value is not None}
    path = book.workspace.data / f"envoi-{next(LATER)}-{table}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)
    receive_files(book, [path], table=table)


def keep(book: Workbook, key: str, caption: str) -> None:
    line = {"state": "kept", "id": key, "at": "2021-01-02T08:00:00+00:00", "kind": "figure",
            "figure_id": "frise", "block": {"kind": "text"}, "caption": caption,
            "audience": "network"}  # fmt: skip
    path = book.workspace.selection / "selection.jsonl"
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")


def told(book: Workbook, place: str, noted: Path) -> str:
    """Give all that a report is made from, as text, and note what was read in a file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(READS, str(noted))
        again = open_workbook(book.workspace.data)
        here = again.network() if place == "reseau" else again.territory(place)
        here = again.looking_back(here, since="2026-11-24")
        if place != "reseau":
            said = [again.comparison(here)]
            text = [repr(said[0].territories), said[0].observations.to_json()]
        else:
            text = []
    frames = {**here.frames, "others": here.others, "sources": here.sources,
              "provenance": here.provenance, "moves": here.moves}  # fmt: skip
    text += [f"{name} {plain(frame)}" for name, frame in sorted(frames.items())]
    assert here.before
    before = {**vars(here.before)}
    text += [f"{name} {plain(frame)}" for name, frame in sorted(before.pop("tables").items())]
    text += [repr({**here.withheld}), repr(here.views), repr(here.criteria), here.workbook_name]
    ids = [
        repr({t: sorted(i) for t, i in before.pop(n).items()}) for n in ("ids_before", "ids_after")
    ]
    return "\n".join([*text, *ids, repr(before), repr(here.received)])


def plain(frame: pd.DataFrame) -> str:
    return str(frame.astype(object).where(frame.notna(), None).to_json(default_handler=str))


def made(book: Workbook, place: str, noted: Path) -> tuple[Entry, str]:
    """Give the manifest line of a report, and what it says."""
    noted.unlink(missing_ok=True)
    text = told(book, place, noted)
    reads = pack(noted.read_text("utf-8").splitlines())
    return Entry(place, "", "fresh", digests={"data": press_of(book).digest}, reads=reads,
                 tried_at="2026-11-24T04:00:00+00:00"), text  # fmt: skip


def press_of(book: Workbook) -> Press:
    present = Present(book.workspace.store, book.workspace.data)
    return Press(Path(), book.workspace.data, Path(), digest=present.stamp(), present=present)


def why(book: Workbook, entry: Entry) -> str:
    with rereading(press_of(book)) as again:
        return again.why(entry)


TEXT = st.sampled_from(("Un mot corrigé.", "Un autre mot.", "Atelier 1 de Ain"))
SHEET = st.sampled_from(("F-01-00000", "F-02-00001", "F-01-00002"))
CHANGES = {
    "sheet": lambda book, key, text: receive(book, "experiences", experience_id=key, context=text),
    "theme": lambda book, key, text: receive(
        book, "experiences", experience_id=key, themes="mobilite"
    ),
    "new sheet": lambda book, key, text: receive(
        book, "experiences", experience_id=f"N{key}", title=text, diffusion="network"
    ),
    "place": lambda book, key, text: receive(
        book, "experience_places", place_id=f"L-{key}", experience_id=key, stated_departement="02"
    ),
    "quote": lambda book, key, text: receive(book, "quotes", quote_id=f"Q-{key}", text=text),
    "step": lambda book, key, text: receive(
        book, "experience_steps", step_id=f"E-{key}-0", event=text
    ),
    "decision": lambda book, key, text: receive(
        book, "decisions", decision_id=f"D-{key}", statement=text, status="to_do",
        territory_id=key[2:4],
    ),
    "structure": lambda book, key, text: receive(
        book, "structures", structure_id=f"S-{key[2:4]}-01", label=text, kind="AI"
    ),
    "consent": lambda book, key, text: receive(
        book, "consents", consent_id=f"CS-{key}", record_table="quotes", record_id=f"Q-{key}",
        level="quote", given_on="2023-01-01", withdrawn_on="2024-01-01",
    ),
    "sheet taken back": lambda book, key, text: receive(
        book, "consents", consent_id=f"CS-F-{key}", record_table="fiches d'expérience",
        record_id=key.lower(), level="quote", given_on="2023-01-01", withdrawn_on="2024-01-01",
    ),
    "unnamed": lambda book, key, text: receive(
        book, "consents", consent_id=f"CS-S-{key}", record_table="structures",
        record_id=f"s-{key[2:4]}-01", level="aggregate", given_on="2023-01-01",
    ),
    "undone": lambda book, key, text: taken_back(book),
    "view": lambda book, key, text: keep(book, "V-01", text),
    "criteria": lambda book, key, text: (book.workspace.data / "criteria.toml").write_text(
        f'[[criterion]]\nlabel = "{text}"\nwords = ["argent"]\n', encoding="utf-8"
    ),
    "settings": lambda book, key, text: (book.workspace.data / "workbook.toml").write_text(
        f'name = "{text}"\n', encoding="utf-8"
    ),
}  # fmt: skip


def taken_back(book: Workbook) -> None:
    with book.store() as store:
        last = max(one["import_id"] for one in store.import_rows() if not one["undone_at"])
    try:
        undo(book, last)
    except DtsError:  # a withdrawal is never undone
        return


@settings(
    max_examples=int(os.environ.get("DTS_EXAMPLES", "6")), deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), SHEET, TEXT), min_size=1, max_size=3))
def test_a_report_that_stays_fresh_would_say_the_same(country, tmp_path_factory, changes):
    folder = tmp_path_factory.mktemp("essai")
    book, noted = copied(country, folder), folder / "reads"
    before = [made(book, place, noted) for place in PLACES]
    for name, key, text in changes:
        CHANGES[name](book, key, text)
    for (entry, text), place in zip(before, PLACES):
        if not why(book, entry):
            assert told(book, place, folder / "after") == text, (place, changes)
    shutil.rmtree(folder)


def test_a_sheet_corrected_is_told_to_its_territory_and_to_the_network(book, tmp_path):
    entries = [made(book, place, tmp_path / "reads")[0] for place in PLACES]
    receive(book, "experiences", experience_id="F-01-00000", context="Un mot corrigé.")
    receive(book, "experiences", experience_id="F-01-00002", context="Un mot corrigé.")
    expected = "ce qu'il lit a changé : Fiches d'expérience (2 lignes changées)"
    assert [why(book, entry) for entry in entries] == [expected, "", expected]


def test_a_decision_is_new_once_and_a_view_is_a_file(book, tmp_path):
    entry, _ = made(book, "01", tmp_path / "reads")
    receive(book, "decisions", decision_id="D-01-09", statement="Se revoir.", status="to_do",
            territory_id="01", diffusion="network")  # fmt: skip
    assert why(book, entry) == "ce qu'il lit a changé : Décisions (1 ligne nouvelle)"
    entry, _ = made(book, "01", tmp_path / "reads")
    keep(book, "V-01", "après")
    expected = "ce qu'il lit a changé : le fichier « selection/selection.jsonl »"
    assert why(book, entry) == expected


def test_every_read_of_a_report_has_a_narrow_name_and_its_files_bear_on_the_stamp(book, tmp_path):
    for place in PLACES:
        entry, _ = made(book, place, tmp_path / "reads")
        slices = unpack(entry.reads)
        assert EVERYTHING not in {one.kind for one in slices}
        for one in slices:
            if one.kind == FILE:
                before, path = press_of(book).digest, book.workspace.data / one.of[0]
                path.parent.mkdir(exist_ok=True)
                former = path.read_bytes() if path.is_file() else None
                path.write_bytes((former or b"") + b"\n# autre\n")
                assert press_of(book).digest != before
                path.unlink() if former is None else path.write_bytes(former)


def test_a_read_without_a_name_is_a_read_of_everything(book, tmp_path, monkeypatch):
    monkeypatch.setenv(READS, str(tmp_path / "reads"))
    with book.store() as store:
        store.doubts()
    lines = (tmp_path / "reads").read_text("utf-8").splitlines()
    assert json.loads(lines[-1])[0] == EVERYTHING
    entry = Entry("r", "", "fresh", digests={"data": ""}, reads=pack(lines))
    assert why(book, entry) == ""
    monkeypatch.delenv(READS)
    receive(book, "quotes", quote_id="Q-F-01-00000", text="Autrement.")
    assert why(book, entry) == "ce qu'il lit a changé : les données"


def test_a_line_without_reads_depends_on_the_whole_store(book):
    entry = Entry("r", "", "fresh", digests={"data": "avant"})
    assert why(book, entry) == "les données ont changé"
    entry = replace(entry, digests={"data": press_of(book).digest})
    assert why(book, entry) == ""


def test_reads_that_are_spoilt_are_none():
    assert pack(["[1,2]"]) == "" and pack(['["rows",["a"]']) == ""
    assert unpack("pas du base64 !") == () and unpack("YWJj") == ()


def test_the_manifest_gives_the_reads_back(book, tmp_path):
    entry, _ = made(book, "02", tmp_path / "reads")
    Manifest(tmp_path).record(entry, replace(entry, id="autre"))
    back = Manifest(tmp_path).read()
    assert unpack(back["autre"].reads) == unpack(entry.reads)
    assert len(entry.reads) < 6_000
