"""What the cells of a notebook print, and what programs write beside, in the warm engine."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

OUTPUT_BYTES = 5_000_000
TOO_LONG = "\n[Sortie coupée : plus de 5 Mo dans une cellule.]\n"


class Stream(io.TextIOBase):
    """What the cells print, sent as the kernel does; beyond a limit it is cut, and said."""

    encoding, errors = "UTF-8", "strict"

    def __init__(self, kernel: Any, name: str, descriptor: int) -> None:
        super().__init__()
        self.name, self._kernel, self._descriptor = name, kernel, descriptor
        self._parts: list[str] = []
        self.left = OUTPUT_BYTES

    def write(self, text: str) -> int:
        """Keep a text until it is sent."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if self.left > 0:
            text = text.encode("utf-8", "replace").decode("utf-8")  # half of a sign is no text
            self.left -= len(text)
            self._parts.append(text if self.left > 0 else text[: self.left] + TOO_LONG)
        return len(text)

    def flush(self) -> None:
        """Send what was kept."""
        text, self._parts = "".join(self._parts), []
        if text:
            self._kernel.session.send(
                None, "stream", {"name": self.name, "text": text}, parent=self._kernel.get_parent()
            )

    def fileno(self) -> int:
        """Give the file behind the stream, where programs started by a cell write."""
        return self._descriptor

    def isatty(self) -> bool:
        """Tell that nobody looks at it."""
        return False

    def writable(self) -> bool:
        """Tell that it can be written."""
        return True


@contextmanager
def written(own: bool) -> Iterator[Callable[[], Sequence[str]]]:
    """Give what was written on each of the descriptors 1 and 2 since the last time."""
    if not own:
        yield lambda: ("", "")
        return
    with _taken(1) as out, _taken(2) as err:
        yield lambda: (out(), err())


@contextmanager
def _taken(descriptor: int) -> Iterator[Callable[[], str]]:
    """Take what is written on a descriptor in a file; give what came since the last time."""
    former, read = os.dup(descriptor), 0
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), descriptor)

        def since() -> str:
            nonlocal read
            size = os.fstat(file.fileno()).st_size
            text = os.pread(file.fileno(), min(size - read, OUTPUT_BYTES), read)
            read = size
            return text.decode("utf-8", "replace")

        try:
            yield since
        finally:
            os.dup2(former, descriptor)
            os.close(former)
