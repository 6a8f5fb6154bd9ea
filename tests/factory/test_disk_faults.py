"""Disks that fill up, refuse, or answer with errors: what was there stands, the rest is redone."""

import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from dts_research.errors import DtsError
from dts_research.reports.disk import append_whole, clear, write_together
from dts_research.reports.freshness import states
from dts_research.reports.manifest import Manifest
from dts_research.reports.plan import Report
from dts_research.reports.pool import make_reports
from dts_research.reports.press import WARM
from dts_research.workspace import add_line

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="faults are injected on Linux")
TERRITORY = 'territory: str = ""  # code'
PROGRAM = Path(__file__).with_name("faulty.py")
REPORTS = [Report(f"essai-{code}", "essai.ipynb", code) for code in ("01", "13")]
# Per run of strace: each call, the error it gives, and whether it goes on giving it.
RUNS = {
    "full": {"write": ("ENOSPC", "+"), "fsync": ("EIO", ""), "rename": ("EACCES", "")},
    "ill": {"write": ("EIO", ""), "fsync": ("EINTR", "")},
}
SAID = {
    "ENOSPC": "plus de place sur le disque",
    "EIO": "le disque ne répond pas bien (erreur de lecture ou d'écriture)",
    "EACCES": "accès refusé",
}


@pytest.fixture(scope="module")
def traced(require, tmp_path_factory):
    """Run the program whose calls fail; give what it saw, per run, call and error."""
    strace = require(shutil.which("strace"), "strace is not there")
    allowed = subprocess.run([strace, "-qq", "-o", os.devnull, "true"], capture_output=True)
    require(allowed.returncode == 0, "this machine does not let strace look at a process")
    found = {}
    for name, calls in RUNS.items():
        root = tmp_path_factory.mktemp(name)
        faults = [f"-einject={call}:error={error}:when=2000{more}"
                  for call, (error, more) in calls.items()]  # fmt: skip
        trace = ["-f", "--seccomp-bpf", "-qq", "-o", os.devnull, f"-etrace={','.join(calls)}"]
        command = [strace, *trace, *faults, sys.executable, PROGRAM, root, *calls]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr[-3000:]
        found[name] = json.loads((root / "told.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize(("run", "call"), [(run, call) for run in RUNS for call in RUNS[run]])
def test_a_call_that_fails_leaves_the_old_or_the_new(traced, run, call):
    error, _ = RUNS[run][call]
    seen = [one for one in traced[run] if one["call"] == call]
    assert [one for one in seen if one["other"]] == []
    assert [one for one in seen if one["believed"] or one["mixed"]] == []
    failed = [one for one in seen if one["said"]]
    if error == "EINTR":  # begun again by Python itself
        assert failed == []
    else:
        assert len(failed) >= 3
        assert [one["said"] for one in failed if SAID[error] not in one["said"]] == []
    for one in seen:
        assert (one["again"], one["after"]["new"], one["after"]["state"]) == ("", True, "fresh")
        # Nothing passes for made that is not: either it is said, or all of it is there.
        assert one["said"] or one["new"]


@pytest.fixture
def small_disk(tmp_path, require):
    """A disk of 2 MB, and a way to leave so many bytes of it free."""
    place = tmp_path / "petit"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "dts-test", place]
    done = os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
    if not done:
        pytest.skip("only root, where mounting is allowed, can have a disk that fills up")

    def leave(free):
        filler = place.parent / "petit" / "plein"
        filler.unlink(missing_ok=True)
        if free is not None:
            stat = os.statvfs(place)
            filler.write_bytes(b"x" * (stat.f_bavail * stat.f_frsize - free))

    yield place, leave
    subprocess.run(["umount", place], check=True)


def contents(folder):
    found = {path.name: path for path in folder.rglob("essai-*") if path.is_file()}
    timed = (".log", ".manifest.json")
    told = (name for name in found if "echec" not in name and not name.endswith(timed))
    return {name: found[name].read_bytes() for name in told}


def test_a_disk_that_fills_up_stops_clean_and_the_next_run_goes_on(
    press, write_notebook, small_disk
):
    place, leave = small_disk
    path = press.notebooks / "essai.ipynb"
    write_notebook(path, "print('avant')", parameters=TERRITORY)
    usual = replace(press, out=place / "out", engine=WARM, formats=("html",))
    assert make_reports(REPORTS, usual, progress=False).failed == {}
    before = contents(usual.out)
    write_notebook(path, "print('après')", parameters=TERRITORY)
    leave(0)
    with pytest.raises(DtsError, match="ne peut pas être écrit : plus de place sur le disque"):
        make_reports(REPORTS, usual, progress=False)
    assert contents(usual.out) == before
    leave(16 << 10)  # the page does not hold, the folder can be written
    outcome = make_reports(REPORTS, usual, progress=False, workers=1)
    assert outcome.exit_code == 1 and outcome.made == ()
    assert outcome.failed["essai-01"] == (
        "« essai-01.html » : plus de place sur le disque. Faire de la place sur le disque, puis "
        "relancer."
    )
    assert contents(usual.out) == before
    assert list(usual.out.rglob("*.partiel")) == []
    leave(None)
    assert sorted(make_reports(REPORTS, usual, progress=False).made) == ["essai-01", "essai-13"]
    after = contents(usual.out)
    shutil.rmtree(usual.out)
    make_reports(REPORTS, usual, progress=False)
    assert contents(usual.out) == after != before


def test_a_disk_that_cannot_be_written_is_refused_before_any_work(
    press, write_notebook, small_disk
):
    place, _ = small_disk
    write_notebook(press.notebooks / "essai.ipynb", "open('joué', 'w')", parameters=TERRITORY)
    subprocess.run(["mount", "-o", "remount,ro", place], check=True)
    with pytest.raises(DtsError) as caught:
        make_reports(REPORTS, replace(press, out=place / "out"), progress=False)
    assert caught.value.message == (
        f"Le dossier des rapports « {place / 'out'} » ne peut pas être écrit : support en lecture "
        "seule."
    )
    assert not (press.notebooks / "joué").exists()


REFUSED = """
import os, sys
from pathlib import Path
from dts_research.errors import DtsError
from dts_research.reports.disk import check_writable
if os.geteuid() == 0:
    os.setuid(65534)
try:
    check_writable(Path(sys.argv[1]))
except DtsError as error:
    print(error)
"""


def test_a_folder_without_the_right_to_write_is_refused(tmp_path):
    place = tmp_path / "out"
    place.mkdir(mode=0o555)
    with contextlib.ExitStack() as stack:
        for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
            stack.callback(folder.chmod, folder.stat().st_mode & 0o7777)
            folder.chmod(0o755)
        done = subprocess.run(
            [sys.executable, "-c", REFUSED, place], capture_output=True, text=True
        )
    assert done.stdout == (
        f"Le dossier des rapports « {place} » ne peut pas être écrit : accès refusé. Donner le "
        "droit d'y écrire ou faire de la place, ou choisir un autre dossier dans workbook.toml.\n"
    ), done.stderr


def test_too_many_open_files_is_said_in_french(tmp_path):
    path = tmp_path / "essai.html"
    path.write_bytes(b"avant")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    last = os.open(os.devnull, os.O_RDONLY)
    os.close(last)
    resource.setrlimit(resource.RLIMIT_NOFILE, (last, hard))
    try:
        with pytest.raises(OSError) as caught:
            write_together(tmp_path, {"essai.html": b"apres"})
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    from dts_research.errors import reason

    assert reason(caught.value) == "trop de fichiers ouverts à la fois"
    assert (path.read_bytes(), caught.value.filename) == (b"avant", str(path))


def test_a_file_that_cannot_be_replaced_leaves_the_others_as_they_were(tmp_path):
    """As where somebody has the PDF open, on Windows."""
    write_together(tmp_path, {"a.html": b"1", "b.pdf": b"1"})
    (tmp_path / "c.zip").mkdir()
    (tmp_path / "c.zip" / "dedans").write_text("x")
    with pytest.raises(OSError):
        write_together(tmp_path, {"a.html": b"2", "b.pdf": b"2", "n.html": b"2", "c.zip": b"2"})
    left = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert left == {"a.html": b"1", "b.pdf": b"1"}


def test_lines_that_the_disk_refuses_are_taken_back(tmp_path):
    path = tmp_path / "lignes.jsonl"
    append_whole(path, b"1\n")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            append_whole(path, b"deux\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == b"1\n"


def test_only_what_a_killed_run_left_is_cleaned(tmp_path):
    (tmp_path / "carnets").mkdir()
    ours = [".abcd1234.partiel", "carnets/.x_y9abc2.partiel", ".abcd1234-avant.partiel"]
    theirs = [".notes.partiel", "rapport.partiel", ".abcd1234.part", "carnets/a.ipynb"]
    for name in (*ours, *theirs):
        (tmp_path / name).write_text("x")
    clear(tmp_path)
    left = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(left) == sorted(theirs)


def test_a_cut_or_altered_file_is_seen_and_made_again(press, write_notebook):
    write_notebook(press.notebooks / "essai.ipynb", "print('x' * 500)", parameters=TERRITORY)
    some, usual = REPORTS[:1], replace(press, engine=WARM, formats=("html",))
    make_reports(some, usual, progress=False)
    page = usual.out / "essai-01.html"
    whole = page.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    for broken in (whole[:-1], b"", bytes(flipped)):
        page.write_bytes(broken)
        (status,) = states(some, usual)
        assert (status.state, status.why) == (
            "stale", "le fichier « essai-01.html » a été modifié",
        )  # fmt: skip
    assert make_reports(some, usual, progress=False).made == ("essai-01",)
    assert page.read_bytes() == whole


def test_a_last_line_cut_anywhere_is_ignored_and_its_report_made_again(press, write_notebook):
    write_notebook(press.notebooks / "essai.ipynb", "print(territory)", parameters=TERRITORY)
    usual = replace(press, engine=WARM)
    make_reports(REPORTS, usual, progress=False, workers=1)
    path = Manifest(usual.out).path
    first, last, _ = path.read_bytes().split(b"\n")
    name = json.loads(last)["id"]
    for size in range(len(last)):
        path.write_bytes(first + b"\n" + last[:size])
        found = {one.report.id: one.state for one in states(REPORTS, usual)}
        assert (found.pop(name), list(found.values())) == ("missing", ["fresh"])
    assert make_reports(REPORTS, usual, progress=False).made == (name,)
    assert path.read_bytes().count(b"\n") == len(path.read_bytes().splitlines()) == 2


def test_what_the_system_refuses_to_a_cell_is_said_in_french(press, write_notebook):
    code = "open('absent/essai.csv')"
    write_notebook(press.notebooks / "essai.ipynb", code, parameters=TERRITORY)
    outcome = make_reports(REPORTS[:1], replace(press, engine=WARM), progress=False)
    assert outcome.failed["essai-01"] == (
        "La cellule 3 du carnet a échoué : FileNotFoundError: introuvable: 'absent/essai.csv'"
    )


def test_a_line_is_added_whole_however_little_the_system_takes_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, content: write(file, bytes(content)[:3]))
    for line in ("une été", "et \ud800"):
        add_line(tmp_path / "lignes", line)
    assert (tmp_path / "lignes").read_text("utf-8") == "une été\net ?\n"
