"""The benchmark of reception: it never stops, counts every row, sees every cell that differs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest

from benchmarks import large, trials
from benchmarks.mutations import CHANGES, MEMBERS, mutate
from benchmarks.references import same
from benchmarks.trials import CRASH, RECEIVED, REFUSED, TIMEOUT, Task, run

ROOT = Path(__file__).resolve().parent.parent
STRUCTURES = "Raison sociale;Type de structure\nA;AI\nB;ETI\nA;AI\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as another project could hand it over."""
    (tmp_path / "csvs").mkdir()
    (tmp_path / "json").mkdir()
    (tmp_path / "structures.csv").write_text(STRUCTURES)
    (tmp_path / "noise.xlsx").write_bytes(b"PK\x03\x04 nothing more")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "csvs" / "quotes.csv").write_text('a,b\n1,"ha ""ha"""\n')
    (tmp_path / "json" / "quotes.json").write_text('[{"a": "1", "b": "ha \\"ha\\" ha"}]')
    book = openpyxl.Workbook()
    book.active.append(["Nom", "Part"])
    book.active.append(["x", 0.125])
    book.save(tmp_path / "book.xlsx")
    (tmp_path / "book.xlsx.1.csv").write_text("Nom,Part\nx,12.5%\n")
    return tmp_path


def asked(*words: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "benchmarks.reception", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout


def test_every_file_is_told_and_every_cell_compared(folder: Path) -> None:
    code, said = asked(str(folder), "--json")
    found = json.loads(said)
    by_name = {Path(trial["file"]).name: trial for trial in found["files"]}
    assert code == 0
    assert len(by_name) == sum(path.is_file() for path in folder.rglob("*"))
    one = by_name["structures.csv"]
    assert [one[k] for k in ("outcome", "read", "accepted", "quarantined", "duplicates")] == [
        RECEIVED, 3, 1, 1, 1
    ]  # fmt: skip
    assert by_name["noise.xlsx"]["outcome"] == by_name["empty"]["outcome"] == REFUSED
    assert "abîmé" in by_name["noise.xlsx"]["reason"]
    assert (by_name["book.xlsx"]["compared"], by_name["book.xlsx"]["differing"]) == (2, 0)
    assert (by_name["quotes.csv"]["compared"], by_name["quotes.csv"]["differing"]) == (2, 1)
    assert found["totals"]["differing"] == 1


def test_damaged_copies_are_the_same_for_the_same_seed(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    copies = [mutate(files, number, 3) for number in range(150)]
    assert copies == [mutate(files, number, 3) for number in range(150)]
    assert copies != [mutate(files, number, 4) for number in range(150)]
    done = {change for copy in copies for change in copy.changes}
    known = {change.__name__.strip("_") for change in (*CHANGES, *MEMBERS)}
    assert len(done & known) > 0.6 * len(known)
    code, said = asked(str(folder), "--mutations", "12", "--json")
    assert code == 0
    assert json.loads(said)["totals"]["files"] == 12


def test_a_crash_and_a_hang_cost_only_their_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "structures.csv"
    path.write_text(STRUCTURES)

    def die(_: Path) -> Path:
        os._exit(7)

    def fail(_: Path) -> Path:
        monkeypatch.setattr(trials, "receive", lambda path, **_: 1 / 0)
        return path

    def hang(_: Path) -> Path:
        time.sleep(600)
        return path

    makes = {"die": die, "hang": hang, "fail": fail, "good": lambda _: path}
    tasks = [Task(name, make) for name, make in makes.items()]
    found = {task.name: trial for task, trial in run(tasks, seconds=20, workers=2)}
    assert {name: trial.outcome for name, trial in found.items()} == {
        "die": CRASH, "hang": TIMEOUT, "fail": CRASH, "good": RECEIVED
    }  # fmt: skip
    assert "code 7" in found["die"].reason
    assert "ZeroDivisionError" in found["fail"].where
    assert [trial.failed for trial in found.values()].count(True) == 3


@pytest.mark.parametrize(
    ("shown", "text", "expected"),
    [
        ("1,234.50", "1234.5", True), ("50%", "0.5", True), ("(3)", "-3", True),
        ("1.23E+05", "123456", True), ("1/2/14", "2014-01-02", True), ("TRUE", "VRAI", True),
        ("a  b", "a b", True), ("1.2", "1.3", False), ("", "5", False), ("01", "1", True),
        ("a", "b", False), ("1/2/14", "2014-03-02", False),
    ],
)  # fmt: skip
def test_a_cell_shown_otherwise_is_the_same_cell(shown: str, text: str, expected: bool) -> None:
    assert same(shown, text) is expected


def test_the_large_file_has_forty_columns_and_some_mistakes(tmp_path: Path) -> None:
    assert len(large.header()) == 40
    assert list(large.rows(20)) == list(large.rows(20))
    large.write_csv(tmp_path / "experiences.csv", 4000)
    large.write_xlsx(tmp_path / "experiences.xlsx", 4000)
    tried = [
        trial
        for _, trial in run(
            [Task(p.name, lambda _, p=p: p) for p in sorted(tmp_path.glob("exp*"))],
            seconds=60, workers=1,
        )
    ]  # fmt: skip
    counts = {(t.read, t.accepted, t.quarantined) for t in tried}
    assert len(counts) == 1
    ((read, accepted, refused),) = counts
    assert read == accepted + refused == 4000
    assert 0 < refused < 40
