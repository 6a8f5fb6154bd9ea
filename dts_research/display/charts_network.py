"""Map of the whole network: circles, never shades, for counts."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from dts_research.display import door, style
from dts_research.display.blocks import Block
from dts_research.display.canvas import canvas, text_width
from dts_research.display.captions import Caption, no_sheet, nothing, unsaid, when
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
from dts_research.display.projection import projection
from dts_research.display.style import agree, many
from dts_research.workbook.material import Material

COARSE = 1.1
OVERSEAS = ("971", "972", "973", "974", "976")


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
    data = counted(counts, geo.departement_names, "Département")
    svg, left = _drawing(material, counts)
    wide, _ = _drawing(material, counts, wide=True)
    caption = Caption(
        message,
        "Expériences par département",
        f"Carte de France et des départements d'outre-mer, avec un cercle par département. "
        f"{message}. {first_ones(data)}.",
        "La surface du cercle suit le nombre de fiches : elle dit ce qui a été écrit, pas ce qui "
        f"se fait.{unnamed(left)} Contours {geo.vintage} ; départements d'outre-mer rapprochés."
        + unsaid(len(everything) - int(counts.sum()), len(everything), "n'est pas située",
                 "ne sont pas situées"),
        period=when(replace(material, frames={**material.frames, "experiences": everything})),
        place="Ensemble du réseau",
    )  # fmt: skip
    return chart(material, name, caption, picture=Picture(svg, wide=wide, card=True), data=data)


def _drawing(
    material: Material, counts: pd.Series, *, wide: bool = False, bare: int = 0
) -> tuple[str, tuple[str, ...]]:
    """Draw the map; tell the names for which there is no room."""
    outlines = material.geography.outlines("departement_drom_beside")
    rings = [ring for some in outlines.values() for ring in some]
    width, height, size = (style.WIDE, 330, LARGE) if wide else (style.FULL, 400, LABEL)
    key = Key(int(counts.max()), width, size, bare=bare)
    fitted = projection(rings, width=width, height=height - key.height, margin=0.01)
    projected = replace(fitted, detail=COARSE)
    own = set() if material.whole_network else set(material.territory.departements)
    label = material.geography.departement_names
    places = dict(sorted(middles(outlines, projected).items()))
    seats = [
        Seat(code, label[code], int(counts[code]), *place)
        for code, place in places.items()
        if code in counts.index
    ]
    with canvas(projected.height + key.height, width=width) as sheet:
        land = [r for code in sorted(outlines) for r in projected.clipped(outlines[code])]
        sheet.polygons(land, color=style.LAND, edge=style.PAPER, thick=0.6)
        for code in sorted(own & set(outlines)):
            here = projected.clipped(outlines[code])
            sheet.polygons(here, color=style.PAPER, edge=style.BORDER, thick=1.6)
        spots = circles(sheet, seats, size=size)
        away = [(label[code], *places[code]) for code in OVERSEAS if code not in counts.index]
        spots += [Spot(x, y, -3, name, text_width(name, size)) for name, x, y in away]
        without = names(sheet, spots, size=size, room=Room(width, projected.height))
        key.draw(sheet, projected.height)
        if len(without) > bare:
            return _drawing(material, counts, wide=wide, bare=len(without))
        return sheet.svg(), without
