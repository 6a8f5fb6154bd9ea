"""Files looked at again and again, until one of them changes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

EVERY, REST = 0.5, 0.1
# A file that never rests is read as it is after so many looks.
LOOKS = 20
Stamps = Mapping[Path, tuple[int, int, int]]


def stamps(paths: Iterable[Path]) -> Stamps:
    """Say when each file, or each file of a folder, was last written; hidden ones left out.

    An empty file is as good as none: a database opens with a journal that holds nothing.
    """
    found = {}
    for path in paths:
        for one in _files(path):
            with suppress(OSError):
                stat = one.stat()
                if stat.st_size:
                    found[one] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    return found


def _files(path: Path) -> Iterable[Path]:
    if not path.is_dir():
        return (path,)
    found = []
    for folder, inside, names in os.walk(path):
        inside[:] = [name for name in inside if not name.startswith(".")]
        kept = (name for name in names if not (name.startswith(".") or name.endswith("~")))
        found += [Path(folder, name) for name in kept]
    return found


def follow(look: Callable[[], Stamps], act: Callable[[frozenset[Path]], None]) -> None:
    """Act at once, then each time that files changed, were added or taken away; never ends.

    What changes while acting is acted upon just after. Files that are still being written are
    waited for.

    Parameters
    ----------
    look
        Gives the files as they are.
    act
        Is told the files that changed, none the first time.
    """
    seen = look()
    act(frozenset())
    while True:
        time.sleep(EVERY)
        now = look()
        if now != seen:
            now = _settled(look, now)
            changed = {one for one in {*now, *seen} if now.get(one) != seen.get(one)}
            seen = now
            if changed:
                act(frozenset(changed))


def _settled(look: Callable[[], Stamps], now: Stamps) -> Stamps:
    for _ in range(LOOKS):
        time.sleep(REST)
        before, now = now, look()
        if before == now:
            break
    return now
