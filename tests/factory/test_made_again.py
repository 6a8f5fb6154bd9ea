"""What is made again after a change, with the real notebooks, and only that."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace

import nbformat
import pytest

from benchmarks.country import make_country
from dts_research.cli.making import planned, press_of
from dts_research.reports.freshness import states
from dts_research.reports.manifest import MANIFEST, Manifest
from dts_research.reports.plan import Report
from dts_research.reports.pool import make_reports
from dts_research.reports.press import WARM, Press
from dts_research.store.slices import unpack
from dts_research.workbook.arrival import receive_files

PLACE = 'territory: str = ""  # code'


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return make_country(tmp_path_factory.mktemp("pays") / "deux", territories=2, experiences=6)


def make(book, plan, **options):
    press = replace(press_of(book), formats=())
    return make_reports(plan, press, progress=False, workers=2, **options)


def correct(book, experience):
    with book.store() as store:
        row = {**store.record("experiences", experience), "context": "Un mot a été corrigé."}
    path = book.workspace.data / "inbox" / "correction.json"
    path.write_text(json.dumps([{k: v for k, v in row.items() if v is not None}]), "utf-8")
    receive_files(book, [path])


def test_only_the_reports_that_read_a_corrected_sheet_are_made_again(book):
    plan = planned(book)
    first = make(book, plan)
    assert sorted(first.made) == ["reseau", "territoire-01", "territoire-02"]
    assert all(unpack(one.reads) for one in Manifest(book.workspace.reports).read().values())
    assert make(book, plan).made == ()

    correct(book, "F-01-00000")
    manifest = book.workspace.reports / MANIFEST
    before = manifest.read_bytes()
    said = {one.report.id: one.why for one in states(plan, press_of(book))}
    why = "ce qu'il lit a changé : Fiches d'expérience (1 ligne changée)"
    assert said == {"reseau": why, "territoire-01": why, "territoire-02": ""}
    assert manifest.read_bytes() == before  # to ask writes nothing
    again = make(book, plan)
    assert (sorted(again.made), again.skipped) == (["reseau", "territoire-01"], ("territoire-02",))
    line = Manifest(book.workspace.reports).read()["territoire-02"]
    assert line.digests["data"] == press_of(book).digest  # the next check need not read anything

    kept = book.workspace.reports / "carnets" / "territoire-02.ipynb"
    read = kept.read_bytes()
    only = [one for one in plan if one.id == "territoire-02"]
    assert make(book, only, force=True).made == ("territoire-02",)
    assert kept.read_bytes() == read
    assert Manifest(book.workspace.reports).read()["territoire-02"].reads == line.reads


def counting(folder, write_notebook):
    """A report whose notebook writes a line each time that it runs."""
    for name in ("notebooks", "data", "out"):
        (folder / name).mkdir(exist_ok=True)
    write_notebook(
        folder / "notebooks" / "essai.ipynb",
        f"with open({str(folder / 'ran')!r}, 'a') as out: _ = out.write('x')",
    )
    press = Press(folder / "notebooks", folder / "data", folder / "out", formats=("html",))
    return [Report("essai", "essai.ipynb")], replace(press, version="1", rendering="1")


def write_notebook(path, *cells):
    book = nbformat.v4.new_notebook()
    book.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    book.cells = [nbformat.v4.new_markdown_cell("# Question")]
    book.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(book, path)


def test_a_new_setting_is_set_from_the_notebook_as_it_ran(tmp_path):
    some, press = counting(tmp_path, write_notebook)
    make_reports(some, press, progress=False)
    other = replace(press, rendering="2")
    assert [one.why for one in states(some, other)] == ["la mise en page a changé"]
    assert make_reports(some, other, progress=False).made == ("essai",)
    assert (tmp_path / "ran").read_text() == "x"
    assert [one.state for one in states(some, other)] == ["fresh"]
    make_reports(some, replace(other, version="2"), progress=False)
    assert (tmp_path / "ran").read_text() == "xx"


def test_a_library_that_changed_is_named(tmp_path):
    some, press = counting(tmp_path, write_notebook)
    make_reports(some, press, progress=False)
    entry = Manifest(press.out).read()["essai"]
    told = entry.digests["dependencies"]
    assert "matplotlib" in told
    version = next(one for one in told.split(", ") if one.startswith("matplotlib"))
    former = {**entry.digests, "dependencies": told.replace(version, "matplotlib 1.0")}
    Manifest(press.out).record(replace(entry, digests=former))
    (one,) = states(some, press)
    assert (one.state, one.why) == ("stale", f"version changée : {version}")


def test_a_store_that_is_gone_leaves_nothing_fresh(book, tmp_path):
    there = planned(book)
    shutil.copytree(book.workspace.reports, tmp_path / "reports")
    press = replace(press_of(book), out=tmp_path / "reports")
    gone = replace(press.present, store=tmp_path / "rien.sqlite")
    known = states(there, replace(press, present=gone, digest=gone.stamp()))
    assert {one.state for one in known} == {"stale"}


def test_what_stands_beside_a_notebook_counts_and_the_place_asked_for_is_kept(
    press, write_notebook
):
    write_notebook(
        press.notebooks / "essai.ipynb", "import aide\nprint(aide.MOT)", parameters=PLACE
    )
    (press.notebooks / "aide.py").write_text('MOT = "avant"', "utf-8")
    some, warm = [Report("essai-01", "essai.ipynb", "01")], replace(press, engine=WARM)
    elsewhere = replace(press, out=press.out.parent / "ailleurs")
    assert make_reports(some, warm, progress=False, again=lambda: elsewhere).failed == {}
    (kept,) = states(some, warm)
    assert kept.state == "fresh" and (press.out / "index.html").is_file()
    (press.notebooks / "aide.py").write_text('MOT = "après"', "utf-8")
    (status,) = states(some, warm)
    assert (status.state, status.why) == ("stale", "un fichier posé à côté des carnets a changé")
    assert make_reports(some, warm, progress=False).made == ("essai-01",)
    assert "après" in (press.out / "carnets" / "essai-01.ipynb").read_text("utf-8")
    (press.notebooks / "essai.ipynb").unlink()
    (status,) = states(some, warm)
    assert (status.state, status.why) == ("stale", "le carnet est introuvable")


def test_a_whole_file_received_again_with_one_row_changed_is_one_change(book):
    plan = planned(book)
    make(book, plan)
    with (book.workspace.data / "inbox" / "experiences.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rows[0]["context"] = "Un autre mot a été corrigé, dans le fichier entier."
    path = book.workspace.data / "inbox" / "experiences_2.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    receive_files(book, [path])
    stale = {one.report.id: one.why for one in states(plan, press_of(book)) if one.state == "stale"}
    here = rows[0]["experience_id"].split("-")[1]
    assert set(stale) == {"reseau", f"territoire-{here}"}, stale
