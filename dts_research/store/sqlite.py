"""Keep and find: one SQLite file that holds only rows which satisfied the schema.

Each schema table is one SQL table clustered by territory, so that a territory's slice is read
in one sweep; long texts stand apart and are fetched on demand. ``records`` says where each
record stands and in which version, ``history`` what it was before, ``provenance`` which file,
sheet and row it came from, with the raw text of the row. A record is thus found in five places
only, all keyed by table and id: the table itself, ``texts``, ``records``, ``history``,
``provenance`` (and its raw file, named by ``imports`` or ``undone``), with the ``remarks`` of
the rows that ``provenance`` names, which quote their cells. That is what a withdrawal has to
visit, and the ``images`` of its territory, which repeat the table and are dropped at every write.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dts_research.errors import DtsError, MaterialError, RequestError, reason
from dts_research.schema import catalogue
from dts_research.store import clock, codebooks
from dts_research.store.reading import Reader
from dts_research.store.tables import (
    IMAGES,
    REGISTERS,
    ensure_table,
    forget,
    outdated,
    sql_name,
    upgrade,
)
from dts_research.store.undoing import Undone, said_day, take_back, told_since

if TYPE_CHECKING:
    import pandas as pd

    from dts_research.store.writing import Written

CACHE = 64_000  # KiB of pages at hand while writing
PATIENCE = 300  # seconds that a writer waits for another one


class Store(Reader):
    """The workbook's one SQLite file.

    Parameters
    ----------
    path
        The file; made with its folder when it is not there, unless `readonly`.
    readonly
        Open an existing store without ever writing to it.

    Raises
    ------
    MaterialError
        When the file is not there (`readonly`) or is not a store.
    DtsError
        When the folder cannot be written.
    """

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self.path = Path(path)
        if readonly and not self.path.is_file():
            raise MaterialError(
                f"Le magasin « {self.path} » n'existe pas encore : aucun fichier n'a été reçu.",
                "Déposer des fichiers dans « data/inbox » puis écrire : dts receive",
            )
        super().__init__(self._open(readonly))
        self.watch(readonly)

    def _open(self, readonly: bool) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if not readonly:
                return self._ready()
            db = self._connect("ro")
            if outdated(db):
                with contextlib.suppress(sqlite3.OperationalError):  # kept where one may not write
                    self._ready().close()
        except sqlite3.DatabaseError as error:
            raise MaterialError(
                f"Le magasin « {self.path} » n'est pas lisible : {error}.",
                "S'il est abîmé, le mettre de côté et recevoir à nouveau les fichiers.",
            ) from error
        except OSError as error:
            raise DtsError(
                f"Le dossier « {self.path.parent} » ne peut pas être écrit : {reason(error)}.",
                "Vérifier les droits du dossier ou l'espace disponible.",
            ) from error
        return db

    def _connect(self, mode: str) -> sqlite3.Connection:
        uri = f"{self.path.resolve().as_uri()}?mode={mode}"
        db = sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None)
        db.execute("PRAGMA secure_delete=ON")
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return db

    def _ready(self) -> sqlite3.Connection:
        """Open for writing, with every table and column that this version knows."""
        db = self._connect("rwc")
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute(f"PRAGMA cache_size=-{CACHE}")
        db.execute("BEGIN IMMEDIATE")
        for statement in (REGISTERS + IMAGES).split(";"):
            db.execute(statement)
        for schema in catalogue().tables.values():
            ensure_table(db, schema)
        if outdated(db):
            upgrade(db, catalogue())
        db.execute("COMMIT")
        return db

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is kept together or not at all; transactions nest into one."""
        if self._db.in_transaction:
            yield
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise DtsError(
                f"Le magasin « {self.path} » n'a pas pu être écrit : {error}. Rien n'a changé.",
                "Attendre la fin d'une autre réception, ou faire de la place, puis recommencer.",
            ) from error

    def begin_import(
        self,
        *,
        file: str,
        sha256: str,
        mapping: str = "",
        counts: Mapping[str, int] | None = None,
    ) -> int:
        """Register a received file and return its import number, never given twice."""
        now = clock.now()
        every = "SELECT import_id FROM imports UNION SELECT import_id FROM undone"
        last = self._db.execute(f"SELECT max(import_id) FROM ({every})").fetchone()[0]
        codebooks.note(self._db, self.catalogue, now)
        self._db.execute(
            "INSERT INTO imports VALUES(?,?,?,?,?,?)",
            (1 + (last or 0), now, file, sha256, mapping, json.dumps(dict(counts or {}))),
        )
        return 1 + (last or 0)

    def note_counts(self, import_id: int, counts: Mapping[str, int]) -> None:
        """Write the counts of an import once its rows are kept."""
        text = json.dumps(dict(counts))
        self._db.execute("UPDATE imports SET counts=? WHERE import_id=?", (text, import_id))

    def note_contexts(self, import_ids: Collection[int], context: str) -> None:
        """Note what the outcome of some imports depended on, besides the bytes of their files."""
        with self.transaction():
            self._db.executemany(
                "INSERT OR REPLACE INTO contexts VALUES(?,?)", [(n, context) for n in import_ids]
            )

    def leave_unfiled(self, import_id: int) -> None:
        """Note that the records of an import are still to be filed by territory."""
        self._db.execute("INSERT OR REPLACE INTO unfiled VALUES(?)", (import_id,))

    def all_filed(self) -> None:
        """Note that every record stands under its territory."""
        self._db.execute("DELETE FROM unfiled")

    def note_reading(
        self,
        import_id: int,
        readings: Mapping[str, Mapping[str, Any]],
        remarks: Sequence[tuple[str, int, str, str, str, str]],
    ) -> None:
        """Note how the columns of each sheet were read, and what was repaired or set aside.

        A remark is: sheet, row, table, field, rule, sentence.
        """
        lines = [(import_id, name, json.dumps(dict(one), ensure_ascii=False))
                 for name, one in readings.items()]  # fmt: skip
        said = [(import_id, *remark) for remark in remarks]
        with self.transaction():
            self._db.executemany("INSERT OR REPLACE INTO readings VALUES(?,?,?)", lines)
            self._db.executemany("INSERT OR REPLACE INTO remarks VALUES(?,?,?,?,?,?,?)", said)

    def remember_rows(self, digests: Collection[str], *, import_id: int) -> None:
        """Remember source rows so that the same rows are known when they come again."""
        with self.transaction():
            self._db.executemany(
                "INSERT OR IGNORE INTO source_rows VALUES(?,?)", [(d, import_id) for d in digests]
            )

    def save(
        self,
        table: str,
        frame: pd.DataFrame,
        *,
        import_id: int,
        raw: pd.DataFrame | None = None,
    ) -> int:
        """Keep typed rows; a record already there becomes a new version, the old one is history.

        Parameters
        ----------
        table
            Name of a schema table.
        frame
            Typed rows (n rows x fields), index = row numbers of the source.
        import_id
            The import they belong to.
        raw
            Raw text of the same rows, by the same index.

        Returns
        -------
        int
            How many records were new or changed.
        """
        written = self.write(table, frame, import_id=import_id, raw=raw)
        return len(written.new) + len(written.changed)

    def write(
        self, table: str, frame: pd.DataFrame, *, import_id: int, raw: pd.DataFrame | None = None
    ) -> Written:
        """Keep typed rows as `save` does, and say which records are new, changed, the same."""
        from dts_research.store.writing import Writer

        with self.transaction():
            return Writer(self._db, self.catalogue.tables[table], import_id).write(frame, raw)

    def retire(self, table: str, *, import_id: int, sha256: str) -> list[str]:
        """Retire what former imports of the same bytes told of the same rows under other ids."""
        from dts_research.store.retiring import retire

        with self.transaction():
            return retire(self._db, self.catalogue.tables[table], import_id, sha256)

    def undo(self, import_id: int) -> Undone:
        """Take an import back: the store stands exactly as it stood without it.

        Raises
        ------
        RequestError
            When there is no such import, or when a later one told some of the same records.
        """
        with self.transaction():
            numbers = {row[0] for row in self._db.execute("SELECT import_id FROM imports")}
            if import_id not in numbers:
                raise RequestError(
                    f"Il n'y a pas d'import n° {import_id} à annuler.",
                    "Voir les numéros avec : dts history",
                )
            later = told_since(self._db, import_id)
            if later:
                number, file, received, count = later[0]
                same = "la même ligne" if count == 1 else f"{count} des mêmes lignes"
                raise RequestError(
                    f"L'import n° {import_id} ne peut pas être annulé seul : l'import n° {number} "
                    f"({file}, reçu le {said_day(received)}) a apporté ensuite {same}.",
                    f"Annuler d'abord celui-là : dts undo {number}",
                )
            return take_back(self._db, self.catalogue, import_id)

    def file(self, table: str, homes: Mapping[str, str]) -> int:
        """File records under their territory (the clustering key); return how many moved."""
        from dts_research.store import images

        query = "SELECT id, territory FROM records WHERE tbl=?"
        there = dict(self._db.execute(query, (table,)).fetchall())
        moved = [(homes[k], old, k) for k, old in there.items() if homes.get(k, old) != old]
        update = f"UPDATE {sql_name(table)} SET territory=? WHERE territory=? AND id=?"
        with self.transaction():
            self._db.executemany(update, moved)
            forget(self._db, table, {t for new, old, _ in moved for t in (new, old)})
            self._db.executemany(
                "UPDATE records SET territory=? WHERE tbl=? AND id=?",
                [(new, table, key) for new, _, key in moved],
            )
            images.refresh(self._db, self.catalogue.tables[table])
        return len(moved)
