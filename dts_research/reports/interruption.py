"""A batch asked to stop: by Ctrl+C, by the system, by the window that closes."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

SIGNALS = ("SIGTERM", "SIGHUP")


class Interrupted(KeyboardInterrupt):
    """A batch was stopped before its end; what was made is kept, and the same command goes on.

    Parameters
    ----------
    number
        Number of the signal.
    message
        French sentence for who asked.
    """

    def __init__(self, number: int = signal.SIGINT, message: str = "") -> None:
        super().__init__(message)
        self.number = number
        self.message = message

    @property
    def exit_code(self) -> int:
        """130 for Ctrl+C, 143 when asked to end, as a shell counts."""
        return 128 + int(self.number)


@contextmanager
def stoppable() -> Iterator[None]:
    """Have a request to end stop the work as Ctrl+C does, for a while."""
    former: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for number in (getattr(signal, name) for name in SIGNALS if hasattr(signal, name)):
            if signal.getsignal(number) is signal.SIG_DFL:
                former[number] = signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in former.items():
            with suppress(ValueError):
                signal.signal(number, handler)


def _stop(number: int, _frame: Any) -> None:
    raise Interrupted(number)
