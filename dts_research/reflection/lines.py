"""Append-only files of JSON lines: one entry a line, none ever changed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dts_research.errors import DtsError

VERSION = 1


def append_line(path: Path, entry: Mapping[str, Any], *, what: str) -> None:
    """Write one dated line in one go and wait until the disk has it.

    Parameters
    ----------
    what
        The file as people call it, with its article: « La sélection ».

    Raises
    ------
    DtsError
        When the file cannot be written.
    """
    now = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
    line = json.dumps({"version": VERSION, "at": now, **entry}, ensure_ascii=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as out:
            out.write((_mending(path) + line).encode())
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise DtsError(
            f"{what} « {path} » ne peut pas être écrite : {error.strerror or error}.",
            "Vérifier les droits du dossier et la place qui reste ; rien n'a été perdu.",
        ) from error


def _mending(path: Path) -> str:
    """Start a new line when the last one was cut short by an interruption."""
    with path.open("rb") as there:
        if there.seek(0, os.SEEK_END) == 0:
            return ""
        there.seek(-1, os.SEEK_END)
        return "" if there.read(1) == b"\n" else "\n"
