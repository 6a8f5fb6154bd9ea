"""Blocks that open and close a document: cover, key figures, summary, glossary."""

from __future__ import annotations

from dts_research.display.fragments import (
    Data,
    attribute,
    full_date,
    heading,
    listing,
    section,
    tag,
    target,
    words,
)
from dts_research.display.typography import quantity

COVER = {"date": "Date", "version": "Version", "author": "Établi par", "status": "Statut"}


def cover(data: Data, level: int, number: int | None) -> str:
    """First page."""
    pairs = [(label, full_date(str(data.get(key) or ""))) for key, label in COVER.items()]
    facts = "".join(
        f"<div><dt>{words(label)}</dt><dd>{words(text)}</dd></div>" for label, text in pairs if text
    )
    fiction = "Données fictives, écrites pour la démonstration." if data.get("fictional") else ""
    return tag(
        "div",
        tag("p", words(data.get("territory") or ""), class_="territory")
        + tag(f"h{max(1, level - 1)}", words(data.get("title") or ""), class_="b-title")
        + tag("p", words(data.get("subtitle") or ""), class_="subtitle")
        + tag("dl", facts, class_="facts")
        + tag("p", words(data.get("notice") or ""), class_="notice")
        + tag("p", words(fiction), class_="fiction"),
        class_="b cover",
    )


def key_figures(data: Data, level: int, number: int | None) -> str:
    """Row of key figures."""
    return _named(
        section(data, heading(data, level) + _cards(data), kind="key-figures"), "Chiffres clés"
    )


def _named(whole: str, label: str) -> str:
    """Name a section that has no title of its own."""
    if "aria-labelledby" in whole.partition(">")[0]:
        return whole
    return whole.replace("<section", f'<section aria-label="{attribute(label)}"', 1)


def _cards(data: Data) -> str:
    cards = "".join(
        "<li>"
        + tag("p", _value(item), class_="value")
        + tag("p", words(item.get("label", "")), class_="label")
        + tag("p", words(item.get("comparison") or ""), class_="comparison")
        + "</li>"
        for item in data.get("items", [])
    )
    return tag("ul", cards, class_="keys")


def _value(item: Data) -> str:
    unit = words(item.get("unit") or "")
    return words(quantity(str(item.get("value", "")))) + (
        f'\u00a0<span class="unit">{unit}</span>' if unit else ""
    )


def summary(data: Data, level: int, number: int | None) -> str:
    """Page that stands alone: figures, what is learnt and where it is shown, first questions."""
    found = "".join(map(_finding, data.get("findings", [])))
    asked = listing(data.get("questions", []), name="ol")
    lines = '<span class="line"></span>' * int(data.get("lines") or 3)
    room = f'<div class="room" aria-hidden="true">{lines}</div>' if asked else ""
    told = _part("Ce que nous en apprenons", tag("ul", found), "findings")
    both = tag("div", told + _part("À discuter", asked + room, "questions"), class_="two")
    content = heading(data, level) + _cards(data) + both
    return _named(section(data, content, kind="summary"), "L'essentiel")


def _part(label: str, content: str, kind: str) -> str:
    head = tag("p", words(label), class_="eyebrow") if content else ""
    return tag("div", head + content if content else "", class_=kind)


def _finding(item: Data) -> str:
    """One sentence, followed by the figure that bears it where the document knows it."""
    label = str(item.get("label") or "")
    link = tag("a", words(label[:1].upper() + label[1:]), href=f"#{target(item.get('href'))}")
    return f"<li>{words(item.get('text', ''))}{' ' + link if link else ''}</li>"


def glossary(data: Data, level: int, number: int | None) -> str:
    """Acronyms and words, each with what it means."""
    rows = "".join(
        f"<div><dt>{words(item.get('label', ''))}</dt><dd>{words(item.get('text', ''))}</dd></div>"
        for item in data.get("items", [])
    )
    return section(data, heading(data, level, "Glossaire") + tag("dl", rows), kind="glossary")
