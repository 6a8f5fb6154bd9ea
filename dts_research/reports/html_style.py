"""Style of the pages: fonts inside, and looks repeated by drawings told once."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from html import unescape
from importlib.resources import files
from typing import Any

from dts_research.display.fragments import identifier, told
from dts_research.display.markup import stylesheet
from dts_research.display.typography import french, printable
from dts_research.reports.build_fonts import FAMILY

# A page shows titles in the weight of its strong words: a fourth face would weigh 26 KB more.
FACES = {"Regular": (400, "normal"), "Semibold": (600, "normal"), "Italic": (400, "italic")}
_STYLED = re.compile(r'(<(?:path|use|text|tspan|g|circle|rect|line)\b[^>]*?) style="([^"]*)"')


@cache
def style(*, italic: bool = False) -> str:
    """Style of the page with its fonts inside.

    Parameters
    ----------
    italic
        Carry the italics too, for a page that has some.
    """
    page = files("dts_research.reports").joinpath("templates/report.css").read_text("utf-8")
    return _faces(italic) + _tight(stylesheet() + page)


def _tight(css: str) -> str:
    """Leave out comments and line ends."""
    return re.sub(r"\s*\n\s*", " ", re.sub(r"/\*.*?\*/", "", css, flags=re.S))


def _faces(italic: bool) -> str:
    folder = files("dts_research.reports").joinpath("fonts")
    rules = ""
    for name, (weight, slope) in FACES.items():
        if slope == "italic" and not italic:
            continue
        font = folder.joinpath(f"{FAMILY.replace(' ', '')}-{name}.woff2").read_bytes()
        data = base64.b64encode(font).decode()
        rules += (
            f'@font-face{{font-family:"{FAMILY}";font-weight:{weight};font-style:{slope};'
            f"font-display:swap;src:url(data:font/woff2;base64,{data}) format('woff2')}}\n"
        )
    return rules


def shared_looks(body: str) -> tuple[str, str]:
    """Turn the looks that several marks of drawings share into classes.

    Returns
    -------
    tuple of str
        The rules, and the body that uses them.
    """
    counts = Counter(look for _, look in _STYLED.findall(body))
    names = {
        look: f"d{number}"
        for number, (look, count) in enumerate(counts.most_common())
        if count > 1 and "</" not in look
    }
    rules = "".join(f".dts .{name}{{{unescape(look)}}}\n" for look, name in names.items())
    return rules, _STYLED.sub(lambda match: _classed(match, names), body)


def column_heads(blocks: Iterable[dict[str, Any]]) -> str:
    """Rules that put the head of its column before each cell, where rows are read as cards."""
    rules = "".join(
        f'#{identifier(block)} td:nth-child({place})::before{{content:"{_quoted(column)}"}}\n'
        for block in blocks
        if block["kind"] == "table" and told(block["columns"])
        for place, column in enumerate(block["columns"], start=1)
        if place > 1 and str(column.get("label") or "").strip()
    )
    return f"@media screen and (max-width:40rem){{{rules}}}\n" if rules else ""


def _quoted(column: Mapping[str, Any]) -> str:
    """Head of a column as a text of a style sheet: nothing in it can end the text."""
    text = printable(french(f"{column['label']} : "))
    return "".join(c if c.isalnum() or c in " :-’" else f"\\{ord(c):x} " for c in text)


def _classed(match: re.Match[str], names: dict[str, str]) -> str:
    name = names.get(match[2])
    return f'{match[1]} class="{name}"' if name else match[0]
