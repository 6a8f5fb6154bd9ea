"""Which submission each row of a Kobo or ODK export belongs to, and which rows are older edits."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

import pandas as pd

from dts_research.intake.kobo_columns import OWN, PARENT, REPLACED, ROOT
from dts_research.intake.sheets import Sheet

SHEET_NAME = 31  # what spreadsheets keep of the name of a sheet
_TIMES = ("_submission_time", "SubmissionDate", "__system/submissionDate", "end")
_ORDINAL = re.compile(r"\[\d+\]$")
Lookup = dict[tuple[str, ...], tuple[str, "int | None"]]


@dataclass(frozen=True)
class Links:
    """Where the rows of one sheet belong.

    Parameters
    ----------
    rows
        Index = row numbers. ``root``: first uuid of the submission; ``path``: the same with the
        place of the row in its repeats; ``main``: row of the main sheet, where it is in the file.
        A row that belongs nowhere has none of them.
    older
        Rows that a later version of the same submission replaces.
    unnamed
        Rows of submissions that carry no identifier at all: their content stands for it.
    """

    rows: pd.DataFrame
    older: frozenset[int] = frozenset()
    unnamed: frozenset[int] = frozenset()


def link(sheets: Sequence[Sheet]) -> list[Links]:
    """Link the rows of the sheets of one export, in the same order."""
    known: Lookup = {}
    found: dict[int, Links] = {}
    waiting = {i: sheet for i, sheet in enumerate(sheets)}
    for i in [i for i, sheet in waiting.items() if not is_repeat(sheet)]:
        found[i] = _link_main(waiting.pop(i), known)
    older = {row for links in found.values() for row in links.older}
    while waiting:
        there = {key[1] for key in known if key[0] == "index"}
        ready = [i for i, sheet in waiting.items() if _parents(sheet) <= there]
        i = (ready or list(waiting))[0]
        found[i] = _link_repeat(waiting.pop(i), known, older)
    return [found[i] for i in range(len(sheets))]


def is_repeat(sheet: Sheet) -> bool:
    """Tell whether a sheet holds the rows of a repeat."""
    return bool(set(PARENT) & set(sheet.columns))


def _link_main(sheet: Sheet, known: Lookup) -> Links:
    own = _first(sheet.cells, OWN)
    replaced = dict(zip(own.dropna(), _first(sheet.cells, REPLACED)[own.notna()]))
    chains = {name: _chain(name, replaced) for name in own.dropna().unique()}
    unnamed = own.isna()
    digests = [_digest(row) for row in sheet.cells.values]
    first = own.map({name: chain[-1] for name, chain in chains.items()}).astype("str")
    root = (
        _first(sheet.cells, ROOT)
        .fillna(first)
        .fillna(pd.Series(digests, sheet.cells.index, dtype="str"))
    )
    rows = pd.DataFrame({"root": root, "path": root, "main": sheet.cells.index}, root.index)
    depth = own.map({name: len(chain) for name, chain in chains.items()}).fillna(0)
    _remember(sheet, rows, known)
    order = pd.DataFrame({"root": root, "depth": depth, **_times(sheet.cells)})
    last = order.sort_values([*order.columns[1:]], kind="stable").drop_duplicates(
        "root", keep="last"
    )
    return Links(
        rows,
        older=frozenset(map(int, rows.index.difference(last.index))),
        unnamed=frozenset(map(int, rows.index[unnamed])),
    )


def _link_repeat(sheet: Sheet, known: Lookup, older: set[int]) -> Links:
    cells, seen = sheet.cells, Counter[tuple[str, int | None]]()
    rows: list[tuple[str | None, str | None, int | None]] = []
    names = _repeat_names(sheet)
    for name, keys in zip(names, _parent_keys(sheet)):
        parent = next((known[key] for key in keys if key in known), None)
        if parent is None:
            named = [key[1].partition("/")[0] for key in keys if key[0] == "uuid"]
            parent = (named[0], None) if named else None
        if parent is None:
            rows.append((None, None, None))
            continue
        seen[parent] += 1
        path = f"{parent[0]}/{name}[{seen[parent]}]"
        rows.append((parent[0].partition("/")[0], path, parent[1]))
    linked = pd.DataFrame(rows, index=cells.index, columns=["root", "path", "main"], dtype=object)
    _remember(sheet, linked, known)
    return Links(linked, older=frozenset(map(int, cells.index[linked["main"].isin(older)])))


def _remember(sheet: Sheet, rows: pd.DataFrame, known: Lookup) -> None:
    """Let the rows of a sheet be found by their index and by their keys."""
    indexes = _first(sheet.cells, ("_index",))
    owns = _first(sheet.cells, OWN if not is_repeat(sheet) else ("KEY",))
    for path, main, index, own in zip(rows["path"], rows["main"], indexes, owns):
        if isinstance(path, str):
            place = (path, None if main is None else int(main))
            if isinstance(index, str):
                known[("index", _short(sheet.name), index)] = place
            if isinstance(own, str):
                known[("uuid", own)] = place


def _parents(sheet: Sheet) -> set[str]:
    named = sheet.cells.get("_parent_table_name", pd.Series(dtype="str")).dropna().unique()
    return set(map(_short, named))


def _parent_keys(sheet: Sheet) -> list[list[tuple[str, ...]]]:
    """For each row, the keys by which its parent may be known, the surest first."""
    cells = sheet.cells
    tables = _first(cells, ("_parent_table_name",))
    columns = [
        _first(cells, names)
        for names in (("PARENT_KEY",), ("_submission_meta/rootUuid",), ("_submission__uuid",))
    ]
    found: list[list[tuple[str, ...]]] = []
    indexes = _first(cells, ("_parent_index",))
    for table, index, parent, root, own in zip(tables, indexes, *columns):
        keys: list[tuple[str, ...]] = []
        if isinstance(table, str) and isinstance(index, str):
            keys.append(("index", _short(table), index))
        keys += [("uuid", key) for key in (parent, own, root) if isinstance(key, str)]
        if isinstance(root, str):  # a parent that is not in the file is known by its first uuid
            keys.sort(key=lambda key: key[0] == "uuid" and key[1] != root)
        found.append(keys)
    return found


def _repeat_names(sheet: Sheet) -> list[str]:
    """Name of the repeat of each row: in the key of ODK, else that of the sheet or file."""
    name = repeat_name(sheet)
    keys = _first(sheet.cells, ("KEY",))
    return [repeat_of(key) if isinstance(key, str) and "/" in key else name for key in keys]


def repeat_of(path: str) -> str:
    """Name of the last repeat of a path: ``uuid/steps[2]`` is a row of ``steps``."""
    return _ORDINAL.sub("", path.rpartition("/")[2])


def repeat_name(sheet: Sheet) -> str:
    """Name of the repeat that a sheet holds."""
    name = sheet.name or PurePath(sheet.file).stem.rpartition("-")[2]
    return name.rpartition("/")[2][:SHEET_NAME]


def _short(name: str) -> str:
    return name.strip().casefold()[:SHEET_NAME]


def _first(cells: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    """First identifier filled among some columns, without the mark that opens a uuid."""
    found = pd.Series(pd.NA, index=cells.index, dtype="str")
    for name in names:
        if name in cells:
            text = cells[name].astype("str").str.strip().str.removeprefix("uuid:")
            found = found.fillna(text.where(text != ""))
    return found


def _times(cells: pd.DataFrame) -> dict[str, pd.Series]:
    return {name: cells[name].fillna("") for name in _TIMES if name in cells}


def _chain(name: str, replaced: dict[str, object]) -> list[str]:
    """A submission, the one it replaces, and so on to the first."""
    chain = [name]
    while isinstance(before := replaced.get(chain[-1]), str) and before not in chain:
        chain.append(before)
    return chain


def _digest(row: Sequence[object]) -> str:
    text = "\x1f".join(str(cell) for cell in row if isinstance(cell, str))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
