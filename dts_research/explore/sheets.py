"""Experiences as a list one can click, and one experience told in full; guarded like a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from dts_research.analysis.result import listed
from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.style import NOT_GIVEN, french_date
from dts_research.errors import RequestError
from dts_research.schema import Field, catalogue
from dts_research.schema.catalogue import plain
from dts_research.workbook import Material

# What does not help a reader, or is said in the heading.
LEFT_OUT = frozenset({"experience_id", "title", "structure_id", "organisation", "cycle_id",
                      "authority_ids", "updated_on", "diffusion", "source_themes"})  # fmt: skip
# What situates the story comes before it; everything else comes after.
FIRST = ("started_on", "ended_on", "stage", "missions", "themes")


@dataclass(frozen=True)
class Line:
    """One experience of the list: where and when, and its title."""

    experience_id: str
    where: str
    title: str


def lines(material: Material) -> tuple[Line, ...]:
    """List the experiences of a material in the order of their places, then of their dates."""
    shown = door.rows(material, "experiences")
    places = where(material)
    stages = catalogue().codelists["stages"].labels
    found = []
    for row in shown.itertuples():
        key = str(row.experience_id)
        place = _first(places.get(key, []))
        said = " · ".join(filter(None, (place, _year(row), stages.get(str(row.stage), ""))))
        found.append(Line(key, said, door.words(row.title)))
    return tuple(sorted(found, key=lambda line: (plain(line.where), line.title)))


def where(material: Material) -> dict[str, list[str]]:
    """Say where each experience takes place: the commune, else the département."""
    communes = dict(zip(*(material.geography.communes[c] for c in ("code", "name"))))
    country = dict(zip(*(material.geography.departements[c] for c in ("code", "name"))))
    found: dict[str, list[str]] = {}
    for row in door.rows(material, "experience_places").itertuples():
        label = communes.get(row.commune_code) or country.get(row.departement_code)
        if label:
            found.setdefault(str(row.experience_id), []).append(str(label))
    return {e: list(dict.fromkeys(labels)) for e, labels in found.items()}


def _first(labels: list[str]) -> str:
    """Name the first place, and how many others there are."""
    more = f" + {len(labels) - 1}" if len(labels) > 1 else ""
    return f"{labels[0]}{more}" if labels else ""


def _year(row: Any) -> str:
    return str(row.started_on.year) if isinstance(row.started_on, date) else ""


def sheet(material: Material, experience_id: str) -> Block:
    """Tell one experience in full: its fields, its steps, its partners, the quotes allowed.

    Raises
    ------
    RequestError
        When the material holds no such experience, or keeps it from this audience.
    """
    shown = door.rows(material, "experiences")
    found = shown[shown["experience_id"] == experience_id]
    if found.empty:
        raise RequestError(
            f"La fiche « {experience_id} » n'est pas dans ce qui est montré.",
            "Élargir les filtres, ou choisir une autre fiche.",
        )
    row = found.iloc[0]
    fields = [*_heading(material, row), *_fields(material, row), *_around(material, experience_id)]
    return blocks.sheet(
        id=f"fiche-{blocks.slug(experience_id)}", title=door.words(row["title"]),
        fields=[{"label": label, "text": text} for label, text in fields],
    )  # fmt: skip


def _heading(material: Material, row: pd.Series) -> Iterator[tuple[str, str]]:
    names = door.names(material)
    carrier = row["organisation"]
    if not isinstance(carrier, str):
        carrier = names.get(row["structure_id"], None)
    yield "Structure porteuse", door.words(carrier)
    yield "Lieux", ", ".join(where(material).get(row["experience_id"], ())) or NOT_GIVEN


def _fields(material: Material, row: pd.Series) -> Iterator[tuple[str, str]]:
    """Every field that says something; what our own form asks for is shown even when blank."""
    kept = [f for f in catalogue().tables["experiences"].fields if f.name not in LEFT_OUT]
    for field in sorted(kept, key=_rank):
        text = _text(field, row[field.name], material)
        if text != NOT_GIVEN or field.required_in_form:
            yield field.title, text


def _rank(field: Field) -> tuple[int, int]:
    """Situation, story, then the rest; each in the order of the schema."""
    if field.name in FIRST:
        return 0, FIRST.index(field.name)
    return (1, 0) if field.long else (2, 0)


def _text(field: Field, value: Any, material: Material) -> str:
    if field.codelist:
        labels = [catalogue().label(field.codelist, code) for code in listed(value)]
        return ", ".join(labels) or NOT_GIVEN
    if field.type == "integer":
        return door.people(value, material.policy)
    if field.type == "date":
        return french_date(value)
    return door.words(value)


def _around(material: Material, experience_id: str) -> Iterator[tuple[str, str]]:
    names = door.names(material)
    steps = _mine(door.rows(material, "experience_steps"), experience_id)
    told = [f"{_when(step)}{door.words(step.event)}" for step in steps.itertuples()]
    if told:
        yield "Étapes du récit", "\n".join(told)
    actors = _mine(door.rows(material, "experience_actors"), experience_id)
    known = [names.get(actor, "") for actor in actors["actor_id"]]
    if any(known):
        yield "Avec qui", ", ".join(dict.fromkeys(filter(None, known)))
    quotes = _mine(door.quotes(material), experience_id)
    if not quotes.empty:
        said = [f"« {door.words(q.text)} » {door.words(q.speaker_role, missing='')}".strip()
                for q in quotes.itertuples()]  # fmt: skip
        yield "Paroles", "\n\n".join(said)


def _mine(frame: pd.DataFrame, experience_id: str) -> pd.DataFrame:
    return frame[frame["experience_id"] == experience_id]


def _when(step: Any) -> str:
    return f"{french_date(step.date)} : " if isinstance(step.date, date) else ""
