"""The schema, read from Table Schema JSON files and CSV code lists: the one source of truth."""

from __future__ import annotations

import csv
import difflib
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import filterfalse
from types import MappingProxyType
from typing import Any

from dts_research.schema.transitions import Transitions

LONGEST_NAME = 160
NEAR = 0.72  # share of letters in common from which a label is suggested


def plain(text: str) -> str:
    """Fold a text for comparison: no accents, no case, single blanks, straight apostrophes."""
    if text.isascii():
        return " ".join(text.casefold().split())
    folded = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    if not folded.isascii():
        folded = "".join(filterfalse(unicodedata.combining, folded))
    return " ".join(folded.split())


def _bare(text: str) -> str:
    """Fold a text further: no full stops, no marks of the feminine or of the plural."""
    words = plain(text.replace(".", "")).split()
    return " ".join(re.sub(r"(?<=..)(?:e{1,2}s?|s|x)$", "", word) for word in words)


def _denies(text: str) -> bool:
    """Tell whether a text begins with a negation."""
    return re.match(r"(non|pas|ne|n['’]|jamais)\b", plain(text).replace("-", " ")) is not None


def nearest_name(text: str, names: Iterable[str], cutoff: float) -> str | None:
    """Return the name spelt nearest to a text, or None; pages of text are near no name."""
    if len(text) > LONGEST_NAME:
        return None
    short = [name for name in names if len(name) <= LONGEST_NAME]
    return next(iter(difflib.get_close_matches(text, short, n=1, cutoff=cutoff)), None)


@dataclass(frozen=True)
class Codelist:
    """A closed list of codes with French labels."""

    name: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str]

    def label(self, code: str) -> str:
        """Return the French label of a code, or the code itself when it is not in the list."""
        return self.labels.get(code, code)

    def code_of(self, text: str) -> str | None:
        """Return the code that a text stands for (a code or a label), or None."""
        return self._folded.get(plain(text))

    def alike(self, text: str) -> str | None:
        """Return the only code whose label differs by gender, number or full stops, or None."""
        return self._bare.get(_bare(text))

    def nearest(self, text: str) -> str | None:
        """Return the code whose label is spelt nearest to a text, or None when none is near.

        « Non faite » is not near « Faite ».
        Acronyms (« ETTI ») are words of people as labels are; our other codes are not.
        """
        if len(text) > LONGEST_NAME:
            return None
        close = nearest_name(plain(text), self._worded, NEAR)
        code = self._worded[close] if close else self._sharing_words(text)
        return code if code and _denies(self.labels[code]) >= _denies(text) else None

    def _sharing_words(self, text: str) -> str | None:
        """Return the only code whose label holds all the words of a text, or the reverse."""
        said = set(_bare(text).split())
        sharing = {
            code
            for label, code in self._bare.items()
            if said and (said <= set(label.split()) or set(label.split()) <= said)
        }
        return sharing.pop() if len(sharing) == 1 else None

    @cached_property
    def _bare(self) -> dict[str, str]:
        found: dict[str, set[str]] = {}
        for code, label in self.labels.items():
            for name in (label, code):
                found.setdefault(_bare(name), set()).add(code)
        return {name: codes.pop() for name, codes in found.items() if len(codes) == 1}

    @cached_property
    def _worded(self) -> dict[str, str]:
        acronyms = {plain(code): code for code in self.labels if code.isalpha() and code.isupper()}
        return acronyms | {plain(label): code for code, label in self.labels.items()}

    @cached_property
    def _folded(self) -> dict[str, str]:
        by_label = {plain(label): code for code, label in self.labels.items()}
        return by_label | {plain(code): code for code in self.labels}


@dataclass(frozen=True)
class Field:
    """One column of a table: name in the code, French title, type and constraints."""

    name: str
    title: str
    description: str
    type: str
    example: str = ""
    required: bool = False
    unique: bool = False
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    codelist: str | None = None
    is_list: bool = False
    required_in_form: bool = False
    long: bool = False
    sensitivity: str = "none"
    diffusion: str = "public"

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Field:
        """Read a field descriptor of a Table Schema file."""
        constraints = raw.get("constraints", {})
        return cls(
            name=raw["name"],
            title=raw["title"],
            description=raw.get("description", ""),
            type=raw["type"],
            example=_as_text(raw.get("example", "")),
            required=constraints.get("required", False),
            unique=constraints.get("unique", False),
            minimum=constraints.get("minimum"),
            maximum=constraints.get("maximum"),
            pattern=constraints.get("pattern"),
            codelist=raw.get("dts:codelist"),
            is_list="dts:list" in raw,
            required_in_form=raw.get("dts:required_in_form", False),
            long=raw.get("dts:long", False),
            sensitivity=raw.get("dts:sensitivity", "none"),
            diffusion=raw.get("dts:diffusion", "public"),
        )


