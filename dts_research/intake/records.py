"""JSON: submissions of a form, a list of flat objects (.json), or one object per line (.jsonl)."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from dts_research.errors import MaterialError
from dts_research.intake.delimited import MOST_COLUMNS, read_text
from dts_research.intake.kobo_json import read_submissions
from dts_research.intake.sheets import Grid

# Other marks that Python takes for the end of a line may stand inside a JSON string.
_LINE_END = re.compile(r"\r\n|\r|\n")
_UNREADABLE = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_NOTHING = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
FILE_BYTES = 100 * 2**20
_EXPECTED = "une liste d'objets, ou un objet par ligne, est attendue"


def read_records(path: Path) -> list[Grid]:
    """Read JSON objects as rows; the header stands on row 1, object n on row n + 1.

    Where each object has a line of its own, its row is that line. A name said twice in one object
    is read as repeated titles are: « nom », « nom (2) ». A list of lists is a table whose first
    list is the header.

    Raises
    ------
    MaterialError
        When the text is not JSON, or not a list of objects.
    """
    if path.stat().st_size > FILE_BYTES:
        raise MaterialError(
            f"« {path.name} » pèse {path.stat().st_size >> 20} Mo ; au plus {FILE_BYTES >> 20} Mo "
            "de JSON sont attendus.",
            "Le couper en plusieurs fichiers, ou le déposer au format .csv.",
        )
    text, notes = read_text(path)
    lined = path.suffix.lower() in (".jsonl", ".ndjson")
    pieces = enumerate(_LINE_END.split(text) if lined else [text], start=1)
    written = {line: piece for line, piece in pieces if piece.strip()}
    twice = _Twice()
    try:
        found = [_loaded(piece, line, twice) for line, piece in written.items()]
        content = found if lined else found[0]
        grids = read_submissions(content, path.name, _text)
        grids = grids or [_table(content, path, lines=tuple(written) if lined else ())]
    except (ValueError, RecursionError) as error:
        where = f" (ligne {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise MaterialError(
            f"« {path.name} » n'est pas du JSON lisible{where} : {_EXPECTED}.",
            "Corriger le fichier, ou le déposer au format .csv.",
        ) from error
    return [replace(grid, notes=(*notes, *twice.notes, *grid.notes)) for grid in grids]


class _Twice:
    """Names that an object says twice: Python would keep the last value and forget the first."""

    def __init__(self) -> None:
        self.names: Counter[str] = Counter()

    def object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Make an object of its pairs; names said again get a number."""
        made = dict(pairs)
        if len(made) == len(pairs):
            return made
        made = {}
        for name, value in pairs:
            ranks = (f"{name} ({n})" for n in count(2))
            free = name if name not in made else next(rank for rank in ranks if rank not in made)
            self.names[name] += free != name
            made[free] = value
        return made

    @property
    def notes(self) -> list[str]:
        """One sentence per name."""
        return [
            f"Le nom « {name} » est dit plusieurs fois dans un même objet ({times} fois en trop) : "
            f"la première valeur est lue, les suivantes sous « {name} (2) »."
            for name, times in self.names.items()
            if times
        ]


def _loaded(piece: str, line: int, twice: _Twice) -> Any:
    """Read one piece of JSON; a fault is told by its line in the file."""
    try:
        return json.loads(_clean(piece, twice), object_pairs_hook=twice.object)
    except json.JSONDecodeError as error:
        error.lineno += line - 1
        raise


def _clean(text: str, twice: _Twice) -> str:
    """Put the sign of a lost character for those that no text can hold: half pairs, and nothing."""
    if _UNREADABLE.search(text) is None:
        return text
    whole = json.dumps(json.loads(text, object_pairs_hook=twice.object), ensure_ascii=False)
    whole = whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _NOTHING.sub(r"\1" + "\ufffd", whole)


def _table(content: Any, path: Path, *, lines: tuple[int, ...] = ()) -> Grid:
    objects = _objects(content)
    if len(objects) > 1 and all(isinstance(item, list) for item in objects):
        return Grid("", tuple(tuple(map(_text, item)) for item in objects), lines=lines)
    if not all(isinstance(item, dict) for item in objects):
        raise MaterialError(f"« {path.name} » : {_EXPECTED}.", "Corriger le fichier.")
    header = tuple(dict.fromkeys(key for item in objects for key in item))
    if len(header) > MOST_COLUMNS:
        raise MaterialError(
            f"« {path.name} » : {len(header)} noms différents dans ses objets ; au plus "
            f"{MOST_COLUMNS} sont attendus.",
            "Vérifier que ce sont bien des lignes d'un même tableau.",
        )
    rows = (tuple(_text(item.get(key)) for key in header) for item in objects)
    return Grid("", (header, *rows), _around(content), lines=(0, *lines) if lines else ())


def _around(content: Any) -> tuple[str, ...]:
    """Say what stands beside the one list of an object, which is not read."""
    if not isinstance(content, dict) or _objects(content) == [content]:
        return ()
    beside = [f"« {key} »" for key, value in content.items() if not isinstance(value, list)]
    return (f"Autour de la liste, non lu : {', '.join(beside)}.",) if beside else ()


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
