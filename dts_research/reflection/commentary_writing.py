"""Writing a comment, and changing its header; the words of a person are never touched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from dts_research.errors import DtsError, RequestError, reason
from dts_research.intake.encodings import decode
from dts_research.reflection.commentary import (
    ALL,
    FENCE,
    HEADER,
    Written,
    name_of,
    read_file,
    split,
)
from dts_research.reports.disk import write_whole
from dts_research.schema import catalogue
from dts_research.schema.catalogue import plain
from dts_research.workspace import Workspace

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")


def header_lines(fields: Mapping[str, str]) -> list[str]:
    """Lines of a header, as people read them."""
    return [f"{HEADER[name]} : {_shown(name, fields[name])}" for name in HEADER if fields.get(name)]


def _shown(name: str, value: str) -> str:
    lists = {"state": "review_status", "diffusion": "diffusion"}
    return catalogue().label(lists[name], value).lower() if name in lists else value


def add(
    workspace: Workspace, *, territory: str, cycle: str, figure: str, text: str,
    fields: Mapping[str, str],
) -> Written:  # fmt: skip
    """Write a new comment; none that is there is touched.

    Raises
    ------
    DtsError
        When the file cannot be written.
    """
    folder = workspace.commentary / territory / (cycle or ALL)
    path = _free(folder, figure, reply=plain(fields.get("nature", "")).startswith("reponse"))
    lines = ["---", *header_lines(fields), "---", "", text.strip("\n"), ""]
    _write(path, "\n".join(lines).encode("utf-8", "replace"))
    return read_file(path, workspace.commentary)


def _free(folder: Path, figure: str, *, reply: bool) -> Path:
    stem = f"{figure}.reponse" if reply else figure
    path, count = folder / f"{stem}.md", 2
    while path.exists():
        path = folder / (f"{stem}-{count}.md" if reply else f"{figure}.{count}.md")
        count += 1
    return path


def amend(one: Written, fields: Mapping[str, str]) -> None:
    """Change lines of a header; the bytes of the words below stay as they are.

    Raises
    ------
    RequestError
        When the header cannot be told from the words.
    """
    content = one.path.read_bytes()
    text, encoding = decode(content)
    encoding = encoding if _round(content, text, encoding) else ""
    if not encoding or (text.strip().startswith("---") and split(_unix(text))[2]):
        raise RequestError(
            f"L'en-tête de « {one.id}.md » ne peut pas être complété sans risque.",
            "L'enregistrer en UTF-8, avec une ligne « --- » avant et après l'en-tête.",
        )
    end = "\r\n" if "\r\n" in text else "\n"
    lines, body = _parted(text.removeprefix("\ufeff"))
    kept = [line for line in lines if name_of(line) not in fields]
    made = end.join(["---", *kept, *header_lines(fields), "---", ""])
    _write(one.path, (made + body).encode(encoding))


def _round(content: bytes, text: str, encoding: str) -> bool:
    """Whether a text goes back to the bytes it was read from."""
    try:
        return text.encode(encoding) == content
    except (LookupError, UnicodeEncodeError):
        return False


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _parted(text: str) -> tuple[list[str], str]:
    """Header lines, and the exact text that follows the line which ends it."""
    pieces = _LINE.findall(text)
    lines, _, _ = split(_unix(text))
    first = next((at for at, piece in enumerate(pieces) if piece.strip()), 0)
    if not pieces or not FENCE.fullmatch(pieces[first].strip("\r\n")):
        return [], text
    return lines, "".join(pieces[first + len(lines) + 2 :])


def _write(path: Path, content: bytes) -> None:
    try:
        write_whole(path, content)
    except OSError as error:
        raise DtsError(
            f"Le commentaire « {path} » ne peut pas être écrit : {reason(error)}.",
            "Vérifier les droits du dossier et la place qui reste.",
        ) from error
