"""Where things live: the folders of a workbook, found once from any folder inside it."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dts_research.errors import RequestError

SETTINGS = "workbook.toml"
# Names the file where what a notebook reads is noted, one line of JSON per read.
READS = "DTS_READS"


@dataclass(frozen=True)
class Workspace:
    """The folders of one workbook.

    Parameters
    ----------
    data
        Folder of the material; it holds the settings file ``workbook.toml``.
    reports
        Folder of the outputs; it may be deleted at any time.
    notebooks
        Folder of the notebooks and of ``plan.toml``.
    name
        Name of the workbook, printed on every report.
    fictional
        True when the material is fiction: every page of every report says so.
    settings
        The whole settings file, read-only.
    """

    data: Path
    reports: Path
    notebooks: Path
    name: str = ""
    fictional: bool = False
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def inbox(self) -> Path:
        """Where files are dropped; they are never edited."""
        return self.data / "inbox"

    @property
    def quarantine(self) -> Path:
        """Where refused rows come back as workbooks."""
        return self.data / "quarantine"

    @property
    def raw(self) -> Path:
        """Where received files are kept as they came, by digest."""
        return self.data / "store" / "raw"

    @property
    def store(self) -> Path:
        """The one SQLite file."""
        return self.data / "store" / "workbook.sqlite"

    @property
    def mappings(self) -> Path:
        """Where the correspondences between columns are saved and reused."""
        return self.data / "mappings"

    @property
    def commentary(self) -> Path:
        """Where human commentary lives, beside the notebooks."""
        return self.data / "commentary"

    @property
    def selection(self) -> Path:
        """Where the views kept for a session are written."""
        return self.data / "selection"

    @property
    def criteria(self) -> Path:
        """What the group crosses its experiences with; the file may not be there."""
        return self.data / "criteria.toml"

    @property
    def snapshots(self) -> str:
        """Address of the private folder from which other machines take the material, or ""."""
        return str(self.settings.get("folders", {}).get("snapshots", ""))

    @classmethod
    def find(cls, start: Path | str | None = None) -> Workspace:
        """Find the workbook that holds a folder.

        Parameters
        ----------
        start
            Any folder inside the workbook; by default the environment variable
            ``DTS_WORKBOOK``, else the current folder.

        Raises
        ------
        RequestError
            When no workbook is found there nor in any parent folder.
        """
        origin = Path(start or os.environ.get("DTS_WORKBOOK") or Path.cwd()).expanduser().resolve()
        for folder in (origin, *origin.parents):
            for candidate in (folder / SETTINGS, folder / "data" / SETTINGS):
                if candidate.is_file():
                    return cls.read(candidate)
        raise RequestError(
            f"Aucun classeur trouvé dans « {origin} » ni dans les dossiers qui le contiennent.",
            "Se placer dans un dossier fait par « dts init », ou ajouter --workbook DOSSIER.",
        )

    @classmethod
    def read(cls, path: Path) -> Workspace:
        """Read a settings file.

        Raises
        ------
        RequestError
            When the file is not readable TOML.
        """
        note_file(path, path.parent)
        try:
            settings = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise RequestError(
                f"Le fichier de réglages « {path} » n'est pas lisible : {error}.",
                "Le corriger, ou le remplacer par celui d'un classeur neuf (« dts init »).",
            ) from error
        data = path.parent
        folders = settings.get("folders", {})
        named = folders.values() if isinstance(folders, dict) else [None]
        if not all(isinstance(value, str) for value in named):
            raise RequestError(
                f"Les dossiers de « {path} » doivent être des textes entre guillemets.",
                'Écrire par exemple, sous [folders] : reports = "../reports"',
            )
        return cls(
            data=data,
            reports=(data / folders.get("reports", "../reports")).resolve(),
            notebooks=(data / folders.get("notebooks", "../notebooks")).resolve(),
            name=str(settings.get("name", "")),
            fictional=bool(settings.get("fictional", False)),
            settings=MappingProxyType(settings),
        )


def note_read(line: str) -> None:
    """Note one read, where somebody asked that reads be noted."""
    if named := os.environ.get(READS):
        add_line(named, line)


def add_line(path: str | Path, line: str) -> None:
    """Add a line to a file in one go; half of a sign is replaced."""
    out = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        left = memoryview(f"{line}\n".encode("utf-8", "replace"))
        while left:
            left = left[os.write(out, left) :]
    finally:
        os.close(out)


def note_file(path: Path, data: Path) -> None:
    """Note that a file of the workbook is read, as it is now; it may not be there."""
    if os.environ.get(READS):
        name = path.relative_to(data).as_posix()
        note_read(json.dumps(["file", [name], None, *file_state(path)]))


def file_state(path: Path) -> tuple[str, int]:
    """Digest of the bytes of a file and 1, or "" and 0 where there is none."""
    return (sha256_of(path), 1) if path.is_file() else ("", 0)


def sha256_of(path: Path) -> str:
    """Digest of the bytes of a file, by which it is known wherever it lies."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def settle(folder: Path) -> None:
    """Make the names in a folder durable: a loss of power takes none of them back.

    Systems that cannot do it for a folder, as Windows, are left to their own ways.
    """
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            error.filename = str(folder)
            raise
    finally:
        os.close(handle)
