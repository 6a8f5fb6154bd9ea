"""The engine of the PDFs held at a distance, once it has taken a whole process along.

It is not in Python: when it crashes, no error is raised, the process that makes the report ends.
A mark in the output folder tells the next attempt, which then draws in a process of its own: the
page is kept, and the format alone has failed.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from dts_research.errors import DtsError
from dts_research.reports import press
from dts_research.reports.storage import Objects

if TYPE_CHECKING:
    from dts_research.reports.document import Document

MARK = ".en-cours"
STOPPED = "le moteur des PDF s'est arrêté net"
LATE = "le moteur des PDF n'a pas fini dans le temps donné"


@contextmanager
def engine(folder: Path | Objects, report: str) -> Iterator[bool]:
    """Mark that the formats of a report are being drawn; tell whether the last attempt ended there.

    Nothing is marked where the disk refuses: the drawing itself asks nothing of it.
    """
    if not isinstance(folder, Path):
        yield False
        return
    mark = folder / f".{report}{MARK}"
    before = mark.is_file()
    with suppress(OSError):
        mark.touch()
    try:
        yield before
    finally:
        with suppress(OSError):
            mark.unlink()


def render(
    kind: str, document: Document, entry_id: str, formats: tuple[str, ...], *, seconds: int
) -> bytes:
    """Draw one format as `press.render` does, in a process that may crash alone.

    Raises
    ------
    DtsError
        When that process does not end well, or in time.
    """
    command = [sys.executable, "-m", "dts_research.reports.guard"]
    asked = pickle.dumps((kind, document, entry_id, formats))
    try:
        done = subprocess.run(command, input=asked, capture_output=True, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise DtsError(LATE) from error
    if done.returncode:
        raise DtsError(STOPPED)
    return done.stdout


if __name__ == "__main__":
    sys.stdout.buffer.write(press.render(*pickle.load(sys.stdin.buffer)))
