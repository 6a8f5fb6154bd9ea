"""Received files kept as they came: named by their digest, read-only, checked again."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dts_research.errors import DtsError
from dts_research.store import Store
from dts_research.workspace import settle, sha256_of

READ_ONLY = 0o444


def raw_name(folder: Path, path: Path, sha256: str) -> Path:
    """Where the copy of a file is kept."""
    return folder / f"{sha256}{path.suffix.lower()}"


def keep_raw(folder: Path, path: Path, sha256: str) -> Path:
    """Copy a file as it is under its digest, all of it or nothing.

    Raises
    ------
    DtsError
        When its bytes are no longer those that were read.
    """
    kept = raw_name(folder, path, sha256)
    if kept.is_file() and sha256_of(kept) == sha256:
        return kept
    folder.mkdir(parents=True, exist_ok=True)
    partial = _copy(folder, path)
    try:
        if sha256_of(partial) != sha256:
            raise DtsError(
                f"« {path.name} » a changé pendant sa réception : rien n'en a été gardé.",
                "Attendre que le fichier soit entièrement enregistré, puis recommencer.",
            )
        partial.chmod(READ_ONLY)
        os.replace(partial, kept)
        settle(folder)
    finally:
        partial.unlink(missing_ok=True)
    return kept


def _copy(folder: Path, path: Path) -> Path:
    """Copy to a name of its own, down to the disk: two receptions never share one."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".", suffix=".partial", delete=False) as to:
        with path.open("rb") as source:
            shutil.copyfileobj(source, to)
        to.flush()
        os.fsync(to.fileno())
    return Path(to.name)


def damaged(store: Store, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Kept files that are no longer what was received: file, digest, French sentence."""
    seen: set[str] = set()
    for one in store.import_rows():
        name, sha256 = str(one["file"]), str(one["sha256"])
        if sha256 in seen or one["undone_at"]:
            continue
        seen.add(sha256)
        copies = sorted(folder.glob(f"{sha256}*"))
        if not copies:
            yield name, sha256, f"La copie gardée de « {name} » a disparu de « {folder.name} »."
        elif any(sha256_of(copy) != sha256 for copy in copies):
            yield (
                name,
                sha256,
                (f"La copie gardée de « {name} » n'a plus les mêmes octets qu'à sa réception."),
            )
