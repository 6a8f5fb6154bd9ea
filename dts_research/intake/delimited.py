"""Delimited text (.csv .tsv .txt): encoding and separator found out, cells as they are."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from dts_research.errors import MaterialError
from dts_research.intake.encodings import decode, is_text
from dts_research.intake.sheets import Grid

FILE_BYTES = 500 * 2**20
DELIMITERS = (";", ",", "\t", "|")
MOST_COLUMNS = 2_000
SAMPLE_RECORDS = 200
SAMPLE_BYTES = 200_000
SHARED = 40
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
SHOWN = 10
_UNCOUNTED = (
    "La ligne « sep= » qui ouvre le fichier n'est pas comptée : les titres sont à la ligne 1, "
    "comme Excel les montre."
)
_SEP = re.compile(r"[ \t]*sep=(.)[ \t]*(?:\r\n|\r|\n)", re.IGNORECASE)


def read_delimited(path: Path) -> list[Grid]:
    """Read a delimited text file.

    Raises
    ------
    MaterialError
        When the file is too big, holds no text, opens a quote that never closes, or holds more
        columns than any table.
    """
    if path.stat().st_size > FILE_BYTES:
        raise MaterialError(
            f"« {path.name} » pèse {path.stat().st_size >> 20} Mo ; au plus "
            f"{FILE_BYTES >> 20} Mo sont attendus.",
            "Le couper en plusieurs fichiers.",
        )
    text, notes = read_text(path)
    delimiter, body = _delimiter(text)
    rows = _records(body, delimiter, path)
    _gate_width(rows, path)
    notes += [_UNCOUNTED] if body is not text else []
    return [Grid("", tuple(rows), (*notes, *_ragged(rows)))]


def read_text(path: Path) -> tuple[str, list[str]]:
    """Read a text file, and say what is worth knowing of its bytes.

    Raises
    ------
    MaterialError
        When the bytes are not those of a text.
    """
    text, encoding = decode(path.read_bytes())
    notes = [] if encoding in ("utf-8", "utf-8-sig") else [f"Encodage reconnu : {encoding}."]
    if not is_text(text):
        raise MaterialError(
            f"« {path.name} » n'est pas un fichier de texte.",
            "Déposer un fichier .xlsx, .ods ou .csv.",
        )
    if "\0" in text:
        notes.append(f"Octets nuls retirés du texte : {text.count(chr(0))}.")
        text = text.replace("\0", "")
    return text, notes


def _gate_width(rows: Sequence[Sequence[str | None]], path: Path) -> None:
    for number, row in enumerate(rows, start=1):
        filled = len(row) - row.count(None) if len(row) > MOST_COLUMNS else 0
        if filled > MOST_COLUMNS:
            raise MaterialError(
                f"« {path.name} », ligne {number} : {filled} cellules remplies ; au plus "
                f"{MOST_COLUMNS} sont attendues. Les fins de ligne ont pu se perdre.",
                "Retrouver le fichier d'origine, ou l'ouvrir dans un tableur, remettre un "
                "enregistrement par ligne, et l'enregistrer au format .xlsx.",
            )


def _ragged(rows: Sequence[Sequence[str | None]]) -> list[str]:
    """Say which records have fewer cells than most; the reader of headers tells the longer ones."""
    widths = Counter(len(row) for row in rows if any(row))
    usual = max(widths, key=lambda width: (widths[width], width), default=0)
    first = next((n for n, row in enumerate(rows) if len(row) == usual), 0)
    short = [n for n, row in enumerate(rows, 1) if n > first and len(row) < usual and any(row)]
    if not short:
        return []
    more = f" et {len(short) - SHOWN} autres" if len(short) > SHOWN else ""
    return [
        f"Ligne(s) {', '.join(map(str, short[:SHOWN]))}{more} : moins de {usual} cellules, nombre "
        "habituel du fichier ; les dernières sont lues comme vides."
    ]


def _delimiter(text: str) -> tuple[str, str]:
    """Find the separator; the line ``sep=;`` that some spreadsheets write decides."""
    if told := _SEP.match(text):
        return told[1], text[told.end() :]
    sample = text[:SAMPLE_BYTES]
    return max(DELIMITERS, key=lambda mark: _regularity(sample, mark)), text


def _regularity(sample: str, delimiter: str) -> float:
    """How evenly a separator cuts the records; quotes are respected."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    found: list[int] = []
    with contextlib.suppress(csv.Error):
        found += (len(record) for record, _ in zip(reader, range(SAMPLE_RECORDS)) if any(record))
    widths = Counter(found)
    width, times = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
    titled = 1.0 if width in found[:1] else 0.3  # titles are cut as the rows are
    return 0.0 if width == 1 else titled * (times / len(found) + min(width, 30) / 100)


def _records(text: str, delimiter: str, path: Path) -> list[tuple[str | None, ...]]:
    """Cut a text into records in one pass; a quote left open swallows the blank record added.

    Short cells are kept once in memory: codes and dates come back by thousands.
    """
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(chain(_lines(text), (delimiter,)), delimiter=delimiter)
    seen: dict[str, str | None] = {"": None}
    rows = [
        tuple([seen.setdefault(cell, cell) if len(cell) <= SHARED else cell for cell in record])
        for record in reader
    ]
    if rows.pop() != (None, None):
        raise MaterialError(
            f"« {path.name} » : un guillemet ouvert n'est jamais refermé ; la fin du fichier "
            "tiendrait dans une seule cellule.",
            'Chercher le guillemet (") en trop, le supprimer, et enregistrer à nouveau.',
        )
    return rows


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, whatever these are; no second copy of the text is made."""
    if text.count("\r") > text.count("\r\n"):  # carriage returns that end a line, or stand in one
        yield from (match.group() for match in _LINE.finditer(text))
        return
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end
