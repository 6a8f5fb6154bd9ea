"""A territory's contributions in one file, that anybody can open and read.

A bundle is a .zip of plain texts: ``LISEZ-MOI.txt``, one table of each kind to be read in a
spreadsheet, the comments as they are written, and ``versions/``, which says every version of every
record and where it comes from: that is what another workbook takes in. ``manifeste.json`` holds
the digest of each part. The same contributions make the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dts_research.intake.workbooks import BUNDLE
from dts_research.protect.names import mask_persons
from dts_research.reflection.bundles_lineage import Key, Lineage, Version

FORMAT, FORMAT_VERSION = "dts-lot", 1
MANIFEST, READ_ME = BUNDLE, "LISEZ-MOI.txt"
TABLES, VERSIONS, COMMENTS, LINES = "tableaux/", "versions/", "commentaires/", "carnet/"
TEXTS = "texts"  # comments stand among the records under this name, by their path
EPOCH = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16
# Append-only files of which a bundle carries the lines of its territory.
JOURNALS = {"vues.jsonl": "selection/selection.jsonl", "seances.jsonl": "sessions/prepared.jsonl"}
TYPED = ("caption", "question")  # what people write in them: it leaves without names of persons


@dataclass(frozen=True)
class Bundle:
    """Contributions of one territory.

    Parameters
    ----------
    name
        Name of its file.
    about
        Who made it, of what, how far it may go (`manifeste.json`, digests aside).
    things
        Table and id, or ``texts`` and path -> its versions.
    rows
        Table, id and digest -> line of ``versions/<table>.jsonl`` that says it.
    lines
        Name of a journal -> its lines, as written.
    """

    name: str
    about: Mapping[str, Any]
    things: Mapping[Key, Lineage]
    rows: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def tables(self) -> list[str]:
        """Tables that it speaks of."""
        return sorted({table for table, _ in self.things} - {TEXTS})


def packed(path: Path, about: Mapping[str, Any], parts: Mapping[str, str]) -> None:
    """Write the parts of a bundle whole or not at all: the same parts give the same bytes."""
    files = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in parts.items()}
    head = {"format": FORMAT, "version": FORMAT_VERSION, **about, "files": files}
    whole = {**parts, MANIFEST: written(head, indent=1) + "\n"}
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder:
        aside = Path(folder) / path.name
        _write(aside, whole)
        os.replace(aside, path)


def _write(path: Path, whole: Mapping[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(whole):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, READABLE
            entry.create_system = 3
            archive.writestr(entry, whole[name].encode())


def written(value: Any, **options: Any) -> str:
    """Write JSON that a person can read and that never changes by chance."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, **options)


def version_lines(things: Mapping[str, Lineage]) -> Iterator[str]:
    """Say every version of some records, one a line, in the order they were told."""
    for key in sorted(things):
        one = things[key]
        after: dict[str, dict[str, str]] = {}
        for (old, new), at in one.links.items():
            after.setdefault(new, {})[old] = at
        for version in sorted(one.versions.values(), key=lambda v: (v.at, v.digest)):
            yield written({
                "id": key, "digest": version.digest, "at": version.at, "by": _by(version.by),
                "after": after.get(version.digest, {}),
                "says": None if version.says is None else dict(version.says),
            })  # fmt: skip


def _by(by: Mapping[str, Any]) -> dict[str, Any]:
    """Where a version comes from, without the names of persons that a file may bear."""
    return {**by, **{n: _unnamed(by[n]) for n in ("file", "sheet") if isinstance(by.get(n), str)}}


def _unnamed(name: str) -> str:
    """Mask a name of file, where words are often tied by marks and without capitals."""
    spaced = name.replace("_", " ")
    loose = spaced.replace("-", " ")
    for told in (spaced, loose, loose.title()):
        if mask_persons(told) != told:
            return mask_persons(told)
    return name


def things_of(table: str, lines: Iterable[str]) -> Iterator[tuple[Key, int, Lineage]]:
    """Read back what `version_lines` says: one version at a time, with its line.

    Raises
    ------
    ValueError, KeyError, TypeError, AttributeError
        When a line says something else.
    """
    for number, line in enumerate(lines, start=1):
        raw = json.loads(line)
        digest, says = str(raw["digest"]), raw["says"]
        one = Version(digest, None if says is None else dict(says), str(raw["at"]), dict(raw["by"]))
        links = {(str(old), digest): str(at) for old, at in dict(raw["after"]).items()}
        yield (table, str(raw["id"])), number, Lineage({digest: one}, links)
