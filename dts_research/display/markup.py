"""Blocks as HTML fragments: everything escaped, readable without sight, without colour, on paper.

The same fragment is shown in the notebook and placed in the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from importlib.resources import files

from dts_research.display.drawings import safe_drawing
from dts_research.display.fragments import (
    Data,
    attribute,
    full_date,
    grid,
    heading,
    identifier,
    listing,
    paragraphs,
    section,
    tag,
    target,
    terms,
    with_prefix,
    words,
)
from dts_research.display.markup_boards import board
from dts_research.display.markup_opening import cover, glossary, key_figures, summary
from dts_research.display.typography import french

TONES = {"note": "À noter", "attention": "Attention", "inconnu": "Ce que nous ne savons pas"}
DECISION = {
    "decided": "Décidé le",
    "carrier": "Par",
    "due": "Échéance",
    "expected": "À voir à",
    "said": "Dit",
    "status": "Statut",
    "since": "Ce qui s'est passé depuis",
    "evidence": "Preuve",
    "reason": "Motif",
    "positions": "Positions en présence",
    "supported": "Ce qui l'appuie",
    "opposed": "Ce qui la contredit",
    "came_from": "Vient de",
    "became": "Devenue",
    "moves": "Parcours",
}
READ_WITH = "À lire avec"


def _chart(data: Data, level: int, number: int | None) -> str:
    name = identifier(data)
    card = bool(data.get("scale_card"))
    drawing = safe_drawing(
        str(data.get("svg", "")), prefix=name, recolour=not card, label=french(data.get("alt", ""))
    )
    if not drawing:
        drawing = paragraphs(data.get("alt", ""), class_="missing")
    width = "half" if data.get("width") == "half" else "full"
    caption = _caption("Figure", number, data)
    kind = "plot card" if card else "plot"
    title = attribute(data.get("title") or "")
    plot = f'<div class="{kind}" role="group" tabindex="0" aria-label="{title}">{drawing}</div>'
    content = f"<figcaption>{caption}</figcaption>{plot}{_under(data)}{_behind(data, number)}"
    return f'<figure id="{name}" class="b chart {width}">{content}</figure>'


def _caption(word: str, number: int | None, data: Data) -> str:
    count = tag("span", words(f"{word} {number}") if number else "", class_="number")
    title = tag("span", words(data.get("title") or ""), class_="message")
    return " ".join(
        part
        for part in (
            count,
            title,
            tag("span", words(data.get("subtitle") or ""), class_="subtitle"),
        )
        if part
    )


def _under(data: Data) -> str:
    """Source, note and how to read, always at the same place."""
    texts = (
        data.get("note"),
        with_prefix("Lecture", data.get("reading")),
        with_prefix("Source", data.get("source")),
    )
    return "".join(paragraphs(text, class_="under") for text in texts)


def _behind(data: Data, number: int | None) -> str:
    behind = data.get("data") or {}
    if not behind.get("columns"):
        return ""
    label = f"Données de la figure {number}" if number else "Données de la figure"
    caption = words(behind.get("caption") or data.get("title") or label)
    columns: list[Data] = [
        {"label": c, "align": "left" if i == 0 else "right"}
        for i, c in enumerate(behind["columns"])
    ]
    table = grid(columns, behind.get("rows", []), caption=caption, name=identifier(data, "d"))
    return f"<details><summary>{words(label)}</summary>{table}</details>"


def _table(data: Data, level: int, number: int | None) -> str:
    caption = _caption("Tableau", number, data)
    name = identifier(data, "t")
    table = grid(data.get("columns", []), data.get("rows", []), caption=caption, name=name)
    return f'<div id="{identifier(data)}" class="b table">{table}{_under(data)}</div>'


def _quote(data: Data) -> str:
    who = ", ".join(words(data[key]) for key in ("speaker", "place") if data.get(key))
    consent = tag("span", words(data.get("consent") or ""), class_="consent")
    text = str(data.get("text", "")).strip().removeprefix("«").removesuffix("»").strip()
    foot = tag("footer", " ".join(part for part in (who, consent) if part))
    return f"<blockquote>{paragraphs(f'« {text} »')}{foot}</blockquote>"


def _quotes(data: Data, level: int, number: int | None) -> str:
    title = heading(data, level) if data.get("title") else ""
    items, shared = _shared_consent(list(data.get("items", [])))
    title += tag("p", words(" ".join(filter(None, (shared, data.get("note"))))), class_="shared")
    said = tag("div", "".join(map(_quote, items)), class_="many" if len(items) > 6 else "few")
    return section(data, title + said, kind="quotes")


def _shared_consent(items: Sequence[Data]) -> tuple[Sequence[Data], str]:
    """Quotes without the mentions they all bear, and these mentions, to be said once."""
    mentions = [str(item.get("consent") or "").split(" ; ") for item in items]
    shared = [part for part in mentions[0] if all(part in own for own in mentions)]
    if len(items) < 3 or not "".join(shared):
        return items, ""
    kept = [" ; ".join(part for part in own if part not in shared) for own in mentions]
    told = [{**item, "consent": _upper(own)} for item, own in zip(items, kept)]
    return told, _upper(" ; ".join(shared))


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lonely_quote(data: Data, level: int, number: int | None) -> str:
    return tag("div", _quote(data), class_="b quotes")


def _discussion(data: Data, level: int, number: int | None) -> str:
    eyebrow = tag("p", "À discuter", class_="eyebrow")
    questions = listing(data.get("questions", []), name="ol")
    lines = '<span class="line"></span>' * int(data.get("lines") or 3)
    room = f'<div class="room" aria-hidden="true">{lines}</div>'
    return section(data, eyebrow + heading(data, level) + questions + room, kind="discussion")


def _callout(data: Data, level: int, number: int | None) -> str:
    tone = data.get("tone") if data.get("tone") in TONES else "note"
    eyebrow = "" if data.get("untold") else tag("p", words(TONES[str(tone)]), class_="eyebrow")
    title = "" if data.get("untitled") else words(data.get("title") or "")
    title = tag("p", title, class_="b-title", id=identifier(data, "t"))
    content = eyebrow + title + paragraphs(data.get("text")) + listing(data.get("items") or [])
    return section(data, content, kind=f"callout {tone}")


def _event(event: Data) -> str:
    date = str(event.get("date", ""))
    stamp = date if re.fullmatch(r"\d{4}(-\d{2}){0,2}", date) else ""
    kind = tag("span", words(event.get("kind") or ""), class_="kind")
    facts = [("Trace", event.get("evidence")), ("Document", event.get("document"))]
    return (
        "<li>"
        + tag("p", tag("time", words(full_date(date)), datetime=stamp) + kind, class_="when")
        + paragraphs(event.get("what", ""))
        + terms(facts, class_="facts")
        + "</li>"
    )


def _thread(data: Data, level: int, number: int | None) -> str:
    events = tag("ol", "".join(map(_event, data.get("events", []))), class_="timeline")
    unknown = listing(data.get("unknown") or [])
    gap = tag("p", TONES["inconnu"], class_="eyebrow") + unknown if unknown else ""
    content = heading(data, level) + tag("p", words(data.get("who") or ""), class_="who") + events
    return section(data, content + tag("div", gap, class_="unknown"), kind="thread")


def _decision(item: Data) -> str:
    facts = [(label, full_date(str(item.get(key) or ""))) for key, label in DECISION.items()]
    statement = paragraphs(item.get("statement", ""), class_="statement")
    led = " ; ".join(map(_led, item.get("figures") or []))
    link = tag("p", f"{words(f'{READ_WITH} : ')}{led}" if led else "", class_="led")
    return f"<li>{statement}{terms(facts, class_='facts')}{link}</li>"


def _led(shown: Data) -> str:
    """The figure that a card is read with: a link where the document has it."""
    label = words(shown.get("label") or "une figure de ce document")
    return tag("a", label, href=f"#{target(shown['href'])}") if shown.get("href") else label


def _follow_up(data: Data, level: int, number: int | None) -> str:
    title = heading(data, level, "Ce que sont devenues les décisions")
    cards = tag("ul", "".join(map(_decision, data.get("items", []))), class_="cards")
    title += paragraphs(data.get("note"), class_="under")
    none = "" if data.get("note") else "<p>Aucune décision enregistrée.</p>"
    return section(data, title + (cards or none), kind="follow-up")


def _sheet(data: Data, level: int, number: int | None) -> str:
    pairs = [
        (f.get("label", ""), f.get("text"), identifier(data, f["name"]) if f.get("name") else "")
        for f in data.get("fields", [])
    ]
    return section(data, heading(data, level) + terms(pairs), kind="sheet", name="article")


def _method(data: Data, level: int, number: int | None) -> str:
    pairs = [(item.get("label", ""), item.get("text")) for item in data.get("items", [])]
    return section(data, heading(data, level) + terms(pairs), kind="method")


def _absence(data: Data, level: int, number: int | None) -> str:
    mark = tag("p", words(data.get("mark") or ""), class_="mark")
    title = tag("p", words(data.get("title") or ""), class_="b-title", id=identifier(data, "t"))
    each = "".join(map(_absent, data.get("items", [])))
    text = tag("ul", each) or paragraphs(data.get("text"))
    return section(data, mark + title + text, kind="absence")


def _absent(item: Data) -> str:
    """One of several things that cannot be shown, said in one box."""
    title = tag("strong", words(str(item.get("title", "")).rstrip(" .:")))
    return tag("li", f"{title}{words(' : ')}{words(item.get('text', ''))}")


RENDERERS: dict[str, Callable[[Data, int, int | None], str]] = {
    "cover": cover,
    "key_figures": key_figures,
    "summary": summary,
    "glossary": glossary,
    "chart": _chart,
    "table": _table,
    "board": board,
    "quote": _lonely_quote,
    "quotes": _quotes,
    "discussion": _discussion,
    "callout": _callout,
    "thread": _thread,
    "follow_up": _follow_up,
    "sheet": _sheet,
    "method": _method,
    "absence": _absence,
}


def block_html(block: Data, *, number: int | None = None, level: int = 2) -> str:
    """HTML fragment of one block.

    Parameters
    ----------
    block
        JSON of the block.
    number
        Number of the figure or table in its document.
    level
        Level of the block's own title.

    Raises
    ------
    KeyError
        The kind is not known.
    """
    return RENDERERS[str(block["kind"])](block, level, number)


def stylesheet() -> str:
    """Style of the blocks, the same in the notebook and in the page."""
    return files("dts_research.display").joinpath("blocks.css").read_text(encoding="utf-8")


def block_output(block: Data) -> str:
    """Fragment with its style, for a cell output of the notebook."""
    return f'<div class="dts" lang="fr"><style>{stylesheet()}</style>{block_html(block)}</div>'
