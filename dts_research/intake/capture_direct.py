"""One record told by hand, on the command line: a small file that says some of its cells only."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from dts_research.intake.capture_entries import Entry
from dts_research.intake.capture_known import Register, code_of
from dts_research.intake.capture_reading import Line
from dts_research.intake.sheets import Grid
from dts_research.schema.capture import Column
from dts_research.schema.catalogue import Schema, catalogue, plain

DIRECT = "Saisie directe"


def direct_text(table: str, rows: Sequence[Mapping[str, str]]) -> str:
    """Write records told by hand as CSV: the table in a first column, then the cells told.

    Parameters
    ----------
    table
        Name of the table.
    rows
        Field -> text, for each record; what is not there is not told.
    """
    schema = catalogue().tables[table]
    names = [name for name in schema.names if any(name in row for row in rows)]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow([DIRECT, *(schema.field(name).title for name in names)])
    writer.writerows([schema.title, *(row.get(name, "") for name in names)] for row in rows)
    return out.getvalue()


def direct_rows(
    grids: Iterable[Grid], known: Register
) -> tuple[Schema, tuple[Column, ...], list[Entry]] | None:
    """Read records told by hand; None when a file is no such thing."""
    for grid in grids:
        head, *body = grid.rows or ((),)
        if not head or plain(head[0] or "") != plain(DIRECT) or not body:
            continue
        titles = {plain(s.title): s for s in catalogue().tables.values()}
        schema = titles.get(plain(body[0][0] or ""))
        if schema is None:
            continue
        columns = tuple(_column(schema, title or "") for title in head)
        lines = (Line(n, {c.title: cell.strip() for c, cell in zip(columns, row)
                          if cell and cell.strip()})
                 for n, row in enumerate(body, start=2))  # fmt: skip
        return schema, columns, [_entry(schema, columns, line, known) for line in lines]
    return None


def _column(schema: Schema, title: str) -> Column:
    name = schema.titles.get(title, "")
    codelist = schema.field(name).codelist or "" if name else ""
    return Column(name, title, 0, typed=True, codelist=codelist)


def _entry(schema: Schema, columns: tuple[Column, ...], line: Line, known: Register) -> Entry:
    told = {c.field: code_of(c.codelist, line.cells[c.title]) if c.codelist else line.cells[c.title]
            for c in columns if c.field and c.title in line.cells}  # fmt: skip
    record = known.record(schema.name, told.get(schema.key, ""))
    said = tuple(name for name in told if name != schema.key) if record else ()
    return Entry(line, {**record, **told}, said)
