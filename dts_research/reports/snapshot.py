"""What reports read, in one archive known by its digest: the workbook and its notebooks.

What people sent stays behind: files received, rows refused, forms. A report reads the store.
"""

from __future__ import annotations

import io
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from dts_research.reports.disk import digest, inside
from dts_research.workspace import SETTINGS

DATA, NOTEBOOKS = "data", "notebooks"
STORE = "store/workbook.sqlite"
LEFT_BEHIND = ("inbox", "quarantine", "store", "forms")
MOMENT = (1980, 1, 1, 0, 0, 0)


def snapshot(data: Path, notebooks: Path) -> bytes:
    """Give the archive of what the reports of a workbook read."""
    files = {f"{DATA}/{name}": path.read_bytes() for name, path in _of_data(data)}
    files |= {f"{NOTEBOOKS}/{name}": path.read_bytes() for name, path in inside(notebooks)}
    if (data / STORE).is_file():
        files[f"{DATA}/{STORE}"] = _store(data / STORE)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, MOMENT), files[name], zipfile.ZIP_DEFLATED)
    return content.getvalue()


def unpack(content: bytes, folder: Path) -> tuple[Path, Path]:
    """Put an archive in a folder; give where its data and its notebooks are."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    for name in (DATA, NOTEBOOKS):
        (folder / name).mkdir(exist_ok=True)
    return folder / DATA, folder / NOTEBOOKS


def name_of(content: bytes) -> str:
    """Name of an archive, by its digest."""
    return f"{digest(content)}.zip"


def _of_data(data: Path) -> Iterator[tuple[str, Path]]:
    """Files of a workbook, without those of people nor those of a workbook inside it."""
    if not data.is_dir():
        return
    for child in sorted(data.iterdir()):
        if child.is_file() and not child.name.startswith("."):
            yield child.name, child
        elif child.is_dir() and not _left(child):
            yield from ((f"{child.name}/{name}", path) for name, path in inside(child))


def _left(folder: Path) -> bool:
    return folder.name in LEFT_BEHIND or (folder / SETTINGS).is_file()


def _store(path: Path) -> bytes:
    """The store as it is at one moment, even while somebody writes in it."""
    with tempfile.TemporaryDirectory(prefix="dts-") as folder:
        copy = Path(folder) / path.name
        with (
            closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as here,
            closing(sqlite3.connect(copy)) as there,
        ):
            here.backup(there)
        return copy.read_bytes()
