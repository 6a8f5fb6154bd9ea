"""How wide a text is and where it breaks, without drawing it.

Widths are those of Source Sans 3, the typeface of the documents, with a little room so that
another sans serif fits too.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Thousandths of the size, for the characters that follow.
_WIDTHS = {
    120: "\u202f", 200: "\u00a0 ",
    250: "il.,:;'’·jI|!", 300: "f()[]-", 345: "tr/°", 422: "s*z?\"“”«»",
    460: "cvxyJ", 497: "0123456789ekLF#$+<=>–€YE", 545: "abdghnopquABCHKPRSTVXZ", 625: "DGUN→←×●○",
    665: "OQ", 725: "Mw", 800: "WæÆ—", 835: "m%œŒ@", 948: "…",
}  # fmt: skip
_WIDTH = {char: width / 1000 for width, chars in _WIDTHS.items() for char in chars}
ROOM = 1.05
BOLD = 1.06


@lru_cache(maxsize=4096)
def width(text: str, size: float = 10, *, bold: bool = False) -> float:
    """Width of a text in points.

    Parameters
    ----------
    text
        One line.
    size
        Size of the letters in points.
    bold
        Semibold letters are a little wider.
    """
    bare = (c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    total = sum(_WIDTH.get(c, 0.58) for c in bare)
    return total * size * ROOM * (BOLD if bold else 1)


def wrap(
    text: str, room: float, size: float = 10, *, bold: bool = False, most: int = 0
) -> list[str]:
    """Break a text into lines that fit; the last kept line ends with « … » when cut.

    Parameters
    ----------
    text
        Text to break.
    room
        Width available, in points.
    size, bold
        How it will be drawn.
    most
        Most lines kept; 0 for all.
    """
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size, bold=bold) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    if most and len(lines) > most:
        lines = lines[:most]
        lines[-1] = cut(f"{lines[-1]} ……", room, size, bold=bold)
    return lines


def cut(text: str, room: float, size: float = 10, *, bold: bool = False) -> str:
    """Shorten a text to what fits on one line, at the end of a word where it can."""
    if width(text, size, bold=bold) <= room and not text.endswith("……"):
        return text
    kept = text.removesuffix(" ……")
    while kept and width(f"{kept} …", size, bold=bold) > room:
        kept = kept[:-1]
    whole = kept.rpartition(" ")[0]
    if len(kept) < len(text.removesuffix(" ……")) and len(whole) * 2 > len(kept):
        kept = whole
    return f"{kept.rstrip(' ,;:-')} …"


def excerpt(text: str, length: int = 180) -> str:
    """Keep the beginning of a text, whole words or whole sentences, for a table."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    kept = text[: length + 1]
    stop = max(kept.rfind(". "), kept.rfind("? "), kept.rfind("! "))
    if stop > length * 0.5:
        return kept[: stop + 1] + " […]"
    return kept[: kept.rfind(" ")].rstrip(" ,;:") + " […]"
