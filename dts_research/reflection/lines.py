"""Append-only files of JSON lines: one entry a line, none ever changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dts_research.errors import DtsError
from dts_research.reports.disk import append_whole

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
        append_whole(path, line.encode())
    except OSError as error:
        raise DtsError(
            f"{what} « {path} » ne peut pas être écrite : {error.strerror or error}.",
            "Vérifier les droits du dossier et la place qui reste ; rien n'a été perdu.",
        ) from error
