"""Workbook of the research-action « Développeurs de Territoires Solidaires ».

What a notebook needs stands here: ``from dts_research import charts, open_workbook, tables``,
``comparisons`` for a territory beside others, ``drafts`` that a group contests, ``kit`` to prepare
a session, and ``explore`` in the interactive one. Each name is read when it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dts_research.explore import explore

if TYPE_CHECKING:
    from dts_research.display import charts, comparisons, drafts, tables
    from dts_research.explore.opening import open_workbook
    from dts_research.reflection import kit

__all__ = ["charts", "comparisons", "drafts", "explore", "kit", "open_workbook", "tables"]


def __getattr__(name: str) -> Any:
    """Read a name when it is asked for, so that the command line stays quick."""
    if name == "open_workbook":
        return import_module("dts_research.explore.opening").open_workbook
    if name == "kit":
        return import_module("dts_research.reflection.kit")
    if name in __all__:
        return import_module(f"dts_research.display.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
