"""The capture sheet of a session, received as any other file: recognised by its content."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from dts_research.intake.capture_direct import DIRECT, direct_rows
from dts_research.intake.capture_entries import ENTRIES, ROLES, Entry, Reader
from dts_research.intake.capture_known import Register
from dts_research.intake.capture_outside import outside_facts, outside_of
from dts_research.intake.capture_printed import over_printed
from dts_research.intake.capture_reading import SESSION, Block, bears_sign, read_grid
from dts_research.intake.capture_session import facts_of, names_session, opening_of
from dts_research.intake.capture_voices import READERS, session
from dts_research.intake.identifiers import row_digests
from dts_research.intake.mapping import Mapping as Correspondence
from dts_research.intake.sheets import Grid, Sheet
from dts_research.intake.taken_ids import Received
from dts_research.intake.taking import ISSUE_COLUMNS, Taken, take_sheet
from dts_research.protect.names import mask_persons
from dts_research.schema.capture import HEADING, OPENING, SESSION_LINES, Column
from dts_research.schema.catalogue import Catalogue, plain
from dts_research.schema.sentences import shown

PART = " · "
ANSWERED = "answered_in_room"
# Sheets of a workbook given back that hold nothing to read.
_NOT_READ = frozenset(map(plain, ("À lire", "Remarques", "Réparations", "À confirmer", "Listes")))


@dataclass(frozen=True)
class Part:
    """Rows that feed one table, from one sheet.

    Parameters
    ----------
    name
        Name of the sheet, and what these rows are of it.
    table
        The table.
    columns
        Columns of the sheet that may be given back.
    entries
        The rows.
    """

    name: str
    table: str
    columns: tuple[Column, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Captured:
    """A capture sheet once read.

    Parameters
    ----------
    file
        Name of the file.
    session_id
        Its session.
    parts
        Rows for each table.
    outside
        Sheet, row, column, text, why: what is written and is not kept.
    """

    file: str
    session_id: str
    parts: tuple[Part, ...]
    outside: tuple[tuple[str, int, str, str, str], ...]

    def taken(
        self, ours: Catalogue, *, withdrawn: Collection[str], received: Received | None
    ) -> list[Taken]:
        """Receive every row, checked as those of any other file are."""
        return [self._take(part, ours, withdrawn, received) for part in self.parts if part.entries]

    def _take(
        self, part: Part, ours: Catalogue, withdrawn: Collection[str], received: Received | None
    ) -> Taken:
        written = _frame(part.entries, [c.title for c in part.columns], self.session_id)
        fed = {c.title: c.field for c in part.columns if _feeds(c, part, ours)}
        columns = {**fed, **{n: n for n in _more(part, set(fed.values()))}}
        cells = pd.DataFrame(
            {title: _texts(e.values.get(name) for e in part.entries)
             for title, name in columns.items()}
        ).set_axis(written.index)  # fmt: skip
        sheet = Sheet(
            file=self.file, name=part.name, header_row=0, columns=tuple(cells), cells=cells,
            set_aside={e.line.number: e.refused for e in part.entries if e.refused},
            made=tuple(n for n in columns if n not in fed),
        )  # fmt: skip
        mapping = Correspondence(
            source=HEADING if self.session_id else DIRECT, sheet=part.name, told=True,
            table=part.table,
            columns={title: (f"{part.table}.{name}",) for title, name in columns.items()},
            kept_aside=tuple(name for name in written if name not in columns),
        )  # fmt: skip
        taken = take_sheet(sheet, mapping, ours, withdrawn=withdrawn, received=received)
        back = replace(sheet, columns=tuple(written), cells=written)
        raw = {table: _as_typed(frame, written, fed) for table, frame in taken.raw.items()}
        return replace(taken, sheet=back, digests=row_digests(back.columns, written), raw=raw)

    @property
    def answered(self) -> tuple[tuple[str, int, str, str, str, str], ...]:
        """Fields that the rows tell of records received before, as `reception.Noted`."""
        return tuple(
            (part.name, entry.line.number, part.table, name, ANSWERED, "dit en séance")
            for part in self.parts
            for entry in part.entries
            if not entry.refused
            for name in entry.told
        )

    def issues(self) -> pd.DataFrame:
        """One sentence per cell that is written and is not kept."""
        blank = dict.fromkeys(ISSUE_COLUMNS, "") | {"rule": "outside", "severity": "note"}
        found = [
            {**blank, "sheet": sheet, "row": row, "column": column, "value": text,
             "message": f"« {shown(text)} » : {why}"}
            for sheet, row, column, text, why in self.outside
        ]  # fmt: skip
        return pd.DataFrame(found, columns=list(ISSUE_COLUMNS)).astype({"row": "int64"})


def captured(file: str, grids: Iterable[Grid], known: Register) -> Captured | None:
    """Read a capture sheet; None when a file is none.

    Parameters
    ----------
    file
        Name of the file.
    grids
        Its sheets.
    known
        What it is read beside; when it names a session, the file is its capture sheet.
    """
    whole = list(grids)
    if (direct := direct_rows(whole, known)) is not None:
        schema, columns, entries = direct
        part = Part(whole[0].name, schema.name, columns, tuple(entries))
        return Captured(file, "", (part,), ())
    opening = opening_of(whole)
    if not (names_session(opening) or known.session or any(map(bears_sign, whole))):
        return None
    rest = [g for g in whole if g is not opening and plain(g.name) not in _NOT_READ]
    read = [(grid, read_grid(grid)) for grid in rest]
    blocks = [block for _, one in read for block in one.blocks]
    if not blocks and opening is None:
        return None
    reader = Reader(facts_of(file, whole, opening, blocks, known), known)
    parts = [_session_part(reader), *_parts(reader, blocks)]
    outside = [*reader.outside, *outside_of(read), *outside_facts(reader.facts)]
    return Captured(file, reader.facts.id, tuple(parts), tuple(outside))


def _session_part(reader: Reader) -> Part:
    name = reader.facts.sheet or OPENING
    return Part(name, "sessions", SESSION_LINES, tuple(session(reader)))


def _parts(reader: Reader, blocks: Iterable[Block]) -> Iterator[Part]:
    """Parts of each block: one per table, or per column where each column is a record."""
    names: set[str] = set()
    for block in blocks:
        read = {**ENTRIES, **READERS}[block.told.name](reader, block)
        over_printed(reader, block)
        for what, entries in read.items():
            base = block.name or block.told.title
            name = free = f"{base}{PART}{what}" if what else base
            while free in names:
                free = f"{free}{PART}suite" if free == name else f"{free} 2"
            names.add(free)
            yield Part(free, block.told.table, _columns(block, what), tuple(entries))


def _columns(block: Block, what: str) -> tuple[Column, ...]:
    """Columns of a part: where it is one column of its sheet, that column alone is its words."""
    columns = block.told.columns
    if block.told.name == "readings":
        return tuple(replace(c, field="text") if c.title == what else c for c in columns)
    if what:
        reason = block.told.column("reason")
        return tuple(replace(c, field="statement" if c is reason else "") for c in columns)
    return columns


def _feeds(column: Column, part: Part, ours: Catalogue) -> bool:
    return column.field in ours.tables[part.table].names


def _more(part: Part, fed: set[str]) -> list[str]:
    """Fields that the rows say without a column of the sheet for them."""
    said = dict.fromkeys(name for entry in part.entries for name in entry.values)
    return [name for name in said if name not in fed]


def _frame(entries: Iterable[Entry], titles: Iterable[str], session_id: str) -> pd.DataFrame:
    """Rows as they are written, with their session, so that they can be given back."""
    rows = [entry.line for entry in entries]
    index = pd.Index([line.number for line in rows], name="row", dtype="int64")
    cells = {title: _texts(line.cells.get(title) for line in rows) for title in titles}
    if session_id:
        cells[SESSION] = _texts(session_id for _ in rows)
    return pd.DataFrame(cells).set_axis(index)


def _as_typed(raw: pd.DataFrame, written: pd.DataFrame, fed: Mapping[str, str]) -> pd.DataFrame:
    """Put the words that somebody typed in place of what they were read as."""
    typed = {
        name: written[title].loc[raw.index].fillna(raw[name])
        for title, name in fed.items()
        if name in raw and not name.endswith("_id")
    }
    for name in {*ROLES} & {*typed}:  # a name typed for a role is kept nowhere
        typed[name] = typed[name].map(mask_persons, na_action="ignore")
    return raw.assign(**typed)


def _texts(cells: Iterable[str | None]) -> pd.Series:
    return pd.Series([cell or None for cell in cells], dtype="str")
