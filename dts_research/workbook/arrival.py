"""A file arrives: it is read, checked, situated, kept; what cannot be kept comes back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from dts_research.errors import DtsError, reason
from dts_research.intake.mapping import Mapping as Correspondence
from dts_research.intake.reception import Noted, Reception, receive
from dts_research.intake.taken_ids import Received
from dts_research.schema import catalogue
from dts_research.store import Store
from dts_research.store.writing import Written
from dts_research.workbook.agreed import held, withdrawn_records
from dts_research.workbook.answering import with_answers
from dts_research.workbook.book import Workbook
from dts_research.workbook.country import known_by
from dts_research.workbook.familiar import Batch, context_of
from dts_research.workbook.filing import file_all
from dts_research.workbook.firsts import first_told
from dts_research.workbook.giving_back import bring_back, told_again
from dts_research.workbook.keeping import keep_raw
from dts_research.workbook.likeness import without_look_alikes
from dts_research.workbook.linking import with_links_settled
from dts_research.workbook.moving import without_bad_moves
from dts_research.workbook.notes import as_rows, reading_of, remarks_of
from dts_research.workbook.recount import recounted, unanswered
from dts_research.workbook.registered import register_of
from dts_research.workbook.renamed import without_former_names
from dts_research.workbook.situating import contradicted, situated, undecided, with_contradictions

Frames = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Arrival:
    """What became of one file.

    Parameters
    ----------
    reception
        Rows accepted and refused, with every problem in one sentence.
    written
        Table -> its records that are new, changed, or told again.
    import_id
        Number of the import; of the former one when the same file brought nothing new.
    contradictions
        Places new or changed whose stated address contradicts the evidence retained.
    quarantine
        Workbook of refused rows and remarks, or None when there is nothing to say.
    """

    reception: Reception
    written: Mapping[str, Written]
    import_id: int
    contradictions: int = 0
    quarantine: Path | None = None

    @property
    def brings(self) -> bool:
        """True when a record is new or changed."""
        return any(one.rows for one in self.written.values())

    def as_json(self) -> dict[str, Any]:
        """Give the arrival as the command line's JSON."""
        counts = self.reception.counts
        brought = {name: one for name, one in self.written.items() if one.rows}
        return {
            "file": self.reception.file,
            "table": ", ".join(self.reception.accepted),
            "read": counts.read, "accepted": counts.accepted, "quarantined": counts.quarantined,
            "duplicates": counts.duplicates, "withdrawn": counts.withdrawn,
            "repairs": len(self.reception.repairs),
            "records": {name: len(one.new) + len(one.changed) for name, one in brought.items()},
            "changed": {name: sorted(one.changed) for name, one in brought.items() if one.changed},
            "import": self.import_id,
            "contradictions": self.contradictions,
            "quarantine": str(self.quarantine or ""),
            "issues": as_rows(self.reception.issues),
        }  # fmt: skip


class Stopped(KeyboardInterrupt):
    """Interrupted between two files: what was received, and what was not read.

    Parameters
    ----------
    arrivals, refused
        As `receive_files` gives them, up to the interruption.
    unread
        Files of which nothing was kept.
    """

    def __init__(
        self,
        arrivals: list[Arrival],
        refused: list[tuple[Path, DtsError]],
        unread: Sequence[Path],
    ) -> None:
        super().__init__()
        self.arrivals = arrivals
        self.refused = refused
        self.unread = tuple(unread)


def receive_files(
    book: Workbook,
    paths: Sequence[Path],
    *,
    mapping: Correspondence | Path | None = None,
    table: str | None = None,
    batch: Batch | None = None,
    session: Mapping[str, str] | None = None,
    progress: Callable[[str, int], None] = lambda doing, done: None,
) -> tuple[list[Arrival], list[tuple[Path, DtsError]]]:
    """Receive files one after the other; a refused file does not stop the others.

    `batch` says which files are received in the same go, those known as a whole included;
    `session` holds the facts of the session that capture sheets come from, when they do not say
    it themselves; `progress` is told what is being done and how many files are.

    Returns
    -------
    tuple
        The arrivals, and the files that could not be read at all with their error.

    Raises
    ------
    Stopped
        When it is interrupted: each file is kept whole or not at all.
    """
    arrivals: list[Arrival] = []
    refused: list[tuple[Path, DtsError]] = []
    with book.store(readonly=False) as store:
        go = batch or Batch(tuple(paths))
        one = _Reception(book, store, mapping, table, go, session or {})
        for place, path in enumerate(paths):
            progress(path.name, place)
            try:
                arrivals.append(one.receive(path))
            except DtsError as error:
                refused.append((path, error))
            except OSError as error:
                what = f"Le fichier ne peut pas être lu ou gardé : {reason(error)}."
                refused.append((path, DtsError(what, "Vérifier les droits et la place.")))
            except Exception as error:  # one file never stops the others
                refused.append((path, _unforeseen(error)))
            except KeyboardInterrupt:
                arrivals = one.finish(arrivals)
                raise Stopped(arrivals, refused, paths[place:]) from None
        progress("rangement par territoire", len(paths))
        arrivals = one.finish(arrivals)
    return arrivals, refused


