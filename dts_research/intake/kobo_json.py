"""Submissions of Kobo or ODK in JSON: the same sheets as in the spreadsheet export.

Read: answers of the programming interface (``{"count": ..., "results": [...]}``, a bare list,
the ``value`` of ODK Central), and files that hold a form with its submissions, or several
versions of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dts_research.errors import MaterialError
from dts_research.intake.kobo_columns import OWN, ROOT, is_export
from dts_research.intake.kobo_forms import Form, read_forms
from dts_research.intake.sheets import Grid

MAIN = "Formulaire"
MOST_COLUMNS = 2_000
_LISTS = ("submissions", "results", "value")
# Latitude, longitude, altitude, precision: what a phone writes of a point.
_POINT = re.compile(r"(-?\d{1,2}\.\d+) (-?\d{1,3}\.\d+) -?\d[\d.]* \d[\d.]*")
_UNDER = ("_index", "_parent_table_name", "_parent_index")
Row = dict[str, str | None]


@dataclass(frozen=True)
class _Sheets:
    """Rows of each sheet while a file is read, and path of a repeat -> name of its sheet."""

    write: Callable[[Any], str | None]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def place(self, path: str) -> str:
        """Name of the sheet of a repeat: its own name, unless another repeat bears it."""
        return self.names.setdefault(path, self._free(path))

    def _free(self, path: str) -> str:
        name = path.rpartition("/")[2]
        return path.replace("/", " ") if name in self.names.values() else name


def read_submissions(
    content: Any, name: str, write: Callable[[Any], str | None]
) -> list[Grid] | None:
    """Read submissions as one sheet for the forms filled and one per repeat.

    Parameters
    ----------
    content
        What the JSON says.
    name
        Name of the file.
    write
        How a plain value is written in a cell.

    Returns
    -------
    list of Grid, or None
        None when the JSON is something else; the first row of each sheet is its header.

    Raises
    ------
    MaterialError
        When there is a form, and nobody has answered it.
    """
    parts = _parts(content)
    if not parts or not all(_is_form(part) or _submissions(part) is not None for part in parts):
        return None
    if not any(_submissions(part) for part in parts):
        raise _unanswered(parts, name)
    forms = read_forms(parts)
    sheets = _Sheets(write, names={"": _title(parts)})
    for part, form in zip(parts, forms):
        for submission in _submissions(part) or []:
            _add(sheets, submission, form)
    notes = (*_pages(parts), *forms[-1].notes)
    return [
        _grid(sheet, rows, notes if i == 0 else ())
        for i, (sheet, rows) in enumerate(sheets.rows.items())
    ]


def _parts(content: Any) -> list[Any]:
    """Cut into versions of the form; a bare list of submissions is one part."""
    if isinstance(content, Mapping) and isinstance(content.get("versions"), list):
        return list(content["versions"])
    if isinstance(content, list) and not any(map(_is_form, content)):
        return [{"results": content}]
    return list(content) if isinstance(content, list) else [content]


def _is_form(part: Any) -> bool:
    if not isinstance(part, Mapping):
        return False
    inside = part.get("content")
    survey = inside.get("survey") if isinstance(inside, Mapping) else part.get("survey")
    return isinstance(survey, list) and all(isinstance(row, Mapping) for row in survey)


def _submissions(part: Any) -> list[dict[str, Any]] | None:
    """Submissions of a part; outside a form file, they are known by their technical keys."""
    if not isinstance(part, Mapping):
        return None
    found = next((part[key] for key in _LISTS if isinstance(part.get(key), list)), None)
    if found is None or not all(isinstance(item, dict) for item in found):
        return None
    sure = _is_form(part) or (found and all(map(_identified, found)))
    return found if sure else None


def _identified(submission: Mapping[str, Any]) -> bool:
    meta = submission.get("meta")
    inside = {f"meta/{key}" for key in meta} if isinstance(meta, Mapping) else set()
    keys = {*submission, *inside}
    return bool(keys & {*OWN, *ROOT} - {"_id", "KEY"}) or is_export(keys)


def _title(parts: Sequence[Mapping[str, Any]]) -> str:
    named = next((part.get("id_string") for part in parts if part.get("id_string")), None)
    first = next((s[0] for part in parts if (s := _submissions(part))), {})
    return str(named or first.get("_xform_id_string") or MAIN)


def _unanswered(parts: Sequence[Mapping[str, Any]], name: str) -> MaterialError:
    questions = sum(len(form.questions) for form in read_forms(parts)[-1:])
    return MaterialError(
        f"« {name} » contient un formulaire de {questions} question{'s' * (questions > 1)} et "
        "aucune réponse : un export des réponses était attendu.",
        "Dans KoboToolbox, onglet « Données », télécharger les réponses (XLS ou JSON).",
    )


def _pages(parts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say that the file is one page of several."""
    said = []
    for part in parts:
        there, count = len(_submissions(part) or []), part.get("count")
        if isinstance(count, int) and count > there:
            said.append(
                f"Le fichier ne contient que {there} soumissions sur {count} : une page de "
                "plusieurs ; télécharger aussi les autres."
            )
    return said


