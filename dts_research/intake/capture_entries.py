"""What each row of a capture sheet becomes: values of a record, or why it becomes none.

A blank cell keeps what a record already says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from dts_research.intake.capture_days import day_of
from dts_research.intake.capture_known import (
    Record,
    Register,
    code_of,
    session_label,
    with_piece,
)
from dts_research.intake.capture_reading import Block, Line, typed_in
from dts_research.intake.capture_session import Facts
from dts_research.intake.identifiers import digest_of, prefix_of
from dts_research.protect.names import MASK, mask_persons
from dts_research.schema.capture import ID, STATEMENT, Column
from dts_research.schema.casts import to_date
from dts_research.schema.catalogue import catalogue, plain

NO_ANSWER = "rien n'est écrit en face"
HELD = "cette ligne circulait plus loin que la séance ; elle ne circule plus que comme elle"
NO_NAMES = "un nom de personne n'est jamais gardé : écrire une structure ou un rôle"
# What one session says is added to what others said.
PIECES = ("evidence_for", "evidence_against", "nuance")
FOLLOWED = ("what_happened", "evidence")
ROLES = ("carrier_role", "group", "facilitator_role")


@dataclass
class Entry:
    """One record told by one row.

    Parameters
    ----------
    line
        The row.
    values
        Field -> text; those of the record that it updates stand where nothing is typed.
    told
        Fields that the row tells of a record received before; empty for a new one.
    refused
        Why the row is not read, in French; empty when it is.
    """

    line: Line
    values: dict[str, str] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    refused: str = ""


def unnamed_role(text: str) -> tuple[str, str]:
    """What remains of a role without the names of persons, and what is said of them."""
    masked = mask_persons(text)
    if masked == text:
        return text, ""
    rest = masked.replace(MASK, "").strip(" ,;:-–()")
    return rest, f"{NO_NAMES} ; gardé : « {rest} »" if rest else NO_NAMES


@dataclass
class Reader:
    """Reads the rows of one file.

    Parameters
    ----------
    facts
        The session.
    known
        What was received before.
    outside
        Sheet, row, title of the column, text, why: what is typed and is not kept.
    """

    facts: Facts
    known: Register
    outside: list[tuple[str, int, str, str, str]] = field(default_factory=list)

    def typed(self, block: Block, line: Line) -> dict[str, str]:
        """Values that somebody typed on a row, by field; lists as codes."""
        found = {}
        for column in typed_in(line, block.told):
            text = line.cells[column.title]
            if column.field in ROLES:
                text, why = unnamed_role(text)
                if why:
                    masked = mask_persons(line.cells[column.title])
                    self.leave(block, line, column.title, masked, why)
                if not text:
                    continue
            found[column.field] = self._read(block, line, column, text)
        return found

    def _read(self, block: Block, line: Line, column: Column, text: str) -> str:
        """Text of a cell as it will be checked: codes, days in full."""
        if column.type == "date":
            since = to_date(self.facts.date)
            day = day_of(text, since)
            if day is not None and to_date(text) is None:
                self.leave(block, line, column.title, text, f"lu comme le {day:%d/%m/%Y}")
            return day.isoformat() if day is not None else text
        if column.field == "experience_ids":
            return self._sheets(block, line, column.title, text)
        return code_of(column.codelist, text) if column.codelist else text

    def _sheets(self, block: Block, line: Line, title: str, text: str) -> str:
        """Ids of sheets written by their id or by their title."""
        ids = []
        for piece in filter(None, map(str.strip, re.split(r"[|;\n]", text))):
            known = self.known.record("experiences", piece)
            found = piece if known else self.known.stated("experiences", piece)[0]
            if not found:
                why = "ni l'identifiant ni le titre d'une fiche connue ; gardé tel quel"
                self.leave(block, line, title, piece, why)
            ids.append(found or piece)
        return "".join(f"{one}|" for one in ids)

    def leave(self, block: Block, line: Line, title: str, text: str, why: str) -> None:
        """Note a cell that is not kept."""
        self.outside.append((block.name or block.told.title, line.number, title, text, why))

    @property
    def diffusion(self) -> str:
        """How far what is noted may go, as a code; empty when the sheet does not say."""
        code = code_of("diffusion", self.facts.values.get("diffusion", ""))
        return code if code in catalogue().codelists["diffusion"].labels else ""

    def kept(self, record: Record) -> Record:
        """What a record of this sheet says already; how far it goes, the sheet says anew."""
        return {k: v for k, v in record.items() if k != "diffusion" or not self.diffusion}

    def narrowed(self, block: Block, line: Line, record: Record) -> Record:
        """How far a known record goes once a narrower session has spoken of it; told when less."""
        order = list(catalogue().codelists["diffusion"].labels)
        before = record.get("diffusion") or "territory"
        if not self.diffusion or order.index(self.diffusion) >= order.index(before):
            return {}
        self.leave(block, line, block.told.columns[0].title, line.cells.get(ID, ""), HELD)
        return {"diffusion": self.diffusion}

    def own(self, key: str, prefix: str) -> bool:
        """Tell whether a record was born on this very sheet."""
        return key.startswith(f"{prefix}-{self.facts.short}-")

    def fresh(self, **values: str) -> dict[str, str]:
        """What any record told for the first time says of where it comes from."""
        facts = self.facts
        common = {
            "session_id": facts.id, "territory_id": facts.values.get("territory_id", ""),
            "source": facts.values.get("label", ""), "updated_on": facts.date,
            "diffusion": self.diffusion,
        }  # fmt: skip
        return {k: v for k, v in {**common, **values}.items() if v}

    def made(self, prefix: str, *parts: str) -> str:
        """Id of a row that bears none: the same words give the same one."""
        words = "\x1f".join(plain(part) for part in parts)
        return f"{prefix}-{self.facts.short}-{digest_of(words)}"


def _followed(reader: Reader, block: Block) -> dict[str, list[Entry]]:
    """What became of decisions; and the decisions that they became."""
    told, heirs = [], []
    for line in block.lines:
        typed = reader.typed(block, line)
        if not typed:
            _unanswered(reader, block, line)
            continue
        key, record = _known_decision(reader, block, line)
        if not record:
            told.append(Entry(line, refused=_no_decision(line)))
            continue
        becomes = typed.pop("reason", "") if typed.get("status") == "transformed" else ""
        if becomes:
            heirs.append(_heir(reader, line, key, becomes))
        moved = {**typed, **_pieces(reader, record, typed, FOLLOWED)}
        moved |= {"followed_in": reader.facts.id, "updated_on": reader.facts.date}
        moved |= reader.narrowed(block, line, record)
        told.append(Entry(line, {**record, "decision_id": key, **moved}, tuple(moved)))
    return {"": told, "Devenue": heirs}


def _unanswered(reader: Reader, block: Block, line: Line) -> None:
    """Note a statement written with nothing beside it; a printed row is left as it is."""
    written = "" if line.cells.get(ID) else line.cells.get(STATEMENT, "")
    if written and not reader.known.stated("decisions", written)[0]:
        reader.leave(block, line, STATEMENT, written, NO_ANSWER)


def _known_decision(reader: Reader, block: Block, line: Line) -> tuple[str, Record]:
    key, statement = line.cells.get(ID, ""), line.cells.get(STATEMENT, "")
    record = reader.known.record("decisions", key)
    if record or not statement:
        return key, record
    where = reader.facts.values.get("territory_id", "")
    found, same = reader.known.stated("decisions", statement, within=where)
    if found and not same:
        said = f"lu comme la décision « {found} », dont l'énoncé est presque le même"
        reader.leave(block, line, STATEMENT, statement, said)
    return found, reader.known.record("decisions", found)


def _no_decision(line: Line) -> str:
    said = line.cells.get(ID) or line.cells.get(STATEMENT, "")
    named = f"« {said[:60]} » n'est l'énoncé ni l'identifiant d'aucune décision connue"
    what = named if said else "rien n'y dit de quelle décision on parle"
    return f"{what} ; une décision nouvelle s'écrit dans la feuille « Décisions »"


def _heir(reader: Reader, line: Line, parent: str, text: str) -> Entry:
    """The decision that another one became: one known, or a new one."""
    known = reader.known
    key = text if known.record("decisions", text) else known.stated("decisions", text)[0]
    if key and key != parent:
        return Entry(line, {**known.record("decisions", key), "parent_id": parent}, ("parent_id",))
    new = f"{parent}-{reader.facts.short.rpartition('-')[2]}"
    more = {"status": "to_do", "decided_on": reader.facts.date, "parent_id": parent}
    kept = known.record("decisions", new)
    return Entry(
        line, {**reader.fresh(**more), **reader.kept(kept), "decision_id": new, "statement": text}
    )


def _new_decisions(reader: Reader, block: Block) -> dict[str, list[Entry]]:
    more = {"status": "to_do", "decided_on": reader.facts.date}
    return {"": list(_registered(reader, block, "decisions", more))}


def _hypotheses(reader: Reader, block: Block) -> dict[str, list[Entry]]:
    more = {"status": "stated", "cycle_id": reader.facts.values.get("cycle_id", "")}
    return {"": list(_registered(reader, block, "hypotheses", more, by="moved_by"))}


def _references(reader: Reader, block: Block) -> dict[str, list[Entry]]:
    more = {"status": "adopted"}
    return {"": list(_registered(reader, block, "common_references", more, by="session_id"))}


def _registered(
    reader: Reader, block: Block, table: str, more: Mapping[str, str], *, by: str = ""
) -> Iterator[Entry]:
    """Rows of a register: those known are updated, the others are new."""
    schema = catalogue().tables[table]
    prefix = prefix_of(schema)
    for line in block.lines:
        typed, statement = reader.typed(block, line), line.cells.get(STATEMENT, "")
        key, record = _known(reader, table, line)
        mine = not key or reader.own(key, prefix)
        if mine and (typed or statement):
            new = key or reader.made(prefix, statement)
            given = {schema.key: new, **({"statement": statement} if statement else {})}
            yield Entry(line, {**reader.fresh(**more), **reader.kept(record), **typed, **given})
        elif not mine and typed and (not record or block.told.name == "decisions"):
            yield Entry(line, refused=_elsewhere(key, known=bool(record)))
        elif not mine and typed:
            yield _updated(reader, block, line, (schema.key, key, by), typed)


def _known(reader: Reader, table: str, line: Line) -> tuple[str, Record]:
    """Id and record of a row: by its id, else by its very words."""
    key, statement = line.cells.get(ID, ""), line.cells.get(STATEMENT, "")
    if key or not statement:
        return key, reader.known.record(table, key)
    where = reader.facts.values.get("territory_id", "")
    found, _ = reader.known.stated(table, statement, within=where)
    return found, reader.known.record(table, found)


def _elsewhere(key: str, *, known: bool) -> str:
    """Say why a row with the id of another sheet is not read here."""
    if known:
        return (
            f"cette décision est déjà au registre (« {key} ») ; ce qui en est advenu s'écrit dans "
            "la feuille « Suite donnée »"
        )
    return f"« {key} » n'est pas au registre de ce classeur ; effacer l'identifiant pour le créer"


def _updated(
    reader: Reader, block: Block, line: Line, who: tuple[str, str, str], typed: Mapping[str, str]
) -> Entry:
    """A record received before, with what the session says of it; a move names the session."""
    key_name, key, by = who
    record = reader.known.record(block.told.table, key)
    said = _pieces(reader, record, typed, PIECES)
    if "experience_ids" in typed:
        kept = [*record.get("experience_ids", "").split("|"), *typed["experience_ids"].split("|")]
        said["experience_ids"] = "|".join(dict.fromkeys(filter(None, kept)))
    moved = {**typed, **said, "updated_on": reader.facts.date}
    moved |= reader.narrowed(block, line, record)
    if typed.get("status", record.get("status")) != record.get("status"):
        moved[by] = reader.facts.id
    return Entry(line, {**record, key_name: key, **moved}, tuple(moved))


def _pieces(
    reader: Reader, record: Record, typed: Mapping[str, str], names: tuple[str, ...]
) -> dict[str, str]:
    """What this session says, added to what others said."""
    label = session_label(reader.known, reader.facts.id, reader.facts.date)
    return {name: with_piece(record.get(name, ""), label, typed[name])
            for name in names if name in typed}  # fmt: skip


ENTRIES: Mapping[str, Callable[[Reader, Block], dict[str, list[Entry]]]] = {
    "followed": _followed, "decisions": _new_decisions, "hypotheses": _hypotheses,
    "references": _references,
}  # fmt: skip
