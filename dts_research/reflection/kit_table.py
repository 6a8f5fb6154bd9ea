"""Tables of a kit: texts under heads, numbers to the right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dts_research.display import blocks
from dts_research.display.blocks import Block
from dts_research.display.fields import Column

RIGHT = frozenset({"Début", "Durée", "3 h", "2 h", "1 h 30", "Fiches", "Séances"})


def table(
    name: str, title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], *, note: str = ""
) -> Block:  # fmt: skip
    """Make a table of texts; its first column names the rows."""
    columns = [Column(label=head, align="right" if head in RIGHT else "left") for head in heads]
    return blocks.table(
        id=name, title=title, columns=columns, rows=[list(row) for row in rows], note=note
    )
