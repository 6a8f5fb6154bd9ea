"""What stands around a notebook while it runs: its environment, its private folder."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dts_research.reports.press import Press
from dts_research.workspace import READS

SOCKET_LIMIT = 70
QUIET = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """Lend values to the environment, and give back what was there."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


@contextmanager
def surroundings(press: Press) -> Iterator[Any]:
    """Environment and sockets of one kernel, taken away with it.

    The kernel speaks through files of a private folder rather than TCP ports where it can: no port
    is ever « already in use », and nobody else on the machine can listen.
    """
    from traitlets.config import Config

    with tempfile.TemporaryDirectory(prefix="dts-", ignore_cleanup_errors=True) as folder:
        config = Config()
        socket = str(Path(folder) / "k")
        if sys.platform != "win32" and len(socket) < SOCKET_LIMIT:
            config.KernelManager.transport = "ipc"
            config.KernelManager.connection_file = socket
        told = {
            "DTS_WORKBOOK": str(press.data),
            "IPYTHONDIR": folder,
            "JUPYTER_RUNTIME_DIR": folder,
            READS: str(Path(folder) / "reads"),
        }
        with environment({**QUIET, **told}):
            yield config
