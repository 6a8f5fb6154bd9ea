"""Maps: a territory with its places and its neighbours, and the whole network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from shapely import linearrings, polygons

from dts_research.display import door, style, time_axis
from dts_research.display.blocks import Block
from dts_research.display.canvas import Canvas, canvas, text_width
from dts_research.display.captions import Caption, frame, no_sheet, nothing, unsaid
from dts_research.display.pictures import Picture, chart
from dts_research.display.placing import Spot, place
from dts_research.display.projection import Projection, Rings, joined, projection
from dts_research.display.style import agree, listing, many
from dts_research.schema.catalogue import plain
from dts_research.workbook.material import Material

LABEL = 9.0
LARGEST = 54.0
# Under this span, in degrees, the départements' outlines are too coarse.
SMALL_SPAN = 1.0
SEA, LAND, HOST = "#eef0f2", "#e3e6e9", "#f4f5f6"
COARSE = 0.7
# Levels that cover their départements: nothing of these shows around them.
WHOLE = ("departement", "region")


@dataclass(frozen=True)
class Seat:
    """A commune and how many experiences take place there."""

    code: str
    name: str
    count: int
    x: float
    y: float


def map_territory(material: Material) -> Block:
    """Communes of the experiences, inside the territory and beside its neighbours."""
    name = "carte-du-territoire"
    if material.whole_network:
        return map_network(material)
    places = door.rows(material, "experience_places")
    seated = places.dropna(subset=["commune_code"])
    counts = seated.groupby("commune_code")["experience_id"].nunique()
    total = len(door.rows(material, "experiences"))
    if counts.empty:
        text = "Aucune fiche n'est située dans une commune." if total else no_sheet(material)
        return nothing(name, "Aucune expérience à placer sur la carte", text)
    placed = seated["experience_id"].nunique()
    message = many(placed, "expérience se passe", "expériences se passent")
    message += f" dans {many(len(counts), 'commune')}"
    data = _counted(counts, material.geography.commune_names, "Commune")
    caption = Caption(
        message,
        "Expériences par commune",
        f"Carte du territoire et de ses voisins, avec un cercle par commune. {message}. "
        f"{_first_ones(data)}.",
        "La surface du cercle suit le nombre d'expériences ; une expérience menée dans deux "
        f"communes compte dans chacune. Contours {material.geography.vintage}."
        + unsaid(total - placed, total, "n'est située dans aucune commune",
                 "ne sont situées dans aucune commune"),
    )  # fmt: skip
    svg = _territory_drawing(material, counts, name)
    return chart(material, name, caption, picture=Picture(svg, card=True), data=data)


def _counted(counts: pd.Series, names: Mapping[str, str], head: str) -> pd.DataFrame:
    """Places and their counts, in alphabetical order."""
    told = sorted(counts.index, key=lambda code: plain(names.get(code, code)))
    return frame(
        {head: [names.get(code, code) for code in told], "Code": told,
         "Expériences": [int(counts[code]) for code in told]}
    )  # fmt: skip


def _first_ones(data: pd.DataFrame) -> str:
    """Values that a listener can hold; the others are in the table."""
    told = [f"{row[0]}, {row[2]}" for row in data.head(12).itertuples(index=False)]
    return listing(told) + (" ; la suite est dans le tableau" if len(data) > 12 else "")


def _own_outline(material: Material) -> list[np.ndarray]:
    """Outline of the territory at its own level; a free perimeter is the sum of its communes."""
    territory, geo = material.territory, material.geography
    if territory.level in ("departement", "region", "epci", "commune"):
        found = geo.outlines(territory.level, [territory.code])
    else:
        found = geo.outlines("commune", territory.communes)
    if not found:
        found = geo.outlines("departement", territory.departements)
    rings = [ring for rings in found.values() for ring in rings]
    span = np.ptp(np.concatenate(rings), axis=0).max()
    if territory.level == "departement" and span < SMALL_SPAN:
        return joined(geo.outlines("commune", territory.communes))
    return rings


def _territory_drawing(material: Material, counts: pd.Series, salt: str) -> str:
    own = _own_outline(material)
    geo, territory = material.geography, material.territory
    frame_of = own if territory.level != "commune" else _around(material)
    projected = projection(frame_of)
    seats = _seats(material, counts, projected)
    around = {n for d in territory.departements for n in geo.neighbours(d)}
    near = geo.outlines("departement", around | set(territory.departements))
    with canvas(projected.height) as sheet:
        sheet.bar(0, 0, projected.width, projected.height, color=SEA)
        for code, rings in near.items():
            tone = HOST if code in territory.departements else LAND
            if code not in territory.departements or territory.level not in WHOLE:
                sheet.polygons(projected.clipped(rings), color=tone, edge="#ffffff", thick=1)
        sheet.polygons(projected.clipped(own), color="#ffffff", edge="none")
        _perimeters(sheet, material, projected)
        sheet.polygons(projected.clipped(own), edge=style.ACCENT, thick=1.6)
        spots = _circles(sheet, seats)
        spots += _neighbour_names(material, near, projected)
        _labels(sheet, spots)
        return sheet.svg(salt)


def _around(material: Material) -> list[np.ndarray]:
    found = material.geography.outlines("departement", material.territory.departements)
    return [ring for rings in found.values() for ring in rings]


def _perimeters(sheet: Canvas, material: Material, projected: Projection) -> None:
    """Communes of the free perimeters, a shade darker."""
    named = door.rows(material, "territory_communes")
    inside = set(named["commune_code"]) & set(material.territory.communes)
    if material.territory.level not in WHOLE:
        return
    for rings in material.geography.outlines("commune", inside).values():
        sheet.polygons(projected.clipped(rings), color="#dfe5ec", edge="#ffffff", thick=0.4)


def _seats(material: Material, counts: pd.Series, projected: Projection) -> list[Seat]:
    """Communes on the sheet, by code."""
    outlines = material.geography.outlines("commune", counts.index)
    names = material.geography.commune_names
    seats = []
    for code in sorted(outlines):
        x, y = _middle(outlines[code], projected)
        if 0 <= x <= projected.width and 0 <= y <= projected.height:
            seats.append(Seat(code, names.get(code, code), int(counts[code]), x, y))
    return seats


def _middle(rings: Rings, projected: Projection) -> tuple[float, float]:
    largest = max(rings, key=len)
    middle = polygons(linearrings(projected.points(largest))).centroid
    return float(middle.x), float(middle.y)


def _circles(sheet: Canvas, seats: Iterable[Seat]) -> list[Spot]:
    """Draw circles whose area follows the count, large ones first; return the labels asked for."""
    order = sorted(seats, key=lambda seat: -seat.count)
    unit = min(9.0, LARGEST / max([seat.count for seat in order] + [1]) ** 0.5)
    sizes = [max(3.5, unit * seat.count**0.5) for seat in order]
    sheet.marks([s.x for s in order], [s.y for s in order], size=sizes, edge=style.PAPER)
    return [
        Spot(seat.x, seat.y, size / 2, f"{seat.name} {seat.count}",
             text_width(f"{seat.name} {seat.count}", LABEL))
        for seat, size in zip(order, sizes)
    ]  # fmt: skip


def _neighbour_names(
    material: Material, near: Mapping[str, Rings], projected: Projection
) -> list[Spot]:
    """Names of the neighbours, where enough of them is on the sheet."""
    spots = []
    territory = material.territory
    inside = territory.departements if territory.level in WHOLE else ()
    for code in sorted(set(near) - set(inside)):
        parts = projected.clipped(near[code])
        if not parts:
            continue
        largest = max((polygons(linearrings(part)) for part in parts), key=lambda p: p.area)
        name = material.geography.departement_names[code]
        middle = largest.representative_point()
        wide = text_width(name, LABEL)
        if largest.area > wide * 40:
            spots.append(Spot(float(middle.x) - wide / 2, float(middle.y), -3, name, wide))
    return spots


def _labels(sheet: Canvas, spots: Sequence[Spot]) -> None:
    for label in place(spots, width=sheet.width, height=sheet.height, size=LABEL):
        mark = label.words[-1:].isdigit()
        ink = style.INK_EDGED if mark else style.GREY_EDGED
        sheet.text(label.x, label.y, label.words, size=LABEL, color=ink, align=label.align)


def map_network(material: Material) -> Block:
    """Experiences of every territory, the overseas ones beside; circles, never shades."""
    name = "carte-du-reseau"
    everything, _ = door.beside(material)
    counts = everything["departement_code"].dropna().value_counts()
    if counts.empty:
        return nothing(name, "Aucune expérience à placer sur la carte", no_sheet(material))
    geo = material.geography
    known = len(geo.departements[geo.departements["zone"] != "com"])
    tell = agree(len(counts), "raconte", "racontent")
    message = f"{many(len(counts), 'département')} sur {known} {tell} au moins une expérience"
    data = _counted(counts, geo.departement_names, "Département")
    caption = Caption(
        message,
        "Expériences par département",
        f"Carte de France et des départements d'outre-mer, avec un cercle par département. "
        f"{message}. {_first_ones(data)}.",
        "La surface du cercle suit le nombre de fiches : elle dit ce qui a été écrit, pas ce qui "
        f"se fait. Contours {geo.vintage} ; départements d'outre-mer rapprochés."
        + unsaid(len(everything) - int(counts.sum()), len(everything), "n'est pas située",
                 "ne sont pas situées"),
        period=time_axis.years(everything["started_on"]),
        place="Ensemble du réseau",
    )  # fmt: skip
    svg = _network_drawing(material, counts, name)
    return chart(material, name, caption, picture=Picture(svg, card=True), data=data)


def _network_drawing(material: Material, counts: pd.Series, salt: str) -> str:
    outlines = material.geography.outlines("departement_drom_beside")
    fitted = projection([r for rings in outlines.values() for r in rings], margin=0.01)
    projected = replace(fitted, detail=COARSE)
    own = set() if material.whole_network else set(material.territory.departements)
    names = material.geography.departement_names
    seats = []
    for code in sorted(set(counts.index) & set(outlines)):
        x, y = _middle(outlines[code], projected)
        seats.append(Seat(code, names[code], int(counts[code]), x, y))
    with canvas(projected.height) as sheet:
        land = [r for code in sorted(outlines) for r in projected.clipped(outlines[code])]
        sheet.polygons(land, color=LAND, edge="#ffffff", thick=0.6)
        for code in sorted(own & set(outlines)):
            here = projected.clipped(outlines[code])
            sheet.polygons(here, color="#ffffff", edge=style.ACCENT, thick=1.6)
        _labels(sheet, _circles(sheet, seats))
        return sheet.svg(salt)
