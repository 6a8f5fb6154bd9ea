"""Which session a capture sheet is of, and what its first sheet says of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dts_research.errors import MaterialError, RequestError
from dts_research.intake.capture_known import Register
from dts_research.intake.capture_reading import SESSION, Block
from dts_research.intake.sheets import Grid
from dts_research.schema.capture import GUIDE, HEADING, SESSION_LINES, TIES, short_id
from dts_research.schema.catalogue import nearest_name, plain

NEAR_LABEL = 0.8
MOST_LINES = 200
_ID = re.compile(r"\bSE-[\w-]*\w")
_DATED = re.compile(r"SE-(.+?)-(\d{4}-\d\d-\d\d)-\w+")
_REGION = re.compile(r"R\d+")
NETWORK = "reseau"


@dataclass(frozen=True)
class Facts:
    """A session as a file tells it.

    Parameters
    ----------
    id
        Its id.
    values
        All that is known of it, by field, as texts.
    written
        Field -> text, row and column (from 0) of the file, for what the first sheet says.
    sheet, row
        Where it is told; empty and 0 when the file has no first sheet.
    outside
        Cells of the first sheet that are no answer: address -> text.
    """

    id: str
    values: Mapping[str, str]
    written: Mapping[str, tuple[str, int, int]] = field(default_factory=dict)
    sheet: str = ""
    row: int = 0
    outside: Mapping[tuple[int, int], str] = field(default_factory=dict)

    @property
    def short(self) -> str:
        """What tells its rows from those of others."""
        return short_id(self.id)

    @property
    def date(self) -> str:
        """Its day, as written."""
        return self.values.get("date", "")


def opening_of(grids: Iterable[Grid]) -> Grid | None:
    """Return the first sheet of a capture sheet: several of its labels, each with its value."""
    found = ((len(_written(grid)), grid) for grid in grids if len(grid.rows) <= MOST_LINES)
    many, best = max(found, key=lambda pair: pair[0], default=(0, None))
    return best if many > 2 else None


def names_session(opening: Grid | None) -> bool:
    """Tell whether a first sheet says its session by its id."""
    return opening is not None and "session_id" in _written(opening)


def facts_of(
    file: str, grids: Iterable[Grid], opening: Grid | None, blocks: Iterable[Block], known: Register
) -> Facts:
    """Tell which session a file is of.

    Raises
    ------
    MaterialError
        When nothing in the file says it, nor whoever receives it.
    RequestError
        When the file says one and whoever receives it another.
    """
    written = _written(opening) if opening is not None else {}
    told = written.get("session_id", ("",))[0] or _mentioned(grids, blocks)
    asked = known.session.get("session_id", "")
    if told and asked and plain(told) != plain(asked):
        raise RequestError(
            f"« {file} » est la fiche de la séance « {told} », et non de « {asked} ».",
            "Ôter --session, ou choisir le bon fichier.",
        )
    if not told and not asked:
        raise MaterialError(
            f"« {file} » est une fiche de saisie, mais rien n'y dit de quelle séance elle vient.",
            "Ajouter son identifiant à la commande : dts session record FICHIER --session SE-…",
        )
    key = asked or told
    texts = {name: text for name, (text, *_) in written.items() if name != "territory"}
    values = {**_decoded(key), **known.record("sessions", key), **known.session, **texts}
    row = written.get("session_id", next(iter(written.values()), ("", 0, 0)))[1]
    outside = dict(_outside(opening, written)) if opening is not None else {}
    name = opening.name if opening is not None else ""
    return Facts(key, {**values, "session_id": key}, written, name, row, outside)


def _mentioned(grids: Iterable[Grid], blocks: Iterable[Block]) -> str:
    """Find the id of a session in a column for it, else the only one that the cells name."""
    column = {line.cells[SESSION] for block in blocks for line in block.lines
              if line.cells.get(SESSION)}  # fmt: skip
    cells = (cell for grid in grids for row in grid.rows for cell in row if cell and "SE-" in cell)
    named = column or {name for cell in cells for name in _ID.findall(cell)}
    return named.pop() if len(named) == 1 else ""


def _decoded(session_id: str) -> dict[str, str]:
    """What the id itself says: the territory and the day."""
    found = _DATED.fullmatch(session_id)
    if not found:
        return {}
    where, day = found.groups()
    level = "regional" if _REGION.fullmatch(where) else "local"
    place = {"level": level, "territory_id": where}
    if where == NETWORK:
        place = {"level": "national"}
    return {"date": day, "label": f"Séance du {day[8:]}/{day[5:7]}/{day[:4]}", **place}


def _written(grid: Grid) -> dict[str, tuple[str, int, int]]:
    """Field -> value, row and column: the first cell after a label that holds something."""
    labels = {plain(line.title): line.field for line in SESSION_LINES}
    found: dict[str, tuple[str, int, int]] = {}
    for number, row in enumerate(grid.rows, start=1):
        filled = [(place, cell.strip()) for place, cell in enumerate(row) if cell and cell.strip()]
        if len(filled) < 2:
            continue
        label = nearest_name(plain(filled[0][1]), labels, NEAR_LABEL)
        if label and labels[label] not in found:
            place, text = filled[1]
            found[labels[label]] = (text, number, place)
    return found


def _outside(
    grid: Grid, written: Mapping[str, tuple[str, int, int]]
) -> Iterator[tuple[tuple[int, int], str]]:
    """Cells of the first sheet that are neither printed nor an answer."""
    printed = {plain(text) for text in (HEADING, *TIES, *GUIDE)}
    printed |= {plain(f"{n}. {text}") for n, text in enumerate(GUIDE, start=1)}
    printed.add(plain(written.get("label", ("",))[0]))
    labels = [plain(line.title) for line in SESSION_LINES]
    taken = {(row, place) for _, row, place in written.values()}
    for number, row in enumerate(grid.rows, start=1):
        for place, cell in enumerate(row):
            if not cell or not cell.strip() or (number, place) in taken:
                continue
            if plain(cell) in printed or nearest_name(plain(cell), labels, NEAR_LABEL):
                continue
            yield (number, place), cell.strip()
