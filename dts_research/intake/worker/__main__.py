"""Read one workbook under limits, and write its cells on the standard output (see `writing`)."""

import sys
import zipfile
from typing import Any

import cells
import parts
from writing import Refused, Writer

MEMORY = 1 << 30
SECONDS = 60


def _limit() -> None:
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _facts(path: str) -> dict[str, Any]:
    """What the file holds beside its cells; nothing for formats that are not zipped XML."""
    if not zipfile.is_zipfile(path):
        with open(path, "rb") as file:
            macros = "_VBA_PROJECT".encode("utf-16-le") in file.read()
        return {"inspected": False, "macros": macros, "sheets": {}}
    with zipfile.ZipFile(path) as archive:
        parts.refuse_document_types(archive)
        return parts.inspect(archive)


def main(path: str) -> None:
    """Write the sheets of a workbook, or why it is refused."""
    _limit()
    out = Writer(sys.stdout.buffer)
    try:
        cells.write(path, _facts(path), out)
        out.close()
    except Refused as error:
        out.refuse(error.reason, **error.details)
    except MemoryError:
        raise
    except Exception as error:
        out.refuse("unreadable", error=f"{type(error).__name__}: {error}"[:500])


if __name__ == "__main__":
    main(sys.argv[1])
