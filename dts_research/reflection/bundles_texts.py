"""Comments as files with a past: what each was before is kept beside them, in one journal."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dts_research.errors import DtsError, reason
from dts_research.intake.encodings import decode
from dts_research.reflection.bundles import TEXTS, written
from dts_research.reflection.bundles_here import Joined, Known
from dts_research.reflection.bundles_lineage import (
    Key,
    Lineage,
    Version,
    digest_of,
    standing,
    together,
)
from dts_research.reports.disk import append_whole
from dts_research.workspace import Workspace

JOURNAL = ".versions.jsonl"
HERE, BROUGHT = "ici", "lot"


def note_texts(workspace: Workspace) -> None:
    """Note in the journal every comment that changed, or was taken away, since the last time."""
    last = {line["path"]: line for line in _journal(workspace)}
    there = dict(_texts(workspace))
    now = [(path, {"text": text}) for path, text in sorted(there.items())]
    gone = [path for path, line in sorted(last.items()) if path not in there]
    today = datetime.now(UTC).date().isoformat()
    now += [(path, {"removed": today}) for path in gone if "text" in last[path]["says"]]
    changed = [(path, says) for path, says in now if last.get(path, {}).get("says") != says]
    _append(workspace, [_line(path, says, HERE) for path, says in changed])


def texts_known(workspace: Workspace, others: Joined) -> dict[str, Known]:
    """Tell what is known of each comment, by its path."""
    told: dict[str, list[dict[str, Any]]] = {}
    for number, line in enumerate(_journal(workspace)):
        told.setdefault(line["path"], []).append({**line, "at": f"{line['at']} {number:06d}"})
    paths = {*told, *(path for table, path in others.things() if table == TEXTS)}
    chosen = {choice.key: choice for choice in sorted(others.choices, key=lambda c: c.at)}
    found = {}
    for path in sorted(paths):
        lineage, own, at = _own(told.get(path, []), workspace.name)
        last = chosen.get((TEXTS, path))
        now = digest_of(told[path][-1]["says"]) if path in told else ""
        whole = together([lineage, *others.parts((TEXTS, path))])
        found[path] = Known(whole, last.kept if last and last.at > at else own, now)
    return found


def _own(lines: list[dict[str, Any]], workbook: str) -> tuple[Lineage, str, str]:
    kept: dict[str, Version] = {}
    links: dict[tuple[str, str], str] = {}
    last, at, before = "", "", ""
    for line in lines:
        digest = digest_of(line["says"])
        if line["how"] == HERE:
            last, at = digest, line["at"]
            place = {"workbook": workbook, "file": line["path"]}
            kept.setdefault(digest, Version(digest, line["says"], at, place))
            if before not in ("", digest):
                links[before, digest] = at
        before = digest
    return Lineage(kept, links), last, at


def _write_text(workspace: Workspace, path: str, says: Mapping[str, Any] | None) -> int:
    """Write a comment as it stands now, or take it away; the journal keeps what it was."""
    target = workspace.commentary / path
    text = (says or {}).get("text")
    there = target.is_file()
    if text is not None:
        _replace(target, str(text))
    else:
        target.unlink(missing_ok=True)
    gone = {"removed": datetime.now(UTC).date().isoformat()}
    _append(workspace, [_line(path, gone if says is None else says, BROUGHT)])
    return int(there or text is not None)


@dataclass(frozen=True)
class Settled:
    """How many comments were written or taken away, and those that stand in several versions."""

    count: int
    apart: tuple[Key, ...]


def settle_texts(workspace: Workspace, others: Joined) -> Settled:
    """Make comments stand as all that is known of them says."""
    count, apart = 0, []
    for path, one in texts_known(workspace, others).items():
        stands = standing(one.lineage, TEXTS, one.own)
        version = one.lineage.versions.get(stands.shown)
        if stands.shown != one.now and (version or one.now not in one.lineage.versions):
            count += _write_text(workspace, path, version.says if version else None)
        if stands.apart:
            apart.append((TEXTS, path))
    return Settled(count, tuple(apart))


def _replace(target: Path, text: str) -> None:
    """Write a file whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", delete=False) as out:
        out.write(text.encode())
    try:
        os.replace(out.name, target)
    finally:
        Path(out.name).unlink(missing_ok=True)


def _texts(workspace: Workspace) -> Iterator[tuple[str, str]]:
    """Comments by path, as they are written; a file hidden, or kept elsewhere, is none."""
    folder = workspace.commentary
    home = folder.resolve()
    for path in sorted(folder.rglob("*.md")) if folder.is_dir() else ():
        place = path.relative_to(folder)
        if not path.is_file() or not path.resolve().is_relative_to(home):
            continue
        if len(place.parts) > 1 and not any(part.startswith(".") for part in place.parts):
            yield place.as_posix(), _text(path.read_bytes())


def _text(content: bytes) -> str:
    """Text of a file, byte for byte where it is UTF-8."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return decode(content)[0]


def _line(path: str, says: Mapping[str, Any], how: str) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {"path": path, "at": now, "how": how, "says": dict(says)}


def _journal(workspace: Workspace) -> list[dict[str, Any]]:
    """Lines of the journal; one cut short by an interruption is left aside."""
    path = workspace.commentary / JOURNAL
    found = []
    for line in path.read_bytes().split(b"\n") if path.is_file() else ():
        with suppress(ValueError):
            one = json.loads(line)
            if isinstance(one, dict) and {"path", "at", "how", "says"} <= set(one):
                found.append(one)
    return found


def _append(workspace: Workspace, lines: list[dict[str, Any]]) -> None:
    if not lines:
        return
    path = workspace.commentary / JOURNAL
    try:
        append_whole(path, ("\n".join(map(written, lines)) + "\n").encode())
    except OSError as error:
        raise DtsError(
            f"Le dossier des commentaires « {path.parent} » ne peut pas être écrit : "
            f"{reason(error)}.",
            "Vérifier les droits du dossier et la place qui reste ; rien n'a été perdu.",
        ) from error
