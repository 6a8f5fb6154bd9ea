"""Tables of what authorities took into account: each thread in full, or the last known fact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dts_research.analysis.evidence import Thread
from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.captions import mark_of, nothing
from dts_research.display.charts_authorities import threads_of
from dts_research.display.depth import FULL, full
from dts_research.display.fields import Event
from dts_research.display.grids import grid, iso, named
from dts_research.display.several import Blocks
from dts_research.display.style import NOT_GIVEN, agree, french_date, many
from dts_research.display.tables_findings import EVENTS
from dts_research.display.tables_sources import KEPT_EVENTS
from dts_research.workbook.material import Material


@door.once
def threads(material: Material) -> Blocks:
    """What each authority took into account, in alphabetical order; in short for a meeting."""
    found, whole = threads_of(material), door.whole(material, *EVENTS)
    told = [thread for thread in found if not thread.unknown]
    silent = [thread.who for thread in found if thread.unknown] if whole else []
    if not told and not silent:
        text = "Aucune collectivité n'est suivie sur ce territoire."
        text = text if whole else KEPT_EVENTS
        return Blocks((nothing("fils", NO_THREAD, text, mark=mark_of(material, *EVENTS)),))
    if not full(material) and told:
        return Blocks((_last_facts(material, found if whole else told, whole=whole),))
    made = [_thread(thread, whole=whole) for thread in told]
    return Blocks((*made, _unheard(silent)) if silent else tuple(made))


def _unheard(who: list[str]) -> Block:
    """Authorities of which nothing is noted."""
    return blocks.callout(
        id="fils-inconnus",
        tone="inconnu",
        title=many(len(who), "collectivité ou acheteur public dont rien n'est noté",
                   "collectivités et acheteurs publics dont rien n'est noté"),
        text="Cela ne veut pas dire que rien n'a eu lieu.",
        items=who,
    )  # fmt: skip


def _last_facts(material: Material, known: Sequence[Thread], *, whole: bool) -> Block:
    """One row per authority: its last dated event, or what stands instead of one."""
    last = [_last(thread) for thread in known]
    note = "Par ordre alphabétique." if whole else f"Par ordre alphabétique. {KEPT_EVENTS}"
    return grid(
        material,
        "derniers-evenements",
        TITLE if whole else SHOWN_TITLE,
        {
            "Collectivité ou acheteur public": [thread.who for thread in known],
            "Dernier événement daté": [
                _instead(thread) if fact is None else door.words(fact.description)
                for thread, fact in zip(known, last)
            ],
            "Nature": ["—" if fact is None else fact.label for fact in last],
            "Date": ["—" if fact is None else french_date(fact.date, short=True)
                     for fact in last],
            "Événements": [len(thread.events) or "aucun connu" for thread in known],
        },
        note=f"{note} Chaque fil entier, avec ses pièces : {FULL}.",
        produced="registre des collectivités",
    )  # fmt: skip


TITLE = "Le dernier événement connu de chaque collectivité ou acheteur public"
SHOWN_TITLE = "Le dernier événement que ce public peut lire, collectivité par collectivité"
NO_THREAD = "Aucun fil de prise en compte à montrer"
UNKNOWN = "Rien n'est noté : nous ne savons pas."
BOUGHT = "Des achats directs sont déclarés, sans événement daté."


def _instead(thread: Thread) -> str:
    return BOUGHT if thread.purchases else UNKNOWN


def _last(thread: Thread) -> Any:
    return None if thread.events.empty else list(thread.events.itertuples())[-1]


def _thread(thread: Thread, *, whole: bool) -> Block:
    events = [
        Event(
            date=iso(r.date), what=door.words(r.description), kind=r.label,
            evidence=r.evidence if isinstance(r.evidence, str) else NOT_GIVEN,
            document=door.words(r.document, missing="sans pièce"),
        )
        for r in thread.events.itertuples()
    ]  # fmt: skip
    count = (
        many(len(events), "événement daté", "événements datés")
        if events
        else "aucun événement daté"
    )
    return blocks.thread(
        id=blocks.slug(f"fil {thread.actor_id}"), title=thread.who,
        who=f"{named('actor_types', thread.kind)}, {count}",
        events=events, unknown=_unknown(thread) if whole else [KEPT_EVENTS],
    )  # fmt: skip


def _unknown(thread: Thread) -> list[str]:
    """What is not known about an authority."""
    if thread.events.empty:
        bought = many(thread.purchases, "achat direct est déclaré", "achats directs sont déclarés")
        return [f"{bought}, mais aucun événement daté n'est connu."]
    said = []
    days = [d for d in thread.events["date"] if isinstance(d, date)]
    if days:
        said.append(f"Dernier événement connu : {french_date(max(days), short=True)}.")
    if thread.undocumented:
        verb = agree(thread.undocumented, "ne repose", "ne reposent")
        said.append(f"{many(thread.undocumented, 'événement')} {verb} sur aucune pièce.")
    if not thread.purchases:
        said.append("Aucun achat direct déclaré : ni zéro constaté, ni achat connu.")
    if not (thread.events["type"] == "installed_practice").any():
        said.append("Aucune pratique installée n'est notée.")
    return said
