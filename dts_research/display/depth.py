"""How much each reader sees of a long list, and what is said of the rest: nothing goes unsaid."""

from __future__ import annotations

from dts_research.display.style import many
from dts_research.workbook.material import Material

FULL = "version complète"
TO_ASK = "Faite pour la recherche, elle se demande à qui anime la démarche."
# Most rows of a table, on paper, for whoever reads everything.
EVERY = 200


def most(material: Material, few: int, *, every: int = EVERY) -> int:
    """How many rows this reader sees: `few`, or `every` in the full version."""
    return every if full(material) else few


def full(material: Material) -> bool:
    """Tell whether this reader sees everything."""
    return material.reader == "chercheur"


def more(material: Material, left: int, singular: str, plural: str = "") -> str:
    """Say how many are left out and where they are: « 29 autres fiches : version complète. »"""
    if left <= 0:
        return ""
    where = "dans le classeur" if full(material) else FULL
    nouns = plural or f"{singular}s"
    return f"{many(left, f'autre {singular}', f'autres {nouns}')} : {where}."
