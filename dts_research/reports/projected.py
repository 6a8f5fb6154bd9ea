"""What each block says on a screen: few words, a figure only where its letters can be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from dts_research.display.fragments import brief, full_date
from dts_research.display.markup import DECISION
from dts_research.display.markup_boards import DRAFT
from dts_research.display.typography import quantity
from dts_research.reports.pages import Files, prepared
from dts_research.reports.pictures import lettering
from dts_research.reports.prose_pieces import lines_of, plain

Block = dict[str, Any]
CARDS = 6
QUOTES = 5
# Room for a figure in points: under its title, beside it, or on nearly all the page.
ROOMS = {"under": (728.0, 275.0), "beside": (500.0, 345.0), "full": (774.0, 330.0)}
# Least size of its letters; on a map whose circles tell enough, names may be smaller.
LEGIBLE, LEAST = 11.5, 10.0
# Height left to a table in millimetres, that of a line and of the space around it.
ROOM, LINE, AROUND, LETTERS = 92.0, 7.2, 5.4, 92
EXCERPT, FINDING, CARD = 420, 340, 125
EXTRACTS = {4: 170, 5: 110, 6: 110}
SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÀ-Ý0-9«])")


def projected(block: Block, pictures: Files) -> Iterator[Block]:
    """Pages of one block, some of them to be put together with others; none for a text.

    Parameters
    ----------
    block
        Block of a document.
    pictures
        Files of the drawings; those that are shown are added.
    """
    if block["kind"] == "chart":
        yield from _chart(block, pictures)
    elif block["kind"] in {"image", "quote", *_MAKERS}:
        days = [event["date"] for event in block.get("events", ())]
        block = prepared(block, pictures) | {"last": max(days, default="")}
        yield from _MAKERS[block["kind"]](block)


def paged(title: str, items: list[Block], **more: Any) -> Iterator[Block]:
    """Cards in pages of about as many."""
    count = -(-len(items) // CARDS)
    for number in range(count):
        start, end = (len(items) * n // count for n in (number, number + 1))
        told = f"{title} ({number + 1} sur {count})" if count > 1 else title
        yield {**more, "kind": "cards", "title": told, "items": items[start:end]}


def _key_figures(block: Block) -> Iterator[Block]:
    title = block.get("title") or "Chiffres clés"
    yield {"kind": "key_figures", "title": title, "items": block["items"]}


def _summary(block: Block) -> Iterator[Block]:
    """Its figures, its findings; its questions where nothing else asks them."""
    items = [{**item, "value": quantity(item["value"])} for item in block["items"]]
    yield from _key_figures({"items": items})
    findings = [{"text": cut(finding["text"], FINDING)} for finding in block["findings"]]
    if findings:
        yield {"kind": "cards", "title": "Ce que nous en apprenons", "items": findings}
    yield from _questions({"questions": block["questions"]})


def _chart(block: Block, pictures: Files) -> Iterator[Block]:
    """A figure, as it was drawn for a screen; one whose words would be too small is told."""
    drawn = {key: value for key, value in block.items() if key != "wide"}
    drawn["svg"] = block.get("wide") or block["svg"]
    layout, size = _laid_out(drawn["svg"])
    if size >= LEAST or block["alt"].startswith("Carte"):
        page = prepared(drawn, pictures)
        yield {**page, "layout": layout, "source": f"{_read(page)}\n\n{page['source']}".strip()}
        return
    where = {"lead": f"Figure {block.get('number', '')}".strip()}
    yield {"kind": "mention", "title": block["title"], "text": _told(block), "item": where}


def _read(page: Block) -> str:
    """First sentences that help to read a figure, as many as hold on two lines."""
    kept = ""
    for sentence in SENTENCE.split(page["reading"]):
        longer = f"{kept} {sentence}".strip()
        if len(longer) > 2 * CARD:
            break
        kept = longer
    return kept


def _laid_out(svg: str) -> tuple[str, float]:
    """Where a figure goes: under its title if its letters can be read, else where it is largest."""
    sizes = {name: lettering(svg, room) for name, room in ROOMS.items()}
    best = "under" if sizes["under"] >= LEGIBLE else max(sizes, key=sizes.__getitem__)
    return best, sizes[best]


def _told(block: Block) -> str:
    """What the alt text says of a figure, without its kind nor its title."""
    kind, *said = SENTENCE.split(block["alt"])
    short = [s for s in said or [kind] if len(s) < 170 and s.rstrip(".") != block["title"]]
    return " ".join(short[:2]) or block.get("subtitle") or cut(block["alt"], 2 * CARD)


def _picture(block: Block) -> Iterator[Block]:
    title = block["title"] or f"Figure {block['number']}"
    yield {**block, "title": title, "layout": "beside" if block["ratio"] > 0.6 else "under"}


def _questions(block: Block) -> Iterator[Block]:
    for question in block["questions"]:
        topic = block.get("title", "")
        yield {"kind": "question", "topic": topic, "title": cut(question)}


def _quotes(block: Block) -> Iterator[Block]:
    items = block["items"]
    for item in items[:: max(1, -(-len(items) // QUOTES))]:
        text = item["text"]
        kept = cut(text)
        yield {"kind": "quote", "who": item["who"], "text": text if kept == text else f"{kept} »"}


def _table(block: Block) -> Iterator[Block]:
    """A small table of brief cells is shown, a few rows of prose are told; others are to read.

    Questions are for the room: as many as two pages of them are told.
    """
    rows = block["rows"]
    prose = any(not brief(cell) for row in rows for cell in row)
    if len(rows) == 1 or (prose and len(rows) <= CARDS):
        length = EXTRACTS.get(len(rows), 2 * CARD)
        told = _rows(rows, length) if prose else [_facts(row) for row in rows]
        page = {"title": block["title"], "source": block.get("note", "")}
        yield page | ({"kind": "row", "item": told[0]} if len(rows) == 1 else _cards(told))
    elif prose and len(rows) <= 2 * CARDS and all("?" in row[-1] for row in rows):
        yield from paged(block["title"], _rows(rows, CARD), source=block.get("note", ""))
    elif not prose and len(block["columns"]) <= 6 and _height(block) <= ROOM:
        yield block | {"title": block["title"] or f"Tableau {block.get('number', '')}".strip()}
    else:
        where = f"Tableau {block.get('number', '')}".strip()
        text = block["title"] or f"{len(rows)} lignes"
        yield {"kind": "elsewhere", "item": {"lead": where, "text": text}}


def _board(block: Block) -> Iterator[Block]:
    """A draft of a few cells is told, one passage each; a larger one is to read and to hang."""
    cells = [(row, cell) for row in block["rows"] for cell in row["cells"]]
    if len(cells) > CARDS:
        lead = f"Brouillon {block.get('number', '')}".strip()
        yield {"kind": "elsewhere", "item": {"lead": lead, "text": block["title"]}}
        return
    items = [
        {"lead": cell.get("head") or row["label"],
         "text": cut((cell["passages"] or [{"text": cell.get("question", "")}])[0]["text"], CARD)}
        for row, cell in cells
    ]  # fmt: skip
    yield {
        "title": f"{DRAFT} : {block['title']}",
        "source": block["limits"],
    } | _cards(items)


def _cards(items: list[Block]) -> Block:
    return {"kind": "cards", "items": items}


def _facts(row: list[str]) -> Block:
    return {"lead": row[0], "text": " · ".join(cell for cell in row[1:] if cell)}


def _rows(rows: list[list[str]], length: int) -> list[Block]:
    """Rows as cards: what each is about, then its cell of the column that says most."""
    columns = range(len(rows[0]))
    said = max(columns, key=lambda x: sum(len(row[x]) for row in rows))
    about = next((x for x in columns if x != said), said)
    return [{"lead": cut(row[about], 80), "text": cut(row[said], length)} for row in rows]


def _height(block: Block) -> float:
    """Height of a table, from the letters that its columns hold."""
    shares = block["widths"]
    lengths = [max((len(row[x]) for row in block["rows"]), default=0) for x in range(len(shares))]
    taken = sum(n for n, share in zip(lengths, shares) if not share) + 3 * len(shares)
    unit = max(10, LETTERS - taken) / (sum(shares) or 1)
    rooms = [share * unit if share else n or 1 for n, share in zip(lengths, shares)]
    lines = [max(-(-len(t) // max(1, int(r))) for t, r in zip(row, rooms)) for row in block["rows"]]
    return sum(max(1, n) * LINE + AROUND for n in lines)


def _callout(block: Block) -> Iterator[Block]:
    items = [{"text": cut(item, 150)} for item in block.get("items") or []]
    if len(items) > CARDS:
        left = len(items) - CARDS + 1
        items = [*items[: CARDS - 1], {"text": f"Et {left} autres points, dans le document."}]
    text = cut(block.get("text", ""))
    yield {"kind": "text", "title": block["title"], "text": text, "items": items}


def _thread(block: Block) -> Iterator[Block]:
    """Its last events; one without any is told by what is not known."""
    events = [{"lead": e["date"], "text": cut(e["what"], CARD)} for e in block["events"]]
    unknown = [{"lead": "Ce que nous ne savons pas", "text": text} for text in block["unknown"]]
    items = events[-3:] or unknown[:3]
    yield {"kind": "thread", "title": block["title"], "items": items, "last": block["last"]}


def _follow_up(block: Block) -> Iterator[Block]:
    items = []
    for item in block["items"]:
        facts = {fact["label"]: fact["text"] for fact in item["facts"]}
        lead = facts.get(DECISION["status"], "")
        items.append({"lead": lead, "text": cut(item["statement"], CARD)})
    yield from paged(block.get("title") or "Ce que sont devenues les décisions", items)


def _sheet(block: Block) -> Iterator[Block]:
    text = (block["fields"] or block["facts"])[0]["text"]
    yield {"kind": "sheet", "title": block["title"], "text": cut(full_date(text))}


def _comment(block: Block) -> Iterator[Block]:
    """What somebody said of a figure, as a page of its own."""
    text = "\n\n".join(plain(line) for line in lines_of(block["blocks"]))
    said = {"text": cut(text), "source": "\n\n".join([block["by"], *block["said"]]).strip()}
    title = ", ".join(filter(None, (block["title"], plain(block["about"]))))
    yield {"kind": "text", "title": title, **said}


def _absence(block: Block) -> Iterator[Block]:
    for one in block.get("items") or [block]:
        yield {"kind": "absence", "item": {"lead": one["mark"], "text": one["title"]}}


def _outside(block: Block) -> Iterator[Block]:
    """What another program gave and a screen has no room for: named, never left out."""
    lead = {"code": "Texte", "error": "Erreur"}.get(block["kind"], block.get("title", ""))
    text = str(block.get("message") or block.get("text") or "").strip()
    item = {"lead": lead, "text": cut(text.split("\n")[0], CARD) or "voir le carnet"}
    yield {"kind": "outside", "item": item}


def cut(text: str, length: int = EXCERPT) -> str:
    """Beginning of a text: whole sentences if they are most of it, else whole words."""
    if len(text) <= length:
        return text
    whole = [m.end() for m in re.finditer(r"[.!?…](?=\s)", text[: length + 1])]
    kept = text[: whole[-1]] if whole and whole[-1] > length / 2 else ""
    return (kept or text[:length].rsplit(" ", 1)[0].rstrip(" ,;:")) + " […]"


_MAKERS: dict[str, Callable[[Block], Iterator[Block]]] = {
    "key_figures": _key_figures,
    "summary": _summary,
    "chart": _picture,
    "discussion": _questions,
    "quotes": _quotes,
    "table": _table,
    "board": _board,
    "callout": _callout,
    "thread": _thread,
    "follow_up": _follow_up,
    "sheet": _sheet,
    "absence": _absence,
    "comment": _comment,
    "interactive": _outside,
    "error": _outside,
    "code": _outside,
}
