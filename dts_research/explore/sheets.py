"""Experiences as a list one can click, and one experience told in full; guarded by display."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from dts_research.display import blocks, door, tables
from dts_research.display.blocks import Block
from dts_research.display.fields import Labelled
from dts_research.display.style import NOT_GIVEN
from dts_research.display.tables_experiences import alone_in
from dts_research.errors import RequestError
from dts_research.schema import catalogue
from dts_research.schema.catalogue import plain
from dts_research.workbook import Material

# What situates the story comes before it; everything else comes after.
FIRST = ("Structure porteuse", "Lieu", "Période", "Étape", "Missions", "Thèmes")


@dataclass(frozen=True)
class Line:
    """One experience of the list: where, when and at which stage, and its title."""

    experience_id: str
    where: str
    title: str


def lines(material: Material) -> tuple[Line, ...]:
    """List the experiences of a material in the order of their places, then of their dates."""
    places = _places(material)
    stages = catalogue().codelists["stages"].labels
    found = []
    for row in door.rows(material, "experiences").itertuples():
        key = str(row.experience_id)
        place = _first(places.get(key, []))
        said = " · ".join(filter(None, (place, _year(row), stages.get(str(row.stage), ""))))
        found.append(Line(key, said, door.words(row.title)))
    return tuple(sorted(found, key=lambda line: (plain(line.where), line.title)))


def _places(material: Material) -> dict[str, list[str]]:
    """Name the communes of each experience, or its départements."""
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
    """Tell one experience in full: what display shows of it, its partners, the quotes allowed.

    Raises
    ------
    RequestError
        When the material holds no such experience, or keeps it from this audience.
    """
    alone = alone_in(material, experience_id)
    if door.rows(alone, "experiences").empty:
        raise RequestError(
            f"La fiche « {experience_id} » n'est pas dans ce qui est montré.",
            "Élargir les filtres, ou choisir une autre fiche.",
        )
    (told,) = tables.sheets(alone)
    said = {field["label"]: field["text"] for field in told.data["fields"]}
    said = dict.fromkeys(_asked(), NOT_GIVEN) | said | dict(_around(alone))
    fields = [Labelled(label=label, text=said[label]) for label in sorted(said, key=_rank)]
    return blocks.sheet(id=told.data["id"], title=told.data["title"], fields=fields)


def _asked() -> list[str]:
    """Titles of what our own form asks for: a blank there is said, not skipped."""
    fields = catalogue().tables["experiences"].fields
    return [field.title for field in fields if field.required_in_form]


def _rank(label: str) -> tuple[int, int]:
    """Situation, story, then the rest; each in the order of the schema."""
    if label in FIRST:
        return 0, FIRST.index(label)
    schema = catalogue().tables["experiences"]
    name = schema.titles.get(label, "")
    if name and schema.field(name).long:
        return 1, schema.names.index(name)
    return 2, 0


def _around(alone: Material) -> Iterator[tuple[str, str]]:
    names = door.names(alone)
    actors = door.rows(alone, "experience_actors")["actor_id"]
    known = dict.fromkeys(names[actor] for actor in actors if actor in names)
    if known:
        yield "Avec qui", ", ".join(known)
    quotes = door.quotes(alone)
    if not quotes.empty:
        yield (
            "Paroles",
            "\n\n".join(
                f"« {door.words(q.text)} » {door.words(q.speaker_role, missing='')}".strip()
                for q in quotes.itertuples()
            ),
        )
