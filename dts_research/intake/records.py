"""JSON: submissions of a form, a list of flat objects (.json), or one object per line (.jsonl)."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from dts_research.errors import MaterialError
from dts_research.intake.delimited import read_text
from dts_research.intake.kobo_json import read_submissions
from dts_research.intake.sheets import Grid

# Other marks that Python takes for the end of a line may stand inside a JSON string.
_LINE_END = re.compile(r"[\r\n]+")
_EXPECTED = "une liste d'objets, ou un objet par ligne, est attendue"


def read_records(path: Path) -> list[Grid]:
    """Read JSON objects as rows; the header stands on row 1, object n on row n + 1.

    A list of lists is a table whose first list is the header.

    Raises
    ------
    MaterialError
        When the text is not JSON, or not a list of objects.
    """
    text, notes = read_text(path)
    content = _content(text, path)
    submissions = read_submissions(content, path.name, _text)
    if submissions is not None:
        return [replace(grid, notes=(*notes, *grid.notes)) for grid in submissions]
    objects = _objects(content)
    if len(objects) > 1 and all(isinstance(item, list) for item in objects):
        return [Grid("", tuple(tuple(map(_text, item)) for item in objects), tuple(notes))]
    if not all(isinstance(item, dict) for item in objects):
        raise MaterialError(f"« {path.name} » : {_EXPECTED}.", "Corriger le fichier.")
    header = tuple(dict.fromkeys(key for item in objects for key in item))
    rows = [tuple(_text(item.get(key)) for key in header) for item in objects]
    return [Grid("", (header, *rows), tuple(notes))]


def _content(text: str, path: Path) -> Any:
    try:
        if path.suffix.lower() == ".jsonl" or path.suffix.lower() == ".ndjson":
            return [json.loads(line) for line in _LINE_END.split(text) if line.strip()]
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        where = f" (ligne {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise MaterialError(
            f"« {path.name} » n'est pas du JSON lisible{where} : {_EXPECTED}.",
            "Corriger le fichier, ou le déposer au format .csv.",
        ) from error


def _objects(content: Any) -> list[Any]:
    if isinstance(content, dict):
        lists = [value for value in content.values() if isinstance(value, list)]
        content = lists[0] if len(lists) == 1 else [content]
    return content if isinstance(content, list) else [content]


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return "|".join(_text(item) or "" for item in value) or None
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
