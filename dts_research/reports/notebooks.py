"""Notebooks as files: opened quickly, written back without what a reader may not see."""

from __future__ import annotations

import importlib
import json
import re
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dts_research.errors import RequestError
from dts_research.reports.names import nearest

GRAMMAR = "rfc3987_syntax"
# Stands for a line of a warning: it may hold a path of this machine.
WARNED = "[ligne d'avertissement]"
FORMAT, KERNEL = 4, "python3"
CELL_KEYS = ("tags", "alt", "titre", "jupyter", "shows")


def import_lacking(name: str, other: str) -> None:
    """Import a module as it is where another one, that it can do without, is not installed."""
    if name in sys.modules or other in sys.modules:
        return
    sys.modules[other] = None  # type: ignore[assignment]
    try:
        importlib.import_module(name)
    finally:
        del sys.modules[other]


# nbformat imports jsonschema, which would compile a grammar of addresses, 1.5 s of CPU; no
# notebook is ever checked with it.
import_lacking("jsonschema", GRAMMAR)

import nbformat  # noqa: E402  the line above comes first
from nbformat import NotebookNode  # noqa: E402

_HALF = re.compile("[\ud800-\udfff]")
_BROKEN = (OSError, ValueError, TypeError, KeyError, AttributeError)


class UnreadableNotebook(RequestError):
    """A file that is not a notebook; other reports can be made."""


def unreadable(path: Path) -> UnreadableNotebook:
    """Error that says what to do of a file that is not a notebook."""
    return UnreadableNotebook(
        f"Le fichier « {path.name} » n'est pas un carnet lisible.",
        "L'ouvrir dans JupyterLab et l'y enregistrer, ou reprendre « _model.ipynb ».",
    )


def read_notebook(path: Path) -> NotebookNode:
    """Open a notebook; one that does not say its language is in Python.

    Raises
    ------
    RequestError
        When it is missing.
    UnreadableNotebook
        When it is not a notebook.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a notebook lacks is given just below
            found = _parsed(path.read_text(encoding="utf-8"))
        for cell in found.cells:
            _mend(cell)
        told = found.metadata
        kernel = {"name": KERNEL, "display_name": "Python 3"}
        told.kernelspec = NotebookNode(kernel | told.get("kernelspec", {}))
        told.language_info = NotebookNode({"name": "python"} | told.get("language_info", {}))
    except FileNotFoundError as error:
        known = [other.name for other in path.parent.glob("*.ipynb")]
        close = nearest(path.name, known)
        fix = f"Vouliez-vous dire « {close} » ?" if close else "Corriger « plan.toml »."
        raise RequestError(f"Le carnet « {path.name} » est introuvable.", fix) from error
    except (*_BROKEN, nbformat.ValidationError) as error:
        raise unreadable(path) from error
    return found


def _parsed(text: str) -> NotebookNode:
    """Read the text of a notebook; only what is of another format is checked and mended."""
    found = nbformat.reader.reads(text)
    if found.nbformat == FORMAT and all("id" in cell for cell in found.cells):
        return found
    told = nbformat.reads(text, as_version=FORMAT)
    return nbformat.from_dict(told)  # what is converted keeps the class of the format it had


def _mend(cell: NotebookNode) -> None:
    """Give a cell the keys that programs count on, and no half of a sign."""
    str(cell.cell_type)
    cell.source = _HALF.sub("\ufffd", str(cell.source))
    cell.metadata = NotebookNode(dict(cell.metadata))
    if not isinstance(cell.metadata.get("tags", []), list):
        del cell.metadata["tags"]


def notebook_bytes(notebook: NotebookNode, cells: bytes = b"") -> bytes:
    """Give the bytes of a notebook's file; those of its cells may be known already."""
    told = cells or cells_bytes(notebook)
    return b"".join([b'{"cells":[\n', told, b"\n],\n", about_bytes(notebook)[1:], b"\n"])


def cells_bytes(notebook: NotebookNode) -> bytes:
    """Write the cells of a notebook, each on a line, so that two can be compared."""
    return b",\n".join(_json(cell).encode() for cell in notebook.cells)


def about_bytes(notebook: NotebookNode) -> bytes:
    """Write what a notebook says of itself."""
    return _json({key: value for key, value in notebook.items() if key != "cells"}).encode()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def clean(notebook: NotebookNode, values: Mapping[str, Any]) -> NotebookNode:
    """Keep what a reader may see: no path, no time, no trace of errors, stable identifiers."""
    known = ("kernelspec", "language_info", "title")
    kept = {key: notebook.metadata[key] for key in known if key in notebook.metadata}
    notebook.metadata = NotebookNode({**kept, "papermill": {"parameters": dict(values)}})
    for number, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags", [])
        cell.metadata = NotebookNode({k: v for k, v in cell.metadata.items() if k in CELL_KEYS})
        if "injected-parameters" in tags:
            cell.id = f"parametres-{number}"
        if cell.cell_type == "code":
            quiet = [one for one in map(_quiet, merged(cell.outputs)) if one is not None]
            cell.outputs = quiet
    return notebook


def merged(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Give the outputs of a cell with each stream whole, standard output before errors.

    A kernel sends its streams when it has time to: where they are cut means nothing.
    """
    whole: dict[str, NotebookNode] = {}
    kept = []
    for one in outputs:
        name = str(one.get("name")) if one.output_type == "stream" else ""
        if name in whole:
            whole[name]["parts"].append(_text(one))
            continue
        if name:
            whole[name] = one = NotebookNode(one | {"parts": [_text(one)]})
        kept.append(one)
    for one in whole.values():
        one.text = "".join(one.pop("parts"))
    for first, second in zip(range(len(kept)), range(1, len(kept))):
        if (kept[first].get("name"), kept[second].get("name")) == ("stderr", "stdout"):
            kept[first], kept[second] = kept[second], kept[first]
    return kept


def _text(output: NotebookNode) -> str:
    text = output.get("text", "")
    return "".join(text) if isinstance(text, list) else str(text)


def _quiet(output: NotebookNode) -> NotebookNode | None:
    """Take out errors and what libraries usually say; of other warnings, keep their number."""
    if output.output_type == "error":
        return None
    if output.get("name") == "stderr":
        from dts_research.reports.foreign import joined, unusual

        lines = len(unusual(joined(output.get("text"))))
        output.text = "\n".join([WARNED] * lines)
        return output if lines else None
    return output
