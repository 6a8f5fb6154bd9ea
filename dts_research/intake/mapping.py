"""The source's column names beside ours: saved as TOML, found again by fingerprint.

A mapping that was proposed is kept as TOML in the folder of mappings, so that the same header
is read the same way next time. To correct it, open the file in any text editor: under
``[columns]``, each line is ``"title in the source" = "table.field"`` (the fields are those of
``dts codebook``); add a line to take one more column, delete one to leave a column aside (then
list it in ``kept_aside``); ``[why]`` says how sure each line is, and why a column is left;
``[compared]`` names a column that says a field again, only to be compared with it;
``[values."table.field"]`` turns the words of the source into our codes, ``[constants]`` gives one
value to every row. Delete the file to have it proposed again.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from dts_research.errors import MaterialError
from dts_research.intake.headers import IGNORE
from dts_research.intake.sheets import RETURNED, Sheet
from dts_research.intake.unreadable import WrongPartError, refusal
from dts_research.schema.catalogue import plain

MISSING = ("NR", "NC", "ND", "N/A", "NA", "#N/A", "null", "NaN", "None", "-", "—", "?")
_LISTS = ("key", "missing", "whole", "kept_aside", "guessed")
_PAIRS = ("why", "compared", "values", "constants")
_OTHERS = ("sheet", "fingerprint", "scope", "exact", "proposed", *_PAIRS)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Mapping:
    """How the columns of a source become fields of our tables.

    Parameters
    ----------
    source
        Name of the source, in words.
    table
        The main table: one record per key.
    columns
        Source column -> the fields (``table.field``) it feeds. Several columns may feed one
        field: values of a list are put together, otherwise the first one filled is taken.
    key
        Source columns that say which rows speak of the same record; empty when each row is a
        record of its own.
    sheet
        Name of the sheet, for the reader of the file.
    fingerprint
        Digest of the header, by which the mapping is found again.
    values
        ``table.field`` -> source value -> our code.
    constants
        ``table.field`` -> the same value for every row.
    kept_aside
        Source columns deliberately not taken.
    missing
        Texts that mean « not given ».
    whole
        List fields whose cells hold one value, commas included.
    scope
        Tells apart the ids made from keys that only mean something within this source.
    exact
        True when keys that differ by case, accents, blanks or punctuation are different.
    guessed
        Columns whose meaning was found from their content alone.
    proposed
        True when it was proposed from a header: it stands for that shape alone.
    why
        Column -> how sure we are of what it feeds and from what, or why it is left aside.
    compared
        Column left aside -> the field it says again, with which it must agree.
    told
        True when it was read from a file: what it leaves aside has been told.
    made
        Columns that are not in the file received: reception added them.
    """

    source: str
    table: str
    columns: Pairs[str, tuple[str, ...]]
    key: tuple[str, ...] = ()
    sheet: str = ""
    fingerprint: str = ""
    values: Pairs[str, Pairs[str, str]] = field(default_factory=dict)
    constants: Pairs[str, str] = field(default_factory=dict)
    kept_aside: tuple[str, ...] = ()
    missing: tuple[str, ...] = MISSING
    whole: tuple[str, ...] = ()
    scope: str = ""
    exact: bool = False
    guessed: tuple[str, ...] = ()
    proposed: bool = False
    why: Pairs[str, str] = field(default_factory=dict)
    compared: Pairs[str, str] = field(default_factory=dict)
    told: bool = field(default=False, compare=False)
    made: tuple[str, ...] = field(default=(), compare=False)

    @property
    def name(self) -> str:
        """Name of the source, under which the mapping is known."""
        return self.source

    @property
    def targets(self) -> dict[str, list[str]]:
        """``table.field`` -> the source columns that feed it, in order."""
        found: dict[str, list[str]] = {}
        for column, targets in self.columns.items():
            for target in targets:
                found.setdefault(target, []).append(column)
        return found

    @property
    def tables(self) -> list[str]:
        """Tables that it feeds, the main one first."""
        fed = [target.partition(".")[0] for target in (*self.targets, *self.constants)]
        return list(dict.fromkeys((self.table, *fed)))

    def fits(self, sheet: Sheet) -> bool:
        """Tell whether a sheet has this header, or at least all the columns it speaks of.

        A mapping that was proposed bears few columns more than those it was proposed from.
        """
        if self.fingerprint and self.fingerprint == fingerprint(sheet.columns):
            return True
        if self.proposed and not set(RETURNED) & set(sheet.columns):
            few = max(1, len(self.spoken) // 4)
            return len(self.unspoken(sheet)) <= few and self.covered_by(sheet)
        return len(self.columns) > 2 and self.covered_by(sheet)

    @property
    def spoken(self) -> tuple[str, ...]:
        """Columns of the source of which it says something."""
        return (*self.columns, *self.key, *self.kept_aside, *self.compared)

    def unspoken(self, sheet: Sheet) -> list[str]:
        """Columns of a sheet of which it says nothing."""
        said = {plain(column) for column in (*self.spoken, IGNORE, *RETURNED)}
        return [column for column in sheet.columns if plain(column) not in said]

    def covered_by(self, sheet: Sheet) -> bool:
        """Tell whether a sheet has all the columns it speaks of."""
        there = {plain(name) for name in sheet.columns}
        return {plain(column) for column in (*self.columns, *self.key)} <= there

    @classmethod
    def load(cls, path: Path | str) -> Mapping:
        """Read a mapping.

        Raises
        ------
        MaterialError
            When the file is not a mapping.
        """
        try:
            return cls._from_text(Path(path).read_text("utf-8-sig"))
        except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
            raise refusal(Path(path), error) from error

    @classmethod
    @lru_cache(maxsize=256)  # looked into for each sheet of each file
    def _from_text(cls, text: str) -> Mapping:
        raw = tomllib.loads(text)
        columns = {c: (t,) if isinstance(t, str) else tuple(t) for c, t in raw["columns"].items()}
        kept: dict[str, Any] = {name: tuple(raw[name]) for name in _LISTS if name in raw}
        kept |= {name: raw[name] for name in _OTHERS if name in raw}
        _only_texts(raw, columns)
        return cls(source=raw["source"], table=raw["table"], columns=columns, told=True, **kept)

    def save(self, path: Path | str) -> None:
        """Write the mapping as TOML, for a person to read and correct."""
        lines = [
            "# Correspondance entre les colonnes d'un fichier et les nôtres.",
            '# Corriger sous [columns] : "titre du fichier" = "table.champ" (dts codebook).',
        ]
        for name in ("source", "table", "sheet", "fingerprint", "scope"):
            lines.append(f"{name} = {quoted(getattr(self, name))}")
        lines.append(f"exact = {str(self.exact).lower()}")
        lines.append(f"proposed = {str(self.proposed).lower()}")
        for name in _LISTS:
            items = "".join(f"\n  {quoted(item)}," for item in getattr(self, name))
            lines.append(f"{name} = [{items}\n]" if items else f"{name} = []")
        lines += ["", "[columns]"]
        lines += [f"{quoted(c)} = {_targets(t)}" for c, t in self.columns.items()]
        for target, pairs in self.values.items():
            lines += ["", f"[values.{quoted(target)}]", *_pairs(pairs)]
        for name in ("constants", "compared", "why"):
            lines += ["", f"[{name}]", *_pairs(getattr(self, name))]
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _only_texts(raw: dict[str, Any], columns: Pairs[str, tuple[str, ...]]) -> None:
    """Refuse what is not text where text is expected; the error says which part."""
    parts = {"columns": [t for targets in columns.values() for t in targets]}
    parts |= {name: list(raw[name]) for name in _LISTS if name in raw}
    parts |= {name: list(raw[name].values()) for name in ("why", "compared") if name in raw}
    parts["constants"] = list(raw.get("constants", {}).values())
    parts["values"] = [v for pairs in raw.get("values", {}).values() for v in pairs.values()]
    parts |= {name: [raw.get(name, "")] for name in ("source", "table", "sheet", "fingerprint")}
    for name, texts in parts.items():
        wrong = [text for text in texts if not isinstance(text, str)]
        if wrong:
            raise WrongPartError(f"« {name} » attend du texte entre guillemets, pas {wrong[0]!r}")


def quoted(text: Any) -> str:
    """Write a text as TOML does, on one line."""
    return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "\\u007f")


def _targets(targets: tuple[str, ...]) -> str:
    if len(targets) == 1:
        return quoted(targets[0])
    return f"[{', '.join(map(quoted, targets))}]"


def _pairs(pairs: Pairs[str, str]) -> list[str]:
    return [f"{quoted(left)} = {quoted(right)}" for left, right in pairs.items()]


def fingerprint(columns: Iterable[str]) -> str:
    """Digest of a header: case, accents, blanks, order and dates do not count."""
    names = sorted(_DATE.sub("<date>", plain(name)) for name in columns)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def slug(name: str) -> str:
    """Name of a file of correspondence, from the name of what it is for."""
    return re.sub(r"\W+", "-", plain(name)).strip("-") or "correspondance"


def keep(mapping: Mapping, folder: Path, name: str) -> Path | None:
    """Save a proposed mapping under a name not taken yet; None when it cannot be written."""
    stem = slug(name)
    names = (stem, f"{stem}-{mapping.table}", f"{stem}-{mapping.table}-{mapping.fingerprint}")
    free = [Path(folder) / f"{n}.toml" for n in names if not (Path(folder) / f"{n}.toml").exists()]
    try:
        mapping.save(free[0])
    except (OSError, IndexError):
        return None
    return free[0]


@lru_cache(maxsize=1)
def ready() -> tuple[Mapping, ...]:
    """Mappings that come with the package, for known sources."""
    folder = files("dts_research.intake").joinpath("mappings")
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(Mapping._from_text(f.read_text("utf-8")) for f in found)


def saved(folder: Path | None) -> tuple[list[Mapping], list[MaterialError]]:
    """Mappings saved in a folder, and why those that cannot be read are not there.

    One that gives no column yet, to be completed by hand, does not count.
    """
    found: list[Mapping] = []
    wrong: list[MaterialError] = []
    for path in sorted(Path(folder).glob("*.toml")) if folder is not None else ():
        try:
            one = Mapping.load(path)
            found += [one] if one.columns or one.constants else []
        except MaterialError as error:
            wrong.append(error)
    return found, wrong


def find(sheet: Sheet, folder: Path | None = None, *, table: str | None = None) -> Mapping | None:
    """Find the mapping of a sheet: those saved in `folder` first, then those of the package.

    The exact header wins over a header that holds all the columns of a mapping. A saved one that
    cannot be read is passed over (`saved` says which).
    """
    fitting = [m for m in (*saved(folder)[0], *ready()) if m.fits(sheet)]
    fitting = [mapping for mapping in fitting if table in (None, mapping.table)]
    mark = fingerprint(sheet.columns)
    exact = [mapping for mapping in fitting if mapping.fingerprint == mark]
    best = exact or sorted(fitting, key=lambda m: -len(m.columns))
    return best[0] if best else None
