"""Two builds of one material give the same bytes, wherever they are made, and tell nothing of it.

Both are made by the command of a person, each in an environment of its own: folder, user, home,
host, time zone, locale, cores and workers all differ. Same day: it is printed on the cover.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from dts_research.starter import make_workbook

ROOT = Path(__file__).resolve().parents[2]
DAY = "1793620800"
CODE = "from dts_research.cli import main; main(prog_name='dts')"
TERRITORIES = ("2A", "09")
DATED = (".manifest.json", "manifest.jsonl", "index.html")


@dataclass(frozen=True)
class Place:
    """An environment: names that nothing else has, so that one found in a file comes from it."""

    folder: str
    user: str
    host: str
    zone: str
    locale: str
    workers: int
    core: str
    uid: int

    def environment(self, home: Path, locales: Path) -> dict[str, str]:
        kept = {
            name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ
        }
        named = dict.fromkeys(("USER", "LOGNAME", "USERNAME"), self.user)
        return kept | named | {
            "HOME": str(home), "TZ": self.zone, "LC_ALL": self.locale, "LOCPATH": str(locales),
            "HOSTNAME": self.host, "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": DAY,
        }  # fmt: skip

    def command(self, *words: str) -> list[str]:
        """Give the command, as another user of another host where this machine lets it."""
        whole = [sys.executable, "-c", CODE, *words]
        if _lends("unshare", "-U", f"--map-user={self.uid}", f"--map-group={self.uid}"):
            whole = ["unshare", "-U", f"--map-user={self.uid}", f"--map-group={self.uid}", *whole]
        if _lends("unshare", "-u", "hostname", self.host):
            whole = ["unshare", "-u", "sh", "-c", 'hostname "$0" && exec "$@"', self.host, *whole]
        return ["taskset", "-c", self.core, *whole] if _lends("taskset", "-c", self.core) else whole


HERE = Place(
    "atelier-de-zoe", "zoe-lucarne", "poste-brindille", "Pacific/Kiritimati", "C", 1, "0", 4242
)
THERE = Place(
    "Dépôt d'à côté/imprimés de l'an", "basile-tournesol", "serveur-ficelle",
    "America/Los_Angeles", "tr_TR.UTF-8", 2, "0-63", 31337,
)  # fmt: skip


def _lends(*start: str) -> bool:
    """Whether this machine lets a command start so."""
    if not shutil.which(start[0]):
        return False
    end = [] if start[1:2] == ("-u",) else ["true"]
    return subprocess.run([*start, *end], capture_output=True, check=False).returncode == 0


def _turkish(folder: Path) -> None:
    """Make a locale with a decimal comma and a dotless i, where it can be made."""
    folder.mkdir(parents=True)
    if shutil.which("localedef"):
        words = ["localedef", "-i", "tr_TR", "-f", "UTF-8", str(folder / "tr_TR.UTF-8")]
        subprocess.run(words, capture_output=True, check=False)


def started(place: Place, top: Path, book: Any) -> tuple[Path, subprocess.Popen[str]]:
    """Start the two reports of a copy of a workbook, in an environment."""
    folder, home = top / place.folder, top / "maisons" / place.user
    home.mkdir(parents=True)
    make_workbook(folder)
    shutil.copytree(book.workspace.data, folder / "data", dirs_exist_ok=True)
    words = ("--workbook", str(folder), "report", *TERRITORIES, "--workers", str(place.workers))
    process = subprocess.Popen(
        place.command(*words, "--json"), cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, encoding="utf-8", env=place.environment(home, top / "locales"),
    )  # fmt: skip
    return folder / "reports", process


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory, demo_book: Any) -> Iterator[dict[str, Path]]:
    """Folders of the reports, by user."""
    top = tmp_path_factory.mktemp("pareil")
    _turkish(top / "locales")
    running = {place.user: started(place, top, demo_book) for place in (HERE, THERE)}
    for _, process in running.values():
        said, complaints = process.communicate(timeout=300)
        assert process.returncode == 0, complaints
        assert len(json.loads(said)["made"]) == len(TERRITORIES)
    yield {user: folder for user, (folder, _) in running.items()}


def files_of(folder: Path) -> dict[str, bytes]:
    """Outputs, by name; logs and locks tell of one machine and are handed to nobody."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    told = {str(path.relative_to(folder)): path.read_bytes() for path in found}
    return {n: body for n, body in told.items() if not n.startswith(("journaux/", ".en-cours"))}


def test_two_environments_give_the_same_bytes(builds: dict[str, Path]) -> None:
    here, there = (files_of(folder) for folder in builds.values())
    assert set(here) == set(there)
    same = [name for name in here if not name.endswith(DATED)]
    endings = (".html", ".pdf", "-diapos.pdf")
    assert {f"territoire-{code}{end}" for code in TERRITORIES for end in endings} <= set(same)
    assert [name for name in same if here[name] != there[name]] == []


def test_but_for_their_times_the_manifests_are_the_same(builds: dict[str, Path]) -> None:
    here, there = builds.values()
    for code in TERRITORIES:
        name = f"carnets/territoire-{code}.manifest.json"
        told = [json.loads((folder / name).read_text(encoding="utf-8")) for folder in (here, there)]
        times = [one.pop("times") for one in told]
        assert told[0] == told[1]
        assert all(one["made_at"].endswith("+00:00") and one["seconds"] > 0 for one in times)


def inside(name: str, body: bytes) -> bytes:
    """Give all that can be read in a file: of a PDF, what its streams hold once unpacked."""
    if not name.endswith(".pdf"):
        return body
    with pikepdf.open(io.BytesIO(body)) as pdf:
        streams = [one for one in pdf.objects if isinstance(one, pikepdf.Stream)]
        parts = [one.read_bytes() for one in streams if "/DCTDecode" not in str(one.get("/Filter"))]
        told = [repr(one).encode() for one in pdf.objects if not isinstance(one, pikepdf.Stream)]
    return b"\n".join([body, *parts, *told])


def test_no_output_tells_where_by_whom_or_on_what_it_was_made(builds: dict[str, Path]) -> None:
    names = {word for place in (HERE, THERE) for word in (place.user, place.host)}
    paths = {str(ROOT), sys.prefix, str(Path.home()), "/tmp/", "atelier-de-zoe", "imprimés de l"}
    for folder in builds.values():
        secrets = {*names, *paths, str(folder), folder.parent.parent.name}
        for name, body in files_of(folder).items():
            found = inside(name, body)
            leaks = [word for word in secrets if word.encode("utf-8") in found]
            assert leaks == [], name


def test_what_is_looked_for_would_be_found(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Author"] = HERE.user
        pdf.pages[0].Contents = pdf.make_stream(f"% {HERE.host}".encode())
        pdf.save(tmp_path / "x.pdf", compress_streams=True, recompress_flate=True)
    found = inside("x.pdf", (tmp_path / "x.pdf").read_bytes())
    assert HERE.host.encode() in found and HERE.user.encode() in found
