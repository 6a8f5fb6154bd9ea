"""Filters over a material: plain values in, a narrower material out; no widget here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dts_research.analysis.result import listed
from dts_research.schema import catalogue
from dts_research.schema.catalogue import plain
from dts_research.workbook import Material
from dts_research.workbook.material import within

# What stands for « Non renseigné » in a filter.
BLANK = "-"
LABELS = {
    "territory": "Territoire", "mission": "Mission", "theme": "Thème", "period": "Période",
    "stage": "Étape", "resisted": "Ce qui a résisté",
}  # fmt: skip
# Filter -> column of the experiences and code list.
CODED = {
    "mission": ("missions", "missions"),
    "theme": ("themes", "themes"),
    "stage": ("stage", "stages"),
}
FOLLOWING = ("experience_places", "experience_steps", "experience_actors", "quotes", "codings")


@dataclass(frozen=True)
class Filters:
    """What a person asked to see; an empty text asks for everything.

    Parameters
    ----------
    territory
        Id of a territory.
    mission, theme, stage
        Codes, or ``-`` for what is not given.
    period
        ``"2021"`` or ``"2021-2024"``.
    resisted
        Words searched in « ce qui a résisté » and in the types of obstacle.
    """

    territory: str = ""
    mission: str = ""
    theme: str = ""
    period: str = ""
    stage: str = ""
    resisted: str = ""

    def as_dict(self) -> dict[str, str]:
        """Give the filters in force only, by name."""
        values = {name: str(getattr(self, name)).strip() for name in LABELS}
        return {name: value for name, value in values.items() if value}

    def in_words(self, territory_label: str = "") -> dict[str, str]:
        """Give the filters in force as French labels and values."""
        return {LABELS[n]: _said(n, v, territory_label) for n, v in self.as_dict().items()}


def _said(name: str, value: str, territory_label: str) -> str:
    if name == "territory":
        return territory_label or value
    if name == "resisted":
        return f"« {value} »"
    if value == BLANK:
        return "Non renseigné"
    if name in CODED:
        return catalogue().label(CODED[name][1], value)
    return value.replace("-", "–")


def matching(experiences: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Keep the experiences that answer the filters, territory and period apart.

    Parameters
    ----------
    experiences
        Rows of the ``experiences`` table.
    filters
        What is asked; several words in `resisted` must all be found.
    """
    kept = np.ones(len(experiences), dtype=bool)
    for name, (column, _) in CODED.items():
        if wanted := getattr(filters, name):
            kept &= np.array([_holds(cell, wanted) for cell in experiences[column]], dtype=bool)
    words = plain(filters.resisted).split()
    if words:
        texts = resistance(experiences)
        kept &= np.array([all(word in text for word in words) for text in texts], dtype=bool)
    return experiences[kept]


def _holds(cell: Any, wanted: str) -> bool:
    codes = listed(cell)
    return not codes if wanted == BLANK else wanted in codes


def resistance(experiences: pd.DataFrame) -> list[str]:
    """Give what is searched: « ce qui a résisté » and the obstacles' labels, folded."""
    names = catalogue().codelists["obstacle_types"].labels
    return [
        plain(" ".join((_text(told), *(names.get(code, code) for code in listed(met)))))
        for told, met in zip(experiences["what_resisted"], experiences["obstacles"])
    ]


def _text(cell: Any) -> str:
    return cell if isinstance(cell, str) else ""


def narrowed(material: Material, filters: Filters, *, everyone: Material) -> Material:
    """Cut a material down to what the filters ask.

    Parameters
    ----------
    material
        Material of the territory asked for, over all periods.
    filters
        What is asked.
    everyone
        Material of the whole network: what the territory is set beside answers the same filters.
    """
    own = _asked(material, filters)
    ids = set(own["experience_id"])
    frames = dict(material.frames) | {"experiences": own.reset_index(drop=True)}
    for table in FOLLOWING:
        frames[table] = _only(frames[table], ids)
    beside = ids | set(_asked(everyone, filters)["experience_id"])
    if "places_elsewhere" in frames:
        frames["places_elsewhere"] = _only(frames["places_elsewhere"], beside)
    others = material.others[material.others["experience_id"].isin(beside)]
    return replace(material, frames=frames, others=others, period=filters.period)


def _only(frame: pd.DataFrame, ids: set[str]) -> pd.DataFrame:
    return frame[frame["experience_id"].isin(ids)].reset_index(drop=True)


def _asked(material: Material, filters: Filters) -> pd.DataFrame:
    found = matching(material.experiences, filters)
    return within(found, filters.period, "", material.today)


def years(experiences: pd.DataFrame) -> tuple[int, ...]:
    """Give every year from the first beginning to the last known date."""
    dates = [d for column in ("started_on", "ended_on") for d in experiences[column] if _is_day(d)]
    found = [day.year for day in dates]
    return tuple(range(min(found), max(found) + 1)) if found else ()


def _is_day(value: Any) -> bool:
    return hasattr(value, "year") and not pd.isna(value)


def choices(experiences: pd.DataFrame, name: str) -> list[tuple[str, str]]:
    """Give the values of a coded filter met in the material, as (label, code).

    The order is that of the code list; « Non renseigné » comes last, when there are blanks.
    """
    column, codelist = CODED[name]
    labels: Mapping[str, str] = catalogue().codelists[codelist].labels
    cells = [listed(cell) for cell in experiences[column]]
    met = {code for cell in cells for code in cell}
    order = [c for c in labels if c in met] + sorted(met - set(labels))
    blank = [("Non renseigné", BLANK)] if any(not cell for cell in cells) else []
    return [(labels.get(code, code), code) for code in order] + blank


def count_sentence(shown: int, total: int) -> str:
    """Say how many experiences answer: « 12 expériences sur 69 »."""
    if not total:
        return "Aucune expérience dans ce classeur"
    if not shown:
        return f"Aucune expérience sur {total} ne répond à ces filtres"
    return f"{shown} expérience{'s' if shown > 1 else ''} sur {total}"
