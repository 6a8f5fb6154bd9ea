"""Spreadsheets (.xlsx .xlsm .xls .xlsb .ods), read in a child process with limits."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from dts_research.errors import MaterialError
from dts_research.intake.facts import Range, facts_of
from dts_research.intake.sheets import Grid, Row

WALL_SECONDS = 90
FILE_BYTES = 100 * 2**20
UNPACKED_BYTES = 400 * 2**20
SAFE_BYTES = 10 * 2**20
TEXT_BYTES = 300 * 2**20
RATIO = 100
MEMBERS = 2000
BUNDLE = "manifeste.json"  # part by which a bundle of contributions is known (`reflection`)
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# Between cells, rows and parts (`worker/writing.py`).
CELL, ROW, PART = "\uffff", "\ufffe", "\ufdd0"
# An encrypted .xlsx; an .xls whose first record is followed by that of a password.
_LOCKED = re.compile("EncryptedPackage".encode("utf-16-le") + rb"|\x09\x08\x10\0.{16}\x2f\0", re.S)
_FLOAT = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_AGAIN = "Ouvrir le fichier dans un tableur et l'enregistrer à nouveau au format .xlsx."
_COPY = "Copier les seules cellules remplies dans un classeur neuf."


def read_workbook(path: Path) -> list[Grid]:
    """Read every sheet of a spreadsheet as text cells.

    Raises
    ------
    MaterialError
        When the file is too big, locked by a password, damaged, or built to do harm.
    """
    _gate(path)
    _, *parts = _run(path).split(PART)
    heads = [json.loads(part[: part.find(ROW)] if ROW in part else part) for part in parts]
    for head in heads:
        if "refused" in head:
            raise _refusal(path, head)
    return [_grid(head, part, heads[0]) for head, part in zip(heads[1:], parts[1:])]


def _gate(path: Path) -> None:
    """Refuse, before opening it, what a reader should not be given."""
    size = path.stat().st_size
    if size > FILE_BYTES:
        raise MaterialError(
            f"« {path.name} » pèse {size >> 20} Mo ; un classeur d'au plus {FILE_BYTES >> 20} Mo "
            "est attendu.",
            "Le couper en plusieurs fichiers, ou l'enregistrer au format .csv.",
        )
    content = path.read_bytes()
    if content.startswith(OLE) and _LOCKED.search(content):
        raise _locked(path)
    if content.startswith(ZIP):
        gate_zip(path)


def gate_zip(path: Path, *, name: str = "", kind: str = "classeur", fix: str = _AGAIN) -> None:
    """Refuse an archive that is damaged, swells, or holds parts that escape from it.

    Parameters
    ----------
    name, kind
        How the file and what it should be are named.
    fix
        What to do.

    Raises
    ------
    MaterialError
        When it is refused.
    """
    name = name or path.name
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise MaterialError(
            f"« {name} » est abîmé : ce n'est pas un {kind} entier.", fix
        ) from error
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    swollen = unpacked > SAFE_BYTES and unpacked / packed > RATIO
    if unpacked > UNPACKED_BYTES or swollen:
        raise MaterialError(
            f"« {name} » se déploie en {unpacked >> 20} Mo à partir de {packed >> 10} Ko : un "
            f"{kind} ordinaire n'en occupe pas plus de {UNPACKED_BYTES >> 20}, ni {RATIO} fois "
            "son poids.",
            fix,
        )
    found = _odd_members(members, kind)
    if found:
        raise MaterialError(f"« {name} » {found}.", fix)


def _odd_members(members: list[zipfile.ZipInfo], kind: str) -> str:
    """Say what is wrong with the parts of an archive, "" when nothing is."""
    names = Counter(member.filename for member in members)
    if len(members) > MEMBERS:
        return f"contient {len(members)} parties ; au plus {MEMBERS} sont attendues"
    if any(map(_escapes, members)):
        return f"contient des parties qui sortent du {kind} : le fichier est fabriqué"
    if names.total() > len(names):
        return f"contient deux fois la partie « {names.most_common(1)[0][0][:60]} »"
    return ""


def _escapes(member: zipfile.ZipInfo) -> bool:
    name = member.filename.replace("\\", "/")
    link = stat.S_ISLNK(member.external_attr >> 16)
    return link or name.startswith("/") or ".." in name.split("/") or ":" in name


def _run(path: Path) -> str:
    """Give what the child wrote; it is put in a file, so that its size can be looked at first."""
    worker = Path(__file__).with_name("worker")
    command = [sys.executable, "-P", str(worker), str(path.resolve())]
    quiet = subprocess.DEVNULL
    with tempfile.TemporaryFile() as out:
        try:
            done = subprocess.run(
                command, timeout=WALL_SECONDS, stdin=quiet, stdout=out, stderr=quiet
            )
        except subprocess.TimeoutExpired as error:
            raise MaterialError(
                f"« {path.name} » n'a pas pu être lu en {WALL_SECONDS} secondes.", _AGAIN
            ) from error
        if done.returncode != 0 or out.seek(0, 2) > TEXT_BYTES:
            raise MaterialError(
                f"« {path.name} » demande plus de mémoire ou de temps qu'un classeur ordinaire : "
                "une cellule perdue très loin, ou un fichier fabriqué.",
                _COPY,
            )
        out.seek(0)
        return out.read().decode("utf-8")


def _refusal(path: Path, said: dict[str, Any]) -> MaterialError:
    """Turn the word given by the child into a sentence."""
    if said["refused"] == "password":
        return _locked(path)
    if said["refused"] == "extent":
        return MaterialError(
            f"« {path.name} », feuille « {said['name']} » : {said['height']} lignes et "
            f"{said['width']} colonnes, plus que les 200 000 lignes et 500 colonnes attendues.",
            "Supprimer les lignes et colonnes vides, ou couper le fichier.",
        )
    if said["refused"] in _REFUSALS:
        found, fix = _REFUSALS[said["refused"]]
        return MaterialError(f"« {path.name} » {found}", fix)
    return _other_kind(path)


def _other_kind(path: Path) -> MaterialError:
    """Say what a file that is no workbook is."""
    names = _members(path)
    if BUNDLE in names:
        return MaterialError(
            f"« {path.name} » est un lot de contributions, pas un classeur.",
            f"Le joindre : dts merge {path.name}",
        )
    if names and not {"[Content_Types].xml", "mimetype"} & set(names):
        return MaterialError(
            f"« {path.name} » est une archive, pas un classeur.",
            "La décompresser et déposer les fichiers qu'elle contient.",
        )
    if any(name.startswith("word/") for name in names) or _is_doc(path):
        return MaterialError(
            f"« {path.name} » est un document de traitement de texte, pas un classeur.",
            "Copier son tableau dans un classeur, et déposer celui-ci.",
        )
    return MaterialError(
        f"« {path.name} » n'est pas un classeur lisible : abîmé, ou d'un autre format.", _AGAIN
    )


def _is_doc(path: Path) -> bool:
    """Tell an old Word document by the name of its main stream."""
    content = path.read_bytes()
    return content.startswith(OLE) and "WordDocument".encode("utf-16-le") in content


def _members(path: Path) -> list[str]:
    """Names in an archive; none when it is not one, or not a whole one."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return []


