"""Views kept for a session: one append-only file of JSON lines, outside the reports.

A line is never changed. Keeping a view again after its material changed, or putting it away,
appends a line under the same id: the last line of an id says where it stands.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dts_research.display.blocks import slug
from dts_research.errors import DtsError, RequestError
from dts_research.reflection.lines import append_line
from dts_research.workspace import Workspace

KINDS = ("figure", "sheet")
KEPT, RETIRED = "kept", "retired"
FILE = "La sélection"


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

    @property
    def id(self) -> str:
        """Stable, readable id: the same view always has the same one."""
        chosen = [self.kind, self.subject, sorted(self.filters.items()), self.caption,
                  self.question, self.audience]  # fmt: skip
        text = json.dumps(chosen, ensure_ascii=False)
        return f"{slug(self.subject)}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Kept:
    """A view kept for a session, as it stands in the file."""

    id: str
    at: str
    view: View


def selection_path(workspace: Workspace) -> Path:
    """Where the views kept are written."""
    return workspace.selection / "selection.jsonl"


def keep(workspace: Workspace, view: View) -> str:
    """Keep a view; the same view kept twice is written once.

    Returns
    -------
    str
        The id of the view.

    Raises
    ------
    RequestError
        When the view is not a figure or a sheet with its block.
    DtsError
        When the file cannot be written.
    """
    _check(view)
    path = selection_path(workspace)
    state, there = _last(path).get(view.id, (RETIRED, None))
    if state == KEPT and there is not None and _same_block(there.view.block, view.block):
        return view.id
    append_line(path, {"state": KEPT, "id": view.id, **_as_json(view)}, what=FILE)
    return view.id


def retire(workspace: Workspace, view_id: str) -> None:
    """Put a kept view away by appending a line; its former lines stay.

    Raises
    ------
    RequestError
        When no view kept has this id.
    """
    path = selection_path(workspace)
    if _last(path).get(view_id, (RETIRED, None))[0] != KEPT:
        raise RequestError(
            f"Aucune vue gardée ne porte l'identifiant « {view_id} ».",
            "Relire la liste des vues gardées.",
        )
    append_line(path, {"state": RETIRED, "id": view_id}, what=FILE)


def kept(workspace: Workspace) -> tuple[Kept, ...]:
    """Views kept and not put away, oldest first; unreadable lines are left out (see `faults`)."""
    found = _last(selection_path(workspace)).values()
    return tuple(view for state, view in found if state == KEPT and view is not None)


def faults(workspace: Workspace) -> tuple[str, ...]:
    """One French sentence for each line of the file that cannot be read."""
    lines = _read(selection_path(workspace))
    return tuple(line for line in lines if isinstance(line, str))


def _check(view: View) -> None:
    if view.kind not in KINDS:
        raise RequestError(
            f"On garde une figure ou une fiche, pas « {view.kind} ».", "Choisir l'une des deux."
        )
    if not view.subject or not view.block.get("kind"):
        raise RequestError(
            "Cette vue est vide : il n'y a rien à garder.", "Choisir une figure ou une fiche."
        )


def _as_json(view: View) -> dict[str, Any]:
    subject = "figure_id" if view.kind == "figure" else "experience_id"
    return {
        "kind": view.kind, subject: view.subject, "filters": dict(view.filters),
        "scope": view.scope, "caption": view.caption, "question": view.question,
        "audience": view.audience, "fictional": view.fictional, "block": dict(view.block),
    }  # fmt: skip


def _same_block(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Tell whether two blocks say the same, whatever the ids inside their drawings."""
    plain = [{k: v for k, v in block.items() if k != "svg"} for block in (old, new)]
    return json.dumps(plain[0], sort_keys=True) == json.dumps(plain[1], sort_keys=True)


def _last(path: Path) -> dict[str, tuple[str, Kept | None]]:
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
