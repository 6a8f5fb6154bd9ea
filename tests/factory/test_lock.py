"""One run at a time in a folder: refused at once, taken over when the first is dead."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import replace

import pytest

from dts_research.errors import RequestError
from dts_research.reports.lock import ALONE, LOCK, Holder, going_on, held
from dts_research.reports.processes import started

WAYS = [
    pytest.param(True, marks=pytest.mark.skipif(sys.platform == "win32", reason="flock")),
    False,
]


@pytest.fixture
def sleeper():
    """Another living process."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
    yield process
    process.kill()
    process.wait()


def forged(folder, flock, **changes):
    """Write that somebody holds a folder."""
    path = folder / (LOCK if flock else ALONE)
    with path.open("wb") as file:
        replace(Holder.here(), **changes).write(file)
    return path


@pytest.mark.parametrize("flock", WAYS)
def test_a_second_run_is_refused_and_the_first_named(tmp_path, flock):
    with held(tmp_path, flock=flock):
        with pytest.raises(RequestError) as refused, held(tmp_path, flock=flock):
            raise AssertionError("two runs at once")
        since = Holder.read(tmp_path / (LOCK if flock else ALONE)).since
        assert refused.value.exit_code == 2
        assert refused.value.message.startswith(
            f"Des rapports sont déjà en cours de fabrication dans « {tmp_path} » : "
            f"processus {os.getpid()}, depuis "
        )
        assert refused.value.message.endswith(f"{since[13:19]}.")
        assert refused.value.fix == ("Attendre sa fin, ou l'arrêter, puis recommencer.")
    with held(tmp_path, flock=flock):
        pass


@pytest.mark.parametrize("flock", WAYS)
def test_who_only_looks_is_told_of_the_run_that_is_on(tmp_path, flock, sleeper):
    assert going_on(tmp_path) == ""
    with held(tmp_path, flock=flock):
        told = going_on(tmp_path)
    assert told.startswith(f"Des rapports sont en cours de fabrication : processus {os.getpid()}, ")
    assert going_on(tmp_path) == ""
    forged(tmp_path, flock, pid=sleeper.pid, started="avant")
    assert going_on(tmp_path) == ""


