"""An executed notebook as a list of semantic blocks, ready for any kind of document.

Nothing is lost without a word: what a document cannot hold becomes a boxed note, and each fault
is told in `Document.faults`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from dts_research.display import blocks as made
from dts_research.errors import DtsError
from dts_research.reports.absences import merged
from dts_research.reports.arrange import arrange
from dts_research.reports.bare import gathered, moved
from dts_research.reports.comments import Comment, figures_of, with_comments
from dts_research.reports.depths import READERS, Beyond, level_of, reads, tags_of
from dts_research.reports.faults import UNREADABLE, Fault, faults_in
from dts_research.reports.foreign import clean, foreign_blocks, joined, monospace, shortened, warned
from dts_research.reports.links import resolved
from dts_research.reports.prose import read_markdown

Block = dict[str, Any]
FICTION = "Données fictives"
DROPPED = {"remove-cell", "remove_cell", "parameters", "injected-parameters"}
ADDED = {"injected-parameters", "papermill-error-cell-tag"}
DROPPED |= ADDED
POSTER = "affiche"
# A cell marked « piece-deroule » belongs to the document of that name, made of such cells alone.
PIECE = "piece-"
# Under this name, the metadata of an executed notebook say where its report comes from.
PROVENANCE = "provenance"
_MAKERS = {
    make.__name__: make
    for make in (
        made.cover, made.key_figures, made.chart, made.table, made.quote, made.quotes,
        made.discussion, made.callout, made.thread, made.follow_up, made.sheet, made.method,
        made.summary, made.glossary, made.absence, made.board,
    )
}  # fmt: skip


@dataclass(frozen=True)
class Document:
    """What a document says, without its form.

    Attributes
    ----------
    blocks
        Prose and semantic blocks in order, each with the ``cell`` it comes from, the ``level`` of
        its own title, and ``poster`` where it goes on the wall; figures and tables carry their
        ``number``.
    faults
        What a published version may not have, cell by cell.
    figures
        What can be spoken of, by identifier: its title, name and the digest of its data.
    origin
        Where it comes from, in one French sentence; "" when it was not made as a report.
    """

    title: str
    lang: str = "fr"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    fictional: bool = False
    blocks: tuple[Block, ...] = ()
    faults: tuple[Fault, ...] = ()
    reader: str = "animateur"
    figures: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    origin: str = ""

    @property
    def cover(self) -> Block:
        """First page, made from the title where the notebook has none."""
        found = next((b for b in self.blocks if b["kind"] == "cover"), None)
        return found or {"kind": "cover", "title": self.title, "fictional": self.fictional}

    @property
    def one_page(self) -> bool:
        """Whether the document is the single page handed to an elected official.

        A notebook without a summary was not written for one: it makes an ordinary report.
        """
        official = self.reader == READERS[0]
        return official and any(block["kind"] == "summary" for block in self.blocks)

    @property
    def body(self) -> tuple[Block, ...]:
        """Every block but the cover."""
        return tuple(b for b in self.blocks if b["kind"] != "cover")


def read_document(
    nb: NotebookNode,
    *,
    reader: str = "",
    piece: str = "",
    comments: Sequence[Comment] = (),
    report: str = "",
) -> Document:
    """Read an executed notebook.

    Parameters
    ----------
    nb
        Notebook with its outputs.
    reader
        Who reads: ``elu``, ``animateur`` or ``chercheur``; by default the notebook's own
        parameter ``reader``, else ``animateur``.
    piece
        Name of one of the documents that the notebook holds: only its cells are read.
    comments
        What people wrote of its figures, to set beside them.
    report
        Id of the report, among those that were commented.
    """
    parameters = read_parameters(nb)
    level = level_of(reader or str(parameters.get("reader", "")))
    found, hidden = _read_cells(nb, level, f"{PIECE}{piece}" if piece else "")
    title = str(nb.metadata.get("title", "")) or str(parameters.get("title", ""))
    faults = faults_in(found)
    kept = gathered(found)
    title, ordered = arrange(merged(kept), title=title, faults=faults)
    figures = figures_of(ordered)
    ordered = with_comments(ordered, comments, report, hidden=hidden, faults=faults)
    ordered = resolved(ordered, faults, hidden=hidden, gone=moved(found, kept))
    fictional = any(bool(block.get("fictional")) for block in ordered)
    told = tuple(sorted(dict.fromkeys(faults), key=lambda fault: fault.cell))
    origin = str(nb.metadata.get(PROVENANCE, {}).get("sentence", ""))
    return Document(
        title, "fr", parameters, fictional, tuple(ordered), told, READERS[level], figures, origin
    )


def _read_cells(nb: NotebookNode, level: int, mark: str) -> tuple[list[Block], Beyond]:
    """Blocks this reader sees, and the identifiers of those for other readers only."""
    found: list[Block] = []
    hidden = Beyond()
    for number, cell in numbered(nb):
        if mark and mark not in tags_of(cell):
            continue
        blocks = _cell_blocks(cell) if _shown(cell, len(READERS)) else []
        if _shown(cell, level):
            marks = {"cell": number} | ({"poster": True} if POSTER in tags_of(cell) else {})
            found += [{**block, **marks} for block in blocks]
        else:
            hidden.add(cell, {str(block.get("id") or block.get("slug")) for block in blocks})
    return found, hidden


def numbered(nb: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Cells with the number JupyterLab gives them; those added by a run are 0."""
    number = 0
    for cell in nb.cells:
        added = bool(ADDED & tags_of(cell))
        number += not added
        yield 0 if added else number, cell


