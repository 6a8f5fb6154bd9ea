"""The workbook as a person handles it: take files in, check them, open a territory's material.

Each name is read when it is asked for, so that what needs no frame answers without pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dts_research.workbook.book import NETWORK, Workbook, counts_of, open_workbook
    from dts_research.workbook.material import READERS, Material

__all__ = ["NETWORK", "READERS", "Material", "Workbook", "counts_of", "open_workbook"]
_HOMES = {"READERS": "material", "Material": "material"}


def __getattr__(name: str) -> Any:
    """Read a name when it is asked for."""
    if name in __all__:
        return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'book')}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
