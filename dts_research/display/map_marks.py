"""What maps share: circles whose area follows a count, and their names set apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from shapely import centroid, get_coordinates, linearrings, polygons

from dts_research.display import style
from dts_research.display.canvas import Canvas, text_width
from dts_research.display.captions import frame
from dts_research.display.placing import Spot, place
from dts_research.display.projection import Projection, Rings
from dts_research.display.style import agree, french_number, heard, listing, many
from dts_research.schema.catalogue import plain

LABEL, LARGE = 9.0, 11.0
LARGEST = 54.0
# No more circles without room for their name are named under the map.
MOST_NAMED = 12


@dataclass(frozen=True)
class Room:
    """What names have: a width, a height, and borders that they leave clear."""

    width: float
    height: float
    borders: Sequence[np.ndarray] = ()


@dataclass(frozen=True)
class Seat:
    """A commune and how many experiences take place there."""

    code: str
    name: str
    count: int
    x: float
    y: float

    @property
    def words(self) -> str:
        """Name and count."""
        return f"{self.name} {french_number(self.count)}"


def counted(counts: pd.Series, names: Mapping[str, str], head: str) -> pd.DataFrame:
    """Places and their counts, in alphabetical order."""
    told = sorted(counts.index, key=lambda code: plain(names.get(code, code)))
    return frame(
        {head: [names.get(code, code) for code in told], "Code": told,
         "Expériences": [int(counts[code]) for code in told]}
    )  # fmt: skip


def first_ones(data: pd.DataFrame) -> str:
    """Values that a listener can hold; the others are in the table."""
    told = heard((row[0], row[2]) for row in data.head(12).itertuples(index=False))
    return told + (" ; la suite est dans le tableau" if len(data) > 12 else "")


def unnamed(left: Sequence[str]) -> str:
    """Name the circles that have no room for their name, since paper holds no data."""
    if not left:
        return ""
    told = [*left[:MOST_NAMED], *([f"{len(left) - MOST_NAMED} autres"] * (len(left) > MOST_NAMED))]
    circles = agree(len(left), "Le cercle sans nom est", "Les cercles sans nom sont")
    return f" {circles} {listing(told)}."


def middles(outlines: Mapping[str, Rings], projected: Projection) -> dict[str, tuple[float, float]]:
    """Middle of the largest part of each outline, on the sheet."""
    if not outlines:
        return {}
    largest = [max(rings, key=len) for rings in outlines.values()]
    which = np.repeat(np.arange(len(largest)), [len(ring) for ring in largest])
    shapes = polygons(linearrings(projected.points(np.concatenate(largest)), indices=which))
    return dict(zip(outlines, map(tuple, get_coordinates(centroid(shapes)).tolist())))


def area_unit(most: int, largest: float) -> float:
    """Width in points of a circle that stands for one."""
    return min(9.0, largest / max(1, most) ** 0.5)


def unit_on(width: float, most: int, largest: float = LARGEST) -> float:
    """Width in points of a circle that stands for one, smaller on half a page."""
    small = min(1.0, width / style.FULL)
    return area_unit(most, largest * small) * (small if most > 1 else 1.0) ** 0.5


def circles(
    sheet: Canvas, seats: Iterable[Seat], *, size: float = LABEL, largest: float = LARGEST
) -> list[Spot]:
    """Draw circles whose area follows the count, large ones first; return the labels asked for."""
    order = sorted(seats, key=lambda seat: -seat.count)
    unit = unit_on(sheet.width, max([seat.count for seat in order] + [1]), largest)
    sizes = [max(3.5, unit * seat.count**0.5) for seat in order]
    sheet.marks([s.x for s in order], [s.y for s in order], size=sizes, edge=style.PAPER)
    return [
        Spot(seat.x, seat.y, wide / 2, seat.words, text_width(seat.words, size))
        for seat, wide in zip(order, sizes)
    ]


def names(
    sheet: Canvas, spots: Sequence[Spot], *, size: float = LABEL, room: Room | None = None
) -> tuple[str, ...]:
    """Write names where they fit, those of circles first; return those that circles lack."""
    room = room or Room(sheet.width, sheet.height)
    placed = place(
        spots, width=room.width, height=room.height, size=size, borders=room.borders,
        far=sheet.width > style.HALF,
    )  # fmt: skip
    for label in placed:
        if label.lead:
            (x, y), (end_x, end_y) = label.lead
            sheet.line([x, end_x], [y, end_y], color=style.GREY, thick=0.6)
    for label in placed:
        mark = label.words[-1:].isdigit()
        ink = style.INK_EDGED if mark else style.GREY_EDGED
        sheet.text(label.x, label.y, label.words, size=size, color=ink, align=label.align)
    written = {label.words for label in placed}
    return tuple(s.words for s in spots if s.radius > 0 and s.words not in written)


@dataclass(frozen=True)
class Key:
    """Under a map: two circles to read the others by, a shade, and what has no name.

    Parameters
    ----------
    most
        Largest count on the map.
    width
        Sheet.
    size
        Size of the letters.
    shade
        What the shaded patches are; nothing when there are none.
    bare
        How many circles have no room for their name.
    """

    most: int
    width: float
    size: float
    shade: str = ""
    bare: int = 0

    def circles(self) -> list[tuple[float, str]]:
        """Width and words of the circles of the key."""
        unit = unit_on(self.width, self.most)
        counts = [1, *[n for n in (10, 5, 2) if n <= self.most][:1]]
        words = [french_number(n) for n in counts]
        words[-1] = many(counts[-1], "expérience")
        return [(max(3.5, unit * n**0.5), text) for n, text in zip(counts, words)]

    def items(self) -> list[tuple[float, str, str]]:
        """Width of each mark, what it is, its words."""
        found = [(wide, "circle", words) for wide, words in self.circles()]
        found += [(12.0, "shade", self.shade)] * bool(self.shade)
        name = agree(self.bare, "cercle sans nom", "cercles sans nom")
        return found + [(0.0, "", f"{self.bare} {name}")] * bool(self.bare)

    def rows(self) -> list[list[tuple[float, str, str]]]:
        """Items, on as many lines as they need."""
        lines: list[list[tuple[float, str, str]]] = [[]]
        left = self.width - 8
        for item in self.items():
            need = item[0] + 5 + text_width(item[2], self.size) + 14
            if lines[-1] and need > left:
                lines, left = [*lines, []], self.width - 8
            lines[-1].append(item)
            left -= need
        return lines

    @property
    def height(self) -> float:
        """Height that the key takes."""
        return sum(_high(line, self.size) for line in self.rows())

    def draw(self, sheet: Canvas, top: float) -> None:
        """Draw the key on its own ground, under the map."""
        sheet.bar(0, top, self.width, self.height + 1, color=style.PAPER)
        for line in self.rows():
            high, x = _high(line, self.size), 4.0
            y = top + high / 2
            for wide, kind, words in line:
                if kind == "circle":
                    sheet.marks([x + wide / 2], [y], size=wide, edge=style.PAPER)
                elif kind:
                    sheet.bar(x, y - 4.5, wide, 9, color=style.PERIMETER, edge=style.EDGE)
                start = x + wide + 5 * bool(kind)
                sheet.text(start, y + self.size * 0.35, words, size=self.size, color=style.GREY)
                x = start + text_width(words, self.size) + 14
            top += high


def _high(line: Sequence[tuple[float, str, str]], size: float) -> float:
    return max(size * 1.3 + 4, *(wide + 6 for wide, _, _ in line))