_REFUSALS = {
    "entities": (
        "déclare des entités XML, ce qu'aucun tableur n'écrit : le fichier est fabriqué, et n'est "
        "pas ouvert.",
        "Demander à qui l'a envoyé de l'enregistrer à nouveau depuis un tableur.",
    ),
    "cell": (
        "contient une cellule de plus d'un million de caractères ; un tableur en accepte 32 767.",
        "Raccourcir ou vider cette cellule.",
    ),
    "text": ("contient plus de 256 Mo de texte.", "Le couper en plusieurs fichiers."),
}


def _locked(path: Path) -> MaterialError:
    return MaterialError(
        f"« {path.name} » est protégé par un mot de passe.",
        "L'ouvrir dans un tableur et l'enregistrer sans mot de passe.",
    )


def _grid(head: dict[str, Any], part: str, book: dict[str, Any]) -> Grid:
    _, *lines = part.split(ROW)
    rows = tuple([tuple([cell or None for cell in line.split(CELL)]) for line in lines])
    width = max(map(len, rows), default=0)
    facts = facts_of(head, book, height=len(rows), width=width)
    rows = _as_shown(rows, facts.percents)
    return Grid(head["name"], rows, facts.notes, facts.merged, facts.unsolved)


def _as_shown(rows: tuple[Row, ...], percents: Mapping[int, list[Range]]) -> tuple[Row, ...]:
    """Write the numbers that a sheet shows as percentages so: 0.05 is « 5 % »."""
    told = list(rows)
    for column, ranges in percents.items():
        for place in (place for first, last in ranges for place in range(max(first, 1) - 1, last)):
            row = told[place]
            text = row[column - 1] if column <= len(row) else None
            if text and _FLOAT.fullmatch(text):
                shown = f"{round(100 * Decimal(text), 10).normalize():f} %"
                told[place] = (*row[: column - 1], shown, *row[column:])
    return tuple(told)
