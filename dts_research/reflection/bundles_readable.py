"""What a bundle shows to who opens it: a word of welcome, tables for a spreadsheet, comments."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from dts_research.display.style import SECRET, french_date, many
from dts_research.protect.disclosure import Policy
from dts_research.protect.names import mask_persons
from dts_research.reflection import bundles
from dts_research.reflection.bundles import TEXTS
from dts_research.reflection.bundles_lineage import Lineage, in_order
from dts_research.schema import Field, Schema, catalogue

# Who agreed to what is no reading: it travels with the versions only.
UNREAD = ("consents",)
# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def parts(
    about: Mapping[str, Any],
    things: Mapping[str, Mapping[str, Lineage]],
    lines: Mapping[str, Sequence[str]],
) -> Iterator[tuple[str, str]]:
    """Give the parts of a bundle by name, as texts."""
    yield bundles.READ_ME, "\n".join(_read_me(about, things, lines)) + "\n"
    for table, some in things.items():
        yield f"{bundles.VERSIONS}{table}.jsonl", "\n".join(bundles.version_lines(some)) + "\n"
        if table == TEXTS:
            yield from _readable_texts(some)
        elif table not in UNREAD:
            yield f"{bundles.TABLES}{table}.csv", _readable(catalogue().tables[table], some)
    for name, told in lines.items():
        if told:
            yield f"{bundles.LINES}{name}", "\n".join(told) + "\n"


def _readable_texts(some: Mapping[str, Lineage]) -> Iterator[tuple[str, str]]:
    for path, lineage in some.items():
        text = _last(lineage).get("text")
        if isinstance(text, str):
            yield f"{bundles.COMMENTS}{path}", text


def _last(lineage: Lineage) -> Mapping[str, Any]:
    told = [d for d, one in lineage.versions.items() if one.says is not None]
    return lineage.versions[in_order(lineage, told)[-1]].says or {}


def _readable(schema: Schema, some: Mapping[str, Lineage]) -> str:
    """Table of the last versions, for a spreadsheet to show."""
    out = io.StringIO()
    sheet = csv.writer(out, delimiter=";", lineterminator="\r\n")
    sheet.writerow(schema.titles)
    for key in sorted(some):
        says = _last(some[key])
        sheet.writerow([_cell(says.get(field.name), field) for field in schema.fields])
    return "\ufeff" + out.getvalue()


def _cell(value: Any, field: Field) -> str:
    """A cell as it is read: few people are not counted, nobody is named."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int) and field.sensitivity == "personal" and Policy().hides_people(value):
        return SECRET
    text = "" if value is None else str(value)
    if not isinstance(value, str):
        return text
    text = mask_persons(text)
    return f"'{text}" if text.startswith(FORMULA) else text


def _read_me(
    about: Mapping[str, Any],
    things: Mapping[str, Mapping[str, Lineage]],
    lines: Mapping[str, Sequence[str]],
) -> Iterator[str]:
    """Say what the file holds, what stays, and what to do with it."""
    yield f"Contributions : {about['label']}"
    state = about["state"]
    day = f", état au {french_date(datetime.fromisoformat(state).date())}" if state else ""
    yield f"Classeur « {about['workbook']} »{day}.{' Données fictives.' * about['fictional']}"
    if about["everything"]:
        yield "Ce fichier porte aussi ce que le territoire garde pour lui : ne pas le faire suivre."
    yield "\nCe qu'il contient :"
    for table, some in things.items():
        if table == TEXTS:
            yield f"- {bundles.COMMENTS} : {many(len(some), 'commentaire')}"
        elif table not in UNREAD:
            title = catalogue().tables[table].title
            yield f"- {bundles.TABLES}{table}.csv : {title}, {many(len(some), 'ligne')}"
    for name, told in lines.items():
        if told:
            yield f"- {bundles.LINES}{name} : {many(len(told), 'ligne')}"
    yield f"- {bundles.VERSIONS} : chaque version de chaque ligne, et d'où elle vient"
    if about["stayed"]:
        yield "\nCe qui reste dans le classeur, ou n'en sort pas en entier :"
        yield from (f"- {said}" for said in about["stayed"])
    yield (
        "\nPour le joindre à un autre classeur : dts merge, suivi du chemin de ce fichier.\n"
        "Les tableaux sont là pour être lus ; les corriger ici ne changerait rien : corriger dans "
        "le classeur, puis refaire le lot."
    )
