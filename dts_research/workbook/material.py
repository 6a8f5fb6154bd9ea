"""The material of one report: what a territory's notebook reads, already filtered.

A `Material` is handed to every chart and table. It holds plain typed frames, the territory
they belong to, who will read, and the disclosure policy of that audience.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pandas as pd

from dts_research.errors import RequestError
from dts_research.protect.disclosure import Policy
from dts_research.reference.geography import Geography, Territory
from dts_research.store import clock
from dts_research.workbook.criteria import Criterion
from dts_research.workbook.moves import COLUMNS
from dts_research.workbook.views import Kept

if TYPE_CHECKING:
    from dts_research.workbook.before import Before

READERS = ("élu", "animateur", "chercheur")


@dataclass(frozen=True, eq=False)
class Material:
    """Everything one report is made from; two are the same only if they are one.

    Parameters
    ----------
    territory
        The territory, or the whole network.
    frames
        Typed frames by table name, filtered to the territory, period, cycle and audience.
    others
        All experiences of the workbook, short columns only, with ``departement_code``: what a
        territory is set beside, never ranked against.
    policy
        Disclosure rules of the audience.
    withheld
        How many records each table keeps from this audience; ``undated`` counts the sheets
        that a period leaves out because they have no date.
    criteria
        What the group crosses its experiences with.
    views
        Views kept while exploring that a session spoke of, as it saw them.
    moves
        States that decisions, hypotheses and common references went through.
    before
        What was known at the last session (see `Workbook.looking_back`).
    sources
        Imports behind the rows shown; all of them for the whole network.
    received
        Whether the workbook received anything at all.
    """

    territory: Territory
    frames: Mapping[str, pd.DataFrame]
    others: pd.DataFrame
    sources: pd.DataFrame
    provenance: pd.DataFrame
    geography: Geography
    policy: Policy
    reader: str = "animateur"
    period: str = ""
    cycle: str = ""
    reference: str = ""
    workbook_name: str = ""
    fictional: bool = False
    whole_network: bool = False
    today: date = field(default_factory=lambda: this_day())
    withheld: Mapping[str, int] = field(default_factory=dict)
    criteria: tuple[Criterion, ...] = ()
    views: tuple[Kept, ...] = ()
    moves: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(COLUMNS)))
    before: Before | None = None
    received: bool = True

    def __post_init__(self) -> None:
        check_reader(self.reader)

    @property
    def audience(self) -> str:
        """The circle that will read."""
        return self.policy.audience

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Give a frame by its table name: ``material.experiences``."""
        frames = self.__dict__.get("frames", {})
        if name == "places":
            name = "experience_places"
        if name == "steps":
            name = "experience_steps"
        if name in frames:
            return frames[name]
        raise AttributeError(name)


def this_day() -> date:
    """Day of the work: today, or that of ``SOURCE_DATE_EPOCH``, so that a report can be remade."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(fixed), UTC).date() if fixed.isdigit() else clock.today()


def check_reader(reader: str) -> None:
    """Refuse a reader that no report is made for.

    Raises
    ------
    RequestError
        With the readers there are.
    """
    if reader not in READERS:
        raise RequestError(
            f"Lecteur « {reader} » inconnu.", f"Choisir parmi : {', '.join(READERS)}."
        )


def years_of(period: str) -> tuple[int, int] | None:
    """Read a period: "" is everything, "2021" one year, "2021-2023" three.

    Raises
    ------
    RequestError
        When the text is not a period.
    """
    text = str(period).strip().replace("–", "-").replace(" ", "")
    if not text:
        return None
    parts = text.split("-")
    if len(parts) > 2 or not all(p.isdigit() and len(p) == 4 for p in parts):
        raise RequestError(
            f"Période « {period} » illisible.", "Écrire une année (2024) ou deux (2021-2024)."
        )
    first, last = int(parts[0]), int(parts[-1])
    return (min(first, last), max(first, last))


def within(experiences: pd.DataFrame, period: str, cycle: str, today: date) -> pd.DataFrame:
    """Keep the experiences that touch a period and belong to a cycle.

    An experience without an end goes on until today; one without any date is kept only when
    no period is asked for.
    """
    kept = experiences
    if cycle:
        kept = kept[kept["cycle_id"] == cycle]
    years = years_of(period)
    if years is None:
        return kept
    start = kept["started_on"].where(kept["started_on"].notna(), kept["ended_on"])
    first = start.map(lambda d: d.year if isinstance(d, date) else 9999)
    last = kept["ended_on"].map(lambda d: d.year if isinstance(d, date) else today.year)
    return kept[(first <= years[1]) & (last >= years[0])]


def undated(experiences: pd.DataFrame) -> int:
    """How many experiences have no date at all: a period leaves them out."""
    return int((experiences["started_on"].isna() & experiences["ended_on"].isna()).sum())
