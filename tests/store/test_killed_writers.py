"""A writer killed at any moment loses nothing that it acknowledged; two writers wait."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dts_research.store import Store

BATCH = 40
WRITER = """
import sys
from pathlib import Path
import pandas as pd
from dts_research.schema import catalogue
from dts_research.schema.checks import check
from dts_research.store import Store

path, name, last = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
schema = catalogue().tables["observations"]
with Store(path) as store:
    for batch in range(last):
        rows = pd.DataFrame({
            "observation_id": [f"{name}-{batch:05d}-{n:02d}" for n in range(BATCH)],
            "indicator_id": "I-1", "territory_id": "13", "period": "2024",
            "value": [str(n) for n in range(BATCH)], "state": "publie",
        }, dtype=object)
        frame, _ = check(rows, schema)
        with store.transaction():
            number = store.begin_import(file=f"{name}-{batch}", sha256="0" * 64)
            store.save("observations", frame, import_id=number, raw=rows)
        print(batch, flush=True)
""".replace("BATCH", str(BATCH))

UNDOER = WRITER.replace(
    "print(batch, flush=True)",
    "if batch % 2:\n            store.undo(number)\n        print(batch, flush=True)",
)


def start(
    path: Path, name: str, batches: int = 100_000, code: str = WRITER
) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, str(path), name, str(batches)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ.copy())


def check_whole(path: Path, name: str, acknowledged: int) -> None:
    with Store(path) as store:
        records = store.load("observations")["observation_id"]
        mine = records[records.str.startswith(f"{name}-")]
        batches = mine.str.split("-").str[-2].astype(int).value_counts()
        assert (batches == BATCH).all()
        assert sorted(batches.index) == list(range(len(batches)))
        assert len(batches) >= acknowledged
        assert len(store.provenance("observations")) == len(records)
        assert store._db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
def test_killed_writers_lose_nothing_acknowledged(tmp_path: Path) -> None:
    chance = random.Random(71)
    path = tmp_path / "workbook.sqlite"
    total = 0
    for turn in range(8):
        name = f"K{turn}"
        writer = start(path, name)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "0\n"
        time.sleep(chance.uniform(0.005, 0.15))
        writer.send_signal(signal.SIGKILL)
        rest, _ = writer.communicate(timeout=30)
        acknowledged = 1 + rest.count("\n")
        total += acknowledged
        check_whole(path, name, acknowledged)
    assert total >= 8


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
def test_killed_undos_leave_an_import_whole_or_gone(tmp_path: Path) -> None:
    """Every other import is undone: each is all there or has left nothing."""
    chance = random.Random(2)
    path = tmp_path / "workbook.sqlite"
    taken_back = 0
    for turn in range(8):
        undoer = start(path, f"U{turn}", code=UNDOER)
        assert undoer.stdout is not None
        for _ in range(3):
            undoer.stdout.readline()
        time.sleep(chance.uniform(0.002, 0.06))
        undoer.send_signal(signal.SIGKILL)
        undoer.communicate(timeout=30)
        with Store(path) as store:
            standing = [one["import_id"] for one in store.import_rows() if not one["undone_at"]]
            taken_back = len(store.import_rows()) - len(standing)
            told = store._db.execute(
                "SELECT import_id, count(*) FROM provenance GROUP BY 1 ORDER BY 1"
            ).fetchall()
            assert told == [(number, BATCH) for number in standing]
            owners = store._db.execute("SELECT DISTINCT import_id FROM records").fetchall()
            assert {number for (number,) in owners} == set(standing)
            assert store.count("observations") == BATCH * len(standing)
            assert store._db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert taken_back >= 8


def test_two_writers_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "workbook.sqlite"
    Store(path).close()
    writers = [start(path, name, 25) for name in ("one", "two")]
    with Store(path, readonly=True) as reader:
        seen = [reader.count("observations") for _ in range(50)]
    assert all(n % BATCH == 0 for n in seen)
    for writer in writers:
        out, _ = writer.communicate(timeout=120)
        assert writer.returncode == 0
        assert out.count("\n") == 25
    for name in ("one", "two"):  # none writes any more between two questions
        check_whole(path, name, 25)
