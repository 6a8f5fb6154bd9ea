"""What a form asks: the tables a member fills in, their questions in order, from the one schema.

Whatever is not named here is asked: a new field of a table comes last in its last part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from dts_research.schema.catalogue import Catalogue, Codelist, Field, Schema, catalogue

MAIN = "experiences"
TABLES = (
    MAIN, "experience_places", "experience_steps", "quotes", "actors", "experience_actors",
)  # fmt: skip
# What reception finds out by itself, what belongs to the facilitator or to the researcher.
NOT_ASKED = {
    "": ("updated_on",),
    MAIN: ("structure_id", "cycle_id", "source_themes", "authority_ids", "review_status"),
    "experience_places": (
        "territory_id", "commune_code", "departement_code", "epci_code", "region_code", "evidence",
        "stated_region", "contradiction", "contradiction_note", "source",
    ),
    "experience_steps": ("source",),
    "quotes": ("contradicts_figures", "source"),
    "actors": ("siren", "buyer_category", "territory_id", "source"),
    "experience_actors": ("source",),
}  # fmt: skip
PARTS = {
    "identite": (
        "La fiche", "title organisation missions themes sector stage started_on ended_on",
    ),
    "recit": ("Le récit", "summary context need human_means financial_means"),
    "epreuve": (
        "Ce qui a marché, ce qui a résisté",
        "what_worked what_resisted surprises obstacles levers",
    ),
    "effets": ("Les effets", "observed_effects evidence_level people_count"),
    "lecons": (
        "Ce qu'on en retient", "transfer_conditions would_do_differently open_questions",
    ),
    "partage": (
        "Qui écrit, qui peut lire", "writer_role companion_role written_on url source diffusion",
    ),
}  # fmt: skip
FIRST = {
    "experience_places": "experience_id stated_label stated_postal_code stated_departement",
    "actors": "actor_id label type",
}
HINTS = {
    "experiences.experience_id": "Votre sigle, l'année, un numéro (RELAIS-2026-01), une seule "
    "fois par fiche : il relie à la fiche ses lieux, ses étapes, ses paroles",
    "experiences.organisation": "Nom de la structure ou du collectif qui porte l'expérience",
    "experiences.diffusion": "Jusqu'où la fiche peut circuler ; sans réponse, elle ne sort pas "
    "du territoire",
    "experience_places.stated_label": "Nom de la commune où cela se passe",
    "experience_places.stated_commune_code": "Code INSEE de la commune, cinq caractères, "
    "s'il est connu",
    "experience_places.stated_departement": "Code ou nom du département",
    "experience_places.stated_postal_code": "Cinq chiffres",
    "experience_places.address": "Numéro et rue, s'ils aident à situer",
    "experience_places.latitude": "Degrés décimaux, seulement s'ils sont connus",
    "experience_places.longitude": "Degrés décimaux, seulement s'ils sont connus",
    "actors.actor_id": "Des lettres et un numéro, une seule fois par acteur",
}
# So few answers are explained one by one.
SHORT_LIST = 5
# A date that cannot come before another; an answer that is asked after another only.
AFTER = {"ended_on": "started_on"}
ASKED_WHEN = {"ended_on": ("stage", ("terminee", "arretee", "essaimee"))}
# What our workbook holds besides the rows to fill in.
EXAMPLE, NO_EXAMPLE = "Exemple", "—"
LISTS, GUIDE = "Listes", "Mode d'emploi"


@dataclass(frozen=True)
class Question:
    """One field as it is asked.

    Parameters
    ----------
    field
        The field.
    hint
        What to write, in one French sentence.
    codelist
        The closed list it is chosen from, or None.
    refers_to
        Table of the form whose key is to be written, or None.
    is_key
        True for the key of the table.
    """

    field: Field
    hint: str
    codelist: Codelist | None = None
    refers_to: str | None = None
    is_key: bool = False

    @property
    def required(self) -> bool:
        """Whether the form asks for an answer."""
        return self.field.required or self.field.required_in_form

    @property
    def kind(self) -> str:
        """Way to answer: ``one`` or ``several`` of a list, ``link``, ``long``, or the type."""
        if self.codelist is not None:
            return "several" if self.field.is_list else "one"
        if self.refers_to is not None:
            return "link"
        return "long" if self.field.long else self.field.type

    @property
    def meanings(self) -> dict[str, str]:
        """What each answer of a short list commits to: label -> definition, none when untold."""
        codes = self.codelist
        if codes is None or len(codes.labels) > SHORT_LIST:
            return {}
        told = {label: codes.definitions.get(code, "") for code, label in codes.labels.items()}
        return {label: text for label, text in told.items() if text not in ("", label)}

    @property
    def example(self) -> str:
        """An answer as a person writes it: labels, day/month/year, decimal comma."""
        text = self.field.example
        if self.codelist is not None:
            return " | ".join(self.codelist.label(code) for code in text.split("|") if code)
        if self.field.type == "date" and text:
            return f"{date.fromisoformat(text):%d/%m/%Y}"
        return text.replace(".", ",") if self.field.type == "number" else text


@dataclass(frozen=True)
class Part:
    """Questions that are asked together."""

    name: str
    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class FormTable:
    """One table of the form."""

    schema: Schema
    parts: tuple[Part, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """All its questions, in order."""
        return tuple(question for part in self.parts for question in part.questions)


def form_tables(source: Catalogue | None = None) -> tuple[FormTable, ...]:
    """Give the tables that a member fills in, the main one first.

    Parameters
    ----------
    source
        The catalogue; that of the package by default.
    """
    ours = source or catalogue()
    schemas = [ours.tables[name] for name in TABLES]
    return tuple(FormTable(schema, tuple(_parts(schema, ours))) for schema in schemas)


def hanging(tables: tuple[FormTable, ...]) -> tuple[FormTable, ...]:
    """Give the tables that need nothing but the main one, so that they can be asked inside it."""
    return tuple(
        table
        for table in tables
        if {target for _, target in table.schema.foreign_keys} == {tables[0].schema.name}
    )


def _parts(schema: Schema, ours: Catalogue) -> Iterator[Part]:
    asked = {q.field.name: q for q in _questions(schema, ours)}
    if schema.name != MAIN:
        order = dict.fromkeys((*FIRST.get(schema.name, "").split(), *asked))
        yield Part(schema.name, schema.title, tuple(asked[name] for name in order))
        return
    named = {name: words.split() for name, (_, words) in PARTS.items()}
    placed = {field for fields in named.values() for field in fields}
    first, last = next(iter(named)), list(named)[-1]
    named[first].insert(0, schema.key)
    named[last] += [name for name in asked if name not in placed and name != schema.key]
    for name, fields in named.items():
        yield Part(name, PARTS[name][0], tuple(asked[f] for f in fields if f in asked))


def _questions(schema: Schema, ours: Catalogue) -> Iterator[Question]:
    """Questions of a table: its key only where another table of the form has to name it."""
    targets = {t for name in TABLES for _, t in ours.tables[name].foreign_keys}
    skipped = {*NOT_ASKED[""], *NOT_ASKED.get(schema.name, ())}
    links = {name: table for name, table in schema.foreign_keys if table in TABLES}
    if schema.name not in targets:
        skipped.add(schema.key)
    for field in schema.fields:
        if field.name not in skipped:
            yield Question(
                field,
                HINTS.get(f"{schema.name}.{field.name}", field.description),
                codelist=ours.codelists.get(field.codelist or ""),
                refers_to=links.get(field.name),
                is_key=field.name == schema.key,
            )


@lru_cache(maxsize=1)
def printed_above() -> frozenset[str]:
    """What our workbook prints above its headers: titles of the tables, the example line."""
    tables = form_tables()
    examples = (question.example for table in tables for question in table.questions)
    return frozenset((EXAMPLE, NO_EXAMPLE, *(table.schema.title for table in tables), *examples))
