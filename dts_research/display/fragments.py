"""Pieces of HTML the blocks are made of: escaped texts, lists, terms, tables.

What comes from the field is never taken for markup: each text goes through `words` or
`attribute`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from html import escape
from typing import Any

from dts_research.display.style import french_date
from dts_research.display.typography import french

Data = Mapping[str, Any]
STUB = 60
BRIEF = 70
UNBROKEN = 28
BESIDE = ' class="brief"'
ANYWHERE = ' class="any"'


def words(text: Any) -> str:
    """Escape a plain text set in French typography."""
    return _words(str(text))


@lru_cache(maxsize=4096)
def _words(text: str) -> str:
    safe = escape(french(text), quote=False)
    return re.sub(r"\b1(er|re)\b", r"1<sup>\1</sup>", safe) if "1" in safe else safe


def attribute(text: Any) -> str:
    """Escape a plain text placed between the quotes of an attribute."""
    return escape(french(str(text)))


def identifier(data: Data, suffix: str = "") -> str:
    """Identifier of a block, of letters, digits and dashes only.

    Those it gives to its parts have two dashes: nobody can choose them.
    """
    plain = re.sub(r"[^A-Za-z0-9_-]", "-", str(data.get("id") or data.get("kind", "bloc")))
    return f"{plain}--{suffix}" if suffix else plain


def target(name: Any) -> str:
    """Identifier a link leads to, as `identifier` writes it on the block."""
    return identifier({"id": name})


def full_date(text: str) -> str:
    """Write an ISO date or month in French; anything else stays."""
    match = re.fullmatch(r"(\d{4}-\d{2})(-\d{2})?", text.strip())
    try:
        day = date.fromisoformat(match.group(1) + (match.group(2) or "-01")) if match else None
    except ValueError:
        return text
    return french_date(day, short=not match.group(2)) if match else text


def with_prefix(word: str, text: Any) -> str:
    """Write a word before a text, unless the text begins with it."""
    text = str(text or "").strip()
    return text if not text or text.lower().startswith(word.lower()) else f"{word} : {text}"


def tag(name: str, content: str, **attributes: str) -> str:
    """Wrap an already safe content; nothing is written for an empty one."""
    pairs = "".join(f' {k.rstrip("_").replace("_", "-")}="{v}"' for k, v in attributes.items() if v)
    return f"<{name}{pairs}>{content}</{name}>" if content else ""


def paragraphs(text: Any, **attributes: str) -> str:
    """One paragraph for each part of a text separated by an empty line."""
    parts = [part.strip() for part in re.split(r"\n\s*\n", str(text or "")) if part.strip()]
    return "".join(
        tag("p", "<br>".join(map(words, part.splitlines())), **attributes) for part in parts
    )


def listing(items: Iterable[Any], *, name: str = "ul", **attributes: str) -> str:
    """List of texts."""
    return tag(name, "".join(tag("li", words(item)) for item in items), **attributes)


def brief(text: Any) -> bool:
    """Tell whether a text is a mention of a line or two, not a sentence."""
    plain = str(text).strip()
    return len(plain) <= BRIEF and "\n" not in plain and not plain.endswith((".", "?", "!", "…"))


def terms(pairs: Iterable[tuple[Any, ...]], **attributes: str) -> str:
    """Labels and texts, those without text left out; a third member is an identifier."""
    rows = (
        f"<div{BESIDE if brief(text) else ''}{_named(*name)}>"
        f"<dt>{words(label)}</dt><dd>{paragraphs(text)}</dd></div>"
        for label, text, *name in pairs
        if str(text or "").strip()
    )
    return tag("dl", "".join(rows), **attributes)


def _named(name: str = "") -> str:
    return f' id="{name}"' if name else ""


def heading(data: Data, level: int, default: str = "") -> str:
    """Title of a block, at its place among the headings."""
    title = "" if data.get("untitled") else words(data.get("title") or default)
    return tag(f"h{min(level, 6)}", title, class_="b-title", id=identifier(data, "t"))


def section(data: Data, content: str, *, kind: str, name: str = "section") -> str:
    """Wrap a titled block, named by its own title."""
    named = identifier(data, "t") if f'id="{identifier(data, "t")}"' in content else ""
    return tag(name, content, id=identifier(data), class_=f"b {kind}", aria_labelledby=named)


def grid(columns: list[Data], rows: list[list[str]], *, caption: str, name: str) -> str:
    """Table with its caption and its heads on both axes, in a region that can be scrolled."""
    head = "".join(map(_column, columns))
    body = "".join(f"<tr>{_row(row)}</tr>" for row in rows)
    aligned = " ".join(f"r{i}" for i, c in enumerate(columns, start=1) if c.get("align") == "right")
    table = tag(
        "table",
        f'<caption id="{name}">{caption}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody>",
        class_=aligned,
    )
    wide = " wide" if len(columns) > 8 else " told" if told(columns) else ""
    wide += " short" if wide == " told" and all(brief(c) for row in rows for c in row[1:]) else ""
    return (
        f'<div class="grid{wide}" role="group" tabindex="0" aria-labelledby="{name}">{table}</div>'
    )


def _column(column: Data) -> str:
    """Head of a column; one without words is no head."""
    unit = tag("span", words(column.get("unit") or ""), class_="unit")
    said = words(str(column.get("label") or "").strip()) + unit
    return f'<th scope="col">{said}</th>' if said else "<td></td>"


def told(columns: list[Data]) -> bool:
    """Whether a table holds texts more than numbers: on a phone each row is read as a card."""
    numbers = sum(column.get("align") == "right" for column in columns)
    return len(columns) > 2 and numbers <= len(columns) // 3


def _row(row: list[str]) -> str:
    stub = ' class="long"' if row and len(row[0]) > STUB else ""
    cells = [f'<th scope="row"{stub}>{words(row[0])}</th>'] if row else []
    return "".join(cells + [_cell(text) for text in row[1:]])


def _cell(text: str) -> str:
    long = any(len(word) > UNBROKEN for word in text.split())
    return f"<td{ANYWHERE if long else ''}>{words(text)}</td>"
