"""A collective moment to prepare: where, when, how long, with what was kept for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date as Day

from dts_research.display import blocks, captions
from dts_research.display.blocks import Block
from dts_research.display.door import titles
from dts_research.display.style import french_date
from dts_research.display.tables_opening import GIVEN_TO
from dts_research.errors import RequestError
from dts_research.protect.names import mask_persons
from dts_research.reflection.selection import Kept, kept
from dts_research.schema.casts import to_date
from dts_research.schema.catalogue import plain
from dts_research.workbook import Material, Workbook
from dts_research.workbook.material import this_day
from dts_research.workbook.slices import NETWORK
from dts_research.workbook.views_back import as_agreed

LENGTHS = {"3h": 180, "2h": 120, "1h30": 90}
WHOLE = {"reseau", "national", "ensemble du reseau", "tout le reseau"}
LEVELS = {"reseau": "national", "region": "regional"}
# Whom a view must have been guarded for, to be shown to each circle.
GUARDED = {
    "territory": ("territory", "network", "public"),
    "network": ("network", "public"),
    "public": ("public",),
}
_HOUR = re.compile(r"(\d{1,2})\s*(?:h|:)\s*(\d{2})?")


@dataclass(frozen=True, eq=False)
class Session:
    """What a kit is made from; one is equal to itself only, so that its figures are drawn once.

    Parameters
    ----------
    material
        Material of the territory, of the region or of the network, as it stands on the day.
    day
        Day of the session; None while it is to be fixed.
    length
        One of `LENGTHS`.
    start
        Minutes from midnight; None where the agenda counts from the beginning.
    wanted
        Ids of the experiences asked for as stories; empty to have two chosen.
    views
        Views kept for this session, oldest first.
    aside
        How many other views are kept, for elsewhere or for a narrower circle.
    gone
        How many are kept for here and may no longer be shown as they were drawn.
    """

    material: Material
    day: Day | None
    length: str = "3h"
    start: int | None = None
    wanted: tuple[str, ...] = ()
    views: tuple[Kept, ...] = ()
    aside: int = 0
    gone: int = 0

    @property
    def level(self) -> str:
        """Code of the level: local, regional or national."""
        return LEVELS.get(self.material.territory.level, "local")

    @property
    def place(self) -> str:
        """Where, as people say it."""
        whole = self.material.whole_network
        return "Ensemble du réseau" if whole else captions.where(self.material)

    @property
    def when(self) -> str:
        """Which day, as people say it."""
        return french_date(self.day) if self.day else "date à fixer"


def prepare(
    book: Workbook, territory: str, *, date: str = "", format: str = "3h", start: str = "",
    stories: Sequence[str] = (), audience: str = "",
) -> Session:  # fmt: skip
    """Open what a collective moment is prepared from.

    Parameters
    ----------
    territory
        Code or name of a territory or of a region; ``"reseau"`` for the whole network.
    date
        Day of the session, ``"2026-12-10"`` or ``"10/12/2026"``; "" while it is to be fixed.
    format
        ``"3h"``, ``"2h"`` or ``"1h30"``.
    start
        ``"14:00"``, ``"14h30"``; "" to count from the beginning.
    stories
        Ids of the experiences to tell.
    audience
        Who will be there: ``territory``, ``network`` or ``public``; by default those of the place.

    Raises
    ------
    RequestError
        When the place, the day, the length, the hour or a story is not known.
    """
    day = day_of(date) if str(date).strip() else None
    length, minutes = length_of(format), hour_of(start)
    material = _opened(book, territory, audience)
    material = replace(material, today=day) if day else material
    views = kept(book.workspace)
    mine = tuple(view for view in views if _belongs(view, material))
    shown = _shown(book, mine, material)
    wanted = tuple(str(one).strip() for one in stories if str(one).strip())
    aside, gone = len(views) - len(mine), len(mine) - len(shown)
    return Session(material, day, length, minutes, wanted, shown, aside, gone)


def _opened(book: Workbook, territory: str, audience: str) -> Material:
    if plain(str(territory)).strip() in WHOLE:
        return book.network(audience=audience or "network")
    level = book.resolve(territory).level
    usual = "network" if level in LEVELS else "territory"
    return book.territory(territory, audience=audience or usual)


def _belongs(found: Kept, material: Material) -> bool:
    """Tell whether a view was kept for this place, and may be shown to those who will be there."""
    if found.view.audience not in GUARDED[material.audience]:
        return False
    place, here = found.view.filters.get("territory", ""), material.territory
    if material.whole_network:
        return True
    inside = here.departements if here.level == "region" else ()
    return place in (here.id, *inside)


def _shown(book: Workbook, mine: tuple[Kept, ...], material: Material) -> tuple[Kept, ...]:
    """Views that may still be shown, the words written on them masked as those of the reports."""
    with book.store() as store:
        agreed = as_agreed(mine, store, this_day())
    sheets = titles(material)
    return tuple(
        replace(one, view=replace(one.view, caption=mask_persons(one.view.caption),
                                  question=mask_persons(one.view.question)))
        for one in agreed
        if one.view.block and (one.view.kind != "sheet" or one.view.subject in sheets)
    )  # fmt: skip


def place_id(book: Workbook, territory: str) -> str:
    """Id of the place of a session, as it stands in names of files and of sessions."""
    if plain(str(territory)).strip() in WHOLE:
        return NETWORK
    return str(book.resolve(territory).id)


def day_of(text: str) -> Day:
    """Read the day of a session.

    Raises
    ------
    RequestError
        When the text is no day.
    """
    found = to_date(str(text).strip())
    if found is None:
        raise RequestError(
            f"La date « {text} » n'est pas lisible.",
            "Écrire l'année, le mois et le jour : --date 2026-12-10",
        )
    return found


def length_of(text: str) -> str:
    """Read a length: « 3 h », « 1h30 ».

    Raises
    ------
    RequestError
        When no agenda has this length.
    """
    known = plain(str(text)).replace(" ", "").removesuffix("min")
    known = {"1h30m": "1h30", "90": "1h30", "120": "2h", "180": "3h"}.get(known, known)
    if known not in LENGTHS:
        raise RequestError(
            f"Aucun déroulé ne dure « {text} ».", f"Choisir parmi : {', '.join(LENGTHS)}."
        )
    return known


def hour_of(text: str) -> int | None:
    """Read an hour as minutes from midnight: « 14:00 », « 14 h 30 », « 9h »; "" gives None.

    Raises
    ------
    RequestError
        When the text is no hour.
    """
    if not str(text).strip():
        return None
    found = _HOUR.fullmatch(plain(str(text)).strip())
    hours, minutes = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if hours > 23 or minutes > 59:
        raise RequestError(f"L'heure « {text} » n'est pas lisible.", "Écrire par exemple 14:00.")
    return 60 * hours + minutes


def cover(session: Session, title: str, subtitle: str = "") -> Block:
    """Head of one of the documents of a kit."""
    material = session.material
    return blocks.cover(
        title=title, subtitle=subtitle, territory=session.place,
        date=session.day.isoformat() if session.day else session.when,
        author=material.workbook_name, fictional=material.fictional,
        status=f"{GIVEN_TO[material.audience]}.",
    )  # fmt: skip