def _unforeseen(error: Exception) -> DtsError:
    """Say that the program itself stumbled on a file: nothing of it was kept."""
    what = f"Ce fichier a mis le programme en défaut ({type(error).__name__}) ; il n'est pas reçu."
    told = DtsError(
        what,
        "Recommencer avec « dts --debug receive », et transmettre ce qui s'affiche à qui maintient "
        "le classeur.",
    )
    told.__cause__ = error
    return told


class _NothingNew(Exception):
    """The same bytes were received before and bring nothing: no import is made of them."""


@dataclass
class _Reception:
    """The reception of several files in one go."""

    book: Workbook
    store: Store
    mapping: Correspondence | Path | None
    table: str | None
    batch: Batch
    session: Mapping[str, str] = field(default_factory=dict)
    told: set[Path] = field(default_factory=set)

    def receive(self, path: Path) -> Arrival:
        """Take one file in: all of it, in one transaction, or nothing."""
        gone = withdrawn_records(self.store)
        reception = self._read(path, gone)
        reception = with_answers(reception, self.store, self.book.geography, gone)
        reception = first_told(without_look_alikes(reception, self.store, gone))
        reception = without_bad_moves(reception, self.store)
        done = {sheet.name for sheet in reception.answers}
        frames = dict(situated(self.book, held(reception.accepted, gone), settled=done))
        raw = held(reception.raw, gone, like=frames)
        keep_raw(self.book.workspace.raw, path, reception.sha256)
        arrival = self._keep(path, reception, frames, raw)
        kept, folder = arrival.reception, self.book.workspace.quarantine
        return replace(arrival, quarantine=bring_back(folder, path, kept, already=self.told))

    def _read(self, path: Path, gone: Mapping[str, Collection[str]]) -> Reception:
        options: dict[str, Any] = {
            "mapping": self.mapping, "table": self.table,
            "received": Received(
                self.store.ids_by_table(), self.store.received_before,
                register_of(self.store, self.session),
            ),
            "mappings": self.book.workspace.mappings, "country": known_by(self.book, self.store),
        }  # fmt: skip
        reception = receive(path, withdrawn=gone[""], **options)
        mains = {mapping.table for mapping in reception.mappings.values()}
        mine = frozenset().union(*(gone.get(name, frozenset()) for name in mains))
        if reception.counts.withdrawn and mine != gone[""]:
            return receive(path, withdrawn=mine, **options)
        return reception

    def _keep(self, path: Path, reception: Reception, frames: Frames, raw: Frames) -> Arrival:
        former = self.store.import_of(reception.sha256)
        try:
            with self.store.transaction():
                number = self.store.begin_import(
                    file=path.name, sha256=reception.sha256, mapping=reception.mapping.name
                )
                known = self.store.received_before(reception.digests)
                stays = self._staying(path, reception.sha256, former)
                written = {
                    name: self._write(name, frame, raw.get(name), (number, stays))
                    for name, frame in frames.items()
                }
                reception = without_former_names(reception, self.store, number)
                told = contradicted(frames, written)
                doubts = undecided(frames, written)
                whole = with_contradictions(reception, told, doubts)
                reception = unanswered(recounted(whole, known, written), self.store)
                arrival = Arrival(reception, written, number, len(told))
                if former is not None and not arrival.brings:
                    raise _NothingNew
                self._register(arrival, list(remarks_of(whole)))
        except _NothingNew:
            return replace(arrival, import_id=former or number)
        return arrival

    def _staying(self, path: Path, sha256: str, former: int | None) -> dict[str, set[str]]:
        """Records that these bytes told before, and that a later file rightly tells now."""
        found: dict[str, set[str]] = {}
        for table, key, teller in self.store.overtaken(former) if former else ():
            if self.batch.stays(self.store, path, sha256, teller):
                found.setdefault(table, set()).add(key)
        return found

    def _write(
        self,
        table: str,
        frame: pd.DataFrame,
        raw: pd.DataFrame | None,
        into: tuple[int, Mapping[str, Collection[str]]],
    ) -> Written:
        number, stays = into
        attrs = frame.attrs
        keys = frame[catalogue().tables[table].key]
        kept = ~keys.isin(list(stays.get(table, ())))
        frame = frame[kept]
        frame.attrs = attrs
        raw = raw[kept.to_numpy()] if raw is not None else None
        return self.store.write(table, frame, import_id=number, raw=raw)

    def _register(self, arrival: Arrival, remarks: list[Noted]) -> None:
        number, reception = arrival.import_id, arrival.reception
        self.store.note_counts(number, reception.counts.as_dict())
        self.store.remember_rows(reception.digests, import_id=number)
        readings = {sheet: reading_of(one) for sheet, one in reception.mappings.items()}
        self.store.note_reading(number, readings, remarks)
        self.store.leave_unfiled(number)

    def finish(self, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """File every record under its territory; note what these receptions depended on."""
        file_all(self.store, self.book.geography)
        given = self.mapping if isinstance(self.mapping, Path) else None
        if self.mapping is None or given:
            context = context_of(self.book.workspace, self.store, mapping=given, table=self.table)
            self.store.note_contexts([one.import_id for one in arrivals], context)
        ids = self.store.ids_by_table()
        return [
            replace(one, reception=told, quarantine=told_again(one.reception, told, one.quarantine))
            for one in arrivals
            for told in [with_links_settled(one.reception, ids)]
        ]
