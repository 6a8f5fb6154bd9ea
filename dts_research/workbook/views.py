"""Views kept for a session: one append-only file of JSON lines, outside the reports, as read.

A line is never changed: the last line of an id says where it stands, the former ones what it was
when the group had it before its eyes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dts_research.errors import DtsError
from dts_research.workspace import Workspace, note_file

KEPT, RETIRED = "kept", "retired"


@dataclass(frozen=True)
class View:
    """What a person has before their eyes and wants to bring to a session.

    Parameters
    ----------
    kind
        ``figure`` or ``sheet``.
    subject
        Id of the figure or of the experience.
    block
        JSON of the block, already guarded by display.
    filters
        Filters in force, by name; codes, not labels.
    scope
        The same filters and the count, as a French sentence.
    caption, question
        What the person wrote.
    audience
        The circle the block was guarded for.
    """

    kind: str
    subject: str
    block: Mapping[str, Any]
    filters: Mapping[str, str] = field(default_factory=dict)
    scope: str = ""
    caption: str = ""
    question: str = ""
    audience: str = "network"
    fictional: bool = False


@dataclass(frozen=True)
class Kept:
    """A view kept for a session, as it stands in the file."""

    id: str
    at: str
    view: View


def selection_path(workspace: Workspace) -> Path:
    """Where the views kept are written."""
    return workspace.selection / "selection.jsonl"


def kept(workspace: Workspace) -> tuple[Kept, ...]:
    """Views kept and not put away, oldest first; unreadable lines are left out (see `faults`)."""
    found = last_lines(selection_path(workspace)).values()
    return tuple(view for state, view in found if state == KEPT and view is not None)


def faults(workspace: Workspace) -> tuple[str, ...]:
    """One French sentence for each line of the file that cannot be read."""
    lines = _read(selection_path(workspace))
    return tuple(line for line in lines if isinstance(line, str))


def ever_kept(workspace: Workspace) -> tuple[Kept, ...]:
    """Every view as it was kept each time, oldest first, those put away since included."""
    lines = _read(selection_path(workspace))
    return tuple(line[1] for line in lines if not isinstance(line, str) and line[0] == KEPT)


def last_lines(path: Path) -> dict[str, tuple[str, Kept | None]]:
    """Where each id stands after its last line, in the order they were first kept."""
    found: dict[str, tuple[str, Kept | None]] = {}
    for line in _read(path):
        if isinstance(line, str):
            continue
        state, kept_view = line
        key = kept_view.id
        if state == RETIRED:
            found.pop(key, None)
        else:
            found[key] = (state, kept_view)
    return found


def _read(path: Path) -> Iterator[tuple[str, Kept] | str]:
    """Each line as (state, view), or as a sentence when it cannot be read."""
    note_file(path, path.parent.parent)
    try:
        lines = path.read_bytes().split(b"\n") if path.is_file() else []
    except OSError as error:
        raise DtsError(
            f"La sélection « {path} » n'est pas lisible : {error.strerror or error}.",
            "Vérifier les droits du fichier.",
        ) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _entry(json.loads(line.decode("utf-8-sig")))
        except (ValueError, KeyError, TypeError, AttributeError):
            yield (
                f"La ligne {number} de « {path.name} » n'est pas lisible : elle est laissée de "
                "côté, les autres sont gardées. L'effacer, ou la remettre d'après une sauvegarde."
            )


def _entry(raw: Mapping[str, Any]) -> tuple[str, Kept]:
    state, key, at = str(raw["state"]), str(raw["id"]), str(raw["at"])
    if state == RETIRED:
        return state, Kept(key, at, View("", "", {}))
    kind = str(raw["kind"])
    view = View(
        kind=kind,
        subject=str(raw["figure_id" if kind == "figure" else "experience_id"]),
        block=dict(raw["block"]),
        filters={str(k): str(v) for k, v in dict(raw.get("filters") or {}).items()},
        scope=str(raw.get("scope", "")),
        caption=str(raw.get("caption", "")),
        question=str(raw.get("question", "")),
        audience=str(raw.get("audience", "")),
        fictional=bool(raw.get("fictional", False)),
    )
    return state, Kept(key, at, view)
