"""Read a file into sheets of text cells with their addresses, whatever its format."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from dts_research.errors import MaterialError, RequestError
from dts_research.intake.delimited import read_delimited
from dts_research.intake.headers import empty, with_headers
from dts_research.intake.records import read_records
from dts_research.intake.sheets import Grid, Sheet
from dts_research.intake.surveys import flattened
from dts_research.intake.synonyms import known_names
from dts_research.intake.workbooks import OLE, ZIP, read_workbook

__all__ = ["Sheet", "read_grids", "read_table", "tables_of"]

PAGE = "une page web"
KINDS = {
    "un PDF": re.compile(rb"\s*%PDF-"),
    "une image": re.compile(rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a"),
    PAGE: re.compile(rb"(\xef\xbb\xbf)?\s*(<!doctype html|<html)", re.IGNORECASE),
}
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".ods")
READERS: dict[str, Callable[[Path], list[Grid]]] = {
    **dict.fromkeys((*WORKBOOKS, ".xls"), read_workbook),
    **dict.fromkeys((".csv", ".tsv", ".txt"), read_delimited),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), read_records),
}


def read_table(path: Path | str, *, sheet: str | None = None) -> list[Sheet]:
    """Read all the sheets of a file, or only the one named.

    Raises
    ------
    RequestError
        When the file or the sheet is not there.
    MaterialError
        When the file cannot be read: empty, damaged, locked, too big, of an unknown format.
    """
    grids = read_grids(path)
    if sheet is not None:
        names = [grid.name for grid in grids]
        if sheet not in names:
            raise RequestError(
                f"« {Path(path).name} » n'a pas de feuille « {sheet} ».",
                f"Choisir parmi : {', '.join(names)}.",
            )
        grids = [grid for grid in grids if grid.name == sheet]
    return tables_of(Path(path).name, grids)


def read_grids(path: Path | str) -> list[Grid]:
    """Read all the cells of a file, before any header is found; errors as `read_table`."""
    path = Path(path)
    if path.is_dir():
        raise RequestError(
            f"« {path.name} » est un dossier : un fichier est attendu.",
            "Sortir du dossier les fichiers à recevoir, ou les nommer un par un.",
        )
    if not path.is_file():
        raise RequestError(f"Le fichier « {path} » n'existe pas.", "Vérifier son nom.")
    return [flattened(grid) for grid in _reader(path)(path)]


def tables_of(file: str, grids: list[Grid]) -> list[Sheet]:
    """Turn the cells of a file into its tables.

    Raises
    ------
    MaterialError
        When there is nothing under any header.
    """
    found = [sheet for grid in grids for sheet in with_headers(grid, file=file, known=_known())]
    if not found or all(sheet.cells.empty for sheet in found):
        raise empty(file)
    return found


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return known_names()


def _refuse_others(path: Path, start: bytes) -> None:
    """Say what a file is that no table can be read from; some .xls are pages that can."""
    for kind, sign in KINDS.items():
        if sign.match(start) and (kind != PAGE or path.suffix.lower() in WORKBOOKS):
            raise MaterialError(
                f"« {path.name} » est {kind}, pas un classeur.",
                "Demander le fichier d'origine, au format .xlsx, .ods ou .csv.",
            )


def _reader(path: Path) -> Callable[[Path], list[Grid]]:
    """Choose by content first: files are often named wrongly."""
    with path.open("rb") as file:
        start = file.read(1024)
    if not start.strip():
        raise empty(path.name)
    if start.startswith((ZIP, OLE)):
        return read_workbook
    _refuse_others(path, start)
    reader = READERS.get(path.suffix.lower())
    if reader is read_workbook and path.suffix.lower() != ".xls":
        raise MaterialError(
            f"« {path.name} » n'est pas un classeur : son contenu ne correspond pas à son nom.",
            "L'ouvrir dans un tableur et l'enregistrer à nouveau au format .xlsx.",
        )
    if reader is None:
        raise MaterialError(
            f"« {path.name} » : format non reconnu.",
            f"Formats lus : {', '.join(READERS)}.",
        )
    return reader
