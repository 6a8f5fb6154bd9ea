"""What reports read: noted while their notebooks run, asked again when one wants to know."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from dts_research.reports.manifest import Entry
from dts_research.reports.press import Press
from dts_research.store.present import Now
from dts_research.store.slices import pack, unpack
from dts_research.workspace import READS

UNKNOWN = "les données ont changé"


def read_back() -> str:
    """Give what was noted in the file that the environment names (see `Entry.reads`)."""
    path = Path(os.environ.get(READS, ""))
    if not path.is_file():
        return ""
    return pack(path.read_text(encoding="utf-8").splitlines())


class Rereading:
    """Asks again what reports read, each question once for the whole batch.

    Parameters
    ----------
    press
        Where reports are made, and from what.
    """

    def __init__(self, press: Press) -> None:
        self._press = press
        self._open = ExitStack()
        self._now: Now | None = None

    def why(self, entry: Entry) -> str:
        """Say in French what changed in what a report read, "" when nothing did.

        The store is asked only where it changed as a whole since the report was last checked.
        """
        if entry.digests.get("data", "") == self._press.digest:
            return ""
        slices = unpack(entry.reads)
        if self._press.present is None or not slices:
            return UNKNOWN
        if self._now is None:
            self._now = self._open.enter_context(self._press.present.opened())
        return self._now.why(slices, entry.tried_at)

    def close(self) -> None:
        """Close what was opened."""
        self._open.close()


@contextmanager
def rereading(press: Press) -> Iterator[Rereading]:
    """Ask again what reports read, from one moment of the store."""
    again = Rereading(press)
    try:
        yield again
    finally:
        again.close()
