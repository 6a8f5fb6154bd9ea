"""Which cells a reader sees, and which of the others need not be run to know what they show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from typing import Any

from nbformat import NotebookNode

READERS = ("elu", "animateur", "chercheur")
# nbclient leaves out the cells that carry this tag, whatever the engine.
UNPLAYED = "skip-execution"
_NAMES = {"élu": "elu", "élue": "elu", "elue": "elu", "animatrice": "animateur"}
_NAMES |= {"chercheuse": "chercheur", "participant": "elu"}


def level_of(reader: str) -> int:
    """How deep a reader reads, as a place in `READERS`; a facilitator by default."""
    plain = _NAMES.get(reader.lower(), reader.lower())
    return READERS.index(plain) if plain in READERS else 1


def reads(cell: NotebookNode, level: int) -> bool:
    """Whether a reader of this depth sees a cell; a mark shows from that reader on."""
    asked = [READERS.index(r) for r in READERS if f"lecteur-{r}" in tags_of(cell)]
    return level >= min(asked, default=0)


def tags_of(cell: NotebookNode) -> set[str]:
    """Tags of a cell."""
    return {*cell.get("metadata", {}).get("tags", [])}


def leave_unread(notebook: NotebookNode, values: Mapping[str, Any]) -> None:
    """Mark the cells that the reader of a report does not see, so that they are not run.

    Only those that tell what they show, as ``shows`` in their metadata: what this reader's
    document says of figures for others stays true. Nothing may need what such a cell names.
    """
    level = level_of(str(values.get("reader", "")))
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata.get("shows") and not reads(cell, level):
            cell.metadata.tags = [*cell.metadata.get("tags", []), UNPLAYED]


class Beyond(Collection[str]):
    """Identifiers of what other readers see: some are told as patterns, ``fiche-*``."""

    def __init__(self) -> None:
        self._names: set[str] = set()

    def add(self, cell: NotebookNode, shown: Collection[str]) -> None:
        """Add what a cell shows, and what it tells that it would."""
        self._names |= {*shown, *map(str, cell.metadata.get("shows", []))}

    def __contains__(self, name: object) -> bool:
        return name in self._names or any(fnmatchcase(str(name), one) for one in self._names)

    def __iter__(self) -> Any:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
