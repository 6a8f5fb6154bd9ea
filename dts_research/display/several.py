"""Several blocks shown by one cell, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dts_research.display.blocks import Block


@dataclass(frozen=True)
class Blocks:
    """Blocks that belong together; a cell that ends with them shows each in turn."""

    items: tuple[Block, ...]

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for item in self.items:
            display(item)  # type: ignore[no-untyped-call]

    def __iter__(self) -> Iterator[Block]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __repr__(self) -> str:
        return "\n".join(repr(item) for item in self.items)
