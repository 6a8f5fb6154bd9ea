"""One run at a time in an output folder: who holds it, and what a dead run left there."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dts_research.display.fragments import full_date
from dts_research.display.typography import printable
from dts_research.errors import RequestError
from dts_research.reports.disk import clear
from dts_research.reports.processes import started

LOCK, ALONE = ".en-cours", ".en-cours-seul"
# How the temporary folders of a run are named, by us and by the standard library.
OURS = ("dts-", "pymp-")
# Where the system has no lock of files: some network folders, Windows.
WITHOUT = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}
ON = "Des rapports sont{} en cours de fabrication"
# Bytes that the description of a run never exceeds.
LONGEST = 65_536
# Times a lock is asked for, while who has it is writing its name or leaving.
TRIES, PAUSE = 5, 0.05


@dataclass(frozen=True)
class Holder:
    """The run that holds a folder.

    Parameters
    ----------
    started
        When its process started, as the system says: a number is given again to another one.
    since
        When the run began, UTC.
    folders
        Temporary folders to take away if the run dies without doing it.
    """

    pid: int
    started: str
    host: str
    since: str
    folders: tuple[str, ...] = ()

    @classmethod
    def here(cls, folders: Sequence[str] = ()) -> Holder:
        """Describe this process."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(os.getpid(), started(os.getpid()), socket.gethostname(), now, tuple(folders))

    @classmethod
    def read(cls, path: Path) -> Holder | None:
        """Read who holds a folder; None when nobody says so, or not in full."""
        try:
            found = json.loads(_text(path))
            datetime.fromisoformat(found["since"]).astimezone()
            if not (isinstance(found["pid"], int) and found["pid"] > 0):
                return None
            texts = {name: printable(str(found[name])) for name in ("started", "host", "since")}
            return cls(found["pid"], **texts, folders=tuple(map(str, found["folders"])))
        except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return None

    def write(self, file: Any) -> None:
        """Write it in an open file, in place of what was there."""
        file.seek(0)
        file.truncate()
        file.write(json.dumps(asdict(self)).encode())
        file.flush()

    def gone(self) -> bool:
        """Whether its process is over; unknown, hence no, on another machine."""
        return self.host == socket.gethostname() and started(self.pid) != self.started


def _text(path: Path) -> str:
    """Read a small ordinary file: anybody may have put anything in its place."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError(f"not a file: {path}")
        return file.read(LONGEST).decode("utf-8")


@contextmanager
def held(folder: Path, *, folders: Sequence[str] = (), flock: bool = True) -> Iterator[None]:
    """Hold an output folder while a run writes there, and take away what a dead one left.

    Parameters
    ----------
    folders
        Temporary folders of this run.
    flock
        False to do as where the system has no lock of files.

    Raises
    ------
    RequestError
        At once, when another run holds the folder; it is named.
    """
    file = _locked(folder / LOCK) if flock and sys.platform != "win32" else None
    alone = folder / ALONE
    former = [Holder.read(alone)]
    if file is None:
        _alone(alone, Holder.here(folders))
    elif former[0] and not former[0].gone():  # of a machine that has no lock of files
        file.close()
        raise _refused(folder, former[0], alone)
    else:
        former.append(Holder.read(folder / LOCK))
        alone.unlink(missing_ok=True)
        Holder.here(folders).write(file)
    try:
        _sweep(folder, former)
        yield
    finally:
        if file is None:
            alone.unlink(missing_ok=True)
        else:
            file.truncate(0)
            file.close()


def _locked(path: Path) -> Any:
    """Lock a file for as long as it is open; None where the system has no such lock."""
    import fcntl

    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise _refused(path.parent, None, path)
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644), "rb+")
    for left in reversed(range(TRIES)):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except OSError as error:
            other = Holder.read(path)
            if error.errno in WITHOUT or not left or (other and not other.gone()):
                file.close()
            if error.errno in WITHOUT:
                return None
            if file.closed:
                raise _refused(path.parent, other) from error
        time.sleep(PAUSE)
    return None


def _alone(path: Path, mine: Holder) -> None:
    """Make a file that nobody has made; take the place of a process that is over."""
    for left in reversed(range(TRIES)):
        try:
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o644), "wb") as file:
                mine.write(file)
            return
        except FileExistsError:
            other = Holder.read(path)
            if other is not None and other.gone():
                _put_aside(path, other)
            elif other is not None or not left:
                raise _refused(path.parent, other, path) from None
        time.sleep(PAUSE)
    raise _refused(path.parent, Holder.read(path), path)


def _put_aside(path: Path, dead: Holder) -> None:
    """Take a dead run's file away; of two that try, one does, and a living one is put back."""
    aside = path.with_name(f"{path.name}-{os.getpid()}")
    with suppress(FileNotFoundError):
        os.replace(path, aside)
        if Holder.read(aside) != dead:
            with suppress(OSError):
                os.link(aside, path)
        aside.unlink()


def going_on(folder: Path) -> str:
    """Say in French which run holds a folder at this moment, "" when none does."""
    names = (LOCK, ALONE) if _is_locked(folder / LOCK) else (ALONE,)
    holders = (Holder.read(folder / name) for name in names)
    living = next((one for one in holders if one and not one.gone()), None)
    return f"{ON.format('')} : {_named(living)}." if living else ""


def _is_locked(path: Path) -> bool:
    """Whether a living process holds a file, whatever is written there."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in WITHOUT
    finally:
        os.close(opened)
    return False


def _refused(folder: Path, other: Holder | None, file: Path | None = None) -> RequestError:
    who = _named(other) if other else "une autre commande"
    message = f"{ON.format(' déjà')} dans « {folder} » : {who}."
    fix = "Attendre sa fin, ou l'arrêter, puis recommencer."
    if other and other.host != socket.gethostname():
        fix += f" Si cette machine est éteinte, effacer « {(file or folder / LOCK).name} »."
    elif other is None and file:
        fix += f" Si rien n'est en cours, effacer le fichier « {file.name} » de ce dossier."
    return RequestError(message, fix)


def _named(other: Holder) -> str:
    since = datetime.fromisoformat(other.since).astimezone()
    where = "" if other.host == socket.gethostname() else f" de la machine « {other.host} »"
    day = "" if since.date() == datetime.now().date() else f"le {full_date(f'{since:%Y-%m-%d}')} "
    return f"processus {other.pid}{where}, depuis {day}{since:%H:%M:%S}"


def _sweep(folder: Path, former: Sequence[Holder | None]) -> None:
    """Take away what a run that died left: files half written, its temporary folders."""
    clear(folder)
    for dead in former:
        for one in map(Path, dead.folders if dead and dead.gone() else ()):
            ours = one.name.startswith(OURS) and one.parent == Path(tempfile.gettempdir())
            if ours and not one.is_symlink():  # a lock may be written by anybody
                shutil.rmtree(one, ignore_errors=True)
