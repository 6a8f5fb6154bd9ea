"""How files reach the disk: each is old or new, never half written, whatever happens meanwhile.

Written aside, forced to the disk, renamed, and the folder itself forced to the disk: a name never
leads to what a loss of power could still take away.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from dts_research.errors import DtsError, reason
from dts_research.reports.storage import Object, Objects
from dts_research.workspace import settle

ASIDE = ".partiel"
FORMER = "-avant"
# Names that `mkstemp` gives to ours: nothing else is ever cleaned.
OURS = re.compile(rf"\.[a-z0-9_]{{8}}({FORMER})?{re.escape(ASIDE)}")


def digest(*contents: bytes | str) -> str:
    """SHA-256 of some contents, one after the other, in hexadecimal."""
    total = hashlib.sha256()
    for content in contents:
        total.update(content.encode() if isinstance(content, str) else content)
    return total.hexdigest()


def append_whole(path: Path, lines: bytes) -> None:
    """Add whole lines to a file in one go, and wait until the disk has them.

    A last line cut short by an interruption is ended first, so that it spoils no other; where the
    disk refuses the new lines, the file is left as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        cut = file.read(1) not in (b"", b"\n")
        try:
            _write(file, (b"\n" if cut else b"") + lines)
            os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                file.truncate(size)
            raise
    if not size:
        settle(path.parent)


def _write(file: io.FileIO, content: bytes) -> None:
    """Write all of it: the system may take a part at a time."""
    left = memoryview(content)
    while left:
        left = left[file.write(left) or 0 :]


def write_whole(path: Path | Object, content: bytes) -> dict[str, Any]:
    """Write a file so that it is old or new, never half written.

    Returns
    -------
    dict
        ``sha256``, ``bytes`` and ``mtime_ns`` of the file, ``etag`` on object storage.
    """
    if isinstance(path, Object):
        return path.put(content)
    return write_together(path.parent, {path.name: content})[path.name]


def write_together(
    folder: Path | Objects,
    contents: Mapping[str, bytes],
    *,
    told: Callable[[], object] = lambda: None,
) -> dict[str, dict[str, Any]]:
    """Put files in place together: none replaces the former one before all are on the disk.

    Where one cannot be put in place, those already put are given back as they were.

    Parameters
    ----------
    contents
        Per file, relative to the folder, its bytes.
    told
        Called after each file and each folder: a slow disk is not a program that hangs.

    Returns
    -------
    dict
        Per file, its ``sha256``, ``bytes`` and ``mtime_ns``.
    """
    if isinstance(folder, Objects):
        return {name: folder.put(name, content) for name, content in contents.items()}
    aside: dict[Path, Path] = {}
    try:
        for name, content in contents.items():
            _write_aside(folder / name, content, aside)
            told()
        _swap(aside)
    finally:
        _remove(aside.values())
    for place in sorted({folder, *(path.parent for path in aside)}, reverse=True):
        settle(place)
        told()
    return {name: _facts(folder / name, content) for name, content in contents.items()}


def _facts(path: Path, content: bytes) -> dict[str, Any]:
    stamp = path.stat().st_mtime_ns
    return {"sha256": digest(content), "bytes": len(content), "mtime_ns": stamp}


def _write_aside(path: Path, content: bytes, aside: dict[Path, Path]) -> None:
    """Write a file beside its place, down to the disk."""
    with _named(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".", suffix=ASIDE, dir=path.parent)
        aside[path] = Path(name)
        with io.FileIO(handle, "wb") as file:
            _write(file, content)
            os.fsync(handle)
        os.chmod(name, 0o644)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Have an error speak of the file that people know, not of the one beside."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise


def _swap(aside: Mapping[Path, Path]) -> None:
    """Give the new files their names: all of them or, where the system can, none."""
    former: dict[Path, Path | None] = {}
    done: list[Path] = []
    try:
        for path, new in aside.items():
            former[path] = _former(path, new) if len(aside) > 1 else new
            with _named(path):
                os.replace(new, path)
            done.append(path)
    except BaseException:
        for path in done:
            _give_back(path, former[path])
        raise
    finally:
        _remove(filter(None, former.values()))


def _former(path: Path, new: Path) -> Path | None:
    """Second name of the file that is to be replaced; None where there is no such file."""
    kept = new.with_name(new.name.replace(ASIDE, FORMER + ASIDE))
    try:
        os.link(path, kept)
    except FileNotFoundError:
        return None
    except OSError:  # a disk without second names: what is replaced cannot be given back
        pass
    return kept


def _give_back(path: Path, former: Path | None) -> None:
    with suppress(OSError):
        if former is None:
            path.unlink()
        else:
            os.replace(former, path)


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def inside(folder: Path) -> Iterator[tuple[str, Path]]:
    """Files of a folder and of those in it, but for hidden ones and what programs leave."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(one.startswith((".", "__pycache__")) for one in parts):
            yield "/".join(parts), path


def clear(folder: Path) -> None:
    """Remove what a run that was killed had begun to write in an output folder."""
    found = [*folder.glob(f".*{ASIDE}"), *folder.glob(f"*/.*{ASIDE}")]
    _remove(path for path in found if OURS.fullmatch(path.name))


def check_writable(folder: Path | Objects) -> None:
    """Refuse an output folder that cannot be written, before any work.

    Raises
    ------
    DtsError
        When the folder cannot be made or written.
    """
    if isinstance(folder, Objects):
        return folder.check()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            file.write(b"\0" * 4096)
    except OSError as error:
        raise DtsError(
            f"Le dossier des rapports « {folder} » ne peut pas être écrit : {reason(error)}.",
            "Donner le droit d'y écrire ou faire de la place, ou choisir un autre dossier dans "
            "workbook.toml.",
        ) from error
