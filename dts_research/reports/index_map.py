"""The map of the index: each département that has a report leads to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely

from dts_research.display.fragments import attribute, tag, words
from dts_research.display.paths import short_path
from dts_research.display.projection import Projection, projection
from dts_research.display.style import many
from dts_research.reference.outlines import load_outlines, rings
from dts_research.reports.freshness import MISSING, STATES

# What the eye cannot tell apart on the map, in degrees; the same for both sides of a border.
DETAIL = 0.022
# Paris and its neighbours are too small to be pointed at: drawn again, larger, in the Channel.
CROWDED = ("75", "92", "93", "94")
ZOOM, ZOOMED_AT = 4.6, (110.0, 46.0)
FRAME = "M64 8h92v76h-92z"
# Half the height of a code written on the map.
ROOM = 4.6


@dataclass(frozen=True)
class Place:
    """Outline of a département on the sheet, where its code is written and the room it has."""

    path: str
    x: float
    y: float
    room: float
    right: float


@dataclass(frozen=True)
class Link:
    """Where a département leads, and what is said of it."""

    href: str
    name: str
    state: str


@dataclass(frozen=True)
class Sheet:
    """The map without its reports; ``small`` holds what is drawn again elsewhere, larger."""

    box: str
    places: Mapping[str, Place]
    small: str


def departements() -> frozenset[str]:
    """Codes of the départements the map shows."""
    return frozenset(_sheet().places)


@cache
def _sheet() -> Sheet:
    kept = load_outlines("departement_drom_beside")
    shapes = dict(zip(kept.codes.tolist(), shapely.coverage_simplify(kept.shapes, DETAIL)))
    fitted = projection([ring for one in shapes.values() for ring in rings(one)], margin=0.01)
    placed = {code: _points(one, fitted) for code, one in shapes.items()}
    middle = np.concatenate([part for code in CROWDED for part in placed[code]]).mean(axis=0)
    places = {code: _place(parts) for code, parts in placed.items()}
    for code in CROWDED:
        larger = [(part - middle) * ZOOM + ZOOMED_AT for part in placed[code]]
        places[code] = _place(larger)
    small = "".join(_place(placed[code]).path for code in CROWDED)
    return Sheet(f"0 0 {fitted.width:.0f} {fitted.height:.0f}", places, small)


def _points(shape: shapely.Geometry, fitted: Projection) -> list[np.ndarray]:
    return [fitted.points(ring) for ring in rings(shape) if len(ring) > 3]


def _place(parts: list[np.ndarray]) -> Place:
    polygons = [shapely.Polygon(part) for part in parts]
    largest = max(polygons, key=lambda one: one.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=0.5)
    (x, y), edge = shapely.get_coordinates(circle)
    room = float(np.hypot(*(edge - (x, y))))
    shown = [p for p in polygons if p.area > 0.6 or p is largest]
    path = "".join(short_path(_outline(one)) for one in shown)
    return Place(path, round(float(x), 1), round(float(y), 1), room, float(largest.bounds[2]))


def _outline(polygon: shapely.Polygon) -> str:
    points = np.round(np.asarray(polygon.exterior.coords), 1)[:-1]
    return "M " + " L ".join(f"{x:.1f} {y:.1f}" for x, y in points) + " z"


def map_html(links: Mapping[str, Link]) -> str:
    """Draw the map, with its legend in words; "" when no report is that of a département.

    Parameters
    ----------
    links
        Per code of département, where it leads.
    """
    sheet = _sheet()
    shown = {code: link for code, link in links.items() if code in sheet.places}
    if not shown:
        return ""
    pale = sheet.small + "".join(
        place.path for code, place in sheet.places.items() if code not in shown
    )
    marks = "".join(_link(code, link, sheet.places[code]) for code, link in shown.items())
    return (
        f'<div class="map"><svg viewBox="{sheet.box}" role="group" aria-labelledby="carte">'
        f'{PATTERNS}<g aria-hidden="true"><path class="other" d="{pale}"/>'
        f'<path class="frame" d="{FRAME}"/></g>{marks}</svg></div>{_legend(shown)}'
    )


def _link(code: str, link: Link, place: Place) -> str:
    label = attribute(link.name)
    return (
        f'<a href="{attribute(link.href)}" class="{link.state}" aria-label="{label}">'
        f'<title>{words(link.name)}</title><path d="{place.path}"/>{_code(code, place)}</a>'
    )


def _code(code: str, place: Place) -> str:
    """Code written on a département, beside it overseas, nowhere when there is no room."""
    fits = place.room > ROOM * len(code) / 2
    if not fits and len(code) < 3:
        return ""
    x, kind = (place.x, "") if fits else (round(place.right + 2, 1), "beside")
    text = words(code)
    return tag("text", text, x=f"{x}", y=f"{place.y + 3:.1f}", class_=kind, aria_hidden="true")


def _legend(links: Mapping[str, Link]) -> str:
    states = [link.state for link in links.values()]
    items = "".join(
        f'<li><svg viewBox="0 0 24 16" aria-hidden="true" class="{state}">'
        '<path d="M1 1h22v14h-22z"/></svg>'
        f"{words(f'{label} : ' + many(states.count(state), 'département', 'départements'))}</li>"
        for state, label in sorted(STATES.items(), key=lambda one: one[0] == MISSING)
        if state in states
    )
    other = (
        '<li><svg viewBox="0 0 24 16" aria-hidden="true"><path class="other" d="M1 1h22v14h-22z"/>'
        f"</svg>{words('sans rapport prévu')}</li>"
    )
    return tag("ul", items + other, class_="legend")


PATTERNS = (
    '<defs><pattern id="raies" width="5" height="5" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path class="ground" d="M0 0h5v5h-5z"/>'
    '<path class="stripe" d="M0 0h1.6v5h-1.6z"/></pattern>'
    '<pattern id="croix" width="5" height="5" patternUnits="userSpaceOnUse">'
    '<path class="ground" d="M0 0h5v5h-5z"/><path class="cross" d="M0 0l5 5M5 0l-5 5"/>'
    "</pattern></defs>"
)
