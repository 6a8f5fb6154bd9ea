"""Drawings made safe to place inside a page.

Only what draws is kept: no script, no foreign content, no event, no outside address. Identifiers
are prefixed, since drawings made by the same program use the same ones.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from dts_research.display.drawings_plain import drawn_words, make_plain, name_of
from dts_research.display.paths import short_path

KEPT = frozenset((
    "svg", "g", "path", "text", "tspan", "rect", "circle", "ellipse", "line", "polyline",
    "polygon", "defs", "use", "clipPath", "title", "desc", "linearGradient", "radialGradient",
    "stop", "pattern", "marker", "symbol", "mask", "image",
))  # fmt: skip
_UNSAFE_VALUE = re.compile(
    r"url\s*\((?!#)|expression|@import|javascript:|\\|<|attr\s*\(|image-set|src\s*\(", re.I
)
_MEASURES = frozenset(("d", "x", "y", "cx", "cy", "r", "rx", "ry"))
_NUMBERS = re.compile(r"[\d.,eMLCQSTAHVZmlcqstahvz\s+-]*")
_PICTURE = re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=\s]+")
_COLOUR = re.compile(r"#([0-9a-fA-F]{6})\b|#([0-9a-fA-F]{3})\b|(?<![\w#-])(black|white)(?![\w-])")
_ACCENTS = {"12436d": "blue", "f46a25": "orange"}


@lru_cache(maxsize=64)
def safe_drawing(
    svg: str, *, prefix: str, recolour: bool = False, label: str = "", font: bool = False
) -> str:
    """Rewrite a drawing with only what draws; the same one is asked for by several documents.

    Parameters
    ----------
    svg
        Drawing as made by matplotlib, or found in a notebook.
    prefix
        Start of every identifier inside the drawing.
    recolour
        Follow the inks of the page (dark mode); never for scales of colours.
    label
        Accessible name, written on the drawing.
    font
        Name our typeface only, for engines that know no other.

    Returns
    -------
    str
        The drawing, or an empty text where it cannot be read.
    """
    root = _root(svg)
    if root is None:
        return ""
    _measure(root)
    if font:
        for element in root.iter():
            _typeface(element)
        root.set("font-family", "DTS Sans")
    if label:
        root.attrib |= {"role": "img", "aria-label": label, "focusable": "false"}
    root.attrib |= {"stroke-linejoin": "round", "stroke-linecap": "butt"}
    try:
        whole = "boucles" not in make_plain(root)
        return _write(root, prefix, recolour, top=True) if whole else ""
    except RecursionError:
        return ""


def not_kept(svg: str) -> list[str]:
    """Words of a drawing that no document can place; « style » where its colours are lost."""
    root = _root(svg)
    try:
        return [] if root is None else make_plain(root)
    except RecursionError:
        return ["style"]


def words_of(svg: str) -> str:
    """Words a drawing shows, those written as entities too."""
    root = _root(svg)
    return "" if root is None else drawn_words(root)


def _root(svg: str) -> Any:
    """Read a drawing; None for anything else."""
    try:
        root = fromstring(svg.lstrip("\ufeff \n\t"))
    except (ParseError, DefusedXmlException, ValueError):
        return None
    return root if name_of(root) == "svg" else None


def _measure(root: Any) -> None:
    """Keep the proportions and leave the size to the page."""
    size = [re.match(r"[\d.]+", root.attrib.pop(side, "")) for side in ("width", "height")]
    if "viewBox" not in root.attrib and all(size):
        root.set("viewBox", "0 0 " + " ".join(m.group() for m in size if m))
    root.attrib.pop("style", None)


def _typeface(element: Any) -> None:
    """Forget the families a drawing asks for, keeping size and weight."""
    element.attrib.pop("font-family", None)
    rules = element.get("style", "").split(";")
    kept = [rule for rule in rules if rule.split(":")[0].strip() != "font-family"]
    if len(kept) < len(rules):
        element.set("style", ";".join(kept))


def _write(element: Any, prefix: str, recolour: bool, *, top: bool = False) -> str:
    name = name_of(element)
    if name not in KEPT:
        return ""
    pairs = [
        _attribute(k.rpartition("}")[2], v, prefix, recolour) for k, v in element.attrib.items()
    ]
    space = ' xmlns="http://www.w3.org/2000/svg"' if top else ""
    inner = (
        escape(element.text or "", quote=False)
        if name in {"text", "tspan", "title", "desc"}
        else ""
    )
    for child in element:
        inner += _write(child, prefix, recolour)
        if name in {"text", "tspan"}:
            inner += escape(child.tail or "", quote=False)
    if name == "g" and not any(pairs):
        return inner
    opened = f"<{name}{space}{''.join(pairs)}"
    return f"{opened}>{inner}</{name}>" if inner else f"{opened}/>"


def _attribute(name: str, value: str, prefix: str, recolour: bool) -> str:
    if name in _MEASURES and _NUMBERS.fullmatch(value):
        return f' {name}="{short_path(value) if name == "d" else value}"'
    return _said(name, value, prefix, recolour)


@lru_cache(maxsize=2048)
def _said(name: str, value: str, prefix: str, recolour: bool) -> str:
    """Write one attribute that is more than numbers, or leave it out; most are said many times."""
    if name.lower().startswith("on") or name in {"class", "base", "lang"}:
        return ""
    if name == "id":
        value = f"{prefix}--{value}"
    elif name in {"href", "src"}:
        if value.startswith("#"):
            value = f"#{prefix}--{value[1:]}"
        elif not _PICTURE.fullmatch(value):
            return ""
    elif name != "aria-label":
        if _UNSAFE_VALUE.search(value):
            return ""
        value = value.replace("url(#", f"url(#{prefix}--")
        if recolour and name in {"style", "fill", "stroke"}:
            value = _COLOUR.sub(_ink, value)
    return f' {name}="{escape(value)}"'


def _ink(match: re.Match[str]) -> str:
    """Ink of the page for a grey or an accent; any other colour stays."""
    named = {"black": "000000", "white": "ffffff"}.get(match.group(3) or "")
    code = (named or match.group(1) or "".join(c * 2 for c in match.group(2))).lower()
    if code in _ACCENTS:
        return f"var(--{_ACCENTS[code]})"
    red, green, blue = (int(code[i : i + 2], 16) for i in (0, 2, 4))
    if max(red, green, blue) - min(red, green, blue) > 24:
        return match.group()
    share = round(100 * min(1, (255 - green) / (255 - 0x1B)))
    if share in (0, 100):
        return "var(--ink)" if share else "var(--paper)"
    return f"color-mix(in srgb,var(--ink) {share}%,var(--paper))"
