"""JupyterLab on the notebooks of a workbook, in French, on this machine only."""

from __future__ import annotations

import os
import subprocess
import sys

from dts_research.workspace import Workspace


def open_lab(workspace: Workspace, *, browser: bool = True) -> int:
    """Start JupyterLab on loopback and wait until it stops.

    Returns
    -------
    int
        Exit code of JupyterLab.
    """
    command = [
        sys.executable, "-m", "jupyterlab", f"--notebook-dir={workspace.notebooks}",
        "--ServerApp.ip=127.0.0.1", "--LabApp.default_url=/lab/tree/explore.ipynb",
        *([] if browser else ["--no-browser"]),
    ]  # fmt: skip
    environment = os.environ | {"DTS_WORKBOOK": str(workspace.data), "LANGUAGE": "fr"}
    return subprocess.run(command, env=environment, check=False).returncode
