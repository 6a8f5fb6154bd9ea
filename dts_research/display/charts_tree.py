"""How territories gather by likeness: the top of the tree from which classes are cut."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dts_research.display import door, style
from dts_research.display.blocks import Block
from dts_research.display.canvas import Canvas, canvas
from dts_research.display.captions import Caption, frame, nothing
from dts_research.display.charts_factor import Found, class_told, firmness, found_in
from dts_research.display.compared import periods_told, produced
from dts_research.display.lettering import wrap
from dts_research.display.pictures import Picture, chart
from dts_research.display.style import agree, heard, listing, many
from dts_research.workbook.class_names import UNNAMED
from dts_research.workbook.comparing import Comparison

NAME = "arbre-des-profils"
# Branches drawn at most: under them, territories are counted, and named where they are few.
BRANCHES, NAMED = 12, 3
ROOT, TIPS, HIGH = 20.0, 250.0, 22.0
# Height of a branch on a screen, which is no taller.
SCREEN = (style.TALLEST - 24) / BRANCHES
SMALL = 8.5
READING = (
    "Lire de droite à gauche : plus deux branches se rejoignent tôt, plus leurs territoires se "
    "ressemblent. Les classes, coupées au trait tireté puis ajustées, n'ont pas d'ordre."
)


def dendrogram(comparison: Comparison) -> Block:
    """The top of the tree that gathers territories by likeness."""
    found = found_in(comparison)
    if isinstance(found, str):
        return nothing(NAME, "Aucun arbre à montrer", found)
    sizes = found.made.classes.sizes
    message = (
        f"{many(len(sizes), 'classe')} se dessinent, sans ordre entre elles{_weak(comparison)}"
    )
    told = heard(
        (class_told(found, str(letter)), many(int(count), "territoire"))
        for letter, count in sizes.items()
    )
    caption = Caption(
        message,
        f"{comparison.group[:1].upper()}{comparison.group[1:]}, rapprochés par ressemblance",
        f"Arbre couché dont les branches sont des groupes de territoires. {message}. {told}.",
        f"{READING}{_moved(found)} {_firm(comparison, found)}",
        produced(comparison, list(found.table)),
        period=periods_told(comparison, list(found.table)),
    )
    picture = Picture(_drawn(comparison, found), wide=_drawn(comparison, found, screen=True))
    return chart(comparison.material, NAME, caption, picture=picture,
                 data=_data(comparison, found))  # fmt: skip


def _moved(found: Found) -> str:
    """Say how many territories are not in the class of their branch."""
    count = found.made.classes.moved
    change = agree(count, "change", "changent")
    told = (
        f" Après la coupure, {many(count, 'territoire')} {change} de classe pour une plus proche."
    )
    return told if count else ""


def _weak(comparison: Comparison) -> str:
    """Say how many classes do not hold when territories are drawn again."""
    firm = firmness(comparison)
    weak = int((firm.classes["found"] < firm.runs / 2).sum()) if firm else 0
    return f" ; {weak} ne {agree(weak, 'tient', 'tiennent')} pas bien" if weak else ""


def _firm(comparison: Comparison, found: Found) -> str:
    """What comes back on rows drawn at random, classes under the names they have here."""
    firm = firmness(comparison)
    said = firm.reading if firm else ""
    for letter in map(str, found.made.classes.centres.index):
        name = class_told(found, letter).removesuffix(f" ({UNNAMED})")
        said = said.replace(f"la classe {letter} ", f"la classe « {name} » ")
    return said


def _data(comparison: Comparison, found: Found) -> pd.DataFrame:
    """Members of each class, in the order of the names."""
    members = found.made.classes.members
    return frame({
        "Classe": [class_told(found, letter) for letter in members],
        "Territoires": [len(rows) for rows in members.values()],
        "Lesquels": [listing([door.words(comparison.names[str(code)]) for code in rows])
                     for rows in members.values()],
    })  # fmt: skip


def _under(merges: np.ndarray, node: int) -> list[int]:
    """Rows under a node, in the order of the caller."""
    count, found, waiting = len(merges) + 1, [], [node]
    while waiting:
        one = waiting.pop()
        if one < count:
            found.append(one)
        else:
            waiting += [int(end) for end in merges[one - count, :2]]
    return sorted(found)


def _order(merges: np.ndarray, node: int, first: int) -> list[int]:
    """Branches drawn under a node, so that none crosses another."""
    count = len(merges) + 1
    if node < first:
        return [node]
    left, right = (int(end) for end in merges[node - count, :2])
    return [*_order(merges, left, first), *_order(merges, right, first)]


def _drawn(comparison: Comparison, found: Found, *, screen: bool = False) -> str:
    merges = found.made.classes.tree.merges
    count = len(merges) + 1
    first = count + len(merges) - min(BRANCHES - 1, len(merges))
    tips = _order(merges, count + len(merges) - 1, first)
    top = float(np.sqrt(merges[-1, 2])) or 1.0

    def x(height: float) -> float:
        return TIPS - (TIPS - ROOT) * float(np.sqrt(height)) / top

    width, step = (style.WIDE, SCREEN) if screen else (style.FULL, HIGH)
    bottom, least = 20 + step * len(tips), style.LETTERS if screen else 0.0
    with canvas(bottom + 4, width=width, least=least) as sheet:
        places = {}
        for rank, node in enumerate(tips):
            places[node] = (0.0, 20 + step * (rank + 0.5))
            _tip(sheet, comparison, found, (_under(merges, node), places[node][1]))
        for node in range(first, count + len(merges)):
            one, other, height, _ = merges[node - count]
            (low, a), (high, b) = places[int(one)], places[int(other)]
            sheet.line([x(low), x(height), x(height), x(high)], [a, a, b, b],
                       color=style.EDGE, thick=1.1)  # fmt: skip
            places[node] = (float(height), (a + b) / 2)
        _cut(sheet, x(_level(merges, len(found.made.classes.sizes))), bottom)
        return sheet.svg()


def _level(merges: np.ndarray, classes: int) -> float:
    """Height at which the tree has so many branches."""
    heights = merges[:, 2]
    return float(heights[-classes] + heights[1 - classes]) / 2 if classes > 1 else heights[-1]


def _cut(sheet: Canvas, x: float, bottom: float) -> None:
    sheet.line([x, x], [16, bottom], color=style.INK, dashed=True)
    sheet.text(x, 11, "coupure en classes", size=SMALL, color=style.GREY, align="center")


def _classes_of(found: Found, codes: Sequence[str]) -> str:
    """Classes in which the territories of a branch end up."""
    counts = found.made.classes.labels.loc[list(codes)].value_counts(sort=False)
    names = {letter: class_told(found, str(letter)).removesuffix(f" ({UNNAMED})")
             for letter in counts.index}  # fmt: skip
    if len(names) == 1:
        return next(iter(names.values()))
    return ", ".join(f"{names[letter]} {count}" for letter, count in sorted(counts.items()))


def _tip(
    sheet: Canvas, comparison: Comparison, found: Found, branch: tuple[list[int], float]
) -> None:
    """Name a branch: its territories where they are few, else how many they are."""
    rows, y = branch
    codes = [str(found.table.index[row]) for row in rows]
    names = [door.words(comparison.names[code]) for code in codes]
    here = comparison.here in codes
    words = listing(names) if len(names) <= NAMED else many(len(names), "territoire")
    if len(names) > NAMED:
        words += f" ({_classes_of(found, codes)})"
    if here and len(names) > NAMED:
        words += f", dont {door.words(comparison.material.territory.label)}"
    lines = wrap(words, sheet.width - TIPS - 10, sheet.size(SMALL), most=2)
    sheet.lines(TIPS + 8, y, lines, size=SMALL, bold=here)
    if here:
        sheet.marks([TIPS], [y], size=7)
