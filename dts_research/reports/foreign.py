"""Outputs made by other programs: what a document can keep of them, and a note for the rest.

The richest form that can be printed is kept: picture, table, words. What only lives in a browser
leaves a boxed note with the words that could be read of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from dts_research.reports.foreign_html import SCRIPT, blocks_of_html
from dts_research.reports.foreign_pictures import BITMAPS, SVG, picture

Bundle = Mapping[str, Any]
Block = dict[str, Any]
LONG_TEXT = 6000
_NAMES = {"title", "text", "name", "description", "field"}
CUT = "[… suite coupée : voir le carnet]"
_ANSI = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-9;?]*[A-Za-z]|\x1b[@-_]"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)
_USUAL = re.compile(r"Warning\b|\d%\||\bit/s\]|\b(?:INFO|DEBUG)\b")
_OBJECT = re.compile(r"\s*(?:<[^>]*>|[\w.]+\(\.\.\.\))\s*")
_STILL = "Montrer aussi une figure fixe, ou un tableau."
_SPOKEN = "Écrire à côté ce que l'on y voit ou entend."
_PICTURE = "Enregistrer la figure en PNG ou en SVG, et la montrer de nouveau."


def joined(value: Any) -> str:
    """Text of a bundle's entry, which notebooks may store as lines."""
    return "".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value or "")