def read_parameters(nb: NotebookNode) -> dict[str, Any]:
    """Parameters of the notebook: its defaults, then those it was run with."""
    values: dict[str, Any] = {}
    for name in ("parameters", "injected-parameters"):
        for cell in nb.cells:
            if name in tags_of(cell) and cell.cell_type == "code":
                values.update(_assignments(cell.source))
    return values | dict(nb.metadata.get("papermill", {}).get("parameters", {}))


def _assignments(source: str) -> Iterator[tuple[str, Any]]:
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return
    for line in body:
        targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
        value = getattr(line, "value", None)
        for target in targets:
            if isinstance(target, ast.Name) and value is not None:
                try:
                    yield target.id, ast.literal_eval(value)
                except ValueError:
                    continue


def _shown(cell: NotebookNode, level: int) -> bool:
    """Whether this reader sees the cell; a mark shows from that reader on."""
    return not tags_of(cell) & DROPPED and reads(cell, level)


def _cell_blocks(cell: NotebookNode) -> list[Block]:
    if cell.cell_type == "markdown":
        return read_markdown(cell.source, cell.get("attachments"))
    if cell.cell_type == "raw":
        return monospace(joined(cell.source))
    if cell.cell_type != "code" or {"remove-output", "remove_output"} & tags_of(cell):
        return []
    return [b for output in cell.get("outputs", []) for b in _output_blocks(output, cell)]


def _output_blocks(output: Mapping[str, Any], cell: NotebookNode) -> list[Block]:
    kind = output.get("output_type")
    if kind == "stream":
        text = joined(output.get("text"))
        return warned(text) if output.get("name") == "stderr" else monospace(text)
    if kind == "error":
        name, message = str(output.get("ename", "")), clean(str(output.get("evalue", "")))
        return [{"kind": "error", "name": name, "message": shortened(message, 2000)}]
    bundle = output.get("data") or {}
    if made.MIMETYPE in bundle:
        return [_ours(bundle[made.MIMETYPE])]
    return foreign_blocks(bundle, _words(output, cell), read_markdown)


def _ours(value: Any) -> Block:
    """Check again a block that travelled in a file."""
    try:
        fields = dict(value)
        kind = str(fields.pop("kind", ""))
        return dict(_MAKERS[kind](**fields).as_json())
    except (DtsError, KeyError, TypeError, AttributeError, ValueError) as error:
        reason = f"Un bloc du carnet n'est pas lisible : {error}"
        return {"kind": "error", "name": UNREADABLE, "message": reason}


def _words(output: Mapping[str, Any], cell: NotebookNode) -> dict[str, str]:
    """Alt text, title and identifier given in the metadata of the output or of the cell."""
    places = [output.get("metadata") or {}, cell.get("metadata", {})]
    places += [v for v in places[0].values() if isinstance(v, Mapping)]
    found = {}
    for name, keys in {"alt": ("alt",), "title": ("titre", "title"), "id": ("id",)}.items():
        texts = (str(p[k]) for p in places for k in keys if isinstance(p.get(k), str))
        found[name] = next(texts, "")
    return found | {"id": made.slug(found["id"]) if found["id"] else ""}
