"""Which territories resemble one another: a map of their indicators, and classes without order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from dts_research.analysis.factorial import poles
from dts_research.analysis.profiles import Profiles, Recipe, profile
from dts_research.analysis.stability import Stability, stability
from dts_research.display import door, style
from dts_research.display.blocks import Block
from dts_research.display.canvas import LEADING, Canvas, canvas
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
LEFT, TOP, FOOT = 4.0, 22.0, 52.0
FAINT = 0.2
# Height of the name of a class over its highest point.
OVER = 11.0
FAR = "ce qui en est loin"
SMALL = 8.5
# Shape of the points of each class, which gives it its name until the group gives one.
SHAPES = {"dot": "ronds", "square": "carrés", "up": "triangles", "diamond": "losanges",
          "star": "croix", "down": "pointes"}  # fmt: skip


@dataclass(frozen=True)
class _Sheet:
    """How large the map is, and its smallest letters."""

    side: float = style.FULL - 2 * LEFT
    high: float = 260.0
    least: float = 0.0

    @property
    def middle(self) -> tuple[float, float]:
        """Centre of the map."""
        return LEFT + self.side / 2, TOP + self.high / 2


PAGE = _Sheet()
SCREEN = _Sheet(style.WIDE - 2 * LEFT, style.TALLEST - TOP - FOOT, style.LETTERS)


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
    picture = Picture(_map(comparison, found, PAGE), wide=_map(comparison, found, SCREEN))
    return chart(comparison.material, NAME, caption, picture=picture,
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


def _scales(
    points: pd.DataFrame, page: _Sheet
) -> tuple[Callable[[float], float], Callable[[float], float]]:
    xs, ys = points[1].to_numpy(float), points[2].to_numpy(float)
    unit = max(np.ptp(xs) / (page.side - 40), np.ptp(ys) / (page.high - 30)) or 1.0
    middle = ((xs.max() + xs.min()) / 2, (ys.max() + ys.min()) / 2)
    left, top = page.middle
    return lambda v: left + (v - middle[0]) / unit, lambda v: top - (v - middle[1]) / unit


def _map(comparison: Comparison, found: Found, page: _Sheet) -> str:
    rows = found.made.axes.rows.coordinates
    x, y = _scales(rows, page)
    high, width = TOP + page.high + FOOT, page.side + 2 * LEFT
    with canvas(high, width=width, least=page.least) as sheet:
        sheet.line([LEFT, LEFT + page.side], [y(0)] * 2, color=style.PALE)
        sheet.line([x(0)] * 2, [TOP, TOP + page.high], color=style.PALE)
        _poles(sheet, comparison, found, page)
        _points(sheet, found, (x, y))
        if comparison.here in rows.index:
            one, name = rows.loc[comparison.here], comparison.material.territory.label
            side = "left" if x(one[1]) > page.middle[0] else "right"
            sheet.tag(x(one[1]), y(one[2]), door.words(name), side=side)
            sheet.marks([x(one[1])], [y(one[2])], size=10)
        return sheet.svg()


def _points(
    sheet: Canvas, found: Found, scales: tuple[Callable[[float], float], Callable[[float], float]]
) -> None:
    """Territories, each by the shape of its class; then the name of each class, above it."""
    (x, y), rows, labels = scales, found.made.axes.rows, found.made.classes.labels
    quality, centres = rows.cos2[1] + rows.cos2[2], {}
    for letter in map(str, found.made.classes.centres.index):
        mine = rows.coordinates[(labels == letter).to_numpy()]
        faint = quality[mine.index] < FAINT
        for part, color in ((mine[faint], style.LINE), (mine[~faint], style.EDGE)):
            sheet.marks([x(v) for v in part[1]], [y(v) for v in part[2]], size=6,
                        shape=_shape(found, letter)[0], color=color)  # fmt: skip
        centres[letter] = x(mine[1].mean()), y(mine[2].max()) - OVER
    for letter, place in centres.items():
        name = class_told(found, letter).removesuffix(f" ({UNNAMED})")
        sheet.tag(*place, name, size=11, side="over")


def _poles(sheet: Canvas, comparison: Comparison, found: Found, page: _Sheet) -> None:
    """Name the ends of the axes by what weighs most there."""
    (left, right), (down, up) = (_ends(comparison, found, axis) for axis in (1, 2))
    foot, size = TOP + page.high + 14, sheet.size(SMALL)
    for x, words, align in ((LEFT, left, "left"), (LEFT + page.side, right, "right")):
        arrow = f"← {listing(words)}" if align == "left" else f"{listing(words)} →"
        lines = wrap(arrow, page.side / 2 - 14, size, most=3)
        for rank, line in enumerate(lines):
            sheet.text(x, foot + rank * max(11, size * LEADING), line, size=SMALL,
                       color=style.GREY, align=align)  # fmt: skip
    for words, arrow, y in ((up, "↑", 10.0), (down, "↓", TOP + page.high - 2)):
        short = wrap(listing(words), page.side - 20, size, most=1)[0]
        sheet.text(page.middle[0], y, f"{arrow} {short}", size=SMALL, color=style.GREY,
                   align="center")  # fmt: skip
