"""Drawing of an indicator over the départements, with its legend beside the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from shapely import linearrings, polygons

from dts_research.analysis.indicators import ByPlace, class_bounds
from dts_research.display import style
from dts_research.display.canvas import Canvas, canvas, text_width
from dts_research.display.lettering import wrap
from dts_research.display.map_marks import (
    LABEL,
    LARGE,
    Room,
    Seat,
    area_unit,
    circles,
    middles,
    names,
)
from dts_research.display.placing import Spot
from dts_research.display.projection import Projection, Rings, projection
from dts_research.display.style import french_number, many
from dts_research.workbook.material import Material

COARSE = 1.0
NOTHING = "pas de donnée"
# More values than this cannot be written on the map.
WRITTEN = 20
# A place of fewer square points than this shows no shade.
TINY = 40.0
LARGEST = 38.0


@dataclass(frozen=True)
class Plate:
    """What is drawn: whose map, which values, in what unit."""

    material: Material
    found: ByPlace
    unit: str

    @property
    def own(self) -> set[str]:
        """Départements of the reader."""
        return set() if self.material.whole_network else set(self.material.territory.departements)


@dataclass(frozen=True)
class _Room:
    """Where things stand on the sheet, and how large letters are."""

    width: float
    height: float
    legend: float
    letters: float


PAGE = _Room(style.FULL, 320, 352, LABEL)
SCREEN = _Room(style.WIDE, 340, 430, LARGE)


def draw(plate: Plate, *, wide: bool = False) -> str:
    """Draw the map on the left and its legend on the right."""
    room = SCREEN if wide else PAGE
    outlines = plate.material.geography.outlines("departement_drom_beside")
    rings = [ring for some in outlines.values() for ring in some]
    margin = 0.01 if plate.found.ratio else 0.05
    fitted = projection(rings, width=room.legend - 10, height=room.height, margin=margin)
    projected = replace(fitted, detail=COARSE)
    with canvas(max(projected.height, 270), width=room.width) as sheet:
        shades = _shades(plate.found) if plate.found.ratio else {}
        _land(sheet, plate, outlines, projected, shades)
        if plate.found.ratio:
            _values(sheet, plate, outlines, projected, shades)
            _scale(sheet, plate, room)
        else:
            seats = _seats(plate, outlines, projected)
            spots = circles(sheet, seats, size=room.letters, largest=LARGEST)
            names(sheet, spots, size=room.letters, room=Room(room.legend - 8, sheet.height))
            _sizes(sheet, seats, plate, room)
        return sheet.svg()


def _shades(found: ByPlace) -> dict[str, str]:
    """Colour of each place."""
    bounds = class_bounds(list(found.values))
    colors = _colors(len(bounds) - 1)
    order = np.searchsorted(bounds[1:-1], found.values.to_numpy(), side="right")
    return {str(place): colors[i] for place, i in zip(found.values.index, order)}


def _colors(classes: int) -> list[str]:
    """Shades far enough from each other."""
    last = len(style.SCALE) - 1
    steps = [round(i * last / max(1, classes - 1)) for i in range(classes)]
    return [style.SCALE[i] for i in steps] if classes > 1 else [style.SCALE[2]]


def _land(
    sheet: Canvas, plate: Plate, outlines: Mapping[str, Rings], projected: Projection,
    shades: Mapping[str, str],
) -> None:  # fmt: skip
    """Places of one shade together, then the border of the reader's territory over all."""
    plain = style.HATCHED if plate.found.ratio else style.LAND
    for color in (plain, *style.SCALE):
        same = [code for code in sorted(outlines) if shades.get(code, plain) == color]
        rings = [ring for code in same for ring in projected.clipped(outlines[code])]
        if rings:
            sheet.polygons(rings, color=color, edge=style.PAPER, thick=0.6)
    for code in sorted(plate.own & set(outlines)):
        sheet.polygons(projected.clipped(outlines[code]), edge=style.BORDER, thick=1.8)


