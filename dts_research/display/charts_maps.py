"""Map of a territory, with its places and its neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from shapely import linearrings, polygons

from dts_research.display import door, style
from dts_research.display.blocks import Block
from dts_research.display.canvas import Canvas, canvas, text_width
from dts_research.display.captions import Caption, no_sheet, nothing, unsaid
from dts_research.display.charts_network import map_network
from dts_research.display.map_marks import (
    LABEL,
    LARGE,
    Key,
    Room,
    Seat,
    circles,
    counted,
    first_ones,
    middles,
    names,
    unnamed,
)
from dts_research.display.pictures import Picture, chart
from dts_research.display.placing import Spot
from dts_research.display.projection import Projection, Rings, joined, projection
from dts_research.display.style import agree, listing, many
from dts_research.schema.catalogue import plain
from dts_research.workbook.material import Material

# Under this span, in degrees, the départements' outlines are too coarse.
SMALL_SPAN = 1.0
# Levels that cover their départements: nothing of these shows around them.
WHOLE = ("departement", "region")
# A map of as few places as this takes half the width of a page.
FEW = 2
SHORT = 200.0
# Letters of a map that takes half a page though it has many places.
NARROW = 8.0
# As many of its circles at most are named under it; with more, the map takes the width of the page.
NAMED_UNDER = 3
SHADE = "commune d'un périmètre suivi"


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
    if not _own_outline(material):
        text = "Les contours de ce territoire ne sont pas connus : aucune carte n'en est dessinée."
        return nothing(name, "Pas de carte de ce territoire", text)
    placed = seated["experience_id"].nunique()
    message = _message(placed, [material.geography.commune_names.get(c, c) for c in counts.index])
    picture, left = _pictures(material, counts)
    data = counted(counts, material.geography.commune_names, "Commune")
    caption = Caption(
        message,
        "Expériences par commune",
        f"Carte du territoire et de ses voisins, avec un cercle par commune. {message}. "
        f"{first_ones(data)}.",
        "La surface du cercle suit le nombre d'expériences ; une expérience menée dans deux "
        "communes compte dans chacune. Une commune sans cercle n'a pas de fiche : cela ne dit "
        f"pas qu'il ne s'y passe rien.{unnamed(left)}{_shaded(material)} "
        f"Contours {material.geography.vintage}."
        + unsaid(total - placed, total, "n'est située dans aucune commune",
                 "ne sont situées dans aucune commune"),
    )  # fmt: skip
    return chart(material, name, caption, picture=picture, data=data)


def _message(placed: int, communes: Sequence[str]) -> str:
    """How many experiences, in how many communes; a single one is named."""
    take = many(placed, "expérience se passe", "expériences se passent")
    if len(communes) > 1:
        return f"{take} dans {many(len(communes), 'commune')}"
    take = "La seule expérience située se passe" if placed == 1 else take
    return f"{take} dans une commune : {communes[0]}"


def _shaded(material: Material) -> str:
    """Say what the shaded communes are."""
    inside = _perimeter_communes(material)
    if not inside:
        return ""
    named = door.rows(material, "territory_communes")
    held = set(named["territory_id"][named["commune_code"].isin(inside)])
    known = door.rows(material, "territories")
    labels = sorted((door.words(r.label) for r in known.itertuples() if r.territory_id in held),
                    key=plain)  # fmt: skip
    where = agree(len(labels), "d'un périmètre suivi", "des périmètres suivis")
    return f" Les communes teintées sont celles {where} dans ce classeur : {listing(labels)}."


def _perimeter_communes(material: Material) -> set[str]:
    """Communes of the perimeters that the workbook follows inside the territory."""
    if material.territory.level not in WHOLE:
        return set()
    named = door.rows(material, "territory_communes")
    return set(named["commune_code"]) & set(material.territory.communes)


def _pictures(material: Material, counts: pd.Series) -> tuple[Picture, tuple[str, ...]]:
    """The map for a page and for a screen; the names for which the first has no room."""
    ground = _ground(material)
    few, narrow = len(counts) <= FEW, material.reader == "élu"
    if few or narrow:
        small = _Sheet(style.HALF, SHORT if few else style.HALF, LABEL if few else NARROW)
        svg, left = _drawing(material, ground, counts, small)
        case = "one" if len(counts) == 1 else ""
        if few or len(left) <= NAMED_UNDER:
            return Picture(svg, half=True, card=True, case=case), left
    svg, left = _drawing(material, ground, counts, _Sheet(style.FULL, 400, LABEL))
    for letters in (style.LETTERS,) if left else (LARGE, style.LETTERS):
        screen = _Sheet(style.WIDE, 330, letters)
        wide, without = _drawing(material, ground, counts, screen)
        if not without:
            break
    return Picture(svg, wide=wide, card=True), left


@dataclass(frozen=True)
class _Sheet:
    """Size of a sheet and of its letters; how many of its circles have no name."""

    width: float
    height: float
    letters: float
    bare: int = 0


@dataclass(frozen=True)
class _Ground:
    """Outlines under the circles: the territory, what the map fits, the départements around."""

    own: Rings
    fits: Rings
    near: Mapping[str, Rings]
    perimeters: Sequence[Rings]


def _ground(material: Material) -> _Ground:
    geo, territory = material.geography, material.territory
    own = _own_outline(material)
    around = {n for d in territory.departements for n in geo.neighbours(d)}
    inside = _perimeter_communes(material)
    free = geo.outlines("commune", inside) if inside else {}
    return _Ground(
        own,
        own if territory.level != "commune" else _around(material),
        geo.outlines("departement", around | set(territory.departements)),
        list(free.values()),
    )


@door.once
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
    if not rings:
        return rings
    span = np.ptp(np.concatenate(rings), axis=0).max()
    if territory.level == "departement" and span < SMALL_SPAN:
        return joined(geo.outlines("commune", territory.communes))
    return rings


def _around(material: Material) -> list[np.ndarray]:
    found = material.geography.outlines("departement", material.territory.departements)
    return [ring for rings in found.values() for ring in rings]


def _drawing(
    material: Material, ground: _Ground, counts: pd.Series, page: _Sheet
) -> tuple[str, tuple[str, ...]]:
    """Draw the map and its key; tell the names for which there is no room."""
    margin = 0.03 if page.width == style.WIDE else 0.09
    shade = SHADE if ground.perimeters else ""
    key = Key(int(counts.max()), page.width, page.letters, shade, page.bare)
    high = page.height - key.height
    projected = projection(ground.fits, width=page.width, height=high, margin=margin)
    own, near = projected.clipped(ground.own), _clipped(ground.near, projected)
    with canvas(projected.height + key.height, width=page.width) as sheet:
        _land(sheet, material, (own, near), ground, projected)
        spots = circles(sheet, _seats(material, counts, projected), size=page.letters)
        spots += _neighbour_names(material, near, page.letters)
        room = Room(page.width, projected.height, own)
        left = names(sheet, spots, size=page.letters, room=room)
        said = replace(key, bare=max(page.bare, len(left)))
        if said.height > key.height:  # less room for the map: its names are placed again
            again = replace(page, bare=said.bare)
            return _drawing(material, ground, counts, again)
        said.draw(sheet, projected.height)
        return sheet.svg(), left


def _clipped(near: Mapping[str, Rings], projected: Projection) -> dict[str, Rings]:
    return dict(zip(near, projected.clipped_each(list(near.values()))))


def _land(
    sheet: Canvas, material: Material, land: tuple[Rings, Mapping[str, Rings]], ground: _Ground,
    projected: Projection,
) -> None:  # fmt: skip
    """Neighbours, then the territory in white, its free perimeters, and its border over all."""
    territory, (own, near) = material.territory, land
    sheet.bar(0, 0, projected.width, projected.height, color=style.SEA)
    rings, tones = list[np.ndarray](), list[str]()
    for code, parts in near.items():
        inside = code in territory.departements
        if not inside or territory.level not in WHOLE:
            rings += parts
            tones += [style.HOST if inside else style.LAND] * len(parts)
    sheet.polygons(rings, color=tones, edge=style.PAPER, thick=1)
    sheet.polygons(own, color=style.PAPER, edge="none")
    shades = [ring for rings in ground.perimeters for ring in projected.clipped(rings)]
    sheet.polygons(shades, color=style.PERIMETER, edge=style.PAPER, thick=0.4)
    sheet.polygons(own, edge=style.BORDER, thick=1.6)


def _seats(material: Material, counts: pd.Series, projected: Projection) -> list[Seat]:
    """Communes on the sheet, by code."""
    places = middles(material.geography.outlines("commune", counts.index), projected)
    names = material.geography.commune_names
    seats = []
    for code, (x, y) in sorted(places.items()):
        if 0 <= x <= projected.width and 0 <= y <= projected.height:
            seats.append(Seat(code, names.get(code, code), int(counts[code]), x, y))
    return seats


def _neighbour_names(material: Material, near: Mapping[str, Rings], size: float) -> list[Spot]:
    """Names of the neighbours, where enough of them is on the sheet."""
    spots = []
    territory = material.territory
    inside = territory.departements if territory.level in WHOLE else ()
    for code in sorted(set(near) - set(inside)):
        parts = near[code]
        if not parts:
            continue
        largest = max((polygons(linearrings(part)) for part in parts), key=lambda p: p.area)
        name = material.geography.departement_names[code]
        at = largest.representative_point()
        wide = text_width(name, size)
        if largest.area > wide * 40:
            spots.append(Spot(float(at.x) - wide / 2, float(at.y), -3, name, wide))
    return spots
