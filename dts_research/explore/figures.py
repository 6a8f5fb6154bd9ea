"""The figures and tables that one may look at while exploring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from dts_research.display.blocks import Block
from dts_research.workbook import Material


@dataclass(frozen=True)
class Figure:
    """One figure or table of the gallery: what it answers and what draws it.

    Parameters
    ----------
    name
        Function of display's ``charts`` or ``tables`` that draws it.
    label
        What it answers, in French.
    """

    room: str
    name: str
    label: str

    @property
    def draw(self) -> Callable[[Material], Block] | None:
        """The function that draws it, or None when display has no such function."""
        if find_spec(f"dts_research.display.{self.room}") is None:
            return None
        module: Any = import_module(f"dts_research.display.{self.room}")
        return getattr(module, self.name, None)


GALLERY = (
    Figure("charts", "missions", "Missions"),
    Figure("charts", "small_multiples_missions", "Missions, étape par étape"),
    Figure("charts", "themes", "Thèmes"),
    Figure("charts", "stages", "Étapes"),
    Figure("charts", "timeline", "Dans le temps"),
    Figure("charts", "obstacles", "Freins et leviers"),
    Figure("charts", "partners", "Avec qui"),
    Figure("charts", "map_network", "Carte du réseau"),
    Figure("charts", "map_territory", "Carte du territoire"),
    Figure("tables", "what_worked", "Ce qui a marché (textes)"),
    Figure("tables", "what_resisted", "Ce qui a résisté (textes)"),
    Figure("tables", "surprises", "Ce qui a surpris (textes)"),
    Figure("tables", "voices", "Des voix"),
    Figure("tables", "open_questions", "Questions ouvertes"),
    Figure("tables", "experiences", "Liste des expériences"),
)


def gallery(*, whole_network: bool) -> list[tuple[str, str]]:
    """Give the figures that suit the network or a territory, as (label, name)."""
    other = "map_territory" if whole_network else "map_network"
    return [(f.label, f.name) for f in GALLERY if f.name != other and f.draw is not None]


def draw(name: str, material: Material) -> Block:
    """Draw one figure of the gallery.

    Raises
    ------
    KeyError
        When the gallery has no such figure.
    """
    make = {figure.name: figure.draw for figure in GALLERY}[name]
    if make is None:
        raise KeyError(name)
    return make(material)