@dataclass(frozen=True)
class Rule:
    """What several cells of one table must say together (the kinds are in `rules`).

    Parameters
    ----------
    kind
        Name of the rule.
    fields
        The fields it binds, in the order that the kind expects.
    severity
        ``to_confirm`` (the values are kept and the contradiction told) or ``note``.
    values
        Codes of the first field for which the rule holds.
    shapes
        Codes of the first field, each with the pattern of the second.
    by
        Fields that tell one whole from another.
    total, at_most
        What the parts of a whole come to, exactly or at most.
    """

    kind: str
    fields: tuple[str, ...]
    severity: str = "to_confirm"
    values: tuple[str, ...] = ()
    shapes: tuple[tuple[str, str], ...] = ()
    by: tuple[str, ...] = ()
    total: float | None = None
    at_most: float | None = None

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Rule:
        """Read one entry of ``dts:rules``."""
        return cls(
            kind=raw["rule"],
            fields=tuple(raw["fields"]),
            severity=raw.get("severity", "to_confirm"),
            values=tuple(raw.get("values", ())),
            shapes=tuple(raw.get("shapes", {}).items()),
            by=tuple(raw.get("by", ())),
            total=raw.get("total"),
            at_most=raw.get("at_most"),
        )


@dataclass(frozen=True)
class Schema:
    """One table: its fields, its key, its links, rules between cells, moves of its status."""

    name: str
    title: str
    description: str
    version: str
    fields: tuple[Field, ...]
    key: str
    foreign_keys: tuple[tuple[str, str], ...] = ()
    rules: tuple[Rule, ...] = ()
    transitions: Transitions | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the fields, in order."""
        return tuple(field.name for field in self.fields)

    @property
    def titles(self) -> dict[str, str]:
        """French title -> name."""
        return {field.title: field.name for field in self.fields}

    def field(self, name: str) -> Field:
        """Return one field.

        Raises
        ------
        KeyError
            When the table has no such field.
        """
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Schema:
        """Read a Table Schema file."""
        links = tuple((k["fields"], k["reference"]["resource"]) for k in raw.get("foreignKeys", ()))
        return cls(
            name=raw["name"],
            title=raw["title"],
            description=raw["description"],
            version=raw["version"],
            fields=tuple(Field.from_json(field) for field in raw["fields"]),
            key=raw["primaryKey"],
            foreign_keys=links,
            rules=tuple(Rule.from_json(rule) for rule in raw.get("dts:rules", ())),
            transitions=Transitions.from_json(moves) if (moves := raw.get("dts:transitions"))
            else None,
        )  # fmt: skip


@dataclass(frozen=True)
class Catalogue:
    """All tables and code lists."""

    tables: Mapping[str, Schema]
    codelists: Mapping[str, Codelist]

    def label(self, codelist: str, code: str) -> str:
        """Return the French label of a code of a list."""
        return self.codelists[codelist].label(code)


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return str(value)


def _read_codelist(name: str, text: str) -> Codelist:
    rows = list(csv.DictReader(io.StringIO(text)))
    return Codelist(
        name=name,
        labels=MappingProxyType({row["code"]: row["label"] for row in rows}),
        definitions=MappingProxyType({row["code"]: row["definition"] for row in rows}),
    )


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Read the whole schema once."""
    here = files("dts_research.schema")
    raw = (json.loads(f.read_text("utf-8")) for f in here.joinpath("tables").iterdir())
    schemas = sorted((Schema.from_json(r) for r in raw), key=lambda schema: schema.name)
    lists = sorted(here.joinpath("codes").iterdir(), key=lambda f: f.name)
    codelists = [_read_codelist(f.name.removesuffix(".csv"), f.read_text("utf-8")) for f in lists]
    return Catalogue(
        tables=MappingProxyType({schema.name: schema for schema in schemas}),
        codelists=MappingProxyType({codelist.name: codelist for codelist in codelists}),
    )
