"""Views kept for a session: one append-only file of JSON lines, outside the reports.

A line is never changed. Keeping a view again after its material changed, or putting it away,
appends a line under the same id: the last line of an id says where it stands.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from dts_research.display.blocks import slug
from dts_research.errors import RequestError
from dts_research.reflection.lines import append_line
from dts_research.workbook.views import (
    KEPT,
    RETIRED,
    Kept,
    View,
    faults,
    kept,
    last_lines,
    selection_path,
)
from dts_research.workspace import Workspace

__all__ = ["Kept", "View", "faults", "id_of", "keep", "kept", "retire", "selection_path"]
KINDS = ("figure", "sheet")
FILE = "La sélection"


def id_of(view: View) -> str:
    """Stable, readable id of a view: the same view always has the same one."""
    chosen = [view.kind, view.subject, sorted(view.filters.items()), view.caption, view.question,
              view.audience]  # fmt: skip
    text = json.dumps(chosen, ensure_ascii=False)
    return f"{slug(view.subject)}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


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
    state, there = last_lines(path).get(id_of(view), (RETIRED, None))
    if state == KEPT and there is not None and _same_block(there.view.block, view.block):
        return id_of(view)
    append_line(path, {"state": KEPT, "id": id_of(view), **_as_json(view)}, what=FILE)
    return id_of(view)


def retire(workspace: Workspace, view_id: str) -> None:
    """Put a kept view away by appending a line; its former lines stay.

    Raises
    ------
    RequestError
        When no view kept has this id.
    """
    path = selection_path(workspace)
    if last_lines(path).get(view_id, (RETIRED, None))[0] != KEPT:
        raise RequestError(
            f"Aucune vue gardée ne porte l'identifiant « {view_id} ».",
            "Relire la liste des vues gardées.",
        )
    append_line(path, {"state": RETIRED, "id": view_id}, what=FILE)


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
