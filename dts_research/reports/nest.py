"""The process that those which make reports are forked from: it keeps what they leave behind.

Imported there alone, before anything is forked. It ends with the run, and all that is below it
ends with it, whatever ended the run.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import warnings

from dts_research.reports.processes import IGNORED, adopt, end_below


def settle(here: int) -> None:
    """Adopt what is left below, and take it along."""
    for name in IGNORED:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    adopt()
    # The loop of the standard library is surprised by the end of a child that it did not fork.
    warnings.filterwarnings("ignore", message="forkserver: waitpid returned unexpected pid")
    atexit.register(_end_all, here)


def _end_all(here: int) -> None:
    if os.getpid() == here:
        end_below(here)


# The standard library starts that process as « python -c "from multiprocessing.forkserver…" ».
if sys.argv[:1] == ["-c"] and "multiprocessing.forkserver" in sys.modules:
    settle(os.getpid())
