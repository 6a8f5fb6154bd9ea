"""What people write of the figures: one Markdown file a comment, outside notebooks and reports.

``data/commentary/<territory>/<cycle, or tous>/<figure>.md``. Another comment on the same figure
has a word of its own before ``.md``: ``<figure>.2.md``, ``<figure>.reponse.md``. A short header
says who wrote, when, and of which data; the words below it are never touched by a program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from dts_research.errors import reason
from dts_research.intake.encodings import decode, is_text
from dts_research.schema import catalogue
from dts_research.schema.catalogue import nearest_name, plain
from dts_research.workspace import Workspace

ALL = "tous"
DRAFT, PRIVATE = "brouillon", "private"
REPLY = "réponse du territoire"
# What a header may say: our name, and the words people read and write.
HEADER = {
    "role": "rôle de l'auteur",
    "nature": "nature",
    "state": "état",
    "written": "écrit le",
    "confirmed": "confirmé le",
    "diffusion": "diffusion",
    "report": "rapport",
    "data": "empreinte des données",
}
ALSO = {"auteur": "role", "auteure": "role", "role": "role", "date": "written"}
MOST_BYTES = 200_000
FENCE = re.compile(r"[^\S\n]*-{3,}[^\S\n]*")
_FILE = re.compile(r"(?P<figure>[^.]+)(?:\.(?P<which>[^.]+))?\.md", re.IGNORECASE)
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True)
class Written:
    """One comment as its file says it.

    Parameters
    ----------
    id
        Path of the file in the folder of comments, without its end.
    fields
        What the header says, by our names; absent where it says nothing that is understood.
    text
        The words, as typed.
    faults
        What is not understood, in French; the comment is shown all the same.
    """

    path: Path
    id: str
    territory: str
    cycle: str
    figure: str
    text: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()

    @property
    def reply(self) -> bool:
        """Whether the territory itself speaks."""
        return plain(self.fields.get("nature", "")).startswith("reponse")

    @property
    def state(self) -> str:
        """Code of the state that the header claims."""
        return self.fields.get("state", DRAFT)


def read_all(workspace: Workspace, territory: str = "") -> tuple[Written, ...]:
    """Comments of a workbook, or of one territory, in the order of their paths."""
    found = (read_file(path, workspace.commentary) for path in _files(workspace.commentary))
    placed = (one for one in found if one.figure)
    wanted = territory.casefold()
    return tuple(one for one in placed if not wanted or one.territory.casefold() == wanted)


def strays(workspace: Workspace) -> tuple[str, ...]:
    """One French sentence for each file that is no comment, as it stands."""
    root = workspace.commentary
    told = []
    for path in _visible(root):
        name = path.relative_to(root).as_posix()
        one = read_file(path, root) if path.suffix.lower() == ".md" else None
        if one is None:
            told.append(f"« {name} » n'est pas un fichier Markdown : lui donner un nom en .md.")
        elif not one.figure:
            told.append(
                f"« {name} » n'est pas à sa place : l'attendu est territoire/{ALL}/figure.md, "
                f"par exemple 71/{ALL}/experiences-par-mission.md."
            )
    return tuple(told)


def _visible(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        hidden = any(part.startswith((".", "~")) for part in path.relative_to(root).parts)
        if path.is_file() and not hidden and not path.name.endswith("~"):
            yield path


def _files(root: Path) -> list[Path]:
    return [path for path in _visible(root) if path.suffix.lower() == ".md"]


def read_file(path: Path, root: Path) -> Written:
    """Read a comment; whatever its file holds, its words are kept and its faults are said."""
    parts = path.relative_to(root).parts
    named = _FILE.fullmatch(path.name)
    placed = len(parts) == 3 and named
    territory, cycle = parts[:2] if placed else ("", "")
    one = Written(
        path, path.relative_to(root).with_suffix("").as_posix(), territory,
        "" if plain(cycle) == ALL else cycle, named["figure"] if placed and named else "",
    )  # fmt: skip
    content, fault = _content(path)
    if fault:
        return _faulty(one, {}, "", [fault])
    text, _ = decode(content)
    text = _plain_ends(text)
    if not is_text(text):
        return _faulty(one, {}, "", ["ce n'est pas un texte ; l'enregistrer en texte simple"])
    lines, body, faults = split(text)
    fields, wrong = _fields(lines)
    faults += wrong
    return _faulty(one, fields, body.strip("\n"), faults)


def _faulty(one: Written, fields: Mapping[str, str], text: str, faults: list[str]) -> Written:
    told = tuple(
        f"Commentaire « {one.id}.md » : {fault}{'' if fault.endswith('?') else '.'}"
        for fault in faults
    )
    return Written(one.path, one.id, one.territory, one.cycle, one.figure, text, fields, told)


def _content(path: Path) -> tuple[bytes, str]:
    try:
        if path.stat().st_size > MOST_BYTES:
            return b"", "il dépasse 200 000 octets : un commentaire tient en quelques paragraphes"
        return path.read_bytes(), ""
    except OSError as error:
        return b"", f"illisible, {reason(error)}"


def name_of(line: str) -> str:
    """Our name of what a header line says, "" for what is not understood."""
    return _known().get(plain(line.partition(":")[0]), "")


def header_of(text: str) -> Mapping[str, str]:
    """What the header of a comment says, by our names; its words are never read as one."""
    return _fields(split(_plain_ends(text))[0])[0]


def _plain_ends(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _known() -> dict[str, str]:
    return {plain(words): name for name, words in HEADER.items()} | ALSO


def split(text: str) -> tuple[list[str], str, list[str]]:
    """Part the lines of the header from the words; a header that has no end is all words."""
    lines = text.split("\n")
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    if not FENCE.fullmatch(lines[first]):
        return [], text, []
    for at in range(first + 1, len(lines)):
        if FENCE.fullmatch(lines[at]):
            return lines[first + 1 : at], "\n".join(lines[at + 1 :]), []
    return [], text, ["son en-tête n'est pas fermé : écrire « --- » seul sur une ligne après lui"]


def _fields(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """What header lines say, by our names, and what is not understood."""
    known = _known()
    fields: dict[str, str] = {}
    faults = []
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, colon, value = line.partition(":")
        name = name_of(line)
        if not colon or not name:
            near = nearest_name(plain(key), known, 0.6)
            meant = f" ; vouliez-vous dire « {HEADER[known[near]]} » ?" if near else ""
            faults.append(f"la ligne « {line.strip()} » n'est pas comprise{meant}")
            continue
        if value.strip():
            fields[name], fault = _value(name, value.strip())
            faults += [fault] if fault else []
    return fields, faults


def _value(name: str, value: str) -> tuple[str, str]:
    """One value of a header as our codes, and what is wrong with it."""
    if name in ("written", "confirmed"):
        day = iso_day(value)
        said = f"la date « {value} » n'est pas comprise : l'écrire 12/03/2026"
        return day or value, "" if day else said
    if name in ("state", "diffusion"):
        known = catalogue().codelists["review_status" if name == "state" else "diffusion"]
        code = known.code_of(value) or known.alike(value)
        labels = ", ".join(known.labels.values())
        said = f"« {HEADER[name]} : {value} » n'est pas connu ; choisir parmi {labels}"
        closed = DRAFT if name == "state" else PRIVATE
        return code or closed, "" if code else said
    if name == "nature" and plain(value) not in ("commentaire", plain(REPLY), "reponse"):
        return "commentaire", f"« nature : {value} » : écrire « commentaire » ou « {REPLY} »"
    return value, ""


def iso_day(text: str) -> str:
    """ISO date of a day written 2026-03-12 or 12/03/2026, "" for anything else."""
    french = _DAY.fullmatch(text.strip())
    iso = f"{french[3]}-{french[2]:0>2}-{french[1]:0>2}" if french else text.strip()
    try:
        return date.fromisoformat(iso).isoformat() if len(iso) == 10 else ""
    except ValueError:
        return ""
