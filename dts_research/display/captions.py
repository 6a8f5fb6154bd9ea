"""What stands around every chart and table: who and where, source, how to read, nothing to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.style import (
    NOT_GIVEN,
    NOT_PUBLISHED,
    agree,
    french_date,
    french_number,
    listing,
    many,
)
from dts_research.store.clock import day_of
from dts_research.workbook.material import Material, years_of

TITLE_WORDS = 15


def where(material: Material) -> str:
    """Name of the territory, standing alone: « Saône-et-Loire »."""
    return door.words(material.territory.label)


@door.once
def when(material: Material) -> str:
    """Period told by the parameters, else by the dates of the experiences."""
    asked = years_of(material.period)
    if asked:
        return "–".join(map(str, dict.fromkeys(asked)))
    experiences = material.experiences
    days = [d for c in ("started_on", "ended_on") for d in experiences[c]]
    open_end = experiences["ended_on"].isna() & experiences["started_on"].notna()
    open_end &= experiences["stage"] == "en_cours"
    days += [material.today] * bool(open_end.any())
    years = sorted({d.year for d in days if isinstance(d, date)})
    if not years:
        return "période non renseignée"
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"


def subtitle(material: Material, caption: Caption) -> str:
    """Second line of a figure: what is counted, where, when."""
    place = caption.place or where(material)
    place = "ensemble du réseau" if material.whole_network else place
    return f"{caption.measure}, {place}, {caption.period or when(material)}"


def source(material: Material, what: str = "fiches d'expérience") -> str:
    """Who produced the data, from which files, at which date."""
    workbook = f"classeur « {material.workbook_name} »" if material.workbook_name else "classeur"
    count = len(received(material))
    files = f", {many(count, 'fichier reçu', 'fichiers reçus')}" if count else ""
    last = _last_day(material.sources)
    day = f", état au {french_date(last)}" if last else ""
    fiction = " ; données fictives" if material.fictional else ""
    return f"{what[:1].upper()}{what[1:]}, {workbook}{files}{day}{fiction}"


def made_from(material: Material) -> str:
    """What a report is made of: « à partir de 14 fiches d'expérience…, état au… »."""
    counted = {
        ("fiche d'expérience", "fiches d'expérience", "une"): "experiences",
        ("fait sur les collectivités", "faits sur les collectivités", "un"): "authority_events",
    }
    parts = []
    for (singular, plural, one), table in counted.items():
        count = len(door.rows(material, table))
        if count:
            told = f"d'{one} {singular}" if count == 1 else f"de {french_number(count)} {plural}"
            parts.append(told)
    if not parts:
        return "sans fiche d'expérience ni fait sur les collectivités"
    last = _last_day(material.sources)
    day = f", état au {french_date(last)}" if last else ""
    return f"à partir {' et '.join(parts)}{day}"


@door.once
def received(material: Material) -> pd.DataFrame:
    """Files received, each once: the first arrival of the last version of each."""
    if material.sources.empty:
        return material.sources
    first = material.sources.drop_duplicates("sha256", keep="first")
    return first.drop_duplicates("file", keep="last")


def _last_day(sources: pd.DataFrame) -> date | None:
    if sources.empty or "received_at" not in sources.columns:
        return None
    return day_of(str(max(sources["received_at"])))


def short(title: str) -> str:
    """Hold a title to fifteen words."""
    kept = title.split()
    words = [w for w in kept if any(c.isalnum() for c in w)]
    if len(words) <= TITLE_WORDS:
        return title
    return " ".join(kept[: TITLE_WORDS + len(kept) - len(words)]).rstrip(" ,;:") + "…"


