"""A document as one HTML file: no script, nothing asked from the network, readable by everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from dts_research.display.drawings import safe_drawing
from dts_research.display.fragments import attribute, identifier, tag, target, words
from dts_research.display.markup import RENDERERS, TONES, block_html
from dts_research.display.typography import french, printable, set_inline
from dts_research.reports.arrange import headings
from dts_research.reports.build_fonts import FAMILY
from dts_research.reports.document import FICTION, Document
from dts_research.reports.html_style import column_heads, shared_looks, style

Block = dict[str, Any]
Notes = list[list[Block]]
CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
CSP += "; base-uri 'none'; form-action 'none'"
PAGE_MARK = (
    f'@page{{@bottom-left{{content:"{FICTION}";font:600 9pt "{FAMILY}",sans-serif;'
    "color:#a83e07}}@page:first{@bottom-left{content:none}}"
)


def render_html(document: Document, *, alternatives: Iterable[tuple[str, str]] = ()) -> str:
    """Write a document as one self-contained page.

    Parameters
    ----------
    document
        What to write.
    alternatives
        Other formats of the same document: what to call them, where they are.
    """
    notes: Notes = []
    body = "".join(_block(block, notes) for block in _unrepeated(document.body))
    looks, body = shared_looks(body + _notes(notes))
    looks = style(italic="<em>" in body) + looks + column_heads(document.body)
    links = _alternatives(alternatives)
    return (
        f'<!DOCTYPE html>\n<html lang="{attribute(document.lang)}">\n{_head(document, looks)}\n'
        f'<body class="dts" id="haut">\n<a class="skip" href="#contenu">Aller au contenu</a>\n'
        f'{_band(document)}<header class="top">{_cover(document)}{links}</header>\n'
        f'<div class="page">{_contents(document)}\n'
        f'<main id="contenu" tabindex="-1">{_faults(document)}{body}</main></div>\n'
        f"{_footer(document, links)}\n</body>\n</html>\n"
    )


def _unrepeated(body: tuple[Block, ...]) -> list[Block]:
    """Blocks of a body; a box does not say again the heading above it."""
    last, blocks = "", []
    for block in body:
        last = block["text"] if block["kind"] == "heading" else last
        said = last if block["kind"] == "callout" else ""
        again = bool(said) and said == TONES.get(block.get("tone", ""))
        blocks.append(
            {**block, "untold": again, "untitled": said == block.get("title")} if said else block
        )
    return blocks


def _head(document: Document, looks: str) -> str:
    territory = document.cover.get("territory") or ""
    title = " – ".join(part for part in (document.title, territory) if part)
    return (
        '<head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{CSP}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{words(title).replace('<sup>', '').replace('</sup>', '')}</title>"
        f"<style>{looks}{PAGE_MARK if document.fictional else ''}</style></head>"
    )


def _band(document: Document) -> str:
    if not document.fictional:
        return ""
    more = f"<span>{words(' : ce document sert à la démonstration.')}</span>"
    return (
        f'<aside class="band" aria-label="Avertissement"><strong>{FICTION}{more}</strong></aside>\n'
    )


def _cover(document: Document) -> str:
    return block_html(document.cover, level=2)


def _alternatives(alternatives: Iterable[tuple[str, str]]) -> str:
    items = "".join(
        f'<li><a href="{safe_url(href)}">{words(label[:1].upper() + label[1:])}</a></li>'
        for label, href in alternatives
        if safe_url(href)
    )
    if not items:
        return ""
    return f'<nav class="formats" aria-label="Autres formats"><ul>{items}</ul></nav>'


def safe_url(href: str) -> str:
    """Address fit for a link: the web, a mailbox, or a file beside the page."""
    start = href.split("/")[0].split("#")[0].split("?")[0]
    allowed = ":" not in start or start.lower() in {"http:", "https:"}
    mail = href.lower().startswith("mailto:")
    return escape(href) if (allowed or mail) and not href.startswith("//") else ""


def _contents(document: Document) -> str:
    found = headings(document.body)
    if len(found) < 2:
        return '<div class="aside"></div>'
    items = "".join(
        f'<li class="l{b["level"]}"><a href="#{target(b["slug"])}">{words(b["text"])}</a></li>'
        for b in found
    )
    label = '<p class="nav-title" id="sommaire">Sommaire</p>'
    beside = f'<nav class="aside" aria-labelledby="sommaire">{label}<ol>{items}</ol></nav>'
    folded = f"<details><summary>Sommaire</summary><ol>{items}</ol></details>"
    return f'{beside}<nav class="menu" aria-label="Sommaire">{folded}</nav>'


def _faults(document: Document) -> str:
    if not document.faults:
        return ""
    items = "".join(f"<li>{words(str(fault))}</li>" for fault in document.faults)
    title = words("Brouillon : ce document ne peut pas être publié en l'état")
    return (
        f'<aside class="draft" role="note"><p><strong>{title}</strong></p><ul>{items}</ul></aside>'
    )


def _footer(document: Document, links: str) -> str:
    cover = document.cover
    parts = [document.title, str(cover.get("territory") or ""), str(cover.get("version") or "")]
    parts += [FICTION] if document.fictional else []
    text = " · ".join(words(part) for part in parts if part)
    back = '<p><a href="#haut">Revenir en haut</a></p>'
    again = links.replace("Autres formats", "Autres formats (rappel)")
    origin = tag("p", words(document.origin), class_="origin")
    return f'<footer class="bottom"><p>{text}</p>{origin}{again}{back}</footer>'


def _notes(notes: Notes) -> str:
    if not notes:
        return ""
    items = ""
    for number, blocks in enumerate(list(notes), start=1):
        label = f"Revenir à l’appel de note {number}"
        back = f'<a href="#appel--{number}" aria-label="{label}">↩\ufe0e</a>'
        items += f'<li id="bas-de-page--{number}">{_blocks(blocks, notes)}{back}</li>'
    title = '<h2 id="notes">Notes</h2>'
    return f'<section class="notes" aria-labelledby="notes">{title}<ol>{items}</ol></section>'


def _blocks(blocks: Iterable[Block], notes: Notes) -> str:
    return "".join(_block(block, notes) for block in blocks)


def _block(block: Block, notes: Notes) -> str:
    """One block of prose or of meaning; an unreadable one leaves a note, never a hole."""
    kind = block["kind"]
    if kind in PROSE:
        return PROSE[kind](block, notes)
    if kind not in RENDERERS:
        return _note("Contenu non repris", str(block.get("title") or kind))
    before = _blocks(block.get("before", []), notes)
    return before + block_html(block, number=block.get("number"), level=int(block.get("level", 3)))


def inline(pieces: Iterable[Block], notes: Notes) -> str:
    """Inline content."""
    return "".join(_piece(piece, notes) for piece in set_inline(list(pieces)))


def _piece(piece: Block, notes: Notes) -> str:
    match piece["type"]:
        case "strong":
            return tag("strong", inline(piece["content"], notes))
        case "emphasis":
            return tag("em", inline(piece["content"], notes))
        case "code":
            return f"<code>{verbatim(piece['text'])}</code>"
        case "link":
            return f'<a href="{safe_url(piece["url"])}">{inline(piece["content"], notes)}</a>'
        case "ref":
            return f'<a href="#{target(piece["href"])}">{words(piece["text"])}</a>'
        case "break":
            return "<br>"
        case "note":
            notes.append(piece["blocks"])
            n = len(notes)
            link = f'<a id="appel--{n}" href="#bas-de-page--{n}" aria-label="Note {n}">{n}</a>'
            return f'<sup class="call">{link}</sup>'
    return words(piece.get("text", ""))


def verbatim(text: str) -> str:
    """Escape a code, left as it was typed."""
    return escape(printable(str(text)), quote=False)


def _note(title: str, text: str, kind: str = "interactive") -> str:
    content = tag("p", f"<strong>{words(title)}</strong>")
    for line in str(text).splitlines():
        content += tag("p", words(line))
    return f'<div class="b {kind}" role="note">{content}</div>'


def _heading(block: Block, notes: Notes) -> str:
    name = target(block["slug"])
    level = int(block["level"])
    return f'<h{level} id="{name}">{inline(block["inline"], notes)}</h{level}>'


def _list(block: Block, notes: Notes) -> str:
    name = "ol" if block.get("ordered") else "ul"
    items = "".join(f"<li>{_item(item, notes)}</li>" for item in block["items"])
    return f"<{name}>{items}</{name}>"


def _item(item: list[Block], notes: Notes) -> str:
    """Item of a list; a lonely paragraph needs no wrapping."""
    if item and item[0]["kind"] == "paragraph":
        return inline(item[0]["inline"], notes) + _blocks(item[1:], notes)
    return _blocks(item, notes)


def _aside(block: Block, notes: Notes) -> str:
    name = identifier(block, "t")
    eyebrow = tag("p", words(TONES[block["tone"]]), class_="eyebrow")
    title = tag("p", words(block["title"]), class_="b-title", id=name)
    label = f'aria-labelledby="{name}"' if title else f'aria-label="{TONES[block["tone"]]}"'
    inner = _blocks(block["blocks"], notes)
    return f'<section class="b callout {block["tone"]}" {label}>{eyebrow}{title}{inner}</section>'


def _comment(block: Block, notes: Notes) -> str:
    """What somebody said of a figure, then who, when, and of which data."""
    name = identifier(block, "t")
    about = tag("span", inline(block["about"], notes), class_="about")
    told = ", ".join(filter(None, (words(block["title"]), about)))
    title = tag("p", told, class_="eyebrow", id=name)
    foot = "".join(tag("p", words(text), class_="under") for text in (block["by"], *block["said"]))
    kind = "b comment reply" if block["reply"] else "b comment"
    inner = tag("div", _blocks(block["blocks"], notes), class_="words")
    opened = f'<section id="{identifier(block)}" class="{kind}" aria-labelledby="{name}">'
    return f"{opened}{title}{inner}{foot}</section>"


def _image(block: Block, notes: Notes) -> str:
    """Figure made elsewhere; without a description it says so."""
    alt, name = block.get("alt") or "", identifier(block)
    if block["mime"] == "image/svg+xml":
        picture = safe_drawing(block["data"], prefix=name, label=french(alt))
    else:
        source = f"data:{block['mime']};base64,{block['data']}"
        picture = f'<img src="{source}" alt="{attribute(alt)}">'
    warning = "" if alt else _note("Image sans texte de remplacement", "", "draft")
    title = words(block.get("title") or "")
    count = tag(
        "span", words(f"Figure {block['number']}") if block.get("number") else "", class_="number"
    )
    caption = tag("figcaption", count + tag("span", title, class_="message"))
    plot = f'<div class="plot card">{picture}</div>' if picture else _note("Image illisible", alt)
    return f'<figure class="b chart" id="{name}">{caption}{plot}{warning}</figure>'


def _interactive(block: Block, notes: Notes) -> str:
    return _note(f"{block['title']} : voir le carnet", block.get("text", ""))


def _error(block: Block, notes: Notes) -> str:
    title = words(f"Erreur dans le carnet ({block['name']})")
    text = tag("p", verbatim(block["message"]), class_="message")
    return f'<div class="b error" role="note"><p><strong>{title}</strong></p>{text}</div>'


def _see_annex(block: Block, notes: Notes) -> str:
    link = f'<a href="#{target(block["href"])}">{words(block["text"])}</a>'
    return f'<p class="see">{words("En annexe :")} {link}</p>'


PROSE: dict[str, Callable[[Block, Notes], str]] = {
    "heading": _heading,
    "paragraph": lambda b, notes: tag("p", inline(b["inline"], notes)),
    "list": _list,
    "quotation": lambda b, notes: tag("blockquote", _blocks(b["blocks"], notes)),
    "aside": _aside,
    "comment": _comment,
    "code": lambda b, notes: f'<pre tabindex="0"><code>{verbatim(b["text"])}</code></pre>',
    "image": _image,
    "interactive": _interactive,
    "error": _error,
    "see_annex": _see_annex,
}
