"""Names of structures that may not be shown, masked wherever a text holds them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from dts_research.protect.consent import UNNAMED
from dts_research.schema.catalogue import plain

MASKED = f"[{UNNAMED['structures'].lower()}]"
_ARTICLE = re.compile(r"^(?:l['’]\s*|(?:les?|la|un|une)\s+)", re.IGNORECASE)


@dataclass(frozen=True)
class Unnamed:
    """Names that may not be shown.

    Parameters
    ----------
    names
        Name -> what stands for it when it fills a cell.
    """

    names: Mapping[str, str]

    def masked(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Mask the names in every text of a frame."""
        if not self._patterns:
            return frame
        changed = {}
        for name in frame.columns:
            column = frame[name]
            if not (pd.api.types.is_string_dtype(column) or column.dtype == object):
                continue
            told = [self._said(value) for value in column]
            if any(new is not old for new, old in zip(told, column)):
                changed[name] = pd.Series(told, index=frame.index, dtype=column.dtype)
        return frame.assign(**changed)

    def text(self, text: str) -> str:
        """Mask the names in one text, whatever their case, apostrophes and blanks."""
        whole = self._wholes.get(plain(text)) if len(text) < 200 else None
        if whole:
            return whole
        for pattern in self._patterns:
            text = pattern.sub(MASKED, text)
        return text

    def _said(self, value: Any) -> Any:
        if isinstance(value, str):
            new = self.text(value)
            return value if new == value else new
        if isinstance(value, (list, tuple)) and any(isinstance(v, str) for v in value):
            parts = type(value)(self._said(v) for v in value)
            return value if parts == value else parts
        return value

    @cached_property
    def _wholes(self) -> dict[str, str]:
        return {plain(name): label for name, label in self.names.items()}

    @cached_property
    def _patterns(self) -> list[re.Pattern[str]]:
        longest = sorted((name for name in self.names if name.strip()), key=len, reverse=True)
        return [_pattern(name.strip()) for name in longest]


def _pattern(name: str) -> re.Pattern[str]:
    """Find a name; its article may be contracted (« aux Jardins du Canal »).

    A name of one word is looked for as it is written, since it may also be an ordinary word.
    """
    rest = _ARTICLE.sub("", name)
    several = len(rest.split()) > 1
    body = r"\s+".join(_letters(word) for word in (rest if several else name).split())
    article = r"(?:\b(?:l['’]\s*|(?:les?|la)\s+))?" if several and rest != name else ""
    return re.compile(rf"{article}(?<!\w){body}(?!\w)", re.IGNORECASE if several else 0)


def _letters(word: str) -> str:
    """Spell a word with or without its accents, with either apostrophe."""
    return "".join(
        "['’]" if c in "'’" else f"[{re.escape(c + plain(c))}]" if plain(c) not in (c.lower(), "")
        and len(plain(c)) == 1 else re.escape(c) for c in word
    )  # fmt: skip
