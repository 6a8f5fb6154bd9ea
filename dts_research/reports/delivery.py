"""Reports made in a folder of their own, then carried where they are to stand."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

from dts_research.errors import DtsError, reason
from dts_research.reports.disk import write_whole
from dts_research.reports.freshness import FAILED
from dts_research.reports.manifest import Entry, Failure
from dts_research.reports.plan import Report
from dts_research.reports.press import Press
from dts_research.reports.storage import Objects

Files = Mapping[str, bytes]
Make = Callable[..., Generator[Entry, None, None]]


def made_apart(
    queue: Sequence[Report], press: Press, before: Mapping[str, Entry], make: Make
) -> Generator[Entry, None, None]:
    """Make reports on this machine, each carried to a far folder once it is whole."""
    with tempfile.TemporaryDirectory(prefix="dts-") as folder:
        aside = Path(folder)
        here = replace(press, out=aside)
        with closing(make(queue, here, before=before)) as entries:
            for entry in entries:
                files = taken(entry, aside)
                yield placed(entry, files, press.out)


def taken(entry: Entry, folder: Path) -> dict[str, bytes]:
    """Give the files of a report and take them away from the folder that it was made in."""
    files = {name: (folder / name).read_bytes() for name in entry.outputs}
    for name in files:
        with suppress(OSError):
            (folder / name).unlink()
    return files


def placed(entry: Entry, files: Files, out: Path | Objects) -> Entry:
    """Put the files of a report where they are to stand; the line then speaks of these."""
    try:
        outputs = {name: write_whole(out / name, body) for name, body in files.items()}
    except DtsError as error:
        return _not_placed(entry, str(error))
    except OSError as error:
        return _not_placed(entry, f"{reason(error)}.")
    return replace(entry, outputs=outputs)


def _not_placed(entry: Entry, said: str) -> Entry:
    failure = Failure(f"Ce rapport est fait mais n'a pas pu être rangé : {said}")
    return replace(entry, state=FAILED, outputs={}, made_at="", failure=failure)
