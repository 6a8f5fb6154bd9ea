"""The form as an XLSForm, for KoboToolbox and ODK: on a phone, without a network.

Questions are named as our fields, closed lists as ours, choices as our codes, repeats as the
tables that hang on the main one: what comes back needs no mapping. Ids are made at reception.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import xlsxwriter

from dts_research.schema.catalogue import Catalogue, Codelist, catalogue
from dts_research.schema.forms import AFTER, ASKED_WHEN, FormTable, Question, form_tables, hanging

LANGUAGE = "Français (fr)"
YES_NO = "oui_non"
SHARED = "diffusion"
# From so many choices on, a list opens on demand.
LONG_LIST = 15
_LABEL, _HINT = f"label::{LANGUAGE}", f"hint::{LANGUAGE}"
_REFUSAL, _NEEDED = f"constraint_message::{LANGUAGE}", f"required_message::{LANGUAGE}"
SURVEY = ("type", "name", _LABEL, _HINT, "required", _NEEDED, "constraint", _REFUSAL, "relevant",
          "appearance", "calculation")  # fmt: skip
CHOICES = ("list_name", "name", _LABEL)
SETTINGS = ("form_title", "form_id", "version", "default_language", "instance_name", "style")
_TYPES = {"long": "text", "string": "text", "link": "text", "number": "decimal",
          "boolean": f"select_one {YES_NO}", "date": "date", "integer": "integer"}  # fmt: skip
_WELCOME = (
    "Raconter une expérience de terrain, telle qu'elle s'est passée. Écrire des fonctions, jamais "
    "des noms de personnes ; ni téléphone, ni état de santé. Ce qui est obligatoire porte une "
    "étoile ; s'il n'y a rien à dire, écrire « rien à signaler »."
)
Row = dict[str, str]


def xlsform(source: Catalogue | None = None) -> bytes:
    """Write the form as an .xlsx XLSForm (survey, choices, settings).

    Parameters
    ----------
    source
        The catalogue; that of the package by default.
    """
    ours = source or catalogue()
    tables = form_tables(ours)
    main = tables[0].schema
    settings = (
        "Fiche d'expérience",
        "fiche_experience",
        main.version,
        LANGUAGE,
        "${title}",
        "pages",
    )
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        _write(book, "survey", SURVEY, list(_survey(tables)))
        _write(book, "choices", CHOICES, list(_choices(tables)))
        _write(book, "settings", SETTINGS, [dict(zip(SETTINGS, settings))])
    return out.getvalue()


def choice_name(code: str) -> str:
    """Name of a choice: the code, or its nearest spelling without what XLSForm refuses."""
    return re.sub(r"[^\w.\-]+", "_", code)


def code_of_choice(codelist: Codelist, name: str) -> str | None:
    """Code of a list behind the name of a choice (or a code, or a label), or None."""
    named = {choice_name(code): code for code in codelist.labels}
    return named.get(name) or codelist.code_of(name)


def _survey(tables: tuple[FormTable, ...]) -> Iterator[Row]:
    yield {"type": "note", "name": "accueil", _LABEL: _WELCOME}
    *parts, last = tables[0].parts
    for part in parts:
        yield from _group(part.name, part.title, part.questions)
    for table in hanging(tables):
        yield from _repeat(table, shared=f"../../{last.name}/{SHARED}")
    yield from _group(last.name, last.title, last.questions)


def _group(name: str, title: str, questions: tuple[Question, ...]) -> Iterator[Row]:
    yield {"type": "begin_group", "name": name, _LABEL: title, "appearance": "field-list"}
    for question in questions:
        if not question.is_key:
            yield _question(question)
    yield {"type": "end_group"}


def _repeat(table: FormTable, *, shared: str) -> Iterator[Row]:
    """Ask the rows of a table; one left blank stays blank, so that it gives no record.

    Web forms open the first row by themselves: its answers are needed once the first is given.
    """
    asked = [q for q in table.questions if q.refers_to is None and q.field.name != SHARED]
    yield {"type": "begin_repeat", "name": table.schema.name, _LABEL: table.schema.title}
    for question in asked:
        first = question is asked[0]
        needed = {"required": "" if first else _filled(asked[:1])} if question.required else {}
        yield _question(question) | needed
    calculation = f"if({_filled(asked)}, {shared}, '')"
    yield {"type": "calculate", "name": SHARED, "calculation": calculation}
    yield {"type": "end_repeat"}


def _filled(questions: list[Question]) -> str:
    return " or ".join(f"../{question.field.name} != ''" for question in questions)


def _question(question: Question) -> Row:
    field = question.field
    row = {"type": _type(question), "name": field.name, _LABEL: field.title, _HINT: _hint(question)}
    if question.required:
        row |= {"required": "yes", _NEEDED: "Cette réponse est attendue."}
    if question.kind == "long":
        row["appearance"] = "multiline"
    if question.codelist is not None and len(question.codelist.labels) > LONG_LIST:
        row["appearance"] = "minimal"
    if field.name in ASKED_WHEN:
        other, codes = ASKED_WHEN[field.name]
        row["relevant"] = " or ".join(f"${{{other}}} = '{choice_name(code)}'" for code in codes)
    return row | _constraint(question)


def _hint(question: Question) -> str:
    """What to answer, then what each answer means where that is not plain."""
    told = [f"{label} : {meaning}" for label, meaning in question.meanings.items()]
    return "\n".join([question.hint, *told])


def _type(question: Question) -> str:
    if question.codelist is None:
        return _TYPES[question.kind]
    many = "select_multiple" if question.kind == "several" else "select_one"
    return f"{many} {question.codelist.name}"


def _constraint(question: Question) -> Row:
    """What an answer must satisfy, and what is said when it does not."""
    field = question.field
    if field.name in AFTER:
        first = f"${{{AFTER[field.name]}}}"
        said = "La fin ne peut pas venir avant le début."
        return {"constraint": f"{first} = '' or . >= {first}", _REFUSAL: said}
    if field.pattern is not None:
        said = f"Écrire comme dans l'exemple : {field.example}."
        return {"constraint": f"regex(., '^(?:{field.pattern})$')", _REFUSAL: said}
    low = "" if field.minimum is None else f". >= {field.minimum:g}"
    high = "" if field.maximum is None else f". <= {field.maximum:g}"
    if not low and not high:
        return {}
    bounds = [f"au {word} {limit:g}" for word, limit in
              (("moins", field.minimum), ("plus", field.maximum)) if limit is not None]  # fmt: skip
    rule = " and ".join(filter(None, (low, high)))
    return {"constraint": rule, _REFUSAL: f"Écrire un nombre : {', '.join(bounds)}."}


def _choices(tables: tuple[FormTable, ...]) -> Iterator[Row]:
    yield {"list_name": YES_NO, "name": "oui", _LABEL: "Oui"}
    yield {"list_name": YES_NO, "name": "non", _LABEL: "Non"}
    asked = [q.codelist for t in (tables[0], *hanging(tables)) for q in t.questions]
    for codes in {codes.name: codes for codes in asked if codes is not None}.values():
        for code, label in codes.labels.items():
            yield {"list_name": codes.name, "name": choice_name(code), _LABEL: label}


def _write(book: Any, name: str, columns: tuple[str, ...], rows: list[Row]) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns) - 1, 24)
    sheet.write_row(0, 0, columns)
    for number, row in enumerate(rows, start=1):
        for place, column in enumerate(columns):
            if column in row:
                sheet.write_string(number, place, row[column])
