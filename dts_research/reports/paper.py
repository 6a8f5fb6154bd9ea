"""The form on paper: a blank sheet to write on by hand, in A4."""

from __future__ import annotations

from typing import Any

from dts_research.display.typography import typeset
from dts_research.reports.document import Document
from dts_research.reports.pages import front
from dts_research.reports.typst import written
from dts_research.schema.catalogue import Catalogue
from dts_research.schema.forms import FormTable, Part, Question, form_tables

TITLE = "Fiche d'expérience"
# On a sheet, nobody writes identifiers: whoever types it in makes them.
LEFT_OUT = {"experience_id", "actor_id", "latitude", "longitude", "stated_commune_code", "siret",
            "commune_code", "outside_network", "url"}  # fmt: skip
SHARED = "diffusion"
LABELS = {
    "organisation": "Structure porteuse", "stated_label": "Commune", "label": "Organisation",
    "stated_postal_code": "Code postal", "stated_departement": "Département",
    "address": "Adresse", "type": "Type",
}  # fmt: skip
LINES = {"summary": 4, "what_worked": 5, "what_resisted": 5, "human_means": 2}
ROWS = {"experience_places": 3, "experience_steps": 4, "actors": 4, "quotes": 3}
TALL = {"quotes": 25}
SHARES = {"long": 3.2, "date": 0.9, "boolean": 0.6, "one": 1.3}
HINTS = {"experience_places": "Ce qui est connu : une commune, un code postal, un département"}
# From so many choices on, they stand in columns, or under a table rather than in its cells.
IN_COLUMNS, IN_CELL = 6, 6
NARROW = 20
NOTICE = (
    "Raconter l'expérience telle qu'elle s'est passée : ce qui a marché, ce qui a résisté aussi.",
    "Écrire des fonctions (« la directrice », « un salarié en parcours »), jamais des noms de "
    "personnes ; ni téléphone, ni état de santé.",
    "Ce qui porte une étoile est attendu ; s'il n'y a rien à dire, écrire « rien à signaler ».",
)
Sheet = dict[str, Any]


def paper_form(source: Catalogue | None = None, *, name: str = "") -> bytes:
    """Write the blank sheet as an A4 PDF that readers of screens can read too.

    Parameters
    ----------
    source
        The catalogue; that of the package by default.
    name
        Name of the workbook, printed at the top.
    """
    document = Document(title=TITLE)
    return written(document, "form.typ", typeset(front(document) | sheet_of(source, name)), {})


def sheet_of(source: Catalogue | None = None, name: str = "") -> Sheet:
    """Give what the sheet asks, in the order of its pages."""
    tables = {table.schema.name: table for table in form_tables(source)}
    main, places, steps, quotes, actors, taking = tables.values()
    first, *parts, last = map(_part, main.parts)
    role = next(q for q in taking.questions if q.field.name == "role")
    tables_after = (_table(steps), _table(actors, role), _table(quotes))
    return {
        "name": name,
        "purpose": main.schema.description,
        "notice": list(NOTICE),
        "contents": [first, _table(places), *parts, *tables_after, last],
    }


def _part(part: Part) -> Sheet:
    asked = [_asked(q) for q in part.questions if q.field.name not in LEFT_OUT]
    return {"form": "part", "title": part.title, "rows": _in_rows(asked)}


def _in_rows(asked: list[Sheet]) -> list[list[Sheet]]:
    """Put short answers side by side, two by two (dates up to three); the others alone."""
    rows: list[list[Sheet]] = []
    for question in asked:
        most = 3 if question["kind"] == "date" else 2
        open_row = rows and rows[-1][0]["form"] == question["form"] and len(rows[-1]) < most
        if question["form"] != "alone" and open_row:
            rows[-1].append(question)
        else:
            rows.append([question])
    return rows


def _asked(question: Question) -> Sheet:
    field, kind = question.field, question.kind
    short = {"date": "day", "integer": "short", "string": "short", "number": "short"}
    return {
        "form": "alone" if field.name in ("title", "source") else short.get(kind, "alone"),
        "kind": kind,
        "label": LABELS.get(field.name, field.title),
        "hint": _hint(question),
        "meanings": _meanings(question) if field.name == SHARED else [],
        "required": question.required,
        "lines": LINES.get(field.name, 3) if kind == "long" else 1,
        "choices": _choices(question),
        "columns": _columns(_choices(question)),
    }


def _hint(question: Question) -> str:
    kinds = {"one": "une réponse", "several": "plusieurs réponses possibles"}
    if question.kind in kinds:
        return kinds[question.kind]
    return "" if question.field.name == "title" else question.hint


def _meanings(question: Question) -> list[Sheet]:
    """What a tick commits to, for whoever gives it."""
    return [{"label": label, "said": said} for label, said in question.meanings.items()]


def _choices(question: Question) -> list[str]:
    if question.kind == "boolean":
        return ["Oui"]
    return list(question.codelist.labels.values()) if question.codelist is not None else []


def _columns(choices: list[str]) -> int:
    """Give how many columns suit the labels; 0 when they hold on a line."""
    return 0 if len(choices) <= IN_COLUMNS else 4 if max(map(len, choices)) < NARROW else 3


def _table(table: FormTable, *more: Question) -> Sheet:
    """Give a table to fill in; what its rows share with the sheet is asked once, at the end."""
    hidden = {*LEFT_OUT, SHARED}
    asked = [q for q in table.questions if q.field.name not in hidden and q.refers_to is None]
    return {
        "form": "table",
        "title": table.schema.title,
        "hint": HINTS.get(table.schema.name, table.schema.description),
        "columns": [_column(question) for question in (*asked, *more)],
        "count": ROWS[table.schema.name],
        "tall": TALL.get(table.schema.name, 8.5),
    }


def _column(question: Question) -> Sheet:
    choices = _choices(question)
    return {
        "label": LABELS.get(question.field.name, question.field.title),
        "required": question.required,
        "kind": question.kind,
        "share": SHARES.get(question.kind, 2.0),
        "choices": choices if len(choices) <= IN_CELL else [],
        "words": choices if len(choices) > IN_CELL else [],
        "meanings": _meanings(question) if choices else [],
    }