@pytest.mark.parametrize("flock", WAYS)
def test_what_a_dead_run_held_is_taken_over_and_swept(tmp_path, flock, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = tmp_path / "dts-temporaire"
    left.mkdir()
    (tmp_path / "carnets").mkdir()
    elsewhere = tmp_path / "carnets" / "dts-a-autrui"
    elsewhere.mkdir()
    halves = [tmp_path / ".a1b2c3d4.partiel", tmp_path / "carnets" / ".e5f6_g7h.partiel"]
    for half in halves:
        half.write_text("{")
    forged(tmp_path, flock, pid=dead.pid, started="1", folders=(str(left), str(elsewhere)))
    with held(tmp_path, flock=flock):
        assert elsewhere.exists(), "a lock may be written by anybody"
        assert not left.exists() and not any(half.exists() for half in halves)


@pytest.mark.parametrize("flock", WAYS)
def test_a_number_given_again_to_another_process_holds_nothing(tmp_path, flock, sleeper):
    forged(tmp_path, flock, pid=sleeper.pid, started="avant")
    with held(tmp_path, flock=flock):
        assert Holder.read(tmp_path / (LOCK if flock else ALONE)).pid == os.getpid()
    assert sleeper.poll() is None


def test_a_living_run_that_could_not_lock_files_is_seen_by_one_that_can(tmp_path, sleeper):
    path = forged(tmp_path, False, pid=sleeper.pid, started=started(sleeper.pid))
    for flock in (True, False):
        said = pytest.raises(RequestError, match=f"processus {sleeper.pid}")
        with said, held(tmp_path, flock=flock):
            pass
    assert path.exists()


def test_a_run_on_another_machine_is_believed_and_what_to_do_is_said(tmp_path):
    path = forged(tmp_path, False, pid=4, host="autre", since="2026-11-02T08:00:00+00:00")
    with pytest.raises(RequestError) as refused, held(tmp_path, flock=False):
        pass
    said = refused.value.message.replace("\u00a0", " ")
    assert "processus 4 de la machine « autre », depuis le 2 novembre 2026 " in said
    assert f"Si cette machine est éteinte, effacer « {path.name} »." in refused.value.fix
    path.unlink()
    with held(tmp_path, flock=False):
        pass


def test_of_many_that_ask_at_once_for_what_a_dead_run_held_one_has_it(tmp_path):
    forged(tmp_path, False, pid=2**22 - 1, started="1")
    code = (
        "import sys, time, pathlib\n"
        "from dts_research.reports.lock import held\n"
        "try:\n    with held(pathlib.Path(sys.argv[1]), flock=False): time.sleep(3)\n"
        "except Exception as error: sys.exit(getattr(error, 'exit_code', 9))"
    )
    some = [subprocess.Popen([sys.executable, "-c", code, tmp_path]) for _ in range(4)]
    assert sorted(one.wait(60) for one in some) == [0, 2, 2, 2]
    assert list(tmp_path.iterdir()) == []


def test_a_cut_record_stops_nobody_where_files_are_locked(tmp_path):
    whole = json.dumps({"pid": 1, "host": socket.gethostname()})
    for size in range(len(whole)):
        (tmp_path / LOCK).write_text(whole[:size])
        with held(tmp_path):
            pass
    assert not (tmp_path / LOCK).read_text()


def test_a_process_is_known_by_its_start(sleeper):
    assert started(sleeper.pid) == started(sleeper.pid) != started(os.getpid())
    sleeper.kill()
    limit = time.monotonic() + 5
    while started(sleeper.pid) and time.monotonic() < limit:  # a zombie is over
        time.sleep(0.01)
    assert started(sleeper.pid) == ""


@pytest.mark.parametrize(
    "told", ['{"pid": "a"}', '{"pid": -5}', '{"since": "hier"}', "[1]", "null"]
)
def test_a_lock_that_says_nothing_sensible_is_named_to_be_removed(tmp_path, told):
    whole = {"pid": 1, "started": "x", "host": "ici", "since": "2026-11-28T08:00:00+00:00"}
    found = json.loads(told)
    content = json.dumps(whole | {"folders": []} | found) if isinstance(found, dict) else told
    (tmp_path / ALONE).write_text(content)
    said = pytest.raises(RequestError, match=r"effacer le fichier « \.en-cours-seul »")
    with said, held(tmp_path, flock=False):
        pass


NESTED = "[" * 200_000
FORGED = '{"pid": 1, "started": "x", "host": "%s", "since": "%s", "folders": []}'
ODD = {
    "a pipe": lambda path: os.mkfifo(path),
    "a link to an endless file": lambda path: path.symlink_to("/dev/zero"),
    "a file without end": lambda path: os.truncate(path, 40 << 30) if path.touch() is None else 0,
    "a nested text": lambda path: path.write_text(NESTED),
    "the first day": lambda path: path.write_text(FORGED % ("là", "0001-01-01T00:00:00")),
    "the last day": lambda path: path.write_text(FORGED % ("là", "9999-12-31T23:59:59-23:59")),
    "half of a sign": lambda path: path.write_text(FORGED % (r"\ud800", "2026-01-01T00:00:00")),
    "another machine": lambda path: path.write_text(FORGED % ("là", "2026-01-01T00:00:00")),
}


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and locks of files")
@pytest.mark.parametrize("name", [LOCK, ALONE])
@pytest.mark.parametrize("kind", ODD)
def test_anything_in_the_place_of_a_lock_is_told_at_once(tmp_path, kind, name):
    ODD[kind](tmp_path / name)
    told = going_on(tmp_path)
    named = name == ALONE and kind in ("half of a sign", "another machine")
    assert told.startswith("Des rapports sont en cours" if named else "") and bool(told) == named
    assert "\n" not in told and told.isprintable()
    with suppress(RequestError), held(tmp_path):
        pass
