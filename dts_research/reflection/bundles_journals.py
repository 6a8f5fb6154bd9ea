"""Append-only files of two workbooks put together: every line is kept, none is written twice."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from dts_research.errors import DtsError, reason
from dts_research.reflection.bundles import JOURNALS, TYPED, written
from dts_research.reports.disk import append_whole
from dts_research.workspace import Workspace

RETIRED = "retired"


def join_lines(workspace: Workspace, name: str, lines: Sequence[str]) -> int:
    """Add the lines of a journal that are not here; give how many came.

    What was put away on one side stays so, unless the other side took it up again knowingly:
    its line comes after the one that put it away.
    """
    path = workspace.data / JOURNALS[name]
    there = _lines(path)
    known, added = {_same(line) for line in there}, list[str]()
    for place, line in enumerate(lines):
        if _same(line) in known:
            continue
        known.add(_same(line))
        added.append(line)
        away = _put_away([*there, *added[:-1]], line)
        if away and away not in lines[:place]:
            added.append(away)
    _append(path, added)
    return len(set(added) - set(there))


def _put_away(lines: Sequence[str], line: str) -> str:
    """The line that last put away what a line takes up, where it stands put away."""
    state, key = _read(line)
    if state in ("", RETIRED):
        return ""
    mine = [one for one in lines if _read(one)[1] == key]
    return mine[-1] if mine and _read(mine[-1])[0] == RETIRED else ""


def _same(line: str) -> str:
    """What makes two lines one: a view may have left without a name that was typed in it."""
    if not all(_read(line)):
        return line
    return written({n: v for n, v in json.loads(line).items() if n not in TYPED})


def _read(line: str) -> tuple[str, str]:
    try:
        entry = json.loads(line)
        return str(entry["state"]), str(entry["id"])
    except (ValueError, KeyError, TypeError):
        return "", ""


def _lines(path: Path) -> list[str]:
    text = path.read_text("utf-8-sig", errors="replace") if path.is_file() else ""
    return [line for line in text.split("\n") if line.strip()]


def _append(path: Path, lines: Sequence[str]) -> None:
    if not lines:
        return
    try:
        append_whole(path, ("\n".join(lines) + "\n").encode())
    except OSError as error:
        raise DtsError(
            f"Le fichier « {path} » ne peut pas être écrit : {reason(error)}.",
            "Vérifier les droits du dossier et la place qui reste ; rien n'a été perdu.",
        ) from error