def no_sheet(material: Material) -> str:
    """Say why there is no experience to show."""
    kept = door.withheld(material, "experiences")
    if kept:
        stay = agree(kept, "n'est pas destinée", "ne sont pas destinées")
        here = "du réseau" if material.whole_network else "de ce territoire"
        return f"{many(kept, 'fiche')} {here} {stay} à ce public."
    undated = int(material.withheld.get("undated", 0))
    if undated:
        have = agree(undated, "n'a pas de date", "n'ont pas de date")
        return f"{many(undated, 'fiche')} {have} : la période demandée les laisse de côté."
    if material.period:
        return "Aucune fiche d'expérience de ce territoire ne porte sur la période demandée."
    if material.cycle:
        name = door.words(material.cycle)
        return f"Aucune fiche d'expérience de ce territoire n'est du cycle « {name} »."
    none = "Ce classeur ne contient encore aucune fiche d'expérience pour ce territoire"
    unplaced = int(material.others["departement_code"].isna().sum())
    which = agree(unplaced, "fiche attend", "fiches attendent")
    told = f" ; {unplaced} {which} un lieu pour paraître dans un territoire" if unplaced else ""
    return f"{none}{told}."


def silent(count: int, what: str) -> str:
    """Say that no sheet gives a field: « Aucune des 7 fiches ne dit sa mission. »."""
    if count == 1:
        return f"La seule fiche ne dit pas {what}."
    return f"Aucune des {french_number(count)} fiches ne dit {what}."


def none_of(material: Material, table: str, what: str, text: str) -> str:
    """Say that nothing is known, or that something is known and kept from this audience.

    Parameters
    ----------
    table
        Table that would hold it.
    what
        Its plural name: « achats directs ».
    text
        Sentence when nothing is known at all.
    """
    kept = door.withheld(material, table)
    if not kept:
        return text
    return f"Des {what} sont notés dans ce classeur ; ils ne sont pas destinés à ce public."


def mark_of(material: Material, *tables: str) -> str:
    """Mark of an absence: kept from this audience is not the same as never given."""
    return NOT_GIVEN if door.whole(material, *tables) else NOT_PUBLISHED


def from_elsewhere(material: Material, rows: pd.DataFrame) -> str:
    """Say of a register how much of it was said at another level than this very territory.

    « 16 sur 16 viennent d'un autre échelon : Saône-et-Loire. », "" where nothing does.
    """
    said = rows["territory_id"].fillna("").astype(str)
    away = said[said != material.territory.id]
    if away.empty or material.whole_network:
        return ""
    known = door.rows(material, "territories")
    names = {"": "ensemble du réseau", **material.geography.departement_names}
    names |= {f"R{code}": label for code, label in material.geography.region_names.items()}
    names |= dict(zip(known["territory_id"], map(door.words, known["label"])))
    levels = sorted({names.get(key, key) for key in away})
    come = agree(len(away), "vient", "viennent")
    other = agree(len(levels), "d'un autre échelon", "d'autres échelons")
    return f"{len(away)} sur {len(rows)} {come} {other} : {listing(levels)}."


def unsaid(missing: int, total: int, what: str, plural: str = "") -> str:
    """Say how many records are silent, or nothing when none is."""
    if not missing:
        return ""
    sheets = f"{many(missing, 'fiche')} sur {french_number(total)}"
    return f" {sheets} {agree(missing, what, plural)}."


@dataclass(frozen=True)
class Caption:
    """Words of one figure.

    Parameters
    ----------
    message
        Title: what the figure says, in fifteen words at most.
    measure
        What is counted, on what.
    alt
        Kind of drawing, message, values that matter.
    reading
        How to read one mark, and the limits.
    produced
        What kind of record the figure rests upon.
    """

    message: str
    measure: str
    alt: str
    reading: str = ""
    produced: str = "fiches d'expérience"
    period: str = ""
    place: str = ""


def cells(frame: pd.DataFrame) -> list[list[str]]:
    """Write every cell of a table as a text."""
    return [[cell(value) for value in row] for row in frame.itertuples(index=False)]


def cell(value: Any) -> str:
    """Write one value: numbers and dates the French way, blanks said."""
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return french_date(value)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if value is None or pd.isna(value):
        return NOT_GIVEN
    return french_number(float(value), decimals=1)


def nothing(name: str, title: str, text: str, *, mark: str = NOT_GIVEN) -> Block:
    """Say that there is nothing to show, and what is missing."""
    return blocks.absence(id=name, title=title, mark=mark, text=text)


def frame(columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Make the table behind a figure."""
    return pd.DataFrame({name: list(values) for name, values in columns.items()}, dtype=object)
