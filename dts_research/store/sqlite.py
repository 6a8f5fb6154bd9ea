"""Keep and find: one SQLite file that holds only rows which satisfied the schema.

Each schema table is one SQL table clustered by territory, so that a territory's slice is read
in one sweep; long texts stand apart and are fetched on demand. ``records`` says where each
record stands and in which version, ``history`` what it was before, ``provenance`` which file,
sheet and row it came from, with the raw text of the row. A record is thus found in five places
only, all keyed by table and id: the table itself, ``texts``, ``records``, ``history``,
``provenance`` (and its raw file, named by ``imports``), which is what a withdrawal has to visit,
with the ``images`` of its territory, which repeat the table and are dropped at every write.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from dts_research.errors import DtsError, MaterialError, reason
from dts_research.schema import Schema, catalogue
from dts_research.store import images
from dts_research.store.reading import Reader
from dts_research.store.rows import (
    REGISTERS,
    columns_of,
    ensure_table,
    plain_rows,
    raw_rows,
    short_names,
    sql_name,
)


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

    def _open(self, readonly: bool) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            mode = "ro" if readonly else "rwc"
            uri = f"{self.path.resolve().as_uri()}?mode={mode}"
            db = sqlite3.connect(uri, uri=True, timeout=30, isolation_level=None)
            db.execute("PRAGMA secure_delete=ON")
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if not readonly:
                db.execute("PRAGMA journal_mode=WAL")
                db.execute("PRAGMA synchronous=FULL")
                db.executescript(REGISTERS + images.IMAGES)
                for schema in catalogue().tables.values():
                    ensure_table(db, schema)
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
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def begin_import(
        self, *, file: str, sha256: str, mapping: str = "", counts: Mapping[str, int] | None = None
    ) -> int:
        """Register a received file and return its import number."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        cursor = self._db.execute(
            "INSERT INTO imports(received_at, file, sha256, mapping, counts) VALUES(?,?,?,?,?)",
            (now, file, sha256, mapping, json.dumps(dict(counts or {}))),
        )
        return int(cursor.lastrowid or 0)

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
        schema = self.catalogue.tables[table]
        rows = plain_rows(frame, schema)
        sheet = str(frame.attrs.get("sheet", ""))
        raws = raw_rows(raw)
        changed = 0
        with self.transaction():
            for number, record in zip(frame.index, rows, strict=True):
                key = str(record[schema.key])
                changed += self._put(schema, record, import_id)
                self._trace(table, key, import_id, (sheet, int(number), raws.get(number, "{}")))
        return changed

    def _put(self, schema: Schema, record: dict[str, Any], import_id: int) -> bool:
        key = str(record[schema.key])
        text = json.dumps(record, ensure_ascii=False, sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()[:32]
        query = "SELECT territory, version, digest FROM records WHERE tbl=? AND id=?"
        old = self._db.execute(query, (schema.name, key)).fetchone()
        if old and old[2] == digest:
            return False
        if old:
            self._retire(schema, key, old[0], old[1])
        territory, version = (old[0], old[1] + 1) if old else ("", 1)
        self._db.execute(
            "INSERT OR REPLACE INTO records VALUES(?,?,?,?,?,?)",
            (schema.name, key, territory, version, import_id, digest),
        )
        self._write(schema, record, (territory, key, digest))
        return True

    def _write(self, schema: Schema, record: dict[str, Any], place: tuple[str, str, str]) -> None:
        names = short_names(schema)
        marks = ",".join("?" * (len(names) + 3))
        values = [*place, *(record.get(name) for name in names)]
        images.forget(self._db, schema.name, [place[0]])
        self._db.execute(f"INSERT INTO {sql_name(schema.name)} VALUES({marks})", values)
        texts = [
            (schema.name, place[1], f.name, record[f.name])
            for f in schema.fields
            if f.long and record.get(f.name) is not None
        ]
        self._db.executemany("INSERT OR REPLACE INTO texts VALUES(?,?,?,?)", texts)

    def file(self, table: str, homes: Mapping[str, str]) -> int:
        """File records under their territory (the clustering key); return how many moved."""
        query = "SELECT id, territory FROM records WHERE tbl=?"
        there = dict(self._db.execute(query, (table,)).fetchall())
        moved = [(homes[k], old, k) for k, old in there.items() if homes.get(k, old) != old]
        update = f"UPDATE {sql_name(table)} SET territory=? WHERE territory=? AND id=?"
        with self.transaction():
            self._db.executemany(update, moved)
            images.forget(self._db, table, {t for new, old, _ in moved for t in (new, old)})
            self._db.executemany(
                "UPDATE records SET territory=? WHERE tbl=? AND id=?",
                [(new, table, key) for new, _, key in moved],
            )
            images.refresh(self._db, self.catalogue.tables[table])
        return len(moved)

    def _retire(self, schema: Schema, key: str, territory: str, version: int) -> None:
        old = self._record(schema, territory, key)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._db.execute(
            "INSERT INTO history VALUES(?,?,?,?,?)",
            (schema.name, key, version, now, json.dumps(old, ensure_ascii=False, sort_keys=True)),
        )
        place = (territory, key)
        self._db.execute(f"DELETE FROM {sql_name(schema.name)} WHERE territory=? AND id=?", place)
        self._db.execute("DELETE FROM texts WHERE tbl=? AND id=?", (schema.name, key))

    def _record(self, schema: Schema, territory: str, key: str) -> dict[str, Any]:
        names = short_names(schema)
        query = (
            f"SELECT {columns_of(names)} FROM {sql_name(schema.name)} WHERE territory=? AND id=?"
        )
        record = dict(zip(names, self._db.execute(query, (territory, key)).fetchone()))
        texts = "SELECT field, text FROM texts WHERE tbl=? AND id=?"
        return record | dict(self._db.execute(texts, (schema.name, key)).fetchall())

    def _trace(self, table: str, key: str, import_id: int, row: tuple[str, int, str]) -> None:
        query = "SELECT version FROM records WHERE tbl=? AND id=?"
        version = self._db.execute(query, (table, key)).fetchone()[0]
        self._db.execute(
            "INSERT OR REPLACE INTO provenance VALUES(?,?,?,?,?,?,?)",
            (table, key, import_id, row[0], row[1], version, row[2]),
        )
