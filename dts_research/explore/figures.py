"""The figures and tables that one may look at while exploring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dts_research.display import charts, tables
from dts_research.display.blocks import Block
from dts_research.workbook import Material


@dataclass(frozen=True)
class Figure:
    """One figure or table of the gallery: what it answers, in French, and what draws it."""

    name: str
    label: str
    draw: Callable[[Material], Block]


GALLERY = (
    Figure("missions", "Missions", charts.missions),
    Figure("missions_stages", "Missions, étape par étape", charts.small_multiples_missions),
    Figure("themes", "Thèmes", charts.themes),
    Figure("stages", "Étapes", charts.stages),
    Figure("timeline", "Dans le temps", charts.timeline),
    Figure("obstacles", "Freins et leviers", charts.obstacles),
    Figure("partners", "Avec qui", charts.partners),
    Figure("map_network", "Carte du réseau", charts.map_network),
    Figure("map_territory", "Carte du territoire", charts.map_territory),
    Figure("what_worked", "Ce qui a marché (textes)", tables.what_worked),
    Figure("what_resisted", "Ce qui a résisté (textes)", tables.what_resisted),
    Figure("surprises", "Ce qui a surpris (textes)", tables.surprises),
    Figure("voices", "Des voix", tables.voices),
    Figure("open_questions", "Questions ouvertes", tables.open_questions),
    Figure("experiences", "Liste des expériences (tableau)", tables.experiences),
)


def gallery(*, whole_network: bool) -> list[tuple[str, str]]:
    """Give the figures that suit the network or a territory, as (label, name)."""
    other = "map_territory" if whole_network else "map_network"
    return [(figure.label, figure.name) for figure in GALLERY if figure.name != other]


def draw(name: str, material: Material) -> Block:
    """Draw one figure of the gallery.

    Raises
    ------
    KeyError
        When the gallery has no such figure.
    """
    return {figure.name: figure for figure in GALLERY}[name].draw(material)
