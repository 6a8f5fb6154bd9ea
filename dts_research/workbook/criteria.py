"""The criteria that a group crosses its experiences with: an editable file of the workbook."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from dts_research.errors import RequestError, reason
from dts_research.schema import catalogue
from dts_research.schema.catalogue import plain
from dts_research.workspace import note_file

FILE = "criteria.toml"
LISTS = ("fields", "themes", "missions", "obstacles", "words")
CODES = {"themes": "themes", "missions": "missions", "obstacles": "obstacle_types"}


@dataclass(frozen=True)
class Criterion:
    """One column of the cross-analysis, in the words of the group.

    Parameters
    ----------
    label
        What stands at the head of the column: « L'argent ».
    fields
        Fields of a sheet taken whole.
    themes, missions, obstacles
        Codes that a sheet, or a coded passage, bears on it.
    words
        Words for which a sentence is kept; a star stands for any ending.
    """

    label: str
    fields: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    missions: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def starting() -> str:
    """Text of the file a new workbook begins with."""
    return files("dts_research.schema").joinpath(FILE).read_text(encoding="utf-8")


def read_criteria(path: Path) -> tuple[Criterion, ...]:
    """Read the criteria of a workbook; those of the start where it has no file.

    Parameters
    ----------
    path
        The file, which may not be there.

    Raises
    ------
    RequestError
        When the file is not readable, or names a field or a code that does not exist.
    """
    note_file(path, path.parent)
    try:
        text = path.read_text(encoding="utf-8-sig") if path.is_file() else starting()
        found = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise _refused(f"il n'est pas lisible : {why}") from error
    blocks = found.get("criterion", [])
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise _refused("chaque critère doit commencer par [[criterion]]")
    criteria = tuple(_criterion(number, block) for number, block in enumerate(blocks, start=1))
    labels = [plain(criterion.label) for criterion in criteria]
    twice = next((c.label for c in criteria if labels.count(plain(c.label)) > 1), "")
    if twice:
        raise _refused(f"le critère « {twice} » y est deux fois")
    return criteria


def _refused(problem: str) -> RequestError:
    fix = f"Corriger data/{FILE}, ou l'effacer pour retrouver les critères de départ."
    return RequestError(f"Fichier des critères {FILE} : {problem}.", fix)


def _criterion(number: int, block: dict[str, Any]) -> Criterion:
    label = block.get("label")
    if not isinstance(label, str) or not label.strip():
        raise _refused(f"le critère n°{number} n'a pas de « label »")
    unknown = sorted(set(block) - {"label", *LISTS})
    if unknown:
        known = ", ".join(("label", *LISTS))
        raise _refused(f"« {label} » : « {unknown[0]} » est inconnu (connus : {known})")
    lists = {name: _listed(label, name, block.get(name, [])) for name in LISTS}
    if not any(lists.values()):
        raise _refused(f"« {label} » ne dit pas où chercher : lui donner des champs ou des mots")
    return Criterion(label.strip(), **lists)


def _listed(label: str, name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        raise _refused(f"« {label} » : « {name} » doit être une liste de textes")
    told = catalogue().tables["experiences"]
    known = {f.name for f in told.fields if f.long} if name == "fields" else set[str]()
    if name in CODES:
        known = set(catalogue().codelists[CODES[name]].labels)
    wrong = next((v for v in value if known and v not in known), "")
    if wrong:
        raise _refused(f"« {label} » : « {wrong} » n'existe pas dans « {name} »")
    return tuple(v.strip() for v in value)
