"""What was made, from what: one line per report, appended once its files are in place.

The line *is* completion: a file that no line speaks of was never finished.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from dts_research.errors import DtsError, reason, remedy
from dts_research.reports.disk import append_whole, digest, write_whole
from dts_research.reports.storage import Object, Objects

MANIFEST = "manifest.jsonl"
# Folder of the executed notebooks and of the manifest of each report.
NOTEBOOKS = "carnets"
# Signs of a digest that people read: enough to tell a hundred thousand reports apart.
SHORT = 8
# On object storage, the lines written since the manifest was last folded.
LINES = "manifest.lignes/"
# How the failure of a report begins when some of its formats are there.
INCOMPLETE = "Rapport incomplet"


@dataclass(frozen=True)
class Failure:
    """Where and why a report failed; `cell` counts the notebook's cells from 1, 0 elsewhere."""

    message: str
    cell: int = 0
    line: str = ""
    error: str = ""

    def __post_init__(self) -> None:
        """Keep texts that a file can hold: half of a sign is none."""
        for name in ("message", "line", "error"):
            whole = getattr(self, name).encode("utf-8", "replace").decode("utf-8")
            object.__setattr__(self, name, whole)


@dataclass(frozen=True)
class Entry:
    """One report as it was last attempted.

    Parameters
    ----------
    digests
        What the report depends on: ``notebook``, ``data``, ``parameters``, ``version``,
        ``comments``, ``rendering``, ``dependencies``. ``data`` is the stamp of the whole store when
        the report was last known to be up to date.
    reads
        What its notebook read, packed: ``dts_research.store.slices.unpack(entry.reads)`` gives a
        tuple of `Slice` (``kind``, ``of``, ``keys``, ``digest``, ``count``). "" where nothing was
        noted: the report then depends on the whole store.
    outputs
        Per file, relative to the output folder: ``sha256``, ``bytes`` and ``mtime_ns``.
    made_at
        When these outputs were made, UTC; a later failed attempt leaves it as it was.
    tried_at
        When the report was last attempted, UTC.
    strict
        Whether these outputs were made without a fault, as a publication asks.
    faults
        How many faults these outputs have.
    figures
        What can be spoken of in these outputs, by identifier: ``title``, ``kind``, ``called``
        and ``data``, the digest of what it shows.
    imprint
        Digest of all that makes these outputs what they are, printed on them.
    """

    id: str
    notebook: str
    state: str
    territory: str = ""
    label: str = ""
    title: str = ""
    audience: str = ""
    family: str = ""
    variant: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    made_at: str = ""
    tried_at: str = ""
    seconds: float = 0.0
    strict: bool = False
    faults: int = 0
    failure: Failure | None = None
    figures: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    imprint: str = ""
    reads: str = ""

    @classmethod
    def from_line(cls, line: str) -> Entry | None:
        """Read one line; None when it is cut, or not ours."""
        try:
            values = json.loads(line)
            failure = values.get("failure")
            kept = {key: value for key, value in values.items() if key in _fields()}
            return cls(**{**kept, "failure": Failure(**failure) if failure else None})
        except (ValueError, TypeError, AttributeError):
            return None

    def to_line(self) -> str:
        """Write one line."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        values["failure"] = asdict(self.failure) if self.failure else None
        return json.dumps(values, ensure_ascii=False) + "\n"


@cache
def _fields() -> frozenset[str]:
    """Names of what a line says."""
    return frozenset(one.name for one in fields(Entry))


@dataclass(frozen=True)
class Manifest:
    """The lines of one output folder."""

    folder: Path | Objects

    @property
    def path(self) -> Path | Object:
        """The file of the lines."""
        return self.folder / MANIFEST

    def read(self) -> dict[str, Entry]:
        """Give the last line of each report; a cut line counts for nothing."""
        entries = (Entry.from_line(line) for line in self._lines())
        return {entry.id: entry for entry in entries if entry is not None}

    def last(self, name: str) -> Entry | None:
        """Give the last line of one report, without reading those of the others."""
        begin = json.dumps({"id": name}, ensure_ascii=False)[:-1]
        lines = [line for line in self._lines() if line.startswith(begin)]
        return next(filter(None, map(Entry.from_line, reversed(lines))), None)

    def _lines(self) -> list[str]:
        if isinstance(self.folder, Objects):
            there = sorted(name for name in self.folder.listed if name.startswith(LINES))
            found = self.folder.read([*({MANIFEST} & {*self.folder.listed}), *there])
            lines = (found.get(name, b"") for name in (MANIFEST, *there))
            return b"\n".join(lines).decode("utf-8", "replace").split("\n")
        try:
            text = (self.folder / MANIFEST).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return []
        return text.split("\n")

    def record(self, *entries: Entry) -> None:
        """Append lines and force them to the disk.

        Raises
        ------
        DtsError
            When the disk refuses them: what they speak of counts as not made.
        """
        if isinstance(self.folder, Objects):
            return _record_far(self.folder, entries)
        lines = "".join(entry.to_line() for entry in entries)
        with self._writing():
            append_whole(self.folder / MANIFEST, lines.encode("utf-8"))

    def compact(self) -> None:
        """Keep the last line of each report only, in the order of their ids.

        Raises
        ------
        DtsError
            When the disk refuses; the lines stay as they were.
        """
        lines = [line for line in self._lines() if line]
        found = ((Entry.from_line(line), line) for line in lines)
        last = {entry.id: line for entry, line in found if entry is not None}
        kept = [last[name] for name in sorted(last)]
        far = isinstance(self.folder, Objects)  # there, lines are folded into one object
        if kept and (far or kept != lines):
            with self._writing():
                write_whole(self.path, "".join(f"{line}\n" for line in kept).encode("utf-8"))
        if isinstance(self.folder, Objects):
            self.folder.remove([name for name in self.folder.listed if name.startswith(LINES)])

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise DtsError(
                f"Le journal des rapports « {self.path} » ne peut pas être écrit : "
                f"{reason(error)}.",
                f"{remedy(error)} Ce qui est déjà fait est gardé : la même commande reprend où "
                "elle s'est arrêtée.".strip(),
            ) from error

    def faults(self, entry: Entry) -> str:
        """Say in French which file of a report is missing or was altered, "" when none is."""
        if isinstance(self.folder, Objects):
            return _far_faults(self.folder, entry)
        for name, known in entry.outputs.items():
            path = self.folder / name
            if not path.is_file():
                return f"le fichier « {name} » manque"
            stat = path.stat()
            untouched = stat.st_mtime_ns == known.get("mtime_ns")
            if stat.st_size != known.get("bytes") or not (
                untouched or digest(path.read_bytes()) == known.get("sha256")
            ):
                return f"le fichier « {name} » a été modifié"
        return ""


def _far_faults(folder: Objects, entry: Entry) -> str:
    for name, known in entry.outputs.items():
        there = folder.listed.get(name)
        if there is None:
            return f"le fichier « {name} » manque"
        if there["etag"] != known.get("etag") or there["bytes"] != known.get("bytes"):
            return f"le fichier « {name} » a été modifié"
    return ""


def _record_far(folder: Objects, entries: Iterable[Entry]) -> None:
    """Objects cannot be appended to: each line is one, folded into the manifest later."""
    for entry in entries:
        folder.put_line(f"{LINES}{entry.id}.json", entry.to_line().encode("utf-8"))
        for name, known in entry.outputs.items():
            folder.keep(name, known)