def _values(
    sheet: Canvas, plate: Plate, outlines: Mapping[str, Rings], projected: Projection,
    shades: Mapping[str, str],
) -> None:  # fmt: skip
    """Write the values in their places when they are few; beside a square where one is tiny."""
    values, spots = plate.found.values, []
    if len(values) > WRITTEN:
        return
    size = LABEL if sheet.width == style.FULL else LARGE
    places = middles(outlines, projected)
    for code in sorted(set(values.index) & set(outlines), key=lambda c: (c not in plate.own, c)):
        x, y = places[code]
        words = french_number(values[code], decimals=1)
        wide = text_width(words, size)
        if sum(_area(ring) for ring in projected.clipped(outlines[code])) < TINY:
            sheet.marks([x], [y], shape="square", size=10, color=shades[code])
            spots.append(Spot(x, y, 5, words, wide))
        else:
            spots.append(Spot(x - wide / 2, y, -3, words, wide))
    names(sheet, spots, size=size)


def _area(ring: np.ndarray) -> float:
    return float(polygons(linearrings(ring)).area)


def _seats(plate: Plate, outlines: Mapping[str, Rings], projected: Projection) -> list[Seat]:
    label = plate.material.geography.departement_names
    values, places = plate.found.values, middles(outlines, projected)
    return [
        Seat(code, label[code], int(values[code]), *places[code])
        for code in sorted(set(values.index) & set(outlines))
    ]


def _scale(sheet: Canvas, plate: Plate, room: _Room) -> None:
    """Classes from the palest down, the reference at its place, then what has no data."""
    bounds = class_bounds(list(plate.found.values))
    x, y, size = room.legend, 26.0, room.letters
    high = size * 2
    sheet.text(x, y - 10, plate.unit, size=size, bold=True)
    for color, low, top in zip(_colors(len(bounds) - 1), bounds, bounds[1:]):
        sheet.bar(x, y, 24, high, color=color)
        first, last = (french_number(b, decimals=1) for b in (low, top))
        sheet.text(x + 31, y + high / 2 + size * 0.35, f"{first} à {last}", size=size)
        y += high + 2
    sheet.bar(x, y + 8, 24, high, color=style.HATCHED, edge=style.EDGE, thick=0.5)
    sheet.text(x + 31, y + 8 + high / 2 + size * 0.35, NOTHING, size=size)
    _together(sheet, plate, room, top=y + high + 30)


def _together(sheet: Canvas, plate: Plate, room: _Room, *, top: float) -> None:
    """What the places make together, and the reader's own value."""
    found, size = plate.found, room.letters
    places = many(len(found.values), "département renseigné", "départements renseignés")
    lines: list[tuple[str, bool]] = []
    if found.reference == found.reference:
        whole = f"Ensemble, {places} :"
        lines += [(line, False) for line in wrap(whole, room.width - room.legend, size)]
        lines.append((f"{french_number(found.reference, decimals=1)} {plate.unit}", True))
    for code in sorted(plate.own & set(found.values.index)):
        name = plate.material.geography.departement_names[code]
        lines.append((f"{name} :", False))
        lines.append((f"{french_number(found.values[code], decimals=1)} {plate.unit}", True))
    for i, (line, bold) in enumerate(lines):
        sheet.text(room.legend, top + i * size * 1.35, line, size=size, bold=bold)


def _sizes(sheet: Canvas, seats: Sequence[Seat], plate: Plate, room: _Room) -> None:
    """Two round totals as circles, to read the others by."""
    most = max(seat.count for seat in seats)
    unit, y, size = area_unit(most, LARGEST), 30.0, room.letters
    sheet.text(room.legend, 16, plate.unit, size=size, bold=True)
    for total in _round_totals(most):
        wide = unit * total**0.5
        y += wide / 2
        sheet.marks([room.legend + 27], [y], size=wide, color=style.HERE)
        sheet.text(room.legend + 62, y + size * 0.35, french_number(total), size=size)
        y += wide / 2 + 10
    _together(sheet, plate, room, top=y + 20)


def _round_totals(most: int) -> list[int]:
    """One round total near the largest, one about a fifth of it."""
    power = 10 ** (len(str(most)) - 1)
    large = most // power * power
    return [large, large // 5] if large >= 10 else [large]
