"""What maps share: circles whose area follows a count, and their names set apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from shapely import linearrings, polygons

from dts_research.display import style
from dts_research.display.canvas import Canvas, text_width
from dts_research.display.captions import frame
from dts_research.display.placing import Spot, place
from dts_research.display.projection import Projection, Rings
from dts_research.display.style import agree, french_number, listing
from dts_research.schema.catalogue import plain

LABEL, LARGE = 9.0, 11.0
LARGEST = 54.0


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
    told = [f"{row[0]}, {row[2]}" for row in data.head(12).itertuples(index=False)]
    return listing(told) + (" ; la suite est dans le tableau" if len(data) > 12 else "")


def unnamed(count: int) -> str:
    """Say how many circles have no room for their name."""
    if not count:
        return ""
    have = agree(count, "n'a", "n'ont")
    circles = agree(count, "Un cercle", f"{count} cercles")
    return (
        f" {circles} {have} pas la place de {agree(count, 'son', 'leur')} nom : voir les données."
    )


def middle(rings: Rings, projected: Projection) -> tuple[float, float]:
    """Middle of the largest part of an outline, on the sheet."""
    largest = max(rings, key=len)
    point = polygons(linearrings(projected.points(largest))).centroid
    return float(point.x), float(point.y)


def area_unit(most: int, largest: float) -> float:
    """Width in points of a circle that stands for one."""
    return min(9.0, largest / max(1, most) ** 0.5)


def circles(
    sheet: Canvas, seats: Iterable[Seat], *, size: float = LABEL, largest: float = LARGEST
) -> list[Spot]:
    """Draw circles whose area follows the count, large ones first; return the labels asked for."""
    order = sorted(seats, key=lambda seat: -seat.count)
    small = min(1.0, sheet.width / style.FULL)
    unit = area_unit(max([seat.count for seat in order] + [1]), largest * small)
    sizes = [max(3.5, unit * seat.count**0.5) for seat in order]
    sheet.marks([s.x for s in order], [s.y for s in order], size=sizes, edge=style.PAPER)
    return [
        Spot(seat.x, seat.y, wide / 2, seat.words, text_width(seat.words, size))
        for seat, wide in zip(order, sizes)
    ]


def names(sheet: Canvas, spots: Sequence[Spot], *, size: float = LABEL, width: float = 0) -> int:
    """Write names where they fit, those of circles first; return how many circles have none."""
    placed = place(spots, width=width or sheet.width, height=sheet.height, size=size)
    for label in placed:
        if label.lead:
            (x, y), (end_x, end_y) = label.lead
            sheet.line([x, end_x], [y, end_y], color=style.GREY, thick=0.6)
    for label in placed:
        mark = label.words[-1:].isdigit()
        ink = style.INK_EDGED if mark else style.GREY_EDGED
        sheet.text(label.x, label.y, label.words, size=size, color=ink, align=label.align)
    written = {label.words for label in placed}
    return sum(spot.radius > 0 and spot.words not in written for spot in spots)
