"""Small workbooks of one territory, edited apart, for the tests of bundles."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from dts_research.reflection.bundles_choosing import conflicts
from dts_research.reflection.bundles_here import joined
from dts_research.reflection.bundles_making import export_territory
from dts_research.reflection.bundles_merging import Merged, merge
from dts_research.reflection.selection import View, keep, kept
from dts_research.workbook import open_workbook
from dts_research.workbook.arrival import receive_files

TABLES = ("sessions", "decisions", "contributions", "hypotheses", "consents")
SESSION = {
    "session_id": "SE-71-01", "label": "Séance de mars", "level": "local", "territory_id": "71",
    "date": "2026-03-12", "diffusion": "network",
}  # fmt: skip
DECISIONS = [
    {"decision_id": f"D-71-0{n}", "statement": f"Décision {n}.", "session_id": "SE-71-01",
     "territory_id": "71", "status": "to_do", "decided_on": "2026-03-12", "scope": "local",
     "diffusion": "network"}
    for n in (1, 2, 3)
]  # fmt: skip
CONTRIBUTIONS = [
    {"contribution_id": f"CO-71-0{n}", "session_id": "SE-71-01", "type": "finding",
     "text": f"Constat {n}.", "territory_id": "71", "diffusion": "network"}
    for n in (1, 2)
]  # fmt: skip


def base(new_book: Any, name: str) -> Any:
    """A workbook of one session, three decisions and two contributions."""
    return new_book(
        name, sessions=pd.DataFrame([SESSION]), decisions=pd.DataFrame(DECISIONS),
        contributions=pd.DataFrame(CONTRIBUTIONS),
    )  # fmt: skip


def copy_of(book: Any, folder: Path) -> Any:
    """The same workbook elsewhere, as on another machine."""
    shutil.copytree(book.workspace.data, folder / "data")
    return open_workbook(folder / "data")


def told(book: Any, table: str, *rows: dict[str, Any], name: str = "saisie") -> None:
    """Receive rows as a facilitator does, from a file."""
    folder = book.workspace.data.parent / "saisies"
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-{len(list(folder.iterdir()))}.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    arrivals, refused = receive_files(book, [path], table=table)
    assert not refused, refused[0][1]
    assert not arrivals[0].reception.counts.quarantined


def comment(book: Any, name: str, text: str | None) -> None:
    """Write a comment as with any editor of texts, or take it away."""
    path = book.workspace.commentary / "71" / "tous" / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    if text is None:
        path.unlink(missing_ok=True)
    else:
        path.write_text(text, encoding="utf-8")


def keep_view(book: Any, caption: str) -> str:
    """Keep a view of the territory for a session."""
    block = {"kind": "chart", "id": "structures", "title": caption}
    view = View("figure", "structures", block, {"territory": "71"}, caption=caption)
    return keep(book.workspace, view)


def bundle(book: Any, folder: Path, name: str, *, everything: bool = True) -> Path:
    """Export the territory."""
    path = folder / f"{name}.zip"
    export_territory(book, "71", path, everything=everything)
    return path


def joined_all(book: Any, paths: Sequence[Path]) -> list[Merged]:
    """Merge bundles one by one; none may be refused."""
    found = []
    for path in paths:
        done, refused = merge(book, [path])
        assert not refused, refused[0][1]
        found += done
    return found


def _frame(book: Any, here: Any, table: str) -> Any:
    """Rows as a report is made from them; consents hold for them all and are not among them."""
    return here.frames[table] if table in here.frames else book.frames(table)[0]


def seen(book: Any) -> dict[str, Any]:
    """All that reports can see of a workbook, and what waits for a choice."""
    here = book.territory("71")
    frames = {
        t: _frame(book, here, t).astype(object).where(lambda f: f.notna(), None).to_dict("records")
        for t in TABLES
    }
    folder = book.workspace.commentary
    return {
        **frames,
        "texts": {p.relative_to(folder).as_posix(): p.read_text("utf-8")
                  for p in sorted(folder.rglob("*.md"))},
        "views": sorted(one.id for one in kept(book.workspace)),
        "conflicts": {one.key: (one.shown, tuple(sorted(v.digest for v in one.versions)))
                      for one in conflicts(book)},
    }  # fmt: skip


def every_text(book: Any) -> set[str]:
    """Every text that a workbook holds: in its store, its history, the bundles it keeps."""
    found: set[str] = set()
    with book.store() as store:
        for table, name in (("decisions", "what_happened"), ("contributions", "text")):
            for states in store.told(table, store.ids_by_table().get(table, set())).values():
                found.update(str(one["record"].get(name)) for one in states)
        kept_ones = joined(book.workspace, store).bundles.values()
    lineages = [thing for one in kept_ones for thing in one.things.values()]
    for version in (v for one in lineages for v in one.versions.values()):
        says = version.says or {}
        found.update(str(says[n]) for n in ("what_happened", "text") if says.get(n))
    return found | set(seen(book)["texts"].values())
