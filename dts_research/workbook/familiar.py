"""A file known as a whole: received before, byte for byte, and nothing has changed since."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from dts_research.store import Store, clock
from dts_research.workbook.keeping import raw_name
from dts_research.workspace import Workspace, sha256_of

READING = ("intake", "intake/mappings", "schema", "schema/tables", "schema/codes")


@dataclass(frozen=True)
class Familiar:
    """A file whose every row was received before.

    Parameters
    ----------
    path
        The file.
    import_id, received_at
        The import that took it in, and when.
    rows
        How many rows it has.
    table
        Tables that they fed.
    """

    path: Path
    import_id: int
    received_at: str
    rows: int
    table: str


def context_of(
    workspace: Workspace, store: Store, *, mapping: Path | None = None, table: str | None = None
) -> str:
    """Digest of all that the reception of a file depends on, besides its bytes."""
    paths = sorted(workspace.mappings.glob("*.toml"))
    texts = [path.name + sha256_of(path) for path in paths]
    texts += [sha256_of(mapping) if mapping else "", table or "", _program()]
    return hashlib.sha256("\n".join([*texts, _withdrawals(store)]).encode()).hexdigest()


@lru_cache(maxsize=1)
def _program() -> str:
    """Digest of what reads and checks a file."""
    total = hashlib.sha256()
    for folder in READING:
        inside = files("dts_research").joinpath(*folder.split("/"))
        for one in sorted(inside.iterdir(), key=lambda found: found.name):
            if one.is_file():
                total.update(one.name.encode() + one.read_bytes())
    return total.hexdigest()


def _withdrawals(store: Store) -> str:
    today = clock.today().isoformat()
    return ",".join(f"{key}:{digest}" for key, digest in store.withdrawals(today))


@dataclass(frozen=True)
class Batch:
    """Files received in one go, in order.

    A file received before is not received again for lying there still: what a later file told
    of the same records stays. That later file is one of this go, or any file when the whole
    inbox is received and the file is under the name it had.

    Parameters
    ----------
    paths
        All the files of the go.
    inbox
        True when it is all of the inbox that is received.
    """

    paths: tuple[Path, ...]
    inbox: bool = False

    def stays(self, store: Store, path: Path, sha256: str, teller: str) -> bool:
        """Tell whether what a file (its digest) tells now holds against one received before."""
        if self.inbox and store.received_as(path.name, sha256):
            return True
        return teller in self._after(path)

    def _after(self, path: Path) -> set[str]:
        later = self.paths[self.paths.index(path) + 1 :] if path in self.paths else ()
        return {sha256_of(one) for one in later if one.is_file()}


def familiar(
    workspace: Workspace, store: Store, path: Path, *, context: str, batch: Batch
) -> Familiar | None:
    """Recognise a file that would change nothing, or None when it must be read."""
    if not path.is_file():
        return None
    sha256 = sha256_of(path)
    found = store.complete_import(sha256, context)
    kept = raw_name(workspace.raw, path, sha256)
    if found is None or not kept.is_file() or sha256_of(kept) != sha256:
        return None
    tellers = {teller for _, _, teller in store.overtaken(found[0])}
    if not all(batch.stays(store, path, sha256, teller) for teller in tellers):
        return None
    targets = (t for reading in store.readings(found[0]).values() for t in reading["columns"])
    tables = dict.fromkeys(target.partition(".")[0] for target in targets)
    return Familiar(path, *found, ", ".join(tables))
