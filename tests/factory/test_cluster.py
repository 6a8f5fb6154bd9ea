"""Reports on several machines and on object storage: a real scheduler, a real S3 server."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest

from dts_research.errors import DtsError, RequestError
from dts_research.reports import cluster
from dts_research.reports.freshness import states
from dts_research.reports.manifest import LINES, MANIFEST, Entry, Manifest
from dts_research.reports.plan import Report
from dts_research.reports.pool import make_reports
from dts_research.reports.press import WARM, Press
from dts_research.reports.snapshot import snapshot, unpack
from dts_research.reports.storage import Objects

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
CELL = """
import os, pathlib, time
print(territory, pathlib.Path(os.environ["DTS_WORKBOOK"], "note.txt").read_text())
time.sleep(0.5)
assert territory != "13", "non"
"""
MARK = "DTS_TEST_CLUSTER"


@pytest.fixture(scope="module")
def press(tmp_path_factory):
    root = tmp_path_factory.mktemp("classeur")
    for name in ("notebooks", "data", "data/inbox", "out"):
        (root / name).mkdir()
    (root / "data" / "note.txt").write_text("été", encoding="utf-8")
    (root / "data" / "inbox" / "reçu.csv").write_text("un nom", encoding="utf-8")
    book = nbformat.v4.new_notebook(metadata=KERNEL)
    code = nbformat.v4.new_code_cell
    parameters = code('territory: str = ""', metadata={"tags": ["parameters"]})
    book.cells = [nbformat.v4.new_markdown_cell("# Question"), parameters, code(CELL)]
    for number, cell in enumerate(book.cells):
        cell["id"] = f"c{number}"
    nbformat.write(book, root / "notebooks" / "essai.ipynb")
    return Press(
        root / "notebooks", root / "data", root / "out", formats=("html",), version="1", engine=WARM
    )


def reports(*codes):
    return [Report(f"essai-{code}", "essai.ipynb", code, label=f"T{code}") for code in codes]


SOME = reports("01", "13", "2A", "38", "71", "974")


def make(some, press, **options):
    return make_reports(some, press, progress=False, **options)


@pytest.fixture(scope="module")
def local(press):
    """Made on this machine: what every other way is compared with."""
    outcome = make(SOME, press, workers=2)
    assert len(outcome.made) == 5
    return outcome, press


@pytest.fixture(scope="module")
def machines(require, bucket, tmp_path_factory):
    """A scheduler and two workers, each in a process of its own, watched by a nanny."""
    require(find_spec("distributed"), "Dask (distributed) is not installed")
    from distributed import LocalCluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(MARK, uuid.uuid4().hex)
        with LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0",
            local_directory=str(tmp_path_factory.mktemp("machines")), silence_logs=50,
        ) as running:  # fmt: skip
            yield running
        _wait(lambda: not _renderers())


def _renderers():
    """Rendering processes of the machines of these tests that still live."""
    mark = f"{MARK}={os.environ.get(MARK)}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            named = b"dts_research.reports.renderer" in (folder / "cmdline").read_bytes()
            if named and mark in (folder / "environ").read_bytes():
                found.append(int(folder.name))
    return found


def _wait(done, seconds=30):
    limit = time.monotonic() + seconds
    while not done() and time.monotonic() < limit:
        time.sleep(0.1)
    assert done()


def test_a_machine_killed_in_the_middle_loses_nothing_and_all_is_as_made_here(
    machines, local, tmp_path
):
    outcome, here = local
    there = replace(here, out=tmp_path / "out")
    from distributed import Client

    with Client(machines.scheduler_address, set_as_default=False) as client:
        pids = sorted(client.run(os.getpid).values())

    def kill():
        _wait(lambda: Manifest(there.out).read(), 300)
        os.kill(pids[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    made = make(SOME, there, scheduler=machines.scheduler_address)
    killer.join()
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)
    assert sorted(made.made) == sorted(outcome.made)
    assert made.failed == outcome.failed
    assert "AssertionError: non" in made.failed["essai-13"]
    assert _bytes_of(there.out) == _bytes_of(here.out)
    _wait(lambda: not _renderers())
    assert make(SOME[:1], there).skipped == ("essai-01",)


def _bytes_of(out):
    """Every file of a folder of reports but those that say when each was made."""
    timed = ("manifest.jsonl", ".manifest.json", ".log", ".en-cours")
    files = (path for path in out.rglob("*") if path.is_file() and not path.name.endswith(timed))
    return {str(path.relative_to(out)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def bucket(require, tmp_path_factory):
    """A bucket on an S3-compatible server of this machine."""
    server = require(shutil.which("moto_server"), "moto_server is not on the PATH")
    require(find_spec("obstore") and find_spec("fsspec"), "obstore and fsspec are not installed")
    import urllib.request

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    log = (tmp_path_factory.mktemp("s3") / "log").open("wb")
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    running = subprocess.Popen(
        [server, "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log, env=clean
    )
    address = "http" + f"://127.0.0.1:{port}"
    told = {
        "AWS_ENDPOINT_URL": address, "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "essai", "AWS_SECRET_ACCESS_KEY": "essai",
    }  # fmt: skip

    def answers():
        with suppress(OSError):
            order = urllib.request.Request(f"{address}/rapports", method="PUT")
            return urllib.request.urlopen(order, timeout=5).status == 200
        return False

    try:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in told.items():
                patch.setenv(name, value)
            _wait(answers, 60)
            yield "s3://rapports"
    finally:
        running.terminate()
        running.wait(10)
        log.close()


def test_a_folder_of_objects_is_asked_once_and_says_what_changed_in_it(bucket, press):
    out = Objects(f"{bucket}/lot")
    out.check()
    assert Manifest(out).read() == {}
    entries = [Entry(f"essai-{n}", "essai.ipynb", "fresh", label="Évry") for n in range(3)]
    kept = replace(entries[0], outputs={"carnets/a.ipynb": (out / "carnets/a.ipynb").put(b"un")})
    Manifest(out).record(kept)
    Manifest(out).record(entries[1])
    again = Objects(f"{bucket}/lot")  # another process, after a crash
    assert Manifest(again).read() == {"essai-0": kept, "essai-1": entries[1]}
    Manifest(again).compact()
    assert sorted(again.listed) == ["carnets/a.ipynb", MANIFEST]
    assert sorted(Objects(f"{bucket}/lot").listed) == ["carnets/a.ipynb", MANIFEST]
    newer = replace(kept, title="Autre")
    Manifest(again).record(newer)
    assert Manifest(Objects(again.url)).read() == {"essai-0": newer, "essai-1": entries[1]}
    assert Manifest(again).faults(kept) == ""
    (Objects(again.url) / "carnets/a.ipynb").put(b"xx")
    told = Manifest(Objects(again.url)).faults(kept)
    assert told == "le fichier « carnets/a.ipynb » a été modifié"
    Objects(again.url).remove(["carnets/a.ipynb"])
    assert Manifest(Objects(again.url)).faults(kept) == "le fichier « carnets/a.ipynb » manque"


def test_a_batch_of_this_machine_writes_to_object_storage(bucket, local):
    outcome, here = local
    far = replace(here, out=Objects(f"{bucket}/ici"))
    made = make(SOME[:2], far, workers=2)
    assert (made.made, made.failed) == (
        ("essai-01",), {"essai-13": outcome.failed["essai-13"]},
    )  # fmt: skip
    again = replace(here, out=Objects(f"{bucket}/ici"))
    assert [one.state for one in states(SOME[:3], again)] == ["fresh", "failed", "missing"]
    assert make(SOME[:1], again).skipped == ("essai-01",)
    for name in ("essai-01.html", "carnets/essai-01.ipynb"):
        assert (again.out / name).read_bytes() == (here.out / name).read_bytes()
    assert "essai-01.html" in (again.out / "index.html").read_bytes().decode()


def test_machines_read_the_workbook_from_object_storage_and_write_there(bucket, local, machines):
    _, here = local
    far = replace(here, out=Objects(f"{bucket}/lot-2"), snapshots=f"{bucket}/prive")
    from distributed import Client

    from dts_research.reports.bench import Bench

    def held(dask_scheduler=None):
        return [name for name in dask_scheduler.worker_plugins if name.startswith("dts-")]

    with Client(machines.scheduler_address, set_as_default=False) as client:
        # A batch whose command was killed leaves its bench behind; the next one takes it away.
        client.register_plugin(Bench("dts-perdu", here, b"", None, "", {}))
        assert client.run_on_scheduler(held) == ["dts-perdu"]
        made = make([SOME[0], SOME[2]], far, scheduler=machines.scheduler_address)
        assert client.run_on_scheduler(held) == []
        assert set(client.run(_left_by_benches).values()) == {()}
    assert (sorted(made.made), made.failed) == (["essai-01", "essai-2A"], {})
    seen = Objects(far.out.url)
    for name in ("essai-01.html", "essai-2A.html", "carnets/essai-2A.ipynb"):
        assert (seen / name).read_bytes() == (here.out / name).read_bytes()
    lines = [name for name in seen.listed if name.startswith(LINES)]
    assert lines == [f"{LINES}essai-01.json", f"{LINES}essai-2A.json"]
    assert Objects(f"{bucket}/prive").listed == {}, "the copy of the workbook was left there"
    assert make([SOME[0]], replace(far, out=seen)).skipped == ("essai-01",)


def _left_by_benches(dask_worker=None):
    return tuple(path.name for path in Path(dask_worker.local_directory).glob("dts-*"))


def test_what_people_sent_does_not_leave_with_the_snapshot(press, tmp_path):
    content = snapshot(press.data, press.notebooks)
    assert content == snapshot(press.data, press.notebooks)
    data, notebooks = unpack(content, tmp_path)
    assert [path.name for path in data.iterdir()] == ["note.txt"]
    assert [path.name for path in notebooks.iterdir()] == ["essai.ipynb"]


def test_the_snapshot_of_a_workbook_has_its_store(demo_book, press, tmp_path):
    from dts_research.workbook import open_workbook

    space = demo_book.workspace
    data, _ = unpack(snapshot(space.data, press.notebooks), tmp_path)
    assert [path.name for path in (data / "store").iterdir()] == ["workbook.sqlite"]
    assert not {"inbox", "quarantine"} & {path.name for path in data.iterdir()}
    with demo_book.store() as here, open_workbook(data).store() as there:
        assert there.digest() == here.digest()


def test_an_address_where_nobody_answers_is_told_quickly(require, press):
    require(find_spec("distributed"), "Dask (distributed) is not installed")
    started = time.monotonic()
    with pytest.raises(DtsError) as told:
        make(SOME, press, scheduler="tcp://127.0.0.1:9")
    assert time.monotonic() - started < 20
    assert told.value.message == "Le répartiteur « tcp://127.0.0.1:9 » ne répond pas."
    assert told.value.fix.startswith(
        "Vérifier son adresse et qu'il est en marche (dask scheduler)."
    )
    with pytest.raises(RequestError, match="« bidule://x » n'est pas l'adresse d'un répartiteur"):
        make(SOME, press, scheduler="bidule://x")


def test_the_command_tells_it_in_a_sentence(require, demo_book, root, tmp_path, capsys):
    require(find_spec("distributed"), "Dask (distributed) is not installed")
    from dts_research.cli import main

    data = tmp_path / "data"
    shutil.copytree(demo_book.workspace.data, data)
    (data / "workbook.toml").write_text(
        f'name = "essai"\n[folders]\nnotebooks = "{root / "notebooks"}"\n', encoding="utf-8"
    )
    asked = ["report", "71", "--out", str(tmp_path / "ailleurs")]
    with pytest.raises(SystemExit) as ended:
        main(["--workbook", str(data), *asked, "--scheduler", "tcp://127.0.0.1:9"])
    said = capsys.readouterr().err
    assert ended.value.code == 1
    assert said.startswith("Le répartiteur « tcp://127.0.0.1:9 » ne répond pas.\n→ Vérifier")
    assert not (tmp_path / "reports").exists() and (tmp_path / "ailleurs").is_dir()


def test_a_scheduler_without_machines_is_told(require, press, monkeypatch):
    require(find_spec("distributed"), "Dask (distributed) is not installed")
    from distributed import LocalCluster

    monkeypatch.setattr(cluster, "SEEN", 0.5)
    with (
        LocalCluster(n_workers=0, dashboard_address="127.0.0.1:0", silence_logs=50) as alone,
        pytest.raises(DtsError, match="Aucune machine n'est reliée au répartiteur"),
    ):
        make(SOME, press, scheduler=alone.scheduler_address)


def test_without_the_complement_the_command_to_write_is_told(press, monkeypatch):
    for name in ("distributed", "fsspec", "fsspec.core", "obstore", "obstore.fsspec"):
        monkeypatch.setitem(sys.modules, name, None)
    wanted = "Écrire : pip install 'dts-research[cluster]'"
    with pytest.raises(DtsError) as told:
        make(SOME, press, scheduler="tcp://127.0.0.1:9")
    assert told.value.message == (
        "Pour répartir le travail entre des machines, il manque un complément."
    )
    assert told.value.fix == wanted
    with pytest.raises(DtsError) as told:
        make(SOME, replace(press, out=Objects("s3://rapports/lot")))
    assert told.value.message == (
        "Pour lire ou écrire dans « s3://rapports/lot », il manque un complément."
    )
    assert told.value.fix == wanted


def test_a_storage_that_refuses_is_told_before_any_work(bucket, press):
    with pytest.raises(DtsError) as told:
        make(SOME, replace(press, out=Objects("s3://absent/lot")))
    assert "Le dépôt « s3://absent/lot »" in told.value.message
    assert told.value.fix.startswith("Vérifier l'adresse et les droits ; pour S3")
    with pytest.raises(RequestError, match="« bidule://x » n'est pas celle d'un dépôt connu"):
        make(SOME, replace(press, out=Objects("bidule://x")))
