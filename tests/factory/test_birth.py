"""A process that makes reports is born even where the one that it is forked from dies first."""

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace

import psutil
import pytest

from dts_research.reports.plan import Report
from dts_research.reports.pool import make_reports
from dts_research.reports.press import WARM

PLACE = 'territory: str = ""  # code'


def nests() -> list[psutil.Process]:
    """Processes that others are forked from, below this one."""
    found = []
    for one in psutil.Process().children():
        with suppress(psutil.Error):
            if "forkserver" in " ".join(one.cmdline()):
                found.append(one)
    return found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no forkserver elsewhere")
@pytest.mark.parametrize("after", [0.0, 0.5, 1.0])
def test_a_nest_killed_while_it_imports_is_another_one(press, write_notebook, after):
    write_notebook(press.notebooks / "essai.ipynb", "print(1)", parameters=PLACE)
    killed = []

    def kill() -> None:
        limit = time.monotonic() + 30
        while not killed and time.monotonic() < limit:
            for one in nests():
                time.sleep(after)
                os.kill(one.pid, signal.SIGKILL)
                killed.append(one.pid)
            time.sleep(0.01)

    for one in nests():  # that of the former tests: another one is born during the run
        one.kill()
        while one.status() != psutil.STATUS_ZOMBIE:  # the standard library reaps it
            time.sleep(0.01)
    thread = threading.Thread(target=kill)
    thread.start()
    some = [Report("essai-01", "essai.ipynb", "01")]
    outcome = make_reports(some, replace(press, engine=WARM), progress=False, workers=1)
    thread.join()
    assert killed and (outcome.made, outcome.failed) == (("essai-01",), {})
