"""How authorities take the experiences into account: dated events, and what is not known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from dts_research.analysis.portrait import labels
from dts_research.analysis.result import Result, counted
from dts_research.schema.catalogue import plain

# Buyers and authorities whose acts are followed, as against partners in the field.
AUTHORITIES = ("commune", "epci", "departement", "region", "bailleur_social", "ccas",
               "etablissement_scolaire", "hopital", "etat")  # fmt: skip
# After how many months without a dated event one says so.
SILENCE = 12
# A meeting, a letter, a visit: the data do not tell who took the first step.
CONTACT = "contact"


@dataclass(frozen=True)
class Thread:
    """The dated events of one authority, and what is not known about it.

    Parameters
    ----------
    events
        Rows of ``authority_events`` by date (columns date, type, label, description, document,
        evidence, structure_id).
    undocumented
        How many events rest on no document.
    silent_months
        Whole months since the last event; None without any event.
    purchases
        How many direct purchases are known, without their amounts.
    """

    actor_id: str
    who: str
    kind: str
    events: pd.DataFrame
    undocumented: int
    silent_months: int | None
    purchases: int

    @property
    def unknown(self) -> bool:
        """Nothing at all is known about this authority: no dated event, no purchase."""
        return self.events.empty and not self.purchases

    @property
    def contacts_only(self) -> bool:
        """Nothing but contacts, which may come from the structures as well as from it."""
        return not self.events.empty and bool((self.events["type"] == CONTACT).all())

    @property
    def silent(self) -> bool:
        """Nothing dated for a year or more."""
        return self.silent_months is not None and self.silent_months >= SILENCE

    @property
    def steps_back(self) -> int:
        """How many events are steps back."""
        return int((self.events["type"] == "step_back").sum())


def threads(
    events: pd.DataFrame, actors: pd.DataFrame, purchases: pd.DataFrame, *, today: date
) -> tuple[Thread, ...]:
    """Follow each authority, in alphabetical order, those without any event included.

    Parameters
    ----------
    events, actors, purchases
        Rows of ``authority_events``, ``actors`` and ``direct_purchases``.
    today
        Day from which silence is counted.
    """
    known = actors.drop_duplicates("actor_id").set_index("actor_id")
    kinds = known["type"].to_dict()
    names = known["label"].to_dict()
    followed = {a for a, kind in kinds.items() if kind in AUTHORITIES and kind != "etat"}
    bought = purchases["actor_id"].value_counts().to_dict()
    followed = (followed & _public(known, events, bought)) | set(events["actor_id"])
    order = sorted(followed, key=lambda a: plain(str(names.get(a, a))))
    told = _told(events)
    parts = dict(iter(told.groupby("actor_id", sort=False)))
    return tuple(
        _thread(
            a, str(names.get(a, a)), str(kinds.get(a, "")), parts.get(a, told.iloc[:0]),
            bought.get(a, 0), today,
        )
        for a in order
    )  # fmt: skip


def _public(known: pd.DataFrame, events: pd.DataFrame, bought: dict[str, int]) -> set[str]:
    """Authorities of the place, and the other buyers once something is known of them."""
    core = known[known["type"].isin(("commune", "epci", "departement", "region"))].index
    return set(core) | set(events["actor_id"]) | set(bought)


def _told(events: pd.DataFrame) -> pd.DataFrame:
    """Events by date, with what their codes mean."""
    types, levels = labels("authority_event_types"), labels("evidence_levels")
    told = events.loc[sorted(events.index, key=lambda i: (str(events["date"][i]), str(i)))]
    return told.assign(
        label=told["type"].map(lambda t: types.get(t, t)),
        evidence=told["evidence_level"].map(levels).astype(object),
    )


def _thread(
    actor_id: str, who: str, kind: str, mine: pd.DataFrame, bought: int, today: date
) -> Thread:
    dates = [d for d in mine["date"] if isinstance(d, date)]
    silence = months_between(max(dates), today) if dates else None
    undocumented = int(mine["document"].isna().sum())
    return Thread(actor_id, who, kind, mine, undocumented, silence, int(bought))


def months_between(first: date, last: date) -> int:
    """Whole months between two days, never negative."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return max(0, months - (last.day < first.day))


def by_type(events: pd.DataFrame) -> Result:
    """Count events by type, in the order of the code list: a description, not a ladder."""
    return counted(events["type"], labels("authority_event_types"))


@dataclass(frozen=True)
class Sum:
    """A total over structures with what each contributed: the door decides whether it shows."""

    who: str
    year: int
    hours: float
    amount: float
    hours_by_structure: tuple[float, ...]
    amount_by_structure: tuple[float, ...]
    rows: int


def bought_by_year(purchases: pd.DataFrame) -> tuple[Sum, ...]:
    """Sum declared direct purchases by year over the territory."""
    return tuple(_sum("", year, part) for year, part in purchases.groupby("year", sort=True))


def bought_by_authority(purchases: pd.DataFrame, actors: pd.DataFrame) -> tuple[Sum, ...]:
    """Sum declared direct purchases by buyer (alphabetical) and year."""
    names = actors.drop_duplicates("actor_id").set_index("actor_id")["label"].to_dict()
    groups = purchases.groupby(["actor_id", "year"], sort=True)
    sums = [_sum(str(names.get(actor, actor)), year, part) for (actor, year), part in groups]
    return tuple(sorted(sums, key=lambda s: (plain(s.who), s.year)))


def _sum(who: str, year: object, part: pd.DataFrame) -> Sum:
    by = part.groupby("structure_id")[["hours", "amount"]].sum()
    hours = tuple(float(v) for v in by["hours"])
    amount = tuple(float(v) for v in by["amount"])
    return Sum(who, int(str(year)), sum(hours), sum(amount), hours, amount, len(part))
