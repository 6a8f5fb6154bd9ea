"""What ``dts receive`` and ``dts check`` do; pandas comes only when a file must be read."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dts_research.cli.outcome import Outcome, plural
from dts_research.errors import MaterialError, RequestError
from dts_research.schema import catalogue
from dts_research.store import Store
from dts_research.workbook.familiar import Batch, Familiar, context_of, familiar
from dts_research.workspace import Workspace

if TYPE_CHECKING:
    from dts_research.workbook import Workbook

BAR = "Réception : {n_fmt}/{total_fmt} |{bar:20}| {elapsed}{postfix}"
# What systems and spreadsheets leave beside the files: not material.
LEFTOVERS = (".", "~$", "Thumbs.db", "desktop.ini")


def receive(
    workspace: Workspace,
    paths: Sequence[Path],
    *,
    mapping: Path | None = None,
    table: str | None = None,
    session: Mapping[str, str] | None = None,
) -> Outcome:
    """Receive the files named, or all of the inbox; those known as a whole are not read again.

    `session` holds the facts of the session that capture sheets come from, when it is known.
    """
    if table is not None and table not in catalogue().tables:
        raise RequestError(
            f"Table « {table} » inconnue.", f"Choisir parmi : {', '.join(catalogue().tables)}."
        )
    if mapping is not None and not mapping.is_file():
        raise RequestError(
            f"La correspondance « {mapping} » est introuvable.",
            "Les correspondances enregistrées sont dans « data/mappings ».",
        )
    files = [Path(path) for path in paths] or _inbox(workspace)
    batch = Batch(tuple(files), inbox=not paths)
    known = _familiar(workspace, batch, mapping=mapping, table=table)
    left = [path for path in files if path not in known]
    so_far = Outcome(workbook=workspace.name or str(workspace.data), familiar=list(known.values()))
    if not left:
        return so_far
    asked = {"mapping": mapping, "table": table, "batch": batch, "session": session}
    return _read(workspace, left, so_far, asked)


def _familiar(
    workspace: Workspace, batch: Batch, *, mapping: Path | None, table: str | None
) -> dict[Path, Familiar]:
    """Those of the files that were received before and would change nothing."""
    if not workspace.store.is_file():
        return {}
    with Store(workspace.store, readonly=True) as store:
        context = context_of(workspace, store, mapping=mapping, table=table)
        found = {
            path: familiar(workspace, store, path, context=context, batch=batch)
            for path in batch.paths
        }
    return {path: one for path, one in found.items() if one is not None}


def _read(
    workspace: Workspace, files: Sequence[Path], so_far: Outcome, asked: Mapping[str, Any]
) -> Outcome:
    from tqdm import tqdm

    from dts_research.intake.mapping import Mapping as Correspondence
    from dts_research.workbook.arrival import Stopped, receive_files
    from dts_research.workbook.book import open_workbook

    if asked["mapping"] is not None:
        Correspondence.load(asked["mapping"])
    book = open_workbook(workspace.data)
    unread: Sequence[Path] = ()
    # Shown in a terminal only, and gone once the files are in.
    with tqdm(total=len(files), bar_format=BAR, file=sys.stderr, disable=None, leave=False) as bar:

        def told(doing: str, done: int) -> None:
            bar.update(done - bar.n)
            bar.set_postfix_str(doing)

        try:
            arrivals, refused = receive_files(book, files, progress=told, **asked)
        except Stopped as stop:
            arrivals, refused, unread = stop.arrivals, stop.refused, stop.unread
    return Outcome(arrivals, refused, so_far.workbook, so_far.familiar, unread)


def _inbox(workspace: Workspace) -> list[Path]:
    inbox = workspace.inbox
    found = [p for p in inbox.glob("*") if not p.name.startswith(LEFTOVERS)]
    found.sort(key=lambda p: (".issues" in p.name, p))  # corrections come after what they correct
    if not found:
        raise MaterialError(
            f"Le dossier « {inbox} » ne contient aucun fichier à recevoir.",
            "Y déposer des fichiers Excel, LibreOffice ou CSV, puis recommencer.",
        )
    return found


def check(book: Workbook) -> list[dict[str, Any]]:
    """Read the whole store again, the files that were kept, and what waits for a choice."""
    from dts_research.workbook.notes import as_rows
    from dts_research.workbook.review import review

    with book.store() as store:
        issues = review(store, raw=book.workspace.raw)
    blank = dict.fromkeys(issues.columns)
    return [*as_rows(issues), *_apart(book, blank), *_unformed(book, blank)]


def _unformed(book: Workbook, blank: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Say of each perimeter that cannot be formed what it lacks."""
    for record, error in book.unformed().items():
        yield {**blank, "table": "territories", "record": record, "rule": "perimeter",
               "severity": "to_confirm", "message": error.message, "fix": error.fix}  # fmt: skip


def _apart(book: Workbook, blank: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Say of each thing that stands in several versions that somebody has to choose."""
    from dts_research.reflection.bundles_choosing import conflicts

    for one in conflicts(book):
        table, record = one.key
        yield {**blank, "table": table, "record": record, "rule": "apart", "severity": "to_confirm",
               "message": "cette ligne a été écrite différemment de deux côtés",
               "fix": "Choisir dans le classeur que « dts merge » écrit."}  # fmt: skip


def check_lines(issues: list[dict[str, Any]], *, each: int = 5) -> Iterator[str]:
    """Say the problems of the store, those of one kind together, the first ones in full."""
    marks = {"error": "Erreur", "to_confirm": "À confirmer", "note": "À noter"}
    kinds: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for issue in issues:
        kinds.setdefault((issue["severity"], issue["table"], issue["rule"]), []).append(issue)
    for (severity, table, _), found in kinds.items():
        tables = catalogue().tables
        title = tables[table].title if table in tables else "Fichiers gardés"
        yield f"{marks[severity]} · {title} : {len(found)}"
        for issue in found[:each]:
            yield f"    {issue['record']} : {issue['message']}"
        if len(found) > each:
            yield f"    … et {len(found) - each} de plus (dts check --json les donne toutes)."
        yield f"    → {found[0]['fix']}"
    errors = sum(issue["severity"] == "error" for issue in issues)
    others = len(issues) - errors
    yield f"{plural(errors, 'erreur', 'erreurs')}, {plural(others, 'remarque', 'remarques')}."
