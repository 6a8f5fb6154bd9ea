"""Fields of each kind of block: the JSON a notebook carries and the documents read.

Every text is plain, untypographed and already guarded; numbers are already formatted.
"""

from typing import NotRequired, TypedDict


class Cover(TypedDict):
    """Fields of the first page."""

    title: str
    territory: NotRequired[str]
    subtitle: NotRequired[str]
    date: NotRequired[str]
    version: NotRequired[str]
    author: NotRequired[str]
    status: NotRequired[str]
    fictional: bool
    notice: NotRequired[str]
    made_from: NotRequired[str]


class KeyFigure(TypedDict):
    """A value, what it counts, what to compare it with."""

    value: str
    unit: NotRequired[str]
    label: str
    comparison: NotRequired[str]


class KeyFigures(TypedDict):
    """Fields of the row of key figures."""

    id: str
    title: NotRequired[str]
    items: list[KeyFigure]


class Finding(TypedDict):
    """One sentence of what is learnt, and the figure or table that bears it (its id)."""

    text: str
    href: NotRequired[str]


class Summary(TypedDict):
    """Fields of the page that stands alone: figures, findings, first questions."""

    id: str
    title: NotRequired[str]
    items: list[KeyFigure]
    findings: list[Finding]
    questions: list[str]
    lines: NotRequired[int]


class Data(TypedDict):
    """The table behind a figure."""

    caption: NotRequired[str]
    columns: list[str]
    rows: list[list[str]]


class Chart(TypedDict):
    """Fields of a figure; the title is its message.

    ``wide`` is the same figure drawn for a screen, where ``svg`` is too tall to be projected;
    ``questions`` are asked of it on the wall.
    """

    id: str
    title: str
    subtitle: NotRequired[str]
    alt: str
    source: str
    reading: NotRequired[str]
    svg: str
    wide: NotRequired[str]
    questions: NotRequired[list[str]]
    width: NotRequired[str]
    scale_card: NotRequired[bool]
    data: Data


class Column(TypedDict):
    """Head of a column."""

    label: str
    unit: NotRequired[str]
    align: NotRequired[str]


class Table(TypedDict):
    """Fields of a table; the first column names the rows."""

    id: str
    title: str
    columns: list[Column]
    rows: list[list[str]]
    source: NotRequired[str]
    note: NotRequired[str]
    annex: NotRequired[bool]


class Passage(TypedDict):
    """Words kept as they were written, and the place where they are read in full."""

    text: str
    origin: NotRequired[str]
    leads_to: NotRequired[str]


class BoardCell(TypedDict):
    """One cell of a board: passages, else what is asked of the group."""

    head: NotRequired[str]
    passages: list[Passage]
    question: NotRequired[str]
    note: NotRequired[str]


class BoardRow(TypedDict):
    """One row of a board; ``leads_to`` is where what it names is read in full."""

    label: str
    origin: NotRequired[str]
    leads_to: NotRequired[str]
    cells: list[BoardCell]


class Board(TypedDict):
    """Fields of a draft to contest: words set in cells, and room for those of the group.

    ``left_out`` says what the draft leaves aside, ``limits`` what it does not allow one to say;
    ``data`` holds every passage, those that have no room in the cells included.
    """

    id: str
    title: str
    subtitle: NotRequired[str]
    alt: str
    columns: list[str]
    rows: list[BoardRow]
    room: NotRequired[bool]
    left_out: str
    limits: str
    reading: NotRequired[str]
    source: str
    data: Data


class Quote(TypedDict):
    """What somebody said, and who it is that speaks."""

    text: str
    speaker: NotRequired[str]
    place: NotRequired[str]
    consent: NotRequired[str]


class Quotes(TypedDict):
    """Fields of a group of quotes."""

    id: str
    title: NotRequired[str]
    note: NotRequired[str]
    items: list[Quote]


class Discussion(TypedDict):
    """Fields of the questions that close a theme."""

    id: str
    title: str
    questions: list[str]
    lines: NotRequired[int]


class Callout(TypedDict):
    """Fields of a boxed remark."""

    id: str
    tone: NotRequired[str]
    title: str
    text: NotRequired[str]
    items: NotRequired[list[str]]


class Event(TypedDict):
    """One dated fact of a thread."""

    date: str
    what: str
    kind: NotRequired[str]
    evidence: NotRequired[str]
    document: NotRequired[str]


class Thread(TypedDict):
    """Fields of a dated thread of what an authority took into account."""

    id: str
    title: str
    who: NotRequired[str]
    events: list[Event]
    unknown: NotRequired[list[str]]


class Shown(TypedDict):
    """A figure or a table of the same document, by its id; the document says its number."""

    figure: str
    label: NotRequired[str]


class Decision(TypedDict):
    """A statement that the group follows (a decision, a hypothesis, a reading), and its story."""

    statement: str
    decided: NotRequired[str]
    carrier: NotRequired[str]
    due: NotRequired[str]
    expected: NotRequired[str]
    status: NotRequired[str]
    since: NotRequired[str]
    evidence: NotRequired[str]
    reason: NotRequired[str]
    came_from: NotRequired[str]
    became: NotRequired[str]
    positions: NotRequired[str]
    supported: NotRequired[str]
    opposed: NotRequired[str]
    said: NotRequired[str]
    moves: NotRequired[str]
    figures: NotRequired[list[Shown]]


class FollowUp(TypedDict):
    """Fields of what the group follows: what became of the decisions, of the hypotheses."""

    id: str
    title: NotRequired[str]
    note: NotRequired[str]
    items: list[Decision]


class Labelled(TypedDict):
    """A labelled text; ``name`` is what a passage that leads to it calls it."""

    label: str
    text: str
    name: NotRequired[str]


class Sheet(TypedDict):
    """Fields of one experience told in full.

    ``questions`` are asked of it on the wall; ``page`` gives it a page of its own in a leaflet.
    """

    id: str
    title: str
    subtitle: NotRequired[str]
    fields: list[Labelled]
    questions: NotRequired[list[str]]
    page: NotRequired[bool]


class Method(TypedDict):
    """Fields of the sources, definitions and limits."""

    id: str
    title: str
    items: list[Labelled]


class Glossary(TypedDict):
    """Fields of the acronyms and words of a document, each with what it means."""

    id: str
    title: str
    items: list[Labelled]


class Absence(TypedDict):
    """Fields of what cannot be shown, and why."""

    id: str
    title: str
    mark: str
    text: str