def clean(text: str) -> str:
    """Text as a terminal ends up showing it, without colours and control characters."""
    lines = _ANSI.sub("", text).split("\n")
    return _ANSI.sub("", "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines))


def monospace(text: str) -> list[Block]:
    """Printed text, in a fixed width."""
    shown = clean(text.replace("\r\n", "\n")).rstrip().strip("\n")
    return [{"kind": "code", "text": _cut(shown)}] if shown else []


def foreign_blocks(
    bundle: Bundle, words: Mapping[str, str], markdown: Callable[[str], list[Block]]
) -> list[Block]:
    """Blocks of an output made by another program.

    Parameters
    ----------
    bundle
        The same content under several MIME types.
    words
        ``alt``, ``title`` and ``id`` given beside the output.
    markdown
        How Markdown is read.
    """
    alt, title = words.get("alt", ""), words.get("title", "")
    texts = {mime: joined(v) for mime, v in bundle.items() if isinstance(v, (str, list))}
    image = picture(texts, alt=alt, title=title)
    if image:
        return [image | ({"id": words["id"]} if words.get("id") else {})]
    if {SVG, *BITMAPS} & set(bundle):
        return [boxed("Image illisible", alt, fix=_PICTURE, lost=True)]
    live = _live(bundle, alt, title)
    if live:
        return [live]
    if texts.get("text/html"):
        return _of_html(texts, alt, title, words.get("id", ""))
    if texts.get("text/markdown"):
        return markdown(texts["text/markdown"])
    return _of_text(bundle, texts, alt)


def boxed(title: str, text: str, *, fix: str, lost: bool) -> Block:
    """Note in place of what cannot be printed; `lost` where nothing of it is left to read."""
    note = {"kind": "interactive", "title": title, "text": _cut(text), "foreign": True}
    return note | ({"lost": True, "fix": fix} if lost else {})


def shortened(text: str, most: int) -> str:
    """Beginning of a text too long to print, and a word that says so."""
    return text if len(text) <= most else f"{text[:most]}\n{CUT}"


def _cut(text: str) -> str:
    return shortened(text, LONG_TEXT)


def unusual(text: str) -> list[str]:
    """Lines of warnings, none where they are a library's usual ones or tell of progress."""
    lines = [line for line in clean(text).splitlines() if line.strip()]
    return [] if _USUAL.search(text) else lines


def warned(text: str) -> list[Block]:
    """Note for warnings that are no library's usual ones; nothing for those, nor for progress."""
    lines = unusual(text)
    if not lines:
        return []
    s = "s" if len(lines) > 1 else ""
    title = f"{len(lines)} ligne{s} d'avertissement non reprise{s}"
    return [boxed(title, "", fix="", lost=False)]


def _live(bundle: Bundle, alt: str, title: str) -> Block | None:
    """Note for a figure or a control that only a browser can draw."""
    for mime, value in {**bundle, **_spec(joined(bundle.get("text/html")))}.items():
        if re.match(r"application/vnd\.(plotly|vega|bokeh|holoviews)", mime):
            said = alt or "\n".join(_labels(value))
            return boxed("Graphique interactif", said or title, fix=_STILL, lost=not alt)
        if "widget-view" in mime:
            name = re.match(r"\w+", joined(bundle.get("text/plain")))
            label = re.search(r"description='([^']*)'", joined(bundle.get("text/plain")))
            said = " : ".join(t for t in (name and name.group(), label and label.group(1)) if t)
            return boxed("Commande interactive", alt or said, fix=_STILL, lost=not alt)
    return None


def _spec(html: str) -> dict[str, Any]:
    """Description of a figure that Altair hides in a program."""
    start = re.search(r"\}\)\((?=\{)", html) if "vegaEmbed" in html else None
    try:
        found = json.JSONDecoder().raw_decode(html[start.end() :])[0] if start else None
    except ValueError:
        found = None
    return {"application/vnd.vega": found} if found else {}


def _labels(value: Any, key: str = "") -> list[str]:
    """Title, axes and names that the description of an interactive figure gives."""
    if isinstance(value, str):
        named = key in _NAMES and not re.fullmatch(r"data-[0-9a-f]{8,}", value)
        return [re.sub(r"<[^>]*>", " ", value).strip()] if named and value.strip() else []
    if isinstance(value, Mapping):
        kept = {k: v for k, v in value.items() if k not in {"template", "config", "usermeta"}}
        found = [label for k, v in kept.items() for label in _labels(v, str(k))]
    else:
        found = [t for v in value for t in _labels(v)] if isinstance(value, (list, tuple)) else []
    return list(dict.fromkeys(found))[:12]


def _of_html(texts: Mapping[str, str], alt: str, title: str, name: str) -> list[Block]:
    """Tables, pictures and words; a note where the page has only what moves."""
    found, live = blocks_of_html(texts["text/html"], title=title)
    for block in found:
        if block["kind"] == "image":
            block |= {"alt": block["alt"] or alt, "title": block["title"] or title}
        if block["kind"] in {"image", "table"} and name:
            block["id"], name = name, ""
    solid = [b for b in found if b["kind"] != "paragraph"]
    said = "\n".join(b["inline"][0]["text"] for b in found if b["kind"] == "paragraph")
    if solid or (said and not live):
        return found + _left_out(live, alt)
    plain = clean(texts.get("text/plain", ""))
    said = alt or said or ("" if _OBJECT.fullmatch(plain) else plain)
    return [boxed(f"Contenu interactif ({', '.join(live) or 'page web'})", said,
                  fix=_SPOKEN, lost=not said)]  # fmt: skip


def _left_out(live: list[str], alt: str) -> list[Block]:
    """Note for what moves beside what could be read; a program alone only arranges it."""
    named = [name for name in live if name != SCRIPT]
    title = f"Contenu interactif ({', '.join(named)})"
    return [boxed(title, alt, fix=_SPOKEN, lost=not alt)] if named else []


def _of_text(bundle: Bundle, texts: Mapping[str, str], alt: str) -> list[Block]:
    """Printed text, formula or data; a note for a file."""
    plain = texts.get("text/plain", "")
    if texts.get("text/latex") and (not plain.strip() or _OBJECT.fullmatch(plain)):
        return monospace(texts["text/latex"])
    data = next((v for m, v in bundle.items() if m.endswith("json") and v not in ("", None)), None)
    if data is not None:
        shown = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, indent=2)
        return monospace(shown)
    odd = sorted(m for m in set(bundle) - {"text/plain", "text/latex"} if bundle[m])
    if odd and (not plain.strip() or _OBJECT.fullmatch(plain)):
        if odd[0].startswith("text/"):
            return monospace(texts.get(odd[0], ""))
        kind = {"application/pdf": "Document PDF", "audio": "Enregistrement sonore"}
        kind |= {"video": "Vidéo", "image": "Image", "application/javascript": "Programme"}
        name = kind.get(odd[0]) or kind.get(odd[0].split("/")[0]) or f"Fichier ({odd[0]})"
        return [boxed(name, alt, fix=_SPOKEN, lost=not alt)]
    return monospace(plain)
