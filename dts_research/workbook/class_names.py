"""The names that a group gives to classes: one file to edit, read back by the rows it holds.

``classes.toml`` holds one ``[[classe]]`` per class met: the study, the rows, and a name to write.
The file is only ever added to: what the group wrote stays as written.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dts_research.errors import DtsError, RequestError, reason
from dts_research.workspace import Workspace, note_file

UNNAMED = "à nommer"
# Two classes that share more than half of their rows: at most one of each can, so no name is
# given twice and no order settles who has it.
LEAST = 0.5
KEYS = ("etude", "nom", "membres")
HEAD = """\
# Noms donnés par le groupe aux classes : les écrire entre les guillemets de la ligne « nom ».
# Une classe refaite garde son nom tant que plus de la moitié des membres sont communs.
# Les classes n'ont pas d'ordre ; un nom dit un profil, il ne juge personne.
"""
EXAMPLE = 'etude = "départements : taux_pauvrete"\nnom = "Rural âgé"\nmembres = ["03", "23"]'


@dataclass(frozen=True)
class Saved:
    """A class written in the file; its name is empty until the group gives one."""

    study: str
    name: str
    members: tuple[str, ...]


def names_path(workspace: Workspace) -> Path:
    """Where the names of classes are written."""
    return workspace.data / "classes.toml"


def read_names(path: Path) -> tuple[Saved, ...]:
    """Read the classes of the file, in its order; none when there is no file.

    Raises
    ------
    RequestError
        When the file is not what is expected, with the block to correct.
    """
    note_file(path, path.parent)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise DtsError(f"« {path.name} » ne peut pas être lu : {reason(error)}.") from error
    except UnicodeDecodeError as error:
        raise _wrong(path, "n'est pas du texte UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        where = f"à la ligne {found[1]}" if found else "jusqu'au bout"
        raise _wrong(path, f"n'est pas lisible {where}") from error
    raws = content.pop("classe", [])
    if content or not isinstance(raws, list):
        other = f" ; « {next(iter(content))} » n'en est pas un" if content else ""
        raise _wrong(path, f"n'attend que des blocs [[classe]]{other}")
    saved = tuple(_saved(path, raw, number) for number, raw in enumerate(raws, 1))
    _refuse_twins(path, saved)
    return saved


def name_classes(
    path: Path, study: str, classes: Mapping[str, Sequence[object]],
    told: Mapping[str, str] | None = None,
) -> dict[str, str]:  # fmt: skip
    """Name the classes of a study and write at the end of the file those not met yet.

    Parameters
    ----------
    path
        The file of names, made if there is none.
    study
        What was studied: names of one study never go to another.
    classes
        Letter of each class -> its rows.
    told
        Letter of each class -> what helps to know it, written above it as a remark.

    Returns
    -------
    dict
        Letter -> name given by the group, or « à nommer ».
    """
    saved = [one for one in read_names(path) if one.study == study]
    held = {letter: [str(row) for row in rows] for letter, rows in classes.items()}
    given = named(held, {one.name: one.members for one in saved if one.name})
    waiting = {str(i): one.members for i, one in enumerate(saved) if not one.name}
    known = named(held, waiting)
    new = [letter for letter in held if {given[letter], known[letter]} == {UNNAMED}]
    if new:
        said = told or {}
        _add(path, "".join(_block(study, held[one], said.get(one, "")) for one in new))
    return given


def _saved(path: Path, raw: Any, number: int) -> Saved:
    where = f"bloc [[classe]] numéro {number}"
    if not isinstance(raw, dict) or set(raw) != set(KEYS):
        raise _wrong(path, f"{where} : etude, nom et membres sont attendus, rien d'autre")
    members = raw["membres"]
    texts = [raw["etude"], raw["nom"], *(members if isinstance(members, list) else [None])]
    if not all(isinstance(text, str) for text in texts):
        raise _wrong(path, f"{where} : des textes entre guillemets sont attendus")
    name = " ".join(raw["nom"].split())
    return Saved(raw["etude"], "" if name == UNNAMED else name, tuple(members))


def _refuse_twins(path: Path, saved: Sequence[Saved]) -> None:
    """Refuse a name given twice in a study, or a row under two names."""
    names: set[tuple[str, str]] = set()
    rows: dict[tuple[str, str], str] = {}
    for one in saved:
        if not one.name:
            continue
        if (one.study, one.name) in names:
            raise _wrong(path, f"étude « {one.study} » : le nom « {one.name} » est donné deux fois")
        names.add((one.study, one.name))
        for row in one.members:
            other = rows.setdefault((one.study, row), one.name)
            if other != one.name:
                both = f"« {other} » et dans « {one.name} »"
                raise _wrong(path, f"étude « {one.study} » : « {row} » est à la fois dans {both}")


def _block(study: str, rows: Sequence[str], told: str) -> str:
    quoted = ", ".join(_quoted(row) for row in rows)
    remark = f"# {' '.join(told.split())}\n" if told else ""
    return f'\n{remark}[[classe]]\netude = {_quoted(study)}\nnom = ""\nmembres = [{quoted}]\n'


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _add(path: Path, blocks: str) -> None:
    """Write at the end of the file; what is there stays as it is."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not path.exists() or not path.stat().st_size
        with path.open("a", encoding="utf-8", newline="\n") as out:
            out.write((HEAD if fresh else "") + blocks)
    except OSError as error:
        raise DtsError(
            f"« {path.name} » ne peut pas être écrit : {reason(error)}.",
            "Vérifier les droits du dossier et la place qui reste ; rien n'a été perdu.",
        ) from error


def _wrong(path: Path, what: str) -> RequestError:
    return RequestError(f"« {path.name} » : {what}.", f"Écrire par exemple :\n{EXAMPLE}")


def jaccard(one: Collection[Hashable], other: Collection[Hashable]) -> float:
    """Share of rows in common among the rows of either."""
    ours, theirs = set(one), set(other)
    return len(ours & theirs) / len(ours | theirs) if ours | theirs else 0.0


def named(
    classes: Mapping[str, Collection[Hashable]], saved: Mapping[str, Collection[Hashable]]
) -> dict[str, str]:
    """Name classes by the rows they hold.

    Parameters
    ----------
    classes
        Letter of a class -> its rows.
    saved
        Name given by the group -> rows that the class held then; no row stands under two names.

    Returns
    -------
    dict
        Letter -> name, in the order of ``classes``; « à nommer » when no saved class shares
        more than half of the rows of the two.
    """
    return {
        letter: next((n for n, held in saved.items() if jaccard(rows, held) > LEAST), UNNAMED)
        for letter, rows in classes.items()
    }
