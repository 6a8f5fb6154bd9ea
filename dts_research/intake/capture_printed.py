"""What was written over a printed cell of a capture sheet: told, even with nothing typed beside.

A cell is as it was printed when it says what its record says, or said once: an untouched sheet,
prepared long ago, tells nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from dts_research.intake.capture_days import day_of
from dts_research.intake.capture_entries import Reader
from dts_research.intake.capture_known import Record, same_words
from dts_research.intake.capture_outside import HIDDEN
from dts_research.intake.capture_reading import Block, Line, typed_in
from dts_research.intake.identifiers import prefix_of
from dts_research.protect.names import mask_persons
from dts_research.schema.capture import BALANCE, ID, STATEMENT
from dts_research.schema.casts import to_date
from dts_research.schema.catalogue import catalogue, nearest_name, plain

OVER = "cette cellule n'est pas à remplir : écrire dans une cellule blanche"
STATED = "l'énoncé de ce qui est déjà au registre ne se change pas dans cette fiche"
BEFORE, CARRIER, DUE = "Statut précédent", "Porteur", "Échéance"
FIGURE, TITLE, ASKED, CATEGORY = "Figure", "Titre", "Question", "Catégorie"
NEAR = 0.75
_ID = re.compile(r"[A-Z]{1,3}-\S+")
_OPEN = (ID, STATEMENT, FIGURE, TITLE)
Over = tuple[Line, str, str]


def over_printed(reader: Reader, block: Block) -> None:
    """Note what was written over the printed cells of a block."""
    for find in (_ids, _WAYS.get(block.told.name, _none)):
        for line, title, why in find(reader, block):
            text = mask_persons(line.cells[title])
            reader.leave(block, line, title, HIDDEN if title == CATEGORY else text, why)


def _none(reader: Reader, block: Block) -> Iterator[Over]:
    yield from ()


def _ids(reader: Reader, block: Block) -> Iterator[Over]:
    """Words in place of an id, with nothing beside that would make a row of them."""
    for line in block.lines:
        text = line.cells.get(ID, "")
        known = reader.known.record(block.told.table, text)
        if text and not known and not _ID.fullmatch(text) and not typed_in(line, block.told):
            yield line, ID, OVER


def _registered(reader: Reader, block: Block) -> Iterator[Over]:
    """Rows of a register: beside what their record says, or said once."""
    table = block.told.table
    shown = [c for c in block.told.columns if not c.typed and c.title not in _OPEN]
    prefix = prefix_of(catalogue().tables[table])
    for line in block.lines:
        written = line.cells.get(STATEMENT, "")
        given = line.cells.get(ID, "")
        worded = not reader.known.record(table, given) and not _ID.fullmatch(given)
        key = reader.known.stated(table, written)[0] if worded else given
        versions = _versions(reader, table, key)
        printed = not worded and not reader.own(key, prefix)
        if printed and not versions:  # a record retired since: nothing says what was printed
            continue
        if printed and written and not any(_states(written, v) for v in versions):
            yield line, STATEMENT, STATED
        for column in shown:
            text = line.cells.get(column.title, "")
            if text and not any(_SAME[column.title](reader, text, table, v) for v in versions):
                yield line, column.title, OVER


def _versions(reader: Reader, table: str, key: str) -> tuple[Record, ...]:
    """What a record says, then what it said; nothing when it is not known."""
    record = reader.known.record(table, key)
    return (record, *reader.known.former(table, key)) if record else ()


def _states(text: str, record: Record) -> bool:
    said = plain(record.get("statement", ""))
    cut = plain(text).rstrip("….").rstrip()
    return same_words(text, record) or (text.endswith(("…", "...")) and said.startswith(cut))


def _same_status(reader: Reader, text: str, table: str, record: Record) -> bool:
    codes = catalogue().codelists[catalogue().tables[table].field("status").codelist or ""]
    return codes.code_of(text) == record.get("status")


def _same_carrier(reader: Reader, text: str, table: str, record: Record) -> bool:
    """Tell whether a text is the role that carries a decision, or the name of who does."""
    key = record.get("carrier_id", "")
    names = [reader.known.record(one, key).get("label", "") for one in ("structures", "actors")]
    said = [one for one in (record.get("carrier_role", ""), key, *names) if one]
    return plain(text) in {plain(way) for one in said for way in (one, mask_persons(one))}


def _same_day(reader: Reader, text: str, table: str, record: Record) -> bool:
    due = to_date(record.get("due_on", ""))
    return due is not None and day_of(text, to_date(reader.facts.date)) == due


def _readings(reader: Reader, block: Block) -> Iterator[Over]:
    """A figure has one title, the same on each of its rows: what most rows say was printed."""
    rows = [line for line in block.lines if line.cells.get(FIGURE) and line.cells.get(TITLE)]
    for told, by in ((TITLE, FIGURE), (FIGURE, TITLE)):
        said: dict[str, Counter[str]] = {}
        for line in rows:
            said.setdefault(line.cells[by], Counter())[line.cells[told]] += 1
        for line in rows:
            if line.cells[told] != said[line.cells[by]].most_common(1)[0][0]:
                yield line, told, OVER


def _balance(reader: Reader, block: Block) -> Iterator[Over]:
    questions = [plain(question) for question, _ in BALANCE.values()]
    for line in block.lines:
        text = line.cells.get(ASKED, "")
        if text and not typed_in(line, block.told) and not nearest_name(plain(text), questions,
                                                                        NEAR):  # fmt: skip
            yield line, ASKED, OVER


def _categories(reader: Reader, block: Block) -> Iterator[Over]:
    codes = catalogue().codelists["participant_categories"]
    for line in block.lines:
        text = line.cells.get(CATEGORY, "")
        if text and not typed_in(line, block.told) and not (
            codes.code_of(text) or codes.alike(text) or codes.nearest(text)
        ):  # fmt: skip
            yield line, CATEGORY, OVER


_SAME: Mapping[str, Callable[[Reader, str, str, Record], bool]] = {
    BEFORE: _same_status, CARRIER: _same_carrier, DUE: _same_day,
}  # fmt: skip
_WAYS: Mapping[str, Callable[[Reader, Block], Iterator[Over]]] = {
    "followed": _registered, "hypotheses": _registered, "references": _registered,
    "readings": _readings, "balance": _balance, "participants": _categories,
}  # fmt: skip
