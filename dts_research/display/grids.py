"""Tables of a report: columns, rows as texts, source and note always in the same place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dts_research.analysis.portrait import labels
from dts_research.analysis.result import listed
from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.captions import cells, frame, source
from dts_research.display.fields import Column
from dts_research.display.style import NOT_GIVEN, french_date, listing
from dts_research.workbook.material import Material

NUMBERS = frozenset({"Fiches", "Appuis", "Lues", "Acceptées", "En quarantaine", "Doublons",
                     "Lieux", "Manquants", "Sur", "Événements"})  # fmt: skip


def grid(
    material: Material,
    name: str,
    title: str,
    columns: Mapping[str, Sequence[Any]],
    *,
    note: str = "",
    produced: str = "fiches d'expérience",
    annex: bool = False,
) -> Block:
    """Make a table block from columns.

    Parameters
    ----------
    name
        Stable French identifier of the table.
    columns
        Head -> one value per row; the first column names the rows.
    annex
        Long tables that belong at the end.
    """
    heads = [Column(label=head, align="right" if head in NUMBERS else "left") for head in columns]
    return blocks.table(
        id=name, title=title, columns=heads, rows=cells(frame(columns)),
        source=source(material, produced), note=note, annex=annex,
    )  # fmt: skip


def named(codelist: str, value: Any) -> str:
    """Write the labels of the codes of a cell."""
    names = labels(codelist)
    return listing([names.get(code, code) for code in listed(value)]) or NOT_GIVEN


def period(start: Any, end: Any, stage: Any = "") -> str:
    """Write when something took place, as far as is known."""
    first = french_date(start, short=True) if isinstance(start, date) else ""
    last = french_date(end, short=True) if isinstance(end, date) else ""
    if not first and not last:
        return NOT_GIVEN
    if not last:
        return f"{first}, sans fin notée" if stage in ("terminee", "arretee") else f"depuis {first}"
    return f"{first or '?'} – {last}" if first != last else last


def iso(day: Any) -> str:
    """Date of a block: ISO, written in full when a document is made."""
    return day.isoformat() if isinstance(day, date) else ""


def carriers(material: Material) -> dict[str, str]:
    """Name of the structure that carries each experience, as this audience may read it."""
    names = door.names(material)
    return {
        r.experience_id: door.words(
            names.get(r.structure_id) if isinstance(r.structure_id, str) else r.organisation,
            missing=door.words(r.organisation),
        )
        for r in door.rows(material, "experiences").itertuples()
    }


def seats(material: Material) -> dict[str, str]:
    """Communes of each experience, else its département."""
    communes, departements = material.geography.commune_names, material.geography.departement_names
    found: dict[str, list[str]] = {}
    for r in door.rows(material, "experience_places").itertuples():
        place = communes.get(r.commune_code) or departements.get(r.departement_code)
        if place and place not in found.setdefault(r.experience_id, []):
            found[r.experience_id].append(place)
    return {key: listing(places) for key, places in found.items()}
