"""Which territories resemble one another: a map of their indicators, and classes without order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from dts_research.analysis.factorial import poles
from dts_research.analysis.profiles import Profiles, Recipe, profile
from dts_research.analysis.stability import Stability, stability
from dts_research.display import door, style
from dts_research.display.blocks import Block
from dts_research.display.canvas import Canvas, canvas
from dts_research.display.captions import Caption, frame, nothing
from dts_research.display.compared import like, lower, one_of, periods_told, produced, together_of
from dts_research.display.lettering import wrap
from dts_research.display.pictures import Picture, chart
from dts_research.display.style import agree, french_number, listing, many
from dts_research.errors import MaterialError
from dts_research.workbook.class_names import UNNAMED, named
from dts_research.workbook.comparing import Comparison

NAME = "carte-des-profils"
RECIPE = Recipe("pca", axes=5)
# Indicators known for fewer of the territories are left out of the map; draws of its stability.
ENOUGH, RUNS, SEED = 0.8, 50, 1
LEFT, TOP, SIDE, HIGH = 4.0, 22.0, style.FULL - 8.0, 260.0
FAINT = 0.2
FAR = "ce qui en est loin"
SMALL = 8.5
# Shape of the points of each class, which gives it its name until the group gives one.
SHAPES = {"dot": "ronds", "square": "carrés", "up": "triangles", "diamond": "losanges",
          "star": "croix", "down": "pointes"}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """Profiles of the territories, and the name of each class."""

    made: Profiles
    table: pd.DataFrame
    names: dict[str, str]
    aside: tuple[str, ...]


@lru_cache(maxsize=4)
def found_in(comparison: Comparison) -> Found | str:
    """Profiles of a comparison, or the sentence that says why there are none."""
    values = together_of(comparison).values[like(comparison)]
    kept = values.loc[:, values.notna().mean() >= ENOUGH]
    complete = kept.dropna()
    table = complete.loc[:, complete.nunique() > 1]
    if table.shape[1] < 2:
        return "Il faut au moins deux indicateurs connus pour la plupart des territoires."
    try:
        made = profile(table, RECIPE)
    except MaterialError as error:
        return str(error)
    except np.linalg.LinAlgError:
        return "Le calcul ne converge pas : une valeur est sans doute hors de toute mesure."
    if len(made.axes.eigenvalues) < 2:
        return "Ces indicateurs disent tous la même chose : il n'y a pas deux axes à dessiner."
    saved = {one.name: one.members for one in comparison.saved
             if one.study == comparison.study and one.name}  # fmt: skip
    names = named(made.classes.members, saved)
    left = tuple(code for code in values.index if code not in table.index)
    return Found(made, table, names, left)


@lru_cache(maxsize=4)
def firmness(comparison: Comparison) -> Stability | None:
    """How often the axes and classes of a comparison come back on rows drawn at random."""
    found = found_in(comparison)
    if isinstance(found, str):
        return None
    return stability(found.table, found.made, runs=RUNS, seed=SEED)


def factor_map(comparison: Comparison) -> Block:
    """Territories on the two axes that tell them most apart; near means alike."""
    found = found_in(comparison)
    if isinstance(found, str):
        return nothing(NAME, "Aucune carte des profils à montrer", found)
    share = found.made.axes.eigenvalues["percent"].iloc[:2].sum()
    message = f"Deux axes tiennent {french_number(share)} % de ce qui distingue les territoires"
    axes = " ".join(_axis_told(comparison, found, axis) for axis in (1, 2))
    caption = Caption(
        message,
        f"{comparison.group[:1].upper()}{comparison.group[1:]}, selon "
        f"{many(found.table.shape[1], 'indicateur')}",
        f"Nuage de points sur deux axes. {message}. {axes}",
        f"Deux points proches sont des territoires aux valeurs proches. {axes} Un point pâle est "
        f"mal représenté : ne pas lire sa place. {_here_told(comparison, found)}{_aside(found)}",
        produced(comparison, list(found.table)),
        period=periods_told(comparison, list(found.table)),
    )
    return chart(comparison.material, NAME, caption, picture=Picture(_map(comparison, found)),
                 data=_data(comparison, found))  # fmt: skip


def _axis_told(comparison: Comparison, found: Found, axis: int) -> str:
    low, high = _ends(comparison, found, axis)
    return f"Axe {axis} : d'un côté {listing(low)}, de l'autre {listing(high)}."


def _ends(comparison: Comparison, found: Found, axis: int) -> tuple[list[str], list[str]]:
    """Indicators that are high on each side of an axis."""
    sides = poles(found.made.axes, axis, most=3)
    low, high = ([lower(comparison, str(code)) for code in side] for side in sides)
    return low or [FAR], high or [FAR]


def _here_told(comparison: Comparison, found: Found) -> str:
    name = door.words(comparison.material.territory.label)
    if comparison.here not in found.table.index:
        return f"{name} n'y est pas : il lui manque une valeur. "
    return f"{name} est le gros point nommé. "


def _aside(found: Found) -> str:
    count = len(found.aside)
    lack = agree(count, "à qui il manque", "auxquels il manque")
    return f"{many(count, 'territoire')}, {lack} une valeur, n'y sont pas." if count else ""


def _data(comparison: Comparison, found: Found) -> pd.DataFrame:
    places, labels = found.made.axes.rows, found.made.classes.labels
    return frame({
        "Territoire": [door.words(comparison.names[code]) for code in found.table.index],
        "Classe": [class_told(found, labels[code]) for code in found.table.index],
        "Axe 1": [one_of(v, "") for v in places.coordinates[1]],
        "Axe 2": [one_of(v, "") for v in places.coordinates[2]],
        "Qualité (cos² des deux axes)": [
            french_number(v, decimals=2) for v in places.cos2[1] + places.cos2[2]
        ],
    })  # fmt: skip


def class_told(found: Found, letter: str) -> str:
    """A class by the name that the group gave, else by the shape of its points: no letter ranks."""
    name = door.words(found.names[letter])
    return name if name != UNNAMED else f"{_shape(found, letter)[1]} ({UNNAMED})"


def _shape(found: Found, letter: str) -> tuple[str, str]:
    """Shape of the points of a class, and its word; beyond six classes, its letter too."""
    rank = list(found.made.classes.centres.index).index(letter)
    shape, word = list(SHAPES.items())[rank % len(SHAPES)]
    return shape, word if rank < len(SHAPES) else f"{word} {letter}"


def _scales(points: pd.DataFrame) -> tuple[Callable[[float], float], Callable[[float], float]]:
    xs, ys = points[1].to_numpy(float), points[2].to_numpy(float)
    unit = max(np.ptp(xs) / (SIDE - 40), np.ptp(ys) / (HIGH - 30)) or 1.0
    middle = ((xs.max() + xs.min()) / 2, (ys.max() + ys.min()) / 2)
    return (
        lambda v: LEFT + SIDE / 2 + (v - middle[0]) / unit,
        lambda v: TOP + HIGH / 2 - (v - middle[1]) / unit,
    )


def _map(comparison: Comparison, found: Found) -> str:
    rows, labels = found.made.axes.rows, found.made.classes.labels
    x, y = _scales(rows.coordinates)
    quality = rows.cos2[1] + rows.cos2[2]
    with canvas(TOP + HIGH + 52, width=style.FULL) as sheet:
        sheet.line([LEFT, LEFT + SIDE], [y(0)] * 2, color=style.PALE)
        sheet.line([x(0)] * 2, [TOP, TOP + HIGH], color=style.PALE)
        _poles(sheet, comparison, found)
        centres = {}
        for letter in map(str, found.made.classes.centres.index):
            mine = rows.coordinates[(labels == letter).to_numpy()]
            faint = quality[mine.index] < FAINT
            for part, color in ((mine[faint], style.LINE), (mine[~faint], style.EDGE)):
                sheet.marks([x(v) for v in part[1]], [y(v) for v in part[2]], size=6,
                            shape=_shape(found, letter)[0], color=color)  # fmt: skip
            centres[letter] = mine.mean()
        for letter, centre in centres.items():
            name = class_told(found, letter).removesuffix(f" ({UNNAMED})")
            sheet.tag(x(centre[1]), y(centre[2]), name, size=11, side="over")
        if comparison.here in rows.coordinates.index:
            one, name = rows.coordinates.loc[comparison.here], comparison.material.territory.label
            side = "left" if x(one[1]) > LEFT + SIDE / 2 else "right"
            sheet.tag(x(one[1]), y(one[2]), door.words(name), side=side)
            sheet.marks([x(one[1])], [y(one[2])], size=10)
        return sheet.svg(NAME)


def _poles(sheet: Canvas, comparison: Comparison, found: Found) -> None:
    """Name the ends of the axes by what weighs most there."""
    (left, right), (down, up) = (_ends(comparison, found, axis) for axis in (1, 2))
    foot = TOP + HIGH + 14
    for x, words, align in ((LEFT, left, "left"), (LEFT + SIDE, right, "right")):
        arrow = f"← {listing(words)}" if align == "left" else f"{listing(words)} →"
        lines = wrap(arrow, SIDE / 2 - 14, SMALL, most=3)
        for rank, line in enumerate(lines):
            sheet.text(x, foot + rank * 11, line, size=SMALL, color=style.GREY, align=align)
    sheet.text(LEFT + SIDE / 2, 10, f"↑ {_short(up)}", size=SMALL, color=style.GREY,
               align="center")  # fmt: skip
    sheet.text(LEFT + SIDE / 2, TOP + HIGH - 2, f"↓ {_short(down)}", size=SMALL,
               color=style.GREY, align="center")  # fmt: skip


def _short(words: Sequence[str]) -> str:
    return wrap(listing(list(words)), SIDE - 20, SMALL, most=1)[0]