def _add(sheets: _Sheets, submission: Mapping[str, Any], form: Form) -> None:
    """Write one submission; a blank ``_uuid`` says that it is one, known or not."""
    rows = sheets.rows.setdefault(sheets.place(""), [])
    row: Row = {}
    rows.append(row)
    row |= {"_uuid": None, "_index": str(len(rows))}
    _fill(sheets, (row, "", ""), submission, form)


def _fill(sheets: _Sheets, at: tuple[Row, str, str], values: Mapping[str, Any], form: Form) -> None:
    """Write the values of a group: groups inside it in the same row, repeats in their sheets.

    `at` is the row, the path of the repeat it stands in, and the path of the group.
    """
    row, repeat, group = at
    for key, value in values.items():
        alone = not group or key.startswith(("_", f"{group}/"))
        path = key if alone else f"{group}/{key}"
        if _is_repeat(key, value):
            for item in value:
                _add_repeat(sheets, (row, repeat, path), item, form)
        elif isinstance(value, Mapping) and not _whole(key):
            _fill(sheets, (row, repeat, path), value, form)
        elif value != [] and not _counts(key, value, values):
            row[form.header(path)] = form.answer(path, _cell(value, sheets.write))
            row |= _coordinates(form.renamed(path), value)


def _add_repeat(
    sheets: _Sheets, at: tuple[Row, str, str], item: Mapping[str, Any], form: Form
) -> None:
    above, repeat, path = at
    sheet = sheets.place(form.renamed(path))
    rows = sheets.rows.setdefault(sheet, [])
    row: Row = {}
    rows.append(row)
    row |= dict(zip(_UNDER, (str(len(rows)), sheets.place(form.renamed(repeat)), above["_index"])))
    _fill(sheets, (row, path, path), item, form)


def _is_repeat(key: str, value: Any) -> bool:
    plain_key = not key.startswith("_") and isinstance(value, list) and value != []
    return plain_key and all(isinstance(item, Mapping) for item in value)


def _whole(key: str) -> bool:
    """Objects that the tool writes for itself stay in one cell; ``__system`` is a group."""
    return key.startswith("_") and key != "__system"


def _counts(key: str, value: Any, values: Mapping[str, Any]) -> bool:
    """Tell whether a value only counts the rows of a repeat beside it."""
    repeat = values.get(key.removesuffix("_count")) if key.endswith("_count") else None
    return isinstance(repeat, list) and str(len(repeat)) == str(value)


def _coordinates(path: str, value: Any) -> Row:
    """Cut a point into the columns that the spreadsheet export gives it."""
    found = _POINT.fullmatch(value) if isinstance(value, str) else None
    group, slash, name = path.rpartition("/")
    names = (f"{group}{slash}_{name}_{axis}" for axis in ("latitude", "longitude"))
    return dict(zip(names, found.groups())) if found else {}


def _cell(value: Any, write: Callable[[Any], str | None]) -> str | None:
    if isinstance(value, Mapping):
        named = value.get("label") or value.get("uid")
        return str(named) if named else json.dumps(value, ensure_ascii=False) if value else None
    if isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value):
        return json.dumps(value, ensure_ascii=False)
    return write(value)


def _grid(name: str, rows: Sequence[Row], notes: Sequence[str]) -> Grid:
    header = tuple(dict.fromkeys(key for row in rows for key in row))
    if len(header) > MOST_COLUMNS:
        raise MaterialError(
            f"Formulaire « {name} » : {len(header)} questions ; au plus {MOST_COLUMNS} sont "
            "attendues.",
            "Vérifier que ce sont bien les réponses à un même formulaire.",
        )
    return Grid(name, (header, *(tuple(row.get(key) for key in header) for row in rows)), (*notes,))
