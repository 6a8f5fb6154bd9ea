"""Read a bundle that came from elsewhere, and refuse what is not one."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from dts_research.errors import DtsError, MaterialError, RequestError
from dts_research.intake.workbooks import FILE_BYTES, gate_zip
from dts_research.reference.geography import Territory
from dts_research.reflection.bundles import (
    COMMENTS,
    FORMAT,
    FORMAT_VERSION,
    JOURNALS,
    LINES,
    MANIFEST,
    READ_ME,
    TABLES,
    TEXTS,
    VERSIONS,
    Bundle,
    things_of,
)
from dts_research.reflection.bundles_lineage import Key, Lineage, Version, digest_of, together
from dts_research.schema import catalogue

AGAIN = "Demander à qui l'a envoyé de le faire à nouveau : dts export-territory"
LATER = "Mettre ce classeur à jour, puis recommencer."
KNOWN = (TABLES, VERSIONS, COMMENTS, LINES, READ_ME)


def read_bundle(path: Path, *, name: str = "") -> Bundle:
    """Read a bundle whole, once its size, its names and its digests are right.

    Parameters
    ----------
    name
        Name under which it came, when `path` is the copy that is kept.

    Raises
    ------
    RequestError
        When there is no such file.
    MaterialError
        When it is not a bundle, is damaged, was made up, or comes from a later version.
    """
    name = name or path.name
    if not path.is_file():
        raise RequestError(f"Le fichier « {path} » n'existe pas.", "Vérifier son nom.")
    parts = _parts(path, name)
    about = _about(parts.pop(MANIFEST, b""), name)
    _check_parts(parts, about["files"], name)
    try:
        return _bundle(name, about, {part: text.decode() for part, text in parts.items()})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MaterialError(f"« {name} » porte des lignes illisibles.", AGAIN) from error


def check_target(path: Path, place: Territory, workbook: str) -> None:
    """Refuse to write over anything but a bundle of this territory and this workbook.

    Raises
    ------
    RequestError
        When the file is there and is something else.
    """
    if not (path.exists() or path.is_symlink()):
        return
    about: Mapping[str, Any] = {}
    with suppress(DtsError):
        about = read_bundle(path).about
    if (about.get("territory"), about.get("workbook")) != (place.id, workbook):
        raise RequestError(
            f"« {path} » existe déjà, et n'est pas un lot de « {place.label} » fait par ce "
            "classeur : il reste comme il est.",
            "Donner un autre nom avec --out.",
        )


def _parts(path: Path, name: str) -> dict[str, bytes]:
    """Give the parts of an archive, none of which may be big or stand outside it."""
    if path.stat().st_size > FILE_BYTES:
        size = f"pèse {path.stat().st_size >> 20} Mo ; un lot en fait au plus {FILE_BYTES >> 20}."
        raise MaterialError(f"« {name} » {size}", AGAIN)
    if not zipfile.is_zipfile(path):
        raise foreign(name)
    gate_zip(path, name=name, kind="lot de contributions", fix=AGAIN)
    try:
        with zipfile.ZipFile(path) as archive:
            return {one.filename: archive.read(one) for one in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError,
            NotImplementedError) as error:  # fmt: skip
        raise MaterialError(f"« {name} » est abîmé : il ne se lit pas en entier.", AGAIN) from error


def foreign(name: str) -> MaterialError:
    """Say that a file is no bundle."""
    return MaterialError(
        f"« {name} » n'est pas un lot de contributions.",
        "Un lot se fait avec « dts export-territory » ; un autre fichier se reçoit avec "
        "« dts receive ».",
    )


def _about(text: bytes, name: str) -> dict[str, Any]:
    try:
        about = json.loads(text)
        if about["format"] != FORMAT or not isinstance(about["files"], dict):
            raise foreign(name)
        version = int(about["version"])
    except (ValueError, KeyError, TypeError) as error:
        raise foreign(name) from error
    if version > FORMAT_VERSION:
        raise MaterialError(
            f"« {name} » vient d'une version plus récente (lot de forme {version} ; celle-ci lit "
            f"la forme {FORMAT_VERSION}).",
            LATER,
        )
    return dict(about)


def _check_parts(parts: Mapping[str, bytes], told: Mapping[str, str], name: str) -> None:
    """Hold the parts to what the manifest tells of them."""
    odd = sorted(set(parts) ^ set(told))
    if odd:
        what = "contient une partie que son manifeste ne nomme pas" if odd[0] in parts else (
            "a perdu une partie")  # fmt: skip
        raise MaterialError(f"« {name} » {what} : « {odd[0][:60]} ».", AGAIN)
    for part, content in parts.items():
        if hashlib.sha256(content).hexdigest() != told[part]:
            raise MaterialError(
                f"« {name} » est abîmé : « {part} » n'a pas l'empreinte que dit son manifeste.",
                AGAIN,
            )
        if not part.startswith(KNOWN):
            raise MaterialError(f"« {name} » contient une partie inconnue : « {part} ».", LATER)


def _bundle(name: str, about: Mapping[str, Any], parts: Mapping[str, str]) -> Bundle:
    things: dict[Key, list[Lineage]] = {}
    rows: dict[tuple[str, str, str], int] = {}
    for part, text in parts.items():
        if not part.startswith(VERSIONS):
            continue
        table = part.removeprefix(VERSIONS).removesuffix(".jsonl")
        for key, number, one in things_of(table, lines_of(text)):
            (version,) = one.versions.values()
            _check_version(name, key, version.says, version)
            things.setdefault(key, []).append(one)
            rows[(*key, version.digest)] = number
    lines = {j: lines_of(parts.get(f"{LINES}{j}", "")) for j in JOURNALS}
    plain = {part: value for part, value in about.items() if part != "files"}
    return Bundle(name, plain, {key: together(some) for key, some in things.items()}, rows, lines)


def lines_of(text: str) -> tuple[str, ...]:
    """Lines of a text: other marks that Python takes for their end may stand inside JSON."""
    return tuple(line for line in text.split("\n") if line.strip())


def _check_version(name: str, key: Key, says: Mapping[str, Any] | None, version: Version) -> None:
    """Hold a version to the schema of this workbook, and to its own digest."""
    table, record = key
    if table == TEXTS:
        _check_path(name, record)
    elif table not in catalogue().tables:
        raise _later(name, f"la table « {table} »")
    schema = catalogue().tables.get(table)
    odd = sorted(set(says or ()) - set(schema.names if schema else ("text", "removed")))
    if odd:
        raise _later(name, f"la colonne « {odd[0]} »")
    if schema and says is not None and says.get(schema.key) != record:
        raise MaterialError(f"« {name} » est abîmé : « {record} » ne porte pas son nom.", AGAIN)
    if any(not isinstance(value, str | int | float) for value in (says or {}).values()):
        raise MaterialError(f"« {name} » porte une cellule illisible (« {record} »).", AGAIN)
    if says is not None and not version.veiled and digest_of(says) != version.digest:
        raise MaterialError(f"« {name} » est abîmé : « {record} » a changé en route.", AGAIN)


def _later(name: str, what: str) -> MaterialError:
    told = f"« {name} » vient d'une version plus récente : {what} n'est pas connue ici."
    return MaterialError(told, LATER)


def _check_path(name: str, path: str) -> None:
    """Refuse a comment that would be written elsewhere than among the comments."""
    steps = PurePosixPath(path).parts
    wrong = path.startswith("/") or ".." in steps or "\\" in path or ":" in path
    hidden = any(step.startswith(".") for step in steps)
    if wrong or hidden or len(steps) < 2 or not path.endswith(".md"):
        raise MaterialError(
            f"« {name} » porte un commentaire mal placé (« {path[:60]} ») : il n'est pas ouvert.",
            AGAIN,
        )
