"""Spreadsheets (.xlsx .xlsm .xls .xlsb .ods), read in a child process with limits."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

from dts_research.errors import MaterialError
from dts_research.intake.sheets import Grid

WALL_SECONDS = 90
FILE_BYTES = 100 * 2**20
UNPACKED_BYTES = 200 * 2**20
SAFE_BYTES = 10 * 2**20
RATIO = 100
MEMBERS = 2000
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_AGAIN = "Ouvrir le fichier dans un tableur et l'enregistrer à nouveau au format .xlsx."


def read_workbook(path: Path) -> list[Grid]:
    """Read every sheet of a spreadsheet as text cells.

    Raises
    ------
    MaterialError
        When the file is too big, locked by a password, damaged, or built to do harm.
    """
    _gate(path)
    answer = json.loads(_run(path))
    if "error" in answer:
        raise _refusal(path, answer["error"])
    return [_grid(path, sheet) for sheet in answer["sheets"]]


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
    if content.startswith(OLE) and _ENCRYPTED in content:
        raise _locked(path)
    if content.startswith(ZIP):
        _gate_zip(path)


def _gate_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise MaterialError(
            f"« {path.name} » est abîmé : ce n'est pas un classeur entier.", _AGAIN
        ) from error
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    swollen = unpacked > SAFE_BYTES and unpacked / packed > RATIO
    names = [member.filename for member in members]
    if unpacked > UNPACKED_BYTES or swollen or len(members) > MEMBERS:
        raise MaterialError(
            f"« {path.name} » se déploie en {unpacked >> 20} Mo ({len(members)} parties) : "
            f"c'est plus que les {UNPACKED_BYTES >> 20} Mo qu'un classeur peut occuper.",
            _AGAIN,
        )
    if len(set(names)) < len(names) or any(map(_escapes, members)):
        raise MaterialError(
            f"« {path.name} » contient des parties qui sortent du classeur ou en double.", _AGAIN
        )


def _escapes(member: zipfile.ZipInfo) -> bool:
    name = member.filename.replace("\\", "/")
    link = stat.S_ISLNK(member.external_attr >> 16)
    return link or name.startswith("/") or ".." in name.split("/") or ":" in name


def _run(path: Path) -> bytes:
    worker = Path(__file__).with_name("worker.py")
    command = [sys.executable, "-P", str(worker), str(path.resolve())]
    quiet = subprocess.DEVNULL
    try:
        done = subprocess.run(
            command, timeout=WALL_SECONDS, stdin=quiet, stdout=subprocess.PIPE, stderr=quiet
        )
    except subprocess.TimeoutExpired as error:
        raise MaterialError(
            f"« {path.name} » n'a pas pu être lu en {WALL_SECONDS} secondes.", _AGAIN
        ) from error
    if done.returncode != 0:
        raise MaterialError(
            f"« {path.name} » demande plus de mémoire ou de temps qu'un classeur ordinaire : "
            "une cellule perdue très loin, ou un fichier fabriqué.",
            "Copier les seules cellules remplies dans un classeur neuf.",
        )
    return done.stdout


def _refusal(path: Path, error: str) -> MaterialError:
    if zipfile.is_zipfile(path) and path.suffix.lower() == ".zip":
        return MaterialError(
            f"« {path.name} » est une archive, pas un classeur.",
            "La décompresser et déposer les fichiers qu'elle contient.",
        )
    if "password" in error.lower() or "encrypt" in error.lower():
        return _locked(path)
    return MaterialError(
        f"« {path.name} » n'est pas un classeur lisible : abîmé, ou d'un autre format.", _AGAIN
    )


def _locked(path: Path) -> MaterialError:
    return MaterialError(
        f"« {path.name} » est protégé par un mot de passe.",
        "L'ouvrir dans un tableur et l'enregistrer sans mot de passe.",
    )


def _grid(path: Path, sheet: dict) -> Grid:
    if "extent" in sheet:
        height, width = sheet["extent"]
        raise MaterialError(
            f"« {path.name} », feuille « {sheet['name']} » : {height} lignes et {width} colonnes, "
            "plus que les 200 000 lignes et 500 colonnes attendues.",
            "Supprimer les lignes et colonnes vides, ou couper le fichier.",
        )
    notes = ("La feuille est masquée dans le classeur.",) if sheet["hidden"] else ()
    return Grid(sheet["name"], tuple(tuple(row) for row in sheet["rows"]), notes)
