"""What a program says of its troubles, as it may be kept: no name of a person, no path outside."""

from __future__ import annotations

import os
import re
import sysconfig
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from dts_research.protect.names import mask_persons

# Longest text kept of one cell.
LONGEST = 20_000
LIBRARY = "(python)"
CUT = "[… début coupé …]\n"
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_PART = r"[^\s/\\:*?\"'«»<>|,;()\[\]{}]+"
_PATH = re.compile(rf"(?<![\w/\\.:<)])(?:~|[A-Za-z]:)?(?:[/\\]{_PART}){{2,}}[/\\]?|~[/\\]{_PART}")


def readable(text: str, folders: Iterable[Path]) -> str:
    """Give a text as it may be kept in a log.

    Parameters
    ----------
    folders
        Folders of the workbook: a path in one of them is told from its name on, any other by the
        name of its file only.
    """
    text = _COLOUR.sub("", text)
    if len(text) > LONGEST:
        text = CUT + text[-LONGEST:]
    known = _elsewhere() | {str(one): one.name for one in map(Path, folders)}
    known |= {os.path.realpath(one): name for one, name in known.items()}
    for one in sorted({*known} - {os.sep}, key=len, reverse=True):
        text = re.sub(rf"{re.escape(one)}(?=[/\\]|\b|$)", known[one], text)
    return mask_persons(_PATH.sub(_name, text))


def _name(match: re.Match[str]) -> str:
    return "…/" + re.split(r"[/\\]", match[0].rstrip("/\\"))[-1]


@cache
def _elsewhere() -> dict[str, str]:
    """Folders of this machine, that may have a space in their name: of libraries, of somebody."""
    here = sysconfig.get_paths()
    found = {tempfile.gettempdir(): "~", os.path.expanduser("~"): "~"}
    return found | {here[name]: LIBRARY for name in ("stdlib", "platstdlib", "purelib", "platlib")}
