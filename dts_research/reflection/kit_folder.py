"""The folder of a kit: written whole or not at all, and never over what somebody changed."""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dts_research.errors import DtsError, reason
from dts_research.reflection.lines import append_line
from dts_research.workspace import Workspace, note_file

FOLDER = "seances"
WHAT = "La liste des séances préparées"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Prepared:
    """A session that was prepared, as its last line tells it.

    Parameters
    ----------
    files
        Name of each file of the kit, and its digest when it was written.
    """

    session_id: str
    territory: str
    date: str
    folder: str = ""
    files: Mapping[str, str] = field(default_factory=dict)

    def within(self, base: Path) -> Prepared:
        """Give the same, its folder found from a base."""
        return replace(self, folder=str(base / self.folder)) if self.folder else self


def register_path(workspace: Workspace) -> Path:
    """Where the sessions prepared are written."""
    return workspace.data / "sessions" / "prepared.jsonl"


def prepared(workspace: Workspace) -> tuple[Prepared, ...]:
    """Sessions prepared, each as its last line tells it; lines cut short are left out."""
    found: dict[tuple[str, str], Prepared] = {}
    path = register_path(workspace)
    note_file(path, workspace.data)
    for line in path.read_bytes().split(b"\n") if path.is_file() else []:
        try:
            raw = json.loads(line.decode("utf-8-sig"))
            one = Prepared(
                str(raw["session_id"]), str(raw["territory"]), str(raw["date"]),
                str(raw.get("folder", "")), dict(raw.get("files") or {}),
            )  # fmt: skip
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        found[one.territory, one.date] = one
    return tuple(found.values())


def known(workspace: Workspace, territory: str, date: str) -> Prepared:
    """Give the session of a place and a day: the one already prepared, else a new one."""
    for one in prepared(workspace):
        if (one.territory, one.date) == (territory, date):
            return one
    tail = "".join(secrets.choice(LETTERS) for _ in range(4))
    return Prepared(f"SE-{territory}-{date}-{tail}", territory, date)


def remember(workspace: Workspace, one: Prepared, **more: Any) -> None:
    """Add a line on a session that was prepared."""
    told = {"session_id": one.session_id, "territory": one.territory, "date": one.date,
            "folder": one.folder, "files": dict(one.files), **more}  # fmt: skip
    append_line(register_path(workspace), told, what=WHAT)


@dataclass(frozen=True)
class Written:
    """A folder that was written: where, and what became of the one before."""

    folder: Path
    digests: Mapping[str, str]
    replaced: bool = False
    spared: Path | None = None


def write_folder(target: Path, contents: Mapping[str, bytes], former: Prepared) -> Written:
    """Write the files of a kit aside, then put the folder in place.

    A former kit of the same session is replaced only where each of its files is as it was
    written; else it is left alone and the new one stands beside it.

    Raises
    ------
    DtsError
        When the folder cannot be written; what was there is still there.
    """
    digests = {name: hashlib.sha256(body).hexdigest() for name, body in contents.items()}
    last = Path(former.folder) if former.folder else target
    there = last if last.exists() and _stands_for(last, target) else target
    same = there.exists() and untouched(there, former.files)
    place = there if same or not there.exists() else _free(target)
    try:
        _put(place, contents)
    except OSError as error:
        raise DtsError(
            f"Le dossier « {place} » n'a pas pu être écrit : {reason(error)}.",
            "Fermer les fichiers du dossier précédent, vérifier la place et les droits, puis "
            "recommencer. Rien n'a été perdu.",
        ) from error
    spared = there if there != place and there.exists() else None
    return Written(place, digests, replaced=same, spared=spared)


def untouched(folder: Path, files: Mapping[str, str]) -> bool:
    """Tell whether a folder holds what was written there, and nothing else."""
    if not folder.is_dir() or not files:
        return False
    found = {p.name: p for p in folder.iterdir() if not p.name.startswith((".", "~$"))}
    if set(found) != set(files) or not all(path.is_file() for path in found.values()):
        return False
    return all(
        hashlib.sha256(path.read_bytes()).hexdigest() == files[name] for name, path in found.items()
    )


def _stands_for(last: Path, target: Path) -> bool:
    """Tell whether a folder is the one asked for, or one made beside it (71-2026-12-10-2)."""
    number = last.name.removeprefix(f"{target.name}-")
    return last.parent == target.parent and (last.name == target.name or number.isdigit())


def _free(target: Path) -> Path:
    """First name that nothing bears: 71-2026-12-10-2."""
    return next(path for path in _numbered(target) if not path.exists())


def _numbered(target: Path) -> Iterator[Path]:
    number = 2
    while True:
        yield target.with_name(f"{target.name}-{number}")
        number += 1


def _put(place: Path, contents: Mapping[str, bytes]) -> None:
    """Write aside, then move; the former folder goes only once the new one is in place."""
    place.parent.mkdir(parents=True, exist_ok=True)
    tail = secrets.token_hex(4)
    aside, old = (place.with_name(f".{place.name}-{word}-{tail}") for word in ("neuf", "ancien"))
    try:
        aside.mkdir()
        for name, body in contents.items():
            (aside / name).write_bytes(body)
        if place.exists():
            place.rename(old)
        try:
            aside.rename(place)
        except OSError:
            if old.exists():
                old.rename(place)
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)
