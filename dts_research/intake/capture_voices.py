"""What was said in the room, and who was there: contributions, balance, participants, session."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from dts_research.intake.capture_entries import NO_ANSWER, ROLES, Entry, Reader, unnamed_role
from dts_research.intake.capture_reading import Block, Line
from dts_research.protect.names import MASK, mask_persons
from dts_research.schema.capture import AGREEMENT_TYPES, BALANCE, ID, SESSION_LINES, STATEMENT
from dts_research.schema.catalogue import catalogue, nearest_name, plain

# What each column of a reading is, and the letter that ends its id.
READINGS = {"finding": "c", "question": "q", "surprise": "s", "data_alert": "v"}
NEAR = 0.75
_NAMED = re.compile(r"\b[A-ZÀ-Ý][\wà-ÿ'’-]+")
UNKNOWN_CIRCLE = "ni privé, ni territoire, ni réseau, ni public : cela reste au territoire"
UNDECIDED = "ni accord ni désaccord n'est coché : gardé comme constat"


def readings(reader: Reader, block: Block) -> dict[str, list[Entry]]:
    """Contributions that a figure called for: one part per column."""
    titles = {column.field: column.title for column in block.told.typed}
    found: dict[str, list[Entry]] = {titles[kind]: [] for kind in READINGS}
    figures = {plain(line.cells["Titre"]): line.cells["Figure"] for line in block.lines
               if "Titre" in line.cells and "Figure" in line.cells}  # fmt: skip
    for line in block.lines:
        typed = reader.typed(block, line)
        group = typed.pop("group", "")
        target = line.cells.get("Figure") or _figure(line.cells.get("Titre", ""), figures)
        for kind, text in typed.items():
            entry = _said(reader, line, kind, text, target, group)
            found[titles[kind]].append(entry)
        if not typed and group:
            reader.leave(block, line, titles["group"], group, NO_ANSWER)
        if not typed and not line.cells.get("Figure") and line.cells.get("Titre"):
            reader.leave(block, line, "Titre", line.cells["Titre"], NO_ANSWER)
    return found


def _figure(title: str, figures: Mapping[str, str]) -> str:
    """Id of the figure of a title; the title itself when it is none of those shown."""
    near = nearest_name(plain(title), figures, NEAR) if title else None
    return figures[near] if near else title


def _said(reader: Reader, line: Line, kind: str, text: str, target: str, group: str) -> Entry:
    key = line.cells.get(ID, "")
    new = f"{key}{READINGS[kind]}" if key else reader.made("CO", kind, target, group, text)
    kept = reader.known.record("contributions", new)
    given = {"contribution_id": new, "type": kind, "text": text, "target": target, "group": group}
    return Entry(
        line, {**reader.fresh(), **reader.kept(kept), **{k: v for k, v in given.items() if v}}
    )


def agreements(reader: Reader, block: Block) -> dict[str, list[Entry]]:
    """Agreements, and disagreements with their positions."""
    found = []
    for line in block.lines:
        typed = reader.typed(block, line)
        if not typed:
            continue
        text = typed.get("text", "")
        key = line.cells.get(ID) or reader.made("CO", "accord", text)
        kept = reader.known.record("contributions", key)
        kind = typed.get("type") or kept.get("type") or _kind(reader, block, line, typed)
        given = {**typed, "type": kind, "contribution_id": key}
        found.append(Entry(line, {**reader.fresh(), **reader.kept(kept), **given}))
    return {"": found}


def _kind(reader: Reader, block: Block, line: Line, typed: Mapping[str, str]) -> str:
    """Nature of a statement that nobody marked: agreement is never supposed."""
    if "positions" in typed:
        return AGREEMENT_TYPES[1]
    if "text" in typed:
        reader.leave(block, line, STATEMENT, typed["text"], UNDECIDED)
    return "finding"


def balance(reader: Reader, block: Block) -> dict[str, list[Entry]]:
    """The six lines of the session's balance; they speak of the session itself."""
    lines = {plain(question): (key, question, kind) for key, (question, kind) in BALANCE.items()}
    found = []
    for line in block.lines:
        text = reader.typed(block, line).get("text", "")
        if not text:
            continue
        asked = line.cells.get("Question", "")
        near = nearest_name(plain(asked), lines, NEAR)
        if not near:
            why = f"« {asked[:60]} » n'est pas une des six questions du bilan"
            found.append(Entry(line, refused=why if asked else "aucune question n'est en face"))
            continue
        key, question, kind = lines[near]
        new = f"CO-{reader.facts.short}-bilan-{key}"
        given = {"contribution_id": new, "type": kind, "text": f"{question} : {text}",
                 "target": reader.facts.id}  # fmt: skip
        kept = reader.known.record("contributions", new)
        found.append(Entry(line, {**reader.fresh(), **reader.kept(kept), **given}))
    return {"": found}


def participants(reader: Reader, block: Block) -> dict[str, list[Entry]]:
    """How many of each category were there; a name is masked before anything is read."""
    codes = catalogue().codelists["participant_categories"]
    found = []
    for line in block.lines:
        count = reader.typed(block, line).get("count", "")
        if not count:
            continue
        text = line.cells.get("Catégorie", "")
        code = codes.code_of(text) or codes.alike(text) or codes.nearest(text) or text
        new = f"SP-{reader.facts.short}-{code}" if code else reader.made("SP", count)
        masked = unnamed(count)
        if masked != count:
            line = Line(line.number, {**line.cells, "Nombre": masked})
        fresh = reader.fresh()
        fresh.pop("territory_id", None)
        given = {"row_id": new, "category": code, "count": masked}
        found.append(Entry(line, {**fresh, **given}))
    return {"": found}


def unnamed(text: str) -> str:
    """Mask what may be a name where a number is asked."""
    may_be = not re.search(r"\d", text) and _NAMED.search(text)
    return MASK if may_be or mask_persons(text) != text else text


def session(reader: Reader) -> list[Entry]:
    """The session itself, as the first sheet tells it."""
    facts = reader.facts
    kept = reader.known.record("sessions", facts.id)
    if kept and not facts.written:
        return []
    given = {k: v for k, v in facts.values.items() if v}
    titles = {line.field: line.title for line in SESSION_LINES}
    given |= _role(reader, titles["facilitator_role"], kept)
    if "diffusion" in given:
        given["diffusion"] = reader.diffusion or kept.get("diffusion", "")
        if not reader.diffusion:
            where = (facts.sheet, facts.row, titles["diffusion"], facts.values["diffusion"])
            reader.outside.append((*where, UNKNOWN_CIRCLE))
    cells = {titles[name]: mask_persons(text) if name in ROLES else text
             for name, (text, *_) in facts.written.items()}  # fmt: skip
    return [Entry(Line(facts.row or 1, cells), {**kept, **given})]


def _role(reader: Reader, title: str, kept: Mapping[str, str]) -> dict[str, str]:
    """The role of who leads the session, without a name; what was known where nothing remains."""
    facts = reader.facts
    text = facts.values.get("facilitator_role", "")
    role, why = unnamed_role(text)
    if why:
        row = facts.written.get("facilitator_role", ("", facts.row, 0))[1]
        reader.outside.append((facts.sheet, row, title, mask_persons(text), why))
    role = role or kept.get("facilitator_role", "")
    return {"facilitator_role": role} if text else {}


READERS: Mapping[str, Callable[[Reader, Block], dict[str, list[Entry]]]] = {
    "readings": readings, "agreements": agreements, "balance": balance,
    "participants": participants,
}  # fmt: skip
